import { useLayoutEffect, useMemo, useRef } from "react";

/**
 * Which element draws which entry: an entry that stays keeps its element, and one that comes takes over the element of
 * one that has gone, which is much quicker than a new one. Only entries alike share elements. The element of `held` is
 * not given away: it has the keyboard's focus.
 */
export function useSlots(
  drawn: ReadonlyArray<{ key: string; kind: string }>,
  held: string | undefined,
): ReadonlyMap<string, string> {
  const before = useRef<ReadonlyMap<string, string>>(new Map());
  const made = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is drawn says it
  const slots = useMemo(() => {
    const wanted = new Set(drawn.map(({ key }) => key));
    const free = new Map<string, string[]>();
    for (const [key, slot] of before.current) {
      if (wanted.has(key) || key === held) continue;
      const kind = slot.slice(0, slot.indexOf(" "));
      const some = free.get(kind);
      if (some) some.push(slot);
      else free.set(kind, [slot]);
    }
    const next = new Map<string, string>();
    for (const { key, kind } of drawn) {
      const slot = before.current.get(key) ?? free.get(kind)?.shift();
      next.set(key, slot ?? `${kind} ${made.current++}`);
    }
    return next;
  }, [drawn.map(({ key }) => key).join("\n"), held]);
  useLayoutEffect(() => {
    before.current = slots;
  }, [slots]);
  return slots;
}
