import { keepPreviousData, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import type { BatchFilter, BatchRow, BatchRowsPage, ImportRequest } from "../api/batches";
import { queries } from "../api/commands";
import { useAct } from "../kit/hooks/useAct";
import { invalidate } from "./client";

export const PAGE = 200;

export function useBatches() {
  return useQuery(queries.batchesList());
}

/** One batch, polled while it runs. */
export function useBatch(batchId: string) {
  return useQuery({
    ...queries.batch(batchId),
    refetchInterval: ({ state }) => (state.data?.state === "running" ? 500 : false),
  });
}

export function usePlan(batchId: string, wanted: boolean) {
  return useQuery({ ...queries.batchPlan(batchId), enabled: wanted });
}

export function useCheck(request: ImportRequest | null) {
  return useQuery({
    ...queries.batchCheck(request as ImportRequest),
    enabled: request !== null,
    placeholderData: keepPreviousData,
    // Accounts may have changed since.
    gcTime: 0,
  });
}

export interface Wanted {
  batchId: string;
  filter: BatchFilter;
  search: string;
}

/** Rows of the given pages, and the total number of rows. */
export function useRows({ batchId, filter, search }: Wanted, pages: number[]) {
  const found = useQueries({
    queries: pages.map((page) => ({
      ...queries.batchRows({ batchId, filter, search, offset: page * PAGE, limit: PAGE }),
      placeholderData: (before: BatchRowsPage | undefined) => before,
    })),
  });
  const rows = new Map<number, BatchRow>();
  pages.forEach((page, place) => {
    found[place]?.data?.rows.forEach((row, index) => {
      rows.set(page * PAGE + index, row);
    });
  });
  const problem = found.find(({ error }) => error)?.error;
  return { rows, total: found[0]?.data?.total ?? null, problem: problem ?? null };
}

/** An act that changes batches and their evaluations. */
export function useBatchAct<A = void, T = unknown>(
  act: (arg: A) => Promise<T>,
  onDone?: (answer: T) => void,
) {
  const client = useQueryClient();
  return useAct<A, T>(act, (answer) => {
    void invalidate(client, "batchesChanged");
    void invalidate(client, "evaluationsChanged");
    onDone?.(answer);
  });
}
