import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import { useState } from "react";
import type { BatchFilter, BatchProgress, BatchRow, BatchView } from "../../api/batches";
import { commands } from "../../api/commands";
import { useBatch, useBatchAct, usePlan } from "../../data/batches";
import { useExport } from "../../data/export";
import { ActButton } from "../../kit/components/ActButton";
import { ConfirmModal } from "../../kit/components/ConfirmModal";
import { ExportMenu } from "../../kit/components/ExportMenu";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Screen } from "../../kit/components/Screen";
import { Waiting } from "../../kit/components/Waiting";
import { count, formatMoney, formatRoughDuration } from "../../kit/format";
import { useAct } from "../../kit/hooks/useAct";
import { useEnvironment } from "../../kit/navigation/environment";
import { useNavigation } from "../../kit/navigation/route";

import classes from "./Batches.module.css";
import { BatchPrint, readAllRows } from "./BatchPrint";
import { BatchRows } from "./BatchRows";
import { DecideRows } from "./DecideRows";
import { batchFacts, canRun, filters, stateWords, waitWords } from "./words";

export function BatchDetail({ batchId }: { batchId: string }) {
  const { data: batch, error, refetch } = useBatch(batchId);
  const { go } = useNavigation();
  const [printed, setPrinted] = useState<BatchRow[] | null>(null);
  const print = useAct(() => readAllRows(batchId), setPrinted);
  const back = (
    <Button variant="default" onClick={() => go({ screen: "batches" })} data-testid="batches-back">
      All batches
    </Button>
  );
  return (
    <Screen
      title={batch?.name ?? "Batch"}
      actions={
        <Group gap="xs">
          {batch ? (
            <BatchExport batch={batch} reading={print.running} onPrint={() => print.run()} />
          ) : null}
          {back}
        </Group>
      }
    >
      {error ? <ProblemNotice problem={error} onRetry={() => void refetch()} /> : null}
      {!batch && !error ? <Waiting>Reading the batch…</Waiting> : null}
      {batch ? <BatchContent batch={batch} /> : null}
      {print.problem ? <ProblemNotice problem={print.problem} /> : null}
      {batch && printed ? (
        <BatchPrint batch={batch} rows={printed} onDone={() => setPrinted(null)} />
      ) : null}
    </Screen>
  );
}

interface BatchExportProps {
  batch: BatchView;
  /** True while the rows to print are loading. */
  reading: boolean;
  onPrint: () => void;
}

function BatchExport({ batch, reading, onPrint }: BatchExportProps) {
  const save = useExport();
  const { batchId, tallies } = batch;
  return (
    <ExportMenu
      sections={[
        {
          label: "For the payment processor",
          choices: [
            {
              words: `${count(tallies.toDebit.count, "debit")} decided, CSV`,
              onTake: () => save.run({ kind: "batchDebits", batchId }, "csv"),
              testId: "batch-export-debits",
              disabled: tallies.toDebit.count === 0,
            },
          ],
        },
        {
          label: "To keep",
          choices: [
            {
              words: "All rows, CSV",
              onTake: () => save.run({ kind: "batchReport", batchId }, "csv"),
              testId: "batch-export-report",
            },
            { words: "Print", onTake: onPrint, testId: "batch-print" },
          ],
        },
      ]}
      loading={save.running || reading}
      testId="batch-export"
    />
  );
}

function BatchContent({ batch }: { batch: BatchView }) {
  const [filter, setFilter] = useState<BatchFilter>("all");
  const [search, setSearch] = useState("");
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  return (
    <Stack gap="sm">
      <BatchHead batch={batch} />
      <ResultFilters
        batch={batch}
        filter={filter}
        onFilter={(chosen) => {
          setFilter(chosen);
          setSelected(new Set());
        }}
      />
      <BatchRows
        batchId={batch.batchId}
        filter={filter}
        search={search}
        onSearch={(words) => {
          setSearch(words);
          setSelected(new Set());
        }}
        selected={selected}
        onSelect={setSelected}
        actions={
          <DecideRows
            batch={batch}
            filter={filter}
            search={search}
            selected={selected}
            onDone={() => setSelected(new Set())}
          />
        }
      />
    </Stack>
  );
}

