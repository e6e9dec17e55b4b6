import { Text } from "@mantine/core";
import type { ActivityFilter } from "../../api/activity";
import type { NamedOutcome } from "../../api/outcomes";
import { Section } from "../../kit/components/Section";
import { CountsTable } from "./CountsTable";
import classes from "./Outcomes.module.css";
import { outcomeColumns } from "./outcomeColumns";
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

const nameOrNone = (name: string | null) => name ?? "None";

const { results, debited, returned } = outcomeColumns<NamedOutcome>(
  (words, { name }) => `${words}, ${nameOrNone(name)}`,
);
const columns = [...results, debited, returned];

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
