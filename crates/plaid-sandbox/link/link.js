// The frame in which Link runs. It starts a session when the embedding page asks for it, or at once on a Hosted Link page.

import { paragraph, title } from "./elements.js";
import { confirmLeave, leaveLink, showGoodbye, showLoading } from "./leave.js";
import { showNextPane } from "./next-pane.js";
import { showMessage } from "./pane.js";
import { showError } from "./panes/error.js";
import { post } from "./server.js";
import { emit, errorText, hostedId, parentOrigin, postToPage, state } from "./session.js";

async function start(request) {
  showLoading();
  let session;
  try {
    session = await post("start", request);
  } catch (error) {
    if (hostedId) {
      showGoodbye(null, "This link cannot be used", errorText(error));
    } else {
      showError(error, null, "");
    }
    return;
  }
  state.session = session;
  state.institution = session.institution;
  if (session.appearance && session.appearance !== "SYSTEM") {
    document.documentElement.setAttribute("data-appearance", session.appearance.toLowerCase());
  }
  emit("OPEN");
  showNextPane(session.resume);
}

function listenToPage() {
  let started = false;
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || event.origin !== parentOrigin || !event.data) {
      return;
    }
    const { action, token, receivedRedirectUri, embedded, force } = event.data;
    if (action === "start" && !started && typeof token === "string") {
      started = true;
      state.embedded = embedded === true;
      document.documentElement.toggleAttribute("data-embedded", state.embedded);
      start({ link_token: token, received_redirect_uri: receivedRedirectUri ?? null });
    } else if (action === "exit") {
      if (force) {
        leaveLink();
      } else {
        confirmLeave();
      }
    }
  });
  postToPage({ action: "ready" });
}

if (hostedId) {
  const oauthStateId = new URLSearchParams(window.location.search).get("oauth_state_id");
  // A reload must not look like another return from the bank.
  window.history.replaceState(null, "", window.location.pathname);
  start({ hosted_id: hostedId, oauth_state_id: oauthStateId });
} else if (window.parent === window || !parentOrigin) {
  document.getElementById("exit").hidden = true;
  showMessage("NOTHING", [
    title("Nothing to do here"),
    paragraph("This page is drawn by an app that links a bank."),
  ]);
} else {
  listenToPage();
}
