import { useInfiniteQuery } from "@tanstack/react-query";
import type { ActivityFilter } from "../api/activity";
import { commands, queries } from "../api/commands";

/** Rows that are asked for at once. */
const PAGE = 100;

/** Evaluations, the newest first, as far as they were asked for. The rows of a filter stay until the next are there. */
export function useActivity(filter: ActivityFilter) {
  return useInfiniteQuery({
    queryKey: queries.activityPage({ filter, after: null, limit: PAGE }).queryKey,
    queryFn: ({ pageParam }) => commands.activityPage({ filter, after: pageParam, limit: PAGE }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    select: ({ pages }) => ({
      rows: pages.flatMap(({ rows }) => rows),
      all: pages[0]?.all ?? null,
    }),
    placeholderData: (before) => before,
    throwOnError: false,
  });
}
