import { Text } from "@mantine/core";
import { lazy, Suspense } from "react";
import type { MonthOutcome } from "../../api/outcomes";
import { Section } from "../../kit/components/Section";
import { Waiting } from "../../kit/components/Waiting";
import { formatMonth } from "../../kit/format";
import { Behind } from "./Behind";
import { parts } from "./chartParts";
import classes from "./Outcomes.module.css";
import { RatePart } from "./RatePart";

// The chart library is read when a chart is looked at.
const MonthsChart = lazy(() => import("./MonthsChart"));

/** What was answered and what came back, month by month. */
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

function MonthsTable({ months }: { months: MonthOutcome[] }) {
  return (
    <div className={classes.scroll}>
      <table className={classes.table} data-testid="outcomes-months">
        <caption className="visuallyHidden">Evaluations by month, the newest first</caption>
        <thead>
          <tr>
            <th scope="col">Month</th>
            <th scope="col">Evaluated</th>
            <th scope="col">Accept</th>
            <th scope="col">Review</th>
            <th scope="col">Reroute</th>
            <th scope="col">Other</th>
            <th scope="col">No answer</th>
            <th scope="col">Debited</th>
            <th scope="col">Returned</th>
            <th scope="col">Return rate</th>
          </tr>
        </thead>
        <tbody>
          {months.toReversed().map(({ month, from, to, counts }) => {
            const within = { from, to };
            const name = formatMonth(month);
            return (
              <tr key={month}>
                <th scope="row">{name}</th>
                <td>
                  <Behind
                    number={counts.evaluations}
                    filter={within}
                    what={`evaluated in ${name}`}
                  />
                </td>
                <td>
                  <Behind
                    number={counts.accepted}
                    filter={{ ...within, results: ["accept"] }}
                    what={`accepted in ${name}`}
                  />
                </td>
                <td>
                  <Behind
                    number={counts.reviewed}
                    filter={{ ...within, results: ["review"] }}
                    what={`to be reviewed in ${name}`}
                  />
                </td>
                <td>
                  <Behind
                    number={counts.rerouted}
                    filter={{ ...within, results: ["reroute"] }}
                    what={`rerouted in ${name}`}
                  />
                </td>
                <td>
                  <Behind
                    number={counts.other}
                    filter={{ ...within, results: ["other"] }}
                    what={`with another result in ${name}`}
                  />
                </td>
                <td>
                  <Behind
                    number={counts.unanswered}
                    filter={{ ...within, states: ["sending", "failed", "unknown"] }}
                    what={`without an answer in ${name}`}
                  />
                </td>
                <td>
                  <Behind
                    number={counts.initiated}
                    filter={{ ...within, decided: "debited" }}
                    what={`debited in ${name}`}
                  />
                </td>
                <td>
                  <Behind
                    number={counts.returned}
                    filter={{ ...within, returned: "returned" }}
                    what={`returned of ${name}`}
                    testId="month-returned"
                  />
                </td>
                <td>
                  <RatePart rate={counts.returnRate} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
