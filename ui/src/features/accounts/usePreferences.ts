import { useLocalStorage } from "@mantine/hooks";
import { useCallback } from "react";
import type { ColumnId, Sorting } from "./columns";
import type { Grouping } from "./lineGroups";

/** View preferences of the list. The web view stores them: they belong to this window and hold no account data. */
export interface Preferences {
  grouping: Grouping;
  sorting: Sorting[];
  columns: Partial<Record<ColumnId, boolean>>;
  staleHours: number;
}

const defaultPreferences: Preferences = {
  grouping: "item",
  sorting: [],
  columns: { person: false, institution: false, lowBalance: false, currency: true, change: true },
  staleHours: 24,
};

/** Keeps the valid parts of the stored preferences. */
function parsePreferences(text: string | undefined): Preferences {
  if (!text) return defaultPreferences;
  try {
    return { ...defaultPreferences, ...(JSON.parse(text) as Partial<Preferences>) };
  } catch {
    return defaultPreferences;
  }
}

export function usePreferences() {
  const [preferences, set] = useLocalStorage<Preferences>({
    key: "balance-desk-accounts-list",
    defaultValue: defaultPreferences,
    deserialize: parsePreferences,
    getInitialValueInEffect: false,
  });
  const change = useCallback(
    (changed: Partial<Preferences>) => set((before) => ({ ...before, ...changed })),
    [set],
  );
  return { preferences, change };
}
