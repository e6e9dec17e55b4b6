import { createContext, useContext } from "react";
import type { Problem } from "../../api/problem";
import type { EvaluateRequest, RunningEvaluation } from "../../api/signal";

/** The fields of the account owner, in form order. */
export const userFields = [
  "prefix",
  "givenName",
  "middleName",
  "familyName",
  "suffix",
  "phoneNumber",
  "emailAddress",
  "street",
  "city",
  "region",
  "postalCode",
  "country",
] as const;

export const deviceFields = ["ipAddress", "userAgent"] as const;

export const moreFields = [
  "rulesetKey",
  "defaultPaymentMethod",
  "clientUserId",
  "clientTransactionId",
] as const;

type TextField =
  | (typeof userFields)[number]
  | (typeof deviceFields)[number]
  | "rulesetKey"
  | "clientUserId"
  | "clientTransactionId"
  | "purpose"
  | "amount";

/** The form values; texts as typed. */
export interface EvaluateDraft extends Record<TextField, string> {
  accountId: string | null;
  isRecurring: "yes" | "no" | null;
  defaultPaymentMethod: string | null;
}

export const emptyDraft: EvaluateDraft = {
  accountId: null,
  amount: "",
  purpose: "",
  rulesetKey: "",
  isRecurring: null,
  defaultPaymentMethod: null,
  clientUserId: "",
  clientTransactionId: "",
  prefix: "",
  givenName: "",
  middleName: "",
  familyName: "",
  suffix: "",
  phoneNumber: "",
  emailAddress: "",
  street: "",
  city: "",
  region: "",
  postalCode: "",
  country: "",
  ipAddress: "",
  userAgent: "",
};

/** Clears what belongs to one customer and one debit, when the account changes. */
export const emptyPersonalFields: Partial<EvaluateDraft> = Object.fromEntries(
  [...userFields, ...deviceFields, "clientUserId" as const].map((field) => [field, ""]),
);

/** The fields with empty ones as null; null when all are empty. */
function enteredFields<F extends TextField>(draft: EvaluateDraft, fields: readonly F[]) {
  if (fields.every((field) => !draft[field].trim())) return null;
  return Object.fromEntries(fields.map((field) => [field, draft[field] || null])) as Record<
    F,
    string | null
  >;
}

export function evaluateRequest(draft: EvaluateDraft, accountId: string): EvaluateRequest {
  return {
    accountId,
    amount: draft.amount,
    purpose: draft.purpose || null,
    rulesetKey: draft.rulesetKey || null,
    isRecurring: draft.isRecurring === null ? null : draft.isRecurring === "yes",
    defaultPaymentMethod: draft.defaultPaymentMethod,
    clientUserId: draft.clientUserId || null,
    clientTransactionId: draft.clientTransactionId || null,
    user: enteredFields(draft, userFields),
    device: enteredFields(draft, deviceFields),
  };
}

/** The evaluation being prepared or running; kept while the user looks at another screen. */
export interface EvaluateContextValue {
  draft: EvaluateDraft;
  setDraft: (change: Partial<EvaluateDraft>) => void;
  /** Starts an evaluation, unless one is running. */
  evaluate: (request: EvaluateRequest) => void;
  evaluating: boolean;
  /** Progress of the running evaluation, once known. */
  running: RunningEvaluation | null;
  problem: Problem | null;
  clearProblem: () => void;
  /** The latest evaluation. */
  shownId: string | null;
  /** Opens the screen with this account selected. */
  evaluateFrom: (accountId: string) => void;
}

export const EvaluateContext = createContext<EvaluateContextValue | null>(null);

export function useEvaluate(): EvaluateContextValue {
  const evaluate = useContext(EvaluateContext);
  if (!evaluate) throw new Error("useEvaluate needs an EvaluateProvider around it");
  return evaluate;
}
