import { Button, Text, UnstyledButton } from "@mantine/core";
import { IconFileImport } from "@tabler/icons-react";
import type { BatchView } from "../../api/batches";
import { useBatches } from "../../data/batches";
import { Age } from "../../kit/components/Age";
import { EmptyState } from "../../kit/components/EmptyState";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Screen } from "../../kit/components/Screen";
import { Waiting } from "../../kit/components/Waiting";
import { count, formatMoney } from "../../kit/format";
import { useNavigation } from "../../kit/navigation/route";
import list from "../../kit/table/DataTable.module.css";
import { BatchDetail } from "./BatchDetail";
import classes from "./Batches.module.css";
import { NewBatch } from "./NewBatch";
import { stateWords } from "./words";

export function BatchesScreen({ batchId, importing }: { batchId?: string; importing?: boolean }) {
  if (importing) return <NewBatch />;
  if (batchId) return <BatchDetail key={batchId} batchId={batchId} />;
  return <BatchList />;
}

function BatchList() {
  const { data, error, refetch } = useBatches();
  const { go } = useNavigation();
  const begin = (testId: string) => (
    <Button
      leftSection={<IconFileImport size={16} aria-hidden />}
      onClick={() => go({ screen: "batches", importing: true })}
      data-testid={testId}
    >
      New batch
    </Button>
  );
  const some = (data?.length ?? 0) > 0;
  return (
    <Screen title="Batches" actions={some ? begin("batches-new") : null}>
      {error ? <ProblemNotice problem={error} onRetry={() => void refetch()} /> : null}
      {!data && !error ? <Waiting>Reading the batches…</Waiting> : null}
      {data && !some ? (
        <EmptyState
          icon={<IconFileImport size={40} stroke={1.4} />}
          title="No batch yet"
          action={begin("batches-empty-new")}
        >
          Import planned debits from a CSV file, or paste them. Every row is checked before anything
          is sent; then all are evaluated, decided together, and written to a file for your payment
          processor.
        </EmptyState>
      ) : null}
      {data && some ? (
        <ul className={`panel ${classes.list}`} aria-label="Batches">
          {data.map((batch) => (
            <BatchLine
              key={batch.batchId}
              batch={batch}
              onOpen={() => go({ screen: "batches", batchId: batch.batchId })}
            />
          ))}
        </ul>
      ) : null}
    </Screen>
  );
}

function BatchLine({ batch, onOpen }: { batch: BatchView; onOpen: () => void }) {
  const { rows, planned, asking, cancelled, accept, review, reroute } = batch.tallies;
  const evaluated = rows.count - planned.count - asking.count - cancelled.count;
  return (
    <li className={classes.line} data-testid="batch-line" data-batch={batch.batchId}>
      <div className={classes.what}>
        <UnstyledButton
          className={`${list.cover} ${classes.open}`}
          onClick={onOpen}
          data-testid="batch-open"
        >
          {batch.name}
        </UnstyledButton>
        <Text size="xs" c="dimmed" truncate>
          {batch.fileName ?? "pasted"}, <Age at={batch.createdAt} />
        </Text>
      </div>
      <span className={classes.state} data-state={batch.state}>
        {stateWords[batch.state]}
      </span>
      <Text size="sm" className="tabular">
        {count(rows.count, "debit")}, {formatMoney(rows.total, "USD")}
      </Text>
      <Text size="xs" c="dimmed" className="tabular">
        {evaluated === 0
          ? "nothing asked"
          : `${evaluated} asked: ${accept.count} accept, ${review.count} review, ${reroute.count} reroute`}
      </Text>
    </li>
  );
}
