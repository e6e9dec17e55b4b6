import { useQuery } from "@tanstack/react-query";
import type { OutcomesRange, OutcomesView } from "../../bindings/outcomes";
import type { Problem } from "../../bindings/problem";
import { keys } from "../../hooks/queries";
import { outcomes } from "../../ipc";

/** What became of the evaluations of a range; the last ones stay while another is asked for. */
export function useOutcomes(range: OutcomesRange) {
  return useQuery<OutcomesView, Problem>({
    queryKey: [...keys.evaluations, "outcomes", range],
    queryFn: () => outcomes.view(range),
    placeholderData: (before) => before,
  });
}
