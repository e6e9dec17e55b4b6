/** Items and accounts as the desk would answer. */
import type { AccountRow, AccountsList } from "../api/accounts";
import type { ReadingView } from "../api/balances";
import type { AccountView, ItemsView, ItemView, PersonView } from "../api/items";
import type { Problem } from "../api/problem";
import { ago } from "./data";

export function reading(changes: Partial<ReadingView> = {}): ReadingView {
  return {
    available: "100",
    current: "110",
    limit: null,
    currency: "USD",
    unofficialCurrency: false,
    readAt: ago(2),
    lastUpdatedAt: null,
    source: "live",
    requestId: "m8MDnv9okwxFNBV",
    ...changes,
  };
}

export function account(
  itemId: string,
  name: string,
  mask: string,
  changes: Partial<AccountView> = {},
): AccountView {
  return {
    accountId: `${itemId}-${mask}`,
    itemId,
    name,
    officialName: null,
    mask,
    accountType: "depository",
    subtype: "checking",
    canEvaluate: false,
    reading: reading(),
    ownName: null,
    hidden: false,
    lowBalance: null,
    change: null,
    ...changes,
  };
}

export const loginRequired: Problem = {
  kind: "plaid",
  message:
    "The bank asks the person to sign in again. Balances cannot be read until they have done so.",
  plaid: {
    errorType: "ITEM_ERROR",
    errorCode: "ITEM_LOGIN_REQUIRED",
    errorMessage: "the login details of this item have changed",
    displayMessage: null,
    requestId: "Zs9Ue2nTxWk1cQb",
    documentationUrl: "https://plaid.com/docs/errors/item/",
    status: 400,
  },
  action: { kind: "repairItem", itemId: "item-gingham" },
};

export const ada: PersonView = { personId: "person-1", name: "Ada Lovelace" };
export const grace: PersonView = { personId: "person-2", name: "Grace Hopper" };

export const platypus: ItemView = {
  itemId: "item-platypus",
  institutionId: "ins_109508",
  institutionName: "First Platypus Bank",
  institutionLogo: null,
  institutionColor: "#1f6f50",
  person: ada,
  purpose: "achRisk",
  linkedAt: ago(300),
  consentExpiresAt: null,
  health: { state: "healthy" },
  advice: null,
  checkedAt: ago(130),
  institutionStatus: {
    state: "healthy",
    message: "The bank works as usual.",
    checkedAt: ago(130),
  },
  duplicateOf: null,
  accounts: [
    account("item-platypus", "Plaid Checking", "0000", {
      officialName: "Plaid Gold Standard 0% Interest Checking",
      canEvaluate: true,
    }),
    account("item-platypus", "Plaid Saving", "1111", {
      officialName: "Plaid Silver Standard 0.1% Interest Saving",
      subtype: "savings",
      canEvaluate: true,
      reading: reading({ available: "200", current: "210" }),
    }),
    account("item-platypus", "Plaid CD", "2222", {
      officialName: "Plaid Bronze Standard 0.2% Interest CD",
      subtype: "cd",
      reading: reading({ available: null, current: "1000", source: "cached", readAt: ago(190) }),
    }),
    account("item-platypus", "Plaid Credit Card", "3333", {
      officialName: "Plaid Diamond 12.5% APR Interest Credit Card",
      accountType: "credit",
      subtype: "credit card",
      reading: reading({ available: null, current: "410", limit: "2000" }),
    }),
    account("item-platypus", "Plaid 401k", "6666", {
      accountType: "investment",
      subtype: "401k",
      reading: reading({ available: null, current: "23631.9805", source: "cached" }),
    }),
    account("item-platypus", "Plaid Mortgage", "8888", {
      accountType: "loan",
      subtype: "mortgage",
      reading: reading({ available: null, current: "56302.06" }),
    }),
  ],
};

export const gingham: ItemView = {
  itemId: "item-gingham",
  institutionId: "ins_109509",
  institutionName: "First Gingham Credit Union",
  institutionLogo: null,
  institutionColor: "#b7472a",
  person: grace,
  purpose: "balancesOnly",
  linkedAt: ago(4000),
  consentExpiresAt: new Date(Date.now() + 30 * 86_400_000).toISOString(),
  health: { state: "needsAttention", problem: loginRequired, since: ago(95) },
  advice: null,
  checkedAt: ago(95),
  institutionStatus: null,
  duplicateOf: null,
  accounts: [
    account("item-gingham", "Joint Household Checking", "9921", {
      canEvaluate: true,
      reading: reading({
        available: "8412.5",
        current: "8412.5",
        source: "signal",
        readAt: ago(1500),
      }),
    }),
    account("item-gingham", "Euro account", "0042", {
      subtype: "savings",
      reading: reading({ available: null, current: null, currency: "EUR", readAt: ago(4000) }),
    }),
  ],
};

