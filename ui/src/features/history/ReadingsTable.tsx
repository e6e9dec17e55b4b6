import { Text } from "@mantine/core";
import { type CSSProperties, useMemo } from "react";
import type { ReadingRow } from "../../api/history";
import { useReadings } from "../../data/history";
import { Amount } from "../../kit/components/Amount";
import { CopyText } from "../../kit/components/CopyText";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Section } from "../../kit/components/Section";
import { Waiting } from "../../kit/components/Waiting";
import { formatCount, formatExactTime, formatMoney } from "../../kit/format";
import { usePrinting } from "../../kit/print/usePrinting";
import { type Column, DataTable } from "../../kit/table/DataTable";
import { useVirtualRows } from "../../kit/table/useVirtualRows";
import classes from "./ReadingsTable.module.css";
import { changeWords } from "./words";

const ROW_HEIGHT = 32;
const rowHeight = () => ROW_HEIGHT;

function amountColumn(id: "available" | "current" | "limit", header: string): Column<ReadingRow> {
  return {
    id,
    header,
    cell: ({ reading }) => (
      <Amount
        amount={reading[id]}
        currency={reading.currency}
        unofficial={reading.unofficialCurrency}
      />
    ),
  };
}

const columns: Array<Column<ReadingRow>> = [
  {
    id: "at",
    header: "Read",
    cell: ({ reading }) => <time dateTime={reading.readAt}>{formatExactTime(reading.readAt)}</time>,
  },
  { id: "source", header: "Source", cell: ({ reading }) => reading.source },
  amountColumn("available", "Available"),
  amountColumn("current", "Current"),
  { id: "change", header: "Change", cell: (row) => <ChangeCell row={row} /> },
  amountColumn("limit", "Limit"),
  {
    id: "requestId",
    header: "request_id",
    cell: ({ reading }) => <CopyText text={reading.requestId} what="request_id" />,
  },
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

/** Makes each column wide enough for its longest amount. */
function columnWidths(readings: ReadingRow[]): CSSProperties {
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

/** All readings of an account, newest first. Loads page by page. */
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
        <ReadingRows
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
  /** True when another page exists. */
  more: boolean;
  loading: boolean;
  onMore: () => void;
}

function ReadingRows({ readings, more, loading, onMore }: RowsProps) {
  const printing = usePrinting();
  const sizes = useMemo(() => columnWidths(readings), [readings]);
  const rows = useVirtualRows({
    count: readings.length,
    keyOf: String,
    heightOf: rowHeight,
    overscan: 12,
    scrollsItself: true,
    all: printing,
    onNearEnd: more && !loading ? onMore : undefined,
  });
  return (
    <>
      <DataTable
        ref={rows.scroll}
        className={classes.scroll}
        style={sizes}
        aria-label="Readings"
        aria-rowcount={more ? -1 : readings.length + 1}
        tabIndex={0}
        data-testid="readings"
        data-loaded={readings.length}
        rows={rows}
        columns={columns}
        rowOf={(index) => readings[index]}
        rowHeight={ROW_HEIGHT}
        headClassName={classes.head}
        rowClassName={classes.row}
        bodyClassName={classes.body}
        attributes={(row) => ({
          "data-testid": "reading-row",
          "data-present": row?.present || undefined,
        })}
      />
      {loading ? <Waiting>Reading more…</Waiting> : null}
      {printing && more ? (
        <p data-testid="readings-left-out">
          These are the newest {formatCount(readings.length)} readings. A file (Export) has all.
        </p>
      ) : null}
    </>
  );
}
