/** What the parts of a month's bar are, and how they are coloured: the palette of Okabe and Ito, which colour-blind
 * readers tell apart, in a lighter and a darker cast. */
import type { OutcomeCounts } from "../../api/outcomes";

export type Part = "accepted" | "reviewed" | "rerouted" | "rest";

/** From the bottom of the bar to its top. */
export const parts: Array<{ part: Part; label: string }> = [
  { part: "accepted", label: "Accept" },
  { part: "reviewed", label: "Review" },
  { part: "rerouted", label: "Reroute" },
  { part: "rest", label: "Other or no answer" },
];

export interface ChartColors {
  text: string;
  grid: string;
  surface: string;
  rate: string;
  parts: Record<Part, string>;
}

export const colors: Record<"light" | "dark", ChartColors> = {
  light: {
    text: "#536170",
    grid: "#e0e6eb",
    surface: "#ffffff",
    rate: "#17212b",
    parts: { accepted: "#0072b2", reviewed: "#e69f00", rerouted: "#cc4400", rest: "#a5b0ba" },
  },
  dark: {
    text: "#9caab7",
    grid: "#2a353e",
    surface: "#182027",
    rate: "#dfe6ec",
    parts: { accepted: "#56b4e9", reviewed: "#f0c24b", rerouted: "#f2793a", rest: "#5b6a76" },
  },
};

/** How many evaluations a part has. */
export function partOf(counts: OutcomeCounts, part: Part): number {
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

/** The tops of the stacked bars: one list for each part, each with a number for each month. */
export function stacked(months: OutcomeCounts[]): number[][] {
  const tops: number[][] = [];
  for (const { part } of parts) {
    const below = tops.at(-1);
    tops.push(months.map((counts, index) => (below?.[index] ?? 0) + partOf(counts, part)));
  }
  return tops;
}
