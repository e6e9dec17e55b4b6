import { Button, Group, Select, Text, TextInput } from "@mantine/core";
import { IconArrowLeft, IconListDetails, IconSearch } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import type { EvaluationView } from "../../bindings/signal";
import { EmptyState } from "../../components/EmptyState";
import { ProblemNotice } from "../../components/ProblemNotice";
import { Screen } from "../../components/Screen";
import { Waiting } from "../../components/Waiting";
import { count } from "../../format";
import { useNavigation } from "../../frame/route";
import { ActivityTable } from "./ActivityTable";
import { EvaluationDetail } from "./EvaluationDetail";
import { useEvaluations } from "./useEvaluations";

/** All evaluations, and any one of them in full. */
export function ActivityScreen({ clientTransactionId }: { clientTransactionId?: string }) {
  const { go } = useNavigation();
  const [search, setSearch] = useState("");
  const [result, setResult] = useState<string | null>(null);
  if (clientTransactionId) {
    return (
      <Screen
        title="Evaluation"
        width="text"
        actions={
          <Button
            variant="default"
            leftSection={<IconArrowLeft size={16} aria-hidden />}
            onClick={() => go({ screen: "activity" })}
            data-testid="activity-back"
          >
            All activity
          </Button>
        }
      >
        <EvaluationDetail clientTransactionId={clientTransactionId} />
      </Screen>
    );
  }
  return <Activity search={search} setSearch={setSearch} result={result} setResult={setResult} />;
}

interface ListProps {
  search: string;
  setSearch: (typed: string) => void;
  result: string | null;
  setResult: (chosen: string | null) => void;
}

function Activity({ search, setSearch, result, setResult }: ListProps) {
  const { go } = useNavigation();
  const { data, error, refetch } = useEvaluations();
  const shown = useMemo(() => {
    const words = search.trim().toLowerCase();
    return (data ?? []).filter(
      (evaluation) =>
        (result === null || resultKey(evaluation) === result) &&
        (words === "" || searchText(evaluation).includes(words)),
    );
  }, [data, search, result]);
  const some = data !== undefined && data.length > 0;
  return (
    <Screen title="Activity">
      {error ? <ProblemNotice problem={error} onRetry={() => void refetch()} /> : null}
      {!data && !error ? <Waiting>Reading your evaluations…</Waiting> : null}
      {data && !some ? (
        <EmptyState
          icon={<IconListDetails size={40} stroke={1.4} />}
          title="Nothing was evaluated yet"
          action={
            <Button onClick={() => go({ screen: "evaluate" })}>Evaluate the first debit</Button>
          }
        >
          Each evaluation stands here with its result, what you decided, what came back, and whether
          Plaid has it.
        </EmptyState>
      ) : null}
      {some ? (
        <>
          <Group gap="sm" mb="sm">
            <TextInput
              aria-label="Search in activity"
              placeholder="Person, bank, account, amount, code or id"
              leftSection={<IconSearch size={15} aria-hidden />}
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
              w={320}
              data-testid="activity-search"
            />
            <Select
              aria-label="Result"
              placeholder="Any result"
              data={resultChoices}
              value={result}
              onChange={setResult}
              clearable
              clearButtonProps={{ "aria-label": "Any result" }}
              w={170}
              data-testid="activity-result"
            />
            <Text size="xs" c="dimmed" role="status" className="tabular">
              {shown.length === data.length
                ? count(data.length, "evaluation")
                : `${count(shown.length, "evaluation")} of ${data.length}`}
            </Text>
          </Group>
          {shown.length > 0 ? (
            <ActivityTable
              evaluations={shown}
              onOpen={(clientTransactionId) => go({ screen: "activity", clientTransactionId })}
            />
          ) : (
            <Text size="sm" c="dimmed" py="lg" ta="center">
              No evaluation matches.
            </Text>
          )}
        </>
      ) : null}
    </Screen>
  );
}

const resultChoices = [
  { value: "accept", label: "Accept" },
  { value: "review", label: "Review" },
  { value: "reroute", label: "Reroute" },
  { value: "other", label: "Other result" },
  { value: "unanswered", label: "No answer" },
];

function resultKey({ answer }: EvaluationView): string {
  return answer ? (answer.result ?? "other") : "unanswered";
}

function searchText(evaluation: EvaluationView): string {
  return [
    evaluation.personName,
    evaluation.institutionName,
    evaluation.accountName,
    evaluation.accountMask,
    evaluation.amount,
    evaluation.clientTransactionId,
    evaluation.answer?.requestId,
    evaluation.answer?.customActionKey,
    evaluation.returned?.returnCode,
  ]
    .join(" ")
    .toLowerCase();
}
