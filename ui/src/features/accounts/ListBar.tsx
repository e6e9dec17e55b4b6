import {
  Button,
  Checkbox,
  Chip,
  CloseButton,
  NativeSelect,
  Popover,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { IconColumns3, IconPrinter, IconSearch } from "@tabler/icons-react";
import { memo, type ReactNode, useEffect, useRef } from "react";
import { count, formatCount } from "../../kit/format";
import { type ColumnId, columnLayouts } from "./columns";
import classes from "./ListBar.module.css";
import type { Filters, Grouping } from "./lineGroups";
import type { Preferences } from "./usePreferences";

const groupings: Array<{ value: Grouping; label: string }> = [
  { value: "item", label: "Item" },
  { value: "person", label: "person" },
  { value: "institution", label: "institution" },
  { value: "kind", label: "kind of account" },
  { value: "none", label: "nothing (one list)" },
];

const ages = [
  { value: "1", label: "an hour" },
  { value: "24", label: "a day" },
  { value: "168", label: "a week" },
  { value: "720", label: "30 days" },
];

const chips: Array<{ filter: keyof Filters; label: string }> = [
  { filter: "needsAttention", label: "Needs attention" },
  { filter: "below", label: "Below its mark" },
  { filter: "availableNull", label: "Available not reported" },
  { filter: "hidden", label: "Hidden" },
];

interface Props {
  query: string;
  onQuery: (query: string) => void;
  /** Called when the search field gets the focus. */
  onSearching: () => void;
  filters: Filters;
  onFilters: (filters: Filters) => void;
  preferences: Preferences;
  onPreferences: (changed: Partial<Preferences>) => void;
  /** Number of accounts shown; null until all accounts are loaded. */
  shown: number | null;
  all: number;
  onPrint: () => void;
  /** The export menu. */
  exportMenu: ReactNode;
}

export function ListBar(props: Props) {
  const { query, onQuery, filters, onFilters, preferences, onPreferences, shown, all } = props;
  return (
    <search className={classes.bar} aria-label="Accounts">
      <div className={classes.line}>
        <SearchField query={query} onQuery={onQuery} onSearching={props.onSearching} />
        <Tools
          preferences={preferences}
          onPreferences={onPreferences}
          onPrint={props.onPrint}
          whole={shown !== null}
        />
        {props.exportMenu}
      </div>
      <div className={classes.chips}>
        <FilterChips
          filters={filters}
          onFilters={onFilters}
          staleHours={preferences.staleHours}
          onPreferences={onPreferences}
        />
        <Text size="xs" c="dimmed" role="status" className={classes.count} data-testid="list-count">
          {shown === null || shown === all
            ? count(all, "account")
            : `${formatCount(shown)} of ${count(all, "account")}`}
        </Text>
      </div>
    </search>
  );
}

interface ToolsProps extends Pick<Props, "preferences" | "onPreferences" | "onPrint"> {
  whole: boolean;
}

// Memoized so that typing doesn't redraw the tools.
const Tools = memo(function Tools({ preferences, onPreferences, onPrint, whole }: ToolsProps) {
  return (
    <>
      <NativeSelect
        size="sm"
        className={classes.grouping}
        data={groupings.map(({ value, label }) => ({ value, label: `Group by ${label}` }))}
        value={preferences.grouping}
        onChange={(event) => onPreferences({ grouping: event.currentTarget.value as Grouping })}
        aria-label="Group by"
        data-testid="list-grouping"
      />
      <ColumnsMenu preferences={preferences} onPreferences={onPreferences} />
      <Button
        variant="default"
        px={10}
        leftSection={<IconPrinter size={16} aria-hidden />}
        onClick={onPrint}
        disabled={!whole}
        data-testid="list-print"
      >
        Print
      </Button>
    </>
  );
});

interface FilterChipsProps extends Pick<Props, "filters" | "onFilters" | "onPreferences"> {
  staleHours: number;
}

const FilterChips = memo(function FilterChips(props: FilterChipsProps) {
  const { filters, onFilters, staleHours, onPreferences } = props;
  return (
    <>
      {chips.map(({ filter, label }) => (
        <Chip
          key={filter}
          size="xs"
          variant="outline"
          checked={filters[filter]}
          onChange={(on) => onFilters({ ...filters, [filter]: on })}
          data-testid={`filter-${filter}`}
        >
          {label}
        </Chip>
      ))}
      <span className={classes.stale}>
        <Chip
          size="xs"
          variant="outline"
          checked={filters.stale}
          onChange={(on) => onFilters({ ...filters, stale: on })}
          data-testid="filter-stale"
        >
          Older than
        </Chip>
        <NativeSelect
          size="xs"
          data={ages}
          value={String(staleHours)}
          onChange={(event) => {
            onPreferences({ staleHours: Number(event.currentTarget.value) });
            onFilters({ ...filters, stale: true });
          }}
          aria-label="Older than"
          data-testid="filter-stale-age"
        />
      </span>
    </>
  );
});

function SearchField({
  query,
  onQuery,
  onSearching,
}: Pick<Props, "query" | "onQuery" | "onSearching">) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "f") return;
      if (document.querySelector('[role="dialog"][aria-modal="true"]')) return;
      event.preventDefault();
      field.current?.focus();
      field.current?.select();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  return (
    <TextInput
      ref={field}
      className={classes.search}
      value={query}
      onFocus={onSearching}
      onChange={(event) => onQuery(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape") onQuery("");
      }}
      placeholder="Search (Ctrl+F): name, bank, person, last digits"
      aria-label="Search accounts"
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        query ? (
          <CloseButton size="sm" aria-label="Clear the search" onClick={() => onQuery("")} />
        ) : null
      }
      spellCheck={false}
      autoComplete="off"
      data-testid="list-search"
    />
  );
}

function ColumnsMenu({ preferences, onPreferences }: Pick<Props, "preferences" | "onPreferences">) {
  const { columns } = preferences;
  const set = (id: ColumnId, on: boolean) => onPreferences({ columns: { ...columns, [id]: on } });
  return (
    <Popover position="bottom-end" shadow="md" trapFocus returnFocus width={250}>
      <Popover.Target>
        <Button
          variant="default"
          px={10}
          leftSection={<IconColumns3 size={16} aria-hidden />}
          data-testid="list-columns"
        >
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap={8}>
          {columnLayouts
            .filter(({ id }) => id !== "name")
            .map(({ id, label }) => (
              <Checkbox
                key={id}
                size="xs"
                label={label}
                checked={columns[id] ?? true}
                onChange={(event) => set(id, event.currentTarget.checked)}
                data-testid={`column-${id}`}
              />
            ))}
          <Text size="xs" c="dimmed">
            In a narrow window some give way to the others.
          </Text>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
