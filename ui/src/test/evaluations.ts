/** Evaluations and return codes as the desk would answer. */
import type { ReturnReason } from "../api/returnCodes";
import type {
  AttributeWords,
  EvaluateFacts,
  EvaluationAnswer,
  EvaluationView,
} from "../api/signal";
import { loginRequired } from "./accounts";
import { ago } from "./data";

export const returnCodes: ReturnReason[] = [
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
