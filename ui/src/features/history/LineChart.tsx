import "uplot/dist/uPlot.min.css";
import { useComputedColorScheme } from "@mantine/core";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import type { HistorySeries } from "../../api/history";
import { becomePicture } from "../../kit/chart/picture";
import uPlot from "../../kit/chart/plot";
import { formatExactTime, formatMoney } from "../../kit/format";
import { beforePaper, usePrinting } from "../../kit/print/usePrinting";
import { chartData, type LineOf, step } from "./chartData";
import { chartOptions, palette } from "./chartOptions";
import classes from "./LineChart.module.css";

const HEIGHT = 240;

interface Props {
  series: HistorySeries;
  lines: LineOf[];
  /** RFC 3339: the ends of the axis of time. */
  from: string;
  to: string;
  /** Exact decimal text: where the low-balance mark is drawn. */
  mark?: string;
  /** What the chart shows, in words. */
  label: string;
}

interface Pointed {
  /** RFC 3339: which reading, so that it is still pointed at when newer ones come. */
  at: string;
  /** CSS pixels within the chart. */
  left: number;
}

function indexOf(series: HistorySeries, pointed: Pointed | null): number | null {
  const index = series.points.findIndex(({ at }) => at === pointed?.at);
  return index < 0 ? null : index;
}

/** Lines over time. Pointing at one, or the arrow keys, tell a reading exactly. */
export function LineChart({ series, lines, from, to, mark, label }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const printing = usePrinting();
  const scheme = useComputedColorScheme();
  const hint = useId();
  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    const data = chartData(series, lines);
    const options = chartOptions({
      data,
      series,
      window: [Date.parse(from) / 1000, Date.parse(to) / 1000],
      mark: mark === undefined ? null : Number(mark),
      colors: palette(printing ? "light" : scheme),
      size: { width: Math.max(element.clientWidth, 200), height: HEIGHT },
      onPoint: (index, left) => {
        const at = index === null ? undefined : series.points[index]?.at;
        setPointed(at === undefined ? null : { at, left });
      },
    });
    const made = new uPlot(options, [data.times, ...data.places], element);
    plot.current = made;
    if (printing) beforePaper(becomePicture(made));
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) made.setSize({ width: element.clientWidth, height: HEIGHT });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      element.replaceChildren();
      plot.current = null;
    };
  }, [series, lines, from, to, mark, scheme, printing]);

  const onKey = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by !== 1 && by !== -1) return;
    event.preventDefault();
    const next = step(series.points, indexOf(series, pointed), by);
    const at = next === null ? undefined : series.points[next]?.at;
    if (at === undefined) return;
    const left = plot.current?.valToPos(Date.parse(at) / 1000, "x") ?? 0;
    plot.current?.setCursor({ left, top: HEIGHT / 2 });
    setPointed({ at, left: left + (plot.current?.over.offsetLeft ?? 0) });
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would claim to hold fields
    <div
      className={classes.chart}
      role="group"
      aria-label={label}
      aria-describedby={hint}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys go from reading to reading
      tabIndex={0}
      onKeyDown={onKey}
      onBlur={() => {
        plot.current?.setCursor({ left: -10, top: -10 });
        setPointed(null);
      }}
      data-testid="history-chart"
      data-points={series.points.length}
    >
      <span id={hint} className="visuallyHidden">
        The left and right arrow keys tell each reading.
      </span>
      <div ref={holder} className={classes.holder} aria-hidden />
      <Exactly series={series} lines={lines} pointed={pointed} />
    </div>
  );
}

/** One reading with all its digits. */
function Exactly({
  series,
  lines,
  pointed,
}: {
  series: HistorySeries;
  lines: LineOf[];
  pointed: Pointed | null;
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
          {lines.map(({ followed, label }) => {
            const amount = point[followed];
            return (
              <div key={followed} className={classes.value}>
                <span className={classes.swatch} data-line={followed} aria-hidden />
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
