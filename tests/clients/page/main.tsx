// A page that links a bank with Plaid's React component, as an integrator would write it. It records Link's
// callbacks in `window.linkCallbacks`; tests control it through `window.page`.

import { useState } from "react";
import { createRoot } from "react-dom/client";
import {
  PlaidEmbeddedLink,
  type PlaidLinkOptionsWithLinkToken,
  usePlaidLink,
} from "react-plaid-link";
import type { LinkCallback } from "../support/callbacks";

declare global {
  interface Window {
    linkCallbacks: LinkCallback[];
    page: {
      exit(force: boolean): void;
      /** Null removes the hook. */
      setToken(token: string | null): void;
    };
  }
}

const query = new URLSearchParams(window.location.search);
window.linkCallbacks = [];

const callbacks: Omit<PlaidLinkOptionsWithLinkToken, "token"> = {
  onLoad: () => window.linkCallbacks.push({ callback: "onLoad" }),
  onEvent: (name, metadata) => window.linkCallbacks.push({ callback: "onEvent", name, metadata }),
  onSuccess: (publicToken, metadata) =>
    window.linkCallbacks.push({ callback: "onSuccess", publicToken, metadata }),
  onExit: (error, metadata) => window.linkCallbacks.push({ callback: "onExit", error, metadata }),
};

// After an OAuth redirect, the token is the one from before.
const initialToken = query.get("token") ?? sessionStorage.getItem("token");
const receivedRedirectUri = query.has("oauth_state_id") ? window.location.href : undefined;

function LinkButton({ token }: { token: string }) {
  const { open, exit, ready, error } = usePlaidLink({ token, receivedRedirectUri, ...callbacks });
  window.page.exit = (force) => exit({ force });
  return (
    <>
      <button type="button" disabled={!ready} onClick={() => open()}>
        Link a bank
      </button>
      {error ? <p role="alert">Link could not be loaded</p> : null}
    </>
  );
}

function App() {
  const [token, setToken] = useState(initialToken);
  window.page.setToken = setToken;
  if (!token) {
    return <p>Link is gone</p>;
  }
  sessionStorage.setItem("token", token);
  return query.has("embedded") ? (
    <PlaidEmbeddedLink token={token} {...callbacks} />
  ) : (
    <LinkButton token={token} />
  );
}

window.page = { exit: () => {}, setToken: () => {} };
createRoot(document.body.appendChild(document.createElement("main"))).render(<App />);
