import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useCallback, useMemo, useReducer } from "react";
import type { RefreshOutcome, RefreshProgress, RefreshScope } from "../../bindings/balances";
import type { Problem } from "../../bindings/problem";
import { keys } from "../../hooks/queries";
import { useAct } from "../../hooks/useAct";
import { balances } from "../../ipc";
import { type Refresh, RefreshContext } from "./refresh";

interface State {
  scope: RefreshScope | null;
  lastScope: RefreshScope | null;
  progress: { done: number; total: number };
  failures: ReadonlyMap<string, Problem>;
  outcome: RefreshOutcome | null;
}

type Change =
  | { kind: "begin"; scope: RefreshScope }
  | { kind: "progress"; progress: RefreshProgress }
  | { kind: "end"; outcome: RefreshOutcome | null }
  | { kind: "dismiss"; itemId: string };

const nothing: State = {
  scope: null,
  lastScope: null,
  progress: { done: 0, total: 0 },
  failures: new Map(),
  outcome: null,
};

function without(failures: ReadonlyMap<string, Problem>, itemId: string) {
  const rest = new Map(failures);
  rest.delete(itemId);
  return rest;
}

function change(state: State, next: Change): State {
  switch (next.kind) {
    case "begin":
      return {
        ...state,
        scope: next.scope,
        lastScope: next.scope,
        progress: { done: 0, total: 0 },
        outcome: null,
        failures: next.scope.kind === "all" ? new Map() : state.failures,
      };
    case "progress":
      return progressed(state, next.progress);
    case "end": {
      const failures = new Map(state.failures);
      for (const { itemId, problem } of next.outcome?.failed ?? []) failures.set(itemId, problem);
      return { ...state, scope: null, failures, outcome: next.outcome };
    }
    case "dismiss":
      return { ...state, failures: without(state.failures, next.itemId) };
  }
}

function progressed(state: State, progress: RefreshProgress): State {
  switch (progress.kind) {
    case "started":
      return { ...state, progress: { done: 0, total: progress.total } };
    case "itemDone":
      return {
        ...state,
        progress: { done: progress.done, total: progress.total },
        failures: without(state.failures, progress.itemId),
      };
    case "itemFailed":
      return {
        ...state,
        progress: { done: progress.done, total: progress.total },
        failures: new Map(state.failures).set(progress.itemId, progress.problem),
      };
    case "paced":
    case "offline":
    case "resumed":
      return state;
  }
}

/** Holds the running refresh above the screens, so that it goes on when the user looks elsewhere. */
export function RefreshProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [state, dispatch] = useReducer(change, nothing);
  const cancel = useAct(() => balances.cancel());
  const refresh = useAct(async (scope: RefreshScope) => {
    cancel.clear();
    dispatch({ kind: "begin", scope });
    let outcome: RefreshOutcome | null = null;
    try {
      outcome = await balances.refresh(scope, (progress) =>
        dispatch({ kind: "progress", progress }),
      );
    } finally {
      dispatch({ kind: "end", outcome });
      void client.invalidateQueries({ queryKey: keys.items });
    }
    return outcome;
  });
  const dismissFailure = useCallback((itemId: string) => dispatch({ kind: "dismiss", itemId }), []);
  const cancelRun = cancel.run;
  const value = useMemo<Refresh>(
    () => ({
      ...state,
      run: refresh.run,
      cancel: () => cancelRun(),
      cancelling: state.scope !== null && (cancel.running || cancel.answer !== undefined),
      dismissFailure,
      problem: refresh.problem ?? cancel.problem,
      dismissProblem: () => {
        refresh.clear();
        cancel.clear();
      },
    }),
    [state, refresh, cancel, cancelRun, dismissFailure],
  );
  return <RefreshContext value={value}>{children}</RefreshContext>;
}
