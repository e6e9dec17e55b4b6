import { useQuery } from "@tanstack/react-query";
import { queries } from "../api/commands";

/** Evaluations as they were; not asked while there is none. */
export function useAudit(clientTransactionIds: string[]) {
  return useQuery({
    ...queries.audit(clientTransactionIds),
    enabled: clientTransactionIds.length > 0,
  });
}
