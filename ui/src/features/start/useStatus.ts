import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Problem } from "../../bindings/problem";
import type { AppStatus, Environment } from "../../bindings/start";
import { keys, showStatus } from "../../hooks/queries";
import { type Act, useAct } from "../../hooks/useAct";
import { start } from "../../ipc";

/** The state of the whole desk. */
export function useStatus() {
  return useQuery<AppStatus, Problem>({ queryKey: keys.status, queryFn: start.status });
}

/** An act that answers with the new state of the desk, which the whole window then shows. */
export function useStatusAct<A = void>(
  act: (arg: A) => Promise<AppStatus>,
  onDone?: (status: AppStatus, arg: A) => void,
): Act<A, AppStatus> {
  const client = useQueryClient();
  return useAct(act, (status, arg) => {
    showStatus(client, status);
    onDone?.(status, arg);
  });
}

/** Erases an environment, given what the user typed to confirm it. */
export function useErase(environment: Environment, onDone?: () => void) {
  return useStatusAct(
    (confirmation: string) => start.eraseEnvironment(environment, confirmation),
    onDone,
  );
}
