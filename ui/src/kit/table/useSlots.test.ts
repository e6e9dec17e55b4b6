import { renderHook } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { type Drawable, useSlots } from "./useSlots";

const lines = (...keys: string[]) => keys.map((key) => ({ key, kind: "line" }));

/** `H` and what follows it is a head, all else a line. */
const entries = (text: string): Drawable[] =>
  text.split(" ").map((key) => ({ key, kind: key.startsWith("H") ? "group" : "line" }));

function slotsOf(first: Drawable[], held?: string) {
  const { result, rerender } = renderHook(
    ({ drawn, source }) => useSlots<Drawable>(drawn, { held, source }),
    { initialProps: { drawn: first, source: "one" } },
  );
  return {
    /** The element that shows the entry. */
    of: (key: string) => result.current.find(({ entry, spare }) => entry.key === key && !spare)?.id,
    draw: (drawn: Drawable[], source = "one") => rerender({ drawn, source }),
    /** All elements in their order. */
    ids: () => result.current.map(({ id }) => id),
    spares: () => result.current.filter(({ spare }) => spare).map(({ entry }) => entry.key),
    shown: () => result.current.filter(({ spare }) => !spare).map(({ entry }) => entry.key),
  };
}

describe("the elements of entries", () => {
  it("stay with an entry wherever it stands", () => {
    const slots = slotsOf(lines("a", "b", "c"));
    const [b, c] = [slots.of("b"), slots.of("c")];
    slots.draw(lines("x", "c", "b"));
    expect([slots.of("b"), slots.of("c")]).toEqual([b, c]);
    expect(slots.shown()).toEqual(["x", "c", "b"]);
  });

  it("go from an entry that has gone to one that comes", () => {
    const slots = slotsOf(lines("a", "b"));
    const [a, b] = [slots.of("a"), slots.of("b")];
    slots.draw(lines("c", "d", "e"));
    expect([slots.of("c"), slots.of("d")]).toEqual([a, b]);
    expect([a, b]).not.toContain(slots.of("e"));
  });

  it("are shared only by entries of one kind", () => {
    const slots = slotsOf(lines("a"));
    const a = slots.of("a");
    slots.draw(entries("H"));
    expect(slots.of("H")).not.toBe(a);
  });

  it("are not given away while they have the focus", () => {
    const slots = slotsOf(lines("a", "b"), "a");
    const [a, b] = [slots.of("a"), slots.of("b")];
    slots.draw(lines("c", "d"));
    expect(slots.of("c")).toBe(b);
    expect(slots.of("d")).not.toBe(a);
    expect(slots.ids()).not.toContain(a);
  });

  it("are kept where they stood when there are fewer entries, and none is made when those come back", () => {
    const many = entries("H1 a b c H2 d e");
    const slots = slotsOf(many);
    const all = slots.ids();
    slots.draw(entries("H1 b H2 e"));
    expect(slots.shown()).toEqual(["H1", "b", "H2", "e"]);
    expect(slots.spares()).toEqual(["a", "c", "d"]);
    expect(slots.ids()).toEqual(all);
    slots.draw(many);
    expect(slots.ids()).toEqual(all);
    expect(slots.spares()).toEqual([]);
  });

  it("are taken between their neighbours, so that none moves", () => {
    const slots = slotsOf(entries("H1 a b c H2 d e"));
    const all = slots.ids();
    slots.draw(entries("H3 u H4 v"));
    expect(slots.ids()).toEqual(all);
    expect(slots.shown()).toEqual(["H3", "u", "H4", "v"]);
    slots.draw(entries("H1 a b c H2 d e"));
    expect(slots.ids()).toEqual(all);
  });

  it("move from the beginning to the end when the list is scrolled down, and no other does", () => {
    const slots = slotsOf(lines("a", "b", "c"));
    const [a, b, c] = slots.ids();
    slots.draw(lines("b", "c", "d"));
    expect(slots.ids()).toEqual([b, c, a]);
    expect(slots.of("d")).toBe(a);
  });

  it("stay in order when it is scrolled up", () => {
    const slots = slotsOf(lines("b", "c", "d"));
    const [b, c, d] = slots.ids();
    slots.draw(lines("a", "b", "c"));
    expect(slots.ids().slice(1)).toEqual([b, c, d]);
    expect(slots.spares()).toEqual(["d"]);
  });

  it("are kept in a small number, and not for another list", () => {
    const slots = slotsOf(lines(...Array.from({ length: 40 }, (_, at) => `l${at}`)));
    slots.draw(lines("l0"));
    expect(slots.spares()).toHaveLength(16);
    slots.draw(lines("l0"), "another");
    expect(slots.spares()).toEqual([]);
    expect(slots.shown()).toEqual(["l0"]);
  });
});
