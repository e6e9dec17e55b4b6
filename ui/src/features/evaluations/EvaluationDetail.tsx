import { Group, Stack, Text, Title } from "@mantine/core";
import type { EvaluationView } from "../../api/signal";
import { useEvaluation } from "../../data/evaluations";
import { Amount } from "../../kit/components/Amount";
import { CopyText } from "../../kit/components/CopyText";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Section } from "../../kit/components/Section";
import { Waiting } from "../../kit/components/Waiting";
import { formatTime } from "../../kit/format";
import { accountTitle } from "../../kit/words/account";
import { decisionHint } from "../../kit/words/evaluation";
import { AuditSection } from "../audit/AuditSection";
import { Decision } from "./Decision";
import { EvaluationAnswered } from "./EvaluationAnswered";
import { EvaluationUnanswered } from "./EvaluationUnanswered";
import { Return } from "./Return";

/** One evaluation from the question to what came back. */
export function EvaluationDetail({ clientTransactionId }: { clientTransactionId: string }) {
  const { data, error, refetch } = useEvaluation(clientTransactionId);
  if (error) return <ProblemNotice problem={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting>Reading the evaluation…</Waiting>;
  return (
    <Stack gap="md" data-testid="evaluation-detail">
      <section className="panel" style={{ padding: "16px 18px" }} aria-label="Evaluation">
        <Question evaluation={data} />
        <Answer evaluation={data} />
      </section>
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

function Question({ evaluation }: { evaluation: EvaluationView }) {
  const account = { name: evaluation.accountName, mask: evaluation.accountMask };
  return (
    <div style={{ marginBottom: 14 }}>
      <Group gap="xs" align="baseline">
        <Title order={2} fz="1.125rem">
          <Amount amount={evaluation.amount} currency={evaluation.currency} />
        </Title>
        <Text size="sm" className="breakable">
          from {accountTitle(account)}
        </Text>
      </Group>
      <Text size="xs" c="dimmed" className="breakable">
        {evaluation.personName} · {evaluation.institutionName} · asked{" "}
        {formatTime(evaluation.createdAt)}
      </Text>
      <Group gap={6}>
        <Text size="xs" c="dimmed">
          client_transaction_id
        </Text>
        <CopyText
          text={evaluation.clientTransactionId}
          what="client_transaction_id"
          testId="evaluation-client-transaction-id"
        />
      </Group>
    </div>
  );
}

function Answer({ evaluation }: { evaluation: EvaluationView }) {
  if (evaluation.state === "answered" && evaluation.answer) {
    return <EvaluationAnswered evaluation={evaluation} answer={evaluation.answer} />;
  }
  return <EvaluationUnanswered evaluation={evaluation} />;
}
