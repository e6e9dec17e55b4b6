import { useQuery } from "@tanstack/react-query";
import { commands } from "../api/commands";
import type { Problem } from "../api/problem";
import type { AccountSupport } from "../api/support";
import { keys } from "./client";

/** The last answers of Plaid that concern an account. */
export function useSupport(accountId: string) {
  return useQuery<AccountSupport, Problem>({
    queryKey: [...keys.items, "support", accountId],
    queryFn: () => commands.accountSupport(accountId),
  });
}
