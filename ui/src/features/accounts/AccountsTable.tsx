import { UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import {
  type ComponentType,
  type CSSProperties,
  memo,
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useMemo,
  useState,
} from "react";
import type { RefreshScope } from "../../api/balances";
import type { Line, Lines, ListedItem } from "../../data/accountLines";
import { useVirtualRows } from "../../kit/table/useVirtualRows";
import { VirtualTable } from "../../kit/table/VirtualTable";
import type { EditedField } from "./AccountEdit";
import { AccountLine, type LineActs } from "./AccountLine";
import classes from "./AccountsTable.module.css";
import { type ColumnId, columnLayouts, fitColumns, type Sorting } from "./columns";
import { GroupHead } from "./GroupHead";
import type { Entry, Group, Grouping } from "./lineGroups";
import { Subtotals } from "./Subtotals";
import { Tips } from "./Tips";
import { useArrowKeys } from "./useArrowKeys";

/** Expected heights of entries. A row that has the expected height isn't drawn twice. */
const FIRST_HEAD_HEIGHT = 57;
const HEAD_HEIGHT = 58;
const LINE_HEIGHT = 45;
/** Assumed height above the list until it is measured, so the first draw has fewer rows. */
const ESTIMATED_ABOVE = 280;

interface Props {
  entries: Entry[];
  grouping: Grouping;
  columns: ColumnId[];
  sorting: Sorting[];
  onSort: (sorting: Sorting[]) => void;
  chosen: ReadonlySet<string>;
  onChoose: (accountIds: string[], chosen: boolean) => void;
  editing: { accountId: string; edited: EditedField } | null;
  refreshing: RefreshScope | null;
  acts: LineActs;
  /** Scrolls an entry into view. */
  show: RefObject<(key: string) => void>;
  source: Lines;
  ItemHead: ComponentType<ItemHeadProps>;
}

export interface ItemHeadProps {
  item: ListedItem;
  lines: Line[];
  subtotals: ReactNode;
  /** The checkbox that selects all accounts of the Item. */
  choose: ReactNode;
}

/** The grouped accounts. Draws only the rows near the visible part, so 10,000 accounts stay fast. */
export const AccountsTable = memo(function AccountsTable(props: Props) {
  const { entries, columns, show, refreshing, chosen, grouping, source } = props;
  const { ref: sized, width } = useWidth();
  const { ids, template } = useMemo(() => fitColumns(columns, width), [columns, width]);
  const rows = useVirtualRows({
    count: entries.length,
    keyOf: useCallback((index: number) => entries[index]?.key ?? String(index), [entries]),
    heightOf: useCallback(
      (index: number) => {
        if (entries[index]?.kind !== "group") return LINE_HEIGHT;
        return index === 0 ? FIRST_HEAD_HEIGHT : HEAD_HEIGHT;
      },
      [entries],
    ),
    // Draw nothing out of sight before the first accounts are painted.
    overscan: source.whole ? 3 : 0,
    above: ESTIMATED_ABOVE,
  });
  useEffect(() => {
    show.current = (key) => {
      const index = entries.findIndex((entry) => entry.key === key);
      if (index >= 0) rows.scrollTo(index, { align: "start" });
    };
  });
  const arrows = useArrowKeys(
    entries,
    rows.drawn.map(({ index }) => index),
    (index) => rows.scrollTo(index),
  );
  return (
    <Tips>
      <VirtualTable<Entry>
        ref={sized}
        className={classes.table}
        style={{ "--columns": template } as CSSProperties}
        role="grid"
        aria-label="Accounts"
        aria-multiselectable
        aria-rowcount={entries.length + 1}
        onKeyDown={arrows.onKeyDown}
        onFocus={arrows.onFocus}
        rows={rows}
        reuse={{ held: arrows.held, source }}
        head={
          <Head
            columns={ids}
            entries={entries}
            chosen={chosen}
            sorting={props.sorting}
            onSort={props.onSort}
            onChoose={props.onChoose}
          />
        }
        entryOf={(index) => entries[index]}
        renderEntry={(entry, index) =>
          entry.kind === "group" ? (
            <GroupRow
              group={entry.group}
              grouping={grouping}
              ItemHead={props.ItemHead}
              index={index}
              chosen={chosen}
              onChoose={props.onChoose}
            />
          ) : (
            <AccountLine
              line={entry.line}
              columns={ids}
              index={index}
              chosen={chosen.has(entry.key)}
              tab={arrows.at?.key === entry.key ? arrows.at.stop : null}
              edited={props.editing?.accountId === entry.key ? props.editing.edited : null}
              refreshing={refreshState(refreshing, entry.key)}
              underItem={grouping === "item"}
              acts={props.acts}
            />
          )
        }
      />
    </Tips>
  );
});

/** The width of an element. Ignores its height, which changes with each letter typed into the search. */
function useWidth() {
  const [width, setWidth] = useState(0);
  const ref = useCallback((element: HTMLElement | null) => {
    if (!element) return;
    const observer = new ResizeObserver(([changed]) => {
      if (changed) setWidth(changed.contentRect.width);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, width };
}

function refreshState(scope: RefreshScope | null, accountId: string): "this" | "other" | null {
  if (!scope) return null;
  return scope.kind === "account" && scope.accountId === accountId ? "this" : "other";
}

type HeadProps = Pick<Props, "columns" | "entries" | "chosen" | "sorting" | "onSort" | "onChoose">;

const Head = memo(function Head(props: HeadProps) {
  const { columns, entries, chosen, sorting, onSort, onChoose } = props;
  const ids = () => entries.flatMap(({ kind, key }) => (kind === "line" ? [key] : []));
  // Skips collecting ids when nothing is selected: typing into the search rebuilds the entries.
  const all = chosen.size > 0 ? ids() : [];
  const number = all.filter((id) => chosen.has(id)).length;
  return (
    <div role="row" aria-rowindex={1} className={classes.head}>
      <div role="columnheader" className={classes.choose}>
        <SelectAll
          label="Select all shown accounts"
          all={number > 0 && number === all.length}
          some={number > 0}
          onChange={(on) => onChoose(ids(), on)}
          testId="select-all"
        />
      </div>
      {columnLayouts
        .filter(({ id }) => columns.includes(id))
        .map(({ id, label }) => (
          <SortableHeader key={id} id={id} label={label} sorting={sorting} onSort={onSort} />
        ))}
      <div role="columnheader">
        <span className="visuallyHidden">Actions</span>
      </div>
    </div>
  );
});

interface SortableProps extends Pick<Props, "sorting" | "onSort"> {
  id: ColumnId;
  label: string;
}

/** A header that sorts ascending, then descending, then not at all. */
function SortableHeader({ id, label, sorting, onSort }: SortableProps) {
  const [by] = sorting;
  const mine = by?.id === id ? by : null;
  const next = () => {
    if (!mine) onSort([{ id, desc: false }]);
    else onSort(mine.desc ? [] : [{ id, desc: true }]);
  };
  return (
    <div
      role="columnheader"
      aria-sort={mine ? (mine.desc ? "descending" : "ascending") : "none"}
      data-column={id}
    >
      <UnstyledButton className={classes.sort} onClick={next} data-testid={`sort-${id}`}>
        {label}
        {mine ? mine.desc ? <IconArrowDown size={13} /> : <IconArrowUp size={13} /> : null}
      </UnstyledButton>
    </div>
  );
}

interface GroupRowProps extends Pick<Props, "ItemHead"> {
  group: Group;
  grouping: Grouping;
  index: number;
  chosen: ReadonlySet<string>;
  onChoose: Props["onChoose"];
}

/** Memoized by its accounts: typing into the search rebuilds the groups each time. */
const GroupRow = memo(function GroupRow(props: GroupRowProps) {
  const { group, grouping, chosen, onChoose, index, ItemHead } = props;
  const ids = group.lines.map(({ row }) => row.accountId);
  const number = ids.reduce((sum, id) => sum + (chosen.has(id) ? 1 : 0), 0);
  const choose = (
    <div className={classes.choose}>
      {ids.length > 0 ? (
        <SelectAll
          label={`Select all accounts of ${group.title}`}
          all={number === ids.length}
          some={number > 0}
          onChange={(on) => onChoose(ids, on)}
          testId="select-group"
        />
      ) : null}
    </div>
  );
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={classes.group}
      data-first={index === 0 || undefined}
    >
      <div role="gridcell">
        {group.item ? (
          <ItemHead
            item={group.item}
            lines={group.lines}
            subtotals={<Subtotals subtotals={group.subtotals} />}
            choose={choose}
          />
        ) : (
          <GroupHead group={group} grouping={grouping} choose={choose} />
        )}
      </div>
    </div>
  );
}, sameGroupRow);

function sameGroupRow(before: GroupRowProps, now: GroupRowProps): boolean {
  return (
    before.index === now.index &&
    before.grouping === now.grouping &&
    before.chosen === now.chosen &&
    before.onChoose === now.onChoose &&
    sameGroup(before.group, now.group)
  );
}

function sameGroup(before: Group, now: Group): boolean {
  return (
    before.key === now.key &&
    before.item === now.item &&
    before.lines.length === now.lines.length &&
    before.lines.every((line, at) => line === now.lines[at])
  );
}

interface SelectAllProps {
  label: string;
  all: boolean;
  some: boolean;
  onChange: (on: boolean) => void;
  testId: string;
}

/** A checkbox for many rows; indeterminate when only some are selected. */
function SelectAll({ label, all, some, onChange, testId }: SelectAllProps) {
  return (
    <label>
      <input
        type="checkbox"
        className="tick"
        checked={all}
        ref={(input) => {
          if (input) input.indeterminate = some && !all;
        }}
        onChange={(event) => onChange(event.currentTarget.checked)}
        aria-label={label}
        data-testid={testId}
      />
    </label>
  );
}
