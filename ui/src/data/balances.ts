import { useQuery } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import type { RefreshOutcome, RefreshPlan, RefreshScope } from "../api/balances";
import { queries } from "../api/commands";
import type { Problem } from "../api/problem";

/** Why no call is being sent. */
export type Pause =
  | { kind: "paced"; until: string; institutionName: string | null }
  | { kind: "offline"; since: string };

export interface Progress {
  /** Finished Items, including failures. */
  done: number;
  /** 0 until known. */
  total: number;
  /** Estimate; null until known. */
  secondsLeft: number | null;
  pause: Pause | null;
}

/** A refresh that waits for the user's confirmation. */
export interface RefreshPrompt {
  scope: RefreshScope;
  plan: RefreshPlan;
}

/** The refresh of live balances. At most one runs at a time. */
export interface Refresh {
  /** Starts a refresh, after a confirmation if it exceeds the user's limit. */
  run: (scope: RefreshScope) => void;
  cancel: () => void;
  /** Null while no refresh runs. */
  scope: RefreshScope | null;
  progress: Progress;
  cancelling: boolean;
  /** Items that failed in the last refresh. */
  failures: ReadonlyMap<string, Problem>;
  dismissFailure: (itemId: string) => void;
  /** Why the whole refresh failed. */
  problem: Problem | null;
  /** Scope of the last refresh, for a retry. */
  lastScope: RefreshScope | null;
  dismissProblem: () => void;
  outcome: RefreshOutcome | null;
  dismissOutcome: () => void;
}

export const RefreshContext = createContext<Refresh | null>(null);

export function useRefresh(): Refresh {
  const refresh = useContext(RefreshContext);
  if (!refresh) throw new Error("useRefresh needs a RefreshProvider around it");
  return refresh;
}

export function useBilling() {
  return useQuery(queries.billingView());
}
