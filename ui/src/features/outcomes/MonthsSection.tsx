import { Text } from "@mantine/core";
import { lazy, Suspense } from "react";
import type { MonthOutcome } from "../../api/outcomes";
import { Section } from "../../kit/components/Section";
import { Waiting } from "../../kit/components/Waiting";
import { formatMonth } from "../../kit/format";
import { type CountsColumn, CountsTable } from "./CountsTable";
import { parts } from "./chartParts";
import classes from "./Outcomes.module.css";
import { outcomeColumns } from "./outcomeColumns";
import { RatePart } from "./RatePart";

// Load the chart library only when a chart is shown.
const MonthsChart = lazy(() => import("./MonthsChart"));

export function MonthsSection({ months }: { months: MonthOutcome[] }) {
  return (
    <Section
      title="By month"
      hint="By the month of the evaluation. What came back counts for the month in which it was evaluated, so that young months still grow."
    >
      {months.some(({ counts }) => counts.evaluations > 0) ? (
        <>
          <ul className={classes.legend} aria-hidden>
            {parts.map(({ part, label }) => (
              <li key={part}>
                <span className={classes.swatch} data-part={part} />
                {label}
              </li>
            ))}
            <li>
              <span className={classes.swatch} data-part="rate" />
              Returned, of those debited
            </li>
          </ul>
          <Suspense fallback={<Waiting>Drawing…</Waiting>}>
            <MonthsChart months={months} />
          </Suspense>
        </>
      ) : (
        <Text size="sm" c="dimmed" mb="sm">
          Nothing was evaluated in this time.
        </Text>
      )}
      <MonthsTable months={months} />
    </Section>
  );
}

const { results, others, debited, returned } = outcomeColumns<MonthOutcome>(
  (words, { month }) => `${words} in ${formatMonth(month)}`,
);
const columns: Array<CountsColumn<MonthOutcome>> = [
  ...results,
  ...others,
  debited,
  {
    ...returned,
    what: ({ month }) => `returned of ${formatMonth(month)}`,
    testId: () => "month-returned",
  },
];

function MonthsTable({ months }: { months: MonthOutcome[] }) {
  return (
    <div className={classes.scroll}>
      <CountsTable
        caption={
          <caption className="visuallyHidden">Evaluations by month, the newest first</caption>
        }
        first="Month"
        rows={months.toReversed().map((of) => ({
          key: of.month,
          head: formatMonth(of.month),
          of,
          filter: { from: of.from, to: of.to },
        }))}
        columns={columns}
        rate={({ counts }) => <RatePart rate={counts.returnRate} />}
        testId="outcomes-months"
      />
    </div>
  );
}
