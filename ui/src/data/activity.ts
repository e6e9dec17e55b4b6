import { useInfiniteQuery } from "@tanstack/react-query";
import type { ActivityFilter } from "../api/activity";
import { commands, queries } from "../api/commands";

const PAGE = 100;

/** Pages of evaluations, newest first. Rows stay visible while a new filter loads. */
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
