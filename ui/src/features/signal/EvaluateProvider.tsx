import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { useNavigation } from "../../frame/route";
import { keys } from "../../hooks/queries";
import { useAct } from "../../hooks/useAct";
import { signal } from "../../ipc";
import { type Evaluate, EvaluateContext, type EvaluateDraft, emptyDraft } from "./evaluate";

/** Holds the form and the running question above the screens, so that neither is lost. */
export function EvaluateProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const { go } = useNavigation();
  const [draft, setWholeDraft] = useState(emptyDraft);
  const [shownId, setShownId] = useState<string | null>(null);
  const setDraft = useCallback(
    (change: Partial<EvaluateDraft>) => setWholeDraft((before) => ({ ...before, ...change })),
    [],
  );
  const act = useAct(signal.evaluate, (evaluation) => {
    client.setQueryData(keys.evaluation(evaluation.clientTransactionId), evaluation);
    void client.invalidateQueries({ queryKey: keys.evaluations, exact: true });
    // An evaluation reads balances too.
    void client.invalidateQueries({ queryKey: keys.items });
    setShownId(evaluation.clientTransactionId);
    if (evaluation.state === "answered") setDraft({ amount: "", clientTransactionId: "" });
  });
  const { run, running, problem, clear } = act;
  const value = useMemo<Evaluate>(
    () => ({
      draft,
      setDraft,
      ask: run,
      asking: running,
      problem,
      clearProblem: clear,
      shownId,
      evaluateFrom: (accountId) => {
        if (!running) {
          clear();
          setDraft({ accountId });
          setShownId(null);
        }
        go({ screen: "evaluate" });
      },
    }),
    [draft, setDraft, run, running, problem, clear, shownId, go],
  );
  return <EvaluateContext value={value}>{children}</EvaluateContext>;
}
