import { describe, expect, it } from "vitest";
import { linesOf } from "../../data/accountLines";
import { manyAccounts } from "../../test/accounts";
import { Searches } from "./searches";
import { noFilters } from "./shown";

const prepared = linesOf(manyAccounts(300));
const searches = () => new Searches(prepared.lines, prepared, noFilters, 0, "item");
const ids = (search: string, of = searches()) =>
  of.of(search).shown.map(({ row }) => row.accountId);

describe("searches", () => {
  it("find letter by letter what they find at once", () => {
    const typed = searches();
    const words = "savings 29";
    for (let letters = 0; letters <= words.length; letters++) {
      const search = words.slice(0, letters);
      expect(ids(search, typed)).toEqual(ids(search));
    }
    expect(ids(words).length).toBeGreaterThan(0);
    expect(ids(words).length).toBeLessThan(ids("savings").length);
  });

  it("look through all where the letter before is another one now", () => {
    const list = manyAccounts(3);
    const named = ["ΟΔΟΣ", "ΟΔΟΣΑ", "Other"];
    const rows = list.rows.map((row, at) => ({ ...row, ownName: named[at] ?? row.name }));
    const lines = linesOf({ ...list, rows });
    const typed = new Searches(lines.lines, lines, noFilters, 0, "item");
    expect(ids("ΟΔΟΣ", typed)).toEqual(["account-0"]);
    expect(ids("ΟΔΟΣΑ", typed)).toEqual(["account-1"]);
  });

  it("lead back to what is known when a letter is taken away", () => {
    const typed = searches();
    const before = typed.of("sav");
    typed.of("savi");
    expect(typed.of("sav")).toBe(before);
  });

  it("forget the oldest of many", () => {
    const typed = searches();
    const first = typed.of("a");
    for (let number = 0; number < 24; number++) typed.of(String(number));
    expect(typed.of("a")).not.toBe(first);
    expect(typed.of("a")).toEqual(first);
  });

  it("show Items without accounts only while nothing is searched for", () => {
    const list = manyAccounts(20);
    const [item] = list.items;
    if (!item) throw new Error("an Item");
    const lines = linesOf({ ...list, items: [...list.items, { ...item, itemId: "bare" }] });
    const of = new Searches(lines.lines, lines, noFilters, 0, "item");
    expect(of.of("").groups.at(-1)?.key).toBe("bare");
    expect(of.of("a").groups.at(-1)?.key).not.toBe("bare");
  });
});
