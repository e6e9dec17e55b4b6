// The bank's sign-in: username and password.

import { button, element, faultLine, field, head, hint, title } from "../elements.js";
import { goOn } from "../next-pane.js";
import { allowBack, ask, pointOut, show } from "../pane.js";
import { describe, emit, fail, state } from "../session.js";
import { showError } from "./error.js";
import { showInstitutions } from "./institutions.js";

/** The username typed last: somebody who comes back need not type it again. */
let typed = null;

/** The password can be looked at, since nobody can be sure of what they typed. */
function reveal(input) {
  const toggle = element("button", {
    type: "button",
    class: "reveal",
    handle: "reveal-password",
    text: "Show",
    "aria-pressed": "false",
    "aria-label": "Show the password",
  });
  toggle.addEventListener("click", () => {
    const now = input.type === "password";
    input.type = now ? "text" : "password";
    toggle.textContent = now ? "Hide" : "Show";
    toggle.setAttribute("aria-pressed", String(now));
  });
  return toggle;
}

export function showCredentials() {
  const { session, institution } = state;
  state.exitStatus = "requires_credentials";
  allowBack(session.update_mode ? null : showInstitutions);
  const username = field("username", "Username", {
    type: "text",
    autocomplete: "off",
    value: session.username || typed,
  });
  const password = field("password", "Password", { type: "password", autocomplete: "off" });
  password.row.append(reveal(password.input));
  password.row.classList.add("revealing");
  const go = button("submit-credentials", "Sign in", { type: "submit" });
  const fault = faultLine();

  function submit() {
    const [name, secret] = [username.input.value, password.input.value];
    fault.textContent = "";
    if (!name || !secret) {
      pointOut(
        name ? password.input : username.input,
        fault,
        "Please enter username and password.",
      );
      return;
    }
    typed = name;
    emit("SUBMIT_CREDENTIALS");
    ask("credentials", { username: name, password: secret }, go, goOn, (error) => {
      if (error.error_code !== "INVALID_CREDENTIALS") {
        showError(error, showCredentials, "Try again");
        return;
      }
      fail(error);
      pointOut(password.input, fault, describe(error));
    });
  }

  show("CREDENTIAL", {
    submit,
    body: [
      head(institution),
      title(session.update_mode ? "Sign in again" : "Sign in to your bank"),
      hint("Demo sign-in: ", session.username || "user_good", "pass_good"),
      username.row,
      password.row,
      fault,
    ],
    foot: [go],
    focus: session.username || typed ? password.input : username.input,
  });
}
