// Opens Plaid Link with the session's link token and hands its callbacks back to Balance Desk.
"use strict";

(() => {
  const PATIENCE_MS = 10_000;
  const POST_ATTEMPTS = 6;
  // A link token lives longer than that: one that has run out sooner was never good.
  const RENEWAL_MS = 60_000;

  const state = document.getElementById("state");
  const detail = document.getElementById("detail");
  const actions = document.getElementById("actions");
  const retry = document.getElementById("retry");
  const browser = document.getElementById("browser");
  const close = document.getElementById("close");

  /**
   * Says where it stands; `again` is what the first button does, if there is one, and the browser may be a way out.
   */
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

  let lastRenewal = -RENEWAL_MS;

  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  /** Posts until Balance Desk has answered. True: taken. */
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
        // Not reachable for a moment: tried again.
      }
      await pause(200 * 2 ** attempt);
    }
    return false;
  }

  // One after the other, so that they arrive in Link's order.
  let line = Promise.resolve();
  function post(callback, body) {
    const sent = line.then(() => send(callback, body));
    line = sent;
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

  /** Fails when something is not settled at that moment. */
  function inTime(deadline, begin) {
    return new Promise((resolve, reject) => {
      const late = setTimeout(reject, Math.max(0, deadline - Date.now()));
      const settle = (how) => () => {
        clearTimeout(late);
        how();
      };
      begin(settle(resolve), settle(reject));
    });
  }

  function load(address, deadline) {
    return inTime(deadline, (loaded, failed) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = loaded;
      script.onerror = failed;
      document.head.append(script);
    });
  }

  // Link as it is open now; a late word of one that was given up is not heard.
  let current = null;

  function create(token, loaded) {
    const own = {};
    const heard = (callback) => (...told) => {
      if (current === own) callback(...told);
    };
    current = own;
    own.handler = window.Plaid.create({
      token,
      onSuccess: heard(succeed),
      onExit: heard((error, metadata) => exit(own.handler, error, metadata)),
      onEvent: heard((name, metadata) => post("event", { name, metadata })),
      onLoad: loaded,
    });
  }

  async function openLink(token, deadline) {
    try {
      await inTime(deadline, (loaded) => create(token, loaded));
    } catch (error) {
      current?.handler?.destroy();
      current = null;
      throw error;
    }
    current.handler.open();
  }

  /** A link token that has run out is no end: the session gets another and goes on. */
  async function exit(handler, error, metadata) {
    if (error?.error_code !== "INVALID_LINK_TOKEN" || Date.now() < lastRenewal + RENEWAL_MS) {
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
      lastRenewal = -RENEWAL_MS;
      unavailable();
    }
  }

  function unavailable() {
    show(
      "Plaid Link could not be loaded",
      "Check the internet connection, then try again. Your browser may reach Plaid where this window cannot.",
      start,
      true,
    );
  }

  async function start() {
    const deadline = Date.now() + PATIENCE_MS;
    show("Opening Plaid Link…", "");
    try {
      const answer = await fetch("session.json");
      const session = await answer.json();
      if (!window.Plaid) await load(session.script, deadline);
      await openLink(session.token, deadline);
      show("Plaid Link is open", "");
    } catch {
      unavailable();
    }
  }

  start();
})();
