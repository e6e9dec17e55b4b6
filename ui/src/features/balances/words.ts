import type { RefreshOutcome } from "../../api/balances";
import { count } from "../../kit/format";

/** "2 Items refreshed, 1 failed." */
export function outcomeWords(outcome: RefreshOutcome): string {
  const parts = [`${count(outcome.refreshed, "Item")} refreshed`];
  if (outcome.failed.length > 0) parts.push(`${outcome.failed.length} failed`);
  const words = parts.join(", ");
  return outcome.cancelled ? `Cancelled: ${words}.` : `${words}.`;
}
