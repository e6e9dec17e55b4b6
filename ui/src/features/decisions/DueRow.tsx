import { Stack, Text, UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { type ComponentType, type KeyboardEvent, useId } from "react";
import type { DueRow as Row } from "../../api/decisions";
import type { EvaluationView } from "../../api/signal";
import { useEvaluation } from "../../data/evaluations";
import { Age } from "../../kit/components/Age";
import { Amount } from "../../kit/components/Amount";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Waiting } from "../../kit/components/Waiting";
import { formatTime } from "../../kit/format";
import { accountTitle } from "../../kit/words/account";
import { resultWord } from "../../kit/words/result";
import { DecisionForm } from "./Decision";
import classes from "./Decisions.module.css";
import { initiatedBy, reasonSentences, reasonWords } from "./words";

export interface DueRowProps {
  row: Row;
  Answer: ComponentType<{ evaluation: EvaluationView }>;
  opened: boolean;
  onToggle: () => void;
  onClose: () => void;
  onDecided: () => void;
}

/** A debit whose decision is due. Opened, it shows the facts next to the form. */
export function DueRow({ row, opened, onToggle, onClose, onDecided, Answer }: DueRowProps) {
  const id = useId();
  const Chevron = opened ? IconChevronDown : IconChevronRight;
  const closeByKey = (event: KeyboardEvent) => {
    // An open dropdown in the form handles Escape itself.
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.stopPropagation();
    onClose();
  };
  return (
    <li data-testid="due-row" data-transaction={row.clientTransactionId} data-reason={row.reason}>
      <UnstyledButton
        className={classes.head}
        onClick={onToggle}
        aria-expanded={opened}
        aria-controls={id}
        data-due={row.clientTransactionId}
        data-testid="due-open"
      >
        <Chevron size={16} aria-hidden />
        <span className={classes.cell}>
          <Amount amount={row.amount} currency={row.currency} />
        </span>
        <TwoLines
          first={row.personName}
          second={`${accountTitle({ name: row.accountName, mask: row.accountMask })} · ${row.institutionName}`}
        />
        <span className={classes.cell}>
          <span
            className={`result breakable ${classes.result}`}
            data-result={row.result ?? "other"}
          >
            {resultWord(row)}
          </span>
          {row.customActionKey ? (
            <span className={classes.second} style={{ display: "block" }}>
              {row.customActionKey}
            </span>
          ) : null}
        </span>
        <TwoLines
          first={reasonWords[row.reason]}
          second={
            row.returnCode
              ? `Returned ${row.returnCode} · evaluated ${formatTime(row.evaluatedAt)}`
              : `Evaluated ${formatTime(row.evaluatedAt)}`
          }
        />
        <span className={classes.age}>
          <Age at={row.since} />
        </span>
      </UnstyledButton>
      <section id={id} hidden={!opened} aria-label="Facts and decision" onKeyDown={closeByKey}>
        {opened ? (
          <DueDetails row={row} Answer={Answer} onClose={onClose} onDecided={onDecided} />
        ) : null}
      </section>
    </li>
  );
}

function TwoLines({ first, second }: { first: string; second: string }) {
  return (
    <span className={classes.cell}>
      <span className={classes.first} style={{ display: "block" }}>
        {first}
      </span>
      <span className={classes.second} style={{ display: "block" }}>
        {second}
      </span>
    </span>
  );
}

function DueDetails({ row, Answer, onClose, onDecided }: Omit<DueRowProps, "opened" | "onToggle">) {
  const { data, error, refetch } = useEvaluation(row.clientTransactionId);
  if (error) {
    return (
      <div className={classes.opened}>
        <ProblemNotice problem={error} onRetry={() => void refetch()} />
      </div>
    );
  }
  if (!data) return <Waiting>Reading the evaluation…</Waiting>;
  return (
    <div className={classes.opened}>
      <div style={{ minWidth: 0 }}>
        <Answer evaluation={data} />
      </div>
      <Stack gap="sm" style={{ minWidth: 0 }}>
        <Text size="sm" maw="64ch">
          {reasonSentences[row.reason]}
        </Text>
        <DecisionForm
          evaluation={data}
          initiated={initiatedBy(row.reason)}
          autoFocus
          submitLabel="Record and go on"
          onSaved={onDecided}
          onCancel={onClose}
        />
      </Stack>
    </div>
  );
}
