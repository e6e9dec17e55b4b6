// The script an app loads in place of Plaid's: window.Plaid with the same contract. It draws
// the frame of the stand-in and passes on what the frame tells.
(() => {
  // Filled in by the stand-in, so that the script also works under another address.
  const linkOrigin = "{{origin}}";
  const framePage = `${linkOrigin}/link/v2/stable/link.html`;
  let created = 0;

  const OVER_THE_PAGE = {
    position: "fixed",
    top: "0",
    left: "0",
    width: "100%",
    height: "100%",
    border: "0",
    zIndex: "2147483647",
    colorScheme: "normal",
  };
  const WITHIN_THE_PAGE = {
    position: "static",
    width: "100%",
    height: "100%",
    minHeight: "360px",
    border: "0",
    colorScheme: "normal",
  };

  function whenBodyIsThere(act) {
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

  /** Draws a frame into `home`; answers how to open it, leave it and take it away. */
  function draw(configuration, home, embedded) {
    const frame = document.createElement("iframe");
    created += 1;
    frame.id = `plaid-link-iframe-${created}`;
    frame.title = "Plaid Link";
    let loaded = false;
    let ready = false;
    let wanted = embedded;
    let started = false;
    let destroyed = false;
    let focusBefore = null;

    function load() {
      ready = false;
      started = false;
      // A query of its own makes it a fresh page, so that Link can be opened once more.
      created += 1;
      frame.src = `${framePage}?page=${created}#${encodeURIComponent(window.location.origin)}`;
    }

    function place(embeddedNow) {
      frame.removeAttribute("style");
      Object.assign(frame.style, embeddedNow ? WITHIN_THE_PAGE : OVER_THE_PAGE);
      frame.style.display = embeddedNow || (wanted && ready) ? "block" : "none";
    }

    function tell(message) {
      frame.contentWindow.postMessage(message, linkOrigin);
    }

    function call(name, ...args) {
      if (typeof configuration[name] === "function") {
        configuration[name](...args);
      }
    }

    function show() {
      if (!ready || !wanted || started || destroyed) {
        return;
      }
      started = true;
      frame.style.display = "block";
      tell({
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
      wanted = embedded;
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
          call("onLoad");
        }
        show();
      },
      event: ({ eventName, metadata }) => call("onEvent", eventName, metadata),
      success({ publicToken, metadata }) {
        hide();
        call("onSuccess", publicToken, metadata);
      },
      exit({ error, metadata }) {
        hide();
        call("onExit", error, metadata);
      },
      expand() {
        wanted = true;
        place(false);
      },
      // To a bank's own page where no pop-up can be opened; it comes back to the redirect_uri.
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
    whenBodyIsThere(() => {
      if (!destroyed) {
        (home || document.body).appendChild(frame);
      }
    });

    return {
      open() {
        wanted = true;
        show();
      },
      exit(options) {
        if (started) {
          tell({ action: "exit", force: Boolean(options?.force) });
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
    const { open, exit, destroy } = draw(configuration, null, false);
    // `submit` is for Layer sessions, which the stand-in does not play.
    return { open, exit, destroy, submit() {} };
  }

  /** The list of banks within the app's page; Link opens over the page when one is chosen. */
  function createEmbedded(configuration, home) {
    check(configuration);
    if (!(home instanceof HTMLElement)) {
      throw new Error("Plaid.createEmbedded: a DOM element is required");
    }
    const { destroy } = draw(configuration, home, true);
    return { destroy };
  }

  window.Plaid = { create, createEmbedded };
})();
