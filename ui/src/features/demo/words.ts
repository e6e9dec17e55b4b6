import type {
  DemoCall,
  DemoFault,
  DemoHealth,
  DemoLimits,
  DemoView,
  ItemTrouble,
} from "../../api/demo";
import { count } from "../../kit/format";
import type { ScreenName } from "../../kit/navigation/route";

/** A call that can fail, and the screen that shows the failure. */
interface CallWords {
  label: string;
  path: string;
  /** What makes Balance Desk send this call. */
  seen: string;
  screen: ScreenName | null;
}

export const callWords: Record<DemoCall, CallWords> = {
  liveBalances: {
    label: "Read live balances",
    path: "/accounts/balance/get",
    seen: "Refresh in Accounts asks for it.",
    screen: "accounts",
  },
  checkItem: {
    label: "Check a connection",
    path: "/item/get",
    seen: "Check now, in an Item's menu in Accounts, asks for it.",
    screen: "accounts",
  },
  linkToken: {
    label: "Start Link",
    path: "/link/token/create",
    seen: "“Link a bank” asks for it when it opens the Link window.",
    screen: null,
  },
  exchange: {
    label: "Exchange the public token",
    path: "/item/public_token/exchange",
    seen: "It follows the last step in the Link window. What the bank granted is not lost.",
    screen: null,
  },
  accounts: {
    label: "Read the accounts of a new Item",
    path: "/accounts/get",
    seen: "It follows the exchange, when a bank has just been linked.",
    screen: null,
  },
  evaluate: {
    label: "Evaluate a debit",
    path: "/signal/evaluate",
    seen: "Evaluate asks for it. What came of it stays under Activity.",
    screen: "evaluate",
  },
  reportDecision: {
    label: "Report a decision",
    path: "/signal/decision/report",
    seen: "Recording a decision sends it; Activity shows that it waits, and it is sent again.",
    screen: "activity",
  },
  reportReturn: {
    label: "Report a return",
    path: "/signal/return/report",
    seen: "Recording a return sends it; Activity shows that it waits, and it is sent again.",
    screen: "activity",
  },
  rotateToken: {
    label: "Rotate an access token",
    path: "/item/access_token/invalidate",
    seen: "Rotate access token, in an Item's menu in Accounts, asks for it.",
    screen: "accounts",
  },
  removeItem: {
    label: "Remove an Item",
    path: "/item/remove",
    seen: "Remove Item, in an Item's menu in Accounts, asks for it.",
    screen: "accounts",
  },
};

export const faultWords: Record<DemoFault, { label: string; words: string }> = {
  rate_limit: {
    label: "Rate limit (HTTP 429)",
    words: "Plaid refuses: too many calls within a minute. Nothing is done, nothing is billed.",
  },
  client_rate_limit: {
    label: "Rate limit of all Items (HTTP 429)",
    words: "Plaid refuses: too many calls of all Items together. Nothing is done.",
  },
  institution_rate_limit: {
    label: "Rate limit of the bank (HTTP 429)",
    words: "The bank is asked too often, by others too: INSTITUTION_RATE_LIMIT. Nothing is done.",
  },
  institution_not_responding: {
    label: "The bank does not answer (HTTP 400)",
    words: "Plaid asked, and the bank was silent: INSTITUTION_NOT_RESPONDING.",
  },
  internal_server_error: {
    label: "Plaid's own error (HTTP 500)",
    words: "Plaid says INTERNAL_SERVER_ERROR. Nothing is done.",
  },
  unavailable: {
    label: "Unavailable (HTTP 503)",
    words: "A page of HTML comes instead of Plaid's answer, as from a proxy. Nothing is done.",
  },
  connection_reset: {
    label: "Connection reset",
    words: "The connection breaks before anything is done.",
  },
  answer_lost: {
    label: "Answer lost",
    words: "Plaid does what was asked, and its answer never arrives.",
  },
  truncated_body: {
    label: "Half an answer",
    words: "Plaid does what was asked, and half of its answer arrives.",
  },
};

/** Balance Desk retries free reads after any temporary failure. */
const freeReads: ReadonlySet<DemoCall> = new Set(["checkItem", "accounts"]);
const plaidErrors: ReadonlySet<DemoFault> = new Set([
  "rate_limit",
  "client_rate_limit",
  "institution_rate_limit",
  "internal_server_error",
]);

/** How often Balance Desk sends a call before it shows the failure. */
export function attemptsBeforeFault(call: DemoCall, fault: DemoFault): number {
  if (fault === "institution_not_responding") return 1;
  const repeated = freeReads.has(call) || (call === "liveBalances" && plaidErrors.has(fault));
  return repeated ? 3 : 1;
}

export const limitWords: Record<DemoLimits, { label: string; words: string }> = {
  off: { label: "Off", words: "Plaid counts no calls." },
  sandbox: {
    label: "Sandbox",
    words:
      "25 live readings a minute of one Item, 100 of all. Balance Desk keeps to this by itself: it waits rather than be refused.",
  },
  production: {
    label: "Production",
    words:
      "5 live readings a minute of one Item. Refresh the same Item six times within a minute to be refused.",
  },
};

