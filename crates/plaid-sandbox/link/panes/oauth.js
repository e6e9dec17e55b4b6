// Goes to the bank's own page at an OAuth institution: in a pop-up, or by redirect where none can be opened.

import {
  bankHeader,
  button,
  element,
  errorLine,
  icon,
  notice,
  paragraph,
  title,
} from "../elements.js";
import { showNextPane } from "../next-pane.js";
import { setBackAction, setBusy, show } from "../pane.js";
import {
  callSession,
  emit,
  eventsSaved,
  hostedId,
  postToPage,
  reportError,
  state,
} from "../session.js";
import { showError } from "./error.js";
import { showInstitutions } from "./institutions.js";

const POLL_INTERVAL_MS = 400;

const DECLINED = {
  error_type: "ITEM_ERROR",
  error_code: "ACCESS_NOT_GRANTED",
  error_message: "access to this product was not granted for the account",
  display_message:
    "The user did not grant the necessary permissions for this product on their account.",
};

/** Pop-ups are unreliable on phones. */
function isPhone() {
  return /Android|iPhone|iPad|iPod|Mobile/.test(window.navigator.userAgent);
}

function mustRedirect() {
  return state.session.no_popups || (state.session.redirects && isPhone());
}

/** `note` says why the customer is back on this pane. */
export function showBank({ oauth_state_id: stateId }, note = null) {
  const { session, institution } = state;
  state.exitStatus = "requires_oauth";
  setBackAction(session.update_mode ? null : showInstitutions);
  const status = element("p", { class: "small", role: "status", id: "bank-status" });
  const fault = errorLine();
  const go = button("open-bank", "Continue to the bank", {
    on: { click: () => (state.busy ? null : openBank(stateId, { go, status, fault })) },
  });
  go.append(icon("leave"));
  show("OAUTH", {
    body: [
      bankHeader(institution),
      title("Go to your bank"),
      paragraph("You sign in on the bank's own page and come back here when you are done."),
      note ? notice(note) : null,
      fault,
    ],
    foot: [status, go],
    focus: go,
  });
}

export function showDeclined(answer) {
  emit("FAIL_OAUTH");
  reportError(DECLINED);
  showBank(answer, "You declined at the bank. Nothing is shared.");
}

function openBank(stateId, parts) {
  const address = `/link/bank?oauth_state_id=${encodeURIComponent(stateId)}`;
  if (mustRedirect()) {
    redirect(address, stateId);
    return;
  }
  // Browsers open windows only during a click.
  const popup = window.open(address, "plaid-sandbox-bank", "popup=yes,width=480,height=700");
  if (popup) {
    visit(popup, stateId, parts);
  } else if (state.session.redirects) {
    redirect(address, stateId);
  } else {
    emit("FAIL_OAUTH");
    parts.fault.textContent =
      "The bank's window could not be opened. Please allow pop-ups and try again.";
  }
}

async function redirect(address, stateId) {
  setBusy(true);
  try {
    await callSession("bank/open", { way: "redirect" });
    emit("OPEN_OAUTH");
    await eventsSaved();
    if (hostedId) {
      window.location.assign(address);
    } else {
      postToPage({ action: "navigate", address });
    }
  } catch (error) {
    setBusy(false);
    showError(error, () => showBank({ oauth_state_id: stateId }), "Try again");
  }
}

async function visit(popup, stateId, parts) {
  setBusy(true);
  parts.go.disabled = true;
  parts.fault.textContent = "";
  parts.status.textContent = "Waiting for you to finish at the bank…";
  try {
    await callSession("bank/open", { way: "popup" });
    emit("OPEN_OAUTH");
    await waitForOutcome(popup, stateId, parts.go);
  } catch (error) {
    popup.close();
    setBusy(false);
    showError(error, () => showBank({ oauth_state_id: stateId }), "Try again");
  }
}

/** Polls until there is an outcome, the window is closed, or the customer leaves. */
async function waitForOutcome(popup, stateId, go) {
  for (;;) {
    if (state.over || !go.isConnected) {
      setBusy(false);
      return;
    }
    const wasClosed = popup.closed;
    const answer = await callSession("bank/outcome", {});
    if (answer.next !== "wait") {
      setBusy(false);
      showNextPane(answer);
      return;
    }
    if (wasClosed) {
      setBusy(false);
      emit("CLOSE_OAUTH");
      showBank({ oauth_state_id: stateId }, "The bank's window was closed before you finished.");
      return;
    }
    await new Promise((resolve) => window.setTimeout(resolve, POLL_INTERVAL_MS));
  }
}
