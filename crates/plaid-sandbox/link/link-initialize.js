// The script that an app loads instead of Plaid's. It provides window.Plaid with the same contract, shows the stand-in's
// frame, and forwards the frame's messages.
(() => {
  // The stand-in inserts its address, so that the script also works when it is loaded from elsewhere.
  const linkOrigin = "{{origin}}";
  const framePage = `${linkOrigin}/link/v2/stable/link.html`;
  let created = 0;

  const OVERLAY_STYLE = {
    position: "fixed",
    top: "0",
    left: "0",
    width: "100%",
    height: "100%",
    border: "0",
    zIndex: "2147483647",
    colorScheme: "normal",
  };
  const EMBEDDED_STYLE = {
    position: "static",
    width: "100%",
    height: "100%",
    minHeight: "360px",
    border: "0",
    colorScheme: "normal",
  };

  function whenBodyExists(act) {
    if (document.body) {
      act();
    } else {
      document.addEventListener("DOMContentLoaded", act, { once: true });
    }
  }

  function check(configuration) {
    if (!configuration || typeof configuration.token !== "string" || configuration.token === "") {
      throw new Error("Plaid.create: token is required");
    }
    if (typeof configuration.onSuccess !== "function") {
      throw new Error("Plaid.create: onSuccess is required");
    }
    const { receivedRedirectUri } = configuration;
    if (receivedRedirectUri && typeof receivedRedirectUri !== "string") {
      throw new Error("Plaid.create: receivedRedirectUri must be a string");
    }
  }

  /** Adds a frame to `home` and returns its handler. */
  function addFrame(configuration, home, embedded) {
    const frame = document.createElement("iframe");
    created += 1;
    frame.id = `plaid-link-iframe-${created}`;
    frame.title = "Plaid Link";
    let loaded = false;
    let ready = false;
    let opened = embedded;
    let started = false;
    let destroyed = false;
    let focusBefore = null;

    function load() {
      ready = false;
      started = false;
      // A new query makes the browser load the page again, so that Link can be opened again.
      created += 1;
      frame.src = `${framePage}?page=${created}#${encodeURIComponent(window.location.origin)}`;
    }

    function place(embeddedNow) {
      frame.removeAttribute("style");
      Object.assign(frame.style, embeddedNow ? EMBEDDED_STYLE : OVERLAY_STYLE);
      frame.style.display = embeddedNow || (opened && ready) ? "block" : "none";
    }

    function postToFrame(message) {
      frame.contentWindow.postMessage(message, linkOrigin);
    }

    function callback(name, ...args) {
      if (typeof configuration[name] === "function") {
        configuration[name](...args);
      }
    }

    function show() {
      if (!ready || !opened || started || destroyed) {
        return;
      }
      started = true;
      frame.style.display = "block";
      postToFrame({
        action: "start",
        token: configuration.token,
        receivedRedirectUri: configuration.receivedRedirectUri || null,
        embedded,
      });
      if (!embedded) {
        focusBefore = document.activeElement;
        frame.focus();
      }
    }

    function hide() {
      opened = embedded;
      place(embedded);
      load();
      if (focusBefore?.isConnected) {
        focusBefore.focus();
      }
    }

    const ACTIONS = {
      ready() {
        ready = true;
        if (!loaded) {
          loaded = true;
          callback("onLoad");
        }
        show();
      },
      event: ({ eventName, metadata }) => callback("onEvent", eventName, metadata),
      success({ publicToken, metadata }) {
        hide();
        callback("onSuccess", publicToken, metadata);
      },
      exit({ error, metadata }) {
        hide();
        callback("onExit", error, metadata);
      },
      expand() {
        opened = true;
        place(false);
      },
      // To the bank's own page where no pop-up can be opened. The bank redirects to the redirect_uri.
      navigate({ address }) {
        if (typeof address === "string" && address.startsWith("/link/bank?")) {
          window.location.assign(linkOrigin + address);
        }
      },
    };

    function listen(event) {
      if (event.origin === linkOrigin && event.source === frame.contentWindow && event.data) {
        ACTIONS[event.data.action]?.(event.data);
      }
    }

    window.addEventListener("message", listen);
    place(embedded);
    load();
    whenBodyExists(() => {
      if (!destroyed) {
        (home || document.body).appendChild(frame);
      }
    });

    return {
      open() {
        opened = true;
        show();
      },
      exit(options) {
        if (started) {
          postToFrame({ action: "exit", force: Boolean(options?.force) });
        }
      },
      destroy() {
        destroyed = true;
        window.removeEventListener("message", listen);
        frame.remove();
      },
    };
  }

  function create(configuration) {
    check(configuration);
    const { open, exit, destroy } = addFrame(configuration, null, false);
    // `submit` is for Layer sessions, which the stand-in does not support.
    return { open, exit, destroy, submit() {} };
  }

  /** Shows the list of banks in the app's page. Link opens over the page once a bank is selected. */
  function createEmbedded(configuration, home) {
    check(configuration);
    if (!(home instanceof HTMLElement)) {
      throw new Error("Plaid.createEmbedded: a DOM element is required");
    }
    const { destroy } = addFrame(configuration, home, true);
    return { destroy };
  }

  window.Plaid = { create, createEmbedded };
})();
