// The search for a bank, and what follows the choice of one.

import { button, element, icon, logo, notice, sign, title, words } from "../elements.js";
import { goOn } from "../next-pane.js";
import { allowBack, setBusy, show } from "../pane.js";
import { emit, inSession, state, tell } from "../session.js";
import { showConsent } from "./consent.js";
import { showError } from "./error.js";

/** How long nothing is typed before a search counts as one. */
const PAUSE_MS = 300;

const STANDING = {
  degraded: { text: "Slow today", kind: "warn" },
  down: { text: "Not responding", kind: "bad" },
  unsupported: { text: "Not supported", kind: "" },
};

function matching(query) {
  const parts = query.toLowerCase().split(/\s+/).filter(Boolean);
  return state.session.institutions.filter(({ name }) =>
    parts.every((part) => name.toLowerCase().includes(part)),
  );
}

export function showInstitutions() {
  state.institution = null;
  state.lastError = null;
  state.exitStatus = "requires_credentials";
  allowBack(null);
  const list = element("ul", { class: "banks", "aria-label": "Banks" });
  const count = element("p", { class: "hidden", role: "status" });
  const search = element("input", {
    type: "search",
    handle: "institution-search",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "Search for your bank",
    "aria-label": "Search for your bank",
  });
  const nothing = noResults(search);

  function fill() {
    const query = search.value.trim();
    const found = matching(query);
    list.replaceChildren(...found.map((institution) => row(institution, searched)));
    nothing.hidden = found.length > 0;
    nothing.querySelector("[data-testid='no-results']").textContent = found.length
      ? ""
      : `No results for “${query}”`;
    count.textContent = query ? found.length + (found.length === 1 ? " bank" : " banks") : "";
    state.exitStatus = found.length ? "requires_credentials" : "institution_not_found";
  }

  const searched = searchTeller(search);
  search.addEventListener("input", fill);
  fill();
  const finder = element("div", { class: "finder" }, [icon("search"), search]);
  show("SELECT_INSTITUTION", {
    body: [title("Choose your bank"), finder, count, list, nothing],
    focus: search,
  });
  list.closest(".body").addEventListener("keydown", walk(search, list));
}

/** Tells what was searched for: after a pause, or when it is called. */
function searchTeller(search) {
  let timer = null;
  let told = "";
  function tellNow() {
    window.clearTimeout(timer);
    const query = search.value.trim();
    if (search.isConnected && query && query !== told) {
      told = query;
      emit("SEARCH_INSTITUTION", { institution_search_query: query });
    }
  }
  search.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(tellNow, PAUSE_MS);
  });
  return tellNow;
}

function noResults(search) {
  const clear = button("clear-search", "Clear the search", {
    class: "quiet",
    on: {
      click: () => {
        search.value = "";
        search.dispatchEvent(new Event("input"));
        search.focus();
      },
    },
  });
  return element("div", { class: "middle nothing", hidden: true }, [
    sign("search", "plain"),
    element("p", { role: "status", class: "strong", "data-testid": "no-results" }),
    words("Check the spelling, or search for another bank."),
    clear,
  ]);
}

/** The arrow keys walk from the search through the list; Enter takes the only bank left. */
function walk(search, list) {
  return (event) => {
    const rows = [...list.querySelectorAll("button")];
    const at = rows.indexOf(document.activeElement);
    if (event.key === "ArrowDown" && rows.length) {
      rows[Math.min(at + 1, rows.length - 1)].focus();
    } else if (event.key === "ArrowUp" && at >= 0) {
      (rows[at - 1] || search).focus();
    } else if (event.key === "Enter" && document.activeElement === search && rows.length === 1) {
      rows[0].click();
    } else {
      return;
    }
    event.preventDefault();
  };
}

function row(institution, searched) {
  const standing = STANDING[institution.health];
  const end = standing
    ? element("span", { class: `state ${standing.kind}`, text: standing.text })
    : icon(institution.oauth ? "leave" : "chevron");
  return element("li", {}, [
    element(
      "button",
      {
        type: "button",
        class: "bank",
        handle: `institution-${institution.institution_id}`,
        on: {
          click: () => {
            searched();
            choose(institution);
          },
        },
      },
      [
        logo(institution),
        element("span", { class: "name" }, [
          document.createTextNode(institution.name),
          institution.oauth ? element("small", { text: "Signs you in on its own page" }) : null,
        ]),
        end,
      ],
    ),
  ]);
}

async function choose(institution) {
  if (state.busy) {
    return;
  }
  if (state.embedded) {
    // From here on it is the Link that everybody knows.
    state.embedded = false;
    document.documentElement.removeAttribute("data-embedded");
    tell({ action: "expand" });
    showConsent(() => choose(institution));
    return;
  }
  setBusy(true);
  state.institution = institution;
  emit("SELECT_INSTITUTION");
  if (institution.health === "degraded") {
    emit("SELECT_DEGRADED_INSTITUTION");
  } else if (institution.health === "down") {
    emit("SELECT_DOWN_INSTITUTION");
  }
  try {
    const answer = await inSession("institution", { institution_id: institution.institution_id });
    setBusy(false);
    if (institution.health === "degraded") {
      showDegraded(institution, answer);
    } else {
      goOn(answer);
    }
  } catch (error) {
    setBusy(false);
    if (error.error_code === "INSTITUTION_NO_LONGER_SUPPORTED") {
      state.exitStatus = "institution_not_supported";
    }
    showError(error, showInstitutions, "Choose another bank");
  }
}

/** Plaid has no name for this view: SELECT_DEGRADED_INSTITUTION tells that it is shown. */
function showDegraded(institution, answer) {
  allowBack(showInstitutions);
  const go = button("degraded-continue", "Continue anyway", { on: { click: () => goOn(answer) } });
  show("DEGRADED", {
    silent: true,
    body: [
      element("div", { class: "middle" }, [
        logo(institution),
        title("This may not work right now"),
      ]),
      notice(
        institution.name +
          " has problems at the moment. Linking may take longer than usual, or fail.",
      ),
    ],
    foot: [
      go,
      button("degraded-other", "Choose another bank", {
        class: "quiet",
        on: { click: showInstitutions },
      }),
    ],
    focus: go,
  });
}
