import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import type { AccountsList } from "../../bindings/accounts";
import type { Problem } from "../../bindings/problem";
import { keys } from "../../hooks/queries";
import { useAct } from "../../hooks/useAct";
import { accounts } from "../../ipc";
import { linesOf } from "./lines";

const theList = queryOptions<AccountsList, Problem>({
  queryKey: keys.accounts,
  queryFn: accounts.list,
  // What was read while the window was being drawn is not read again for its first screen.
  staleTime: 2_000,
});

/**
 * Asks for the list when the window begins, in one breath with the state of the desk: it is there, or on its way, when
 * the screen that shows it is drawn. Where no environment is open nothing comes of it.
 */
export function useEarlyAccounts(): void {
  const client = useQueryClient();
  useEffect(() => void client.prefetchQuery(theList), [client]);
}

/** Every account with its present reading, as lines that can be searched, sorted and grouped. */
export function useAccounts() {
  const query = useQuery(theList);
  const prepared = useMemo(() => (query.data ? linesOf(query.data) : undefined), [query.data]);
  return { ...query, prepared };
}

/** What the user says of one account; each is shown once the desk has stored it. */
export function useAccountActs(accountId: string, onDone: () => void = () => {}) {
  const client = useQueryClient();
  const done = () => {
    void client.invalidateQueries({ queryKey: keys.accounts });
    onDone();
  };
  const rename = useAct((name: string | null) => accounts.rename(accountId, name), done);
  const threshold = useAct(
    (typed: string | null) => accounts.setLowBalance(accountId, typed),
    done,
  );
  const hide = useAct((hidden: boolean) => accounts.hide(accountId, hidden), done);
  return { rename, threshold, hide };
}
