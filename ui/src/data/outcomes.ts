import { useQuery } from "@tanstack/react-query";
import { commands } from "../api/commands";
import type { OutcomesRange, OutcomesView } from "../api/outcomes";
import type { Problem } from "../api/problem";
import { keys } from "./client";

/** What became of the evaluations of a range; the last ones stay while another is asked for. */
export function useOutcomes(range: OutcomesRange) {
  return useQuery<OutcomesView, Problem>({
    queryKey: [...keys.evaluations, "outcomes", range],
    queryFn: () => commands.outcomes(range),
    placeholderData: (before) => before,
  });
}
