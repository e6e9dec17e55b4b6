/** Chart options: steps, because a balance holds until the next reading, and visible gaps. */

import type { HistorySeries } from "../../api/history";
import { axisStyle, type Drawing, type OnPoint } from "../../kit/chart/Chart";
import type { ChartColors } from "../../kit/chart/colors";
import uPlot from "../../kit/chart/plot";
import { amountTicks, type ChartData, timeTick } from "./chartData";

interface ChartInput {
  data: ChartData;
  series: HistorySeries;
  /** Seconds since 1970. */
  window: [number, number];
  mark: number | null;
  colors: ChartColors;
  onPoint: OnPoint;
}

/** With more points, dots would cover the line. */
const DOTS_UP_TO = 40;

/** Narrowest time axis in seconds, so that readings taken within seconds aren't stretched over the full width. */
const NARROWEST = 120;

export function chartOptions(chart: ChartInput): Drawing["options"] {
  const { data, series, colors } = chart;
  return {
    legend: { show: false },
    // The last label of the time axis overhangs to the right.
    padding: [10, 30, 0, 0],
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { size: 8 },
      move: (self, left, top) => [snapToReading(self, data, left), top],
    },
    scales: {
      x: { time: true, range: () => timeRange(chart.window) },
      y: { range: (_, low, high) => amountRange(low, high, chart.mark) },
    },
    axes: [
      {
        ...axisStyle(colors),
        grid: { show: false },
        space: 84,
        size: 30,
        values: (_, marks, __, ___, distance) => marks.map((mark) => timeTick(mark, distance)),
      },
      {
        ...axisStyle(colors),
        space: 40,
        size: (self, values) => axisWidth(self, values),
        values: (_, marks) => amountTicks(marks, series.currency, series.unofficialCurrency),
      },
    ],
    series: [
      {},
      ...data.lines.map(({ field, label }): uPlot.Series => {
        const stroke = field === "current" ? colors.current : colors.second;
        return {
          label,
          stroke,
          width: 2,
          dash: field === "available" ? [6, 4] : undefined,
          spanGaps: false,
          paths: uPlot.paths.stepped?.({ align: 1 }),
          points: { show: true, size: 5, fill: stroke, stroke, filter: dottedPoints },
        };
      }),
    ],
    hooks: {
      drawClear: [(self) => shadeGaps(self, data, colors)],
      draw: [(self) => drawMark(self, chart.mark, colors)],
      setCursor: [(self) => reportPoint(self, data, chart.onPoint)],
    },
  };
}

function timeRange([from, to]: [number, number]): [number, number] {
  const missing = NARROWEST - (to - from);
  return missing > 0 ? [from - missing / 2, to + missing / 2] : [from, to];
}

/** From the lowest to the highest value with some padding; always includes the alert. */
function amountRange(
  low: number | null,
  high: number | null,
  mark: number | null,
): [number, number] {
  const values = [low, high, mark].filter((value) => value !== null).filter(Number.isFinite);
  if (values.length === 0) return [0, 1];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const air = (most - least) * 0.08 || Math.abs(most) * 0.05 || 1;
  return [least - air, most + air];
}

/** The width of the longest amount. */
function axisWidth(self: uPlot, values: string[] | null): number {
  if (!values) return 50;
  self.ctx.save();
  self.ctx.font = `${11 * devicePixelRatio}px "Inter Variable", system-ui, sans-serif`;
  const width = Math.max(...values.map((value) => self.ctx.measureText(value).width));
  self.ctx.restore();
  return Math.ceil(width / devicePixelRatio) + 16;
}

/** Draws dots for all points when there are few, otherwise only for points without a line. */
function dottedPoints(self: uPlot, line: number): number[] {
  const places = Array.from(self.data[line] ?? []);
  const there = places.flatMap((place, index) => (place === null ? [] : [index]));
  if (places.length <= DOTS_UP_TO) return there;
  return there.filter((index) => places[index - 1] == null && places[index + 1] == null);
}

function shadeGaps(self: uPlot, { points, times }: ChartData, colors: ChartColors): void {
  const { ctx, bbox } = self;
  ctx.save();
  ctx.fillStyle = colors.gap;
  points.forEach(({ kind }, index) => {
    const [before, after] = [times[index - 1], times[index + 1]];
    if (kind !== "gap" || before === undefined || after === undefined) return;
    const left = self.valToPos(before, "x", true);
    ctx.fillRect(left, bbox.top, self.valToPos(after, "x", true) - left, bbox.height);
  });
  ctx.restore();
}

function drawMark(self: uPlot, mark: number | null, colors: ChartColors): void {
  if (mark === null) return;
  const { ctx, bbox } = self;
  const y = self.valToPos(mark, "y", true);
  ctx.save();
  ctx.strokeStyle = colors.mark;
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.setLineDash([2 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

/** Snaps the cursor line to the reading shown. */
function snapToReading(self: uPlot, { points, times }: ChartData, left: number): number {
  if (left < 0) return left;
  const index = self.posToIdx(left);
  const at = points[index]?.kind === "gap" ? undefined : times[index];
  return at === undefined ? left : self.valToPos(at, "x");
}

function reportPoint(self: uPlot, { points, times }: ChartData, onPoint: OnPoint): void {
  const { idx, left } = self.cursor;
  const at = idx == null || points[idx]?.kind === "gap" ? undefined : times[idx];
  if (idx == null || at === undefined || left === undefined || left < 0) onPoint(null, 0);
  else onPoint(idx, self.valToPos(at, "x") + self.over.offsetLeft);
}
