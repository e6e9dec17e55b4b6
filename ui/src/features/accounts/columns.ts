/** The columns of the list: label, minimum width, and sort key. */
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

export interface ColumnLayout {
  id: ColumnId;
  label: string;
  /** Minimum width in px. */
  minWidth: number;
  /** Share of the remaining width. */
  share: number;
}

export const columnLayouts: ColumnLayout[] = [
  { id: "name", label: "Account", minWidth: 150, share: 3 },
  { id: "person", label: "Person", minWidth: 110, share: 1.5 },
  { id: "institution", label: "Institution", minWidth: 120, share: 1.5 },
  { id: "available", label: "Available", minWidth: 106, share: 1 },
  { id: "current", label: "Current", minWidth: 106, share: 1 },
  { id: "limit", label: "Limit", minWidth: 94, share: 0.8 },
  { id: "change", label: "Change", minWidth: 94, share: 0.8 },
  { id: "currency", label: "Currency", minWidth: 78, share: 0 },
  { id: "lowBalance", label: "Low below", minWidth: 96, share: 0.8 },
  { id: "read", label: "Read", minWidth: 78, share: 0 },
];

/** Columns to drop when space runs out, in this order. */
const dropOrder: ColumnId[] = [
  "currency",
  "change",
  "lowBalance",
  "institution",
  "person",
  "limit",
  "read",
];

/** Widths of the checkbox and of the actions. */
const CHECKBOX_WIDTH = 34;
const ACTIONS_WIDTH = 96;

/** The wanted columns that fit, and their CSS widths. All fit until the width is known. */
export function fitColumns(
  wanted: ColumnId[],
  width: number,
): { ids: ColumnId[]; template: string } {
  const ids = new Set(wanted);
  const shown = () => columnLayouts.filter(({ id }) => ids.has(id));
  const needed = () =>
    shown().reduce((sum, { minWidth }) => sum + minWidth, CHECKBOX_WIDTH + ACTIONS_WIDTH);
  for (const id of dropOrder) {
    if (width === 0 || needed() <= width) break;
    ids.delete(id);
  }
  const widths = shown().map(({ minWidth, share }) =>
    share ? `minmax(${minWidth}px, ${share}fr)` : `${minWidth}px`,
  );
  return {
    ids: shown().map(({ id }) => id),
    template: [`${CHECKBOX_WIDTH}px`, ...widths, `${ACTIONS_WIDTH}px`].join(" "),
  };
}

export interface Sorting {
  id: ColumnId;
  desc: boolean;
}

const collator = new Intl.Collator("en", { sensitivity: "base", numeric: true });

function compare(a: string | number | bigint, b: string | number | bigint): number {
  if (typeof a === "string" && typeof b === "string") return collator.compare(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

const sortKeys: Record<ColumnId, (line: Line) => string | number | bigint | null | undefined> = {
  name: ({ name }) => name,
  person: ({ item }) => item.person.name,
  institution: ({ item }) => item.institutionName,
  available: ({ units }) => units.available,
  current: ({ units }) => units.current,
  limit: ({ units }) => units.limit,
  change: ({ units }) => units.change,
  currency: ({ row }) => row.reading?.currency,
  lowBalance: ({ lowUnits }) => lowUnits,
  read: ({ readAt }) => readAt,
};

/** Sorts lines. An unreported balance isn't 0, so it comes last in both directions. */
export function sortLines(lines: Line[], { id, desc }: Sorting): Line[] {
  const keyed = lines.map((line) => ({ line, key: sortKeys[id](line) ?? null }));
  keyed.sort(({ key: a }, { key: b }) => {
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return desc ? compare(b, a) : compare(a, b);
  });
  return keyed.map(({ line }) => line);
}
