import { createContext, useContext } from "react";
import type { RefreshOutcome, RefreshScope } from "../../bindings/balances";
import type { Problem } from "../../bindings/problem";

/** A refresh of live balances: at most one at a time, whatever screen is shown. */
export interface Refresh {
  run: (scope: RefreshScope) => void;
  cancel: () => void;
  /** What is being refreshed; null when nothing is. */
  scope: RefreshScope | null;
  /** Items finished and to read; the total is 0 until the desk has said it. */
  progress: { done: number; total: number };
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
}

export const RefreshContext = createContext<Refresh | null>(null);

export function useRefresh(): Refresh {
  const refresh = useContext(RefreshContext);
  if (!refresh) throw new Error("useRefresh needs a RefreshProvider around it");
  return refresh;
}
