import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { queries } from "../api/commands";
import type { OutcomesRange } from "../api/outcomes";

export function useOutcomes(range: OutcomesRange) {
  return useQuery({ ...queries.outcomes(range), placeholderData: keepPreviousData });
}
