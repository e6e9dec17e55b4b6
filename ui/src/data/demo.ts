import { useQuery, useQueryClient } from "@tanstack/react-query";
import { commands, queries } from "../api/commands";
import type { DemoChange, DemoView } from "../api/demo";
import { useAct } from "../kit/hooks/useAct";
import { useEnvironment } from "../kit/navigation/environment";

/** How often is looked whether what should go wrong has gone wrong. */
const PENDING_MS = 2_000;

/** How the Demo's bank behaves. Asks nothing in any other environment. */
export function useDemo() {
  const enabled = useEnvironment() === "demo";
  return useQuery({
    ...queries.demoView(),
    enabled,
    // Nobody tells when a call has met its fault.
    refetchInterval: ({ state }) => (state.data?.faults.length ? PENDING_MS : false),
  });
}

/** Changes how the Demo's bank behaves; what it answers is shown at once. */
export function useDemoChange() {
  const show = useShow();
  return useAct((change: DemoChange) => commands.demoChange(change), show);
}

/** Sets everything back to normal. */
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
