import { useLocalStorage } from "@mantine/hooks";
import { useCallback } from "react";
import type { ColumnId, Sorting } from "./columns";
import type { Grouping } from "./shown";

/** How the list is looked at. Kept by the web view: it belongs to this computer's window, and holds no account data. */
export interface Preferences {
  grouping: Grouping;
  sorting: Sorting[];
  columns: Partial<Record<ColumnId, boolean>>;
  staleHours: number;
}

const usual: Preferences = {
  grouping: "item",
  sorting: [],
  columns: { person: false, institution: false, lowBalance: false, currency: true, change: true },
  staleHours: 24,
};

/** What was stored, as far as it still makes sense. */
function understood(text: string | undefined): Preferences {
  if (!text) return usual;
  try {
    return { ...usual, ...(JSON.parse(text) as Partial<Preferences>) };
  } catch {
    return usual;
  }
}

export function usePreferences() {
  const [preferences, set] = useLocalStorage<Preferences>({
    key: "balance-desk-accounts-list",
    defaultValue: usual,
    deserialize: understood,
    getInitialValueInEffect: false,
  });
  const change = useCallback(
    (changed: Partial<Preferences>) => set((before) => ({ ...before, ...changed })),
    [set],
  );
  return { preferences, change };
}
