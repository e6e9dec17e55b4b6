// The consent pane: which app asks for what.

import { button, element, icon, paragraph, title } from "../elements.js";
import { setBackAction, show } from "../pane.js";
import { emit, state } from "../session.js";

/** What an app sees, by product. */
const SHARED = {
  auth: "Account and routing numbers",
  identity: "Names, addresses, phone numbers and emails of the owners",
  transactions: "Transactions",
  investments: "Holdings and investment transactions",
  liabilities: "Loan and credit card details",
  assets: "Account history for a report",
  statements: "Statements",
  signal: "Account activity, to assess the risk of a debit",
};

function scopes() {
  const asked = state.session.products.map((product) => SHARED[product]).filter(Boolean);
  return ["Account names, types and balances", ...new Set(asked)];
}

function point(name, heading, text) {
  return element("li", {}, [
    icon(name),
    element("div", {}, [
      element("strong", { text: heading }),
      element("span", { class: "soft", text }),
    ]),
  ]);
}

function dataTypes() {
  const list = element(
    "ul",
    {},
    scopes().map((text) => element("li", { text })),
  );
  const details = element("details", { class: "scopes", "data-testid": "consent-data" }, [
    element("summary", { text: "What is shared" }),
    list,
  ]);
  details.addEventListener("toggle", () => {
    if (details.open) {
      emit("VIEW_DATA_TYPES");
    }
  });
  return details;
}

/** `onAgree` runs when the customer continues. */
export function showConsent(onAgree) {
  const { client_name: client } = state.session;
  state.exitStatus = "requires_credentials";
  setBackAction(null);
  const go = button("consent-continue", "Continue", { on: { click: () => onAgree() } });
  show("CONSENT", {
    body: [
      title(`${client} wants to link your bank`),
      paragraph(
        "This window plays the part of Plaid Link. Its banks are made up, and nothing leaves this computer.",
      ),
      element("ul", { class: "points" }, [
        point(
          "eye",
          "You choose what is shared",
          "Only the accounts you pick, and you can end it at any time.",
        ),
        point("lock", "Demo sign-ins only", "Never enter the password of a real bank here."),
      ]),
      dataTypes(),
    ],
    foot: [
      element("p", {
        class: "small",
        text: `By continuing you let ${client} see what is listed above.`,
      }),
      go,
    ],
  });
}
