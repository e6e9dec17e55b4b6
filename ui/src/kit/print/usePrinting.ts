import { useSyncExternalStore } from "react";
import { flushSync } from "react-dom";

let printing = false;
let awaited: Promise<void>[] = [];
const listeners = new Set<() => void>();

function set(now: boolean): void {
  printing = now;
  flushSync(() => {
    for (const tell of listeners) tell();
  });
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    window.addEventListener("beforeprint", begin);
    window.addEventListener("afterprint", end);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    window.removeEventListener("beforeprint", begin);
    window.removeEventListener("afterprint", end);
  };
}

/** Delays printing until `drawn` settles. Call it as soon as usePrinting() turns true. */
export function beforePaper(drawn: Promise<void>): void {
  awaited.push(drawn.catch(() => undefined));
}

/** Opens the print dialog once everything visible is drawn for paper. */
export async function print(): Promise<void> {
  awaited = [];
  // Without listeners, nothing would reset the flag afterward.
  if (listeners.size > 0) set(true);
  await Promise.all(awaited);
  window.print();
}

const begin = () => set(true);
const end = () => set(false);

/** True while the page is being printed: colors are light and tables show all rows. */
export function usePrinting(): boolean {
  return useSyncExternalStore(subscribe, () => printing);
}
