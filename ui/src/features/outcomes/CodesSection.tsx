import { Text } from "@mantine/core";
import type { ActivityFilter } from "../../api/activity";
import type { CodeOutcome } from "../../api/outcomes";
import { Amount } from "../../kit/components/Amount";
import { Section } from "../../kit/components/Section";
import { CountLink } from "./CountLink";
import classes from "./Outcomes.module.css";
import { kindWords } from "./words";

interface Props {
  codes: CodeOutcome[];
  within: Partial<ActivityFilter>;
}

export function CodesSection({ codes, within }: Props) {
  const most = Math.max(1, ...codes.map(({ returned }) => returned));
  return (
    <Section title="By R-code">
      {codes.length === 0 ? (
        <Text size="sm" c="dimmed">
          No debit of this time came back.
        </Text>
      ) : (
        <div className={classes.scroll}>
          <table className={classes.table} data-testid="outcomes-codes">
            <caption className="visuallyHidden">Returns by R-code, the most frequent first</caption>
            <thead>
              <tr>
                <th scope="col">Code</th>
                <th scope="col" className={classes.words}>
                  Meaning
                </th>
                <th scope="col" className={classes.words}>
                  Counts for
                </th>
                <th scope="col">Returned</th>
                <th scope="col">Amount</th>
              </tr>
            </thead>
            <tbody>
              {codes.map(({ code, title, countsFor, returned, amount }) => (
                <tr key={code}>
                  <th scope="row">{code}</th>
                  <td className={classes.words}>{title}</td>
                  <td className={classes.words}>
                    {countsFor ? kindWords[countsFor].title.toLowerCase() : "overall only"}
                  </td>
                  <td>
                    <span className={classes.rate}>
                      <span className={classes.bar} aria-hidden>
                        <span style={{ width: `${(returned / most) * 100}%` }} />
                      </span>
                      <CountLink
                        number={returned}
                        filter={{ ...within, returnCodes: [code] }}
                        what={`returned with ${code}`}
                        testId={`code-${code}`}
                      />
                    </span>
                  </td>
                  <td>
                    <Amount amount={amount} currency="USD" />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
}
