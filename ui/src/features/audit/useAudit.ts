import { useQuery } from "@tanstack/react-query";
import type { AuditView } from "../../bindings/audit";
import type { Problem } from "../../bindings/problem";
import { keys } from "../../hooks/queries";
import { audit } from "../../ipc";

/** Evaluations as they were; not asked while there is none. */
export function useAudit(clientTransactionIds: string[]) {
  return useQuery<AuditView[], Problem>({
    queryKey: [...keys.evaluations, "audit", clientTransactionIds],
    queryFn: () => audit.view(clientTransactionIds),
    enabled: clientTransactionIds.length > 0,
  });
}
