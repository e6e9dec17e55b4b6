import { keepPreviousData, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import type { BatchFilter, BatchRow, BatchRowsPage, ImportRequest } from "../api/batches";
import { queries } from "../api/commands";
import { useAct } from "../kit/hooks/useAct";
import { invalidate } from "./client";

/** Rows that are asked for at a time. */
export const PAGE = 200;

export function useBatches() {
  return useQuery(queries.batchesList());
}

/** One batch; while it runs, how it is going is asked for twice a second. */
export function useBatch(batchId: string) {
  return useQuery({
    ...queries.batch(batchId),
    refetchInterval: ({ state }) => (state.data?.state === "running" ? 500 : false),
  });
}

export function usePlan(batchId: string, wanted: boolean) {
  return useQuery({ ...queries.batchPlan(batchId), enabled: wanted });
}

/** What checking finds; the last finding stays while the next is awaited. */
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

/** The pages of rows that are looked at, and how many rows there are. */
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

/** An act after which batches, and the evaluations behind them, are asked for again. */
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
