import { useQuery } from "@tanstack/react-query";
import type { AuditView } from "../api/audit";
import { commands } from "../api/commands";
import type { Problem } from "../api/problem";
import { keys } from "./client";

/** Evaluations as they were; not asked while there is none. */
export function useAudit(clientTransactionIds: string[]) {
  return useQuery<AuditView[], Problem>({
    queryKey: [...keys.evaluations, "audit", clientTransactionIds],
    queryFn: () => commands.audit(clientTransactionIds),
    enabled: clientTransactionIds.length > 0,
  });
}
