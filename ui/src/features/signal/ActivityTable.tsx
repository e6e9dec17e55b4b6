import { Text, UnstyledButton } from "@mantine/core";
import {
  createColumnHelper,
  flexRender,
  getCoreRowModel,
  useReactTable,
} from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useRef, useState } from "react";
import type { DeliveryView, EvaluationView } from "../../bindings/signal";
import { Amount } from "../../components/Amount";
import { formatDate, formatDay, formatTimeOfDay } from "../../format";
import { useScrollElement } from "../../frame/scroll";
import { accountTitle } from "../items/words";
import classes from "./ActivityTable.module.css";
import { verdict } from "./words";

const ROW_HEIGHT = 50;

interface Meta {
  onOpen: (clientTransactionId: string) => void;
}

const column = createColumnHelper<EvaluationView>();

const columns = [
  column.display({
    id: "time",
    header: "Asked",
    cell: ({ row: { original }, table }) => (
      <UnstyledButton
        className={classes.open}
        onClick={() => (table.options.meta as Meta).onOpen(original.clientTransactionId)}
      >
        <span className={classes.line}>{formatDate(original.createdAt)}</span>
        <span className={classes.second}>{formatTimeOfDay(original.createdAt)}</span>
        <span className="visuallyHidden">open the evaluation</span>
      </UnstyledButton>
    ),
  }),
  column.display({
    id: "account",
    header: "Person and account",
    cell: ({ row: { original } }) => (
      <>
        <div className={classes.line}>{original.personName}</div>
        <div className={classes.second}>
          {original.institutionName},{" "}
          {accountTitle({ name: original.accountName, mask: original.accountMask })}
        </div>
      </>
    ),
  }),
  column.display({
    id: "amount",
    header: "Amount",
    cell: ({ row: { original } }) => (
      <Amount amount={original.amount} currency={original.currency} />
    ),
  }),
  column.display({
    id: "result",
    header: "Result",
    cell: ({ row: { original } }) => <Result evaluation={original} />,
  }),
  column.display({
    id: "decision",
    header: "Decision",
    cell: ({ row: { original } }) => <DecisionCell evaluation={original} />,
  }),
  column.display({
    id: "return",
    header: "Return",
    cell: ({ row: { original } }) => <ReturnCell evaluation={original} />,
  }),
];

const coreRowModel = getCoreRowModel<EvaluationView>();

/** The evaluations as rows; only those near the visible part are drawn. */
export function ActivityTable({
  evaluations,
  onOpen,
}: {
  evaluations: EvaluationView[];
  onOpen: Meta["onOpen"];
}) {
  const scroll = useScrollElement();
  const body = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    const top = body.current?.offsetTop ?? 0;
    setMargin((before) => (before === top ? before : top));
  });
  const meta: Meta = { onOpen };
  const table = useReactTable({
    data: evaluations,
    columns,
    getCoreRowModel: coreRowModel,
    getRowId: (evaluation) => evaluation.clientTransactionId,
    meta,
  });
  const { rows } = table.getRowModel();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 10,
    scrollMargin: margin,
    initialRect: { width: 1000, height: 800 },
  });
  return (
    <div
      className={classes.table}
      role="table"
      aria-label="Evaluations"
      aria-rowcount={rows.length + 1}
    >
      {table.getHeaderGroups().map((group) => (
        <div key={group.id} role="row" className={classes.head} aria-rowindex={1}>
          {group.headers.map((header) => (
            <div key={header.id} role="columnheader" data-column={header.column.id}>
              {flexRender(header.column.columnDef.header, header.getContext())}
            </div>
          ))}
        </div>
      ))}
      <div ref={body} role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          return row ? (
            <div
              key={row.id}
              role="row"
              className={classes.row}
              style={{ top: start - margin, height: ROW_HEIGHT }}
              aria-rowindex={index + 2}
              data-testid="activity-row"
              data-transaction={row.id}
            >
              {row.getVisibleCells().map((cell) => (
                <div key={cell.id} role="cell" data-column={cell.column.id}>
                  {flexRender(cell.column.columnDef.cell, cell.getContext())}
                </div>
              ))}
            </div>
          ) : null;
        })}
      </div>
    </div>
  );
}

function Result({ evaluation }: { evaluation: EvaluationView }) {
  const { answer, state } = evaluation;
  if (answer) {
    return (
      <>
        <span className={classes.result} data-result={answer.result ?? "other"}>
          {verdict(answer).word}
        </span>
        {answer.customActionKey ? (
          <div className={classes.second}>{answer.customActionKey}</div>
        ) : null}
      </>
    );
  }
  const words = { sending: "asking…", answered: "no answer", failed: "failed", unknown: "unknown" };
  return (
    <span className={classes.result} data-result={state}>
      {words[state]}
    </span>
  );
}

function Nothing({ children }: { children: string }) {
  return (
    <Text span size="xs" c="dimmed">
      {children}
    </Text>
  );
}

function DecisionCell({ evaluation }: { evaluation: EvaluationView }) {
  const { decision, answer } = evaluation;
  if (!decision) return <Nothing>{answer?.result === "review" ? "to record" : "none"}</Nothing>;
  return (
    <>
      <div className={classes.line}>{decision.initiated ? "initiated" : "not initiated"}</div>
      <Delivered delivery={decision.delivery} />
    </>
  );
}

function ReturnCell({ evaluation: { returned } }: { evaluation: EvaluationView }) {
  if (!returned) return <Nothing>none</Nothing>;
  return (
    <>
      <div className={classes.line} title={returned.meaning}>
        {returned.returnCode}
        {returned.returnedOn ? (
          <span className={classes.day}>, {formatDay(returned.returnedOn)}</span>
        ) : null}
      </div>
      <Delivered delivery={returned.delivery} />
    </>
  );
}

function Delivered({ delivery }: { delivery: DeliveryView }) {
  return (
    <div className={classes.delivery} data-state={delivery.state} data-testid="activity-delivery">
      {delivery.state}
    </div>
  );
}
