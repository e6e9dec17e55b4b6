import type { OutcomeCounts } from "../../api/outcomes";
import { resultNames } from "../../kit/words/result";

export type BarPart = "accepted" | "reviewed" | "rerouted" | "rest";

/** From the bottom of a month's bar to its top. */
export const parts: Array<{ part: BarPart; label: string }> = [
  { part: "accepted", label: resultNames.accept },
  { part: "reviewed", label: resultNames.review },
  { part: "rerouted", label: resultNames.reroute },
  { part: "rest", label: "Other or no answer" },
];

export function partCount(counts: OutcomeCounts, part: BarPart): number {
  switch (part) {
    case "accepted":
      return counts.accepted;
    case "reviewed":
      return counts.reviewed;
    case "rerouted":
      return counts.rerouted;
    case "rest":
      return counts.other + counts.unanswered;
  }
}

/** The tops of the stacked bars: one list per part, one number per month. */
export function stackedTops(months: OutcomeCounts[]): number[][] {
  const tops: number[][] = [];
  for (const { part } of parts) {
    const below = tops.at(-1);
    tops.push(months.map((counts, index) => (below?.[index] ?? 0) + partCount(counts, part)));
  }
  return tops;
}
