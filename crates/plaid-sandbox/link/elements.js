// Small drawing helpers: elements, icons, and the pieces that several panes share.

export const ICONS = {
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.4a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2z",
  tick: "M5 12.5l4.5 4.5L19 7.5",
  warning: "M12 4.5L21 19.5H3zM12 10.2v4M12 16.9v.2",
  search: "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15 15l4.5 4.5",
  chevron: "M9.5 6l6 6-6 6",
  leave: "M13 5h6v6M19 5l-8 8M16 14v4.5H5.5V8H10",
};

/** Makes an element. `handle` is its id and test id, `on` its listeners, `text` its words. */
export function element(name, attributes = {}, children = []) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "text") {
      made.textContent = value;
    } else if (key === "on") {
      for (const [event, act] of Object.entries(value)) {
        made.addEventListener(event, act);
      }
    } else if (key === "handle") {
      made.id = value;
      made.setAttribute("data-testid", value);
    } else if (value === true) {
      made.setAttribute(key, "");
    } else if (value !== false && value !== null && value !== undefined) {
      made.setAttribute(key, value);
    }
  }
  made.append(...children.filter(Boolean));
  return made;
}

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("drawn");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

export function title(text) {
  return element("h1", { text, tabindex: "-1" });
}

export function words(text) {
  return element("p", { class: "soft", text });
}

export function logo(institution) {
  return element("img", {
    class: "logo",
    src: `/link/logo/${institution.institution_id}.png`,
    alt: "",
    width: "44",
    height: "44",
  });
}

/** The mark and the name of the bank that was chosen. */
export function head(institution) {
  return element("div", { class: "head" }, [
    logo(institution),
    element("p", { text: institution.name }),
  ]);
}

/** What to enter in the demo: plain words with the values between them set apart. */
export function hint(before, ...values) {
  const parts = values.flatMap((value, position) => [
    position ? document.createTextNode(" / ") : null,
    element("code", { text: value }),
  ]);
  return element("p", { class: "hint" }, [
    document.createTextNode(before),
    ...parts.filter(Boolean),
  ]);
}

export function notice(text) {
  return element("p", { class: "notice" }, [icon("warning"), element("span", { text })]);
}

/** Where the reason of a refusal is shown and read out. */
export function faultLine() {
  return element("p", { class: "fault", role: "alert", handle: "fault" });
}

export function field(handle, label, attributes = {}) {
  const input = element("input", {
    handle,
    name: handle,
    autocapitalize: "none",
    autocorrect: "off",
    spellcheck: "false",
    ...attributes,
  });
  return {
    input,
    row: element("div", { class: "field" }, [
      element("label", { for: handle, text: label }),
      input,
    ]),
  };
}

export function button(handle, text, attributes = {}) {
  return element("button", { type: "button", class: "primary", handle, text, ...attributes });
}

/** A large sign over the words of a pane that has little to say. */
export function sign(name, kind) {
  return element("div", { class: `sign ${kind}` }, [icon(name)]);
}
