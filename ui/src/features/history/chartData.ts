/** Converts points for the chart library. Only positions are floating-point numbers; the text beside the chart is exact. */
import type { HistoryPoint, HistorySeries } from "../../api/history";

/** The number of a point that a line draws. */
export type PointField = "current" | "available" | "debts";

export interface ChartLine {
  field: PointField;
  label: string;
}

export interface ChartData {
  /** Seconds since 1970. */
  times: number[];
  /** The positions of the points of each line; null where the line breaks. */
  places: Array<Array<number | null>>;
  points: HistoryPoint[];
  lines: ChartLine[];
}

/** The lines that have any points, with the positions of their points. */
export function chartData(series: HistorySeries, lines: ChartLine[]): ChartData {
  const { points } = series;
  const shown = lines.filter(({ field }) => points.some((point) => point[field] !== null));
  return {
    points,
    lines: shown,
    times: points.map(({ at }) => Date.parse(at) / 1000),
    places: shown.map(({ field }) =>
      points.map((point) => (point[field] === null ? null : Number(point[field]))),
    ),
  };
}

export function readingsIn(series: HistorySeries): number {
  return series.points.filter(({ kind }) => kind === "reading").length;
}

export function gapsIn(series: HistorySeries): number {
  return series.points.filter(({ kind }) => kind === "gap").length;
}

/** The index of the next reading in one direction; `from` if there is none. */
export function nextReading(
  points: HistoryPoint[],
  from: number | null,
  by: 1 | -1,
): number | null {
  let at = from === null ? (by === 1 ? -1 : points.length) : from;
  do at += by;
  while (points[at]?.kind === "gap");
  return points[at] ? at : from;
}

const DAY = 24 * 60 * 60;

/** Labels of the time axis, by the distance between its ticks in seconds. */
export function timeTick(seconds: number, distance: number): string {
  const time = new Date(seconds * 1000);
  const midnight = time.getHours() === 0 && time.getMinutes() === 0;
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-US", options).format(time);
  if (distance < 60) return format({ hour: "numeric", minute: "2-digit", second: "2-digit" });
  if (distance < DAY && !midnight) return format({ hour: "numeric", minute: "2-digit" });
  if (distance < 28 * DAY) return format({ month: "short", day: "numeric" });
  if (distance < 365 * DAY) return format({ month: "short", year: "numeric" });
  return format({ year: "numeric" });
}

/** Short, inexact labels of the amount axis. Ticks a hundredth or more apart never read the same. */
export function amountTicks(
  marks: number[],
  currency: string | null,
  unofficial: boolean,
): string[] {
  const most = Math.max(...marks.map(Math.abs));
  const [first = 0, second = most] = marks;
  // The finest step that 12.34K can express: hundredths of a thousand, a million, and so on.
  const finest = 10 ** (3 * Math.floor(Math.log10(most) / 3)) / 100;
  const compact = most >= 10_000 && second - first >= finest;
  const options: Intl.NumberFormatOptions = compact
    ? { notation: "compact", maximumFractionDigits: 2 }
    : { maximumFractionDigits: 2 };
  const cents = !compact && marks.some((mark) => !Number.isInteger(mark));
  let format = new Intl.NumberFormat("en-US", options);
  if (currency && !unofficial) {
    try {
      format = new Intl.NumberFormat("en-US", {
        ...options,
        style: "currency",
        currency,
        minimumFractionDigits: cents ? 2 : 0,
      });
    } catch {
      // The currency code isn't valid: show only the number.
    }
  }
  return marks.map((mark) => format.format(mark));
}
