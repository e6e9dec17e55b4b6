import type { Line, Lines } from "../../data/accountLines";
import {
  type Entry,
  entriesOf,
  type Filters,
  filterLines,
  type Group,
  type Grouping,
  groupLines,
  isFiltered,
} from "./shown";

export interface Found {
  shown: Line[];
  groups: Group[];
  entries: Entry[];
}

/** As many as somebody types before taking it away again. */
const KEPT = 24;

/**
 * What searches through the same lines come to, letter by letter: one letter more looks only through what was found
 * before, and one taken away again leads back to what is known.
 */
export class Searches {
  readonly #found = new Map<string, Found>();

  constructor(
    private readonly lines: Line[],
    private readonly prepared: Lines,
    private readonly filters: Filters,
    private readonly staleBefore: number,
    private readonly grouping: Grouping,
  ) {}

  of(search: string): Found {
    const known = this.#found.get(search);
    if (known) return known;
    const found = this.#find(search);
    this.#found.set(search, found);
    const [oldest] = this.#found.keys();
    if (this.#found.size > KEPT && oldest !== undefined) this.#found.delete(oldest);
    return found;
  }

  #find(search: string): Found {
    const before = search.slice(0, -1);
    // Each word of the shorter search begins one of this search; a Greek sigma may end otherwise than it goes on.
    const begins = search.toLowerCase().startsWith(before.toLowerCase());
    const shorter = begins ? this.#found.get(before) : undefined;
    const { filters, grouping, prepared } = this;
    const shown = filterLines(shorter?.shown ?? this.lines, search, filters, this.staleBefore);
    const everything = prepared.whole && search.trim() === "" && !isFiltered(filters);
    const groups = groupLines(shown, prepared, grouping, everything);
    return { shown, groups, entries: entriesOf(groups, shown, grouping) };
  }
}
