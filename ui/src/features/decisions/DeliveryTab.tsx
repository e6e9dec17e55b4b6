import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconMailCheck } from "@tabler/icons-react";
import { type ComponentType, useState } from "react";
import type { DeliveriesView, DeliveryRow } from "../../api/decisions";
import type { EvaluationView } from "../../api/signal";
import { useDeliveries, useLeaveOut } from "../../data/decisions";
import { useDeliverNow, useEvaluation } from "../../data/evaluations";
import { ActButton } from "../../kit/components/ActButton";
import { Age } from "../../kit/components/Age";
import { ConfirmModal } from "../../kit/components/ConfirmModal";
import { EmptyState } from "../../kit/components/EmptyState";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Waiting } from "../../kit/components/Waiting";
import { count, formatMoney, formatTime } from "../../kit/format";
import { useAct } from "../../kit/hooks/useAct";
import { useNavigation } from "../../kit/navigation/route";
import { accountTitle } from "../../kit/words/account";
import { reportWords } from "../../kit/words/decision";
import { Decision } from "./Decision";
import classes from "./Decisions.module.css";
import { ReportFiles } from "./ReportFiles";
import { deliveryOf } from "./words";

interface Props {
  ReturnForm: ComponentType<{ evaluation: EvaluationView }>;
}

/** Shows the delivery of decisions and returns to Plaid. */
export function DeliveryTab({ ReturnForm }: Props) {
  const { data, error, refetch } = useDeliveries();
  if (error) return <ProblemNotice problem={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting>Reading what is on its way…</Waiting>;
  const { waiting, refused, recent, files } = data;
  if (waiting.length + refused.length + recent.length + files.length === 0) {
    return (
      <EmptyState
        icon={<IconMailCheck size={40} stroke={1.4} />}
        title="Nothing has been reported yet"
      >
        Decisions and returns are kept here first and then sent to Plaid, as often as it takes. Here
        you see which of them Plaid has.
      </EmptyState>
    );
  }
  return (
    <Stack gap="lg">
      <DeliverySummary view={data} />
      <DeliveryRows
        title="Refused by Plaid"
        total={data.refusedCount}
        rows={refused}
        ReturnForm={ReturnForm}
      />
      <DeliveryRows
        title="Waiting"
        total={data.waitingCount}
        rows={waiting}
        ReturnForm={ReturnForm}
      />
      <ReportFiles view={data} />
      <DeliveryRows title="Lately" rows={recent} ReturnForm={ReturnForm} />
    </Stack>
  );
}

function DeliverySummary({
  view: { waitingCount, refusedCount, waiting },
}: {
  view: DeliveriesView;
}) {
  const now = useAct(useDeliverNow());
  // A problem that blocks one report blocks all of them.
  const problem = waiting
    .map(({ report }) => deliveryOf(report))
    .find((delivery) => delivery.state === "waiting" && delivery.problem);
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Text size="sm" role="status" data-testid="delivery-summary">
          {waitingCount + refusedCount === 0
            ? "Nothing waits to be sent to Plaid."
            : `${count(waitingCount, "report")} ${waitingCount === 1 ? "waits" : "wait"} to be sent; Plaid refused ${refusedCount}.`}
        </Text>
        {waitingCount > 0 ? (
          <ActButton
            size="compact-sm"
            variant="default"
            onClick={() => now.run()}
            running={now.running}
            runningLabel="Trying…"
            data-testid="delivery-try-now"
          >
            Try now
          </ActButton>
        ) : null}
      </Group>
      {problem?.state === "waiting" && problem.problem ? (
        <ProblemNotice problem={problem.problem} tone="care" />
      ) : null}
      {now.problem ? <ProblemNotice problem={now.problem} /> : null}
    </Stack>
  );
}

interface RowsProps extends Props {
  title: string;
  rows: DeliveryRow[];
  total?: number;
}

function DeliveryRows({ title, rows, total, ReturnForm }: RowsProps) {
  if (rows.length === 0) return null;
  return (
    <section aria-label={title}>
      <Title order={2} mb={6}>
        {title}{" "}
        <Text span size="sm" c="dimmed" fw={400}>
          {total ?? rows.length}
        </Text>
      </Title>
      <ul className={`panel plainList ${classes.rows}`}>
        {rows.map((row) => (
          <DeliveryLine key={row.deliveryId} row={row} ReturnForm={ReturnForm} />
        ))}
      </ul>
      {total !== undefined && total > rows.length ? (
        <Text size="xs" c="dimmed" mt={4}>
          The first {rows.length} are shown.
        </Text>
      ) : null}
    </section>
  );
}

