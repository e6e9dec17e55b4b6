import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { commands, queries } from "../api/commands";
import type { DueQuery } from "../api/decisions";
import { useAct } from "../kit/hooks/useAct";
import { invalidate } from "./client";

export function useDecisionsDue(): number {
  const { data } = useQuery(queries.decisionsDueCount());
  return data ?? 0;
}

export function useDue(query: DueQuery) {
  return useQuery({ ...queries.decisionsDue(query), placeholderData: keepPreviousData });
}

/** How often deliveries are polled while reports are waiting. */
const LOOK_AGAIN_MS = 3000;

export function useDeliveries() {
  return useQuery({
    ...queries.deliveries(),
    refetchInterval: ({ state }) =>
      state.data && state.data.waitingCount > 0 ? LOOK_AGAIN_MS : false,
  });
}

/** All decisions and returns recorded for an evaluation. */
export function useReportHistory(clientTransactionId: string, enabled: boolean) {
  return useQuery({ ...queries.reportHistory(clientTransactionId), enabled });
}

function useReportAct<A>(act: (arg: A) => Promise<unknown>, onDone?: () => void) {
  const client = useQueryClient();
  return useAct(act, () => {
    void invalidate(client, "evaluationsChanged");
    onDone?.();
  });
}

/** Marks a debit as sent or not, until a decision is recorded. */
export function useDebitMark(clientTransactionId: string) {
  return useReportAct((initiated: boolean) => commands.debitMark(clientTransactionId, initiated));
}

export function useLeaveOut(onDone: () => void) {
  return useReportAct(commands.deliveryLeaveOut, onDone);
}

/** Marks a file as imported by Plaid. */
export function useFiled(onDone: () => void) {
  return useReportAct(commands.reportFileFiled, onDone);
}
