import { Text } from "@mantine/core";
import {
  createColumnHelper,
  flexRender,
  getCoreRowModel,
  useReactTable,
} from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, useEffect, useMemo, useRef } from "react";
import type { ReadingRow } from "../../api/history";
import { useReadings } from "../../data/history";
import { Amount } from "../../kit/components/Amount";
import { CopyText } from "../../kit/components/CopyText";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Section } from "../../kit/components/Section";
import { Waiting } from "../../kit/components/Waiting";
import { formatCount, formatExactTime, formatMoney } from "../../kit/format";
import { usePrinting } from "../../kit/print/usePrinting";
import classes from "./ReadingsTable.module.css";
import { changeWords } from "./words";

const ROW_HEIGHT = 32;

const column = createColumnHelper<ReadingRow>();

function amountColumn(id: "available" | "current" | "limit", header: string) {
  return column.display({
    id,
    header,
    cell: ({ row: { original } }) => (
      <Amount
        amount={original.reading[id]}
        currency={original.reading.currency}
        unofficial={original.reading.unofficialCurrency}
      />
    ),
  });
}

const columns = [
  column.display({
    id: "at",
    header: "Read",
    cell: ({ row: { original } }) => (
      <time dateTime={original.reading.readAt}>{formatExactTime(original.reading.readAt)}</time>
    ),
  }),
  column.display({
    id: "source",
    header: "Source",
    cell: ({ row: { original } }) => original.reading.source,
  }),
  amountColumn("available", "Available"),
  amountColumn("current", "Current"),
  column.display({
    id: "change",
    header: "Change",
    cell: ({ row: { original } }) => <ChangeCell row={original} />,
  }),
  amountColumn("limit", "Limit"),
  column.display({
    id: "requestId",
    header: "request_id",
    cell: ({ row: { original } }) => (
      <CopyText text={original.reading.requestId} what="request_id" />
    ),
  }),
];

function ChangeCell({ row: { change, reading } }: { row: ReadingRow }) {
  return change === null ? (
    <Text span size="xs" c="dimmed" aria-label="nothing to compare">
      –
    </Text>
  ) : (
    <span className="figure">
      {changeWords(change, reading.currency, reading.unofficialCurrency)}
    </span>
  );
}

/** Room for the longest amount of each column: none is ever cut. */
function widths(readings: ReadingRow[]): CSSProperties {
  const longest = (text: (row: ReadingRow) => string | null, least: number) =>
    Math.max(
      least,
      ...readings.map((row) => {
        const { currency, unofficialCurrency } = row.reading;
        return formatMoney(text(row) ?? "", currency, unofficialCurrency).length;
      }),
    );
  const amounts = [
    longest(({ reading }) => reading.available, 11),
    longest(({ reading }) => reading.current, 11),
    longest(({ change }) => change, 8) + 1,
    longest(({ reading }) => reading.limit, 11),
  ];
  const columns = ["172px", "50px", ...amounts.map((width) => `${width}ch`), "142px"];
  return {
    "--columns": columns.map((width) => `minmax(${width}, 1fr)`).join(" "),
    "--narrowest": `calc(${columns.join(" + ")} + 80px)`,
  } as CSSProperties;
}

const coreRowModel = getCoreRowModel<ReadingRow>();

/** Every reading of an account, the newest first; asked for by the page, drawn where it is looked at. */
export function ReadingsTable({ accountId }: { accountId: string }) {
  const query = useReadings(accountId);
  return (
    <Section title="Readings">
      {query.error ? (
        <ProblemNotice problem={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      {query.isPending ? <Waiting>Reading the readings…</Waiting> : null}
      {query.data?.length === 0 ? (
        <Text size="sm" c="dimmed" data-testid="readings-empty">
          Nothing was read yet.
        </Text>
      ) : null}
      {query.data && query.data.length > 0 ? (
        <Rows
          readings={query.data}
          more={query.hasNextPage}
          loading={query.isFetchingNextPage}
          onMore={() => void query.fetchNextPage()}
        />
      ) : null}
    </Section>
  );
}

interface RowsProps {
  readings: ReadingRow[];
  /** Whether the desk has more of them. */
  more: boolean;
  loading: boolean;
  onMore: () => void;
}

function Rows({ readings, more, loading, onMore }: RowsProps) {
  const scroll = useRef<HTMLDivElement>(null);
  const printing = usePrinting();
  const table = useReactTable({ data: readings, columns, getCoreRowModel: coreRowModel });
  const { rows } = table.getRowModel();
  const sizes = useMemo(() => widths(readings), [readings]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    initialRect: { width: 800, height: 340 },
  });
  const drawn = virtual.getVirtualItems();
  const last = drawn.at(-1)?.index ?? -1;
  useEffect(() => {
    if (more && !loading && last >= rows.length - 20) onMore();
  }, [more, loading, last, rows.length, onMore]);
  const shown = printing ? rows.map((_, index) => index) : drawn.map(({ index }) => index);
  return (
    <>
      <div
        ref={scroll}
        className={classes.scroll}
        style={sizes}
        role="table"
        aria-label="Readings"
        aria-rowcount={more ? -1 : rows.length + 1}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached with the keyboard
        tabIndex={0}
        data-testid="readings"
        data-loaded={rows.length}
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
        <div role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize() }}>
          {shown.map((index) => {
            const row = rows[index];
            return row ? (
              <div
                key={row.id}
                role="row"
                className={classes.row}
                style={{ top: index * ROW_HEIGHT, height: ROW_HEIGHT }}
                aria-rowindex={index + 2}
                data-testid="reading-row"
                data-present={row.original.present || undefined}
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
      {printing && more ? (
        <p data-testid="readings-left-out">
          These are the newest {formatCount(rows.length)} readings. A file (Export) has all.
        </p>
      ) : null}
    </>
  );
}
