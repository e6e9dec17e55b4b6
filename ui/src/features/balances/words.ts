import type { RefreshOutcome } from "../../api/balances";
import { count } from "../../kit/format";

/** "about 5 s", "about 3 min", "about 2 h". */
export function durationWords(seconds: number): string {
  if (seconds < 90) return `about ${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `about ${minutes} min` : `about ${Math.round(minutes / 60)} h`;
}

/** "2 Items refreshed, 1 failed." */
export function outcomeWords(outcome: RefreshOutcome): string {
  const parts = [`${count(outcome.refreshed, "Item")} refreshed`];
  if (outcome.failed.length > 0) parts.push(`${outcome.failed.length} failed`);
  const words = parts.join(", ");
  return outcome.cancelled ? `Cancelled: ${words}.` : `${words}.`;
}
