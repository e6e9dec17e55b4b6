import { SegmentedControl, Text, Title } from "@mantine/core";
import { type CSSProperties, type ReactNode, useId, useState } from "react";
import type { LowBalance } from "../../api/accounts";
import type { HistoryOf, HistoryRange, HistorySeries, HistoryView } from "../../api/history";
import { useHistory } from "../../data/history";
import { useChartColors } from "../../kit/chart/colors";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Waiting } from "../../kit/components/Waiting";
import { count, formatDate, formatMoney } from "../../kit/format";
import { type ChartLine, gapsIn, readingsIn } from "./chartData";
import { LineChart } from "./LineChart";
import lineClasses from "./LineChart.module.css";
import classes from "./Panel.module.css";

interface Props {
  of: HistoryOf;
  lines: ChartLine[];
  mark?: LowBalance;
  /** Rendered below each chart. */
  children?: (series: HistorySeries) => ReactNode;
}

const ranges: Array<{ value: HistoryRange; label: string }> = [
  { value: "week", label: "Week" },
  { value: "month", label: "Month" },
  { value: "year", label: "Year" },
  { value: "all", label: "All" },
];

/** Before the user chooses a range: a month, or everything if that is less. */
function useRange(of: HistoryOf) {
  const [chosen, setRange] = useState<HistoryRange | null>(null);
  const month = useHistory(of, "month", chosen === null);
  const young =
    month.data !== undefined &&
    (month.data.firstAt === null || month.data.firstAt >= month.data.from);
  const range: HistoryRange = chosen ?? (young ? "all" : "month");
  return { range, setRange, decided: chosen !== null || !month.isPending };
}

export function HistoryChart({ of, lines, mark, children }: Props) {
  const title = useId();
  const { range, setRange, decided } = useRange(of);
  const { data, error, refetch, isPlaceholderData } = useHistory(of, range, decided);
  const colors = useChartColors();
  const style = { "--chart-current": colors.current, "--chart-second": colors.second };
  return (
    <section
      className={`panel ${classes.chart}`}
      aria-labelledby={title}
      style={style as CSSProperties}
    >
      <div className={classes.chartHead}>
        <Title order={2} id={title}>
          Over time
        </Title>
        <SegmentedControl
          size="xs"
          data={ranges}
          value={range}
          onChange={(value) => setRange(value as HistoryRange)}
          aria-label="How far back"
          data-testid="history-range"
        />
      </div>
      {error ? <ProblemNotice problem={error} onRetry={() => void refetch()} /> : null}
      {!data && !error ? <Waiting>Reading the history…</Waiting> : null}
      {data ? (
        <div aria-busy={isPlaceholderData} data-testid="history" data-range={range}>
          <SeriesCharts view={data} lines={lines} mark={mark}>
            {children}
          </SeriesCharts>
        </div>
      ) : null}
    </section>
  );
}

function SeriesCharts({ view, lines, mark, children }: Omit<Props, "of"> & { view: HistoryView }) {
  if (view.readings === 0 || view.lastAt === null) {
    return <EmptyChart>Nothing was read yet. A refresh brings the first reading.</EmptyChart>;
  }
  if (view.series.length === 0) {
    return (
      <EmptyChart>
        {`Nothing was read in this time. The last reading is of ${formatDate(view.lastAt)}.`}
      </EmptyChart>
    );
  }
  return (
    <>
      {view.series.toReversed().map((series) => (
        <div key={series.currency ?? ""} className={classes.series}>
          <Legend series={series} lines={lines} mark={mark} named={view.series.length > 1} />
          <LineChart
            series={series}
            lines={lines}
            from={view.from}
            to={view.to}
            mark={alertApplies(series, mark) ? mark?.threshold : undefined}
            label={chartLabel(series, view)}
          />
          {children?.(series)}
        </div>
      ))}
      {view.readings === 1 ? (
        <Text size="sm" c="dimmed" data-testid="history-one">
          One reading so far. The line begins with the next.
        </Text>
      ) : null}
    </>
  );
}

function EmptyChart({ children }: { children: string }) {
  return (
    <Text size="sm" c="dimmed" py="lg" ta="center" data-testid="history-empty">
      {children}
    </Text>
  );
}

/** Whether the low-balance alert is in the currency of the series. */
function alertApplies(series: HistorySeries, mark: LowBalance | undefined): boolean {
  return mark !== undefined && mark.currency === series.currency;
}

function chartLabel(series: HistorySeries, view: HistoryView): string {
  const gaps = gapsIn(series);
  return (
    `Chart in ${series.currency ?? "no reported currency"}, ${count(readingsIn(series), "point")} ` +
    `from ${formatDate(view.from)} to ${formatDate(view.to)}` +
    (gaps > 0 ? `, ${count(gaps, "gap")} in which nothing was read` : "") +
    ". A table with the figures follows."
  );
}

interface LegendProps {
  series: HistorySeries;
  lines: ChartLine[];
  mark?: LowBalance;
  /** Whether to name the currency. */
  named: boolean;
}

function Legend({ series, lines, mark, named }: LegendProps) {
  const readings = series.points.filter(({ kind }) => kind === "reading");
  return (
    <ul className={classes.legend}>
      {named ? <li className={classes.currency}>{series.currency ?? "No currency"}</li> : null}
      {lines.map(({ field, label }) => {
        const missing = readings.filter((point) => point[field] === null).length;
        return (
          <li key={field}>
            <span className={lineClasses.swatch} data-line={field} aria-hidden />
            {label}
            {missing === 0 ? null : missing === readings.length ? (
              <span className={classes.dim}>not reported</span>
            ) : (
              <span className={classes.dim}>partly not reported</span>
            )}
          </li>
        );
      })}
      {mark && alertApplies(series, mark) ? (
        <li data-testid="history-mark">
          <span className={classes.markSwatch} aria-hidden />
          Low below {formatMoney(mark.threshold, mark.currency, series.unofficialCurrency)}
        </li>
      ) : null}
      {gapsIn(series) > 0 ? (
        <li>
          <span className={classes.gapSwatch} aria-hidden />
          Nothing was read
        </li>
      ) : null}
    </ul>
  );
}
