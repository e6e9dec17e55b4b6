// The pane: one view at a time, a way back where there is one, and forms that wait for the
// server without moving anything on the screen.

import { element } from "./elements.js";
import { emit, inSession, state } from "./session.js";

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

export function allowBack(act) {
  goBack = act;
  back.hidden = !act;
}

export function setBusy(now) {
  state.busy = now;
  pane.setAttribute("aria-busy", String(now));
}

/**
 * Draws a view: `body` scrolls, `foot` stays in sight. With `submit` both are one form.
 * `view_name` is Plaid's; a view without one is not told of.
 */
export function show(
  name,
  { body, foot = [], submit = null, focus = null, details = {}, silent = false },
) {
  const parts = [element("div", { class: "body" }, body), element("div", { class: "foot" }, foot)];
  const sheet = submit
    ? element(
        "form",
        { class: "sheet", novalidate: true, autocomplete: "off", on: { submit: once(submit) } },
        parts,
      )
    : element("div", { class: "sheet" }, parts);
  view.replaceChildren(sheet);
  view.setAttribute("data-view", name);
  shown = silent ? null : { view_name: name, ...details };
  tellView();
  (focus || view.querySelector("h1") || view).focus();
}

/** Tells again which view is shown, when something that lay over it is gone. */
export function tellView() {
  if (shown) {
    emit("TRANSITION_VIEW", shown);
  }
}

/** Shows something that is not a view of Link. */
export function showPlain(name, children) {
  allowBack(null);
  shown = null;
  view.replaceChildren(
    element("div", { class: "sheet" }, [element("div", { class: "body middle" }, children)]),
  );
  view.setAttribute("data-view", name);
}

function once(submit) {
  return (event) => {
    event.preventDefault();
    if (!state.busy) {
      submit();
    }
  };
}

/**
 * Asks the server, with the button at rest meanwhile. `refused` is told the error, and the
 * button can be pressed again.
 */
export async function ask(act, body, pressed, done, refused) {
  setBusy(true);
  pressed.disabled = true;
  try {
    const answer = await inSession(act, body);
    setBusy(false);
    done(answer);
  } catch (error) {
    if (!error.error_code) {
      throw error;
    }
    setBusy(false);
    pressed.disabled = false;
    refused(error);
  }
}

/** Shows a refusal at the field it is about. */
export function pointOut(input, fault, text) {
  fault.textContent = text;
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", "fault");
  input.focus();
  if (input.select) {
    input.select();
  }
}
