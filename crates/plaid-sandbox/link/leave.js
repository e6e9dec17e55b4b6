// The two ends of a session: finished with a public token, or exited after a confirmation.

import { element, paragraph, title } from "./elements.js";
import { reportView, setBusy, showMessage } from "./pane.js";
import { lastRequestId } from "./server.js";
import {
  callSession,
  emit,
  errorDetails,
  eventsSaved,
  hostedId,
  postToPage,
  state,
} from "./session.js";

const pane = document.getElementById("pane");
const exitButton = document.getElementById("exit");
const leaving = document.getElementById("leaving");

let focusBefore = null;

/** Passes the public token to the app. Throws when the server rejects the call. */
export async function finish() {
  const answer = await callSession("finish", {});
  state.over = true;
  emit("HANDOFF");
  await eventsSaved();
  postToPage({ action: "success", publicToken: answer.public_token, metadata: answer.metadata });
  if (hostedId) {
    showGoodbye(answer.completion_redirect_uri, "You are done", "You can close this page now.");
  }
}

export async function leaveLink() {
  if (state.over) {
    return;
  }
  state.over = true;
  setBusy(true);
  closeDialog();
  const { session, institution, lastError } = state;
  const status = session ? state.exitStatus : null;
  emit("EXIT", { exit_status: status, ...(lastError ? errorDetails(lastError) : {}) });
  const redirect = session ? await tellServer(institution, status, lastError) : null;
  postToPage({
    action: "exit",
    error: lastError,
    metadata: {
      institution: institution
        ? { name: institution.name, institution_id: institution.institution_id }
        : null,
      status,
      link_session_id: session ? session.link_session_id : "",
      request_id: lastRequestId(),
    },
  });
  if (hostedId) {
    showGoodbye(redirect, "You left", "Nothing was linked. You can close this page now.");
  }
}

async function tellServer(institution, status, error) {
  await eventsSaved();
  try {
    const left = await callSession("exit", {
      institution_id: institution ? institution.institution_id : null,
      status,
      error,
    });
    return left.completion_redirect_uri;
  } catch {
    // The customer leaves even if the server cannot be reached.
    return null;
  }
}

/** The end of a Hosted Link session. */
export function showGoodbye(redirect, heading, text) {
  exitButton.hidden = true;
  // An app may use its own scheme, but not a script.
  if (redirect && /^[a-z][a-z0-9+.-]*:\/\//i.test(redirect) && !/^javascript:/i.test(redirect)) {
    window.location.assign(redirect);
    return;
  }
  showMessage("GOODBYE", [title(heading), paragraph(text)]);
  document.querySelector("h1").focus();
}

export function hideExit() {
  exitButton.hidden = true;
}

export function confirmLeave() {
  if (state.over || exitButton.hidden || !leaving.hidden) {
    return;
  }
  focusBefore = document.activeElement;
  leaving.hidden = false;
  pane.inert = true;
  if (state.session) {
    emit("TRANSITION_VIEW", { view_name: "EXIT" });
  }
  document.getElementById("exit-cancel").focus();
}

function closeDialog() {
  if (leaving.hidden) {
    return;
  }
  leaving.hidden = true;
  pane.inert = false;
  if (focusBefore?.isConnected) {
    focusBefore.focus();
  }
}

function stay() {
  closeDialog();
  reportView();
}

exitButton.addEventListener("click", confirmLeave);
document.getElementById("exit-cancel").addEventListener("click", stay);
document.getElementById("exit-confirm").addEventListener("click", leaveLink);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") {
    return;
  }
  if (leaving.hidden) {
    confirmLeave();
  } else {
    stay();
  }
});

/** Shown before there is a session, so no event reports it. */
export function showLoading() {
  showMessage("LOADING", [
    element("div", { class: "spinner", role: "img", "aria-label": "Working" }),
    title("One moment…"),
  ]);
}
