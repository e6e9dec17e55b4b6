import { Button, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { commands } from "../../api/commands";
import type { EvaluationView } from "../../api/signal";
import { useEvaluationAct } from "../../data/evaluations";
import { ActButton } from "../../kit/components/ActButton";
import { ConfirmModal } from "../../kit/components/ConfirmModal";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Waiting } from "../../kit/components/Waiting";

/** An evaluation without an answer: why, what Plaid knows about it, and what to do. */
export function EvaluationUnanswered({ evaluation }: { evaluation: EvaluationView }) {
  const id = evaluation.clientTransactionId;
  const [confirming, setConfirming] = useState(false);
  const again = useEvaluationAct<void>(
    () => commands.evaluationAskAgain(id),
    () => setConfirming(false),
  );
  const settle = useEvaluationAct<void>(() => commands.evaluationSettle(id));
  if (evaluation.state === "sending" || (again.running && !confirming)) {
    return <Waiting>Plaid is being asked. This can take 30 seconds and more…</Waiting>;
  }
  const unknown = evaluation.state === "unknown";
  const unsettled = unknown && evaluation.settled === null;
  return (
    <Stack
      gap="sm"
      align="flex-start"
      data-testid="evaluation-unanswered"
      data-state={evaluation.state}
    >
      <Text size="sm" maw="72ch">
        {stateSentence(evaluation)}
      </Text>
      {evaluation.problem ? (
        <ProblemNotice
          problem={{ ...evaluation.problem, action: withoutRetry(evaluation.problem.action) }}
          tone={evaluation.settled === "neverAsked" ? "info" : "care"}
        />
      ) : null}
      {settle.problem ? <ProblemNotice problem={settle.problem} /> : null}
      {again.problem && !confirming ? <ProblemNotice problem={again.problem} /> : null}
      <Group gap="sm">
        {unsettled ? (
          <ActButton
            onClick={() => settle.run()}
            running={settle.running}
            runningLabel="Finding out…"
            data-testid="evaluation-settle"
          >
            Find out whether Plaid has it
          </ActButton>
        ) : null}
        <Button
          variant={unknown ? "default" : "filled"}
          onClick={() => (unknown ? setConfirming(true) : again.run())}
          disabled={settle.running}
          data-testid="evaluation-ask-again"
        >
          Ask again
        </Button>
      </Group>
      {settle.running ? (
        <Text size="xs" c="dimmed" role="status">
          Plaid may still be at work on it, so this waits up to a minute and a half first. It costs
          nothing.
        </Text>
      ) : null}
      <ConfirmModal
        opened={confirming}
        title="Ask a second time?"
        confirmLabel="Ask, and be charged again"
        act={again}
        keepProblem
        onConfirm={() => again.run()}
        onClose={() => setConfirming(false)}
      >
        <Text size="sm">
          {evaluation.settled === "askedAnswerLost"
            ? "Plaid has charged this evaluation already. Asking again under the same client_transaction_id is charged a second time."
            : "Plaid may have charged this evaluation already. Find out first: it costs nothing. Asking again may be charged a second time."}
        </Text>
      </ConfirmModal>
    </Stack>
  );
}

/** Drops the retry action: the button below already retries. */
function withoutRetry<A extends { kind: string }>(action: A | undefined): A | undefined {
  return action?.kind === "retry" ? undefined : action;
}

function stateSentence({ state, settled }: EvaluationView): string {
  if (settled === "askedAnswerLost") {
    return "Unknown for good: Plaid has evaluated this debit, and its answer is lost. Decide without it, or ask again.";
  }
  if (settled === "neverAsked") return "Not asked: Plaid does not have this evaluation.";
  if (state === "unknown") {
    return "Unknown: the answer did not arrive. Balance Desk finds out by itself whether Plaid has the question, without asking it again.";
  }
  return "Not answered, and not charged. Asking again uses the same client_transaction_id.";
}
