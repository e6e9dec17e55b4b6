// The frame of the stand-in for Link: it starts a session when the page that drew it says
// so, or at once on a Hosted Link page, and then shows one pane after the other.

import { title, words } from "./elements.js";
import { askToLeave, leaveNow, showGoodbye, showLoading } from "./leave.js";
import { goOn } from "./next-pane.js";
import { showPlain } from "./pane.js";
import { showError } from "./panes/error.js";
import { describe, emit, hostedId, parentOrigin, state, tell } from "./session.js";
import { post } from "./server.js";

async function start(request) {
  showLoading();
  let session;
  try {
    session = await post("start", request);
  } catch (error) {
    if (hostedId) {
      showGoodbye(null, "This link cannot be used", describe(error));
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
  goOn(session.resume);
}

function obey() {
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
        leaveNow();
      } else {
        askToLeave();
      }
    }
  });
  tell({ action: "ready" });
}

if (hostedId) {
  const oauthStateId = new URLSearchParams(window.location.search).get("oauth_state_id");
  // Loading the page again must not look like coming back from the bank again.
  window.history.replaceState(null, "", window.location.pathname);
  start({ hosted_id: hostedId, oauth_state_id: oauthStateId });
} else if (window.parent === window || !parentOrigin) {
  document.getElementById("exit").hidden = true;
  showPlain("NOTHING", [
    title("Nothing to do here"),
    words("This page is drawn by an app that links a bank."),
  ]);
} else {
  obey();
}
