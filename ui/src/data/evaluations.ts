import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { commands, queries } from "../api/commands";
import type {
  ActionKeyInput,
  ActionKeyView,
  DebitMargin,
  EvaluationView,
  RunningEvaluation,
} from "../api/signal";
import { useAct } from "../kit/hooks/useAct";
import { invalidate } from "./client";

export function useEvaluation(clientTransactionId: string) {
  return useQuery(queries.evaluation(clientTransactionId));
}

/** Stores an evaluation that just arrived and invalidates the lists and totals that contain it. */
export function showEvaluation(client: QueryClient, evaluation: EvaluationView): void {
  const { queryKey } = queries.evaluation(evaluation.clientTransactionId);
  client.setQueryData(queryKey, evaluation);
  void invalidate(client, "evaluationsChanged", queryKey);
}

export function useEvaluationAct<A>(act: (arg: A) => Promise<EvaluationView>, onDone?: () => void) {
  const client = useQueryClient();
  return useAct(act, (evaluation) => {
    showEvaluation(client, evaluation);
    onDone?.();
  });
}

export function useDeliverNow(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await commands.deliverNow();
    void invalidate(client, "evaluationsChanged");
  };
}

/** The evaluation in flight, if any. */
export function useRunning(asking: boolean): RunningEvaluation | null {
  const { data } = useQuery({ ...queries.evaluationsRunning(), enabled: asking, gcTime: 0 });
  return asking ? (data?.[0] ?? null) : null;
}

export function useFacts(accountId: string | null) {
  return useQuery({ ...queries.evaluateFacts(accountId ?? ""), enabled: accountId !== null });
}

/** What the core attributes are called and mean; they do not change while the app runs. */
export function useAttributeWords() {
  return useQuery({ ...queries.coreAttributes(), staleTime: "static" });
}

export function useActionKeys() {
  return useQuery(queries.actionKeys());
}

export function useActionKey(key: string | null): ActionKeyView | null {
  const { data } = useActionKeys();
  const found = data?.find(({ customActionKey }) => customActionKey === key);
  return found?.meaning ? found : null;
}

export function useSaveActionKey(onDone?: () => void) {
  const client = useQueryClient();
  return useAct<ActionKeyInput, ActionKeyView[]>(commands.actionKeySave, (list) => {
    client.setQueryData(queries.actionKeys().queryKey, list);
    onDone?.();
  });
}

export function useForgetActionKey() {
  const client = useQueryClient();
  return useAct<string, ActionKeyView[]>(commands.actionKeyForget, (list) =>
    client.setQueryData(queries.actionKeys().queryKey, list),
  );
}

export function useMargin() {
  return useQuery(queries.debitMargin());
}

export function useSaveMargin() {
  const client = useQueryClient();
  return useAct<DebitMargin, DebitMargin>(commands.debitMarginSave, (saved) => {
    client.setQueryData(queries.debitMargin().queryKey, saved);
    void client.invalidateQueries({ queryKey: ["evaluate_facts"] });
  });
}
