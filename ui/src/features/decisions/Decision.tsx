import { Button, Group, Radio, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { commands } from "../../api/commands";
import type { DecisionInput, EvaluationView } from "../../api/signal";
import { useDebitMark, useReportHistory } from "../../data/decisions";
import { useActionKey, useDeliverNow, useEvaluationAct } from "../../data/evaluations";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { problemAt, problemBeside } from "../../kit/components/problem";
import { Recorded } from "../../kit/components/Recorded";
import { SubmitRow } from "../../kit/components/SubmitRow";
import { Unit } from "../../kit/components/Unit";
import { decisionOutcomes, decisionSentence, paymentMethods } from "../../kit/words/decision";

/** Form fields, named as in `Problem.field`. */
const decisionFields = [
  "daysFundsOnHold",
  "decisionOutcome",
  "paymentMethod",
  "amountInstantlyAvailable",
] satisfies Array<keyof DecisionInput>;

/** The recorded decision, or the form to record or correct it. */
export function Decision({ evaluation }: { evaluation: EvaluationView }) {
  const { decision } = evaluation;
  const history = useReportHistory(evaluation.clientTransactionId, decision !== null);
  const [, ...earlier] = history.data?.decisions ?? [];
  return (
    <Recorded
      name="decision"
      record={decision}
      words={decision ? decisionSentence(decision, evaluation.currency) : null}
      earlier={earlier.map((one) => ({
        ...one,
        words: decisionSentence(one, evaluation.currency),
      }))}
      deliverNow={useDeliverNow()}
      form={(onSaved, onCancel) =>
        decision || !inferredDecision(evaluation) ? (
          <DecisionForm evaluation={evaluation} onSaved={onSaved} onCancel={onCancel} />
        ) : (
          <OptionalDecision evaluation={evaluation} />
        )
      }
    />
  );
}

/** What Plaid infers when no decision is recorded; null when Plaid infers nothing. */
function inferredDecision({ answer, toldNotInitiated }: EvaluationView): "yes" | "no" | null {
  if (toldNotInitiated) return null;
  if (answer?.result === "accept") return "yes";
  return answer?.result === "reroute" ? "no" : null;
}

/** Following an ACCEPT or REROUTE needs no record, so this opens the form only on request. */
function OptionalDecision({ evaluation }: { evaluation: EvaluationView }) {
  const followed = inferredDecision(evaluation);
  const otherwise = followed === "yes" ? "no" : "yes";
  const [form, setForm] = useState<"more" | "otherwise" | null>(null);
  const mark = useDebitMark(evaluation.clientTransactionId);
  if (form) {
    return (
      <DecisionForm
        evaluation={evaluation}
        initiated={form === "more" ? followed : otherwise}
        autoFocus
        onSaved={() => setForm(null)}
        onCancel={() => setForm(null)}
      />
    );
  }
  return (
    <Stack gap="xs" align="flex-start">
      <Text size="sm" maw="72ch">
        Plaid takes it that the debit is {followed === "yes" ? "initiated" : "not initiated"}.
      </Text>
      {mark.problem ? <ProblemNotice problem={mark.problem} /> : null}
      <Group gap="xs">
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => {
            // Record the override at once, so that the debit stays in the queue if the user leaves the form.
            mark.run(otherwise === "yes");
            setForm("otherwise");
          }}
          data-testid="decision-otherwise"
        >
          I did otherwise
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => setForm("more")}
          data-testid="decision-say-more"
        >
          Say more, such as a hold
        </Button>
      </Group>
    </Stack>
  );
}

interface FormProps {
  evaluation: EvaluationView;
  /** Preset for the first question, unless a decision is recorded. */
  initiated?: "yes" | "no" | null;
  autoFocus?: boolean;
  submitLabel?: string;
  onSaved: () => void;
  onCancel?: () => void;
}

