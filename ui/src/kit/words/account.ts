import type { InstitutionStatusView, ItemView } from "../../api/items";
import type { Purpose } from "../../api/link";
import type { Problem } from "../../api/problem";

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

export function accountKind({
  accountType,
  subtype,
}: {
  accountType: string;
  subtype?: string | null;
}): string {
  return inWords(subtype ?? accountType);
}

/** "••0000", or nothing where there is no mask. */
export function maskWords(mask: string | null | undefined): string {
  return mask ? `••${mask}` : "";
}

/** "Plaid Checking ••0000". */
export function accountTitle(account: { name: string; mask?: string | null }): string {
  return `${account.name} ${maskWords(account.mask)}`.trim();
}

/** The bank's status, unless it is healthy. */
export function bankInTrouble({
  institutionStatus,
}: Pick<ItemView, "institutionStatus">): InstitutionStatusView | null {
  return institutionStatus && institutionStatus.state !== "healthy" ? institutionStatus : null;
}

/** Label of an Item problem's next step, if the usual one doesn't fit. */
export function actionWords(problem: Problem): string | undefined {
  return problem.action?.kind === "retry" ? "Check again" : undefined;
}

export function adviceWords(problem: Problem): string | undefined {
  if (problem.action?.kind !== "repairItem") return undefined;
  return problem.plaid?.errorCode === "PENDING_DISCONNECT" ? undefined : "Renew consent";
}