function BatchHead({ batch }: { batch: BatchView }) {
  const { state, tallies, progress, problem } = batch;
  return (
    <section className={`panel ${classes.headPanel}`} aria-label="How the batch stands">
      <Group gap="sm" wrap="wrap">
        <span className={classes.state} data-state={state} data-testid="batch-state" role="status">
          {stateWords[state]}
        </span>
        <Text size="sm" c="dimmed">
          {batchFacts(batch)}
        </Text>
      </Group>
      {progress ? <BatchProgressBar progress={progress} /> : null}
      {problem ? (
        <ProblemNotice
          problem={{
            ...problem,
            action: problem.action?.kind === "retry" ? undefined : problem.action,
          }}
        />
      ) : null}
      {state === "paused" && !problem ? (
        <Text size="sm" mt={6}>
          {count(tallies.planned.count, "row")} not asked yet. Nothing is asked before you resume.
        </Text>
      ) : null}
      {tallies.unknown.count > 0 && state === "finished" ? (
        <Text size="sm" mt={6}>
          {count(tallies.unknown.count, "row")} unknown: Plaid evaluated them, and charged for it,
          but the answers were lost on their way. They are never asked again by themselves. Open one
          to ask again, which is charged a second time.
        </Text>
      ) : null}
      <BatchActions batch={batch} />
    </section>
  );
}

function BatchProgressBar({ progress }: { progress: BatchProgress }) {
  const { done, total, secondsLeft, stopping, waitsFor } = progress;
  return (
    <div className={classes.going} data-testid="batch-progress">
      <Text size="sm" role="status" className="tabular">
        {stopping
          ? "Waiting for the rows under way…"
          : done >= total
            ? "Finding out about answers that were lost…"
            : `Evaluating: ${done} of ${total}${secondsLeft === null ? "" : `, ${formatRoughDuration(secondsLeft)} left`}.`}
      </Text>
      <Progress
        value={total === 0 ? 0 : (done / total) * 100}
        size="sm"
        mt={6}
        animated={!stopping && waitsFor?.kind !== "network"}
        aria-label="Rows evaluated"
      />
      {waitsFor && !stopping ? (
        <Text size="xs" c="dimmed" mt={4}>
          {waitWords(waitsFor)}
        </Text>
      ) : null}
    </div>
  );
}

