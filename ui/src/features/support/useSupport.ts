import { useQuery } from "@tanstack/react-query";
import type { Problem } from "../../bindings/problem";
import type { AccountSupport } from "../../bindings/support";
import { keys } from "../../hooks/queries";
import { accounts } from "../../ipc";

/** Answers are written down in the background, a moment after what they changed is shown; no event tells of them. */
const ASKED_AGAIN_MS = 1000;

/** The last answers of Plaid that concern an account. */
export function useSupport(accountId: string) {
  return useQuery<AccountSupport, Problem>({
    queryKey: [...keys.items, "support", accountId],
    queryFn: () => accounts.support(accountId),
    refetchInterval: ASKED_AGAIN_MS,
  });
}
