import { Modal } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import {
  type ComponentType,
  type ReactNode,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { commands, queries } from "../../api/commands";
import type { LinkSessionView } from "../../api/link";
import { invalidate, useDeskEvent } from "../../data/client";
import { useInvitationNews } from "../../data/invitations";
import { useHeldSessions, useLinkSession, useLinkSessions } from "../../data/link";
import { draftProblems, emptyDraft, inviting, type LinkDraft } from "../../data/linkDraft";
import { type ProblemActions, ProblemActionsContext } from "../../kit/components/ProblemActions";
import { ProblemNotice } from "../../kit/components/ProblemNotice";
import { Waiting } from "../../kit/components/Waiting";
import { DialogsAboveContext, useDialogsAbove } from "../../kit/hooks/dialogsAbove";
import { useAct } from "../../kit/hooks/useAct";
import { type InviteAim, LinkContext } from "../../kit/navigation/link";
import { useNavigation } from "../../kit/navigation/route";
import { hasEnded, isLive } from "../../kit/words/link";
import { type InvitationFieldsProps, LinkForm } from "./LinkForm";
import { WorksAgain } from "./LinkParts";
import { type InvitationProps, LinkSession } from "./LinkSession";

type DialogView =
  | { kind: "form" }
  | { kind: "repair"; itemId: string; chooseAccounts: boolean }
  | { kind: "session"; sessionId: string };

interface Props {
  children: ReactNode;
  InvitationFields: ComponentType<InvitationFieldsProps>;
  Invitation: ComponentType<InvitationProps>;
}

/** Keeps linking above the screens: the user can hide its dialog while the customer links. */
export function LinkProvider({ children, InvitationFields, Invitation }: Props) {
  const client = useQueryClient();
  const { go } = useNavigation();
  const [shown, setShown] = useState(false);
  const [view, setView] = useState<DialogView>({ kind: "form" });
  const live = useLiveSession();
  const above = useDialogsAbove();
  const { waiting } = live;
  const shownId = view.kind === "session" ? view.sessionId : null;
  const session = useLinkSession(shownId);
  const form = useForm<LinkDraft>({ initialValues: emptyDraft, validate: draftProblems });

  const keep = useCallback(
    (answer: LinkSessionView) =>
      client.setQueryData(queries.linkSession(answer.sessionId).queryKey, answer),
    [client],
  );
  const show = useCallback((sessionId: string) => {
    setView({ kind: "session", sessionId });
    setShown(true);
  }, []);
  const { follow: followLive } = live;
  const follow = (answer: LinkSessionView) => {
    keep(answer);
    followLive(answer.sessionId);
    show(answer.sessionId);
  };
  const start = useAct(commands.linkStart, follow);
  const repairAct = useAct(
    ({ itemId, chooseAccounts }: { itemId: string; chooseAccounts: boolean }) =>
      commands.linkRepair(itemId, chooseAccounts),
    follow,
  );
  const invited = useAct(commands.invitationCreate, (answer) => {
    keep(answer);
    void client.invalidateQueries(queries.invitations());
    form.setValues({ personName: "", note: "" });
    show(answer.sessionId);
  });
  const browser = useAct(commands.linkInBrowser, keep);

  const { run: runRepair } = repairAct;
  const { clear: clearStart } = start;
  const { clear: clearInvite } = invited;
  const { setValues } = form;
  const ask = useCallback(
    (changes: Partial<LinkDraft>) => {
      clearStart();
      clearInvite();
      setValues(changes);
      setView({ kind: "form" });
      setShown(true);
    },
    [clearStart, clearInvite, setValues],
  );
  const liveId = live.sessionId;
  const open = useCallback(() => {
    if (waiting && liveId) show(liveId);
    else ask({ way: "window" });
  }, [waiting, liveId, show, ask]);
  const invite = useCallback((aim: InviteAim) => ask(inviting(aim)), [ask]);
  const repair = useCallback(
    (itemId: string, chooseAccounts = false) => {
      // While a session is live, the dialog shows it: only one session can run at a time.
      if (waiting && liveId) return show(liveId);
      setView({ kind: "repair", itemId, chooseAccounts });
      setShown(true);
      runRepair({ itemId, chooseAccounts });
    },
    [waiting, liveId, show, runRepair],
  );
  const { run: runBrowser, running: openingBrowser } = browser;
  const continueInBrowser = useCallback(
    (sessionId: string) => {
      show(sessionId);
      runBrowser(sessionId);
    },
    [show, runBrowser],
  );

  // The user asked for this in the Link window, by its menu or on its page.
  useDeskEvent((event) => {
    if (event.kind === "linkInBrowser") continueInBrowser(event.sessionId);
  });
  useInvitationNews(show);
  useReopenDialog({ shown, liveId, liveEnded: live.ended, shownId, show });

  const value = useMemo(
    () => ({ open, repair, invite, continueInBrowser, openingBrowser, show, waiting }),
    [open, repair, invite, continueInBrowser, openingBrowser, show, waiting],
  );
  const actions = useMemo<ProblemActions>(
    () => ({
      repairItem: repair,
      chooseAccounts: (itemId) => repair(itemId, true),
      continueInBrowser,
      linkAgain: open,
      checkKeys: () => {
        setShown(false);
        go({ screen: "settings" });
      },
    }),
    [repair, continueInBrowser, open, go],
  );
  const again = () => {
    const before = session.data;
    if (before?.repairsItemId) repair(before.repairsItemId, before.chooseAccounts);
    else ask({ way: before?.invitation ? "invitation" : "window" });
  };
  return (
    <LinkContext value={value}>
      {children}
      <Modal
        closeOnEscape={above.number === 0}
        opened={shown}
        onClose={() => setShown(false)}
        title={titleOf(view, form.values.way, session.data)}
        size={600}
        closeOnClickOutside={false}
      >
        <DialogsAboveContext value={above.report}>
          <ProblemActionsContext value={actions}>
            {view.kind === "form" ? (
              <LinkForm
                form={form}
                start={start}
                invite={invited}
                busy={waiting ? "A bank is being linked at this desk. Finish that first." : null}
                InvitationFields={InvitationFields}
              />
            ) : null}
            {view.kind === "repair" ? (
              repairAct.problem?.kind === "worksAgain" ? (
                <WorksAgain problem={repairAct.problem} onClose={() => setShown(false)} />
              ) : repairAct.problem ? (
                <ProblemNotice
                  problem={repairAct.problem}
                  onRetry={() => runRepair(view)}
                  busy={repairAct.running}
                />
              ) : (
                <Waiting>Preparing the sign-in…</Waiting>
              )
            ) : null}
            {browser.problem && browser.arg === shownId ? (
              <div style={{ marginBottom: 12 }}>
                <ProblemNotice
                  problem={browser.problem}
                  onRetry={() => shownId && runBrowser(shownId)}
                />
              </div>
            ) : null}
            {view.kind === "session" && session.data ? (
              <LinkSession
                // Reset the choices for each session.
                key={session.data.sessionId}
                session={session.data}
                Invitation={Invitation}
                onChanged={(changed) => {
                  keep(changed);
                  if (changed.sessionId !== shownId) show(changed.sessionId);
                }}
                onAgain={again}
                onClose={() => setShown(false)}
              />
            ) : null}
            {view.kind === "session" && session.error ? (
              <ProblemNotice problem={session.error} onRetry={() => void session.refetch()} />
            ) : null}
          </ProblemActionsContext>
        </DialogsAboveContext>
      </Modal>
    </LinkContext>
  );
}

function titleOf(
  view: DialogView,
  way: LinkDraft["way"],
  session: LinkSessionView | undefined,
): string {
  if (view.kind === "form") return way === "invitation" ? "Send to a customer" : "Link a bank";
  return view.kind === "session" && session?.invitation ? "Invitation" : "Linking";
}

/** The live session at this desk, including one that survived a restart of the app. */
function useLiveSession() {
  const client = useQueryClient();
  const [sessionId, setSessionId] = useState<string | null>(null);
  const sessions = useLinkSessions();
  const found = sessions.data?.find(isLive)?.sessionId ?? null;
  const session = useLinkSession(sessionId);
  const waiting = sessionId !== null && (session.data ? isLive(session.data) : !session.error);
  const ended = session.data ? hasEnded(session.data) : false;
  useEffect(() => {
    if (found && !waiting) setSessionId(found);
  }, [found, waiting]);
  useEffect(() => {
    if (ended) void invalidate(client, "itemsChanged");
  }, [ended, client]);
  return { sessionId, waiting, ended, follow: setSessionId };
}

interface DialogState {
  shown: boolean;
  liveId: string | null;
  liveEnded: boolean;
  /** The session of the dialog, open or hidden. */
  shownId: string | null;
  show: (sessionId: string) => void;
}

/** Opens the dialog when a session ends or needs a decision, unless the user is typing in the form. */
function useReopenDialog({ shown, liveId, liveEnded, shownId, show }: DialogState) {
  const held = useHeldSessions();
  const heldIds = held.map(({ sessionId }) => sessionId).join(" ");
  const known = useRef(new Set<string>());
  const free = useRef(true);
  free.current = !shown;
  useEffect(() => {
    if (liveEnded && liveId && (free.current || shownId === liveId)) show(liveId);
  }, [liveEnded, liveId, shownId, show]);
  useEffect(() => {
    for (const sessionId of heldIds.split(" ").filter(Boolean)) {
      if (known.current.has(sessionId)) continue;
      known.current.add(sessionId);
      if (free.current) show(sessionId);
    }
  }, [heldIds, show]);
}
