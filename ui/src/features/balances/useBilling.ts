import { useQuery } from "@tanstack/react-query";
import type { BillingView } from "../../bindings/balances";
import type { Problem } from "../../bindings/problem";
import { keys } from "../../hooks/queries";
import { balances } from "../../ipc";

/** Billed calls by day and month. */
export function useBilling() {
  return useQuery<BillingView, Problem>({ queryKey: keys.billing, queryFn: balances.billing });
}
