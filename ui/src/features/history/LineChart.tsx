import { useCallback, useState } from "react";
import type uPlot from "uplot";
import type { HistorySeries } from "../../api/history";
import { Chart, type OnPoint } from "../../kit/chart/Chart";
import type { ChartColors } from "../../kit/chart/colors";
import { formatExactTime, formatMoney } from "../../kit/format";
import { type ChartLine, chartData, nextReading } from "./chartData";
import { chartOptions } from "./chartOptions";
import classes from "./LineChart.module.css";

interface Props {
  series: HistorySeries;
  lines: ChartLine[];
  /** RFC 3339: the ends of the time axis. */
  from: string;
  to: string;
  /** Exact decimal text: the low-balance alert to draw. */
  mark?: string;
  /** Accessible name of the chart. */
  label: string;
}

interface PointedReading {
  /** RFC 3339 time of the reading, so that it stays selected when newer ones arrive. */
  at: string;
  /** CSS pixels within the chart. */
  left: number;
}

function indexOf(series: HistorySeries, pointed: PointedReading | null): number | null {
  const index = series.points.findIndex(({ at }) => at === pointed?.at);
  return index < 0 ? null : index;
}

/** A line chart over time. Hovering or the arrow keys show a reading exactly. */
export function LineChart({ series, lines, from, to, mark, label }: Props) {
  const [pointed, setPointed] = useState<PointedReading | null>(null);
  const draw = useCallback(
    (colors: ChartColors, onPoint: OnPoint) => {
      const data = chartData(series, lines);
      const options = chartOptions({
        data,
        series,
        window: [Date.parse(from) / 1000, Date.parse(to) / 1000],
        mark: mark === undefined ? null : Number(mark),
        colors,
        onPoint,
      });
      return { options, data: [data.times, ...data.places] as uPlot.AlignedData };
    },
    [series, lines, from, to, mark],
  );
  return (
    <Chart
      draw={draw}
      height={240}
      label={label}
      point="reading"
      onPoint={(index, left) => {
        const at = index === null ? undefined : series.points[index]?.at;
        setPointed(at === undefined ? null : { at, left });
      }}
      onStep={(by) => nextReading(series.points, indexOf(series, pointed), by)}
      className={classes.holder}
      testId="history-chart"
      points={series.points.length}
    >
      <ReadingDetails series={series} lines={lines} pointed={pointed} />
    </Chart>
  );
}

function ReadingDetails({
  series,
  lines,
  pointed,
}: {
  series: HistorySeries;
  lines: ChartLine[];
  pointed: PointedReading | null;
}) {
  const index = indexOf(series, pointed);
  const point = index === null ? undefined : series.points[index];
  return (
    <div
      className={classes.exactly}
      role="status"
      hidden={!point}
      style={{ left: `clamp(100px, ${pointed?.left ?? 0}px, calc(100% - 100px))` }}
      data-testid="history-exactly"
    >
      {point ? (
        <>
          <div className={classes.at}>{formatExactTime(point.at)}</div>
          {lines.map(({ field, label }) => {
            const amount = point[field];
            return (
              <div key={field} className={classes.value}>
                <span className={classes.swatch} data-line={field} aria-hidden />
                <span className={classes.name}>{label}</span>{" "}
                <span className="figure">
                  {amount === null
                    ? "not reported"
                    : formatMoney(amount, series.currency, series.unofficialCurrency)}
                </span>
              </div>
            );
          })}
        </>
      ) : null}
    </div>
  );
}
