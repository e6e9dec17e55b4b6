// The choice of accounts: one or many, as the Link customization says.

import { button, element, faultLine, head, title, words } from "../elements.js";
import { goOn } from "../next-pane.js";
import { allowBack, ask, pointOut, show } from "../pane.js";
import { state } from "../session.js";
import { showError } from "./error.js";

function account(type) {
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

/** Ticks all, shows when some are ticked, and is left out where there is nothing to choose from. */
function allOf(boxes) {
  const all = element("input", { type: "checkbox", handle: "select-all" });
  function follow() {
    const chosen = boxes.filter((box) => box.checked).length;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
  all.addEventListener("change", () => {
    boxes.forEach((box) => {
      box.checked = all.checked;
    });
    follow();
  });
  for (const box of boxes) {
    box.addEventListener("change", follow);
  }
  follow();
  return element("label", { class: "all", for: "select-all" }, [
    all,
    element("span", { text: "All accounts" }),
  ]);
}

export function showAccounts(answer) {
  const many = answer.selection === "many";
  state.exitStatus = "requires_account_selection";
  allowBack(null);
  const made = answer.accounts.map(account(many ? "checkbox" : "radio"));
  const boxes = made.map(({ box }) => box);
  const go = button("continue", "Continue", { type: "submit" });
  const fault = faultLine();

  function submit() {
    const masks = boxes.filter((box) => box.checked).map((box) => box.value);
    fault.textContent = "";
    if (!masks.length) {
      pointOut(boxes[0], fault, many ? "Choose at least one account." : "Choose an account.");
      return;
    }
    ask("accounts", { masks }, go, goOn, (error) =>
      showError(error, () => showAccounts(answer), "Try again"),
    );
  }

  show("SELECT_ACCOUNT", {
    submit,
    body: [
      head(state.institution),
      title(many ? "Choose accounts to share" : "Choose an account to share"),
      words(`${state.session.client_name} sees only what you choose here.`),
      many && boxes.length > 1 ? allOf(boxes) : null,
      element(
        "div",
        { class: "choices", role: many ? "group" : "radiogroup", "aria-label": "Accounts" },
        [...made.map(({ row }) => row)],
      ),
    ],
    foot: [fault, go],
    focus: boxes[0],
  });
}
