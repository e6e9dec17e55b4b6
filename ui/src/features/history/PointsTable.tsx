import type { HistorySeries } from "../../api/history";
import { Amount } from "../../kit/components/Amount";
import { Disclosure } from "../../kit/components/Disclosure";
import { formatExactTime } from "../../kit/format";
import type { ChartLine } from "./chartData";
import classes from "./ReadingsTable.module.css";

/** The points of a chart as a table, newest first, for screen readers and exact values. */
export function PointsTable({ series, lines }: { series: HistorySeries; lines: ChartLine[] }) {
  const points = series.points.filter(({ kind }) => kind === "reading").reverse();
  return (
    <Disclosure label="As a table" testId="points-table-open">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region needs keyboard focus */}
      <section className={classes.scroll} tabIndex={0} aria-label="Points of the chart">
        <table className={classes.points} data-testid="points-table">
          <thead>
            <tr>
              <th scope="col">At</th>
              {lines.map(({ field, label }) => (
                <th key={field} scope="col" data-figure>
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {points.map((point) => (
              <tr key={point.at}>
                <td>{formatExactTime(point.at)}</td>
                {lines.map(({ field }) => (
                  <td key={field} data-figure>
                    <Amount
                      amount={point[field]}
                      currency={series.currency}
                      unofficial={series.unofficialCurrency}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Disclosure>
  );
}
