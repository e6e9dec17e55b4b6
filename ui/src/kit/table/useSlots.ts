import { useLayoutEffect, useMemo, useRef } from "react";

/** What is drawn as one element: alike with others of its kind. */
export interface Drawable {
  key: string;
  kind: string;
}

/** An element, and what it draws: an entry, or none that is shown, until one comes that takes it over. */
export interface Slot<T extends Drawable> {
  id: string;
  entry: T;
  spare: boolean;
}

/** Elements of a kind that are kept for later. */
const MOST_SPARE = 16;

/**
 * Which element draws which entry, in the order of the elements. An entry that stays keeps its element, and one that comes
 * takes over the element of one that has gone, which is much quicker than a new one: a search that hides many lines and
 * shows them again with the next letter makes none anew. Only entries alike share elements. An element whose entry has
 * gone stands where it stood, out of sight, since one that is moved is laid out as if it were new.
 *
 * The element of `held` is not given away: it has the keyboard's focus. Nothing is kept of what was drawn from another
 * `source`.
 */
export function useSlots<T extends Drawable>(
  drawn: readonly T[],
  reuse: { held: string | undefined; source: unknown } | undefined,
): ReadonlyArray<Slot<T>> {
  const { held, source } = reuse ?? {};
  const before = useRef<{ slots: ReadonlyArray<Slot<T>>; source: unknown }>({ slots: [], source });
  const made = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the keys stand for `drawn`
  const slots = useMemo(() => {
    if (!reuse) return drawn.map((entry) => ({ id: entry.key, entry, spare: false }));
    const old = before.current.slots;
    const placed = place(drawn, old, held, (kind) => `${kind} ${made.current++}`);
    return before.current.source === source ? withSpares(placed, old, held) : placed;
  }, [drawn.map(({ key }) => key).join("\n"), held, source]);
  useLayoutEffect(() => {
    before.current = { slots, source };
  }, [slots, source]);
  return slots;
}

/** The element of each entry, in their order. */
function place<T extends Drawable>(
  drawn: readonly T[],
  old: ReadonlyArray<Slot<T>>,
  held: string | undefined,
  make: (kind: string) => string,
): Slot<T>[] {
  const at = new Map(old.map(({ entry }, place) => [entry.key, place]));
  const own = drawn.map(({ key }) => at.get(key));
  const taken = new Set(own);
  // The one among those from `from` to `to` that is free, in that order.
  const free = (kind: string, from: number, to: number) => {
    for (let place = from; place < to; place++) {
      const slot = old[place];
      if (slot?.entry.kind === kind && slot.entry.key !== held && !taken.has(place)) return place;
    }
    return undefined;
  };
  let last = -1;
  return drawn.map((entry, index) => {
    let place = own[index];
    if (place === undefined) {
      const next = own.find((other, later) => later > index && other !== undefined && other > last);
      // Between its neighbours, so that nothing moves; or one that no later entry could have without a move.
      place = free(entry.kind, last + 1, next ?? old.length) ?? free(entry.kind, 0, last);
      taken.add(place);
    }
    if (place !== undefined) last = Math.max(last, place);
    const id = place === undefined ? undefined : old[place]?.id;
    return { id: id ?? make(entry.kind), entry, spare: false };
  });
}

/** With the elements that nothing took over, where they stood. */
function withSpares<T extends Drawable>(
  placed: Slot<T>[],
  old: ReadonlyArray<Slot<T>>,
  held: string | undefined,
): Slot<T>[] {
  const at = new Map(old.map(({ id }, place) => [id, place]));
  const used = new Set(placed.map(({ id }) => id));
  const kept = new Map<string, number>();
  const spares = old.flatMap((slot, place) => {
    const { key, kind } = slot.entry;
    const number = kept.get(kind) ?? 0;
    if (used.has(slot.id) || key === held || number === MOST_SPARE) return [];
    kept.set(kind, number + 1);
    return { place, slot: { ...slot, spare: true } };
  });
  const all: Slot<T>[] = [];
  for (const slot of placed) {
    const place = at.get(slot.id) ?? -1;
    while (spares[0] && spares[0].place < place)
      all.push(...spares.splice(0, 1).map(({ slot }) => slot));
    all.push(slot);
  }
  return [...all, ...spares.map(({ slot }) => slot)];
}
