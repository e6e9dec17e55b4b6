/** Lines of the accounts list: a row with what it shares with others, and what is reckoned once for all keystrokes. */
import type { AccountRow, AccountsList, ItemRow } from "../api/accounts";
import type { ItemView, PersonView } from "../api/items";
import { decimalsOf, toUnits } from "../kit/exact";
import { accountKind, maskWords } from "../kit/words/account";

/** An Item as the list shows it: its accounts are lines of their own. */
export type ListedItem = Omit<ItemView, "accounts">;

type Units = Record<"available" | "current" | "limit" | "change", bigint | null>;

/** A line as it stands in the list. */
export interface LineEntry {
  kind: "line";
  key: string;
  line: Line;
}

/** One account. What only a search or an order asks for is reckoned when first asked for, and kept. */
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

  /** The user's own name, or else the bank's. */
  get name(): string {
    return this.row.ownName ?? this.row.name;
  }

  /** "Savings", "Credit card". */
  get kind(): string {
    return accountKind(this.row);
  }

  /** What the search looks through, in lower case. */
  get needle(): string {
    return this.prepareSearch();
  }

  /** Has it ready. */
  prepareSearch(): string {
    this.#needle ??= needleOf(this);
    return this.#needle;
  }

  /** Amounts in the units of all lines; null where it is not reported. */
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

  /** The low-balance mark, in the same units. */
  get lowUnits(): bigint | null {
    return this.#scale.units(this.row.lowBalance?.threshold);
  }

  /** The same for every list that the line stands in. */
  get entry(): LineEntry {
    this.#entry ??= { kind: "line", key: this.row.accountId, line: this };
    return this.#entry;
  }

  /** Milliseconds; null when it was never read. */
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

/** The units all lines are counted in: 10^-decimals, as small as any of them needs. */
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
  /** How many accounts there are that are not hidden. */
  accounts: number;
  /** Whether these are all lines, and not only the first. */
  whole: boolean;
  /** Has ready what a search looks through, so that the first letter waits for nothing. */
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

/** Puts together what the desk tells once for many. */
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
