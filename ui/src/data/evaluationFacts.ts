/** What is known before and while an evaluation is asked, and what the user has set for evaluations. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { commands } from "../api/commands";
import type { Problem } from "../api/problem";
import type {
  ActionKeyInput,
  ActionKeyView,
  AttributeWords,
  DebitMargin,
  EvaluateFacts,
  RunningEvaluation,
} from "../api/signal";
import { useAct } from "../kit/hooks/useAct";
import { keys } from "./client";

/** Outdated with the evaluations. */
const running = [...keys.evaluations, "running"] as const;
const actionKeys = [...keys.evaluations, "actionKeys"] as const;
const margin = [...keys.evaluations, "margin"] as const;
/** Outdated with the readings. */
const facts = (accountId: string | null) => [...keys.items, "evaluateFacts", accountId] as const;

/** The question that is being asked, while one is. */
export function useRunning(asking: boolean): RunningEvaluation | null {
  const { data } = useQuery<RunningEvaluation[], Problem>({
    queryKey: running,
    queryFn: commands.evaluationsRunning,
    enabled: asking,
    gcTime: 0,
  });
  return asking ? (data?.[0] ?? null) : null;
}

/** What is known for a debit of this account. */
export function useFacts(accountId: string | null) {
  return useQuery<EvaluateFacts, Problem>({
    queryKey: facts(accountId),
    queryFn: () => commands.evaluateFacts(accountId ?? ""),
    enabled: accountId !== null,
  });
}

/** What the core attributes are called and mean; they do not change while the app runs. */
export function useAttributeWords() {
  return useQuery<AttributeWords[], Problem>({
    queryKey: ["coreAttributes"],
    queryFn: commands.coreAttributes,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Every action key there is, with the meaning the user has given it. */
export function useActionKeys() {
  return useQuery<ActionKeyView[], Problem>({ queryKey: actionKeys, queryFn: commands.actionKeys });
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
    client.setQueryData(actionKeys, list);
    onDone?.();
  });
}

export function useForgetActionKey() {
  const client = useQueryClient();
  return useAct<string, ActionKeyView[]>(commands.actionKeyForget, (list) =>
    client.setQueryData(actionKeys, list),
  );
}

/** What is kept back of a balance. */
export function useMargin() {
  return useQuery<DebitMargin, Problem>({ queryKey: margin, queryFn: commands.debitMargin });
}

export function useSaveMargin() {
  const client = useQueryClient();
  return useAct<DebitMargin, DebitMargin>(commands.debitMarginSave, (saved) => {
    client.setQueryData(margin, saved);
    void client.invalidateQueries({ queryKey: [...keys.items, "evaluateFacts"] });
  });
}
