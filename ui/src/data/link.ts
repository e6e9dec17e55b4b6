import { useQuery } from "@tanstack/react-query";
import { queries } from "../api/commands";
import type { LinkSessionView } from "../api/link";
import { hasEnded } from "../kit/words/link";

/** Events announce each change; looking again now and then covers one that was missed. */
const LOOK_AGAIN_MS = 3000;

/** One Link session, followed until it has ended. */
export function useLinkSession(sessionId: string | null) {
  return useQuery({
    ...queries.linkSession(sessionId ?? ""),
    enabled: sessionId !== null,
    refetchInterval: (query) =>
      query.state.data && hasEnded(query.state.data) ? false : LOOK_AGAIN_MS,
    refetchIntervalInBackground: true,
  });
}

/** All sessions, the newest first. */
export function useLinkSessions() {
  return useQuery(queries.linkSessions());
}

/** The sessions that wait for a decision of the user. */
export function useHeldSessions(): LinkSessionView[] {
  const { data } = useLinkSessions();
  return data?.filter(({ state }) => state === "held") ?? [];
}