/** The decision form, filled from the recorded decision if there is one. */
export function DecisionForm({
  evaluation,
  initiated = null,
  autoFocus = false,
  submitLabel = "Record the decision",
  onSaved,
  onCancel,
}: FormProps) {
  const before = evaluation.decision;
  const recorded = before ? (before.initiated ? "yes" : "no") : "";
  const form = useForm({
    initialValues: {
      initiated: initiated ?? recorded,
      daysFundsOnHold: before?.daysFundsOnHold?.toString() ?? "",
      decisionOutcome: before?.decisionOutcome ?? null,
      paymentMethod: before?.paymentMethod ?? null,
      amountInstantlyAvailable: before?.amountInstantlyAvailable ?? "",
    },
    validate: { initiated: (chosen) => (chosen ? null : "Say whether the debit is initiated.") },
  });
  // The user's meaning of the action key may load after the form.
  const action = useActionKey(evaluation.answer?.customActionKey ?? null);
  const suggested = before ? null : (action?.daysToHold?.toString() ?? null);
  const { setFieldValue, isTouched } = form;
  useEffect(() => {
    if (suggested !== null && !isTouched("daysFundsOnHold")) {
      setFieldValue("daysFundsOnHold", suggested);
    }
  }, [suggested, setFieldValue, isTouched]);
  const save = useEvaluationAct(commands.decisionRecord, onSaved);
  const { problem } = save;
  const submit = form.onSubmit((typed) =>
    save.run({
      clientTransactionId: evaluation.clientTransactionId,
      initiated: typed.initiated === "yes",
      daysFundsOnHold: typed.daysFundsOnHold || null,
      decisionOutcome: typed.decisionOutcome,
      paymentMethod: typed.paymentMethod,
      amountInstantlyAvailable: typed.amountInstantlyAvailable || null,
    }),
  );
  const first = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!autoFocus) return;
    const radios = first.current?.querySelectorAll<HTMLInputElement>("input[type=radio]") ?? [];
    ([...radios].find((radio) => radio.checked) ?? radios[0])?.focus();
  }, [autoFocus]);
  // Y and N answer the first question while its radio buttons have the focus.
  const answerByKey = (event: KeyboardEvent) => {
    const key = event.key.toLowerCase();
    if ((key !== "y" && key !== "n") || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const answer = key === "y" ? "yes" : "no";
    form.setFieldValue("initiated", answer);
    first.current?.querySelector<HTMLInputElement>(`input[value=${answer}]`)?.focus();
  };
  const beside = problemBeside(problem, decisionFields);
  return (
    <form onSubmit={submit} noValidate aria-label="Record the decision">
      <Stack gap="sm">
        <Radio.Group
          {...form.getInputProps("initiated")}
          ref={first}
          onKeyDown={answerByKey}
          label="Was or will the debit be initiated?"
          description="Sent to the bank, by you or your processor."
          required
        >
          <Group gap="lg" mt={6}>
            <Radio value="yes" label="Yes" data-testid="decision-initiated-yes" />
            <Radio value="no" label="No" data-testid="decision-initiated-no" />
          </Group>
        </Radio.Group>
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <TextInput
            {...form.getInputProps("daysFundsOnHold")}
            label="Days the funds are held"
            description={
              suggested
                ? `Suggested by “${action?.meaning}”.`
                : "0 to 365; none is said when empty."
            }
            inputMode="numeric"
            error={problemAt(problem, "daysFundsOnHold")}
            data-testid="decision-days"
          />
          <TextInput
            {...form.getInputProps("amountInstantlyAvailable")}
            label="Amount available at once"
            description="May be used without waiting."
            inputMode="decimal"
            rightSection={<Unit>USD</Unit>}
            rightSectionWidth={48}
            error={problemAt(problem, "amountInstantlyAvailable")}
            data-testid="decision-amount"
          />
          <Select
            {...form.getInputProps("decisionOutcome")}
            label="Outcome"
            description="What came of your own look at the risk."
            placeholder="Not said"
            data={decisionOutcomes}
            clearable
            clearButtonProps={{ "aria-label": "Clear the outcome" }}
            error={problemAt(problem, "decisionOutcome")}
            data-testid="decision-outcome"
          />
          <Select
            {...form.getInputProps("paymentMethod")}
            label="Payment method"
            description="How the debit is made."
            placeholder="Not said"
            data={paymentMethods}
            clearable
            clearButtonProps={{ "aria-label": "Clear the payment method" }}
            error={problemAt(problem, "paymentMethod")}
            data-testid="decision-payment-method"
          />
        </SimpleGrid>
        {beside ? <ProblemNotice problem={beside} onRetry={() => submit()} /> : null}
        <SubmitRow
          running={save.running}
          runningLabel="Saving…"
          data-testid="decision-save"
          onCancel={onCancel}
        >
          {submitLabel}
        </SubmitRow>
      </Stack>
    </form>
  );
}
