/** Lines of the accounts list, with values that are computed once and reused for every keystroke. */
import type { AccountRow, AccountsList, ItemRow } from "../api/accounts";
import type { ItemView, PersonView } from "../api/items";
import { decimalsOf, toUnits } from "../kit/exact";
import { accountKind, maskWords } from "../kit/words/account";

export type ListedItem = Omit<ItemView, "accounts">;

type Units = Record<"available" | "current" | "limit" | "change", bigint | null>;

export interface LineEntry {
  kind: "line";
  key: string;
  line: Line;
}

/** One account. Values for searching and sorting are computed on first use. */
export class Line {
  readonly row: AccountRow;
  readonly item: ListedItem;
  readonly #scale: Scale;
  #needle: string | undefined;
  #units: Units | undefined;
  #readAt: number | null | undefined;
  #entry: LineEntry | undefined;

  constructor(row: AccountRow, item: ListedItem, scale: Scale) {
    this.row = row;
    this.item = item;
    this.#scale = scale;
  }

  get name(): string {
    return this.row.ownName ?? this.row.name;
  }

  /** "Savings", "Credit card". */
  get kind(): string {
    return accountKind(this.row);
  }

  /** Lowercase text that the search looks through. */
  get needle(): string {
    return this.prepareSearch();
  }

  prepareSearch(): string {
    this.#needle ??= needleOf(this);
    return this.#needle;
  }

  /** Amounts in the list's common unit; null if not reported. */
  get units(): Units {
    const { reading, change } = this.row;
    this.#units ??= {
      available: this.#scale.units(reading?.available),
      current: this.#scale.units(reading?.current),
      limit: this.#scale.units(reading?.limit),
      change: this.#scale.units(change?.amount),
    };
    return this.#units;
  }

  get lowUnits(): bigint | null {
    return this.#scale.units(this.row.lowBalance?.threshold);
  }

  /** Always the same object, so that React can skip unchanged lines. */
  get entry(): LineEntry {
    this.#entry ??= { kind: "line", key: this.row.accountId, line: this };
    return this.#entry;
  }

  /** Milliseconds; null if never read. */
  get readAt(): number | null {
    const { reading } = this.row;
    if (this.#readAt === undefined) this.#readAt = reading ? Date.parse(reading.readAt) : null;
    return this.#readAt;
  }
}

function needleOf({ row, item, name, kind }: Line): string {
  return [
    name,
    row.name,
    row.officialName,
    maskWords(row.mask),
    kind,
    item.institutionName,
    item.person.name,
    row.reading?.currency,
    row.accountId,
  ]
    .join("\n")
    .toLowerCase();
}

/** The common unit of all lines, 10^-decimals, small enough for every amount. */
export class Scale {
  readonly #rows: AccountRow[];
  #decimals: number | undefined;

  constructor(rows: AccountRow[]) {
    this.#rows = rows;
  }

  get decimals(): number {
    this.#decimals ??= mostDecimals(this.#rows);
    return this.#decimals;
  }

  units(text: string | undefined): bigint | null {
    return text ? toUnits(text, this.decimals) : null;
  }
}

export interface Lines {
  lines: Line[];
  items: ListedItem[];
  people: PersonView[];
  scale: Scale;
  /** Number of accounts that are not hidden. */
  accounts: number;
  /** False while only the first lines are loaded. */
  whole: boolean;
  /** Computes search texts ahead of the first keystroke. */
  prepareSearch: () => void;
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

/** Joins accounts with the Items, institutions, and customers they refer to. */
export function linesOf(list: AccountsList, whole = true): Lines {
  const scale = new Scale(list.rows);
  const items = list.items.map((item) => listedItem(item, list));
  const lines = list.rows.flatMap((row) => {
    const item = items[row.item];
    return item ? [new Line(row, item, scale)] : [];
  });
  return {
    lines,
    items: items.filter((item) => item !== null),
    people: list.people,
    scale,
    accounts: list.accounts,
    whole,
    // In a task of its own: the field has the focus first.
    prepareSearch: () => {
      setTimeout(() => {
        for (const line of lines) line.prepareSearch();
      });
    },
  };
}
