import { Text } from "@mantine/core";
import type { ActivityFilter } from "../../api/activity";
import type { ScoreOutcomes } from "../../api/outcomes";
import { Section } from "../../kit/components/Section";
import { scoreTitles } from "../../kit/words/score";
import { CountsTable } from "./CountsTable";
import classes from "./Outcomes.module.css";
import { RatePart } from "./RatePart";
import { scoreExamples } from "./words";

interface Props {
  scores: ScoreOutcomes[];
  within: Partial<ActivityFilter>;
}

/** Shows whether higher scores meant more returns. */
export function ScoresSection({ scores, within }: Props) {
  return (
    <Section
      title="Scores against returns"
      hint="Scores come with a ruleset of Signal Transaction Scores, 1 to 99, higher is riskier. A good score rises with the returns it is about."
    >
      {scores.length === 0 ? (
        <Text size="sm" c="dimmed">
          No answer of this time had a score: a Balance-only ruleset has none.
        </Text>
      ) : (
        <div className={classes.pair}>
          {scores.map((of) => (
            <Bands key={of.kind} of={of} within={within} />
          ))}
        </div>
      )}
    </Section>
  );
}

function Bands({ of, within }: { of: ScoreOutcomes; within: Partial<ActivityFilter> }) {
  const most = Math.max(1, ...of.bands.map((band) => Number(band.returnRate.percent ?? 0)));
  return (
    <CountsTable
      caption={
        <caption>
          {scoreTitles[of.kind]}
          <Text size="xs" c="dimmed">
            {scoreExamples[of.kind]}
          </Text>
        </caption>
      }
      first="Score"
      rows={of.bands.map((band) => ({
        key: nameOf(band),
        head: nameOf(band),
        of: band,
        filter: { ...within, score: { kind: of.kind, from: band.from, to: band.to } },
      }))}
      columns={[
        {
          title: "Evaluated",
          count: (band) => band.evaluations,
          what: (band) => `with a score of ${nameOf(band)}`,
        },
        {
          title: "Debited",
          count: ({ returnRate }) => returnRate.whole,
          narrow: { decided: "debited" },
          what: (band) => `with a score of ${nameOf(band)}, debited`,
        },
        {
          title: "Returned",
          count: ({ returnRate }) => returnRate.part,
          narrow: { returnCodes: of.codes },
          what: (band) => `with a score of ${nameOf(band)}, returned`,
        },
      ]}
      rate={({ returnRate }) => <RatePart rate={returnRate} most={most} />}
      testId={`scores-${of.kind}`}
    />
  );
}

const nameOf = ({ from, to }: ScoreOutcomes["bands"][number]) => `${from}–${to}`;
