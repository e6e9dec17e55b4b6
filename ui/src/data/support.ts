import { useQuery } from "@tanstack/react-query";
import { queries } from "../api/commands";

/** The last answers of Plaid that concern an account. */
export function useSupport(accountId: string) {
  return useQuery(queries.accountSupport(accountId));
}
