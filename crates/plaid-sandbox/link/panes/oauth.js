// The way to a bank that signs people in on its own page (OAuth): in a pop-up, or in place
// of this page where none can be opened.

import { button, element, faultLine, head, icon, notice, title, words } from "../elements.js";
import { goOn } from "../next-pane.js";
import { allowBack, setBusy, show } from "../pane.js";
import { emit, eventsKept, fail, hostedId, inSession, state, tell } from "../session.js";
import { showError } from "./error.js";
import { showInstitutions } from "./institutions.js";

const ASK_EVERY_MS = 400;

const DECLINED = {
  error_type: "ITEM_ERROR",
  error_code: "ACCESS_NOT_GRANTED",
  error_message: "access to this product was not granted for the account",
  display_message:
    "The user did not grant the necessary permissions for this product on their account.",
};

/** Browsers of phones open no pop-ups that can be relied on. */
function isPhone() {
  return /Android|iPhone|iPad|iPod|Mobile/.test(window.navigator.userAgent);
}

function mustRedirect() {
  return state.session.no_popups || (state.session.redirects && isPhone());
}

/** `note` says why the person is here again. */
export function showBank({ oauth_state_id: stateId }, note = null) {
  const { session, institution } = state;
  state.exitStatus = "requires_oauth";
  allowBack(session.update_mode ? null : showInstitutions);
  const status = element("p", { class: "small", role: "status", id: "bank-status" });
  const fault = faultLine();
  const go = button("open-bank", "Continue to the bank", {
    on: { click: () => (state.busy ? null : leave(stateId, { go, status, fault })) },
  });
  go.append(icon("leave"));
  show("OAUTH", {
    body: [
      head(institution),
      title("Go to your bank"),
      words("You sign in on the bank's own page and come back here when you are done."),
      note ? notice(note) : null,
      fault,
    ],
    foot: [status, go],
    focus: go,
  });
}

/** Back from the bank without an agreement. */
export function showDeclined(answer) {
  emit("FAIL_OAUTH");
  fail(DECLINED);
  showBank(answer, "You declined at the bank. Nothing is shared.");
}

function leave(stateId, parts) {
  const address = `/link/bank?oauth_state_id=${encodeURIComponent(stateId)}`;
  if (mustRedirect()) {
    redirect(address, stateId);
    return;
  }
  // Only at the click itself does a browser open a window.
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
    await inSession("bank/open", { way: "redirect" });
    emit("OPEN_OAUTH");
    await eventsKept();
    if (hostedId) {
      window.location.assign(address);
    } else {
      tell({ action: "navigate", address });
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
    await inSession("bank/open", { way: "popup" });
    emit("OPEN_OAUTH");
    await watch(popup, stateId, parts.go);
  } catch (error) {
    popup.close();
    setBusy(false);
    showError(error, () => showBank({ oauth_state_id: stateId }), "Try again");
  }
}

/** Asks how it went until there is an answer, the window is closed, or the person left. */
async function watch(popup, stateId, go) {
  for (;;) {
    if (state.over || !go.isConnected) {
      setBusy(false);
      return;
    }
    const wasClosed = popup.closed;
    const answer = await inSession("bank/outcome", {});
    if (answer.next !== "wait") {
      setBusy(false);
      goOn(answer);
      return;
    }
    if (wasClosed) {
      setBusy(false);
      emit("CLOSE_OAUTH");
      showBank({ oauth_state_id: stateId }, "The bank's window was closed before you finished.");
      return;
    }
    await new Promise((resolve) => window.setTimeout(resolve, ASK_EVERY_MS));
  }
}
