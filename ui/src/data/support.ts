import { useQuery } from "@tanstack/react-query";
import { queries } from "../api/commands";

export function useSupport(accountId: string) {
  return useQuery(queries.accountSupport(accountId));
}
