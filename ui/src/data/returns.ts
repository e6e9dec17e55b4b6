import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { queries } from "../api/commands";
import type { ImportState, ReturnImportView, ReturnsRequest } from "../api/returns";
import { useAct } from "../kit/hooks/useAct";

/** Returned debits that fit, the newest first. */
export function useReturns(request: ReturnsRequest) {
  return useQuery({ ...queries.returnsList(request), placeholderData: keepPreviousData });
}

/** The returns of an account of late. */
export function useAccountReturns(accountId: string | null) {
  return useQuery({ ...queries.accountReturns(accountId ?? ""), enabled: accountId !== null });
}

/** The file that is being imported; null while there is none. */
export function useReturnImport() {
  return useQuery(queries.returnImport());
}

/** A page of the file's rows. */
export function useImportRows(
  view: ReturnImportView,
  state: ImportState | null,
  offset: number,
  limit: number,
) {
  return useQuery({
    ...queries.returnImportRows(view.importId, state, offset, limit),
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
    if (view) client.setQueryData(queries.returnImport().queryKey, view);
    void client.invalidateQueries(queries.returnImport());
    void client.invalidateQueries({ queryKey: ["return_import_rows"] });
    onDone?.(view);
  });
}

/** The ACH return codes. They never change while the app runs. */
export function useReturnCodes() {
  return useQuery({ ...queries.returnCodes(), staleTime: "static" });
}
