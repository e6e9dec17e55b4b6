import { Text } from "@mantine/core";
import type { ActivityFilter } from "../../api/activity";
import type { NamedOutcome } from "../../api/outcomes";
import { Section } from "../../kit/components/Section";
import { Behind } from "./Behind";
import classes from "./Outcomes.module.css";
import { RatePart } from "./RatePart";

interface Props {
  title: string;
  /** The head of the first column. */
  what: string;
  outcomes: NamedOutcome[];
  /** The days that are counted. */
  within: Partial<ActivityFilter>;
  /** What narrows the list to one of them. */
  narrow: (name: string | null) => Partial<ActivityFilter>;
  testId: string;
}

/** What became of the evaluations of each ruleset or institution. */
export function GroupSection({ title, what, outcomes, within, narrow, testId }: Props) {
  const most = Math.max(1, ...outcomes.map(({ counts }) => Number(counts.returnRate.percent ?? 0)));
  return (
    <Section title={title}>
      {outcomes.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nothing was evaluated in this time.
        </Text>
      ) : (
        <div className={classes.scroll}>
          <table className={classes.table} data-testid={testId}>
            <caption className="visuallyHidden">
              {title}, the one with most evaluations first
            </caption>
            <thead>
              <tr>
                <th scope="col">{what}</th>
                <th scope="col">Evaluated</th>
                <th scope="col">Accept</th>
                <th scope="col">Review</th>
                <th scope="col">Reroute</th>
                <th scope="col">Debited</th>
                <th scope="col">Returned</th>
                <th scope="col">Return rate</th>
              </tr>
            </thead>
            <tbody>
              {outcomes.map(({ name, counts }) => {
                const shown = name ?? "None";
                const one = { ...within, ...narrow(name) };
                return (
                  <tr key={shown}>
                    <th scope="row" className="breakable">
                      {shown}
                    </th>
                    <td>
                      <Behind
                        number={counts.evaluations}
                        filter={one}
                        what={`evaluated, ${shown}`}
                      />
                    </td>
                    <td>
                      <Behind
                        number={counts.accepted}
                        filter={{ ...one, results: ["accept"] }}
                        what={`accepted, ${shown}`}
                      />
                    </td>
                    <td>
                      <Behind
                        number={counts.reviewed}
                        filter={{ ...one, results: ["review"] }}
                        what={`to be reviewed, ${shown}`}
                      />
                    </td>
                    <td>
                      <Behind
                        number={counts.rerouted}
                        filter={{ ...one, results: ["reroute"] }}
                        what={`rerouted, ${shown}`}
                      />
                    </td>
                    <td>
                      <Behind
                        number={counts.initiated}
                        filter={{ ...one, decided: "debited" }}
                        what={`debited, ${shown}`}
                      />
                    </td>
                    <td>
                      <Behind
                        number={counts.returned}
                        filter={{ ...one, returned: "returned" }}
                        what={`returned, ${shown}`}
                      />
                    </td>
                    <td>
                      <RatePart rate={counts.returnRate} most={most} />
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
}
