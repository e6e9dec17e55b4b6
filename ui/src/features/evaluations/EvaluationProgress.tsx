import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconCheck, IconCircle, IconLoader2 } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { commands } from "../../api/commands";
import type { AskingStep, RunningEvaluation } from "../../api/signal";
import { Amount } from "../../kit/components/Amount";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Waiting } from "../../kit/components/Waiting";
import { useAct } from "../../kit/hooks/useAct";
import { accountTitle } from "../../kit/words/account";
import classes from "./AskingNow.module.css";

const steps: Array<{ step: AskingStep; words: string }> = [
  { step: "waiting", words: "Written down, so that it is not lost" },
  { step: "optingIn", words: "The bank is ready for Signal" },
  { step: "asking", words: "Plaid asks the bank and applies the ruleset" },
];

/** Seconds since the evaluation started, counted on from what the shell reported. */
function useElapsed(milliseconds: number): number {
  const [since, setSince] = useState({ reported: milliseconds, at: performance.now() });
  const [now, setNow] = useState(() => performance.now());
  if (since.reported !== milliseconds) setSince({ reported: milliseconds, at: performance.now() });
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.floor((since.reported + Math.max(0, now - since.at)) / 1000));
}

/** Progress of the running evaluation, with Cancel. */
export function EvaluationProgress({ running }: { running: RunningEvaluation | null }) {
  if (!running) return <Waiting>Writing the question down…</Waiting>;
  return <ProgressPanel running={running} />;
}

function ProgressPanel({ running }: { running: RunningEvaluation }) {
  const { evaluation, step, cancelling } = running;
  const seconds = useElapsed(running.elapsedMilliseconds);
  const cancel = useAct(() => commands.evaluationCancel(evaluation.clientTransactionId));
  const at = steps.findIndex((one) => one.step === step);
  const stopping = cancelling || cancel.running || cancel.answer !== undefined;
  return (
    <section className="panel" style={{ padding: "16px 18px" }} aria-label="Being asked">
      <Stack gap="md" data-testid="evaluate-running">
        <div>
          <Title order={2} fz="1.125rem">
            <Amount amount={evaluation.amount} currency={evaluation.currency} />
          </Title>
          <Text size="sm" c="dimmed" className="breakable">
            from {accountTitle({ name: evaluation.accountName, mask: evaluation.accountMask })} ·{" "}
            {evaluation.personName}
          </Text>
        </div>
        <ol className={classes.steps}>
          {steps.map((one, index) => (
            <li key={one.step} data-state={index < at ? "done" : index === at ? "now" : "later"}>
              <StepIcon done={index < at} now={index === at} />
              <span>{one.words}</span>
            </li>
          ))}
        </ol>
        <Text size="sm" c="dimmed" role="status">
          {stopping
            ? "Stopping…"
            : `Most banks answer within 11 seconds; some take 30 and more. You can go on with other things.`}
        </Text>
        {cancel.problem ? <ProblemNotice problem={cancel.problem} /> : null}
        <Group gap="sm">
          <Button
            variant="default"
            onClick={() => cancel.run()}
            disabled={stopping}
            data-testid="evaluate-cancel"
          >
            Cancel
          </Button>
          <Text size="sm" className="tabular" data-testid="evaluate-elapsed" aria-hidden>
            {seconds} s
          </Text>
          {step === "asking" ? (
            <Text size="xs" c="dimmed" flex={1}>
              Plaid has been asked: cancelling now may not save the charge.
            </Text>
          ) : null}
        </Group>
      </Stack>
    </section>
  );
}

function StepIcon({ done, now }: { done: boolean; now: boolean }) {
  if (done) return <IconCheck size={16} aria-label="Done:" />;
  if (now) return <IconLoader2 size={16} className={classes.turning} aria-label="Now:" />;
  return <IconCircle size={16} aria-label="Then:" />;
}
