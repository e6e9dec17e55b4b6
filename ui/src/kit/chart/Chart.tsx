import "uplot/dist/uPlot.min.css";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from "react";
import { beforePaper, usePrinting } from "../print/usePrinting";
import classes from "./Chart.module.css";
import { type ChartColors, useChartColors } from "./colors";
import { becomePicture } from "./picture";
import uPlot from "./plot";

const NARROWEST = 200;

export interface Drawing {
  options: Omit<uPlot.Options, "width" | "height">;
  data: uPlot.AlignedData;
}

/** Reports the point under the pointer or keyboard, and its distance from the left in pixels. */
export type OnPoint = (index: number | null, left: number) => void;

interface Props {
  /** Must be stable: a change re-creates the chart. */
  draw: (colors: ChartColors, onPoint: OnPoint) => Drawing;
  height: number;
  /** Text alternative. */
  label: string;
  /** Name of one point, for screen readers. */
  point: string;
  onPoint: OnPoint;
  /** The next point for an arrow key, if any. */
  onStep: (by: 1 | -1) => number | null;
  /** Class of the element around the canvas. */
  className?: string;
  testId: string;
  points?: number;
  /** Details of the current point. */
  children: ReactNode;
}

/** A chart with details for each point, by pointer or arrow keys. */
export function Chart(props: Props) {
  const { draw, height, label, point, onPoint, onStep, className, testId, points, children } =
    props;
  const holder = useRef<HTMLDivElement>(null);
  const made = useRef<{ plot: uPlot; data: uPlot.AlignedData } | null>(null);
  const tell = useRef(onPoint);
  tell.current = onPoint;
  const printing = usePrinting();
  const colors = useChartColors();
  const hint = useId();
  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    const size = () => ({ width: Math.max(element.clientWidth, NARROWEST), height });
    const { options, data } = draw(colors, (...at) => tell.current(...at));
    const plot = new uPlot({ ...options, ...size() }, data, element);
    made.current = { plot, data };
    if (printing) beforePaper(becomePicture(plot));
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) plot.setSize(size());
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
      // The library doesn't remove the picture made for paper.
      element.replaceChildren();
      made.current = null;
    };
  }, [draw, colors, height, printing]);

  const onKey = (event: KeyboardEvent) => {
    const by = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : null;
    if (by === null) return;
    event.preventDefault();
    const next = onStep(by);
    const x = next === null ? undefined : made.current?.data[0][next];
    if (next === null || x == null || !made.current) return;
    const { plot } = made.current;
    const left = plot.valToPos(x, "x");
    plot.setCursor({ left, top: height / 2 });
    onPoint(next, left + plot.over.offsetLeft);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would claim to hold fields
    <div
      className={classes.chart}
      role="group"
      aria-label={label}
      aria-describedby={hint}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys go from point to point
      tabIndex={0}
      onKeyDown={onKey}
      onBlur={() => {
        made.current?.plot.setCursor({ left: -10, top: -10 });
        onPoint(null, 0);
      }}
      data-testid={testId}
      data-points={points}
    >
      <span id={hint} className="visuallyHidden">
        The left and right arrow keys tell each {point}.
      </span>
      <div ref={holder} className={className} aria-hidden />
      {children}
    </div>
  );
}

export function axisStyle(colors: ChartColors) {
  return {
    stroke: colors.text,
    font: '11px "Inter Variable", system-ui, sans-serif',
    grid: { stroke: colors.grid, width: 1 },
    ticks: { stroke: colors.grid, width: 1, size: 4 },
    gap: 6,
  } satisfies uPlot.Axis;
}
