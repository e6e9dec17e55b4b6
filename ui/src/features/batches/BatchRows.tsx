import { CloseButton, Group, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { type ReactNode, useLayoutEffect, useState } from "react";
import type { BatchFilter, BatchRow } from "../../api/batches";
import { PAGE, useRows } from "../../data/batches";
import { Amount } from "../../kit/components/Amount";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { count, formatDay } from "../../kit/format";
import { useNavigation } from "../../kit/navigation/route";
import { type Column, DataTable } from "../../kit/table/DataTable";
import list from "../../kit/table/DataTable.module.css";
import { useVirtualRows } from "../../kit/table/useVirtualRows";
import { accountTitle } from "../../kit/words/account";
import classes from "./BatchRows.module.css";
import { decisionWord, rowWord } from "./words";

const ROW_HEIGHT = 44;
const rowHeight = () => ROW_HEIGHT;

interface Props {
  batchId: string;
  filter: BatchFilter;
  search: string;
  onSearch: (search: string) => void;
  selected: ReadonlySet<number>;
  onSelect: (selected: ReadonlySet<number>) => void;
  actions: ReactNode;
}

/** The rows of a batch. Loads and draws only the visible ones. */
export function BatchRows(props: Props) {
  const { batchId, filter, search, selected, onSelect } = props;
  const [typed, setTyped] = useState(search);
  const [wanted] = useDebouncedValue(typed, 200);
  const { onSearch } = props;
  useLayoutEffect(() => {
    if (wanted !== search) onSearch(wanted);
  }, [wanted, search, onSearch]);
  const [total, setTotal] = useState(0);
  const rows = useVirtualRows({ count: total, keyOf: String, heightOf: rowHeight });
  const pages = [...new Set([0, ...rows.drawn.map(({ index }) => Math.floor(index / PAGE))])];
  const found = useRows({ batchId, filter, search }, pages);
  const known = found.total;
  useLayoutEffect(() => {
    if (known !== null) setTotal(known);
  }, [known]);
  const toggle = (position: number) => {
    const changed = new Set(selected);
    if (!changed.delete(position)) changed.add(position);
    onSelect(changed);
  };
  const here = [...found.rows.values()]
    .filter(({ state }) => state === "answered")
    .map(({ position }) => position);
  const all = here.length > 0 && here.every((position) => selected.has(position));
  const { go } = useNavigation();
  const columns = columnsOf({
    all,
    selected,
    toggle,
    toggleAll: () => onSelect(new Set(all ? [] : here)),
    onOpen: (clientTransactionId) => go({ screen: "activity", clientTransactionId }),
  });
  return (
    <section aria-label="Rows">
      <Group gap="xs" mb="xs">
        <TextInput
          aria-label="Search the rows"
          placeholder="Person, reference, account or amount"
          leftSection={<IconSearch size={15} aria-hidden />}
          rightSection={
            typed ? (
              <CloseButton size="sm" aria-label="Clear the search" onClick={() => setTyped("")} />
            ) : null
          }
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          w={320}
          data-testid="batch-search"
        />
        {props.actions}
      </Group>
      {found.problem ? <ProblemNotice problem={found.problem} /> : null}
      <DataTable
        className={list.table}
        aria-label="Planned debits"
        aria-rowcount={total + 1}
        data-testid="batch-rows"
        data-total={total}
        rows={rows}
        columns={columns}
        rowOf={(index) => found.rows.get(index)}
        rowHeight={ROW_HEIGHT}
        headClassName={`${list.head} ${classes.columns}`}
        rowClassName={`${list.row} ${classes.columns}`}
        attributes={() => ({ "data-testid": "batch-row" })}
      />
      <Text size="xs" c="dimmed" mt={6} role="status">
        {total === 0 ? "No row is of this sort." : count(total, "row")}
      </Text>
    </section>
  );
}

interface RowActions {
  all: boolean;
  selected: ReadonlySet<number>;
  toggle: (position: number) => void;
  toggleAll: () => void;
  onOpen: (clientTransactionId: string) => void;
}

function columnsOf(choice: RowActions): Array<Column<BatchRow>> {
  return [
    {
      id: "select",
      header: (
        <input
          type="checkbox"
          className="tick"
          aria-label="Select the answered rows that are read"
          checked={choice.all}
          onChange={choice.toggleAll}
          data-testid="batch-select-all"
        />
      ),
      cell: (row) => (
        <input
          type="checkbox"
          className={`tick ${list.select}`}
          aria-label={`Select line ${row.line}`}
          checked={choice.selected.has(row.position)}
          disabled={row.state !== "answered"}
          onChange={() => choice.toggle(row.position)}
        />
      ),
    },
    {
      id: "line",
      header: "Line",
      cell: (row) => {
        const { clientTransactionId: id } = row;
        return id !== null && row.state !== "planned" && row.state !== "cancelled" ? (
          <UnstyledButton
            className={`${list.cover} ${list.open}`}
            aria-label={`Open the evaluation of line ${row.line}`}
            onClick={() => choice.onOpen(id)}
          >
            {row.line}
          </UnstyledButton>
        ) : (
          <span className="tabular">{row.line}</span>
        );
      },
    },
    {
      id: "account",
      header: "Person and account",
      cell: (row) => (
        <>
          <div className={list.line}>{row.personName}</div>
          <div className={list.second}>
            {accountTitle({ name: row.accountName, mask: row.accountMask })}
          </div>
        </>
      ),
    },
    {
      id: "reference",
      header: "Reference",
      cell: (row) => <div className={list.line}>{row.reference}</div>,
    },
    {
      id: "date",
      header: "Date",
      cell: (row) => (
        <div className={list.line}>{row.plannedOn ? formatDay(row.plannedOn) : null}</div>
      ),
    },
    {
      id: "amount",
      header: "Amount",
      cell: (row) => <Amount amount={row.amount} currency="USD" />,
    },
    { id: "result", header: "Result", cell: (row) => <ResultCell row={row} /> },
    {
      id: "decision",
      header: "Decision",
      cell: (row) => (
        <div className={list.line} data-testid="batch-row-decision">
          {decisionWord(row)}
        </div>
      ),
    },
  ];
}

function ResultCell({ row }: { row: BatchRow }) {
  const why = row.why ?? row.problem?.message;
  return (
    <div title={why}>
      <span className={`result ${classes.result}`} data-result={row.result ?? row.state}>
        {rowWord(row)}
      </span>
      {why || row.customActionKey ? (
        <div className={list.second}>{why ?? row.customActionKey}</div>
      ) : null}
    </div>
  );
}
