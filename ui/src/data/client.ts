/** The query client, the names of what is cached, and which of it an event of the desk outdates. */
import { QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { commands } from "../api/commands";
import type { DueQuery } from "../api/decisions";
import { onDeskEvent } from "../api/ipc";
import type { AppStatus, DeskEvent } from "../api/start";
import { paced } from "../kit/hooks/paced";

export const keys = {
  status: ["status"] as const,
  settings: ["settings"] as const,
  demo: ["demo"] as const,
  items: ["items"] as const,
  /** Outdated with the Items. */
  accounts: ["items", "accounts"] as const,
  /** Shown until all accounts are there, and not asked for again. */
  firstAccounts: ["firstAccounts"] as const,
  billing: ["billing"] as const,
  people: ["people"] as const,
  evaluations: ["evaluations"] as const,
  /** The list; outdated with the evaluations. */
  activity: ["evaluations", "activity"] as const,
  evaluation: (clientTransactionId: string) => ["evaluations", clientTransactionId] as const,
  /** What is recorded of evaluations is outdated with them. */
  dueCount: ["evaluations", { list: "dueCount" }] as const,
  due: (query: DueQuery) => ["evaluations", { list: "due", ...query }] as const,
  deliveries: ["evaluations", { list: "deliveries" }] as const,
  reportHistory: (clientTransactionId: string) =>
    ["evaluations", clientTransactionId, "history"] as const,
  returnCodes: ["returnCodes"] as const,
  /** Outdated with the evaluations. */
  returns: ["evaluations", "returns"] as const,
  returnImport: ["returnImport"] as const,
  batches: ["batches"] as const,
  linkSessions: ["linkSessions"] as const,
  invitations: ["linkSessions", "invitations"] as const,
  linkAddress: (sessionId: string) => ["linkAddress", sessionId] as const,
  linkSession: (sessionId: string) => ["linkSessions", sessionId] as const,
};

export function createQueryClient(): QueryClient {
  // The shell answers without a network, so nothing may wait for one ("always").
  return new QueryClient({
    defaultOptions: {
      queries: { networkMode: "always", retry: false, refetchOnWindowFocus: false },
      mutations: { networkMode: "always", retry: false },
    },
  });
}

/** Shows a new state of the desk; another environment's data goes with its badge. */
export function showStatus(client: QueryClient, status: AppStatus): void {
  const before = client.getQueryData<AppStatus>(keys.status);
  if (before && before.open !== status.open) {
    client.removeQueries({ predicate: (query) => query.queryKey[0] !== keys.status[0] });
  }
  client.setQueryData(keys.status, status);
}

function outdatedBy(event: DeskEvent): ReadonlyArray<readonly string[]> {
  switch (event.kind) {
    case "itemsChanged":
      return [keys.items, keys.people, keys.billing, keys.demo];
    case "linkChanged":
      return [keys.linkSessions, keys.demo];
    case "evaluationsChanged":
      return [keys.evaluations, keys.billing, keys.demo];
    case "batchesChanged":
      return [keys.batches];
    default:
      return [];
  }
}

/** A refresh of many Items tells of each: lists as long as these are not read for every one. */
const ASKED_AGAIN_MS = 500;

/** For each kind of event, what asks again for what it has outdated. */
function askers(client: QueryClient) {
  const known = new Map<DeskEvent["kind"], () => void>();
  return (event: DeskEvent) => {
    let ask = known.get(event.kind);
    if (!ask) {
      ask = paced(
        () =>
          Promise.all(outdatedBy(event).map((queryKey) => client.invalidateQueries({ queryKey }))),
        ASKED_AGAIN_MS,
      );
      known.set(event.kind, ask);
    }
    ask();
  };
}

/** Asks again for what an event of the desk has outdated. */
export function useDeskEvents(): void {
  const client = useQueryClient();
  useEffect(() => {
    let gone = false;
    let stop: (() => void) | undefined;
    const ask = askers(client);
    onDeskEvent((event) => {
      if (event.kind === "statusChanged") {
        // A status that cannot be read now leaves the last one standing.
        commands.appStatus().then(
          (status) => {
            if (gone) return;
            showStatus(client, status);
            // The Demo's bank may have been started again.
            void client.invalidateQueries({ queryKey: keys.demo });
          },
          () => {},
        );
        return;
      }
      ask(event);
    }).then((unlisten) => {
      if (gone) unlisten();
      else stop = unlisten;
    });
    return () => {
      gone = true;
      stop?.();
    };
  }, [client]);
}
