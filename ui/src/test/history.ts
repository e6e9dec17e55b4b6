/** A history as the desk would answer: two readings a day, a gap of two weeks, and Plaid's answers. */
import type { AccountsList } from "../api/accounts";
import type { ReadingView } from "../api/balances";
import type {
  HistoryPoint,
  HistoryRange,
  HistorySeries,
  HistoryView,
  ReadingsPage,
} from "../api/history";
import type { AccountSupport } from "../api/support";
import { itemsView, listOf, reading } from "./accounts";
import { ago } from "./data";
import type { Answer } from "./fakeShell";

const DAY = 24 * 60;

/** Readings of this many days, oldest first, each with different decimals. */
export function readings(days: number): ReadingView[] {
  const all: ReadingView[] = [];
  for (let half = days * 2; half >= 0; half -= 1) {
    const day = half / 2;
    if (day > 20 && day < 34) continue;
    const cents = Math.round(90_000 + 60_000 * Math.sin(half / 9) - half * 150);
    const current = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
    all.push(
      reading({
        current,
        available: half % 31 === 7 ? null : `${Math.floor(cents / 100) - 40}.1234`,
        readAt: ago(day * DAY + 3),
        source: half % 14 ? "live" : "cached",
        requestId: `req${String(half).padStart(12, "0")}`,
      }),
    );
  }
  return all;
}

function point({ readAt, available, current }: ReadingView): HistoryPoint {
  return { at: readAt, kind: "reading", available, current, debts: null };
}

/** The points of readings, with a gap where more than four days are missing. */
export function seriesOf(all: ReadingView[], currency = "USD"): HistorySeries {
  const points = all.flatMap((one, index) => {
    const before = all[index - 1];
    const apart = before ? Date.parse(one.readAt) - Date.parse(before.readAt) : 0;
    if (!before || apart < 4 * DAY * 60_000) return [point(one)];
    const at = new Date(Date.parse(before.readAt) + apart / 2).toISOString();
    const gap = { at, kind: "gap" as const, available: null, current: null, debts: null };
    return [gap, point(one)];
  });
  return { currency, unofficialCurrency: false, points };
}

const spans: Record<Exclude<HistoryRange, "all">, number> = { week: 7, month: 30, year: 365 };

export function historyView(all: ReadingView[], range: HistoryRange): HistoryView {
  const firstAt = all[0]?.readAt ?? null;
  const from = range === "all" ? (firstAt ?? ago(0)) : ago(spans[range] * DAY);
  const within = all.filter(({ readAt }) => readAt >= from);
  return {
    from,
    to: ago(0),
    series: within.length > 0 ? [seriesOf(within)] : [],
    firstAt,
    lastAt: all.at(-1)?.readAt ?? null,
    readings: all.length,
  };
}

/** A page of readings; the position of a reading is its number. */
export function page(all: ReadingView[], before: string | null, limit: number): ReadingsPage {
  const newest = all.toReversed();
  const begin = before === null ? 0 : Number(before);
  const shown = newest.slice(begin, begin + limit);
  return {
    readings: shown.map((one, index) => ({
      reading: one,
      present: begin + index === 0,
      change: begin + index + 1 < newest.length ? (index % 2 ? "-12.5" : "3.0001") : null,
    })),
    next: begin + limit < newest.length ? String(begin + limit) : null,
  };
}

export const support: AccountSupport = {
  accountId: "item-platypus-0000",
  itemId: "item-platypus",
  institutionId: "ins_109508",
  answers: [
    {
      endpoint: "/accounts/balance/get",
      at: ago(2),
      requestId: "m8MDnv9okwxFNBV",
      httpStatus: 200,
      durationMs: 412,
      body: '{\n  "accounts": [\n    {\n      "account_id": "item-platypus-0000",\n      "balances": {\n        "available": 100,\n        "current": 23631.9805\n      }\n    }\n  ],\n  "request_id": "m8MDnv9okwxFNBV"\n}',
      failure: null,
    },
    {
      endpoint: "/accounts/balance/get",
      at: ago(60),
      requestId: "Zs9Ue2nTxWk1cQb",
      httpStatus: 429,
      durationMs: 96,
      body: '{\n  "error_type": "RATE_LIMIT_EXCEEDED",\n  "error_code": "BALANCE_LIMIT"\n}',
      failure: null,
    },
    {
      endpoint: "/accounts/balance/get",
      at: ago(61),
      requestId: null,
      httpStatus: null,
      durationMs: 30_004,
      body: null,
      failure: "No answer within 30 seconds.",
    },
  ],
};

/** The usual list, with a low-balance alert on the first account. */
export function marked(): AccountsList {
  const list = listOf(itemsView);
  const [first, ...others] = list.rows;
  if (!first) return list;
  const lowBalance = {
    threshold: "450.5",
    currency: "USD",
    counts: "available" as const,
    belowSince: ago(90),
  };
  const change = { amount: "-12.5", since: ago(12 * 60) };
  return { ...list, rows: [{ ...first, lowBalance, change }, ...others] };
}

/** A shell's answers about accounts with these readings. */
export function historyAnswers(all: ReadingView[] = readings(90)): Record<string, Answer> {
  const total = (range: HistoryRange): HistoryView => {
    const view = historyView(all, range);
    const debts = (one: HistoryPoint): HistoryPoint =>
      one.kind === "gap" ? one : { ...one, available: null, debts: "310.07" };
    return {
      ...view,
      series: view.series.map((one) => ({ ...one, points: one.points.map(debts) })),
    };
  };
  return {
    accounts_list: marked,
    history: ({ request }) =>
      request.of.kind === "total" ? total(request.range) : historyView(all, request.range),
    readings_page: ({ before, limit }) => page(all, before, limit),
    change_since: () => ({
      amount: "-120.0001",
      currency: "USD",
      from: "230.0001",
      to: "110",
      since: ago(40 * DAY),
      accounts: 1,
      leftOut: 0,
    }),
    account_support: () => support,
    export_pick: ({ what, format }) => ({
      path: `/home/ada/Documents/readings.${format}`,
      rows: what.kind === "history" ? all.length * what.accountIds.length : what.accountIds.length,
    }),
  };
}
