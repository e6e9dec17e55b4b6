import {
  Button,
  Group,
  Modal,
  Radio,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import type { BatchDecided, BatchFilter, BatchSelection, BatchView } from "../../api/batches";
import { commands } from "../../api/commands";
import { useBatchAct } from "../../data/batches";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { problemAt, problemBeside } from "../../kit/components/problem";
import { SubmitRow } from "../../kit/components/SubmitRow";
import { count } from "../../kit/format";
import { useStandsAbove } from "../../kit/hooks/dialogsAbove";
import { decisionOutcomes, paymentMethods } from "../../kit/words/decision";
import classes from "./Batches.module.css";
import { filters } from "./words";

interface Props {
  batch: BatchView;
  filter: BatchFilter;
  search: string;
  selected: ReadonlySet<number>;
  /** Called after recording, to clear the selection. */
  onDone: () => void;
}

interface DecisionDraft {
  title: string;
  rows: BatchSelection;
  initiated: string;
  outcome: string | null;
}

/** Records one decision for many rows: all accepted, all shown, or the selected ones. */
export function DecideRows({ batch, filter, search, selected, onDone }: Props) {
  const [draft, setDraft] = useState<DecisionDraft | null>(null);
  const { tallies } = batch;
  const answered =
    tallies.accept.count + tallies.review.count + tallies.reroute.count + tallies.other.count;
  if (answered === 0) return null;
  const sort = filters.find((one) => one.filter === filter);
  const ofSort = sort ? tallies[sort.of].count : 0;
  const decidable = ["accept", "review", "reroute", "other", "undecided", "toDebit"].includes(
    filter,
  );
  return (
    <Group gap="xs" className={classes.decide}>
      <Button
        variant="default"
        onClick={() =>
          setDraft({
            title: "Debit everything that was accepted",
            rows: { kind: "acceptUndecided" },
            initiated: "yes",
            outcome: "APPROVE",
          })
        }
        disabled={tallies.accept.count === 0}
        data-testid="batch-accept-all"
      >
        Accept all ACCEPT
      </Button>
      {selected.size > 0 ? (
        <Button
          variant="default"
          onClick={() =>
            setDraft({
              title: `Decide on ${count(selected.size, "selected row")}`,
              rows: { kind: "positions", positions: [...selected] },
              initiated: "",
              outcome: null,
            })
          }
          data-testid="batch-decide-selected"
        >
          Decide on {count(selected.size, "selected row")}
        </Button>
      ) : null}
      {selected.size === 0 && decidable && ofSort > 0 ? (
        <Button
          variant="default"
          onClick={() =>
            setDraft({
              title: `Decide on all rows under ${sort?.label}${search ? ` that “${search}” finds` : ""}`,
              rows: { kind: "shown", filter, search },
              initiated: "",
              outcome: null,
            })
          }
          data-testid="batch-decide-shown"
        >
          Decide on all {sort?.label}
          {search ? ` found` : ""}
        </Button>
      ) : null}
      {draft ? (
        <DecideForm
          key={draft.title}
          batch={batch}
          draft={draft}
          onClose={() => setDraft(null)}
          onDecided={() => {
            setDraft(null);
            onDone();
          }}
        />
      ) : null}
    </Group>
  );
}

interface FormProps {
  batch: BatchView;
  draft: DecisionDraft;
  onClose: () => void;
  onDecided: () => void;
}

function DecideForm({ batch, draft, onClose, onDecided }: FormProps) {
  useStandsAbove(true);
  const [initiated, setInitiated] = useState(draft.initiated);
  const [outcome, setOutcome] = useState(draft.outcome);
  const [method, setMethod] = useState(batch.paymentMethod);
  const [days, setDays] = useState("");
  const [missing, setMissing] = useState(false);
  const takeBack = useBatchAct(commands.batchTakeBack, (answer) => notifyUndone(answer));
  const decide = useBatchAct(
    () =>
      commands.batchDecide({
        batchId: batch.batchId,
        rows: draft.rows,
        initiated: initiated === "yes",
        daysFundsOnHold: days.trim() || null,
        decisionOutcome: outcome,
        paymentMethod: method,
      }),
    (answer) => {
      notifyDecided(answer, () => takeBack.run(answer.clientTransactionIds));
      onDecided();
    },
  );
  const { problem } = decide;
  const beside = problemBeside(problem, ["daysFundsOnHold", "decisionOutcome", "paymentMethod"]);
  return (
    <Modal
      opened
      size="lg"
      title={draft.title}
      onClose={() => {
        if (!decide.running) onClose();
      }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (initiated === "") setMissing(true);
          else decide.run();
        }}
      >
        <Stack gap="sm">
          <Radio.Group
            label="The debits"
            value={initiated}
            onChange={setInitiated}
            error={
              missing && initiated === "" ? "Say whether the debits are initiated." : undefined
            }
          >
            <Group mt={6}>
              <Radio
                value="yes"
                label="are or will be initiated"
                data-testid="batch-initiated-yes"
              />
              <Radio value="no" label="are not initiated" data-testid="batch-initiated-no" />
            </Group>
          </Radio.Group>
          <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
            <Select
              label="Outcome"
              data={decisionOutcomes}
              value={outcome}
              onChange={setOutcome}
              placeholder="not said"
              clearable
              clearButtonProps={{ "aria-label": "No outcome" }}
              error={problemAt(problem, "decisionOutcome")}
              data-testid="batch-outcome"
            />
            <Select
              label="Payment method"
              data={paymentMethods}
              value={method}
              onChange={setMethod}
              placeholder="not said"
              clearable
              clearButtonProps={{ "aria-label": "No payment method" }}
              error={problemAt(problem, "paymentMethod")}
              data-testid="batch-decision-method"
            />
            <TextInput
              label="Days on hold"
              value={days}
              onChange={(event) => setDays(event.currentTarget.value)}
              error={problemAt(problem, "daysFundsOnHold")}
              data-testid="batch-days"
            />
          </SimpleGrid>
          <Text size="xs" c="dimmed">
            Each row's decision is reported to Plaid. Rows without an answer are passed over, and
            all of it can be taken back by a correction.
          </Text>
          {beside ? <ProblemNotice problem={beside} /> : null}
          <SubmitRow
            onCancel={onClose}
            running={decide.running}
            runningLabel="Recording…"
            data-testid="batch-decide-submit"
          >
            Record
          </SubmitRow>
        </Stack>
      </form>
    </Modal>
  );
}

