import { Text, UnstyledButton } from "@mantine/core";
import {
  createColumnHelper,
  flexRender,
  getCoreRowModel,
  useReactTable,
} from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { ActivityRow } from "../../api/activity";
import { Amount } from "../../kit/components/Amount";
import { Waiting } from "../../kit/components/Waiting";
import { formatDate, formatDay, formatTimeOfDay } from "../../kit/format";
import { useScrollElement } from "../../kit/navigation/scroll";
import list from "../../kit/table/LongTable.module.css";
import { accountTitle } from "../../kit/words/account";
import { resultWord } from "../../kit/words/result";
import classes from "./ActivityTable.module.css";

const ROW_HEIGHT = 50;

interface Meta {
  onOpen: (clientTransactionId: string) => void;
  selected: ReadonlySet<string>;
  toggle: (clientTransactionId: string) => void;
  /** Selects all rows that are there, or none. */
  toggleAll: () => void;
}

const metaOf = (options: { meta?: unknown }) => options.meta as Meta;

const column = createColumnHelper<ActivityRow>();

const columns = [
  column.display({
    id: "select",
    header: ({ table }) => {
      const { selected, toggleAll } = metaOf(table.options);
      const rows = table.options.data;
      const chosen = rows.filter((row) => selected.has(row.clientTransactionId)).length;
      return (
        <input
          type="checkbox"
          className="tick"
          aria-label="Select all that are listed"
          checked={chosen > 0 && chosen === rows.length}
          ref={(box) => {
            if (box) box.indeterminate = chosen > 0 && chosen < rows.length;
          }}
          onChange={toggleAll}
          data-testid="activity-select-all"
        />
      );
    },
    cell: ({ row: { original }, table }) => {
      const { selected, toggle } = metaOf(table.options);
      return (
        <input
          type="checkbox"
          className={`tick ${list.select}`}
          aria-label={`Select the evaluation of ${formatDate(original.createdAt)}, ${original.personName}`}
          checked={selected.has(original.clientTransactionId)}
          onChange={() => toggle(original.clientTransactionId)}
          data-testid="activity-select"
        />
      );
    },
  }),
  column.display({
    id: "time",
    header: "Asked",
    cell: ({ row: { original }, table }) => (
      <UnstyledButton
        className={`${list.cover} ${list.open} ${classes.when}`}
        data-testid="activity-open"
        onClick={() => metaOf(table.options).onOpen(original.clientTransactionId)}
      >
        <span className={list.line}>{formatDate(original.createdAt)}</span>
        <span className={list.second}>{formatTimeOfDay(original.createdAt)}</span>
        <span className="visuallyHidden">open the evaluation</span>
      </UnstyledButton>
    ),
  }),
  column.display({
    id: "account",
    header: "Person and account",
    cell: ({ row: { original } }) => (
      <>
        <div className={list.line}>
          {original.personName}
          {original.reference ? (
            <span className={classes.reference}> · {original.reference}</span>
          ) : null}
        </div>
        <div className={list.second}>
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

const coreRowModel = getCoreRowModel<ActivityRow>();

interface Props {
  evaluations: ActivityRow[];
  /** All that there are, listed or not. */
  total: number;
  /** Whether the desk has more of them. */
  more: boolean;
  loading: boolean;
  onMore: () => void;
  /** Where to begin, in pixels from the top of the screen. */
  place: number;
  selected: ReadonlySet<string>;
  onSelect: (selected: ReadonlySet<string>) => void;
  onOpen: Meta["onOpen"];
}

/** The evaluations as rows; asked for by the page, drawn where they are looked at. */
export function ActivityTable(props: Props) {
  const { evaluations, total, more, loading, onMore, selected, onSelect, onOpen } = props;
  const scroll = useScrollElement();
  const body = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    const top = body.current?.offsetTop ?? 0;
    setMargin((before) => (before === top ? before : top));
  });
  const [place] = useState(props.place);
  useLayoutEffect(() => {
    if (place > 0) scroll.current?.scrollTo(0, place);
  }, [place, scroll]);
  const meta: Meta = {
    onOpen,
    selected,
    toggle: (id) => {
      const changed = new Set(selected);
      if (!changed.delete(id)) changed.add(id);
      onSelect(changed);
    },
    toggleAll: () => {
      const ids = evaluations.map((row) => row.clientTransactionId);
      onSelect(new Set(ids.every((id) => selected.has(id)) ? [] : ids));
    },
  };
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
    initialOffset: place,
  });
  const drawn = virtual.getVirtualItems();
  const last = drawn.at(-1)?.index ?? -1;
  useEffect(() => {
    if (more && !loading && last >= rows.length - 30) onMore();
  }, [more, loading, last, rows.length, onMore]);
  return (
    <>
      <div
        className={list.table}
        role="table"
        aria-label="Evaluations"
        aria-rowcount={total + 1}
        data-testid="activity-table"
        data-loaded={rows.length}
      >
        {table.getHeaderGroups().map((group) => (
          <div
            key={group.id}
            role="row"
            className={`${list.head} ${classes.columns}`}
            aria-rowindex={1}
          >
            {group.headers.map((header) => (
              <div key={header.id} role="columnheader" data-column={header.column.id}>
                {flexRender(header.column.columnDef.header, header.getContext())}
              </div>
            ))}
          </div>
        ))}
        <div ref={body} role="rowgroup" style={{ height: virtual.getTotalSize() }}>
          {drawn.map(({ index, start }) => {
            const row = rows[index];
            return row ? (
              <div
                key={row.id}
                role="row"
                className={`${list.row} ${classes.columns} ${classes.row}`}
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
      {loading ? <Waiting>Reading more…</Waiting> : null}
    </>
  );
}

function Result({ evaluation }: { evaluation: ActivityRow }) {
  const { result, state, customActionKey } = evaluation;
  if (state === "answered") {
    return (
      <>
        <span className={list.result} data-result={result ?? "other"}>
          {resultWord(evaluation)}
        </span>
        {customActionKey ? <div className={list.second}>{customActionKey}</div> : null}
      </>
    );
  }
  const words = { sending: "asking…", failed: "failed", unknown: "unknown" };
  return (
    <span className={list.result} data-result={state}>
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

function DecisionCell({ evaluation }: { evaluation: ActivityRow }) {
  const { decision, result } = evaluation;
  if (!decision) return <Nothing>{result === "review" ? "to record" : "none"}</Nothing>;
  return (
    <>
      <div className={list.line}>{decision.initiated ? "initiated" : "not initiated"}</div>
      <Delivered delivery={decision.delivery} />
    </>
  );
}

function ReturnCell({ evaluation: { returned } }: { evaluation: ActivityRow }) {
  if (!returned) return <Nothing>none</Nothing>;
  return (
    <>
      <div className={list.line} title={returned.meaning}>
        {returned.returnCode}
        {returned.returnedOn ? (
          <span className={classes.day}>, {formatDay(returned.returnedOn)}</span>
        ) : null}
      </div>
      <Delivered delivery={returned.delivery} />
    </>
  );
}

const deliveries: Record<string, string> = { filed: "in a file", left_out: "left out" };

function Delivered({ delivery }: { delivery: string }) {
  return (
    <div className={classes.delivery} data-state={delivery} data-testid="activity-delivery">
      {deliveries[delivery] ?? delivery}
    </div>
  );
}
