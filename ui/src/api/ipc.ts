/** The one door to the shell. Whatever goes wrong comes out as a `Problem`, so that no screen has to guess. */
import { queryOptions } from "@tanstack/react-query";
import { invoke } from "@tauri-apps/api/core";
import { listen, type UnlistenFn } from "@tauri-apps/api/event";
import type { Read } from "./cacheRules";
import type { Problem } from "./problem";
import type { DeskEvent } from "./event";

declare module "@tanstack/react-query" {
  interface Register {
    defaultError: Problem;
    /** Only what a command declares to read is cached, so that an event can outdate it. */
    queryKey: readonly [Read, ...unknown[]];
  }
}

/** Makes a `Problem` of whatever a promise was rejected with. */
export function asProblem(reason: unknown): Problem {
  if (
    typeof reason === "object" &&
    reason !== null &&
    "kind" in reason &&
    "message" in reason &&
    typeof reason.kind === "string" &&
    typeof reason.message === "string"
  ) {
    return reason as Problem;
  }
  const words = reason instanceof Error ? reason.message : String(reason);
  return { kind: "internal", message: `Balance Desk itself failed: ${words}` };
}

export async function call<T>(name: string, args?: Record<string, unknown>): Promise<T> {
  try {
    return await invoke<T>(name, args);
  } catch (reason) {
    throw asProblem(reason);
  }
}

/** What `useQuery` takes to call a command that only reads. */
export function read<T>(name: Read, args?: Record<string, unknown>) {
  return queryOptions<T>({
    queryKey: args ? [name, args] : [name],
    queryFn: () => call<T>(name, args),
  });
}

/** Calls `handle` for each event of the desk until the returned function is called. */
export function onDeskEvent(handle: (event: DeskEvent) => void): Promise<UnlistenFn> {
  return listen<DeskEvent>("desk", (event) => handle(event.payload));
}
