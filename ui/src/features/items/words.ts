import type { AccountView } from "../../bindings/items";
import type { Purpose } from "../../bindings/link";

/** What an Item is for, in a few words. */
export const purposeWords: Record<Purpose, string> = {
  achRisk: "ACH risk",
  balancesOnly: "Balances only",
};

const abbreviations = new Set(["cd", "ira", "hsa", "ebt", "tfsa", "rrsp", "529", "401k", "403b"]);

/** `money market` as "Money market", `cd` as "CD". */
function inWords(plaidWord: string): string {
  if (plaidWord === "401k") return "401(k)";
  if (plaidWord === "403b") return "403(b)";
  if (abbreviations.has(plaidWord)) return plaidWord.toUpperCase();
  return plaidWord.charAt(0).toUpperCase() + plaidWord.slice(1);
}

/** The kind of an account: its subtype where the bank gives one, else its type. */
export function accountKind({ accountType, subtype }: AccountView): string {
  return inWords(subtype ?? accountType);
}

/** "••0000", or nothing where there is no mask. */
export function maskWords(mask: string | null): string {
  return mask ? `••${mask}` : "";
}

/** "Plaid Checking ••0000". */
export function accountTitle(account: { name: string; mask: string | null }): string {
  return `${account.name} ${maskWords(account.mask)}`.trim();
}
