// The pane for an error that entering something else does not cure.

import { button, element, sign, title } from "../elements.js";
import { leaveNow } from "../leave.js";
import { allowBack, show } from "../pane.js";
import { describe, fail } from "../session.js";

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

/** `again` is what can be done about it; with none, one can only leave. */
export function showError(error, again, label) {
  fail(error);
  allowBack(null);
  const retry = again ? button("try-again", label, { on: { click: () => again() } }) : null;
  const leave = button("error-exit", "Exit", {
    class: again ? "quiet" : "primary",
    on: { click: leaveNow },
  });
  show("ERROR", {
    body: [
      element("div", { class: "middle" }, [
        sign("warning", "bad"),
        title(TITLES[error.error_code] || "That did not work"),
        element("p", {
          class: "soft",
          role: "alert",
          "data-testid": "error-text",
          text: describe(error),
        }),
        element("p", { class: "code", text: error.error_code }),
      ]),
    ],
    foot: [retry, leave],
    focus: retry || leave,
  });
}
