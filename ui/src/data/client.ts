/** The query client, and its invalidation by events of the desk. */
import { hashKey, QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { type CacheTag, invalidates, provides } from "../api/cacheRules";
import { commands, queries } from "../api/commands";
import type { DeskEvent } from "../api/event";
import { onDeskEvent } from "../api/ipc";
import type { AppStatus } from "../api/start";
import { paced } from "../kit/hooks/paced";

export function createQueryClient(): QueryClient {
  // The shell answers without a network, so nothing may wait for one ("always").
  return new QueryClient({
    defaultOptions: {
      queries: { networkMode: "always", retry: false, refetchOnWindowFocus: false },
      mutations: { networkMode: "always", retry: false },
    },
  });
}

/** Stores a new status. A change of environment clears all cached data. */
export function showStatus(client: QueryClient, status: AppStatus): void {
  const { queryKey } = queries.appStatus();
  const before = client.getQueryData(queryKey);
  if (before && before.open !== status.open) {
    client.removeQueries({ predicate: (query) => query.queryKey[0] !== queryKey[0] });
  }
  client.setQueryData(queryKey, status);
}

/** Invalidates what an event of this kind outdates, except the query whose answer just arrived. */
export function invalidate(
  client: QueryClient,
  event: DeskEvent["kind"],
  answered?: readonly unknown[],
): Promise<void> {
  const tags = invalidates[event];
  const kept = answered && hashKey(answered);
  return client.invalidateQueries({
    predicate: ({ queryKey, queryHash }) => {
      const provided: readonly CacheTag[] = provides[queryKey[0]];
      return queryHash !== kept && provided.some((tag) => tags.includes(tag));
    },
  });
}

/** A refresh sends an event for every Item; reloading long lists for each would be too slow. */
const ASKED_AGAIN_MS = 500;

/** Throttles invalidation by kind of event. */
function askers(client: QueryClient) {
  const known = new Map<DeskEvent["kind"], () => void>();
  return (event: DeskEvent) => {
    let ask = known.get(event.kind);
    if (!ask) {
      ask = paced(() => invalidate(client, event.kind), ASKED_AGAIN_MS);
      known.set(event.kind, ask);
    }
    ask();
  };
}

/** Calls `handle` for each event of the desk. */
export function useDeskEvent(handle: (event: DeskEvent) => void): void {
  const latest = useRef(handle);
  latest.current = handle;
  useEffect(() => {
    let gone = false;
    let stop: (() => void) | undefined;
    onDeskEvent((event) => latest.current(event)).then((unlisten) => {
      if (gone) unlisten();
      else stop = unlisten;
    });
    return () => {
      gone = true;
      stop?.();
    };
  }, []);
}

/** Reloads what events of the desk have outdated. */
export function useDeskEvents(): void {
  const client = useQueryClient();
  const [ask] = useState(() => askers(client));
  useDeskEvent((event) => {
    if (event.kind !== "statusChanged") return ask(event);
    // A status that cannot be read now leaves the last one in place.
    commands.appStatus().then(
      (status) => {
        showStatus(client, status);
        void invalidate(client, event.kind);
      },
      () => {},
    );
  });
}
