import { Modal } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import type { LinkSessionView } from "../../bindings/link";
import { type ProblemActions, ProblemActionsContext } from "../../components/ProblemActions";
import { ProblemNotice } from "../../components/ProblemNotice";
import { Waiting } from "../../components/Waiting";
import { useNavigation } from "../../frame/route";
import { keys } from "../../hooks/queries";
import { useAct } from "../../hooks/useAct";
import { link } from "../../ipc";
import { type LinkDraft, LinkForm } from "./LinkForm";
import { LinkSession } from "./LinkSession";
import { LinkContext } from "./link";
import { useLinkSession } from "./useLinkSession";
import { hasEnded, isLookedUp } from "./words";

type View = { kind: "form" } | { kind: "repair"; itemId: string } | { kind: "session" };

/** Linking stands above the screens: its dialog may be put aside while the Link window is open. */
export function LinkProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const { go } = useNavigation();
  const [shown, setShown] = useState(false);
  const [view, setView] = useState<View>({ kind: "form" });
  const [sessionId, setSessionId] = useState<string | null>(null);
  const session = useLinkSession(sessionId);
  const ended = session.data ? hasEnded(session.data) : false;
  const lookedUp = session.data ? isLookedUp(session.data) : false;
  const waiting = sessionId !== null && !ended && !lookedUp;

  const form = useForm<LinkDraft>({
    initialValues: { purpose: "achRisk", products: ["auth"], personName: "" },
    validate: {
      personName: (typed) => (typed.trim() ? null : "Enter a name."),
      products: (chosen, { purpose }) =>
        purpose === "balancesOnly" && chosen.length === 0 ? "Choose at least one." : null,
    },
  });
  const keep = useCallback(
    (answer: LinkSessionView) => client.setQueryData(keys.linkSession(answer.sessionId), answer),
    [client],
  );
  const follow = (answer: LinkSessionView) => {
    keep(answer);
    setSessionId(answer.sessionId);
    setView({ kind: "session" });
  };
  const start = useAct(link.start, follow);
  const repairAct = useAct(link.repair, follow);

  const { run: runRepair } = repairAct;
  const { clear: clearStart } = start;
  const open = useCallback(() => {
    if (!waiting) {
      clearStart();
      setView({ kind: "form" });
    }
    setShown(true);
  }, [waiting, clearStart]);
  const repair = useCallback(
    (itemId: string) => {
      setShown(true);
      // With a Link window open the dialog shows that one: only one bank is linked at a time.
      if (waiting) return;
      setView({ kind: "repair", itemId });
      runRepair(itemId);
    },
    [waiting, runRepair],
  );

  useEffect(() => {
    if (!ended) return;
    setShown(true);
    void client.invalidateQueries({ queryKey: keys.items });
    void client.invalidateQueries({ queryKey: keys.people });
  }, [ended, client]);

  const door = useMemo(() => ({ open, repair, waiting }), [open, repair, waiting]);
  const actions = useMemo<ProblemActions>(
    () => ({
      repairItem: repair,
      linkAgain: open,
      checkKeys: () => {
        setShown(false);
        go({ screen: "settings" });
      },
    }),
    [repair, open, go],
  );
  const again = () => {
    const repairs = session.data?.repairsItemId;
    if (repairs) repair(repairs);
    else open();
  };
  return (
    <LinkContext value={door}>
      {children}
      <Modal
        opened={shown}
        onClose={() => setShown(false)}
        title={view.kind === "form" ? "Link a bank" : "Linking"}
        size={580}
        closeOnClickOutside={false}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <ProblemActionsContext value={actions}>
          {view.kind === "form" ? <LinkForm form={form} start={start} /> : null}
          {view.kind === "repair" ? (
            repairAct.problem ? (
              <ProblemNotice
                problem={repairAct.problem}
                onRetry={() => runRepair(view.itemId)}
                busy={repairAct.running}
              />
            ) : (
              <Waiting>Preparing the sign-in…</Waiting>
            )
          ) : null}
          {view.kind === "session" && session.data ? (
            <LinkSession
              session={session.data}
              onCancelled={keep}
              onAgain={again}
              onClose={() => setShown(false)}
            />
          ) : null}
          {view.kind === "session" && session.error ? (
            <ProblemNotice problem={session.error} onRetry={() => void session.refetch()} />
          ) : null}
        </ProblemActionsContext>
      </Modal>
    </LinkContext>
  );
}
