import { Text } from "@mantine/core";
import type { EvaluationAnswer } from "../../api/signal";
import { scoreTitles } from "../../kit/words/score";
import classes from "./Scores.module.css";

/** Number of tiers Plaid defines for each kind of risk. */
const CUSTOMER_TIERS = 5;
const BANK_TIERS = 8;

interface ScoreProps {
  name: string;
  meaning: string;
  score: number | null;
  tier: number | null;
  tiers: number;
}

/** Risk scores on a scale from 1 to 99. Renders nothing when the ruleset has no scores. */
export function Scores({ answer }: { answer: EvaluationAnswer }) {
  const { customerInitiatedReturnRisk, bankInitiatedReturnRisk } = answer;
  if (customerInitiatedReturnRisk === null && bankInitiatedReturnRisk === null) {
    return (
      <Text size="xs" c="dimmed" data-testid="evaluation-no-scores">
        No risk scores: a Balance-only ruleset has none.
      </Text>
    );
  }
  return (
    <div className={classes.scores} data-testid="evaluation-scores">
      <Score
        name={scoreTitles.bank}
        meaning="For example for lack of funds or a closed account, within two banking days"
        score={bankInitiatedReturnRisk}
        tier={answer.bankInitiatedRiskTier}
        tiers={BANK_TIERS}
      />
      <Score
        name={scoreTitles.customer}
        meaning="Called unauthorized, up to 60 days later"
        score={customerInitiatedReturnRisk}
        tier={answer.customerInitiatedRiskTier}
        tiers={CUSTOMER_TIERS}
      />
    </div>
  );
}

function Score({ name, meaning, score, tier, tiers }: ScoreProps) {
  return (
    <div>
      <Text size="sm" fw={550}>
        {name}
      </Text>
      <div className={classes.figures}>
        <span className={classes.score}>{score ?? "–"}</span>
        <Text span size="xs" c="dimmed">
          {score === null ? "not reported" : "of 99"}
          {tier === null ? "" : ` · tier ${tier} of ${tiers}`}
        </Text>
      </div>
      {score === null ? null : (
        <div className={classes.scale} aria-hidden>
          <span className={classes.pin} style={{ insetInlineStart: `${(score / 99) * 100}%` }} />
        </div>
      )}
      <div className={classes.ends} aria-hidden>
        <span>1 low</span>
        <span>99 high</span>
      </div>
      <Text size="xs" c="dimmed">
        {meaning}
      </Text>
    </div>
  );
}
