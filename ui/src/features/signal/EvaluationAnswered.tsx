import { Stack, Text } from "@mantine/core";
import {
  IconArrowsSplit2,
  IconCircleCheck,
  IconEyeSearch,
  IconQuestionMark,
  type TablerIcon,
} from "@tabler/icons-react";
import type { EvaluationAnswer, EvaluationView } from "../../bindings/signal";
import { Amount } from "../../components/Amount";
import { CopyText } from "../../components/CopyText";
import { Disclosure } from "../../components/Disclosure";
import { formatExactTime } from "../../format";
import classes from "./EvaluationAnswered.module.css";
import { Facts } from "./Facts";
import { attributeWords, verdict } from "./words";

const icons: Record<string, TablerIcon> = {
  accept: IconCircleCheck,
  review: IconEyeSearch,
  reroute: IconArrowsSplit2,
};

/** What Plaid answered, large and plain. */
export function EvaluationAnswered({
  evaluation,
  answer,
}: {
  evaluation: EvaluationView;
  answer: EvaluationAnswer;
}) {
  const { word, sentence } = verdict(answer);
  const Icon = icons[answer.result ?? ""] ?? IconQuestionMark;
  return (
    <Stack gap="md">
      <div
        className={classes.verdict}
        data-testid="evaluation-result"
        data-result={answer.result ?? "other"}
        role="status"
      >
        <Icon size={40} stroke={1.7} aria-hidden className={classes.icon} />
        <div style={{ minWidth: 0 }}>
          <div className={classes.word}>{word}</div>
          <Text size="sm" className={classes.sentence}>
            {sentence}
          </Text>
        </div>
      </div>
      {answer.internalNote || answer.customActionKey ? (
        <div className={classes.rule}>
          {answer.internalNote ? (
            <div>
              <Text size="xs" c="dimmed">
                Rule that matched
              </Text>
              <Text size="sm" className="breakable">
                {answer.internalNote}
              </Text>
            </div>
          ) : null}
          {answer.customActionKey ? (
            <div>
              <Text size="xs" c="dimmed">
                Custom action key
              </Text>
              <CopyText
                text={answer.customActionKey}
                what="custom action key"
                testId="evaluation-action-key"
              />
            </div>
          ) : null}
        </div>
      ) : null}
      <Warnings answer={answer} />
      <Facts facts={factsOf(evaluation, answer)} />
      {answer.coreAttributes.length > 0 ? (
        <Disclosure label={`Core attributes (${answer.coreAttributes.length})`}>
          <Facts
            facts={answer.coreAttributes.map(({ name, value }) => ({
              name: attributeWords(name),
              value: value ?? "not known",
            }))}
          />
        </Disclosure>
      ) : null}
    </Stack>
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
        </li>
      ))}
    </ul>
  );
}

function factsOf(evaluation: EvaluationView, answer: EvaluationAnswer) {
  const { currency } = evaluation;
  const facts = [
    {
      name: "Available balance used",
      value: <Amount amount={answer.availableBalance} currency={currency} />,
    },
    {
      name: "Current balance used",
      value: <Amount amount={answer.currentBalance} currency={currency} />,
    },
  ];
  const scores = [
    ["Risk of a return by the customer", answer.customerInitiatedReturnRisk],
    ["Risk of a return by the bank", answer.bankInitiatedReturnRisk],
  ] as const;
  for (const [name, score] of scores) {
    if (score !== null) facts.push({ name, value: <Score score={score} /> });
  }
  facts.push(
    {
      name: "Ruleset",
      value: (
        <span className="breakable">{answer.rulesetKey ?? evaluation.rulesetKey ?? "none"}</span>
      ),
    },
    { name: "Answered", value: <span>{formatExactTime(answer.answeredAt)}</span> },
    {
      name: "request_id",
      value: <CopyText text={answer.requestId} what="request_id" testId="evaluation-request-id" />,
    },
  );
  return facts;
}

function Score({ score }: { score: number }) {
  return (
    <span>
      <strong className="tabular">{score}</strong>{" "}
      <Text span size="xs" c="dimmed">
        of 1–99, higher is riskier
      </Text>
    </span>
  );
}
