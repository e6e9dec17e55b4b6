import { Group, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type { HistoryOf } from "../../api/history";
import { useChangeSince } from "../../data/history";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { problemAt, problemBeside } from "../../kit/components/problem";
import { Section } from "../../kit/components/Section";
import { Waiting } from "../../kit/components/Waiting";
import { count, formatDay, formatExactTime, formatMoney } from "../../kit/format";
import classes from "./Panel.module.css";
import { changeWords } from "./words";

/** The first of this month in the user's time zone, as YYYY-MM-DD. */
function firstOfMonth(): string {
  const now = new Date();
  return `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}-01`;
}

/** How much a balance changed since a day the user chooses. */
export function ChangeSection({ of }: { of: HistoryOf }) {
  const [date, setDate] = useState(firstOfMonth);
  const { data, error, isPending, refetch } = useChangeSince(of, date);
  const beside = problemBeside(error, ["date"]);
  return (
    <Section title="Change since a day">
      <Group gap="md" align="flex-start">
        <TextInput
          type="date"
          size="xs"
          label="Compared with the beginning of"
          placeholder="YYYY-MM-DD"
          value={date}
          onChange={(event) => setDate(event.currentTarget.value)}
          error={problemAt(error, "date")}
          data-testid="change-date"
        />
        <div className={classes.change} role="status" data-testid="change-since">
          {date !== "" && isPending ? <Waiting>Comparing…</Waiting> : null}
          {data ? (
            <>
              <div className={classes.changed}>{changeWords(data.amount, data.currency)}</div>
              <div className={classes.dim}>
                from {formatMoney(data.from, data.currency)} to{" "}
                {formatMoney(data.to, data.currency)}
              </div>
              <div className={classes.dim}>
                {Date.parse(data.since) > Date.parse(`${date}T00:00:00`) && of.kind === "account"
                  ? `Not read before ${formatDay(date)}: compared with the first reading, ${formatExactTime(data.since)}`
                  : `What was known then was read ${formatExactTime(data.since)}`}
              </div>
              {data.leftOut > 0 ? (
                <div className={classes.dim}>
                  {count(data.accounts, "account")} compared; {count(data.leftOut, "account")} not
                  read by then left out
                </div>
              ) : null}
            </>
          ) : null}
          {data === null ? (
            <Text size="sm" c="dimmed">
              There is nothing to compare: no reading with a current balance by then.
            </Text>
          ) : null}
        </div>
      </Group>
      {beside ? <ProblemNotice problem={beside} onRetry={() => void refetch()} /> : null}
    </Section>
  );
}
