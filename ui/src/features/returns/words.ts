import type { ReturnInitiator } from "../../api/returnCodes";
import type {
  AccountReturns,
  ImportCounts,
  ImportState,
  MatchReason,
  ReturnMapping,
} from "../../api/returns";
import { count } from "../../kit/format";

export const initiatorWords: Record<ReturnInitiator, string> = {
  bank: "Started by the bank, usually within two banking days",
  customer: "Started by the customer, up to 60 days later",
  other: "Other",
};

export const reasonWords: Record<MatchReason, string> = {
  transactionId: "same client_transaction_id",
  partOfTransactionId: "beginning of its client_transaction_id",
  reference: "same reference",
  amount: "same amount",
  accountEnding: "same end of the account number",
  name: "same name",
  date: "evaluated in the weeks before",
};

export const stateWords: Record<ImportState, string> = {
  ready: "Will be recorded",
  open: "Choose the debit",
  unmatched: "No debit found",
  skipped: "Left out",
  already: "Recorded before",
  faulty: "Cannot be read",
};

/** Row states, most urgent first. */
export const stateOrder: ImportState[] = [
  "open",
  "unmatched",
  "faulty",
  "ready",
  "already",
  "skipped",
];

export function countOf(counts: ImportCounts, state: ImportState | null): number {
  return state === null ? counts.all : counts[state];
}

/** The fields of the mapping, required ones first. */
export const mappingFields: Array<{ field: keyof ReturnMapping; label: string; hint?: string }> = [
  { field: "returnCode", label: "Return code" },
  { field: "clientTransactionId", label: "client_transaction_id" },
  { field: "reference", label: "Other reference" },
  { field: "amount", label: "Amount" },
  { field: "returnedOn", label: "Date of the return" },
  { field: "name", label: "Account holder" },
  { field: "account", label: "Account number", hint: "Only its last four characters are used." },
];

/** "2 debits of this account were returned in the last 90 days: R01, R10". */
export function repeatReturnWords({ returned, days }: AccountReturns): string {
  const verb = returned.length === 1 ? "was" : "were";
  const codes = returned.map(({ returnCode }) => returnCode).join(", ");
  return `${count(returned.length, "debit")} of this account ${verb} returned in the last ${days} days: ${codes}.`;
}

/** How many of "Record n returns" Plaid would reject without a decision. */
export function needsDecisionWords({ ready, needsDecision }: ImportCounts): string {
  if (needsDecision === 0) return "";
  const all = ready === 1 ? "this return" : "these returns";
  const which = needsDecision === ready ? all : `${needsDecision} of them`;
  return `Plaid refuses ${which} until “initiated” is recorded as the decision. Open the evaluation at the row.`;
}

/** What "Record n returns" skips. */
export function leftOutWords(counts: ImportCounts): string {
  const parts = [
    counts.open > 0 ? `${count(counts.open, "row")} without a choice` : null,
    counts.unmatched > 0 ? `${count(counts.unmatched, "row")} without a debit` : null,
    counts.faulty > 0 ? `${count(counts.faulty, "row")} that cannot be read` : null,
  ].filter((part) => part !== null);
  return parts.length > 0 ? `Not recorded: ${parts.join(", ")}.` : "";
}
