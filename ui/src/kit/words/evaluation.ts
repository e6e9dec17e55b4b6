/** Results, outcomes and methods in plain words. */
import type { ReturnInitiator } from "../../api/returns";
import type { DecisionInput, EvaluationAnswer, EvaluationResult } from "../../api/signal";

export interface Verdict {
  word: string;
  sentence: string;
}

const verdicts: Record<Exclude<EvaluationResult, "other">, Verdict> = {
  accept: {
    word: "ACCEPT",
    sentence: "The ruleset sees no reason to hold this debit back.",
  },
  review: {
    word: "REVIEW",
    sentence: "Look at this debit before you initiate it, then record what you decided.",
  },
  reroute: {
    word: "REROUTE",
    sentence: "Do not debit this account by ACH: ask for another way to pay.",
  },
};

/** What Plaid answered, as a word and a sentence. */
export function verdict({
  result,
  resultText,
}: Pick<EvaluationAnswer, "result" | "resultText">): Verdict {
  if (result === null) {
    return {
      word: "NO RULESET",
      sentence: "No ruleset was applied. Decide by the balances and scores below.",
    };
  }
  if (result === "other") {
    return {
      word: resultText ?? "OTHER",
      sentence: "This is a result that this version of Balance Desk does not know.",
    };
  }
  return verdicts[result];
}

/** Why: the rule that fired, and what its action means to the user. */
export function because(answer: EvaluationAnswer, meaning: string | null): string | null {
  const reason = answer.internalNote ? `Because: ${answer.internalNote}` : null;
  const action = meaning ? `What to do: ${meaning}` : null;
  const parts = [reason, action].filter((part) => part !== null);
  return parts.length > 0
    ? `${parts.map((part) => part.replace(/[.\s]+$/, "")).join(". ")}.`
    : null;
}

/** When Plaid needs the decision, given what it answered. */
export function decisionHint(answer: EvaluationAnswer | null): string {
  switch (answer?.result) {
    case "accept":
      return "An accept that you follow needs no record. Record it when you did something else.";
    case "reroute":
      return "A reroute that you follow needs no record. Record it when you did something else.";
    case "review":
      return "Plaid needs the decision for every review: its rules learn from it.";
    default:
      return "Recording what you decided lets Plaid learn from it.";
  }
}

type Entry = { value: string; label: string };

export const decisionOutcomes: Entry[] = [
  { value: "APPROVE", label: "Approved" },
  { value: "REVIEW", label: "Sent to review" },
  { value: "REJECT", label: "Rejected" },
  { value: "TAKE_OTHER_RISK_MEASURES", label: "Other risk measures taken" },
  { value: "NOT_EVALUATED", label: "Result was not considered" },
];

export const paymentMethods: Entry[] = [
  { value: "SAME_DAY_ACH", label: "Same day ACH" },
  { value: "NEXT_DAY_ACH", label: "Next day ACH" },
  { value: "STANDARD_ACH", label: "Standard ACH" },
  { value: "MULTIPLE_PAYMENT_METHODS", label: "Several payment methods" },
];

/** The label of a value, or the value itself where this version does not know it. */
export function labelOf(entries: Entry[], value: string): string {
  return entries.find((entry) => entry.value === value)?.label ?? value;
}

export const initiatorWords: Record<ReturnInitiator, string> = {
  bank: "Started by the bank, usually within two banking days",
  customer: "Started by the customer, up to 60 days later",
  other: "Other",
};

/** The fields of the decision form, by the names problems use. */
export const decisionFields = [
  "daysFundsOnHold",
  "decisionOutcome",
  "paymentMethod",
  "amountInstantlyAvailable",
] satisfies Array<keyof DecisionInput>;

/** `available_balance` as "available balance". */
export function attributeWords(name: string): string {
  return name.replaceAll("_", " ");
}
