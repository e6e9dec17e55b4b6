import { UnstyledButton } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import type { SortingState } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  memo,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import type { RefreshScope } from "../../bindings/balances";
import { useScrollElement } from "../../frame/scroll";
import type { Edited } from "./AccountEdit";
import { AccountLine, type LineActs } from "./AccountLine";
import classes from "./AccountsTable.module.css";
import { type ColumnId, fitted, looks } from "./columns";
import { GroupHead } from "./GroupHead";
import { ItemHead } from "./ItemHead";
import type { Entry, Group, Grouping } from "./shown";
import { Tips } from "./Tips";
import { useArrowKeys } from "./useArrowKeys";
import { useSlots } from "./useSlots";

const HEAD_HEIGHT = 62;
const LINE_HEIGHT = 45;
/** What stands above the list before it is measured: so much less of it is drawn at first. */
const USUALLY_ABOVE = 280;

interface Props {
  entries: Entry[];
  grouping: Grouping;
  columns: ColumnId[];
  sorting: SortingState;
  onSort: (sorting: SortingState) => void;
  chosen: ReadonlySet<string>;
  onChoose: (accountIds: string[], chosen: boolean) => void;
  editing: { accountId: string; edited: Edited } | null;
  refreshing: RefreshScope | null;
  acts: LineActs;
  /** Brings an entry into view. */
  show: RefObject<(key: string) => void>;
}

/** The accounts, group by group. Only what is near the visible part is drawn, so that 10,000 of them stay quick. */
export const AccountsTable = memo(function AccountsTable(props: Props) {
  const { entries, columns, show, refreshing, chosen, grouping } = props;
  const scroll = useScrollElement();
  const { ref: sized, width } = useElementSize();
  const body = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(USUALLY_ABOVE);
  useLayoutEffect(() => {
    const top = body.current?.offsetTop ?? 0;
    setMargin((before) => (before === top ? before : top));
  });
  const { ids, template } = useMemo(() => fitted(columns, width), [columns, width]);
  const virtual = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroll.current,
    estimateSize: useCallback(
      (index: number) => (entries[index]?.kind === "group" ? HEAD_HEIGHT : LINE_HEIGHT),
      [entries],
    ),
    // A function of its own for each drawing would have the places of all entries reckoned anew each time.
    getItemKey: useCallback((index: number) => entries[index]?.key ?? index, [entries]),
    overscan: 3,
    scrollMargin: margin,
    initialRect: { width: 1000, height: 800 },
  });
  useEffect(() => {
    show.current = (key) => {
      const index = entries.findIndex((entry) => entry.key === key);
      if (index >= 0) virtual.scrollToIndex(index, { align: "start" });
    };
  });
  const drawn = virtual.getVirtualItems();
  const arrows = useArrowKeys(
    entries,
    drawn.map(({ index }) => index),
    (index) => virtual.scrollToIndex(index),
  );
  const slots = useSlots(
    drawn.flatMap(({ index }) => entries[index] ?? []),
    arrows.held,
  );
  const sizes = useSizes(virtual.resizeItem);
  // An element that has come to another entry says nothing when it is as high as before.
  // biome-ignore lint/correctness/useExhaustiveDependencies: these are what is measured anew for
  useLayoutEffect(() => sizes.measure(body.current), [slots, entries]);
  return (
    <Tips>
      <div
        ref={sized}
        className={classes.table}
        style={{ "--columns": template } as React.CSSProperties}
        role="grid"
        aria-label="Accounts"
        aria-multiselectable
        aria-rowcount={entries.length + 1}
        onKeyDown={arrows.onKeyDown}
        onFocus={arrows.onFocus}
      >
        <Head
          ids={ids}
          entries={entries}
          chosen={chosen}
          sorting={props.sorting}
          onSort={props.onSort}
          onChoose={props.onChoose}
        />
        <div
          ref={body}
          role="rowgroup"
          className={classes.body}
          style={{ height: virtual.getTotalSize() }}
        >
          {drawn.map(({ index, start }) => {
            const entry = entries[index];
            if (!entry) return null;
            return (
              <div
                key={slots.get(entry.key) ?? entry.key}
                role="presentation"
                className={classes.entry}
                ref={sizes.watch}
                data-index={index}
                style={{ transform: `translateY(${start - margin}px)` }}
              >
                {entry.kind === "group" ? (
                  <ReusedGroupRow
                    group={entry.group}
                    grouping={grouping}
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
                    refreshing={refreshingOf(refreshing, entry.key)}
                    underItem={grouping === "item"}
                    acts={props.acts}
                  />
                )}
              </div>
            );
          })}
        </div>
      </div>
    </Tips>
  );
});

