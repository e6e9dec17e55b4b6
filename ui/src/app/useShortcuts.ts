import { useEffect, useRef } from "react";
import { places } from "./places";

export interface Shortcuts {
  /** Ctrl+1 to Ctrl+9: a place of the navigation. */
  goTo: (number: number) => void;
  /** Ctrl+L. */
  link: () => void;
  /** Ctrl+R. */
  refreshAll: () => void;
  /** `?`, outside of fields. */
  help: () => void;
}

export const shortcutWords: Array<{ keys: string[]; words: string }> = [
  ...places.map(({ label }, index) => ({ keys: ["Ctrl", String(index + 1)], words: label })),
  { keys: ["Ctrl", "L"], words: "Link a bank" },
  { keys: ["Ctrl", "R"], words: "Refresh all balances" },
  { keys: ["Ctrl", "F"], words: "Search the accounts, on their screen" },
  { keys: ["?"], words: "These shortcuts" },
  { keys: ["Esc"], words: "Close what is open" },
];

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName))
  );
}

/** Window-wide shortcuts. They are off while a dialog is open. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const command = (event.ctrlKey || event.metaKey) && !event.altKey;
      const key = event.key.toLowerCase();
      // The web view would load the page anew and lose what was typed.
      if ((command && key === "r") || key === "f5") event.preventDefault();
      if (event.repeat || document.querySelector('[role="dialog"][aria-modal="true"]')) return;
      if (command && /^[1-9]$/.test(key)) {
        event.preventDefault();
        latest.current.goTo(Number(key));
      } else if (command && key === "l") {
        event.preventDefault();
        latest.current.link();
      } else if (command && key === "r" && !event.shiftKey) {
        latest.current.refreshAll();
      } else if (key === "?" && !command && !isField(event.target)) {
        latest.current.help();
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
