// Creates DOM elements: icons, fields, buttons, and the parts that several panes share.

export const ICONS = {
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.4a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2z",
  tick: "M5 12.5l4.5 4.5L19 7.5",
  warning: "M12 4.5L21 19.5H3zM12 10.2v4M12 16.9v.2",
  search: "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15 15l4.5 4.5",
  chevron: "M9.5 6l6 6-6 6",
  leave: "M13 5h6v6M19 5l-8 8M16 14v4.5H5.5V8H10",
};

/** `handle` sets the id and the test id, `on` the listeners, `text` the text. Other attributes are set as they are. */
export function element(name, attributes = {}, children = []) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "text") {
      node.textContent = value;
    } else if (key === "on") {
      for (const [event, act] of Object.entries(value)) {
        node.addEventListener(event, act);
      }
    } else if (key === "handle") {
      node.id = value;
      node.setAttribute("data-testid", value);
    } else if (value === true) {
      node.setAttribute(key, "");
    } else if (value !== false && value !== null && value !== undefined) {
      node.setAttribute(key, value);
    }
  }
  node.append(...children.filter(Boolean));
  return node;
}

export function icon(name) {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  const path = document.createElementNS(namespace, "path");
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

export function paragraph(text) {
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

export function bankHeader(institution) {
  return element("div", { class: "head" }, [
    logo(institution),
    element("p", { text: institution.name }),
  ]);
}

/** What to enter in the demo. The values are shown as code. */
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

/** Shows an error and has it read out. */
export function errorLine() {
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

/** A large icon above a short message. */
export function statusIcon(name, kind) {
  return element("div", { class: `sign ${kind}` }, [icon(name)]);
}
