import { useMutationState, useQuery, useQueryClient } from "@tanstack/react-query";
import { commands, queries } from "../api/commands";
import type { Environment } from "../api/environment";
import type { AppStatus } from "../api/start";
import { type Act, useAct } from "../kit/hooks/useAct";
import { environmentWords } from "../kit/words/environment";
import { showStatus } from "./client";

export function useStatus() {
  return useQuery(queries.appStatus());
}

/** An act that returns the new status. */
export function useStatusAct<A = void>(
  act: (arg: A) => Promise<AppStatus>,
  onDone?: (status: AppStatus, arg: A) => void,
  meta?: Record<string, unknown>,
): Act<A, AppStatus> {
  const client = useQueryClient();
  return useAct(
    act,
    (status, arg) => {
      showStatus(client, status);
      onDone?.(status, arg);
    },
    meta,
  );
}

/**
 * An act that changes the environment. While it runs, the window shows only `words`, so that no command reaches the
 * wrong environment.
 */
export function useChangeover<A = void>(
  words: string | ((arg: A) => string),
  act: (arg: A) => Promise<AppStatus>,
  onDone?: (status: AppStatus, arg: A) => void,
): Act<A, AppStatus> {
  return useStatusAct(act, onDone, { changeover: words });
}

/** Label of the environment change in progress; null if there is none. */
export function useRunningChangeover(): string | null {
  const running = useMutationState({
    filters: { status: "pending", predicate: ({ meta }) => meta?.changeover !== undefined },
    select: ({ meta, state }) => {
      const words = meta?.changeover;
      return String(typeof words === "function" ? words(state.variables) : words);
    },
  });
  return running[0] ?? null;
}

/** Erases an environment after the user typed its name. */
export function useErase(environment: Environment, onDone?: () => void) {
  return useChangeover(
    `Erasing ${environmentWords[environment].name}…`,
    (confirmation: string) => commands.eraseEnvironment(environment, confirmation),
    onDone,
  );
}

export function useOpenEnvironment() {
  return useChangeover(
    (environment: Environment) => `Opening ${environmentWords[environment].name}…`,
    commands.openEnvironment,
  );
}
