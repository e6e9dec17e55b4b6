import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { commands } from "../api/commands";
import type { DeliveriesView, DueQuery, DueView, ReportHistory } from "../api/decisions";
import type { Problem } from "../api/problem";
import { useAct } from "../kit/hooks/useAct";
import { keys } from "./client";

/** How many decisions are due. */
export function useDecisionsDue(): number {
  const { data } = useQuery<number, Problem>({
    queryKey: keys.dueCount,
    queryFn: commands.decisionsDueCount,
  });
  return data ?? 0;
}

/** Decisions due. What was there stays until what is asked for is. */
export function useDue(query: DueQuery) {
  return useQuery<DueView, Problem>({
    queryKey: keys.due(query),
    queryFn: () => commands.decisionsDue(query),
    placeholderData: keepPreviousData,
  });
}

/** While reports are on their way, what is shown of them is as old as this at most. */
const LOOK_AGAIN_MS = 3000;

/** Reports on their way to Plaid, and what became of the last ones. */
export function useDeliveries() {
  return useQuery<DeliveriesView, Problem>({
    queryKey: keys.deliveries,
    queryFn: commands.deliveries,
    refetchInterval: ({ state }) =>
      state.data && state.data.waitingCount > 0 ? LOOK_AGAIN_MS : false,
  });
}

/** Everything that was recorded of an evaluation. */
export function useReportHistory(clientTransactionId: string, enabled: boolean) {
  return useQuery<ReportHistory, Problem>({
    queryKey: keys.reportHistory(clientTransactionId),
    queryFn: () => commands.reportHistory(clientTransactionId),
    enabled,
  });
}

/** An act that changes what is due or on its way. */
function useReportAct<A>(act: (arg: A) => Promise<unknown>, onDone?: () => void) {
  const client = useQueryClient();
  return useAct(act, () => {
    void client.invalidateQueries({ queryKey: keys.evaluations });
    onDone?.();
  });
}

/** Says what was done with a debit, until that is recorded as a decision. */
export function useDebitMark(clientTransactionId: string) {
  return useReportAct((initiated: boolean) => commands.debitMark(clientTransactionId, initiated));
}

/** Gives up on a report that Plaid refused. */
export function useLeaveOut(onDone: () => void) {
  return useReportAct(commands.deliveryLeaveOut, onDone);
}

/** Says that Plaid has imported a file. */
export function useFiled(onDone: () => void) {
  return useReportAct(commands.reportFileFiled, onDone);
}
