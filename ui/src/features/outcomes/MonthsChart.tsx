import { useCallback, useState } from "react";
import type { MonthOutcome } from "../../api/outcomes";
import { axisStyle, Chart, type Drawing, type OnPoint } from "../../kit/chart/Chart";
import type { ChartColors } from "../../kit/chart/colors";
import uPlot from "../../kit/chart/plot";
import { formatCount, formatMonth } from "../../kit/format";
import { partCount, parts, stackedTops } from "./chartParts";
import classes from "./MonthsChart.module.css";
import { percentWords } from "./words";

/** Stacked bars by month, with the return rate as a line. The table below has the same numbers. */
export default function MonthsChart({ months }: { months: MonthOutcome[] }) {
  const [pointed, setPointed] = useState<number | null>(null);
  const draw = useCallback(
    (colors: ChartColors, onPoint: OnPoint) => ({
      options: chartOptions(months, colors, onPoint),
      data: chartSeries(months),
    }),
    [months],
  );
  return (
    <div className={classes.chart}>
      <Chart
        draw={draw}
        height={230}
        label={`Chart of ${months.length} months. A table with the figures follows.`}
        point="month"
        onPoint={setPointed}
        onStep={(by) => {
          const from = pointed ?? (by > 0 ? -1 : months.length);
          return Math.max(0, Math.min(months.length - 1, from + by));
        }}
        className={classes.holder}
        testId="outcomes-chart"
      >
        <MonthDetails month={pointed === null ? undefined : months[pointed]} />
      </Chart>
    </div>
  );
}

function MonthDetails({ month }: { month: MonthOutcome | undefined }) {
  return (
    <div className={classes.told} role="status" hidden={!month} data-testid="outcomes-told">
      {month ? (
        <>
          <strong>{formatMonth(month.month)}</strong>
          {parts.map(({ part, label }) => (
            <span key={part}>
              {label} <b className="tabular">{formatCount(partCount(month.counts, part))}</b>
            </span>
          ))}
          <span>
            Returned <b className="tabular">{formatCount(month.counts.returned)}</b> of{" "}
            {formatCount(month.counts.initiated)}, {percentWords(month.counts.returnRate)}
          </span>
        </>
      ) : null}
    </div>
  );
}

/** Highest bars first: each lower part is drawn over the higher one. */
function chartSeries(months: MonthOutcome[]): uPlot.AlignedData {
  const tops = stackedTops(months.map(({ counts }) => counts));
  const rates = months.map(({ counts: { returnRate } }) =>
    returnRate.percent === null ? null : Number(returnRate.percent),
  );
  return [months.map((_, index) => index), ...tops.toReversed(), rates];
}

function chartOptions(
  months: MonthOutcome[],
  colors: ChartColors,
  onPoint: OnPoint,
): Drawing["options"] {
  const bars = uPlot.paths.bars?.({ size: [0.62, 64], align: 0 });
  const axis = axisStyle(colors);
  return {
    legend: { show: false },
    padding: [12, 8, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { time: false, range: () => [-0.6, months.length - 0.4] },
      y: { range: (_, __, high) => [0, Math.max(1, high * 1.08)] },
      rate: { range: (_, __, high) => [0, Math.max(2, (high || 0) * 1.25)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 30,
        incrs: [1, 2, 3, 6, 12, 24, 60],
        space: 64,
        values: (_, marks) => marks.map((mark) => shortMonth(months[mark]?.month)),
      },
      {
        ...axis,
        space: 36,
        size: 56,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000],
        values: (_, marks) => marks.map((mark) => formatCount(mark)),
      },
      {
        ...axis,
        scale: "rate",
        side: 1,
        grid: { show: false },
        space: 36,
        size: 52,
        values: (_, marks) => marks.map((mark) => `${mark} %`),
      },
    ],
    series: [
      {},
      ...parts.toReversed().map(
        ({ part, label }): uPlot.Series => ({
          label,
          fill: colors[part],
          stroke: colors.surface,
          width: 1,
          paths: bars,
          points: { show: false },
        }),
      ),
      {
        label: "Returned",
        scale: "rate",
        stroke: colors.rate,
        width: 2,
        dash: [5, 4],
        spanGaps: false,
        points: { show: true, size: 7, fill: colors.surface, stroke: colors.rate, width: 2 },
      },
    ],
    hooks: {
      setCursor: [
        (self) => {
          const { idx, left } = self.cursor;
          onPoint(idx == null || left == null || left < 0 ? null : idx, left ?? 0);
        },
      ],
    },
  };
}

/** "Nov 26" for `2026-11`. */
function shortMonth(month: string | undefined): string {
  if (!month) return "";
  const name = formatMonth(month);
  return `${name.slice(0, 3)} ${month.slice(2, 4)}`;
}
