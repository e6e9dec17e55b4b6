import { useQuery } from "@tanstack/react-query";
import { outcomes } from "../api/ipc";
import type { OutcomesRange, OutcomesView } from "../api/outcomes";
import type { Problem } from "../api/problem";
import { keys } from "./client";

/** What became of the evaluations of a range; the last ones stay while another is asked for. */
export function useOutcomes(range: OutcomesRange) {
  return useQuery<OutcomesView, Problem>({
    queryKey: [...keys.evaluations, "outcomes", range],
    queryFn: () => outcomes.view(range),
    placeholderData: (before) => before,
  });
}
