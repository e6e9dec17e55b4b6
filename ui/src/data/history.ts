/** What the panel of an account or a total shows. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import type { AccountRow, AccountsList } from "../api/accounts";
import { commands, queries } from "../api/commands";
import type { HistoryOf, HistoryRange } from "../api/history";

const PAGE = 100;

/** One account with what it belongs to. */
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

/** One account of the list; null when it is gone. */
export function useAccount(accountId: string) {
  const select = useCallback((list: AccountsList) => find(list, accountId), [accountId]);
  return useQuery({ ...queries.accountsList(null), select });
}

/** One total of the list; null when no account has this currency any more. */
export function useTotal(currency: string) {
  const select = useCallback(
    (list: AccountsList) => list.totals.find((total) => total.currency === currency) ?? null,
    [currency],
  );
  return useQuery({ ...queries.accountsList(null), select });
}

/** The line of a chart; the last one stays while another range is asked for. */
export function useHistory(of: HistoryOf, range: HistoryRange, enabled = true) {
  return useQuery({
    ...queries.history({ of, range }),
    placeholderData: (before) => before,
    enabled,
  });
}

/** The readings of an account, the newest first, as far as they were asked for. */
export function useReadings(accountId: string) {
  return useInfiniteQuery({
    queryKey: queries.readingsPage(accountId, null, PAGE).queryKey,
    queryFn: ({ pageParam }) => commands.readingsPage(accountId, pageParam, PAGE),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    select: ({ pages }) => pages.flatMap(({ readings }) => readings),
  });
}

/** How a balance moved since a date (YYYY-MM-DD); not asked while there is none. */
export function useChangeSince(of: HistoryOf, date: string) {
  return useQuery({ ...queries.changeSince({ of, date }), enabled: date !== "" });
}
