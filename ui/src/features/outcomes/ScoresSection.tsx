import { Text } from "@mantine/core";
import type { ActivityFilter } from "../../api/activity";
import type { ScoreOutcomes } from "../../api/outcomes";
import { Section } from "../../kit/components/Section";
import { scoreTitles } from "../../kit/words/score";
import { Behind } from "./Behind";
import classes from "./Outcomes.module.css";
import { RatePart } from "./RatePart";
import { scoreExamples } from "./words";

interface Props {
  scores: ScoreOutcomes[];
  within: Partial<ActivityFilter>;
}

/** Whether a higher score meant more returns. */
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
    <table className={classes.table} data-testid={`scores-${of.kind}`}>
      <caption>
        {scoreTitles[of.kind]}
        <Text size="xs" c="dimmed">
          {scoreExamples[of.kind]}
        </Text>
      </caption>
      <thead>
        <tr>
          <th scope="col">Score</th>
          <th scope="col">Evaluated</th>
          <th scope="col">Debited</th>
          <th scope="col">Returned</th>
          <th scope="col">Return rate</th>
        </tr>
      </thead>
      <tbody>
        {of.bands.map((band) => {
          const name = `${band.from}–${band.to}`;
          const score = { kind: of.kind, from: band.from, to: band.to };
          return (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <Behind
                  number={band.evaluations}
                  filter={{ ...within, score }}
                  what={`with a score of ${name}`}
                />
              </td>
              <td>
                <Behind
                  number={band.returnRate.whole}
                  filter={{ ...within, score, decided: "debited" }}
                  what={`with a score of ${name}, debited`}
                />
              </td>
              <td>
                <Behind
                  number={band.returnRate.part}
                  filter={{ ...within, score, returnCodes: of.codes }}
                  what={`with a score of ${name}, returned`}
                />
              </td>
              <td>
                <RatePart rate={band.returnRate} most={most} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