function BatchActions({ batch }: { batch: BatchView }) {
  const { batchId, state, tallies, progress } = batch;
  const [asking, setAsking] = useState<"run" | "cancel" | null>(null);
  const close = () => setAsking(null);
  const run = useBatchAct(() => commands.batchRun(batchId), close);
  const pause = useBatchAct(() => commands.batchPause(batchId));
  const cancel = useBatchAct(() => commands.batchCancel(batchId), close);
  const again = useBatchAct(() => commands.batchAskFailedAgain(batchId));
  const runnable = canRun(batch);
  const plan = usePlan(batchId, runnable);
  const problem = run.problem ?? pause.problem ?? again.problem;
  const begin = () => {
    if (plan.data && !plan.data.needsConfirmation) run.run();
    else setAsking("run");
  };
  const running = state === "running";
  if (!runnable && !running && tallies.failed.count === 0) return null;
  return (
    <div className={classes.acts}>
      <Group gap="xs">
        {runnable ? (
          <ActButton
            onClick={begin}
            running={run.running}
            runningLabel="Beginning…"
            disabled={!plan.data || plan.data.otherRunning !== null}
            data-testid={state === "ready" ? "batch-run" : "batch-resume"}
          >
            {state === "ready" ? "Run" : "Resume"}
          </ActButton>
        ) : null}
        {running ? (
          <ActButton
            variant="default"
            onClick={() => pause.run()}
            running={pause.running || progress?.stopping === true}
            runningLabel="Stopping…"
            data-testid="batch-pause"
          >
            Pause
          </ActButton>
        ) : null}
        {tallies.failed.count > 0 && !running && state !== "cancelled" ? (
          <ActButton
            variant="default"
            onClick={() => again.run()}
            running={again.running}
            runningLabel="Working…"
            data-testid="batch-ask-failed"
          >
            Ask the {count(tallies.failed.count, "failed row")} again
          </ActButton>
        ) : null}
        {running || runnable ? (
          <Button variant="default" onClick={() => setAsking("cancel")} data-testid="batch-cancel">
            Cancel the batch
          </Button>
        ) : null}
      </Group>
      {plan.data?.otherRunning ? (
        <Text size="sm" c="dimmed" mt={6}>
          “{plan.data.otherRunning}” is running: one batch runs at a time.
        </Text>
      ) : null}
      {runnable && plan.data ? <RunCost batch={batch} /> : null}
      {problem && !asking ? <ProblemNotice problem={problem} /> : null}
      {asking === "run" ? (
        <ConfirmModal
          opened
          title={`Evaluate ${count(plan.data?.calls ?? 0, "debit")}?`}
          confirmLabel={`Make ${count(plan.data?.calls ?? 0, "call")}`}
          act={run}
          keepProblem
          onConfirm={() => run.run()}
          onClose={close}
        >
          <RunCost batch={batch} />
          <Text size="xs" c="dimmed" mt={8}>
            It can be paused and cancelled at any moment. The number of calls above which this is
            asked, and what an evaluation costs you, are in the settings.
          </Text>
        </ConfirmModal>
      ) : null}
      <ConfirmModal
        opened={asking === "cancel"}
        title="Cancel this batch?"
        confirmLabel="Cancel the batch"
        dismissLabel="Keep it"
        danger
        act={cancel}
        onConfirm={() => cancel.run()}
        onClose={close}
      >
        <Text size="sm">
          {count(tallies.planned.count, "row")} will never be asked. What has been answered stays.
        </Text>
      </ConfirmModal>
    </div>
  );
}

function RunCost({ batch }: { batch: BatchView }) {
  const billed = useEnvironment() === "production";
  const { data: plan } = usePlan(batch.batchId, canRun(batch));
  if (!plan) return null;
  const { calls, cost, seconds } = plan;
  if (calls === 0) {
    return (
      <Text size="sm" c="dimmed" mt={6}>
        It is only found out whether Plaid evaluated the unknown rows, which costs nothing.
      </Text>
    );
  }
  return (
    <Text size="sm" c="dimmed" mt={6} data-testid="batch-plan">
      {billed
        ? `Plaid bills ${count(calls, "evaluation")}`
        : `In Production, Plaid would bill ${count(calls, "evaluation")}`}
      {cost ? `: about ${formatMoney(cost.amount, cost.currency)}` : ""}. It takes{" "}
      {formatRoughDuration(seconds)}.
    </Text>
  );
}

interface ResultFiltersProps {
  batch: BatchView;
  filter: BatchFilter;
  onFilter: (filter: BatchFilter) => void;
}

/** Row counts and sums by result. Pressing one filters the rows. */
function ResultFilters({ batch, filter, onFilter }: ResultFiltersProps) {
  const { tallies } = batch;
  const always: BatchFilter[] = ["all", "accept", "review", "reroute"];
  const shown = filters.filter(
    (sort) => always.includes(sort.filter) || sort.filter === filter || tallies[sort.of].count > 0,
  );
  return (
    <fieldset className={classes.sorts}>
      <legend className="visuallyHidden">Rows by what became of them</legend>
      {shown.map((sort) => (
        <button
          type="button"
          key={sort.filter}
          className={classes.sort}
          aria-pressed={filter === sort.filter}
          onClick={() => onFilter(sort.filter)}
          data-testid={`batch-filter-${sort.filter}`}
          data-count={tallies[sort.of].count}
        >
          <span className={classes.sortName} data-sort={sort.filter}>
            {sort.label}
          </span>
          <span className="figure">{tallies[sort.of].count}</span>
          <span className={classes.sortSum}>{formatMoney(tallies[sort.of].total, "USD")}</span>
        </button>
      ))}
    </fieldset>
  );
}
