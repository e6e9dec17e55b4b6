// Selects accounts: one or several, depending on the Link customization.

import { bankHeader, button, element, errorLine, paragraph, title } from "../elements.js";
import { showNextPane } from "../next-pane.js";
import { callServer, setBackAction, show, showFieldError } from "../pane.js";
import { state } from "../session.js";
import { showError } from "./error.js";

function accountRow(type) {
  return ({ mask, name, subtype, chosen }) => {
    const box = element("input", { type, name: "account", handle: `account-${mask}`, value: mask });
    box.checked = type === "checkbox" && chosen;
    const row = element("label", { class: "choice", for: `account-${mask}` }, [
      box,
      element("span", { class: "name" }, [
        document.createTextNode(name),
        element("small", {
          text: chosen || !state.session.update_mode ? subtype : `${subtype}, not shared yet`,
        }),
      ]),
      element("span", { class: "mask", text: `•••• ${mask}`, "aria-label": `ending in ${mask}` }),
    ]);
    return { box, row };
  };
}

/** A checkbox that selects all accounts and shows when only some are selected. */
function selectAll(boxes) {
  const all = element("input", { type: "checkbox", handle: "select-all" });
  function update() {
    const chosen = boxes.filter((box) => box.checked).length;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
  all.addEventListener("change", () => {
    boxes.forEach((box) => {
      box.checked = all.checked;
    });
    update();
  });
  for (const box of boxes) {
    box.addEventListener("change", update);
  }
  update();
  return element("label", { class: "all", for: "select-all" }, [
    all,
    element("span", { text: "All accounts" }),
  ]);
}

export function showAccounts(answer) {
  const many = answer.selection === "many";
  state.exitStatus = "requires_account_selection";
  setBackAction(null);
  const rows = answer.accounts.map(accountRow(many ? "checkbox" : "radio"));
  const boxes = rows.map(({ box }) => box);
  const go = button("continue", "Continue", { type: "submit" });
  const fault = errorLine();

  function submit() {
    const masks = boxes.filter((box) => box.checked).map((box) => box.value);
    fault.textContent = "";
    if (!masks.length) {
      showFieldError(boxes[0], fault, many ? "Choose at least one account." : "Choose an account.");
      return;
    }
    callServer("accounts", { masks }, go, showNextPane, (error) =>
      showError(error, () => showAccounts(answer), "Try again"),
    );
  }

  show("SELECT_ACCOUNT", {
    submit,
    body: [
      bankHeader(state.institution),
      title(many ? "Choose accounts to share" : "Choose an account to share"),
      paragraph(`${state.session.client_name} sees only what you choose here.`),
      many && boxes.length > 1 ? selectAll(boxes) : null,
      element(
        "div",
        { class: "choices", role: many ? "group" : "radiogroup", "aria-label": "Accounts" },
        rows.map(({ row }) => row),
      ),
    ],
    foot: [fault, go],
    focus: boxes[0],
  });
}
