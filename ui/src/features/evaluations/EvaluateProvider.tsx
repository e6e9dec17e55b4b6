import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { commands } from "../../api/commands";
import { invalidate } from "../../data/client";
import { showEvaluation, useRunning } from "../../data/evaluations";
import { useAct } from "../../kit/hooks/useAct";
import { useNavigation } from "../../kit/navigation/route";
import {
  EvaluateContext,
  type EvaluateContextValue,
  type EvaluateDraft,
  emptyDraft,
  emptyPersonalFields,
} from "./evaluate";

/** Keeps the form and the running evaluation above the screens, so that both survive navigation. */
export function EvaluateProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const { go } = useNavigation();
  const [draft, setWholeDraft] = useState(emptyDraft);
  const [shownId, setShownId] = useState<string | null>(null);
  const setDraft = useCallback(
    (change: Partial<EvaluateDraft>) =>
      setWholeDraft((before) => {
        const other = "accountId" in change && change.accountId !== before.accountId;
        return { ...before, ...(other ? emptyPersonalFields : {}), ...change };
      }),
    [],
  );
  const act = useAct(commands.evaluate, (evaluation) => {
    showEvaluation(client, evaluation);
    // An evaluation also reads balances.
    void invalidate(client, "itemsChanged");
    setShownId(evaluation.clientTransactionId);
    if (evaluation.state === "answered") {
      setDraft({ amount: "", clientTransactionId: "", purpose: "", clientUserId: "" });
    }
  });
  const { run, running: evaluating, problem, clear } = act;
  const running = useRunning(evaluating);
  const value = useMemo<EvaluateContextValue>(
    () => ({
      draft,
      setDraft,
      evaluate: run,
      evaluating,
      running,
      problem,
      clearProblem: clear,
      shownId,
      evaluateFrom: (accountId) => {
        if (!evaluating) {
          clear();
          setDraft({ accountId });
          setShownId(null);
        }
        go({ screen: "evaluate" });
      },
    }),
    [draft, setDraft, run, evaluating, running, problem, clear, shownId, go],
  );
  return <EvaluateContext value={value}>{children}</EvaluateContext>;
}
