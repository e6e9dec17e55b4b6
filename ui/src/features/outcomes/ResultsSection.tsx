import { Text } from "@mantine/core";
import type { ActivityFilter } from "../../api/activity";
import type { ResultOutcome } from "../../api/outcomes";
import { Section } from "../../kit/components/Section";
import { formatCount } from "../../kit/format";
import { resultWord } from "../../kit/words/result";
import { type CountsColumn, CountsTable } from "./CountsTable";
import classes from "./Outcomes.module.css";
import { percentWords } from "./words";

interface Props {
  results: ResultOutcome[];
  within: Partial<ActivityFilter>;
}

const nameOf = ({ result }: ResultOutcome) => (result ? resultWord({ result }) : "Other");

const columns: Array<CountsColumn<ResultOutcome>> = [
  { title: "Answers", count: (of) => of.answered, what: (of) => `answered ${nameOf(of)}` },
  {
    title: "Decided: initiated",
    count: (of) => of.decidedInitiated,
    narrow: { decided: "initiated" },
    what: (of) => `${nameOf(of)}, decided as initiated`,
    testId: ({ result }) => `result-${result}-initiated`,
    marked: (of) => of.result === "reroute" && of.decidedInitiated > 0,
  },
  {
    title: "Decided: not initiated",
    count: (of) => of.decidedNotInitiated,
    narrow: { decided: "notInitiated" },
    what: (of) => `${nameOf(of)}, decided as not initiated`,
    marked: (of) => of.result === "accept" && of.decidedNotInitiated > 0,
  },
  {
    title: "No decision",
    count: (of) => of.undecided,
    narrow: { decided: "nothing" },
    what: (of) => `${nameOf(of)}, without a decision`,
  },
  {
    title: "Debited",
    count: ({ returnRate }) => returnRate.whole,
    narrow: { decided: "debited" },
    what: (of) => `${nameOf(of)}, debited`,
  },
  {
    title: "Returned",
    count: ({ returnRate }) => returnRate.part,
    narrow: { returned: "returned" },
    what: (of) => `${nameOf(of)}, returned`,
  },
];

export function ResultsSection({ results, within }: Props) {
  const accept = results.find(({ result }) => result === "accept");
  return (
    <Section
      title="How good the answers were"
      hint="What was done about each result, and how much of what was debited came back. Without a decision, an ACCEPT counts as debited and the others do not."
    >
      {accept ? <AcceptWords accept={accept} /> : null}
      <div className={classes.scroll}>
        <CountsTable
          caption={<caption className="visuallyHidden">Results and what was decided</caption>}
          first="Result"
          rows={results.map((of) => ({
            key: of.result ?? "other",
            head: (
              <span className="result" data-result={of.result ?? "other"}>
                {nameOf(of)}
              </span>
            ),
            of,
            filter: { ...within, results: [of.result ?? ("other" as const)] },
          }))}
          columns={columns}
          rate={({ returnRate }) => <span className="tabular">{percentWords(returnRate)}</span>}
          testId="outcomes-results"
        />
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
