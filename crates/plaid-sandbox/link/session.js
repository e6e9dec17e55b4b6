// The session that is open: what is known of it, and what is told of it to the page outside
// and to the server, as Plaid's Link tells.

import { lastRequestId, post } from "./server.js";

/** The last part of a Hosted Link URL, on that page only. */
export const hostedId = window.location.pathname.startsWith("/hosted/")
  ? window.location.pathname.slice("/hosted/".length)
  : null;

/** Whose page drew this frame. */
export const parentOrigin = hostedId ? null : decodeURIComponent(window.location.hash.slice(1));

export const state = {
  /** What the server said at the start; none before it. */
  session: null,
  institution: null,
  /** What went wrong since the last step that succeeded, as onExit tells it. */
  lastError: null,
  exitStatus: "requires_credentials",
  /** Whether the list of banks is drawn within the app's page (Plaid.createEmbedded). */
  embedded: false,
  busy: false,
  over: false,
};

/** Settles when every event so far has been kept by the server. */
let recorded = Promise.resolve();

export function inSession(act, body) {
  return post(act, { link_session_id: state.session.link_session_id, ...body });
}

export function tell(message) {
  if (parentOrigin) {
    window.parent.postMessage(message, parentOrigin);
  }
}

/** The metadata of every event has all of Plaid's fields; what does not apply is null. */
export function emit(eventName, details = {}) {
  const { session, institution } = state;
  const metadata = {
    account_number_mask: null,
    error_type: null,
    error_code: null,
    error_message: null,
    exit_status: null,
    institution_id: institution ? institution.institution_id : null,
    institution_name: institution ? institution.name : null,
    institution_search_query: null,
    is_update_mode: session && eventName === "OPEN" ? String(session.update_mode) : null,
    match_reason: null,
    mfa_type: null,
    routing_number: null,
    selection: null,
    view_name: null,
    request_id: lastRequestId(),
    link_session_id: session ? session.link_session_id : "",
    timestamp: new Date().toISOString(),
    ...details,
  };
  tell({ action: "event", eventName, metadata });
  if (session) {
    const keep = () => inSession("event", { event_name: eventName, metadata });
    // A lost event is a gap in a log, and must not stop the person.
    recorded = recorded.then(keep).catch(() => {});
  }
}

export function eventsKept() {
  return recorded;
}

/** An error as Plaid's callbacks carry it. */
export function plain(error) {
  return {
    error_type: error.error_type,
    error_code: error.error_code,
    error_message: error.error_message || "",
    display_message: error.display_message || null,
  };
}

export function errorDetails({ error_type, error_code, error_message }) {
  return { error_type, error_code, error_message };
}

/** Remembers an error for onExit, and tells it. */
export function fail(error) {
  state.lastError = plain(error);
  emit("ERROR", errorDetails(state.lastError));
}

/** The words for the person at the screen. */
export function describe(error) {
  return error.display_message || error.error_message || "Something went wrong. Please try again.";
}
