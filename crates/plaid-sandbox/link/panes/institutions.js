// Searches for a bank and selects one.

import { button, element, icon, logo, notice, paragraph, statusIcon, title } from "../elements.js";
import { showNextPane } from "../next-pane.js";
import { setBackAction, setBusy, show } from "../pane.js";
import { callSession, emit, postToPage, state } from "../session.js";
import { showConsent } from "./consent.js";
import { showError } from "./error.js";

/** A search is reported after this pause in typing. */
const SEARCH_PAUSE_MS = 300;

const HEALTH_LABELS = {
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
  setBackAction(null);
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

  function showMatches() {
    const query = search.value.trim();
    const found = matching(query);
    list.replaceChildren(...found.map((institution) => row(institution, reportSearch)));
    nothing.hidden = found.length > 0;
    nothing.querySelector("[data-testid='no-results']").textContent = found.length
      ? ""
      : `No results for “${query}”`;
    count.textContent = query ? found.length + (found.length === 1 ? " bank" : " banks") : "";
    state.exitStatus = found.length ? "requires_credentials" : "institution_not_found";
  }

  const reportSearch = searchReporter(search);
  search.addEventListener("input", showMatches);
  showMatches();
  const finder = element("div", { class: "finder" }, [icon("search"), search]);
  show("SELECT_INSTITUTION", {
    body: [title("Choose your bank"), finder, count, list, nothing],
    focus: search,
  });
  list.closest(".body").addEventListener("keydown", keyHandler(search, list));
}

/** Reports searches after a pause in typing; the returned function reports at once. */
function searchReporter(search) {
  let timer = null;
  let reported = "";
  function report() {
    window.clearTimeout(timer);
    const query = search.value.trim();
    if (search.isConnected && query && query !== reported) {
      reported = query;
      emit("SEARCH_INSTITUTION", { institution_search_query: query });
    }
  }
  search.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(report, SEARCH_PAUSE_MS);
  });
  return report;
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
    statusIcon("search", "plain"),
    element("p", { role: "status", class: "strong", "data-testid": "no-results" }),
    paragraph("Check the spelling, or search for another bank."),
    clear,
  ]);
}

/** Arrow keys move between the search and the list; Enter selects the only match. */
function keyHandler(search, list) {
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

function row(institution, reportSearch) {
  const label = HEALTH_LABELS[institution.health];
  const end = label
    ? element("span", { class: `state ${label.kind}`, text: label.text })
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
            reportSearch();
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
    // The rest of the session runs over the app's page.
    state.embedded = false;
    document.documentElement.removeAttribute("data-embedded");
    postToPage({ action: "expand" });
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
    const answer = await callSession("institution", { institution_id: institution.institution_id });
    setBusy(false);
    if (institution.health === "degraded") {
      showDegraded(institution, answer);
    } else {
      showNextPane(answer);
    }
  } catch (error) {
    setBusy(false);
    if (error.error_code === "INSTITUTION_NO_LONGER_SUPPORTED") {
      state.exitStatus = "institution_not_supported";
    }
    showError(error, showInstitutions, "Choose another bank");
  }
}

/** Plaid has no name for this view; SELECT_DEGRADED_INSTITUTION reports it. */
function showDegraded(institution, answer) {
  setBackAction(showInstitutions);
  const go = button("degraded-continue", "Continue anyway", {
    on: { click: () => showNextPane(answer) },
  });
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
