import { useQuery } from "@tanstack/react-query";
import { queries } from "../api/commands";

/** Billed calls by day and month. */
export function useBilling() {
  return useQuery(queries.billingView());
}
