import { useMutation } from "@tanstack/react-query";
import { useCallback, useRef } from "react";
import type { Problem } from "../../api/problem";

export interface Act<A, T> {
  /** Ignored while the act is running. */
  run: (arg: A) => void;
  running: boolean;
  problem: Problem | null;
  answer: T | undefined;
  arg: A | undefined;
  clear: () => void;
}

/** A command started by the user. The guard is a ref, because a double click arrives before the next render. */
export function useAct<A = void, T = unknown>(
  act: (arg: A) => Promise<T>,
  onDone?: (answer: T, arg: A) => void,
  meta?: Record<string, unknown>,
): Act<A, T> {
  const busy = useRef(false);
  const { mutate, reset, ...mutation } = useMutation<T, Problem, A>({
    mutationFn: act,
    meta,
    onSuccess: onDone,
    onSettled: () => {
      busy.current = false;
    },
  });
  const run = useCallback(
    (arg: A) => {
      if (busy.current) return;
      busy.current = true;
      mutate(arg);
    },
    [mutate],
  );
  const clear = useCallback(() => {
    if (!busy.current) reset();
  }, [reset]);
  return {
    run,
    running: mutation.isPending,
    problem: mutation.error,
    answer: mutation.data,
    arg: mutation.variables,
    clear,
  };
}
