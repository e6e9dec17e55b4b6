// The page of a bank with a sign-in of its own: it approves or declines for one session of
// Link and tells the server. A pop-up closes then; otherwise the browser is sent back.

import { element, logo, title, words } from "./elements.js";
import { describe } from "./session.js";
import { post } from "./server.js";

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

function say(heading, text) {
  view.replaceChildren(
    element("div", { class: "sheet" }, [
      element("div", { class: "body middle" }, [title(heading), words(text)]),
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
    say(granted ? "Approved" : "Declined", "You can close this window and go on in Link.");
    window.close();
  } catch (error) {
    fault.textContent = describe(error);
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
    say("This page is no longer needed", describe(error));
  }
}

buttons.approve.addEventListener("click", () => decide(true));
buttons.decline.addEventListener("click", () => decide(false));
open();
