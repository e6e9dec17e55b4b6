/** Views as the desk would answer them, for tests and for looking at the screens. */
import type { AccountRow, AccountsList } from "../api/accounts";
import type { BillingView, ReadingView } from "../api/balances";
import type { DemoView } from "../api/demo";
import type { AccountView, ItemsView, ItemView, PersonView } from "../api/items";
import type { InvitationView, LinkSessionView } from "../api/link";
import type { Problem } from "../api/problem";
import type { ReturnCodeView } from "../api/returns";
import type { SettingsView } from "../api/settings";
import type {
  AttributeWords,
  EvaluateFacts,
  EvaluationAnswer,
  EvaluationView,
} from "../api/signal";
import type { AppStatus, Environment } from "../api/start";

/** The Demo's bank as it usually is, with two Items linked. */
export function demoView(changes: Partial<DemoView> = {}): DemoView {
  return {
    latency: { kind: "lifelike" },
    limits: "off",
    faults: [],
    institutions: [
      {
        institutionId: "ins_109508",
        name: "First Platypus Bank",
        health: "healthy",
        changed: false,
        linked: true,
      },
      {
        institutionId: "ins_109509",
        name: "First Gingham Credit Union",
        health: "healthy",
        changed: false,
        linked: true,
      },
      {
        institutionId: "ins_132361",
        name: "Unhealthy Platypus Bank - Down",
        health: "down",
        changed: false,
        linked: false,
      },
    ],
    items: [
      {
        itemId: "item-platypus",
        institutionName: "First Platypus Bank",
        personName: "Ada Lovelace",
        code: null,
      },
      {
        itemId: "item-gingham",
        institutionName: "First Gingham Credit Union",
        personName: "Grace Hopper",
        code: null,
      },
    ],
    aheadSeconds: 0,
    ...changes,
  };
}

/** A point in time so many minutes ago. */
export function ago(minutes: number): string {
  return new Date(Date.now() - minutes * 60_000).toISOString();
}

export function status(open: Environment | null, changes: Partial<AppStatus> = {}): AppStatus {
  return {
    version: "0.1.0",
    secretStore: { kind: "keyring", state: { state: "ready" } },
    environments: [
      { environment: "demo", hasKeys: true, clientId: null, hasDatabase: true },
      {
        environment: "sandbox",
        hasKeys: true,
        clientId: "5f1e0c0ffee0de500c0ffee1",
        hasDatabase: true,
      },
      { environment: "production", hasKeys: false, clientId: null, hasDatabase: false },
    ],
    open,
    openProblem: null,
    dataDir: "/home/ada/.local/share/app.balancedesk.desktop",
    lastEnvironment: open,
    ...changes,
  };
}

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

/** A row of the list of the same account: what is not known is left out. */
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

/** The list of the accounts of the same Items. */
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

/** A bank with many Items: as many accounts as asked for, in every state a line can be in. */
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

export function billingView(changes: Partial<BillingView> = {}): BillingView {
  const count = (balances: number, evaluations = 0) => ({
    balances,
    evaluations,
    mayBeBilled: 0,
    cost: { amount: String((balances * 10 + evaluations * 25) / 100), currency: "USD" },
  });
  const day = (before: number) => ago(before * 24 * 60).slice(0, 10);
  return {
    today: count(3),
    month: count(41, 2),
    days: Array.from({ length: 31 }, (_, at) => ({ day: day(at), count: count(at % 4 ? 0 : 3) })),
    months: [
      { month: day(0).slice(0, 7), count: count(41, 2) },
      { month: day(40).slice(0, 7), count: { ...count(120, 30), mayBeBilled: 1 } },
    ],
    pricePerBalanceCall: { amount: "0.1", currency: "USD" },
    pricePerEvaluation: { amount: "0.25", currency: "USD" },
    ...changes,
  };
}

export const settingsView: SettingsView = {
  settings: {
    appName: "Balance Desk",
    language: "en",
    countryCodes: ["US"],
    redirectUri: null,
    webhook: null,
    healthCheckHours: 24,
    consentNoticeDays: 14,
    confirmAboveCalls: 20,
    pricePerBalanceCall: null,
    pricePerEvaluation: null,
    priceCurrency: "USD",
    refreshCachedOnOpen: false,
  },
  languages: [
    { code: "en", name: "English" },
    { code: "fr", name: "French" },
    { code: "es", name: "Spanish" },
  ],
  countries: [
    { code: "US", name: "United States" },
    { code: "CA", name: "Canada" },
    { code: "GB", name: "United Kingdom" },
  ],
  databasePath: "/home/ada/.local/share/app.balancedesk.desktop/demo.db",
  logDir: "/home/ada/.local/share/app.balancedesk.desktop/logs",
};

