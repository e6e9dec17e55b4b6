import { createContext, useContext } from "react";
import type { Problem } from "../../bindings/problem";
import type { EvaluateRequest } from "../../bindings/signal";

/** What stands in the form, as typed. */
export interface EvaluateDraft {
  accountId: string | null;
  amount: string;
  rulesetKey: string;
  clientTransactionId: string;
}

export const emptyDraft: EvaluateDraft = {
  accountId: null,
  amount: "",
  rulesetKey: "",
  clientTransactionId: "",
};

/** The evaluation being prepared or asked; it outlives a look at another screen. */
export interface Evaluate {
  draft: EvaluateDraft;
  setDraft: (change: Partial<EvaluateDraft>) => void;
  /** Sends the question, unless one is under way. */
  ask: (request: EvaluateRequest) => void;
  asking: boolean;
  problem: Problem | null;
  clearProblem: () => void;
  /** The evaluation that was asked last. */
  shownId: string | null;
  /** Goes to the screen with this account chosen. */
  evaluateFrom: (accountId: string) => void;
}

export const EvaluateContext = createContext<Evaluate | null>(null);

export function useEvaluate(): Evaluate {
  const evaluate = useContext(EvaluateContext);
  if (!evaluate) throw new Error("useEvaluate needs an EvaluateProvider around it");
  return evaluate;
}