/** Tells how high the entries are, and become. */
function useSizes(tell: (index: number, height: number) => void) {
  const latest = useRef(tell);
  latest.current = tell;
  return useMemo(() => {
    const one = (element: Element) => {
      const { index } = (element as HTMLElement).dataset;
      if (index !== undefined) latest.current(Number(index), (element as HTMLElement).offsetHeight);
    };
    const observer = new ResizeObserver((changed) => {
      for (const { target } of changed) one(target);
    });
    return {
      measure: (body: HTMLElement | null) => {
        for (const element of body?.children ?? []) one(element);
      },
      watch: (element: HTMLElement | null) => {
        if (!element) return;
        observer.observe(element);
        return () => observer.unobserve(element);
      },
    };
  }, []);
}

function refreshingOf(scope: RefreshScope | null, accountId: string): "this" | "other" | null {
  if (!scope) return null;
  return scope.kind === "account" && scope.accountId === accountId ? "this" : "other";
}

interface HeadProps extends Pick<Props, "entries" | "chosen" | "sorting" | "onSort" | "onChoose"> {
  ids: ColumnId[];
}

const Head = memo(function Head(props: HeadProps) {
  const { ids, entries, chosen, sorting, onSort, onChoose } = props;
  const all = useMemo(
    () => entries.flatMap(({ kind, key }) => (kind === "line" ? [key] : [])),
    [entries],
  );
  const number = all.reduce((sum, id) => sum + (chosen.has(id) ? 1 : 0), 0);
  return (
    <div role="row" aria-rowindex={1} className={classes.head}>
      <div role="columnheader" className={classes.choose}>
        <Choose
          label="Select all shown accounts"
          all={number > 0 && number === all.length}
          some={number > 0}
          onChange={(on) => onChoose(all, on)}
          testId="select-all"
        />
      </div>
      {looks
        .filter(({ id }) => ids.includes(id))
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

/** A header that sorts by its column: up, down, and as it was. */
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

interface GroupRowProps {
  group: Group;
  grouping: Grouping;
  index: number;
  chosen: ReadonlySet<string>;
  onChoose: Props["onChoose"];
}

/**
 * Gives its elements on to the next group, which is much quicker than new ones, as long as nobody has touched them: only
 * what is clicked or has the focus opens a menu, asks something or runs, and such things are not the next group's.
 */
function ReusedGroupRow(props: GroupRowProps) {
  const owner = useRef({ key: props.group.key, touched: false, number: 0 });
  const { current } = owner;
  if (current.key !== props.group.key) {
    const number = current.touched ? current.number + 1 : current.number;
    owner.current = { key: props.group.key, touched: false, number };
  }
  const touch = () => {
    owner.current.touched = true;
  };
  return (
    <div role="presentation" onClickCapture={touch} onFocusCapture={touch}>
      <GroupRow key={owner.current.number} {...props} />
    </div>
  );
}

/** Not drawn again while its accounts are the same: typing in the search makes the groups anew each time. */
const GroupRow = memo(function GroupRow(props: GroupRowProps) {
  const { group, grouping, chosen, onChoose, index } = props;
  const ids = group.lines.map(({ row }) => row.accountId);
  const number = ids.reduce((sum, id) => sum + (chosen.has(id) ? 1 : 0), 0);
  const choose = (
    <div className={classes.choose}>
      {ids.length > 0 ? (
        <Choose
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
          <ItemHead item={group.item} group={group} choose={choose} />
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

interface ChooseProps {
  label: string;
  all: boolean;
  some: boolean;
  onChange: (on: boolean) => void;
  testId: string;
}

/** Chooses many; in between while only some are. */
function Choose({ label, all, some, onChange, testId }: ChooseProps) {
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
