import { useSyncExternalStore } from "react";
import { flushSync } from "react-dom";

let printing = false;
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

const begin = () => set(true);
const end = () => set(false);

/** Whether the page is being put on paper: colours are light there, and a list shows all it has. */
export function usePrinting(): boolean {
  return useSyncExternalStore(subscribe, () => printing);
}