function notifyDecided(answer: BatchDecided, undo: () => void): void {
  const { clientTransactionIds: ids, passedOver, refused } = answer;
  const parts = [`${count(ids.length, "decision")} recorded.`];
  if (passedOver > 0) parts.push(`${count(passedOver, "row")} without an answer passed over.`);
  if (refused.length > 0) parts.push(`Refused: ${refused.map((one) => one.message).join(" ")}`);
  const id = `decided-${Date.now()}`;
  notifications.show({
    id,
    title: "Decisions",
    message: (
      <Group gap="sm" justify="space-between" data-testid="batch-decided">
        <span>{parts.join(" ")}</span>
        {ids.length > 0 ? (
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => {
              notifications.hide(id);
              undo();
            }}
            data-testid="batch-undo"
          >
            Undo
          </Button>
        ) : null}
      </Group>
    ),
    autoClose: 20_000,
    closeButtonProps: { "aria-label": "Close" },
  });
}

function notifyUndone(answer: BatchDecided): void {
  notifications.show({
    title: "Taken back",
    message: `${count(answer.clientTransactionIds.length, "correction")} recorded and reported to Plaid: where nothing had been decided before, the debit is now recorded as not initiated.`,
    closeButtonProps: { "aria-label": "Close" },
  });
}
