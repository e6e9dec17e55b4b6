import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { commands } from "../api/commands";
import type { Problem } from "../api/problem";
import type {
  AccountReturns,
  ImportRows,
  ImportState,
  ReturnImportView,
  ReturnsList,
  ReturnsRequest,
} from "../api/returns";
import { useAct } from "../kit/hooks/useAct";
import { keys } from "./client";

/** Returned debits that fit, the newest first. */
export function useReturns(request: ReturnsRequest) {
  return useQuery<ReturnsList, Problem>({
    queryKey: [...keys.returns, request],
    queryFn: () => commands.returnsList(request),
    placeholderData: keepPreviousData,
  });
}

/** The returns of an account of late. */
export function useAccountReturns(accountId: string | null) {
  return useQuery<AccountReturns | null, Problem>({
    queryKey: [...keys.returns, "account", accountId],
    queryFn: () => (accountId ? commands.accountReturns(accountId) : null),
    enabled: accountId !== null,
  });
}

/** The file that is being imported; null while there is none. */
export function useReturnImport() {
  return useQuery<ReturnImportView | null, Problem>({
    queryKey: keys.returnImport,
    queryFn: commands.returnImport,
  });
}

/** A page of the file's rows. */
export function useImportRows(
  view: ReturnImportView,
  state: ImportState | null,
  offset: number,
  limit: number,
) {
  return useQuery<ImportRows, Problem>({
    queryKey: [...keys.returnImport, view.importId, state, offset, limit],
    queryFn: () => commands.returnImportRows(view.importId, state, offset, limit),
    placeholderData: keepPreviousData,
  });
}

/** An act on the file that answers what has become of it. */
export function useImportAct<A>(
  act: (arg: A) => Promise<ReturnImportView | null>,
  onDone?: (view: ReturnImportView | null) => void,
) {
  const client = useQueryClient();
  return useAct<A, ReturnImportView | null>(act, (view) => {
    // A dialog that was left chooses nothing: what is shown stays.
    if (view) client.setQueryData(keys.returnImport, view);
    void client.invalidateQueries({ queryKey: keys.returnImport });
    onDone?.(view);
  });
}
