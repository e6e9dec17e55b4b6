import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { queries } from "../api/commands";
import type { ImportState, ReturnImportView, ReturnsRequest } from "../api/returns";
import { useAct } from "../kit/hooks/useAct";

export function useReturns(request: ReturnsRequest) {
  return useQuery({ ...queries.returnsList(request), placeholderData: keepPreviousData });
}

/** Recent returns of an account. */
export function useAccountReturns(accountId: string | null) {
  return useQuery({ ...queries.accountReturns(accountId ?? ""), enabled: accountId !== null });
}

/** The file being imported, or null. */
export function useReturnImport() {
  return useQuery(queries.returnImport());
}

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

/** An act on the file being imported. */
export function useImportAct<A>(
  act: (arg: A) => Promise<ReturnImportView | null>,
  onDone?: (view: ReturnImportView | null) => void,
) {
  const client = useQueryClient();
  return useAct<A, ReturnImportView | null>(act, (view) => {
    // Null if the user closed the file dialog.
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
