// Asks for username and password.

import { bankHeader, button, element, errorLine, field, hint, title } from "../elements.js";
import { showNextPane } from "../next-pane.js";
import { callServer, setBackAction, show, showFieldError } from "../pane.js";
import { emit, errorText, reportError, state } from "../session.js";
import { showError } from "./error.js";
import { showInstitutions } from "./institutions.js";

/** The last username, kept for customers who come back to this pane. */
let lastUsername = null;

function revealButton(input) {
  const toggle = element("button", {
    type: "button",
    class: "reveal",
    handle: "reveal-password",
    text: "Show",
    "aria-pressed": "false",
    "aria-label": "Show the password",
  });
  toggle.addEventListener("click", () => {
    const reveal = input.type === "password";
    input.type = reveal ? "text" : "password";
    toggle.textContent = reveal ? "Hide" : "Show";
    toggle.setAttribute("aria-pressed", String(reveal));
  });
  return toggle;
}

export function showCredentials() {
  const { session, institution } = state;
  state.exitStatus = "requires_credentials";
  setBackAction(session.update_mode ? null : showInstitutions);
  const username = field("username", "Username", {
    type: "text",
    autocomplete: "off",
    value: session.username || lastUsername,
  });
  const password = field("password", "Password", { type: "password", autocomplete: "off" });
  password.row.append(revealButton(password.input));
  password.row.classList.add("revealing");
  const go = button("submit-credentials", "Sign in", { type: "submit" });
  const fault = errorLine();

  function submit() {
    const [name, secret] = [username.input.value, password.input.value];
    fault.textContent = "";
    if (!name || !secret) {
      showFieldError(
        name ? password.input : username.input,
        fault,
        "Please enter username and password.",
      );
      return;
    }
    lastUsername = name;
    emit("SUBMIT_CREDENTIALS");
    callServer("credentials", { username: name, password: secret }, go, showNextPane, (error) => {
      if (error.error_code !== "INVALID_CREDENTIALS") {
        showError(error, showCredentials, "Try again");
        return;
      }
      reportError(error);
      showFieldError(password.input, fault, errorText(error));
    });
  }

  show("CREDENTIAL", {
    submit,
    body: [
      bankHeader(institution),
      title(session.update_mode ? "Sign in again" : "Sign in to your bank"),
      hint("Demo sign-in: ", session.username || "user_good", "pass_good"),
      username.row,
      password.row,
      fault,
    ],
    foot: [go],
    focus: session.username || lastUsername ? password.input : username.input,
  });
}
