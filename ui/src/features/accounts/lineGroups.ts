/** Filters, groups, sorts, and sums account lines. Knows nothing about the screen. */

import type { Line, LineEntry, Lines, ListedItem, Scale } from "../../data/accountLines";
import { fromUnits } from "../../kit/exact";

export type Grouping = "item" | "person" | "institution" | "kind" | "none";

export interface Filters {
  needsAttention: boolean;
  /** Only accounts never read, or last read more than `staleHours` ago. */
  stale: boolean;
  below: boolean;
  availableNull: boolean;
  /** Only hidden accounts; otherwise only the others. */
  hidden: boolean;
}

export const noFilters: Filters = {
  needsAttention: false,
  stale: false,
  below: false,
  availableNull: false,
  hidden: false,
};

export const isFiltered = (filters: Filters) => Object.values(filters).some(Boolean);

/** The assets and debts of a group in one currency. */
export interface Subtotal {
  currency: string;
  /** Exact decimal texts; null when the group has no account on that side. */
  assets: string | null;
  debts: string | null;
  notReported: number;
}

interface GroupIdentity {
  key: string;
  title: string;
}

/** Lines with a head. Computes what only the head shows when the head is drawn. */
export class Group {
  readonly key: string;
  readonly title: string;
  /** The Item, when grouped by Item. */
  readonly item: ListedItem | null;
  readonly personId: string | null;
  readonly lines: Line[] = [];
  readonly #scale: Scale;
  #subtotals: Subtotal[] | undefined;

  constructor(place: GroupIdentity, grouping: Grouping, first: ListedItem, scale: Scale) {
    this.key = place.key;
    this.title = place.title;
    this.item = grouping === "item" ? first : null;
    this.personId = grouping === "person" ? first.person.personId : null;
    this.#scale = scale;
  }

  get items(): ListedItem[] {
    return this.item ? [this.item] : [...new Set(this.lines.map(({ item }) => item))];
  }

  get subtotals(): Subtotal[] {
    this.#subtotals ??= subtotals(this.lines, this.#scale);
    return this.#subtotals;
  }
}

/** An entry of the list, as drawn. */
export type Entry = { kind: "group"; key: string; group: Group } | LineEntry;

export function needsAttention({ health, advice }: ListedItem): boolean {
  return health.state !== "healthy" || advice !== null;
}

/** Filters lines and keeps their order. Every word of the search must occur somewhere in the line. */
export function filterLines(
  lines: Line[],
  query: string,
  filters: Filters,
  staleBefore: number,
): Line[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return lines.filter(
    ({ row, item, needle, readAt }) =>
      row.hidden === filters.hidden &&
      words.every((word) => needle.includes(word)) &&
      (!filters.needsAttention || needsAttention(item)) &&
      (!filters.stale || readAt === null || readAt < staleBefore) &&
      (!filters.below || Boolean(row.lowBalance?.belowSince)) &&
      (!filters.availableNull || row.reading?.available === undefined),
  );
}

const accountTypeTitles: Record<string, string> = {
  depository: "Cash accounts (depository)",
  credit: "Credit (credit)",
  loan: "Loans (loan)",
  investment: "Investments (investment)",
  brokerage: "Investments (brokerage)",
};

function groupKey({ item, row }: Line, grouping: Grouping): string {
  switch (grouping) {
    case "person":
      return item.person.personId;
    case "institution":
      return item.institutionId ?? item.institutionName;
    case "kind":
      return row.accountType;
    default:
      return item.itemId;
  }
}

function groupTitle(item: ListedItem, accountType: string, grouping: Grouping): string {
  switch (grouping) {
    case "person":
      return item.person.name;
    case "kind":
      return accountTypeTitles[accountType] ?? accountType;
    default:
      return item.institutionName;
  }
}

/** Groups sorted by title. Grouping by Item keeps the order of the Items and includes Items without accounts. */
export function groupLines(
  shown: Line[],
  { items, scale }: Lines,
  grouping: Grouping,
  everything: boolean,
): Group[] {
  const groups = new Map<string, Group>();
  for (const line of shown) {
    const key = groupKey(line, grouping);
    let group = groups.get(key);
    if (!group) {
      const title = groupTitle(line.item, line.row.accountType, grouping);
      group = new Group({ key, title }, grouping, line.item, scale);
      groups.set(key, group);
    }
    group.lines.push(line);
  }
  if (grouping !== "item") {
    return [...groups.values()].sort((one, other) => one.title.localeCompare(other.title));
  }
  return items.flatMap((item) => {
    const group = groups.get(item.itemId);
    if (group) return group;
    const place = { key: item.itemId, title: item.institutionName };
    return everything ? new Group(place, grouping, item, scale) : [];
  });
}

/** Sums by currency, assets and debts apart. Counts unreported balances instead of taking them for 0. */
export function subtotals(lines: Line[], scale: Scale): Subtotal[] {
  const sums = new Map<string, { assets?: bigint; debts?: bigint; notReported: number }>();
  for (const { row, units } of lines) {
    const side = balanceSide(row.accountType);
    const currency = row.reading?.currency;
    if (!side || !currency) continue;
    const sum = sums.get(currency) ?? { notReported: 0 };
    if (units.current === null) sum.notReported += 1;
    else sum[side] = (sum[side] ?? 0n) + units.current;
    sums.set(currency, sum);
  }
  const text = (units: bigint | undefined) =>
    units === undefined ? null : fromUnits(units, scale.decimals);
  return [...sums]
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([currency, { assets, debts, notReported }]) => ({
      currency,
      assets: text(assets),
      debts: text(debts),
      notReported,
    }));
}

function balanceSide(accountType: string): "assets" | "debts" | null {
  if (accountType === "credit" || accountType === "loan") return "debts";
  if (["depository", "investment", "brokerage"].includes(accountType)) return "assets";
  return null;
}

/** The head of each group with its lines, or only the lines. */
export function listEntries(groups: Group[], shown: Line[], grouping: Grouping): Entry[] {
  if (grouping === "none") return shown.map((line) => line.entry);
  const entries: Entry[] = [];
  for (const group of groups) {
    entries.push({ kind: "group", key: `group ${group.key}`, group });
    for (const line of group.lines) entries.push(line.entry);
  }
  return entries;
}
