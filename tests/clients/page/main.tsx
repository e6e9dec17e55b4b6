// A page that links a bank with Plaid's own React component, as an integrator would write it. It notes
// what Link tells it in `window.told`; tests work it through `window.page`.

import { useState } from "react";
import { createRoot } from "react-dom/client";
import {
  PlaidEmbeddedLink,
  type PlaidLinkOptionsWithLinkToken,
  usePlaidLink,
} from "react-plaid-link";
import type { Told } from "../support/told";

declare global {
  interface Window {
    told: Told[];
    page: {
      exit(force: boolean): void;
      /** No token: the hook goes. */
      setToken(token: string | null): void;
    };
  }
}

const query = new URLSearchParams(window.location.search);
window.told = [];

/** Notes everything Link tells. */
const callbacks: Omit<PlaidLinkOptionsWithLinkToken, "token"> = {
  onLoad: () => window.told.push({ callback: "onLoad" }),
  onEvent: (name, metadata) => window.told.push({ callback: "onEvent", name, metadata }),
  onSuccess: (publicToken, metadata) =>
    window.told.push({ callback: "onSuccess", publicToken, metadata }),
  onExit: (error, metadata) => window.told.push({ callback: "onExit", error, metadata }),
};

// A bank's own page may have taken the place of this one; then the token is the one of before.
const tokenAtFirst = query.get("token") ?? sessionStorage.getItem("token");
const receivedRedirectUri = query.has("oauth_state_id") ? window.location.href : undefined;

function Linking({ token }: { token: string }) {
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
  const [token, setToken] = useState(tokenAtFirst);
  window.page.setToken = setToken;
  if (!token) {
    return <p>Link is gone</p>;
  }
  sessionStorage.setItem("token", token);
  return query.has("embedded") ? (
    <PlaidEmbeddedLink token={token} {...callbacks} />
  ) : (
    <Linking token={token} />
  );
}

window.page = { exit: () => {}, setToken: () => {} };
createRoot(document.body.appendChild(document.createElement("main"))).render(<App />);
