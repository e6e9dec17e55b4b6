import { Stack } from "@mantine/core";
import { useEvaluation } from "../data/evaluations";
import { AuditSection } from "../features/audit/AuditSection";
import { Decision } from "../features/decisions/Decision";
import { EvaluationPanel } from "../features/evaluations/EvaluationPanel";
import { Return } from "../features/returns/Return";
import { ProblemNotice } from "../kit/components/ProblemNotice";
import { Section } from "../kit/components/Section";
import { Waiting } from "../kit/components/Waiting";
import { decisionHint } from "../kit/words/result";

/** One evaluation with its answer, decision, return, and audit trail. */
export function EvaluationDetail({ clientTransactionId }: { clientTransactionId: string }) {
  const { data, error, refetch } = useEvaluation(clientTransactionId);
  if (error) return <ProblemNotice problem={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting>Reading the evaluation…</Waiting>;
  return (
    <Stack gap="md" data-testid="evaluation-detail">
      <EvaluationPanel evaluation={data} />
      {data.state === "answered" ? (
        <>
          <Section title="Decision" hint={decisionHint(data.answer)}>
            <Decision key={data.clientTransactionId} evaluation={data} />
          </Section>
          <Section
            title="Return"
            hint="When the debit comes back, even weeks later, record the code the bank gave."
          >
            <Return key={data.clientTransactionId} evaluation={data} />
          </Section>
        </>
      ) : null}
      {data.state === "sending" ? null : (
        <AuditSection clientTransactionId={data.clientTransactionId} />
      )}
    </Stack>
  );
}
