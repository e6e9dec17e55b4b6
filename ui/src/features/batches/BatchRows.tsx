import { CloseButton, Group, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import type { BatchFilter, BatchRow } from "../../api/batches";
import { PAGE, useRows } from "../../data/batches";
import { Amount } from "../../kit/components/Amount";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { count, formatDay } from "../../kit/format";
import { useNavigation } from "../../kit/navigation/route";
import { useScrollElement } from "../../kit/navigation/scroll";
import list from "../../kit/table/LongTable.module.css";
import { accountTitle } from "../../kit/words/account";
import classes from "./BatchRows.module.css";
import { decisionWord, rowWord } from "./words";

const ROW_HEIGHT = 44;

interface Props {
  batchId: string;
  filter: BatchFilter;
  search: string;
  onSearch: (search: string) => void;
  selected: ReadonlySet<number>;
  onSelect: (selected: ReadonlySet<number>) => void;
  /** What can be done with rows. */
  actions: ReactNode;
}

/** The rows of a batch; those that are looked at are asked for, and drawn. */
export function BatchRows(props: Props) {
  const { batchId, filter, search, selected, onSelect } = props;
  const [typed, setTyped] = useState(search);
  const [wanted] = useDebouncedValue(typed, 200);
  const { onSearch } = props;
  useLayoutEffect(() => {
    if (wanted !== search) onSearch(wanted);
  }, [wanted, search, onSearch]);
  const scroll = useScrollElement();
  const body = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    const top = body.current?.offsetTop ?? 0;
    setMargin((before) => (before === top ? before : top));
  });
  const [total, setTotal] = useState(0);
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 10,
    scrollMargin: margin,
    initialRect: { width: 1000, height: 800 },
  });
  const drawn = virtual.getVirtualItems();
  const pages = [...new Set([0, ...drawn.map(({ index }) => Math.floor(index / PAGE))])];
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
      <div
        className={list.table}
        role="table"
        aria-label="Planned debits"
        aria-rowcount={total + 1}
        data-testid="batch-rows"
        data-total={total}
      >
        <div role="row" className={`${list.head} ${classes.columns}`} aria-rowindex={1}>
          <div role="columnheader" data-column="select">
            <input
              type="checkbox"
              className="tick"
              aria-label="Select the answered rows that are read"
              checked={all}
              onChange={() => onSelect(new Set(all ? [] : here))}
              data-testid="batch-select-all"
            />
          </div>
          {["Line", "Person and account", "Reference", "Date"].map((name) => (
            <div key={name} role="columnheader">
              {name}
            </div>
          ))}
          <div role="columnheader" data-column="amount">
            Amount
          </div>
          <div role="columnheader">Result</div>
          <div role="columnheader">Decision</div>
        </div>
        <div ref={body} role="rowgroup" style={{ height: virtual.getTotalSize() }}>
          {drawn.map(({ index, start }) => (
            <div
              key={index}
              role="row"
              className={`${list.row} ${classes.columns}`}
              style={{ top: start - margin, height: ROW_HEIGHT }}
              aria-rowindex={index + 2}
              data-testid="batch-row"
            >
              <Row row={found.rows.get(index)} selected={selected} toggle={toggle} />
            </div>
          ))}
        </div>
      </div>
      <Text size="xs" c="dimmed" mt={6} role="status">
        {total === 0 ? "No row is of this sort." : count(total, "row")}
      </Text>
    </section>
  );
}

interface RowProps {
  row: BatchRow | undefined;
  selected: ReadonlySet<number>;
  toggle: (position: number) => void;
}

function Row({ row, selected, toggle }: RowProps) {
  const { go } = useNavigation();
  if (!row) {
    return (
      <div role="cell" className={classes.loading}>
        Reading…
      </div>
    );
  }
  const { clientTransactionId: id } = row;
  const asked = id !== null && row.state !== "planned" && row.state !== "cancelled";
  const why = row.why ?? row.problem?.message;
  return (
    <>
      <div role="cell" data-column="select">
        <input
          type="checkbox"
          className={`tick ${list.select}`}
          aria-label={`Select line ${row.line}`}
          checked={selected.has(row.position)}
          disabled={row.state !== "answered"}
          onChange={() => toggle(row.position)}
        />
      </div>
      <div role="cell" className="tabular">
        {asked ? (
          <UnstyledButton
            className={`${list.cover} ${list.open}`}
            aria-label={`Open the evaluation of line ${row.line}`}
            onClick={() => go({ screen: "activity", clientTransactionId: id })}
          >
            {row.line}
          </UnstyledButton>
        ) : (
          row.line
        )}
      </div>
      <div role="cell">
        <div className={list.line}>{row.personName}</div>
        <div className={list.second}>
          {accountTitle({ name: row.accountName, mask: row.accountMask })}
        </div>
      </div>
      <div role="cell" className={list.line}>
        {row.reference}
      </div>
      <div role="cell" className={list.line}>
        {row.plannedOn ? formatDay(row.plannedOn) : null}
      </div>
      <div role="cell" data-column="amount">
        <Amount amount={row.amount} currency="USD" />
      </div>
      <div role="cell" title={why}>
        <span className={`${list.result} ${classes.result}`} data-result={row.result ?? row.state}>
          {rowWord(row)}
        </span>
        {why || row.customActionKey ? (
          <div className={list.second}>{why ?? row.customActionKey}</div>
        ) : null}
      </div>
      <div role="cell" className={list.line} data-testid="batch-row-decision">
        {decisionWord(row)}
      </div>
    </>
  );
}
