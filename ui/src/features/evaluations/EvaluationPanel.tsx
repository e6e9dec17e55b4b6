import { Group, Text, Title } from "@mantine/core";
import type { EvaluationView } from "../../api/signal";
import { Amount } from "../../kit/components/Amount";
import { CopyText } from "../../kit/components/CopyText";
import { formatTime } from "../../kit/format";
import { accountTitle } from "../../kit/words/account";
import { EvaluationAnswered } from "./EvaluationAnswered";
import { EvaluationUnanswered } from "./EvaluationUnanswered";

export function EvaluationPanel({ evaluation }: { evaluation: EvaluationView }) {
  return (
    <section className="panel" style={{ padding: "16px 18px" }} aria-label="Evaluation">
      <EvaluationHead evaluation={evaluation} />
      {evaluation.state === "answered" && evaluation.answer ? (
        <EvaluationAnswered evaluation={evaluation} />
      ) : (
        <EvaluationUnanswered evaluation={evaluation} />
      )}
    </section>
  );
}

function EvaluationHead({ evaluation }: { evaluation: EvaluationView }) {
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
