import { Button, Text } from "@mantine/core";
import { type ComponentType, useCallback, useMemo, useRef, useState } from "react";
import { commands } from "../../api/commands";
import type { Lines, ListedItem } from "../../data/accountLines";
import { useRefresh } from "../../data/balances";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Waiting } from "../../kit/components/Waiting";
import { useAct } from "../../kit/hooks/useAct";
import { useNow } from "../../kit/hooks/useNow";
import { useAccountPanel } from "../../kit/navigation/accountPanel";
import { ShowItemContext } from "../../kit/navigation/showItem";
import type { EditedField } from "./AccountEdit";
import type { LineActs } from "./AccountLine";
import classes from "./AccountsList.module.css";
import { AccountsTable, type ItemHeadProps } from "./AccountsTable";
import { type ColumnId, columnLayouts, sortLines } from "./columns";
import { copyLine } from "./copyLine";
import { ListBar } from "./ListBar";
import { ListExport } from "./ListExport";
import { type Filters, isFiltered, noFilters } from "./lineGroups";
import { PrintSheet } from "./PrintSheet";
import { SelectionBar } from "./SelectionBar";
import { SearchCache } from "./searchCache";
import { usePreferences } from "./usePreferences";
import { useSelection } from "./useSelection";

interface Props {
  prepared: Lines;
  onEvaluate: (accountId: string) => void;
  Attention: ComponentType<{ items: ListedItem[] }>;
  ItemHead: ComponentType<ItemHeadProps>;
}

export function AccountsList({ prepared, onEvaluate, Attention, ItemHead }: Props) {
  const { preferences, change } = usePreferences();
  const [query, setQuery] = useState("");
  const [filters, setFilters] = useState(noFilters);
  const [printing, setPrinting] = useState(false);
  const { scope } = useRefresh();
  const { shown, groups, entries } = useFilteredLines(prepared, query, filters, preferences);
  const { chosen, choose, chooseMany, clear } = useSelection(entries);
  const show = useRef<(key: string) => void>(() => {});
  const grouped = preferences.grouping;
  const showItem = useCallback(
    (itemId: string) => {
      setQuery("");
      setFilters(noFilters);
      if (grouped !== "item") change({ grouping: "item" });
      // Wait until the list has redrawn without filters.
      setTimeout(() => show.current(`group ${itemId}`), 60);
    },
    [grouped, change],
  );
  const { acts, editing, hiding } = useLineActs({ choose, showItem, evaluate: onEvaluate });
  const visible = useMemo(
    () =>
      columnLayouts
        .map(({ id }) => id)
        .filter((id): id is ColumnId => id === "name" || preferences.columns[id] !== false),
    [preferences.columns],
  );
  const all = useMemo(
    () => (filters.hidden ? prepared.lines.length - prepared.accounts : prepared.accounts),
    [prepared, filters.hidden],
  );
  const filtered = query.trim() !== "" || isFiltered(filters);
  const isDefaultView = !filtered && grouped === "item" && preferences.sorting.length === 0;
  const print = useCallback(() => setPrinting(true), []);
  const done = useCallback(() => setPrinting(false), []);
  const latest = useRef(entries);
  latest.current = entries;
  const exportMenu = useMemo(
    () => (
      <ListExport
        columns={visible}
        disabled={!prepared.whole}
        accountIds={() => latest.current.flatMap(({ kind, key }) => (kind === "line" ? [key] : []))}
      />
    ),
    [visible, prepared.whole],
  );
  const sort = useCallback((sorting: typeof preferences.sorting) => change({ sorting }), [change]);
  return (
    <ShowItemContext value={showItem}>
      <Attention items={prepared.items} />
      <ListBar
        query={query}
        onQuery={setQuery}
        onSearching={prepared.prepareSearch}
        filters={filters}
        onFilters={setFilters}
        preferences={preferences}
        onPreferences={change}
        shown={prepared.whole ? shown.length : null}
        all={all}
        onPrint={print}
        exportMenu={exportMenu}
      />
      {hiding.problem ? <ProblemNotice problem={hiding.problem} onDismiss={hiding.clear} /> : null}
      {!prepared.whole && !isDefaultView ? (
        <Waiting>Reading all accounts…</Waiting>
      ) : entries.length > 0 ? (
        <AccountsTable
          entries={entries}
          grouping={grouped}
          columns={visible}
          sorting={preferences.sorting}
          onSort={sort}
          chosen={chosen}
          onChoose={chooseMany}
          editing={editing}
          refreshing={scope}
          acts={acts}
          show={show}
          source={prepared}
          ItemHead={ItemHead}
        />
      ) : (
        <NoMatches
          onClear={() => {
            setQuery("");
            setFilters(noFilters);
          }}
        />
      )}
      <SelectionBar accountIds={chosen.size > 0 ? [...chosen] : []} onClear={clear} />
      {printing ? <PrintSheet groups={groups} onDone={done} /> : null}
    </ShowItemContext>
  );
}

/** The filtered lines in order, in their groups. */
function useFilteredLines(
  prepared: Lines,
  search: string,
  filters: Filters,
  { sorting, grouping, staleHours }: ReturnType<typeof usePreferences>["preferences"],
) {
  const [by] = sorting;
  const ordered = useMemo(
    () => (by ? sortLines(prepared.lines, by) : prepared.lines),
    [by, prepared],
  );
  const now = useNow();
  const staleBefore = filters.stale ? now - staleHours * 3_600_000 : 0;
  const searches = useMemo(
    () => new SearchCache(ordered, prepared, filters, staleBefore, grouping),
    [ordered, prepared, filters, staleBefore, grouping],
  );
  return searches.of(search);
}

/** One stable object, so that a row redraws only when its own data changes. */
function useLineActs(now: Pick<LineActs, "choose" | "showItem" | "evaluate">) {
  const [editing, setEditing] = useState<{ accountId: string; edited: EditedField } | null>(null);
  const { run } = useRefresh();
  const { open } = useAccountPanel();
  const hiding = useAct(({ accountId, hidden }: { accountId: string; hidden: boolean }) =>
    commands.accountHide(accountId, hidden),
  );
  const latest = useRef({ ...now, run, open, hide: hiding.run });
  latest.current = { ...now, run, open, hide: hiding.run };
  const acts = useMemo<LineActs>(
    () => ({
      choose: (...args) => latest.current.choose(...args),
      open: (accountId, part) => latest.current.open(accountId, part),
      evaluate: (accountId) => latest.current.evaluate(accountId),
      refresh: (accountId) => latest.current.run({ kind: "account", accountId }),
      edit: (accountId, edited) => setEditing(edited ? { accountId, edited } : null),
      hide: (accountId, hidden) => latest.current.hide({ accountId, hidden }),
      copy: (line) => void copyLine(line),
      showItem: (itemId) => latest.current.showItem(itemId),
    }),
    [],
  );
  return { acts, editing, hiding };
}

function NoMatches({ onClear }: { onClear: () => void }) {
  return (
    <div className={classes.nothing} data-testid="list-nothing">
      <Text size="sm" c="dimmed">
        No account is as searched and filtered for.
      </Text>
      <Button size="compact-sm" variant="default" onClick={onClear} data-testid="list-clear">
        Show all
      </Button>
    </div>
  );
}