function DeliveryLine({ row, ReturnForm }: Props & { row: DeliveryRow }) {
  const { go } = useNavigation();
  const [correcting, setCorrecting] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const delivery = deliveryOf(row.report);
  const refused = delivery.state === "refused";
  return (
    <li
      data-testid="delivery-row"
      data-state={delivery.state}
      data-transaction={row.clientTransactionId}
    >
      <div className={classes.line}>
        <div className={classes.cell}>
          <div className={classes.first}>{reportWords(row.report)}</div>
          <div className={`${classes.second} tabular`}>{formatMoney(row.amount, row.currency)}</div>
        </div>
        <div className={classes.cell}>
          <div className={classes.first}>{row.personName}</div>
          <div className={classes.second}>
            {accountTitle({ name: row.accountName, mask: row.accountMask })}
          </div>
        </div>
        <div className={classes.cell}>
          <DeliveryStatus row={row} />
        </div>
        <div className={classes.acts}>
          {refused ? (
            <>
              <Button
                size="compact-sm"
                variant={correcting ? "default" : "light"}
                onClick={() => setCorrecting(!correcting)}
                aria-expanded={correcting}
                data-testid="delivery-mend"
              >
                Mend
              </Button>
              <Button
                size="compact-sm"
                variant="default"
                onClick={() => setLeaving(true)}
                data-testid="delivery-leave-out"
              >
                Leave out…
              </Button>
            </>
          ) : (
            <Button
              size="compact-sm"
              variant="subtle"
              onClick={() =>
                go({ screen: "activity", clientTransactionId: row.clientTransactionId })
              }
            >
              Open
            </Button>
          )}
        </div>
      </div>
      {refused && !correcting ? (
        <div className={classes.below}>
          <ProblemNotice problem={delivery.problem} />
        </div>
      ) : null}
      {refused && correcting ? (
        <div className={classes.mend}>
          <ReportCorrection row={row} ReturnForm={ReturnForm} />
        </div>
      ) : null}
      <LeaveOutReport row={row} opened={leaving} onClose={() => setLeaving(false)} />
    </li>
  );
}

function DeliveryStatus({ row }: { row: DeliveryRow }) {
  const delivery = deliveryOf(row.report);
  switch (delivery.state) {
    case "waiting":
      if (row.sending) return <Text size="sm">Being sent…</Text>;
      return (
        <>
          <Text size="sm" c="var(--desk-care)">
            {delivery.attempts > 0
              ? `Waiting, ${count(delivery.attempts, "try", "tries")} so far`
              : "Waiting"}
          </Text>
          {delivery.attempts > 0 && delivery.nextAttemptAt ? (
            <div className={classes.second}>next try {formatTime(delivery.nextAttemptAt)}</div>
          ) : null}
        </>
      );
    case "delivered":
      return (
        <>
          <Text size="sm" c="var(--desk-good)">
            Delivered <Age at={delivery.at} />
          </Text>
          <div className={classes.second}>request_id {delivery.requestId}</div>
        </>
      );
    case "filed":
      return (
        <Text size="sm">
          Delivered by file <Age at={delivery.at} />
        </Text>
      );
    case "leftOut":
      return (
        <Text size="sm" c="dimmed">
          Refused, left out <Age at={delivery.at} />
        </Text>
      );
    case "refused":
      return (
        <Text size="sm" c="var(--desk-bad)">
          Refused
        </Text>
      );
    case "superseded":
      return (
        <Text size="sm" c="dimmed">
          Superseded
        </Text>
      );
  }
}

/** The form to correct a report that Plaid rejected, below the reason. */
function ReportCorrection({ row, ReturnForm }: Props & { row: DeliveryRow }) {
  const { data, error, refetch } = useEvaluation(row.clientTransactionId);
  if (error) return <ProblemNotice problem={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting>Reading the evaluation…</Waiting>;
  return row.report.kind === "decision" ? (
    <Decision evaluation={data} />
  ) : (
    <ReturnForm evaluation={data} />
  );
}

function LeaveOutReport({
  row,
  opened,
  onClose,
}: {
  row: DeliveryRow;
  opened: boolean;
  onClose: () => void;
}) {
  const leave = useLeaveOut(onClose);
  return (
    <ConfirmModal
      opened={opened}
      title="Leave this report out?"
      confirmLabel="Leave it out"
      danger
      act={leave}
      onConfirm={() => leave.run(row.deliveryId)}
      onClose={onClose}
    >
      <Text size="sm">
        Plaid will not hear of it: {reportWords(row.report)}, {row.personName},{" "}
        {formatMoney(row.amount, row.currency)}. It stays in the history of its evaluation, with the
        reason. To report it after all, record it again there.
      </Text>
    </ConfirmModal>
  );
}
