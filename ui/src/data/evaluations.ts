import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { commands, queries } from "../api/commands";
import type { EvaluationView } from "../api/signal";
import { useAct } from "../kit/hooks/useAct";
import { invalidate } from "./client";

/** One evaluation with what became of it. */
export function useEvaluation(clientTransactionId: string) {
  return useQuery(queries.evaluation(clientTransactionId));
}

/** The ACH return codes with their meanings; they do not change while the app runs. */
export function useReturnCodes() {
  return useQuery({ ...queries.returnCodes(), staleTime: "static" });
}

/** Shows an evaluation that was just answered, and reads again the lists and sums that contain it. */
export function showEvaluation(client: QueryClient, evaluation: EvaluationView): void {
  const { queryKey } = queries.evaluation(evaluation.clientTransactionId);
  client.setQueryData(queryKey, evaluation);
  void invalidate(client, "evaluationsChanged", queryKey);
}

/** An act on an evaluation, whose answer is shown at once. */
export function useEvaluationAct<A>(act: (arg: A) => Promise<EvaluationView>, onDone?: () => void) {
  const client = useQueryClient();
  return useAct(act, (evaluation) => {
    showEvaluation(client, evaluation);
    onDone?.();
  });
}

/** Sends the reports that are waiting. */
export function useDeliverNow(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await commands.deliverNow();
    void invalidate(client, "evaluationsChanged");
  };
}
