import { Group, Radio, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useEffect } from "react";
import type { DecisionView, EvaluationView } from "../../bindings/signal";
import { ProblemNotice } from "../../components/ProblemNotice";
import { problemAt, problemBeside } from "../../components/problem";
import { SubmitRow } from "../../components/SubmitRow";
import { count, formatMoney } from "../../format";
import { signal } from "../../ipc";
import { Recorded } from "./Recorded";
import { useEvaluationAct } from "./useEvaluations";
import { useActionKey } from "./usePreparation";
import { decisionFields, decisionOutcomes, labelOf, paymentMethods } from "./words";

/** What was decided about the debit: recorded, or to record and to correct. */
export function Decision({ evaluation }: { evaluation: EvaluationView }) {
  const { decision } = evaluation;
  return (
    <Recorded
      name="decision"
      record={decision}
      words={decision ? decisionWords(decision, evaluation.currency) : null}
      form={(onSaved, onCancel) => (
        <DecisionForm evaluation={evaluation} onSaved={onSaved} onCancel={onCancel} />
      )}
    />
  );
}

function decisionWords(decision: DecisionView, currency: string): string {
  const parts = [decision.initiated ? "The debit is initiated" : "The debit is not initiated"];
  if (decision.daysFundsOnHold !== null) {
    parts.push(`funds on hold for ${count(decision.daysFundsOnHold, "day")}`);
  }
  if (decision.decisionOutcome) {
    parts.push(labelOf(decisionOutcomes, decision.decisionOutcome).toLowerCase());
  }
  if (decision.paymentMethod) parts.push(labelOf(paymentMethods, decision.paymentMethod));
  if (decision.amountInstantlyAvailable !== null) {
    parts.push(`${formatMoney(decision.amountInstantlyAvailable, currency)} available at once`);
  }
  return `${parts.join(", ")}.`;
}

interface FormProps {
  evaluation: EvaluationView;
  onSaved: () => void;
  onCancel?: () => void;
}

function DecisionForm({ evaluation, onSaved, onCancel }: FormProps) {
  const before = evaluation.decision;
  const action = useActionKey(evaluation.answer?.customActionKey ?? null);
  const form = useForm({
    initialValues: {
      initiated: before ? (before.initiated ? "yes" : "no") : "",
      daysFundsOnHold: before?.daysFundsOnHold?.toString() ?? "",
      decisionOutcome: before?.decisionOutcome ?? null,
      paymentMethod: before?.paymentMethod ?? null,
      amountInstantlyAvailable: before?.amountInstantlyAvailable ?? "",
    },
    validate: { initiated: (chosen) => (chosen ? null : "Say whether the debit is initiated.") },
  });
  // What the rule's action means to the user comes a moment later than the form.
  const suggested = before ? null : (action?.daysToHold?.toString() ?? null);
  const { setFieldValue, isTouched } = form;
  useEffect(() => {
    if (suggested !== null && !isTouched("daysFundsOnHold")) {
      setFieldValue("daysFundsOnHold", suggested);
    }
  }, [suggested, setFieldValue, isTouched]);
  const save = useEvaluationAct(signal.recordDecision, onSaved);
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
  const beside = problemBeside(problem, decisionFields);
  return (
    <form onSubmit={submit} noValidate aria-label="Record the decision">
      <Stack gap="sm">
        <Radio.Group
          {...form.getInputProps("initiated")}
          label="Was or will the debit be initiated?"
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
            description={suggested ? `Suggested by “${action?.meaning}”` : undefined}
            inputMode="numeric"
            error={problemAt(problem, "daysFundsOnHold")}
            data-testid="decision-days"
          />
          <TextInput
            {...form.getInputProps("amountInstantlyAvailable")}
            label="Amount available at once"
            inputMode="decimal"
            rightSection={<Unit>USD</Unit>}
            rightSectionWidth={48}
            error={problemAt(problem, "amountInstantlyAvailable")}
            data-testid="decision-amount"
          />
          <Select
            {...form.getInputProps("decisionOutcome")}
            label="Outcome"
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
          Record the decision
        </SubmitRow>
      </Stack>
    </form>
  );
}

function Unit({ children }: { children: string }) {
  return (
    <Text size="xs" c="dimmed">
      {children}
    </Text>
  );
}
