import { renderHook } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { useSlots } from "./useSlots";

const lines = (...keys: string[]) => keys.map((key) => ({ key, kind: "line" }));

function slotsOf(first: Array<{ key: string; kind: string }>, held?: string) {
  const { result, rerender } = renderHook(({ drawn }) => useSlots(drawn, held), {
    initialProps: { drawn: first },
  });
  return {
    of: (key: string) => result.current.get(key),
    draw: (drawn: Array<{ key: string; kind: string }>) => rerender({ drawn }),
  };
}

describe("the elements of entries", () => {
  it("stay with an entry wherever it stands", () => {
    const slots = slotsOf(lines("a", "b", "c"));
    const [b, c] = [slots.of("b"), slots.of("c")];
    slots.draw(lines("x", "c", "b"));
    expect([slots.of("b"), slots.of("c")]).toEqual([b, c]);
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
    slots.draw([{ key: "head", kind: "group" }]);
    expect(slots.of("head")).not.toBe(a);
  });

  it("are not given away while they have the focus", () => {
    const slots = slotsOf(lines("a", "b"), "a");
    const [a, b] = [slots.of("a"), slots.of("b")];
    slots.draw(lines("c", "d"));
    expect(slots.of("c")).toBe(b);
    expect(slots.of("d")).not.toBe(a);
  });
});
