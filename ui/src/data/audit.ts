import { useQuery } from "@tanstack/react-query";
import { queries } from "../api/commands";

export function useAudit(clientTransactionIds: string[]) {
  return useQuery({
    ...queries.audit(clientTransactionIds),
    enabled: clientTransactionIds.length > 0,
  });
}
