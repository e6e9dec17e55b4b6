import { useQuery, useQueryClient } from "@tanstack/react-query";
import { commands } from "../api/commands";
import type { Problem } from "../api/problem";
import type { ReturnCodeView } from "../api/returns";
import type { EvaluationView } from "../api/signal";
import { useAct } from "../kit/hooks/useAct";
import { keys } from "./client";

/** One evaluation with what became of it. */
export function useEvaluation(clientTransactionId: string) {
  return useQuery<EvaluationView, Problem>({
    queryKey: keys.evaluation(clientTransactionId),
    queryFn: () => commands.evaluation(clientTransactionId),
  });
}

/** The ACH return codes with their meanings; they do not change while the app runs. */
export function useReturnCodes() {
  return useQuery<ReturnCodeView[], Problem>({
    queryKey: keys.returnCodes,
    queryFn: commands.returnCodes,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** An act on an evaluation, whose answer is shown at once. */
export function useEvaluationAct<A>(act: (arg: A) => Promise<EvaluationView>, onDone?: () => void) {
  const client = useQueryClient();
  return useAct(act, (evaluation) => {
    client.setQueryData(keys.evaluation(evaluation.clientTransactionId), evaluation);
    // Lists and sums that it stands in; it itself is what was answered just now.
    void client.invalidateQueries({
      queryKey: keys.evaluations,
      predicate: ({ queryKey }) => queryKey.length > 2,
    });
    onDone?.();
  });
}

/** Sends the reports that are waiting. */
export function useDeliverNow(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await commands.deliverNow();
    void client.invalidateQueries({ queryKey: keys.evaluations });
  };
}
