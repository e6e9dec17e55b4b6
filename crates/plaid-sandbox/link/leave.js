// The two ends of a session: finished with a public token, or left. Leaving asks first.

import { element, title, words } from "./elements.js";
import { setBusy, showPlain, tellView } from "./pane.js";
import { emit, errorDetails, eventsKept, hostedId, inSession, state, tell } from "./session.js";
import { lastRequestId } from "./server.js";

const pane = document.getElementById("pane");
const exitButton = document.getElementById("exit");
const leaving = document.getElementById("leaving");

let focusBefore = null;

/** Hands over the public token. Throws the error when the server refuses. */
export async function finish() {
  const answer = await inSession("finish", {});
  state.over = true;
  emit("HANDOFF");
  await eventsKept();
  tell({ action: "success", publicToken: answer.public_token, metadata: answer.metadata });
  if (hostedId) {
    showGoodbye(answer.completion_redirect_uri, "You are done", "You can close this page now.");
  }
}

export async function leaveNow() {
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
  tell({
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
  await eventsKept();
  try {
    const left = await inSession("exit", {
      institution_id: institution ? institution.institution_id : null,
      status,
      error,
    });
    return left.completion_redirect_uri;
  } catch {
    // The person leaves whether the server hears of it or not.
    return null;
  }
}

/** The last view of a Hosted Link page. */
export function showGoodbye(redirect, heading, text) {
  exitButton.hidden = true;
  // An app's own scheme is as good as https here; a script is not.
  if (redirect && /^[a-z][a-z0-9+.-]*:\/\//i.test(redirect) && !/^javascript:/i.test(redirect)) {
    window.location.assign(redirect);
    return;
  }
  showPlain("GOODBYE", [title(heading), words(text)]);
  document.querySelector("h1").focus();
}

export function hideExit() {
  exitButton.hidden = true;
}

export function askToLeave() {
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
  tellView();
}

exitButton.addEventListener("click", askToLeave);
document.getElementById("exit-cancel").addEventListener("click", stay);
document.getElementById("exit-confirm").addEventListener("click", leaveNow);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") {
    return;
  }
  if (leaving.hidden) {
    askToLeave();
  } else {
    stay();
  }
});

/** Before there is a session nothing is told of what is shown. */
export function showLoading() {
  showPlain("LOADING", [
    element("div", { class: "spinner", role: "img", "aria-label": "Working" }),
    title("One moment…"),
  ]);
}
