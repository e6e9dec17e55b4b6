// Opens Plaid Link with the session's link token and hands its callbacks back to Balance Desk.
"use strict";

(() => {
  const LOAD_TIMEOUT_MS = 10_000;
  const POST_ATTEMPTS = 6;
  // Link tokens live longer than this. One that fails sooner was never valid, so don't renew it again.
  const RENEWAL_PAUSE_MS = 60_000;

  const state = document.getElementById("state");
  const detail = document.getElementById("detail");
  const actions = document.getElementById("actions");
  const retry = document.getElementById("retry");
  const browser = document.getElementById("browser");
  const close = document.getElementById("close");

  /** Shows a status. `again` is the action of the first button; `wayOut` also offers the system browser. */
  function show(title, text, again, wayOut = false) {
    state.textContent = title;
    detail.textContent = text;
    actions.hidden = !again;
    browser.hidden = !wayOut;
    if (again) {
      retry.onclick = again;
      retry.focus();
    }
  }

  let lastRenewal = -RENEWAL_PAUSE_MS;

  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  /** Retries until Balance Desk answers. Returns whether it accepted the callback. */
  async function send(callback, body) {
    for (let attempt = 0; attempt < POST_ATTEMPTS; attempt += 1) {
      try {
        const answer = await fetch(callback, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
        });
        if (answer.status < 500) return answer.ok;
      } catch {
        // Unreachable for a moment. Retry.
      }
      await pause(200 * 2 ** attempt);
    }
    return false;
  }

  // Post one callback at a time, so that they arrive in Link's order.
  let lastPost = Promise.resolve();
  function post(callback, body) {
    const sent = lastPost.then(() => send(callback, body));
    lastPost = sent;
    return sent;
  }

  async function succeed(publicToken, metadata) {
    show("Finishing…", "The bank has agreed. This takes a moment.");
    const taken = await post("success", { public_token: publicToken, metadata });
    if (taken) {
      show("Done", "You can go back to Balance Desk.");
    } else {
      show("Balance Desk did not take the result", "Is it still open?", () =>
        succeed(publicToken, metadata),
      );
    }
  }

  async function leave(error, metadata) {
    show("Closed", "No bank was linked. You can go back to Balance Desk.");
    await post("exit", { error, metadata });
  }

  close.onclick = () => leave(null, { status: "link_not_opened" });

  browser.onclick = async () => {
    browser.disabled = true;
    const taken = await post("browser", {});
    browser.disabled = false;
    if (taken) show("Continue in your browser", "This window closes by itself.");
    else show("Your browser could not be opened", "Is Balance Desk still open?", start);
  };

  /** Rejects at the deadline. */
  function withDeadline(deadline, begin) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(reject, Math.max(0, deadline - Date.now()));
      const settle = (action) => () => {
        clearTimeout(timer);
        action();
      };
      begin(settle(resolve), settle(reject));
    });
  }

  function loadScript(address, deadline) {
    return withDeadline(deadline, (loaded, failed) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = loaded;
      script.onerror = failed;
      document.head.append(script);
    });
  }

  // The open Link instance. Late callbacks of an abandoned instance are ignored.
  let current = null;

  function createLink(token, loaded) {
    const instance = {};
    const ifCurrent = (callback) => (...args) => {
      if (current === instance) callback(...args);
    };
    current = instance;
    instance.handler = window.Plaid.create({
      token,
      onSuccess: ifCurrent(succeed),
      onExit: ifCurrent((error, metadata) => exit(instance.handler, error, metadata)),
      onEvent: ifCurrent((name, metadata) => post("event", { name, metadata })),
      onLoad: loaded,
    });
  }

  async function openLink(token, deadline) {
    try {
      await withDeadline(deadline, (loaded) => createLink(token, loaded));
    } catch (error) {
      current?.handler?.destroy();
      current = null;
      throw error;
    }
    current.handler.open();
  }

  /** When the link token has expired, the session gets another and continues. */
  async function exit(handler, error, metadata) {
    if (error?.error_code !== "INVALID_LINK_TOKEN" || Date.now() < lastRenewal + RENEWAL_PAUSE_MS) {
      await leave(error, metadata);
      return;
    }
    lastRenewal = Date.now();
    current = null;
    handler.destroy();
    show("Opening Plaid Link again…", "It was open for too long. Nothing that you chose is lost.");
    if (await post("renew", {})) {
      await start();
    } else {
      lastRenewal = -RENEWAL_PAUSE_MS;
      showUnavailable();
    }
  }

  function showUnavailable() {
    show(
      "Plaid Link could not be loaded",
      "Check the internet connection, then try again. Your browser may reach Plaid where this window cannot.",
      start,
      true,
    );
  }

  async function start() {
    const deadline = Date.now() + LOAD_TIMEOUT_MS;
    show("Opening Plaid Link…", "");
    try {
      const answer = await fetch("session.json");
      const session = await answer.json();
      if (!window.Plaid) await loadScript(session.script, deadline);
      await openLink(session.token, deadline);
      show("Plaid Link is open", "");
    } catch {
      showUnavailable();
    }
  }

  start();
})();
