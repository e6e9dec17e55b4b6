import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { commands, queries } from "../api/commands";
import type { LinkSessionView } from "../api/link";
import { useAct } from "../kit/hooks/useAct";
import { isCurrent } from "../kit/words/invitation";
import { hasSucceeded } from "../kit/words/link";

/** Results this recent are announced even if the app was closed when they arrived. */
const NEWS_MS = 10 * 60_000;

export function useInvitations() {
  return useQuery(queries.invitations());
}

export function useOpenInvitations(): number {
  return useInvitations().data?.filter(isCurrent).length ?? 0;
}

export function useInvitationActs(sessionId: string, onDone?: (answer: LinkSessionView) => void) {
  const client = useQueryClient();
  const keep = useCallback(
    (answer: LinkSessionView) => {
      client.setQueryData(queries.linkSession(answer.sessionId).queryKey, answer);
      void client.invalidateQueries(queries.invitations());
      onDone?.(answer);
    },
    [client, onDone],
  );
  return {
    check: useAct(() => commands.invitationCheck(sessionId), keep),
    cancel: useAct(() => commands.linkCancel(sessionId), keep),
    renew: useAct((hours: number) => commands.invitationRenew(sessionId, hours), keep),
    mail: useAct(() => commands.invitationMail(sessionId)),
  };
}

function newsOf(session: LinkSessionView): string | null {
  const bank = session.institutionName ?? "a bank";
  const who = session.personName;
  if (session.state === "withdrawn") return `${who} linked ${bank}; it was removed again.`;
  if (hasSucceeded(session)) {
    return session.repairsItemId ? `${who} signed in to ${bank} again.` : `${who} linked ${bank}.`;
  }
  return session.state === "failed" ? `The link sent to ${who} did not work out.` : null;
}

/** Announces the result of each invitation once. */
export function useInvitationNews(onShow: (sessionId: string) => void): void {
  const { data } = useInvitations();
  const opened = useRef(Date.now());
  const told = useRef(new Set<string>());
  const show = useRef(onShow);
  show.current = onShow;
  useEffect(() => {
    for (const session of data ?? []) {
      const { sessionId, endedAt } = session;
      const words = newsOf(session);
      const recent = endedAt !== null && new Date(endedAt).getTime() > opened.current - NEWS_MS;
      if (!words || !recent || told.current.has(sessionId)) continue;
      told.current.add(sessionId);
      notifications.show({
        id: `invitation-${sessionId}`,
        title: "Through a link you sent",
        message: words,
        autoClose: 12_000,
        style: { cursor: "pointer" },
        onClick: () => {
          notifications.hide(`invitation-${sessionId}`);
          show.current(sessionId);
        },
      });
    }
  }, [data]);
}
