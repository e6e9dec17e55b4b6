import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { commands, queries } from "../api/commands";
import { useAct } from "../kit/hooks/useAct";
import { linesOf } from "./accountLines";

/** More than fit in the window. */
const FIRST = 60;

const allAccounts = queryOptions({
  ...queries.accountsList(null),
  // What was read while the window was being drawn is not read again for its first screen.
  staleTime: 2_000,
});

const firstAccounts = queryOptions({
  ...queries.accountsList(FIRST),
  queryFn: async ({ client }) => {
    const list = await commands.accountsList(FIRST);
    if (list.rows.length < FIRST) client.setQueryData(allAccounts.queryKey, list);
    return list;
  },
  staleTime: "static",
});

/** Loads the first accounts at startup, in parallel with the status, to speed up the first paint. */
export function useEarlyAccounts(): void {
  const client = useQueryClient();
  useEffect(() => void client.prefetchQuery(firstAccounts), [client]);
}

/** A hidden window never paints, so waiting for a paint needs a limit. */
const NOT_PAINTED_MS = 250;

/** True once content that is `ready` has been painted. */
function usePainted(ready: boolean): boolean {
  const [painted, setPainted] = useState(false);
  useEffect(() => {
    if (!ready) return;
    const done = () => setPainted(true);
    let after = setTimeout(done, NOT_PAINTED_MS);
    // The frame is painted between its callback and the next task.
    const frame = requestAnimationFrame(() => {
      clearTimeout(after);
      after = setTimeout(done);
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(after);
    };
  }, [ready]);
  return painted;
}

/** All accounts as lines. In a long list, the first accounts are loaded and painted before the rest. */
export function useAccounts() {
  const client = useQueryClient();
  const known = client.getQueryData(allAccounts.queryKey) !== undefined;
  const first = useQuery({ ...firstAccounts, enabled: !known });
  const painted = usePainted(!first.isLoading);
  const all = useQuery({ ...allAccounts, enabled: known || painted });
  const data = all.data ?? first.data;
  const whole = all.data !== undefined;
  const prepared = useMemo(() => (data ? linesOf(data, whole) : undefined), [data, whole]);
  return { data, prepared, error: all.error, refetch: all.refetch };
}

export function useAccountActs(accountId: string, onDone: () => void = () => {}) {
  const client = useQueryClient();
  const done = () => {
    void client.invalidateQueries({ queryKey: allAccounts.queryKey });
    onDone();
  };
  const rename = useAct((name: string | null) => commands.accountRename(accountId, name), done);
  const threshold = useAct(
    (typed: string | null) => commands.accountSetLowBalance(accountId, typed),
    done,
  );
  const hide = useAct((hidden: boolean) => commands.accountHide(accountId, hidden), done);
  return { rename, threshold, hide };
}
