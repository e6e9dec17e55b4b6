// The pane for an error that the customer cannot fix by correcting an entry.

import { button, element, statusIcon, title } from "../elements.js";
import { leaveLink } from "../leave.js";
import { setBackAction, show } from "../pane.js";
import { errorText, reportError } from "../session.js";

const TITLES = {
  INSTITUTION_DOWN: "This bank is not available",
  INSTITUTION_NOT_AVAILABLE: "This bank is not available",
  INSTITUTION_NOT_RESPONDING: "This bank is not responding",
  INSTITUTION_NO_LONGER_SUPPORTED: "This bank is not supported",
  ITEM_LOCKED: "Your account is locked",
  ITEM_NO_ERROR: "This bank works already",
  NO_ACCOUNTS: "No account can be used here",
  RECAPTCHA_BAD: "That could not be verified",
  INVALID_LINK_TOKEN: "This link is not valid",
};

/** `again` is the action of the first button, with the text `label`. Without it the customer can only leave. */
export function showError(error, again, label) {
  reportError(error);
  setBackAction(null);
  const retry = again ? button("try-again", label, { on: { click: () => again() } }) : null;
  const leave = button("error-exit", "Exit", {
    class: again ? "quiet" : "primary",
    on: { click: leaveLink },
  });
  show("ERROR", {
    body: [
      element("div", { class: "middle" }, [
        statusIcon("warning", "bad"),
        title(TITLES[error.error_code] || "That did not work"),
        element("p", {
          class: "soft",
          role: "alert",
          "data-testid": "error-text",
          text: errorText(error),
        }),
        element("p", { class: "code", text: error.error_code }),
      ]),
    ],
    foot: [retry, leave],
    focus: retry || leave,
  });
}
