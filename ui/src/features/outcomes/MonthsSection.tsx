import { Text } from "@mantine/core";
import { lazy, Suspense } from "react";
import type { MonthOutcome } from "../../api/outcomes";
import { Section } from "../../kit/components/Section";
import { Waiting } from "../../kit/components/Waiting";
import { formatMonth } from "../../kit/format";
import { resultNames } from "../../kit/words/result";
import { type CountsColumn, CountsTable } from "./CountsTable";
import { parts } from "./chartParts";
import classes from "./Outcomes.module.css";
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

const columns: Array<CountsColumn<MonthOutcome>> = [
  {
    title: "Evaluated",
    count: ({ counts }) => counts.evaluations,
    what: ({ month }) => `evaluated in ${formatMonth(month)}`,
  },
  {
    title: resultNames.accept,
    count: ({ counts }) => counts.accepted,
    narrow: { results: ["accept"] },
    what: ({ month }) => `accepted in ${formatMonth(month)}`,
  },
  {
    title: resultNames.review,
    count: ({ counts }) => counts.reviewed,
    narrow: { results: ["review"] },
    what: ({ month }) => `to be reviewed in ${formatMonth(month)}`,
  },
  {
    title: resultNames.reroute,
    count: ({ counts }) => counts.rerouted,
    narrow: { results: ["reroute"] },
    what: ({ month }) => `rerouted in ${formatMonth(month)}`,
  },
  {
    title: "Other",
    count: ({ counts }) => counts.other,
    narrow: { results: ["other"] },
    what: ({ month }) => `with another result in ${formatMonth(month)}`,
  },
  {
    title: "No answer",
    count: ({ counts }) => counts.unanswered,
    narrow: { states: ["sending", "failed", "unknown"] },
    what: ({ month }) => `without an answer in ${formatMonth(month)}`,
  },
  {
    title: "Debited",
    count: ({ counts }) => counts.initiated,
    narrow: { decided: "debited" },
    what: ({ month }) => `debited in ${formatMonth(month)}`,
  },
  {
    title: "Returned",
    count: ({ counts }) => counts.returned,
    narrow: { returned: "returned" },
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
