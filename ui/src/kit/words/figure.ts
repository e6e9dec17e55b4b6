/** The meaning of each balance figure by account type. */
import type { AccountRow } from "../../api/accounts";

export type Figure = "available" | "current" | "limit";

type Meanings = Record<Figure, string>;

const depository: Meanings = {
  available:
    "What can be spent or withdrawn now (Plaid: available): the current balance without what is pending, as the bank reckons it. An overdraft limit may be in it.",
  current:
    "What is in the account (Plaid: current). Transactions that are pending are usually not in it yet.",
  limit: "The overdraft limit arranged with the bank (Plaid: limit). Few banks report it.",
};

const credit: Meanings = {
  available:
    "What can still be spent on credit (Plaid: available): the limit without what is owed and pending. Not money the person has.",
  current: "What is owed (Plaid: current). A negative number means that the bank owes the person.",
  limit: "The credit limit (Plaid: limit): the most that can be owed.",
};

const loan: Meanings = {
  available: "Loans have no available balance (Plaid: available).",
  current:
    "The principal that is still owed (Plaid: current). Interest and fees may come on top of it.",
  limit: "Usually not reported for a loan (Plaid: limit).",
};

const investment: Meanings = {
  available:
    "Cash that can be withdrawn (Plaid: available). Securities would have to be sold first and are not in it.",
  current:
    "The value of all holdings, cash and securities, as the institution presents it (Plaid: current).",
  limit: "Investments have no limit (Plaid: limit).",
};

const other: Meanings = {
  available: "What can be used now, as the institution reckons it (Plaid: available).",
  current: "The balance as the institution presents it (Plaid: current).",
  limit: "The limit of the account, where it has one (Plaid: limit).",
};

const byType: Record<string, Meanings> = {
  depository,
  credit,
  loan,
  investment,
  brokerage: investment,
};

export function meaning(row: AccountRow, figure: Figure): string {
  const words = (byType[row.accountType] ?? other)[figure];
  return row.reading && row.reading[figure] === undefined
    ? `${words} Not reported by the bank: that is not 0.`
    : words;
}
