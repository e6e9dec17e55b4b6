import type { ReadingSource } from "../../api/balances";
import { formatExactTime } from "../format";

const explained: Record<ReadingSource, string> = {
  live: "Asked of the bank when it was read",
  cached: "Plaid's stored balance: fresh right after linking, later a day old or more",
  signal: "The balance an evaluation was made with",
};

export function sourceWords(reading: {
  source: ReadingSource;
  lastUpdatedAt?: string | null;
}): string {
  const bankTime = reading.lastUpdatedAt
    ? `. The bank last updated it ${formatExactTime(reading.lastUpdatedAt)}`
    : "";
  return explained[reading.source] + bankTime;
}