export const returnCodes: ReturnCodeView[] = [
  {
    code: "R01",
    title: "Insufficient funds",
    meaning: "The available balance did not cover the debit.",
    initiatedBy: "bank",
    window: "twoDays",
    windowWords: "2 banking days after the debit settled",
    next: "rePresent",
    nextWords: "May be re-presented up to two times within 180 days of the first debit.",
  },
  {
    code: "R02",
    title: "Account closed",
    meaning: "The account was active once and is now closed.",
    initiatedBy: "bank",
    window: "twoDays",
    windowWords: "2 banking days after the debit settled",
    next: "newAccount",
    nextWords: "Ask for new account details. Do not re-present.",
  },
  {
    code: "R10",
    title: "Customer advises unauthorized",
    meaning: "The customer says they did not authorize the debit.",
    initiatedBy: "customer",
    window: "sixtyDays",
    windowWords: "60 days after the debit settled",
    next: "newAuthorization",
    nextWords: "Stop debiting this account. Get a new authorization. Do not re-present.",
  },
  {
    code: "R61",
    title: "Misrouted return",
    meaning: "The return went to the wrong bank.",
    initiatedBy: "other",
    window: "fiveDaysAfterReturn",
    windowWords: "5 banking days after the return settled",
    next: "betweenBanks",
    nextWords: "The banks settle this among themselves.",
  },
];

export function answer(changes: Partial<EvaluationAnswer> = {}): EvaluationAnswer {
  return {
    result: "accept",
    resultText: null,
    rulesetKey: "default",
    internalNote: null,
    customActionKey: null,
    availableBalance: "100",
    currentBalance: "110",
    customerInitiatedReturnRisk: null,
    customerInitiatedRiskTier: null,
    bankInitiatedReturnRisk: null,
    bankInitiatedRiskTier: null,
    coreAttributes: [],
    warnings: [],
    requestId: "eYupqX1mZkEuQRx",
    answeredAt: ago(1),
    ...changes,
  };
}

export function evaluation(id: string, changes: Partial<EvaluationView> = {}): EvaluationView {
  return {
    clientTransactionId: id,
    accountId: "item-platypus-0000",
    accountName: "Plaid Checking",
    accountMask: "0000",
    institutionName: "First Platypus Bank",
    personName: "Ada Lovelace",
    amount: "75.5",
    currency: "USD",
    rulesetKey: null,
    purpose: null,
    askedWith: null,
    createdAt: ago(1),
    state: "answered",
    settled: null,
    toldNotInitiated: false,
    answer: answer(),
    problem: null,
    decision: null,
    returned: null,
    ...changes,
  };
}

export function evaluateFacts(changes: Partial<EvaluateFacts> = {}): EvaluateFacts {
  return {
    personName: "Ada Lovelace",
    clientUserId: "0b6f5a4e-ada",
    estimate: {
      kind: "known",
      amount: "90.00",
      currency: "USD",
      basis: "available",
      balance: "100",
      readAt: ago(65),
      source: "live",
      margin: { percent: "10", amount: "0" },
    },
    rulesetKeys: ["payroll"],
    clockBehindSeconds: null,
    ...changes,
  };
}

export const attributeWords: AttributeWords[] = [
  {
    name: "days_since_first_plaid_connection",
    title: "Known to Plaid for",
    unit: "days",
    group: "plaidNetwork",
    meaning: "Days since this Item was first connected to any application through Plaid.",
  },
  {
    name: "unauthorized_transactions_count_90d",
    title: "Debits called unauthorized, last 90 days",
    unit: "count",
    group: "returns",
    meaning: "Past debits of the account that look like they came back as unauthorized.",
  },
  {
    name: "is_savings_or_money_market_account",
    title: "Savings or money market account",
    unit: "yesNo",
    group: "account",
    meaning: "Whether it is an account for saving.",
  },
];

export const review = evaluation("debit-2026-0117", {
  amount: "1234.5",
  createdAt: ago(30),
  answer: answer({
    result: "review",
    rulesetKey: "payroll",
    internalNote: "Balance covers the debit by less than 20 percent",
    customActionKey: "3-day-hold",
    customerInitiatedReturnRisk: 34,
    bankInitiatedReturnRisk: 61,
    coreAttributes: [
      { name: "days_since_first_plaid_connection", value: "510" },
      { name: "unauthorized_transactions_count_90d", value: "0" },
      { name: "is_savings_or_money_market_account", value: "false" },
      { name: "days_since_account_opening", value: null },
    ],
    warnings: [
      {
        warningType: "ITEM_ERROR",
        warningCode: "ITEM_LOGIN_REQUIRED",
        warningMessage: "the login details of this item have changed",
        explanation:
          "The bank could not be asked, so the answer rests on older data. Let the person sign in again.",
        action: { kind: "repairItem", itemId: "item-platypus" },
      },
    ],
  }),
  decision: {
    initiated: true,
    daysFundsOnHold: 3,
    decisionOutcome: "APPROVE",
    paymentMethod: "STANDARD_ACH",
    amountInstantlyAvailable: "100",
    recordedAt: ago(25),
    delivery: { state: "delivered", at: ago(25), requestId: "aYq2hV0xPcZ93kL" },
  },
  returned: {
    returnCode: "R01",
    meaning: "Insufficient funds",
    returnedOn: "2026-11-23",
    recordedAt: ago(3),
    delivery: {
      state: "waiting",
      attempts: 2,
      nextAttemptAt: ago(-4),
      problem: { kind: "network", message: "Plaid could not be reached: there is no network." },
    },
  },
});

