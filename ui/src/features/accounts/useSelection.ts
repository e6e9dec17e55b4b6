import { useCallback, useRef, useState } from "react";
import type { Entry } from "./lineGroups";

/** The accounts from one to the other, inclusive, in the order shown. */
function idsBetween(entries: Entry[], one: string, other: string): string[] {
  const ids = entries.flatMap(({ kind, key }) => (kind === "line" ? [key] : []));
  const [a, b] = [ids.indexOf(one), ids.indexOf(other)];
  if (a < 0 || b < 0) return [other];
  return ids.slice(Math.min(a, b), Math.max(a, b) + 1);
}

/** The selected accounts. A shift-click selects the range from the last click. */
export function useSelection(entries: Entry[]) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const last = useRef<string | null>(null);
  const chooseMany = useCallback((accountIds: string[], on: boolean) => {
    setChosen((before) => {
      const next = new Set(before);
      for (const id of accountIds) {
        if (on) next.add(id);
        else next.delete(id);
      }
      return next;
    });
  }, []);
  const choose = (accountId: string, on: boolean, range: boolean) => {
    const from = range ? last.current : null;
    chooseMany(from ? idsBetween(entries, from, accountId) : [accountId], on);
    last.current = accountId;
  };
  const clear = useCallback(() => {
    last.current = null;
    setChosen(new Set());
  }, []);
  return { chosen, choose, chooseMany, clear };
}
