import { useQuery, useQueryClient } from "@tanstack/react-query";
import { commands, queries } from "../api/commands";
import type { Settings } from "../api/settings";
import { useAct } from "../kit/hooks/useAct";

export function useSettings() {
  return useQuery(queries.settingsView());
}

export function useSaveSettings() {
  const client = useQueryClient();
  return useAct(
    (changed: Settings) => commands.settingsSave(changed),
    (view) => client.setQueryData(queries.settingsView().queryKey, view),
  );
}
