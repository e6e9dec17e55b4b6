/** Link sessions in words. */
import type { LinkEventView, LinkSessionView, LinkState, LinkWay } from "../../api/link";

const endings: ReadonlySet<LinkState> = new Set([
  "exchanged",
  "withdrawn",
  "exited",
  "expired",
  "failed",
]);

export function hasEnded({ state, endedAt }: LinkSessionView): boolean {
  return endedAt !== null || endings.has(state);
}

export function hasSucceeded(session: LinkSessionView): boolean {
  return session.state === "exchanged" || (session.state === "succeeded" && hasEnded(session));
}

/** The session has no window, and Plaid is being asked how it ended. */
export function isLookedUp(session: LinkSessionView): boolean {
  return session.way === "window" && session.state === "opened" && session.problem !== null;
}

export function isLive(session: LinkSessionView): boolean {
  const over = hasEnded(session) || session.state === "held" || isLookedUp(session);
  return session.way !== "invitation" && !over;
}

export const stateWords: Record<LinkState, string> = {
  created: "Not opened yet",
  opened: "Open",
  succeeded: "Granted, being stored",
  held: "Waiting for a decision",
  exchanged: "Linked",
  withdrawn: "Granted, removed again",
  exited: "Left",
  expired: "Expired",
  failed: "Failed",
};

export const wayWords: Record<LinkWay, string> = {
  window: "Link window",
  browser: "Browser",
  invitation: "Sent link",
};

const events: Record<string, string> = {
  OPEN: "Link is open",
  LAYER_READY: "Link is ready",
  SEARCH_INSTITUTION: "Searching for a bank",
  SELECT_BRAND: "A bank was chosen",
  SELECT_INSTITUTION: "A bank was chosen",
  SUBMIT_CREDENTIALS: "Signing in at the bank",
  SUBMIT_MFA: "Confirming with a second factor",
  OPEN_OAUTH: "The bank's own page is open",
  CLOSE_OAUTH: "The bank's own page was closed",
  FAIL_OAUTH: "The bank's own page reported a failure",
  SELECT_ACCOUNT: "Accounts were chosen",
  HANDOFF: "The bank agreed",
  EXIT: "Link was left",
  ERROR: "The bank or Plaid reported an error",
};

const views: Record<string, string> = {
  CONSENT: "Reading what Plaid does",
  SELECT_INSTITUTION: "Choosing a bank",
  CREDENTIAL: "At the bank's sign-in",
  MFA: "At the second factor",
  LOADING: "Waiting for the bank",
  SELECT_ACCOUNT: "Choosing accounts",
  OAUTH: "At the bank's own page",
  EXIT: "Leaving",
  ERROR: "An error is shown",
  CONNECTED: "Connected",
};

/** Unknown event names stay as they are. */
export function eventWords(event: LinkEventView): string {
  const { name, viewName, institutionName, errorCode } = event;
  const view = name === "TRANSITION_VIEW" && viewName ? (views[viewName] ?? viewName) : null;
  const words = view ?? events[name] ?? name;
  const where = institutionName ? `${words} (${institutionName})` : words;
  return errorCode ? `${where}: ${errorCode}` : where;
}

const exits: Record<string, string> = {
  requires_questions: "at the bank's security questions",
  requires_selections: "at the bank's second factor",
  requires_code: "where the bank's code was asked for",
  choose_device: "where the code's device is chosen",
  requires_credentials: "at the bank's sign-in",
  requires_account_selection: "where accounts are chosen",
  requires_oauth: "at the bank's own page",
  institution_not_found: "because the bank was not found",
  institution_not_supported: "because the bank is not supported",
};

export function exitWords(session: LinkSessionView): string {
  const { exitStatus, institutionName } = session;
  if (!exitStatus) {
    return institutionName
      ? `Link was closed after ${institutionName} was chosen.`
      : "Link was closed.";
  }
  const where = exits[exitStatus] ?? `(${exitStatus})`;
  return institutionName
    ? `Link was left ${where}: ${institutionName}.`
    : `Link was left ${where}.`;
}

/** A session as text for Plaid's support. */
export function supportText(session: LinkSessionView): string {
  const lines = [
    `link_session_id: ${session.linkSessionId ?? "not known"}`,
    `state: ${session.state}`,
    `way: ${session.way}`,
    `mode: ${session.repairsItemId ? "update mode" : "new Item"}`,
    `created: ${session.createdAt}`,
    `ended: ${session.endedAt ?? "not yet"}`,
    `institution: ${session.institutionName ?? "none chosen"}`,
  ];
  if (session.exitStatus) lines.push(`exit status: ${session.exitStatus}`);
  if (session.problem?.plaid?.errorCode) {
    lines.push(`error: ${session.problem.plaid.errorType} ${session.problem.plaid.errorCode}`);
  }
  if (session.problem?.plaid?.requestId) {
    lines.push(`request_id: ${session.problem.plaid.requestId}`);
  }
  lines.push("events:");
  for (const event of session.events) {
    const parts = [event.viewName, event.institutionName, event.errorCode, event.requestId];
    lines.push(`  ${event.at} ${event.name} ${parts.filter(Boolean).join(" ")}`.trimEnd());
  }
  return lines.join("\n");
}

export function sessionWhat({ repairsItemId, chooseAccounts }: LinkSessionView): string {
  if (!repairsItemId) return "Link a bank";
  return chooseAccounts ? "Sign in again, choose accounts" : "Sign in again";
}
