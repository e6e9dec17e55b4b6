import { describe, expect, it } from "vitest";
import { linesOf } from "../../data/accountLines";
import { manyAccounts } from "../../test/accounts";
import { noFilters } from "./lineGroups";
import { SearchCache } from "./searchCache";

const prepared = linesOf(manyAccounts(300));
const searches = () => new SearchCache(prepared.lines, prepared, noFilters, 0, "item");
const ids = (search: string, of = searches()) =>
  of.of(search).shown.map(({ row }) => row.accountId);

describe("searches", () => {
  it("find letter by letter the same as all at once", () => {
    const typed = searches();
    const words = "savings 29";
    for (let letters = 0; letters <= words.length; letters++) {
      const search = words.slice(0, letters);
      expect(ids(search, typed)).toEqual(ids(search));
    }
    expect(ids(words).length).toBeGreaterThan(0);
    expect(ids(words).length).toBeLessThan(ids("savings").length);
  });

  it("search all lines when an earlier letter has changed", () => {
    const list = manyAccounts(3);
    const named = ["ΟΔΟΣ", "ΟΔΟΣΑ", "Other"];
    const rows = list.rows.map((row, at) => ({ ...row, ownName: named[at] ?? row.name }));
    const lines = linesOf({ ...list, rows });
    const typed = new SearchCache(lines.lines, lines, noFilters, 0, "item");
    expect(ids("ΟΔΟΣ", typed)).toEqual(["account-0"]);
    expect(ids("ΟΔΟΣΑ", typed)).toEqual(["account-1"]);
  });

  it("reuse the known result when a letter is deleted", () => {
    const typed = searches();
    const before = typed.of("sav");
    typed.of("savi");
    expect(typed.of("sav")).toBe(before);
  });

  it("drop the oldest entry", () => {
    const typed = searches();
    const first = typed.of("a");
    for (let number = 0; number < 24; number++) typed.of(String(number));
    expect(typed.of("a")).not.toBe(first);
    expect(typed.of("a")).toEqual(first);
  });

  it("show Items without accounts only without a search", () => {
    const list = manyAccounts(20);
    const [item] = list.items;
    if (!item) throw new Error("an Item");
    const lines = linesOf({ ...list, items: [...list.items, { ...item, itemId: "bare" }] });
    const of = new SearchCache(lines.lines, lines, noFilters, 0, "item");
    expect(of.of("").groups.at(-1)?.key).toBe("bare");
    expect(of.of("a").groups.at(-1)?.key).not.toBe("bare");
  });
});
