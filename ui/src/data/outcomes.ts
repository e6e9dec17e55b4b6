import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { queries } from "../api/commands";
import type { OutcomesRange } from "../api/outcomes";

/** What became of the evaluations of a range; the last ones stay while another is asked for. */
export function useOutcomes(range: OutcomesRange) {
  return useQuery({ ...queries.outcomes(range), placeholderData: keepPreviousData });
}
