/** The columns of the list: what each is called, how wide it is at least, and what it is sorted by. */
import { createColumnHelper, type SortingFn } from "@tanstack/react-table";
import type { Line } from "../../data/accountLines";

export type ColumnId =
  | "name"
  | "person"
  | "institution"
  | "available"
  | "current"
  | "limit"
  | "change"
  | "currency"
  | "lowBalance"
  | "read";

export interface ColumnLook {
  id: ColumnId;
  label: string;
  /** Least width in px. */
  least: number;
  /** Part of what is left over. */
  share: number;
}

export const looks: ColumnLook[] = [
  { id: "name", label: "Account", least: 150, share: 3 },
  { id: "person", label: "Person", least: 110, share: 1.5 },
  { id: "institution", label: "Institution", least: 120, share: 1.5 },
  { id: "available", label: "Available", least: 106, share: 1 },
  { id: "current", label: "Current", least: 106, share: 1 },
  { id: "limit", label: "Limit", least: 94, share: 0.8 },
  { id: "change", label: "Change", least: 94, share: 0.8 },
  { id: "currency", label: "Currency", least: 78, share: 0 },
  { id: "lowBalance", label: "Low below", least: 96, share: 0.8 },
  { id: "read", label: "Read", least: 78, share: 0 },
];

/** What gives way first where there is no room. */
const givesWay: ColumnId[] = [
  "currency",
  "change",
  "lowBalance",
  "institution",
  "person",
  "limit",
  "read",
];

/** Widths of the two ends of a row: choosing, and what can be done. */
const CHOOSE = 34;
const ACTIONS = 96;

/** The wanted columns that have room, and what CSS calls their widths. Without a known width all have room. */
export function fitted(wanted: ColumnId[], width: number): { ids: ColumnId[]; template: string } {
  const ids = new Set(wanted);
  const shown = () => looks.filter(({ id }) => ids.has(id));
  const needed = () => shown().reduce((sum, { least }) => sum + least, CHOOSE + ACTIONS);
  for (const id of givesWay) {
    if (width === 0 || needed() <= width) break;
    ids.delete(id);
  }
  const widths = shown().map(({ least, share }) =>
    share ? `minmax(${least}px, ${share}fr)` : `${least}px`,
  );
  return {
    ids: shown().map(({ id }) => id),
    template: [`${CHOOSE}px`, ...widths, `${ACTIONS}px`].join(" "),
  };
}

const byValue: SortingFn<Line> = (one, other, id) => {
  const [a, b] = [one.getValue<bigint | number>(id), other.getValue<bigint | number>(id)];
  return a < b ? -1 : a > b ? 1 : 0;
};

const words = new Intl.Collator("en", { sensitivity: "base", numeric: true });
const byWords: SortingFn<Line> = (one, other, id) =>
  words.compare(one.getValue<string>(id), other.getValue<string>(id));

const column = createColumnHelper<Line>();

function sorted(id: ColumnId, value: (line: Line) => unknown, sortingFn: SortingFn<Line>) {
  // What is not reported is no 0: it stands last whichever way.
  return column.accessor((line) => value(line) ?? undefined, {
    id,
    sortingFn,
    sortUndefined: "last",
  });
}

export const columns = [
  sorted("name", ({ name }) => name, byWords),
  sorted("person", ({ item }) => item.person.name, byWords),
  sorted("institution", ({ item }) => item.institutionName, byWords),
  sorted("available", ({ units }) => units.available, byValue),
  sorted("current", ({ units }) => units.current, byValue),
  sorted("limit", ({ units }) => units.limit, byValue),
  sorted("change", ({ units }) => units.change, byValue),
  sorted("currency", ({ row }) => row.reading?.currency, byWords),
  sorted("lowBalance", ({ lowUnits }) => lowUnits, byValue),
  sorted("read", ({ readAt }) => readAt, byValue),
];
