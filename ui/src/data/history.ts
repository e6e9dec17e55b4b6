import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import type { AccountRow, AccountsList } from "../api/accounts";
import { commands, queries } from "../api/commands";
import type { HistoryOf, HistoryRange } from "../api/history";

const PAGE = 100;

export interface PanelAccount {
  row: AccountRow;
  institutionName: string;
  personName: string;
}

function find(list: AccountsList, accountId: string): PanelAccount | null {
  const row = list.rows.find((one) => one.accountId === accountId);
  const item = row && list.items[row.item];
  if (!row || !item) return null;
  return {
    row,
    institutionName: list.institutions[item.institution]?.name ?? "",
    personName: list.people[item.person]?.name ?? "",
  };
}

/** Null if the account no longer exists. */
export function useAccount(accountId: string) {
  const select = useCallback((list: AccountsList) => find(list, accountId), [accountId]);
  return useQuery({ ...queries.accountsList(null), select });
}

/** Null if no account has this currency. */
export function useTotal(currency: string) {
  const select = useCallback(
    (list: AccountsList) => list.totals.find((total) => total.currency === currency) ?? null,
    [currency],
  );
  return useQuery({ ...queries.accountsList(null), select });
}

export function useHistory(of: HistoryOf, range: HistoryRange, enabled = true) {
  return useQuery({
    ...queries.history({ of, range }),
    placeholderData: (before) => before,
    enabled,
  });
}

/** Pages of readings, newest first. */
export function useReadings(accountId: string) {
  return useInfiniteQuery({
    queryKey: queries.readingsPage(accountId, null, PAGE).queryKey,
    queryFn: ({ pageParam }) => commands.readingsPage(accountId, pageParam, PAGE),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    select: ({ pages }) => pages.flatMap(({ readings }) => readings),
  });
}

/** Change of a balance since a date (YYYY-MM-DD). */
export function useChangeSince(of: HistoryOf, date: string) {
  return useQuery({ ...queries.changeSince({ of, date }), enabled: date !== "" });
}
