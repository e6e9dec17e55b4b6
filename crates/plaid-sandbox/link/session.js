// The open session: its state, and the events that go to the embedding page and to the server as Plaid's Link sends them.

import { lastRequestId, post } from "./server.js";

/** The last part of the Hosted Link URL; null in a frame. */
export const hostedId = window.location.pathname.startsWith("/hosted/")
  ? window.location.pathname.slice("/hosted/".length)
  : null;

/** The origin of the embedding page. */
export const parentOrigin = hostedId ? null : decodeURIComponent(window.location.hash.slice(1));

export const state = {
  /** The response of `start`. */
  session: null,
  institution: null,
  /** The error since the last step that succeeded, for onExit. */
  lastError: null,
  exitStatus: "requires_credentials",
  /** Whether the list of banks is part of the app's page (Plaid.createEmbedded). */
  embedded: false,
  busy: false,
  over: false,
};

let savedEvents = Promise.resolve();

export function callSession(act, body) {
  return post(act, { link_session_id: state.session.link_session_id, ...body });
}

export function postToPage(message) {
  if (parentOrigin) {
    window.parent.postMessage(message, parentOrigin);
  }
}

/** As with Plaid, the metadata always has all fields; those that do not apply are null. */
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
  postToPage({ action: "event", eventName, metadata });
  if (session) {
    const save = () => callSession("event", { event_name: eventName, metadata });
    // A lost event must not stop the customer.
    savedEvents = savedEvents.then(save).catch(() => {});
  }
}

export function eventsSaved() {
  return savedEvents;
}

/** An error in the form of Plaid's callbacks. */
export function callbackError(error) {
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

export function reportError(error) {
  state.lastError = callbackError(error);
  emit("ERROR", errorDetails(state.lastError));
}

export function errorText(error) {
  return error.display_message || error.error_message || "Something went wrong. Please try again.";
}
