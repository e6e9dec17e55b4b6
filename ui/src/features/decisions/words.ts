import type { DueReason, RecordedReport } from "../../api/decisions";

export const reasonWords: Record<DueReason, string> = {
  review: "Plaid asks for your review",
  other: "A result this version does not know",
  noResult: "No ruleset was applied",
  initiated: "You initiated it all the same",
  notInitiated: "You did not initiate it",
  returned: "Returned, but not known as initiated",
  told: "Plaid was told it is not initiated",
};

/** Tells the user what to do, in one sentence. */
export const reasonSentences: Record<DueReason, string> = {
  review: "Look at the facts, do what you decide, and record it: Plaid learns from it.",
  other: "Look at the facts, do what you decide, and record it.",
  noResult: "No ruleset has decided. Look at the facts, do what you decide, and record it.",
  initiated:
    "You said that this debit was initiated although the result or your decision says otherwise. Record it, so that Plaid knows.",
  notInitiated:
    "You said that this debit was not initiated although the result or your decision says otherwise. Record it, so that Plaid knows.",
  returned:
    "This debit came back, so it was initiated. Plaid does not know that and refuses the return until you record it.",
  told: "When the answer was lost, Plaid was asked about this debit by saying that it is not initiated. Record what was done in the end.",
};

/** Answers the first question of the form when the facts decide it. */
export function initiatedBy(reason: DueReason): "yes" | "no" | null {
  switch (reason) {
    case "initiated":
    case "returned":
      return "yes";
    case "notInitiated":
      return "no";
    default:
      return null;
  }
}

export const deliveryOf = (report: RecordedReport) =>
  report.kind === "decision" ? report.decision.delivery : report.returned.delivery;
