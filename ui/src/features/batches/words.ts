import type {
  BatchFilter,
  BatchRow,
  BatchState,
  BatchTallies,
  BatchView,
  BatchWait,
  ImportField,
  ImportMapping,
} from "../../api/batches";
import type { Characters, Separator } from "../../api/tableFile";
import { count, formatMoney, formatTime } from "../../kit/format";
import { labelOf, paymentMethods } from "../../kit/words/decision";
import { resultWord } from "../../kit/words/result";

export const stateWords: Record<BatchState, string> = {
  ready: "ready",
  running: "running",
  paused: "paused",
  finished: "finished",
  cancelled: "cancelled",
};

export const fieldTitles: Record<ImportField, string> = {
  account: "Account",
  person: "Person",
  clientUserId: "client_user_id",
  mask: "Mask",
  amount: "Amount",
  reference: "Reference",
  date: "Date",
};

type MappedField = Exclude<keyof ImportMapping, "dayFirst">;

/** The fields that a column can fill. */
export const mappedFields: Array<{ field: MappedField; title: string; hint: string }> = [
  { field: "amount", title: "Amount", hint: "In US dollars. Needed." },
  {
    field: "account",
    title: "Account",
    hint: "Its account_id, or its name.",
  },
  { field: "person", title: "Person", hint: "The name a bank was linked for." },
  { field: "mask", title: "Mask", hint: "Last characters of the account's number." },
  { field: "clientUserId", title: "client_user_id", hint: "What Plaid gets instead of the name." },
  { field: "reference", title: "Reference", hint: "Yours or your processor's." },
  { field: "date", title: "Date", hint: "When the debit is planned." },
];

export const characterWords: Record<Characters, string> = {
  utf8: "UTF-8",
  utf16: "UTF-16",
  windows1252: "Windows-1252",
};

export const separatorWords: Record<Separator, string> = {
  comma: "commas",
  semicolon: "semicolons",
  tab: "tabulators",
  bar: "bars",
};

export const filters: Array<{ filter: BatchFilter; label: string; of: keyof BatchTallies }> = [
  { filter: "all", label: "All", of: "rows" },
  { filter: "accept", label: "ACCEPT", of: "accept" },
  { filter: "review", label: "REVIEW", of: "review" },
  { filter: "reroute", label: "REROUTE", of: "reroute" },
  { filter: "other", label: "Other", of: "other" },
  { filter: "failed", label: "Failed", of: "failed" },
  { filter: "unknown", label: "Unknown", of: "unknown" },
  { filter: "planned", label: "Not asked", of: "planned" },
  { filter: "asking", label: "Being asked", of: "asking" },
  { filter: "cancelled", label: "Cancelled", of: "cancelled" },
  { filter: "leftOut", label: "Left out", of: "leftOut" },
  { filter: "undecided", label: "No decision", of: "undecided" },
  { filter: "toDebit", label: "To debit", of: "toDebit" },
];

/** Size, source, and settings of a batch. */
export function batchFacts(batch: BatchView): string {
  const { rows } = batch.tallies;
  const facts = [
    `${count(rows.count, "debit")}, ${formatMoney(rows.total, "USD")}`,
    `from ${batch.fileName ?? "a pasted text"}, ${formatTime(batch.createdAt)}`,
    `ruleset ${batch.rulesetKey ?? "default"}`,
  ];
  if (batch.paymentMethod) facts.push(labelOf(paymentMethods, batch.paymentMethod));
  return facts.join(" · ");
}

export function rowWord(row: BatchRow): string {
  switch (row.state) {
    case "answered":
      return resultWord(row);
    case "planned":
      return "not asked";
    case "asking":
      return "being asked";
    case "leftOut":
      return "left out";
    default:
      return row.state;
  }
}

export function decisionWord(row: BatchRow): string {
  if (row.initiated === null) {
    if (row.state !== "answered") return "";
    return row.result === "review" ? "to record" : "none";
  }
  return row.initiated ? "debit" : "no debit";
}

export function waitWords(wait: BatchWait): string {
  switch (wait.kind) {
    case "network":
      return "Plaid cannot be reached. It is tried again with growing pauses.";
    case "bank":
      return `${wait.institutionName} is asked too often: its rows wait a moment.`;
    case "limit":
      return "Plaid's limits: the next row leaves in a moment.";
  }
}

/** Whether the batch has rows left to evaluate. */
export const canRun = (batch: BatchView) =>
  (batch.state === "ready" || batch.state === "paused") &&
  (batch.tallies.planned.count > 0 || batch.tallies.unknown.count > 0);
