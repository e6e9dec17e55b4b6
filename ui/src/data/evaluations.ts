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

/** The question that is being asked, while one is. */
export function useRunning(asking: boolean): RunningEvaluation | null {
  const { data } = useQuery({ ...queries.evaluationsRunning(), enabled: asking, gcTime: 0 });
  return asking ? (data?.[0] ?? null) : null;
}

/** What is known for a debit of this account. */
export function useFacts(accountId: string | null) {
  return useQuery({ ...queries.evaluateFacts(accountId ?? ""), enabled: accountId !== null });
}

/** What the core attributes are called and mean; they do not change while the app runs. */
export function useAttributeWords() {
  return useQuery({ ...queries.coreAttributes(), staleTime: "static" });
}

/** Every action key there is, with the meaning the user has given it. */
export function useActionKeys() {
  return useQuery(queries.actionKeys());
}

/** The meaning of one action key; null while it has none. */
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

/** What is kept back of a balance. */
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
