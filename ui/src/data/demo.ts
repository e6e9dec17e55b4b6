import { useQuery, useQueryClient } from "@tanstack/react-query";
import { commands, queries } from "../api/commands";
import type { DemoChange, DemoView } from "../api/demo";
import { useAct } from "../kit/hooks/useAct";
import { useEnvironment } from "../kit/navigation/environment";

/** How often pending simulated failures are polled. No event announces that one occurred. */
const PENDING_MS = 2_000;

/** The state of the Demo's bank. Disabled in other environments. */
export function useDemo() {
  const enabled = useEnvironment() === "demo";
  return useQuery({
    ...queries.demoView(),
    enabled,
    refetchInterval: ({ state }) => (state.data?.faults.length ? PENDING_MS : false),
  });
}

export function useDemoChange() {
  const show = useShow();
  return useAct((change: DemoChange) => commands.demoChange(change), show);
}

export function useDemoReset(onDone: () => void) {
  const show = useShow();
  return useAct(
    () => commands.demoReset(),
    (view) => {
      show(view);
      onDone();
    },
  );
}

function useShow() {
  const client = useQueryClient();
  return (view: DemoView) => client.setQueryData(queries.demoView().queryKey, view);
}
