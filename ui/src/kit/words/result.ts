/** What Plaid answered, in words. */
import type { EvaluationAnswer, EvaluationResult } from "../../api/signal";

type Result = Pick<EvaluationAnswer, "result" | "resultText">;

/** The results as they appear in tables, charts, and filters. */
export const resultNames = {
  accept: "Accept",
  review: "Review",
  reroute: "Reroute",
} satisfies Partial<Record<EvaluationResult, string>>;

/** "ACCEPT"; a result that this version does not know keeps Plaid's own word. */
export function resultWord({ result, resultText = null }: Partial<Result>): string {
  if (!result) return "NO RULESET";
  return result === "other" ? (resultText ?? "OTHER") : result.toUpperCase();
}

const sentences: Record<EvaluationResult, string> = {
  accept: "The ruleset sees no reason to hold this debit back.",
  review: "Look at this debit before you initiate it, then record what you decided.",
  reroute: "Do not debit this account by ACH: ask for another way to pay.",
  other: "This is a result that this version of Balance Desk does not know.",
};

/** What a result means, as a sentence. */
export function resultSentence({ result }: Pick<Result, "result">): string {
  return result === null
    ? "No ruleset was applied. Decide by the balances and scores below."
    : sentences[result];
}

export function because(answer: EvaluationAnswer, meaning: string | null): string | null {
  const reason = answer.internalNote ? `Because: ${answer.internalNote}` : null;
  const action = meaning ? `What to do: ${meaning}` : null;
  const parts = [reason, action].filter((part) => part !== null);
  return parts.length > 0
    ? `${parts.map((part) => part.replace(/[.\s]+$/, "")).join(". ")}.`
    : null;
}

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
