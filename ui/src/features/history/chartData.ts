/**
 * From the points of a line to what the chart library draws. Only the place of a point is a binary number, which a
 * screen cannot show finer anyway; what is read beside it is the exact text.
 */
import type { HistoryPoint, HistorySeries } from "../../api/history";

/** Which number of a point a line follows. */
export type Followed = "current" | "available" | "debts";

export interface LineOf {
  followed: Followed;
  label: string;
}

export interface ChartData {
  /** Seconds since 1970. */
  times: number[];
  /** For each line, the places of its points; null where the line is broken. */
  places: Array<Array<number | null>>;
  points: HistoryPoint[];
  lines: LineOf[];
}

/** The lines that have anything to show, with the places of their points. */
export function chartData(series: HistorySeries, lines: LineOf[]): ChartData {
  const { points } = series;
  const shown = lines.filter(({ followed }) => points.some((point) => point[followed] !== null));
  return {
    points,
    lines: shown,
    times: points.map(({ at }) => Date.parse(at) / 1000),
    places: shown.map(({ followed }) =>
      points.map((point) => (point[followed] === null ? null : Number(point[followed]))),
    ),
  };
}

/** How many readings a line shows. */
export function readingsIn(series: HistorySeries): number {
  return series.points.filter(({ kind }) => kind === "reading").length;
}

/** How many gaps it has. */
export function gapsIn(series: HistorySeries): number {
  return series.points.filter(({ kind }) => kind === "gap").length;
}

/** The place of the next reading in one direction, or where it was when there is none. */
export function step(points: HistoryPoint[], from: number | null, by: 1 | -1): number | null {
  let at = from === null ? (by === 1 ? -1 : points.length) : from;
  do at += by;
  while (points[at]?.kind === "gap");
  return points[at] ? at : from;
}

const DAY = 24 * 60 * 60;

/** The words on the axis of time, by the distance of its marks in seconds. */
export function timeWords(seconds: number, distance: number): string {
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

/** The words on the axis of amounts: short, without a claim to be exact; marks a hundredth or more apart never read alike. */
export function amountWords(
  marks: number[],
  currency: string | null,
  unofficial: boolean,
): string[] {
  const most = Math.max(...marks.map(Math.abs));
  const [first = 0, second = most] = marks;
  // What is told by 12.34K: hundredths of a thousand, a million and so on.
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
      // A code that is none: the figure alone.
    }
  }
  return marks.map((mark) => format.format(mark));
}