export const itemsView: ItemsView = {
  items: [platypus, gingham],
  totals: [
    { currency: "USD", assets: "33364.4805", debts: "56712.06", notReported: 0 },
    { currency: "EUR", assets: "0", debts: "0", notReported: 1 },
  ],
};

/** The account as a list row, without unknown fields. */
function rowOf({ itemId: _, reading, ...account }: AccountView, item: number): AccountRow {
  const known = (value: object) =>
    Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null));
  return {
    ...(known(account) as unknown as AccountRow),
    item,
    ...(reading
      ? { reading: known(reading) as unknown as NonNullable<AccountRow["reading"]> }
      : {}),
  };
}

/** The account list for these Items. */
export function listOf({ items, totals }: ItemsView): AccountsList {
  const people = [...new Map(items.map(({ person }) => [person.personId, person])).values()];
  return {
    rows: items.flatMap(({ accounts }, at) => accounts.map((account) => rowOf(account, at))),
    items: items.map(({ accounts: _, ...item }, at) => ({
      ...item,
      institution: at,
      person: people.findIndex(({ personId }) => personId === item.person.personId),
    })),
    institutions: items.map((item) => ({
      institutionId: item.institutionId,
      name: item.institutionName,
      logo: item.institutionLogo,
      color: item.institutionColor,
    })),
    people,
    totals,
    accounts: items.reduce(
      (sum, { accounts }) => sum + accounts.filter(({ hidden }) => !hidden).length,
      0,
    ),
  };
}

/** Many Items of one bank with the given number of accounts, in every state a row can have. */
export function manyAccounts(number: number): AccountsList {
  const names = ["Checking", "Savings", "Payroll", "Reserve", "Card", "Mortgage", "Brokerage"];
  const types = [
    "depository",
    "depository",
    "depository",
    "depository",
    "credit",
    "loan",
    "investment",
  ];
  const perItem = 8;
  const institutions = Array.from({ length: 40 }, (_, at) => ({
    institutionId: `ins_${at}`,
    name: `${["Platypus", "Gingham", "Tartan", "Houndstooth"][at % 4]} Bank ${at + 1}`,
    logo: null,
    color: ["#1f6f50", "#b7472a", "#095aa6", "#6b3fa0"][at % 4] ?? null,
  }));
  const people = Array.from({ length: 200 }, (_, at) => ({
    personId: `person-${at}`,
    name: `${["Ada", "Grace", "Alan", "Edsger", "Katherine"][at % 5]} ${["Lovelace", "Hopper", "Turing"][at % 3]} ${at}`,
  }));
  const {
    accounts: _,
    institutionName: __,
    institutionLogo: ___,
    institutionColor: ____,
    ...item
  } = platypus;
  const items = Array.from({ length: Math.ceil(number / perItem) }, (_, at) => ({
    ...item,
    itemId: `item-${at}`,
    institution: at % institutions.length,
    person: at % people.length,
    health: at % 37 === 5 ? gingham.health : item.health,
  }));
  const rows = Array.from({ length: number }, (_, at): AccountRow => {
    const kind = at % names.length;
    const cents = String((at * 7919) % 100).padStart(2, "0");
    const read = reading({ readAt: ago((at * 13) % 5000), source: at % 5 ? "live" : "cached" });
    return {
      accountId: `account-${at}`,
      item: Math.floor(at / perItem),
      name: `${names[kind]} ${at}`,
      mask: String(at % 10_000).padStart(4, "0"),
      accountType: types[kind] ?? "other",
      subtype:
        ["checking", "savings", "checking", "money market", "credit card", "mortgage", "brokerage"][
          kind
        ] ?? "",
      canEvaluate: kind < 2,
      hidden: at % 97 === 3,
      ...(at % 29 === 4 ? { ownName: `Rent of house ${at}` } : {}),
      ...(at % 31 === 0
        ? {
            lowBalance: {
              threshold: "500",
              currency: "USD",
              counts: "available" as const,
              belowSince: at % 62 === 0 ? ago(90) : null,
            },
          }
        : {}),
      ...(at % 3
        ? { change: { amount: `${at % 2 ? "-" : ""}${at % 400}.${cents}`, since: ago(3000) } }
        : {}),
      reading: {
        ...(kind < 5 ? { available: `${(at * 31) % 90_000}.${cents}` } : {}),
        current: `${(at * 37) % 90_000}.${cents}`,
        ...(kind === 4 ? { limit: "5000" } : {}),
        currency: at % 11 === 0 ? "EUR" : "USD",
        unofficialCurrency: false,
        readAt: read.readAt,
        source: read.source,
      },
    };
  });
  return {
    rows,
    items,
    institutions,
    people,
    totals: [
      { currency: "USD", assets: "283921004.12", debts: "98123771.7", notReported: 12 },
      { currency: "EUR", assets: "30112000.5", debts: "0", notReported: 0 },
    ],
    accounts: rows.filter(({ hidden }) => !hidden).length,
  };
}
