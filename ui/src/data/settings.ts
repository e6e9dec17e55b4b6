import { useQuery, useQueryClient } from "@tanstack/react-query";
import { commands } from "../api/commands";
import type { Problem } from "../api/problem";
import type { Settings, SettingsView } from "../api/settings";
import { useAct } from "../kit/hooks/useAct";
import { keys } from "./client";

/** The settings of the open environment and what they may be. */
export function useSettings() {
  return useQuery<SettingsView, Problem>({
    queryKey: keys.settings,
    queryFn: commands.settingsView,
  });
}

/** Stores changed settings. */
export function useSaveSettings() {
  const client = useQueryClient();
  return useAct(
    (changed: Settings) => commands.settingsSave(changed),
    (view) => client.setQueryData(keys.settings, view),
  );
}
