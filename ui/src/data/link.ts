import { useQuery } from "@tanstack/react-query";
import { queries } from "../api/commands";
import type { LinkSessionView } from "../api/link";
import { hasEnded } from "../kit/words/link";

/** Polling covers missed events. */
const LOOK_AGAIN_MS = 3000;

/** One Link session, polled until it ends. */
export function useLinkSession(sessionId: string | null) {
  return useQuery({
    ...queries.linkSession(sessionId ?? ""),
    enabled: sessionId !== null,
    refetchInterval: (query) =>
      query.state.data && hasEnded(query.state.data) ? false : LOOK_AGAIN_MS,
    refetchIntervalInBackground: true,
  });
}

export function useLinkSessions() {
  return useQuery(queries.linkSessions());
}

/** Sessions that wait for the user's decision. */
export function useHeldSessions(): LinkSessionView[] {
  const { data } = useLinkSessions();
  return data?.filter(({ state }) => state === "held") ?? [];
}
