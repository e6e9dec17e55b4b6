import { Text } from "@mantine/core";
import type { ActivityFilter } from "../../api/activity";
import type { ResultOutcome } from "../../api/outcomes";
import { Section } from "../../kit/components/Section";
import { formatCount } from "../../kit/format";
import { resultWord } from "../../kit/words/result";
import { Behind } from "./Behind";
import classes from "./Outcomes.module.css";
import { percentWords } from "./words";

interface Props {
  results: ResultOutcome[];
  within: Partial<ActivityFilter>;
}

/** How good the answers were, and what was decided against them. */
export function ResultsSection({ results, within }: Props) {
  const accept = results.find(({ result }) => result === "accept");
  return (
    <Section
      title="How good the answers were"
      hint="What was done about each result, and how much of what was debited came back. Without a decision, an ACCEPT counts as debited and the others do not."
    >
      {accept ? <AcceptWords accept={accept} /> : null}
      <div className={classes.scroll}>
        <table className={classes.table} data-testid="outcomes-results">
          <caption className="visuallyHidden">Results and what was decided</caption>
          <thead>
            <tr>
              <th scope="col">Result</th>
              <th scope="col">Answers</th>
              <th scope="col">Decided: initiated</th>
              <th scope="col">Decided: not initiated</th>
              <th scope="col">No decision</th>
              <th scope="col">Debited</th>
              <th scope="col">Returned</th>
              <th scope="col">Return rate</th>
            </tr>
          </thead>
          <tbody>
            {results.map((of) => (
              <Row key={of.result ?? "other"} of={of} within={within} />
            ))}
          </tbody>
        </table>
      </div>
      <Text size="xs" c="dimmed" mt={6}>
        Marked: decided against the result.
      </Text>
    </Section>
  );
}

function AcceptWords({ accept }: { accept: ResultOutcome }) {
  const { part, whole, tooFew } = accept.returnRate;
  if (whole === 0) return null;
  return (
    <Text size="sm" mb="sm" data-testid="accept-quality">
      <b className="tabular">{percentWords(accept.returnRate)}</b> of what ACCEPT let through came
      back: {formatCount(part)} of {formatCount(whole)} debits.
      {tooFew ? ` ${formatCount(whole)} debits: too few to judge.` : ""}
    </Text>
  );
}

function Row({ of, within }: { of: ResultOutcome; within: Partial<ActivityFilter> }) {
  const { result, returnRate } = of;
  const one = { ...within, results: [result ?? ("other" as const)] };
  const name = result ? resultWord({ result }) : "Other";
  return (
    <tr>
      <th scope="row">
        <span className={classes.result} data-result={result ?? "other"}>
          {name}
        </span>
      </th>
      <td>
        <Behind number={of.answered} filter={one} what={`answered ${name}`} />
      </td>
      <td data-against={result === "reroute" && of.decidedInitiated > 0 ? true : undefined}>
        <Behind
          number={of.decidedInitiated}
          filter={{ ...one, decided: "initiated" }}
          what={`${name}, decided as initiated`}
          testId={`result-${result}-initiated`}
        />
      </td>
      <td data-against={result === "accept" && of.decidedNotInitiated > 0 ? true : undefined}>
        <Behind
          number={of.decidedNotInitiated}
          filter={{ ...one, decided: "notInitiated" }}
          what={`${name}, decided as not initiated`}
        />
      </td>
      <td>
        <Behind
          number={of.undecided}
          filter={{ ...one, decided: "nothing" }}
          what={`${name}, without a decision`}
        />
      </td>
      <td>
        <Behind
          number={returnRate.whole}
          filter={{ ...one, decided: "debited" }}
          what={`${name}, debited`}
        />
      </td>
      <td>
        <Behind
          number={returnRate.part}
          filter={{ ...one, returned: "returned" }}
          what={`${name}, returned`}
        />
      </td>
      <td className="tabular">{percentWords(returnRate)}</td>
    </tr>
  );
}
