import { Text } from "@mantine/core";
import type { ActivityFilter } from "../../api/activity";
import type { NamedOutcome } from "../../api/outcomes";
import { Section } from "../../kit/components/Section";
import { resultNames } from "../../kit/words/result";
import { type CountsColumn, CountsTable } from "./CountsTable";
import classes from "./Outcomes.module.css";
import { RatePart } from "./RatePart";

interface Props {
  title: string;
  /** Heading of the first column. */
  what: string;
  outcomes: NamedOutcome[];
  /** The days counted. */
  within: Partial<ActivityFilter>;
  /** The filter for one row. */
  narrow: (name: string | null) => Partial<ActivityFilter>;
  testId: string;
}

const columns: Array<CountsColumn<NamedOutcome>> = [
  {
    title: "Evaluated",
    count: ({ counts }) => counts.evaluations,
    what: ({ name }) => `evaluated, ${nameOrNone(name)}`,
  },
  {
    title: resultNames.accept,
    count: ({ counts }) => counts.accepted,
    narrow: { results: ["accept"] },
    what: ({ name }) => `accepted, ${nameOrNone(name)}`,
  },
  {
    title: resultNames.review,
    count: ({ counts }) => counts.reviewed,
    narrow: { results: ["review"] },
    what: ({ name }) => `to be reviewed, ${nameOrNone(name)}`,
  },
  {
    title: resultNames.reroute,
    count: ({ counts }) => counts.rerouted,
    narrow: { results: ["reroute"] },
    what: ({ name }) => `rerouted, ${nameOrNone(name)}`,
  },
  {
    title: "Debited",
    count: ({ counts }) => counts.initiated,
    narrow: { decided: "debited" },
    what: ({ name }) => `debited, ${nameOrNone(name)}`,
  },
  {
    title: "Returned",
    count: ({ counts }) => counts.returned,
    narrow: { returned: "returned" },
    what: ({ name }) => `returned, ${nameOrNone(name)}`,
  },
];

const nameOrNone = (name: string | null) => name ?? "None";

/** Outcomes by ruleset or institution. */
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
          <CountsTable
            caption={
              <caption className="visuallyHidden">
                {title}, the one with most evaluations first
              </caption>
            }
            first={what}
            rows={outcomes.map((of) => ({
              key: nameOrNone(of.name),
              head: <span className="breakable">{nameOrNone(of.name)}</span>,
              of,
              filter: { ...within, ...narrow(of.name) },
            }))}
            columns={columns}
            rate={({ counts }) => <RatePart rate={counts.returnRate} most={most} />}
            testId={testId}
          />
        </div>
      )}
    </Section>
  );
}
