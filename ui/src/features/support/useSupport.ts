import { useQuery } from "@tanstack/react-query";
import type { Problem } from "../../bindings/problem";
import type { AccountSupport } from "../../bindings/support";
import { keys } from "../../hooks/queries";
import { accounts } from "../../ipc";

/** The last answers of Plaid that concern an account. */
export function useSupport(accountId: string) {
  return useQuery<AccountSupport, Problem>({
    queryKey: [...keys.items, "support", accountId],
    queryFn: () => accounts.support(accountId),
  });
}
