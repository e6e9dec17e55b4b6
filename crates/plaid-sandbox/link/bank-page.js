// The bank's own page at an OAuth institution: the customer approves or declines. Then a pop-up closes; any other window goes
// back to Link.

import { element, logo, paragraph, title } from "./elements.js";
import { post } from "./server.js";
import { errorText } from "./session.js";

const visit = {
  oauth_state_id: new URLSearchParams(window.location.search).get("oauth_state_id") || "",
};
const view = document.getElementById("view");
const fault = document.getElementById("fault");
const buttons = {
  approve: document.getElementById("bank-approve"),
  decline: document.getElementById("bank-decline"),
};

function enable(enabled) {
  Object.values(buttons).forEach((button) => {
    button.disabled = !enabled;
  });
}

function showText(heading, text) {
  view.replaceChildren(
    element("div", { class: "sheet" }, [
      element("div", { class: "body middle" }, [title(heading), paragraph(text)]),
    ]),
  );
  view.querySelector("h1").focus();
}

async function decide(granted) {
  enable(false);
  fault.textContent = "";
  try {
    const { return_to: address } = await post("bank/consent", { ...visit, granted });
    if (address) {
      window.location.assign(address);
      return;
    }
    showText(granted ? "Approved" : "Declined", "You can close this window and go on in Link.");
    window.close();
  } catch (error) {
    fault.textContent = errorText(error);
    enable(true);
  }
}

async function open() {
  try {
    const { client_name: client, institution } = await post("bank/visit", visit);
    document.title = institution.name;
    document.getElementById("bank-logo").replaceWith(logo(institution));
    document.getElementById("bank-name").textContent = institution.name;
    document.getElementById("bank-asks").textContent =
      client +
      " asks to see the accounts you choose, with their balances. You can end this at any time.";
    enable(true);
    buttons.approve.focus();
  } catch (error) {
    showText("This page is no longer needed", errorText(error));
  }
}

buttons.approve.addEventListener("click", () => decide(true));
buttons.decline.addEventListener("click", () => decide(false));
open();
