import { useQuery } from "@tanstack/react-query";
import type { BillingView } from "../api/balances";
import { commands } from "../api/commands";
import type { Problem } from "../api/problem";
import { keys } from "./client";

/** Billed calls by day and month. */
export function useBilling() {
  return useQuery<BillingView, Problem>({ queryKey: keys.billing, queryFn: commands.billingView });
}
