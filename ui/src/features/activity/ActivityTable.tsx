import { Text, UnstyledButton } from "@mantine/core";
import { useCallback, useLayoutEffect, useState } from "react";
import type { ActivityRow } from "../../api/activity";
import { Amount } from "../../kit/components/Amount";
import { Waiting } from "../../kit/components/Waiting";
import { formatDate, formatDay, formatTimeOfDay } from "../../kit/format";
import { useScrollElement } from "../../kit/navigation/scroll";
import { type Column, DataTable } from "../../kit/table/DataTable";
import list from "../../kit/table/DataTable.module.css";
import { useVirtualRows } from "../../kit/table/useVirtualRows";
import { accountTitle } from "../../kit/words/account";
import { resultWord } from "../../kit/words/result";
import classes from "./ActivityTable.module.css";

const ROW_HEIGHT = 50;

interface RowActions {
  onOpen: (clientTransactionId: string) => void;
  all: boolean;
  some: boolean;
  selected: ReadonlySet<string>;
  toggle: (clientTransactionId: string) => void;
  /** Selects all loaded rows, or none. */
  toggleAll: () => void;
}

function columnsOf(choice: RowActions): Array<Column<ActivityRow>> {
  return [
    {
      id: "select",
      header: (
        <input
          type="checkbox"
          className="tick"
          aria-label="Select all that are listed"
          checked={choice.all}
          ref={(box) => {
            if (box) box.indeterminate = choice.some && !choice.all;
          }}
          onChange={choice.toggleAll}
          data-testid="activity-select-all"
        />
      ),
      cell: (row) => (
        <input
          type="checkbox"
          className={`tick ${list.select}`}
          aria-label={`Select the evaluation of ${formatDate(row.createdAt)}, ${row.personName}`}
          checked={choice.selected.has(row.clientTransactionId)}
          onChange={() => choice.toggle(row.clientTransactionId)}
          data-testid="activity-select"
        />
      ),
    },
    {
      id: "time",
      header: "Asked",
      cell: (row) => (
        <UnstyledButton
          className={`${list.cover} ${list.open} ${classes.when}`}
          data-testid="activity-open"
          onClick={() => choice.onOpen(row.clientTransactionId)}
        >
          <span className={list.line}>{formatDate(row.createdAt)}</span>
          <span className={list.second}>{formatTimeOfDay(row.createdAt)}</span>
          <span className="visuallyHidden">open the evaluation</span>
        </UnstyledButton>
      ),
    },
    {
      id: "account",
      header: "Person and account",
      cell: (row) => (
        <>
          <div className={list.line}>
            {row.personName}
            {row.reference ? <span className={classes.reference}> · {row.reference}</span> : null}
          </div>
          <div className={list.second}>
            {row.institutionName}, {accountTitle({ name: row.accountName, mask: row.accountMask })}
          </div>
        </>
      ),
    },
    {
      id: "amount",
      header: "Amount",
      cell: (row) => <Amount amount={row.amount} currency={row.currency} />,
    },
    { id: "result", header: "Result", cell: (row) => <ResultCell evaluation={row} /> },
    { id: "decision", header: "Decision", cell: (row) => <DecisionCell evaluation={row} /> },
    { id: "return", header: "Return", cell: (row) => <ReturnCell evaluation={row} /> },
  ];
}

const rowHeight = () => ROW_HEIGHT;

interface Props {
  evaluations: ActivityRow[];
  /** Number of matching evaluations, loaded or not. */
  total: number;
  /** True when another page exists. */
  more: boolean;
  loading: boolean;
  onMore: () => void;
  /** Initial scroll position in pixels. */
  place: number;
  selected: ReadonlySet<string>;
  onSelect: (selected: ReadonlySet<string>) => void;
  onOpen: RowActions["onOpen"];
}

/** A virtual table that loads page by page. */
export function ActivityTable(props: Props) {
  const { evaluations, total, more, loading, onMore, selected, onSelect, onOpen } = props;
  const scroll = useScrollElement();
  const [place] = useState(props.place);
  useLayoutEffect(() => {
    if (place > 0) scroll.current?.scrollTo(0, place);
  }, [place, scroll]);
  const ids = evaluations.map((row) => row.clientTransactionId);
  const chosen = ids.filter((id) => selected.has(id)).length;
  const columns = columnsOf({
    onOpen,
    selected,
    all: chosen > 0 && chosen === ids.length,
    some: chosen > 0,
    toggle: (id) => {
      const changed = new Set(selected);
      if (!changed.delete(id)) changed.add(id);
      onSelect(changed);
    },
    toggleAll: () => onSelect(new Set(chosen === ids.length ? [] : ids)),
  });
  const rows = useVirtualRows({
    count: evaluations.length,
    keyOf: useCallback(
      (index: number) => evaluations[index]?.clientTransactionId ?? String(index),
      [evaluations],
    ),
    heightOf: rowHeight,
    offset: place,
    onNearEnd: more && !loading ? onMore : undefined,
  });
  return (
    <>
      <DataTable
        className={list.table}
        aria-label="Evaluations"
        aria-rowcount={total + 1}
        data-testid="activity-table"
        data-loaded={evaluations.length}
        rows={rows}
        columns={columns}
        rowOf={(index) => evaluations[index]}
        rowHeight={ROW_HEIGHT}
        headClassName={`${list.head} ${classes.columns}`}
        rowClassName={`${list.row} ${classes.columns} ${classes.row}`}
        attributes={(row) => ({
          "data-testid": "activity-row",
          "data-transaction": row?.clientTransactionId,
        })}
      />
      {loading ? <Waiting>Reading more…</Waiting> : null}
    </>
  );
}

function ResultCell({ evaluation }: { evaluation: ActivityRow }) {
  const { result, state, customActionKey } = evaluation;
  if (state === "answered") {
    return (
      <>
        <span className="result" data-result={result ?? "other"}>
          {resultWord(evaluation)}
        </span>
        {customActionKey ? <div className={list.second}>{customActionKey}</div> : null}
      </>
    );
  }
  const words = { sending: "asking…", failed: "failed", unknown: "unknown" };
  return (
    <span className="result" data-result={state}>
      {words[state]}
    </span>
  );
}

function Dimmed({ children }: { children: string }) {
  return (
    <Text span size="xs" c="dimmed">
      {children}
    </Text>
  );
}

function DecisionCell({ evaluation }: { evaluation: ActivityRow }) {
  const { decision, result } = evaluation;
  if (!decision) return <Dimmed>{result === "review" ? "to record" : "none"}</Dimmed>;
  return (
    <>
      <div className={list.line}>{decision.initiated ? "initiated" : "not initiated"}</div>
      <DeliveryState delivery={decision.delivery} />
    </>
  );
}

function ReturnCell({ evaluation: { returned } }: { evaluation: ActivityRow }) {
  if (!returned) return <Dimmed>none</Dimmed>;
  return (
    <>
      <div className={list.line} title={returned.meaning}>
        {returned.returnCode}
        {returned.returnedOn ? (
          <span className={classes.day}>, {formatDay(returned.returnedOn)}</span>
        ) : null}
      </div>
      <DeliveryState delivery={returned.delivery} />
    </>
  );
}

const deliveryNames: Record<string, string> = { filed: "in a file", left_out: "left out" };

function DeliveryState({ delivery }: { delivery: string }) {
  return (
    <div className={classes.delivery} data-state={delivery} data-testid="activity-delivery">
      {deliveryNames[delivery] ?? delivery}
    </div>
  );
}
