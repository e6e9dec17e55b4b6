import { useMutation } from "@tanstack/react-query";
import { useCallback, useRef } from "react";
import type { Problem } from "../../api/problem";

export interface Act<A, T> {
  /** Starts the act, unless it is running: a second click does nothing. */
  run: (arg: A) => void;
  running: boolean;
  /** Why the last run failed; null while running and after success. */
  problem: Problem | null;
  /** What the last run answered. */
  answer: T | undefined;
  /** The argument of the current or last run. */
  arg: A | undefined;
  /** Forgets the last problem and answer. */
  clear: () => void;
}

/**
 * One act of the user that calls the shell. The guard is a ref and not state, because a double
 * click arrives before the button could be drawn disabled.
 */
export function useAct<A = void, T = unknown>(
  act: (arg: A) => Promise<T>,
  onDone?: (answer: T, arg: A) => void,
  /** What other parts of the window can know of the act while it runs. */
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
