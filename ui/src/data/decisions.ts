import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { commands, queries } from "../api/commands";
import type { DueQuery } from "../api/decisions";
import { useAct } from "../kit/hooks/useAct";
import { invalidate } from "./client";

/** How many decisions are due. */
export function useDecisionsDue(): number {
  const { data } = useQuery(queries.decisionsDueCount());
  return data ?? 0;
}

/** Decisions due. What was there stays until what is asked for is. */
export function useDue(query: DueQuery) {
  return useQuery({ ...queries.decisionsDue(query), placeholderData: keepPreviousData });
}

/** While reports are on their way, what is shown of them is as old as this at most. */
const LOOK_AGAIN_MS = 3000;

/** Reports on their way to Plaid, and what became of the last ones. */
export function useDeliveries() {
  return useQuery({
    ...queries.deliveries(),
    refetchInterval: ({ state }) =>
      state.data && state.data.waitingCount > 0 ? LOOK_AGAIN_MS : false,
  });
}

/** Everything that was recorded of an evaluation. */
export function useReportHistory(clientTransactionId: string, enabled: boolean) {
  return useQuery({ ...queries.reportHistory(clientTransactionId), enabled });
}

/** An act that changes what is due or on its way. */
function useReportAct<A>(act: (arg: A) => Promise<unknown>, onDone?: () => void) {
  const client = useQueryClient();
  return useAct(act, () => {
    void invalidate(client, "evaluationsChanged");
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