export const reroute = evaluation("debit-2026-0118", {
  amount: "99999999.99",
  createdAt: ago(80),
  answer: answer({ result: "reroute", internalNote: "Not enough money" }),
});

export const failedEvaluation = evaluation("debit-2026-0119", {
  createdAt: ago(3000),
  personName: "Grace Hopper",
  institutionName: "First Gingham Credit Union",
  accountName: "Joint Household Checking",
  accountMask: "9921",
  state: "failed",
  answer: null,
  problem: loginRequired,
});

export function linkSession(changes: Partial<LinkSessionView> = {}): LinkSessionView {
  return {
    sessionId: "session-1",
    state: "opened",
    purpose: "achRisk",
    personName: "Ada Lovelace",
    way: "window",
    repairsItemId: null,
    chooseAccounts: false,
    canContinueInBrowser: true,
    invitation: null,
    duplicate: null,
    createdAt: ago(1),
    endedAt: null,
    institutionName: null,
    itemId: null,
    problem: null,
    exitStatus: null,
    linkSessionId: "356dbb28-7f98-44d1-8e6d-0cec580f3171",
    events: [
      {
        at: ago(1),
        name: "OPEN",
        viewName: null,
        institutionName: null,
        errorCode: null,
        requestId: null,
      },
      {
        at: ago(0),
        name: "SELECT_INSTITUTION",
        viewName: null,
        institutionName: "First Platypus Bank",
        errorCode: null,
        requestId: "yKvQ4zHnXb0Ls5m",
      },
    ],
    ...changes,
  };
}

/** A link that was sent, as it is right after it was made. */
export function invitation(
  sessionId: string,
  how: Partial<InvitationView> = {},
  changes: Partial<LinkSessionView> = {},
): LinkSessionView {
  return linkSession({
    sessionId,
    way: "invitation",
    canContinueInBrowser: false,
    linkSessionId: null,
    events: [],
    ...changes,
    invitation: {
      url: "https://secure.plaid.com/hl/lsjn9r0k8q2t4v7x1z3b5d6f8h0j2l4n",
      note: null,
      language: "en",
      expiresAt: ago(-3 * 24 * 60),
      progress: "notOpened",
      checkedAt: ago(2),
      ...how,
    },
  });
}

/** Invitations in every state, the open ones first. */
export const invitations: LinkSessionView[] = [
  invitation("invitation-1", { note: "Order 2041" }),
  invitation(
    "invitation-2",
    { progress: "started", expiresAt: ago(-300), checkedAt: ago(0) },
    {
      personName: "Grace Hopper",
      repairsItemId: "item-gingham",
      institutionName: "First Gingham Credit Union",
      purpose: "balancesOnly",
    },
  ),
  invitation(
    "invitation-3",
    { progress: "finished", url: null, checkedAt: ago(1500) },
    {
      personName: "Katherine Johnson",
      state: "exchanged",
      institutionName: "Tartan Bank",
      itemId: "item-tartan",
      endedAt: ago(1500),
    },
  ),
  invitation(
    "invitation-4",
    { progress: "expired", url: null, expiresAt: ago(6000), checkedAt: ago(5700) },
    { personName: "Edsger Dijkstra", state: "expired", endedAt: ago(5700) },
  ),
  invitation(
    "invitation-5",
    { progress: "cancelled", url: null },
    {
      personName: "Alan Turing",
      state: "withdrawn",
      institutionName: "Houndstooth Bank",
      endedAt: ago(200),
    },
  ),
];

/** A grant that looks like what is linked already. */
export const held: LinkSessionView = linkSession({
  sessionId: "session-held",
  state: "held",
  institutionName: "First Platypus Bank",
  duplicate: {
    decideBy: ago(-24),
    grantedAccounts: [
      { name: "Plaid Checking", mask: "0000" },
      { name: "Plaid Saving", mask: "1111" },
      { name: "Plaid HSA", mask: "9001" },
    ],
    items: [
      {
        itemId: "item-platypus",
        institutionName: "First Platypus Bank",
        person: ada,
        needsAttention: false,
        sameAccounts: [
          { name: "Plaid Checking", mask: "0000" },
          { name: "Plaid Saving", mask: "1111" },
        ],
        otherAccounts: 4,
      },
    ],
  },
});
