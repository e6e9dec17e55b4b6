import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import type { AccountsList } from "../../bindings/accounts";
import type { Problem } from "../../bindings/problem";
import { keys } from "../../hooks/queries";
import { useAct } from "../../hooks/useAct";
import { accounts } from "../../ipc";
import { linesOf } from "./lines";

/** Every account with its present reading, as lines that can be searched, sorted and grouped. */
export function useAccounts() {
  const query = useQuery<AccountsList, Problem>({
    queryKey: keys.accounts,
    queryFn: accounts.list,
  });
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
