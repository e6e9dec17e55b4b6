// Opens Plaid Link with the session's link token and hands its callbacks back to Balance Desk.
"use strict";

(() => {
  const PATIENCE_MS = 10_000;
  const POST_ATTEMPTS = 6;

  const state = document.getElementById("state");
  const detail = document.getElementById("detail");
  const actions = document.getElementById("actions");
  const retry = document.getElementById("retry");
  const close = document.getElementById("close");

  /** Says where it stands; `again` is what the first button does, if there is one. */
  function show(title, text, again) {
    state.textContent = title;
    detail.textContent = text;
    actions.hidden = !again;
    if (again) {
      retry.onclick = again;
      retry.focus();
    }
  }

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

  /** Settles as `begin` says, or fails when that takes too long. */
  function inTime(begin) {
    return new Promise((resolve, reject) => {
      const late = setTimeout(reject, PATIENCE_MS);
      const settle = (how) => () => {
        clearTimeout(late);
        how();
      };
      begin(settle(resolve), settle(reject));
    });
  }

  function load(address) {
    return inTime((loaded, failed) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = loaded;
      script.onerror = failed;
      document.head.append(script);
    });
  }

  async function open(token) {
    let handler;
    try {
      await inTime((loaded) => {
        handler = window.Plaid.create({
          token,
          onSuccess: succeed,
          onExit: leave,
          onEvent: (name, metadata) => post("event", { name, metadata }),
          onLoad: loaded,
        });
      });
    } catch (error) {
      handler?.destroy();
      throw error;
    }
    handler.open();
  }

  async function start() {
    show("Opening Plaid Link…", "");
    try {
      const answer = await fetch("session.json");
      const session = await answer.json();
      if (!window.Plaid) await load(session.script);
      await open(session.token);
      show("Plaid Link is open", "");
    } catch {
      show(
        "Plaid Link could not be loaded",
        "Check the internet connection, then try again.",
        start,
      );
    }
  }

  start();
})();
