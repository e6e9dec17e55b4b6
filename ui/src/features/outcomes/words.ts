import type { NachaKind, NachaVerdict, Rate, ScoreKind } from "../../api/outcomes";
import { count } from "../../kit/format";

/** "1.25 %", or a dash without a denominator. */
export function percentWords(rate: Rate): string {
  return rate.percent === null ? "–" : `${rate.percent} %`;
}

/** For rates that rest on few debits: "12 debits: too few to judge". */
export function fewWords(rate: Rate): string | null {
  if (!rate.tooFew || rate.percent === null) return null;
  return `${count(rate.whole, "debit")}: too few to judge`;
}

export const kindWords: Record<NachaKind, { title: string; meaning: string }> = {
  unauthorized: {
    title: "Unauthorized",
    meaning: "The customer says that the debit was not authorized.",
  },
  administrative: { title: "Administrative", meaning: "The account data were wrong or old." },
  overall: { title: "Overall", meaning: "Every return, whatever the reason." },
};

export const verdictWords: Record<NachaVerdict, string> = {
  nothing: "Nothing was debited",
  tooFew: "Too few to judge",
  within: "Within the threshold",
  near: "Near the threshold",
  over: "Over the threshold",
};

export const scoreExamples: Record<ScoreKind, string> = {
  customer: "Returns that customers start, such as R10",
  bank: "Returns that banks start, such as R01",
};
