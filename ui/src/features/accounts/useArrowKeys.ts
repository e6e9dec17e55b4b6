import { type FocusEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { Entry } from "./lineGroups";

/** The element that Tab reaches: an entry's key and a stop in it. */
interface TabStop {
  key: string;
  stop: string;
}

/** Rows to move with Page Up and Page Down. */
const PAGE_ROWS = 12;

/** Grid keyboard navigation: arrows, Home, End, and page keys. Only one row is in the tab order, so Tab skips the other 10,000. */
export function useArrowKeys(entries: Entry[], drawn: number[], scrollTo: (index: number) => void) {
  const [place, setPlace] = useState<TabStop | null>(null);
  const wanted = useRef<{ index: number; stop: string } | null>(null);
  const table = useRef<HTMLElement | null>(null);
  // A row out of sight exists only after the list has scrolled to it.
  useEffect(() => {
    if (!wanted.current || !table.current) return;
    const { index, stop } = wanted.current;
    if (focusStop(table.current, index, stop)) wanted.current = null;
  });
  const atDrawn = drawn.some((index) => entries[index]?.key === place?.key);
  const first = drawn.find((index) => entries[index]?.kind === "line");
  const firstKey = first === undefined ? undefined : entries[first]?.key;
  const at = atDrawn ? place : firstKey ? { key: firstKey, stop: "name" } : null;

  const onFocus = (event: FocusEvent<HTMLElement>) => {
    const stop = event.target.dataset.stop;
    const index = indexOf(event.target);
    const key = index === null ? undefined : entries[index]?.key;
    if (stop && key && (place?.key !== key || place.stop !== stop)) setPlace({ key, stop });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const from = event.target as HTMLElement;
    const stop = from.dataset.stop;
    const index = indexOf(from);
    if (!stop || index === null || event.ctrlKey || event.metaKey || event.altKey) return;
    table.current = event.currentTarget;
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      event.preventDefault();
      neighborStop(from, event.key === "ArrowRight" ? 1 : -1)?.focus();
      return;
    }
    const next = nextLine(entries, index, event.key);
    if (next === null) return;
    event.preventDefault();
    if (next === index) return;
    scrollTo(next);
    if (!focusStop(event.currentTarget, next, stop)) wanted.current = { index: next, stop };
  };
  return { at, held: place?.key, onFocus, onKeyDown };
}

function indexOf(element: HTMLElement): number | null {
  const index = element.closest<HTMLElement>("[data-index]")?.dataset.index;
  return index === undefined ? null : Number(index);
}

function stopsOf(row: Element): HTMLElement[] {
  return [...row.querySelectorAll<HTMLElement>("[data-stop]")];
}

function neighborStop(from: HTMLElement, step: 1 | -1): HTMLElement | undefined {
  const row = from.closest("[data-index]");
  if (!row) return undefined;
  const stops = stopsOf(row);
  return stops[stops.indexOf(from) + step];
}

function focusStop(table: HTMLElement, index: number, stop: string): boolean {
  const row = table.querySelector(`[data-index="${index}"]`);
  if (!row) return false;
  const stops = stopsOf(row);
  const found = stops.find((one) => one.dataset.stop === stop) ?? stops[1] ?? stops[0];
  found?.focus({ preventScroll: false });
  return found !== undefined;
}

/** The row that a key leads to (clamped at the ends); null for other keys. */
function nextLine(entries: Entry[], index: number, key: string): number | null {
  switch (key) {
    case "ArrowDown":
      return lineFrom(entries, index + 1, 1) ?? index;
    case "ArrowUp":
      return lineFrom(entries, index - 1, -1) ?? index;
    case "PageDown":
      return lineFrom(entries, Math.min(index + PAGE_ROWS, entries.length - 1), -1) ?? index;
    case "PageUp":
      return lineFrom(entries, Math.max(index - PAGE_ROWS, 0), 1) ?? index;
    case "Home":
      return lineFrom(entries, 0, 1) ?? index;
    case "End":
      return lineFrom(entries, entries.length - 1, -1) ?? index;
    default:
      return null;
  }
}

function lineFrom(entries: Entry[], start: number, step: 1 | -1): number | null {
  for (let at = start; at >= 0 && at < entries.length; at += step) {
    if (entries[at]?.kind === "line") return at;
  }
  return null;
}
