import { useLayoutEffect, useMemo, useRef } from "react";

export interface Drawable {
  key: string;
  kind: string;
}

/** An element and its entry. A spare element is hidden until another entry takes it over. */
export interface Slot<T extends Drawable> {
  id: string;
  entry: T;
  spare: boolean;
}

/** Spare elements kept for each kind of entry. */
const MOST_SPARE = 16;

/**
 * Assigns entries to elements, in element order. Entries keep their elements, and new entries of the same kind take
 * over elements whose entries are gone, which is much faster than creating new ones while a search changes with each
 * letter. An unused element stays in place, hidden, because moving an element costs a new layout. The element of
 * `held` has the focus and is never reused. A change of `source` drops all spare elements.
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

function place<T extends Drawable>(
  drawn: readonly T[],
  old: ReadonlyArray<Slot<T>>,
  held: string | undefined,
  make: (kind: string) => string,
): Slot<T>[] {
  const at = new Map(old.map(({ entry }, place) => [entry.key, place]));
  const own = drawn.map(({ key }) => at.get(key));
  const taken = new Set(own);
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
      // Prefer a place between its neighbors, so that no element moves.
      place = free(entry.kind, last + 1, next ?? old.length) ?? free(entry.kind, 0, last);
      taken.add(place);
    }
    if (place !== undefined) last = Math.max(last, place);
    const id = place === undefined ? undefined : old[place]?.id;
    return { id: id ?? make(entry.kind), entry, spare: false };
  });
}

/** Adds unused elements as spares, at their places. */
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
