import { createContext, useContext } from "react";
import type { Problem } from "../../api/problem";
import type { EvaluateRequest, RunningEvaluation } from "../../api/signal";

/** The fields of the account's owner, in the order of the form. */
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

/** What has been entered; texts as typed. */
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

/** What belongs to one person and one debit: it does not go on to another account. */
export const personalDraft: Partial<EvaluateDraft> = Object.fromEntries(
  [...userFields, ...deviceFields, "clientUserId" as const].map((field) => [field, ""]),
);

/** The fields given, those that are empty as null; null when all of them are. */
function entered<F extends TextField>(draft: EvaluateDraft, fields: readonly F[]) {
  if (fields.every((field) => !draft[field].trim())) return null;
  return Object.fromEntries(fields.map((field) => [field, draft[field] || null])) as Record<
    F,
    string | null
  >;
}

/** The request that a draft makes. */
export function requestOf(draft: EvaluateDraft, accountId: string): EvaluateRequest {
  return {
    accountId,
    amount: draft.amount,
    purpose: draft.purpose || null,
    rulesetKey: draft.rulesetKey || null,
    isRecurring: draft.isRecurring === null ? null : draft.isRecurring === "yes",
    defaultPaymentMethod: draft.defaultPaymentMethod,
    clientUserId: draft.clientUserId || null,
    clientTransactionId: draft.clientTransactionId || null,
    user: entered(draft, userFields),
    device: entered(draft, deviceFields),
  };
}

/** The evaluation being prepared or asked; it outlives a look at another screen. */
export interface Evaluate {
  draft: EvaluateDraft;
  setDraft: (change: Partial<EvaluateDraft>) => void;
  /** Sends the question, unless one is under way. */
  ask: (request: EvaluateRequest) => void;
  asking: boolean;
  /** How far the question is that is under way, once that is known. */
  running: RunningEvaluation | null;
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
