import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useCallback, useMemo, useReducer } from "react";
import type { RefreshOutcome, RefreshScope } from "../../api/balances";
import { commands } from "../../api/commands";
import { type Refresh, RefreshContext } from "../../data/balances";
import { invalidate } from "../../data/client";
import { useAct } from "../../kit/hooks/useAct";
import { ConfirmRefresh } from "./ConfirmRefresh";
import { initialRefresh, refreshReducer } from "./refreshState";

/** Keeps the running refresh above the screens, so that it survives navigation. */
export function RefreshProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [state, dispatch] = useReducer(refreshReducer, initialRefresh);
  const cancel = useAct(() => commands.balancesCancel());
  const refresh = useAct(async (scope: RefreshScope) => {
    cancel.clear();
    dispatch({ kind: "begin", scope });
    let outcome: RefreshOutcome | null = null;
    try {
      outcome = await commands.balancesRefresh(scope, (progress) =>
        dispatch({ kind: "progress", progress }),
      );
    } finally {
      dispatch({ kind: "end", outcome });
      void invalidate(client, "itemsChanged");
    }
    return outcome;
  });
  const plan = useAct(
    (scope: RefreshScope) => commands.balancesPlan(scope),
    (planned, scope) => {
      if (planned.needsConfirmation && !planned.running) {
        dispatch({ kind: "ask", prompt: { scope, plan: planned } });
      } else {
        refresh.run(scope);
      }
    },
  );
  const running = state.scope !== null;
  const { run: runPlan, clear: clearPlan } = plan;
  const run = useCallback(
    (scope: RefreshScope) => {
      if (!running) runPlan(scope);
    },
    [running, runPlan],
  );
  const dismissFailure = useCallback((itemId: string) => dispatch({ kind: "dismiss", itemId }), []);
  const dismissOutcome = useCallback(() => dispatch({ kind: "dismissOutcome" }), []);
  const { run: cancelRun, running: cancelRunning, answer: cancelled, clear: clearCancel } = cancel;
  const { clear: clearRefresh } = refresh;
  const problem = plan.problem ?? refresh.problem ?? cancel.problem;
  const value = useMemo<Refresh>(
    () => ({
      ...state,
      lastScope: state.lastScope ?? plan.arg ?? null,
      run,
      cancel: () => cancelRun(),
      cancelling: running && (cancelRunning || cancelled !== undefined),
      dismissFailure,
      dismissOutcome,
      problem,
      dismissProblem: () => {
        clearPlan();
        clearRefresh();
        clearCancel();
      },
    }),
    [
      state,
      running,
      run,
      plan.arg,
      problem,
      cancelRun,
      cancelRunning,
      cancelled,
      clearPlan,
      clearRefresh,
      clearCancel,
      dismissFailure,
      dismissOutcome,
    ],
  );
  return (
    <RefreshContext value={value}>
      {children}
      <ConfirmRefresh
        prompt={state.prompt}
        onConfirm={({ scope }) => refresh.run(scope)}
        onClose={() => dispatch({ kind: "ask", prompt: null })}
      />
    </RefreshContext>
  );
}
