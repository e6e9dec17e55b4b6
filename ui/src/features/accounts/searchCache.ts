import type { Line, Lines } from "../../data/accountLines";
import {
  type Entry,
  type Filters,
  filterLines,
  type Group,
  type Grouping,
  groupLines,
  isFiltered,
  listEntries,
} from "./lineGroups";

export interface SearchResult {
  shown: Line[];
  groups: Group[];
  entries: Entry[];
}

/** Search results kept, for a user who deletes letters again. */
const CACHED_SEARCHES = 24;

/** Caches search results letter by letter: a longer search looks only through the matches of the shorter one. */
export class SearchCache {
  readonly #found = new Map<string, SearchResult>();

  constructor(
    private readonly lines: Line[],
    private readonly prepared: Lines,
    private readonly filters: Filters,
    private readonly staleBefore: number,
    private readonly grouping: Grouping,
  ) {}

  of(search: string): SearchResult {
    const known = this.#found.get(search);
    if (known) return known;
    const found = this.#find(search);
    this.#found.set(search, found);
    const [oldest] = this.#found.keys();
    if (this.#found.size > CACHED_SEARCHES && oldest !== undefined) this.#found.delete(oldest);
    return found;
  }

  #find(search: string): SearchResult {
    const before = search.slice(0, -1);
    // Each word of the shorter search must start a word of this one. Lowercase a Greek final sigma the same way.
    const begins = search.toLowerCase().startsWith(before.toLowerCase());
    const shorter = begins ? this.#found.get(before) : undefined;
    const { filters, grouping, prepared } = this;
    const shown = filterLines(shorter?.shown ?? this.lines, search, filters, this.staleBefore);
    const everything = prepared.whole && search.trim() === "" && !isFiltered(filters);
    const groups = groupLines(shown, prepared, grouping, everything);
    return { shown, groups, entries: listEntries(groups, shown, grouping) };
  }
}
