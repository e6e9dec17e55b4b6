/** Lines of the accounts list: a row with what it shares with others, and what is reckoned once for all keystrokes. */
import type { AccountRow, AccountsList, ItemRow } from "../../bindings/accounts";
import type { ItemView, PersonView } from "../../bindings/items";
import { decimalsOf, toUnits } from "../../exact";
import { accountKind, maskWords } from "./words";

/** An Item as the list shows it: its accounts are lines of their own. */
export type ListedItem = Omit<ItemView, "accounts">;

export interface Line {
  row: AccountRow;
  item: ListedItem;
  /** The user's own name, or else the bank's. */
  name: string;
  /** "Savings", "Credit card". */
  kind: string;
  /** What the search looks through, in lower case. */
  needle: string;
  /** Amounts in units of 10^-decimals of all lines; null where it is not reported. */
  units: {
    available: bigint | null;
    current: bigint | null;
    limit: bigint | null;
    change: bigint | null;
  };
  /** The low-balance mark, in the same units. */
  lowUnits: bigint | null;
  /** Milliseconds; null when it was never read. */
  readAt: number | null;
}

export interface Lines {
  lines: Line[];
  items: ListedItem[];
  people: PersonView[];
  /** Decimals of the units of all lines. */
  decimals: number;
}

function listedItem(row: ItemRow, list: AccountsList): ListedItem | null {
  const institution = list.institutions[row.institution];
  const person = list.people[row.person];
  if (!institution || !person) return null;
  const { institution: _, ...rest } = row;
  return {
    ...rest,
    person,
    institutionId: institution.institutionId,
    institutionName: institution.name,
    institutionLogo: institution.logo,
    institutionColor: institution.color,
  };
}

function mostDecimals(rows: AccountRow[]): number {
  let most = 0;
  for (const { reading, change, lowBalance } of rows) {
    for (const text of [
      reading?.available,
      reading?.current,
      reading?.limit,
      change?.amount,
      lowBalance?.threshold,
    ]) {
      if (text) most = Math.max(most, decimalsOf(text));
    }
  }
  return most;
}

function lineOf(row: AccountRow, item: ListedItem, decimals: number): Line {
  const { reading, change } = row;
  const units = (text: string | undefined) => (text ? toUnits(text, decimals) : null);
  const name = row.ownName ?? row.name;
  const kind = accountKind(row);
  return {
    row,
    item,
    name,
    kind,
    needle: [
      name,
      row.name,
      row.officialName,
      maskWords(row.mask),
      kind,
      item.institutionName,
      item.person.name,
      reading?.currency,
      row.accountId,
    ]
      .join("\n")
      .toLowerCase(),
    units: {
      available: units(reading?.available),
      current: units(reading?.current),
      limit: units(reading?.limit),
      change: units(change?.amount),
    },
    lowUnits: units(row.lowBalance?.threshold),
    readAt: reading ? Date.parse(reading.readAt) : null,
  };
}

/** Puts together what the desk tells once for many. */
export function linesOf(list: AccountsList): Lines {
  const decimals = mostDecimals(list.rows);
  const items = list.items.map((item) => listedItem(item, list));
  const lines = list.rows.flatMap((row) => {
    const item = items[row.item];
    return item ? [lineOf(row, item, decimals)] : [];
  });
  return { lines, items: items.filter((item) => item !== null), people: list.people, decimals };
}
