import { useQuery } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import type { RefreshOutcome, RefreshPlan, RefreshScope } from "../api/balances";
import { queries } from "../api/commands";
import type { Problem } from "../api/problem";

/** Why no call leaves at the moment. */
export type Pause =
  | { kind: "paced"; until: string; institutionName: string | null }
  | { kind: "offline"; since: string };

export interface Progress {
  /** Items finished, failures included. */
  done: number;
  /** 0 until the desk has said it. */
  total: number;
  /** About how many seconds it still takes; null while that is not known. */
  secondsLeft: number | null;
  pause: Pause | null;
}

/** A refresh that is to be confirmed first. */
export interface Asked {
  scope: RefreshScope;
  plan: RefreshPlan;
}

/** A refresh of live balances: at most one at a time, whatever screen is shown. */
export interface Refresh {
  /** Plans it, asks where it costs more than the user wants to spend unasked, and makes it. */
  run: (scope: RefreshScope) => void;
  cancel: () => void;
  /** What is being refreshed; null when nothing is. */
  scope: RefreshScope | null;
  progress: Progress;
  cancelling: boolean;
  /** Items that could not be read last time, and why. */
  failures: ReadonlyMap<string, Problem>;
  dismissFailure: (itemId: string) => void;
  /** Why the refresh as a whole could not be made. */
  problem: Problem | null;
  /** What the last refresh asked for, for trying again. */
  lastScope: RefreshScope | null;
  dismissProblem: () => void;
  /** How the last refresh ended. */
  outcome: RefreshOutcome | null;
  dismissOutcome: () => void;
}

export const RefreshContext = createContext<Refresh | null>(null);

export function useRefresh(): Refresh {
  const refresh = useContext(RefreshContext);
  if (!refresh) throw new Error("useRefresh needs a RefreshProvider around it");
  return refresh;
}

/** Billed calls by day and month. */
export function useBilling() {
  return useQuery(queries.billingView());
}
