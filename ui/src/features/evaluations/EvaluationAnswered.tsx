import { Button, Stack, Text } from "@mantine/core";
import {
  IconArrowsSplit2,
  IconCircleCheck,
  IconEyeSearch,
  IconQuestionMark,
  type TablerIcon,
} from "@tabler/icons-react";
import type { EvaluationAnswer, EvaluationView, WarningView } from "../../api/signal";
import { useActionKey } from "../../data/evaluations";
import { CopyText } from "../../kit/components/CopyText";
import { useProblemActions } from "../../kit/components/ProblemActions";
import { formatExactTime } from "../../kit/format";
import { because, resultSentence, resultWord } from "../../kit/words/result";
import { ActionKey } from "./ActionKey";
import { BalancePicture } from "./BalancePicture";
import { CoreAttributes } from "./CoreAttributes";
import classes from "./EvaluationAnswered.module.css";
import { Facts } from "./Facts";
import { Scores } from "./Scores";

const icons: Record<string, TablerIcon> = {
  accept: IconCircleCheck,
  review: IconEyeSearch,
  reroute: IconArrowsSplit2,
};

/** Plaid's answer: the result first, then the reasons. */
export function EvaluationAnswered({ evaluation }: { evaluation: EvaluationView }) {
  const { answer } = evaluation;
  if (!answer) return null;
  return (
    <Stack gap="md">
      <Verdict answer={answer} />
      <Warnings answer={answer} />
      <BalancePicture amount={evaluation.amount} currency={evaluation.currency} answer={answer} />
      <Rule answer={answer} />
      <Scores answer={answer} />
      <Facts facts={answerFacts(evaluation, answer)} />
      <CoreAttributes answer={answer} />
    </Stack>
  );
}

function Verdict({ answer }: { answer: EvaluationAnswer }) {
  const action = useActionKey(answer.customActionKey);
  const Icon = icons[answer.result ?? ""] ?? IconQuestionMark;
  const reason = because(answer, action?.meaning ?? null);
  return (
    <div
      className={classes.verdict}
      data-testid="evaluation-result"
      data-result={answer.result ?? "other"}
      role="status"
    >
      <Icon size={40} stroke={1.7} aria-hidden className={classes.icon} />
      <div style={{ minWidth: 0 }}>
        <div className={classes.word}>{resultWord(answer)}</div>
        <Text size="sm" className={classes.sentence}>
          {resultSentence(answer)}
        </Text>
        {reason ? (
          <Text size="sm" mt={2} className={classes.sentence} data-testid="evaluation-reason">
            {reason}
          </Text>
        ) : null}
      </div>
    </div>
  );
}

/** The rule that matched, and its action. */
function Rule({ answer }: { answer: EvaluationAnswer }) {
  if (!answer.internalNote && !answer.customActionKey) return null;
  return (
    <div className={classes.rule}>
      {answer.internalNote ? (
        <div style={{ minWidth: 0 }}>
          <Text size="xs" c="dimmed">
            Rule that fired
          </Text>
          <Text size="sm" className="breakable">
            {answer.internalNote}
          </Text>
        </div>
      ) : null}
      {answer.customActionKey ? <ActionKey actionKey={answer.customActionKey} /> : null}
    </div>
  );
}

function Warnings({ answer }: { answer: EvaluationAnswer }) {
  if (answer.warnings.length === 0) return null;
  return (
    <ul className={classes.warnings} aria-label="Warnings" data-testid="evaluation-warnings">
      {answer.warnings.map((warning) => (
        <li key={`${warning.warningCode} ${warning.explanation}`}>
          <Text size="sm">{warning.explanation}</Text>
          <Text size="xs" c="dimmed" className="breakable">
            {[warning.warningCode, warning.warningMessage].filter(Boolean).join(": ")}
          </Text>
          <WarningStep warning={warning} />
        </li>
      ))}
    </ul>
  );
}

/** The action for a warning, if there is one. */
function WarningStep({ warning: { action } }: { warning: WarningView }) {
  const { repairItem, chooseAccounts } = useProblemActions();
  const step =
    action?.kind === "repairItem" && repairItem
      ? { label: "Sign in to the bank again", take: () => repairItem(action.itemId) }
      : action?.kind === "chooseAccounts" && chooseAccounts
        ? { label: "Choose the accounts again", take: () => chooseAccounts(action.itemId) }
        : null;
  if (!step) return null;
  return (
    <Button
      size="compact-sm"
      variant="default"
      mt={6}
      onClick={step.take}
      data-testid="warning-action"
    >
      {step.label}
    </Button>
  );
}

function answerFacts(evaluation: EvaluationView, answer: EvaluationAnswer) {
  const facts = [
    {
      name: "Ruleset",
      value: (
        <span className="breakable">{answer.rulesetKey ?? evaluation.rulesetKey ?? "none"}</span>
      ),
    },
    { name: "Answered", value: <>{formatExactTime(answer.answeredAt)}</> },
    {
      name: "request_id",
      value: <CopyText text={answer.requestId} what="request_id" testId="evaluation-request-id" />,
    },
  ];
  if (evaluation.purpose) {
    facts.unshift({
      name: "Purpose",
      value: <span className="breakable">{evaluation.purpose}</span>,
    });
  }
  return facts;
}
