import { useQuery } from "@tanstack/react-query";
import { commands } from "../api/commands";
import type { LinkSessionView } from "../api/link";
import type { Problem } from "../api/problem";
import { hasEnded } from "../kit/words/link";
import { keys } from "./client";

/** Events announce each change; looking again now and then covers one that was missed. */
const LOOK_AGAIN_MS = 3000;

/** One Link session, followed until it has ended. */
export function useLinkSession(sessionId: string | null) {
  return useQuery<LinkSessionView, Problem>({
    queryKey: keys.linkSession(sessionId ?? ""),
    queryFn: () => commands.linkSession(sessionId ?? ""),
    enabled: sessionId !== null,
    refetchInterval: (query) =>
      query.state.data && hasEnded(query.state.data) ? false : LOOK_AGAIN_MS,
    refetchIntervalInBackground: true,
  });
}

/** All sessions, the newest first. */
export function useLinkSessions() {
  return useQuery<LinkSessionView[], Problem>({
    queryKey: keys.linkSessions,
    queryFn: commands.linkSessions,
  });
}

/** The sessions that wait for a decision of the user. */
export function useHeldSessions(): LinkSessionView[] {
  const { data } = useLinkSessions();
  return data?.filter(({ state }) => state === "held") ?? [];
}
