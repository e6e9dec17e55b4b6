import { useMutationState, useQuery, useQueryClient } from "@tanstack/react-query";
import { commands, queries } from "../api/commands";
import type { AppStatus, Environment } from "../api/start";
import { type Act, useAct } from "../kit/hooks/useAct";
import { environmentWords } from "../kit/words/environment";
import { showStatus } from "./client";

/** The state of the whole desk. */
export function useStatus() {
  return useQuery(queries.appStatus());
}

/** An act that answers with the new state of the desk, which the whole window then shows. */
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
 * An act after which another environment, or none, is open. While it runs the window shows
 * `words`, and nothing that could send a command to the wrong environment.
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

/** Erases an environment, given what the user typed to confirm it. */
export function useErase(environment: Environment, onDone?: () => void) {
  return useChangeover(
    `Erasing ${environmentWords[environment].name}…`,
    (confirmation: string) => commands.eraseEnvironment(environment, confirmation),
    onDone,
  );
}

/** Opens an environment; the one that is open is closed. */
export function useOpenEnvironment() {
  return useChangeover(
    (environment: Environment) => `Opening ${environmentWords[environment].name}…`,
    commands.openEnvironment,
  );
}
