import type { ScoreKind } from "../../api/outcomes";

export const scoreTitles: Record<ScoreKind, string> = {
  customer: "Risk of a return by the customer",
  bank: "Risk of a return by the bank",
};
