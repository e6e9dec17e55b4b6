import { useSyncExternalStore } from "react";
import { flushSync } from "react-dom";

let printing = false;
/** What is being drawn for paper. */
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

/**
 * Lets the paper wait for what a component draws for it, told as soon as the component sees that it is printed. What
 * cannot be drawn is printed as it was.
 */
export function beforePaper(drawn: Promise<void>): void {
  awaited.push(drawn.catch(() => undefined));
}

/** Opens the system's dialog, once all that is shown is drawn for paper. */
export async function print(): Promise<void> {
  awaited = [];
  // Whoever listens also hears when it is over.
  if (listeners.size > 0) set(true);
  await Promise.all(awaited);
  window.print();
}

const begin = () => set(true);
const end = () => set(false);

/** Whether the page is being put on paper: colours are light there, and a list shows all it has. */
export function usePrinting(): boolean {
  return useSyncExternalStore(subscribe, () => printing);
}
