// The pane: shows one view at a time, with a Back button where a view has one, and forms that wait for the server.

import { element } from "./elements.js";
import { callSession, emit, state } from "./session.js";

const pane = document.getElementById("pane");
const view = document.getElementById("view");
const back = document.getElementById("back");

let goBack = null;
let shown = null;

back.addEventListener("click", () => {
  if (!state.busy && goBack) {
    goBack();
  }
});

export function setBackAction(act) {
  goBack = act;
  back.hidden = !act;
}

export function setBusy(now) {
  state.busy = now;
  pane.setAttribute("aria-busy", String(now));
}

/**
 * Shows a view: `body` scrolls, `foot` stays in sight. With `submit` both are one form. `name` is Plaid's `view_name`;
 * no event reports a `silent` view.
 */
export function show(
  name,
  { body, foot = [], submit = null, focus = null, details = {}, silent = false },
) {
  const parts = [element("div", { class: "body" }, body), element("div", { class: "foot" }, foot)];
  const sheet = submit
    ? element(
        "form",
        {
          class: "sheet",
          novalidate: true,
          autocomplete: "off",
          on: { submit: submitUnlessBusy(submit) },
        },
        parts,
      )
    : element("div", { class: "sheet" }, parts);
  view.replaceChildren(sheet);
  view.setAttribute("data-view", name);
  shown = silent ? null : { view_name: name, ...details };
  reportView();
  (focus || view.querySelector("h1") || view).focus();
}

/** Also called when the exit dialog over a view closes. */
export function reportView() {
  if (shown) {
    emit("TRANSITION_VIEW", shown);
  }
}

/** Shows a message that is not a view of Link. */
export function showMessage(name, children) {
  setBackAction(null);
  shown = null;
  view.replaceChildren(
    element("div", { class: "sheet" }, [element("div", { class: "body middle" }, children)]),
  );
  view.setAttribute("data-view", name);
}

function submitUnlessBusy(submit) {
  return (event) => {
    event.preventDefault();
    if (!state.busy) {
      submit();
    }
  };
}

/** Calls the server with the button disabled, then `onSuccess` or `onError`. */
export async function callServer(act, body, pressedButton, onSuccess, onError) {
  setBusy(true);
  pressedButton.disabled = true;
  try {
    const answer = await callSession(act, body);
    setBusy(false);
    onSuccess(answer);
  } catch (error) {
    if (!error.error_code) {
      throw error;
    }
    setBusy(false);
    pressedButton.disabled = false;
    onError(error);
  }
}

export function showFieldError(input, fault, text) {
  fault.textContent = text;
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", "fault");
  input.focus();
  if (input.select) {
    input.select();
  }
}