export const healthWords: Record<DemoHealth, { label: string; words: string }> = {
  healthy: { label: "Healthy", words: "It answers." },
  degraded: {
    label: "Degraded",
    words: "Link warns before the sign-in; what it answers is right.",
  },
  down: {
    label: "Down",
    words: "Link and Refresh say INSTITUTION_DOWN until it is well. Nobody has to sign in again.",
  },
  unsupported: {
    label: "Unsupported",
    words: "Link does not offer it; Refresh says INSTITUTION_NO_LONGER_SUPPORTED.",
  },
};

/** The states of an Item; an empty code means healthy. */
export const itemStates: ReadonlyArray<{
  code: ItemTrouble | "";
  label: string;
  words: string;
}> = [
  { code: "", label: "Well", words: "It answers." },
  {
    code: "ITEM_LOGIN_REQUIRED",
    label: "Login required",
    words: "The password was changed. Accounts offers to sign in again, in Link’s update mode.",
  },
  {
    code: "OAUTH_CONSENT_EXPIRED",
    label: "Consent has ended",
    words: "As at an OAuth bank whose consent ran out: signing in again there renews it.",
  },
  {
    code: "OAUTH_USER_REVOKED",
    label: "Ended at the bank",
    words: "As at an OAuth bank where the person took the consent back, on the bank’s own page.",
  },
  {
    code: "OAUTH_INVALID_TOKEN",
    label: "Refused by the bank",
    words: "As at an OAuth bank that does not take what it gave Plaid. Signing in again helps.",
  },
  {
    code: "ITEM_LOCKED",
    label: "Locked",
    words: "Too many wrong passwords. The person unlocks it at the bank, then signs in again.",
  },
  {
    code: "USER_SETUP_REQUIRED",
    label: "Setup required",
    words: "The bank wants something first, such as new terms accepted. Then sign in again.",
  },
  {
    code: "NO_ACCOUNTS",
    label: "No accounts",
    words: "No account is left that is open and shared.",
  },
  {
    code: "USER_PERMISSION_REVOKED",
    label: "Permission withdrawn",
    words: "The person ended it at the bank. Only linking anew helps.",
  },
  {
    code: "PENDING_EXPIRATION",
    label: "Consent ends in a week",
    words: "It works until then. /item/get says when; signing in again renews the consent.",
  },
  {
    code: "PENDING_DISCONNECT",
    label: "Disconnected in a week",
    words: "It works until then. Plaid says so by webhook alone; signing in again keeps it.",
  },
  {
    code: "NEW_ACCOUNTS_AVAILABLE",
    label: "New accounts",
    words: "The person opened another account. Plaid says so by webhook alone; Link offers it.",
  },
];

/** The words for a state; for an unlisted state, its code. */
export function stateWords(code: string): { label: string; words: string } {
  return itemStates.find((state) => state.code === code) ?? { label: code, words: "" };
}

/** Steps of the clock, and what expires after each. */
export const clockSteps: ReadonlyArray<{ seconds: number; label: string; words: string }> = [
  {
    seconds: 30 * 60,
    label: "30 minutes",
    words:
      "Public tokens that were not exchanged expire, and so do the link tokens of Balance Desk: an open Link window says so.",
  },
  {
    seconds: 4 * 3600,
    label: "4 hours",
    words: "Link tokens that were made without Hosted Link expire, too.",
  },
  {
    seconds: 6 * 3600,
    label: "6 hours",
    words: "/link/token/get forgets the sessions that have ended.",
  },
  {
    seconds: 86_400,
    label: "1 day",
    words: "The banks have news: cached balances are behind live ones.",
  },
  {
    seconds: 30 * 86_400,
    label: "30 days",
    words:
      "An Item whose consent was about to end, or that was to be disconnected, wants a sign-in.",
  },
];

/** "4 hours", "1 day 30 minutes": a duration rounded to the minute. */
export function spanWords(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  const parts = [
    { number: Math.floor(minutes / 1440), unit: "day" },
    { number: Math.floor((minutes % 1440) / 60), unit: "hour" },
    { number: minutes % 60, unit: "minute" },
  ];
  const words = parts.filter(({ number }) => number > 0);
  return words.map(({ number, unit }) => count(number, unit)).join(" ") || "less than a minute";
}

/** Less than a minute ahead doesn't count as moved. */
export const isAhead = (view: DemoView) => view.aheadSeconds >= 60;

/** Every setting that differs from the default, in a few words. Latency isn't a failure, so it isn't listed. */
export function changedSettings(view: DemoView): string[] {
  const changes: string[] = [];
  const failing = view.faults.reduce((sum, { times }) => sum + times, 0);
  if (failing > 0) changes.push(`${count(failing, "call")} will go wrong`);
  if (view.limits !== "off") changes.push(`${limitWords[view.limits].label} rate limits are on`);
  const changed = view.institutions.filter((institution) => institution.changed);
  for (const { name, health } of changed) {
    changes.push(`${name} is ${healthWords[health].label.toLowerCase()}`);
  }
  for (const { institutionName, personName, code } of view.items) {
    if (code) changes.push(`${institutionName} of ${personName}: ${stateWords(code).label}`);
  }
  if (isAhead(view)) changes.push(`the clock is ${spanWords(view.aheadSeconds)} ahead`);
  return changes;
}
