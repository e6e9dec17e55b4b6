import { act, screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { eventWords, exitWords, supportText } from "../../kit/words/link";
import { ago } from "../../test/data";
import { type FakeShell, failing, fakeShell, later } from "../../test/fakeShell";
import { held, linkSession } from "../../test/link";
import { byId, ifThere, press, renderApp } from "../../test/render";

let shell: FakeShell;

async function startLinking() {
  const user = renderApp();
  await user.click(await byId("link-bank"));
  await user.type(await byId("link-person-name"), "Ada 🦆 Byron");
  return user;
}

describe("the form", () => {
  it("sends purpose and customer once", async () => {
    const started = later<unknown>();
    shell = fakeShell("demo", { link_start: () => started.promise });
    const user = await startLinking();
    await user.dblClick(await byId("link-start"));
    expect(shell.callsOf("link_start").map(({ args }) => args)).toEqual([
      {
        request: {
          purpose: "achRisk",
          products: [],
          person: { kind: "new", name: "Ada 🦆 Byron" },
        },
      },
    ]);
    expect(await byId("link-start")).toBeDisabled();
    started.resolve(linkSession());
    await byId("link-waiting");
  });

  it("recognizes a customer, and offers products for balances only", async () => {
    shell = fakeShell("demo");
    const user = renderApp();
    await press(user, "link-bank", "link-purpose-balancesOnly");
    await user.type(await byId("link-person-name"), "Grace Hopper");
    await user.click(await byId("link-start"));
    await byId("link-waiting");
    expect(shell.callsOf("link_start")[0]?.args.request).toEqual({
      purpose: "balancesOnly",
      products: ["auth"],
      person: { kind: "known", personId: "person-2" },
    });
  });

  it("recognizes a customer who isn't in the loaded list yet", async () => {
    let known: unknown[] = [];
    shell = fakeShell("demo", { people_list: () => known });
    const user = await startLinking();
    known = [{ personId: "person-9", name: "Ada 🦆 Byron" }];
    await user.click(await byId("link-start"));
    await byId("link-waiting");
    expect(shell.callsOf("link_start")[0]?.args.request).toMatchObject({
      person: { kind: "known", personId: "person-9" },
    });
  });

  it("shows an invalid name at its field and keeps it", async () => {
    shell = fakeShell("demo", {
      link_start: failing({
        kind: "invalidInput",
        message: "At most 120 characters.",
        field: "personName",
      }),
    });
    const user = await startLinking();
    await user.click(await byId("link-start"));
    const field = await byId("link-person-name");
    await waitFor(() => expect(field).toHaveAccessibleDescription(/At most 120 characters\./));
    expect(field).toHaveValue("Ada 🦆 Byron");
  });

  it("keeps the input when the dialog is hidden", async () => {
    shell = fakeShell("demo");
    const user = await startLinking();
    // The first Escape closes the name suggestions.
    await user.keyboard("{Escape}{Escape}");
    await waitFor(() => expect(ifThere("link-start")).toBeNull());
    await user.click(await byId("link-bank"));
    expect(await byId("link-person-name")).toHaveValue("Ada 🦆 Byron");
  });
});

describe("a session", () => {
  async function waiting() {
    shell = fakeShell("demo");
    const user = await startLinking();
    await user.click(await byId("link-start"));
    await byId("link-waiting");
    return user;
  }

  async function becomes(changes: Parameters<typeof linkSession>[0], ended: boolean) {
    shell.answer("link_session", () => linkSession(changes));
    await act(() => shell.tell({ kind: "linkChanged", sessionId: "session-1", ended }));
  }

  it("shows the last event and brings the Link window forward", async () => {
    const user = await waiting();
    expect(screen.getByText("A bank was chosen (First Platypus Bank)")).toBeVisible();
    await user.click(await byId("link-focus"));
    expect(shell.callsOf("link_focus")[0]?.args).toEqual({ sessionId: "session-1" });
  });

  it("ends with the accounts found", async () => {
    const user = await waiting();
    await becomes({ state: "exchanged", endedAt: ago(0), itemId: "item-platypus" }, true);
    const done = await byId("link-done");
    expect(done).toHaveTextContent("First Platypus Bank is linked");
    expect(done).toHaveTextContent("6 accounts found");
    await user.click(await byId("link-to-accounts"));
    await waitFor(() => expect(ifThere("link-done")).toBeNull());
  });

  it("explains an exit, and starts again", async () => {
    const user = await waiting();
    await becomes(
      {
        state: "exited",
        endedAt: ago(0),
        exitStatus: "requires_credentials",
        institutionName: "Tartan Bank",
      },
      true,
    );
    expect(await byId("link-exited")).toHaveTextContent(
      "Link was left at the bank's sign-in: Tartan Bank. Nothing was linked.",
    );
    await user.click(await byId("link-again"));
    await byId("link-start");
  });

  it("shows the problem of a failure", async () => {
    await waiting();
    await becomes(
      {
        state: "failed",
        endedAt: ago(0),
        problem: { kind: "network", message: "The page of Link could not be loaded." },
      },
      true,
    );
    expect(await byId("link-failed")).toHaveTextContent("could not be loaded");
  });

  it("reopens the dialog when it ends while hidden", async () => {
    const user = await waiting();
    await user.keyboard("{Escape}");
    await waitFor(() => expect(ifThere("link-waiting")).toBeNull());
    expect(await byId("link-bank")).toHaveTextContent("Linking…");
    await becomes({ state: "exchanged", endedAt: ago(0), itemId: "item-platypus" }, true);
    await byId("link-done");
  });

  it("is checked after its window closes, while another bank can be linked", async () => {
    const user = await waiting();
    const problem = { kind: "cancelled", message: "Balance Desk asks Plaid." } as const;
    await becomes({ state: "opened", problem }, false);
    await screen.findByText("Finding out whether the bank agreed");
    expect(ifThere("link-focus")).toBeNull();
    await user.keyboard("{Escape}");
    await user.click(await byId("link-bank"));
    await byId("link-start");
  });

  it("cancels", async () => {
    const user = await waiting();
    shell.answer("link_cancel", () => linkSession({ state: "exited", endedAt: ago(0) }));
    await user.click(await byId("link-cancel"));
    await byId("link-exited");
  });
});

describe("in the browser", () => {
  async function waiting() {
    shell = fakeShell("demo");
    const user = await startLinking();
    await user.click(await byId("link-start"));
    await byId("link-waiting");
    return user;
  }

  const inBrowser = linkSession({ way: "browser", canContinueInBrowser: false });

  it("continues with one click, and can be reopened, copied, and canceled", async () => {
    const user = await waiting();
    shell.answer("link_session", () => inBrowser);
    await user.click(await byId("link-in-browser"));
    expect(shell.callsOf("link_in_browser")[0]?.args).toEqual({ sessionId: "session-1" });
    await screen.findByText("Continue in your browser");
    await user.click(await byId("link-browser-again"));
    expect(shell.callsOf("link_in_browser")).toHaveLength(2);
    const copy = await byId("link-browser-copy");
    await waitFor(() => expect(copy).toBeEnabled());
    shell.answer("link_cancel", () => linkSession({ state: "exited", endedAt: ago(0) }));
    await user.click(await byId("link-cancel"));
    await byId("link-exited");
  });

  it("continues when the Link window asks for it, and says when no browser opens", async () => {
    await waiting();
    shell.answer(
      "link_in_browser",
      failing({ kind: "internal", message: "The page could not be opened in your browser." }),
    );
    await act(() => shell.tell({ kind: "linkInBrowser", sessionId: "session-1" }));
    await screen.findByText("The page could not be opened in your browser.");
  });

  it("is restored after a restart", async () => {
    shell = fakeShell("demo", {
      link_sessions: () => [inBrowser],
      link_session: () => inBrowser,
    });
    const user = renderApp();
    await waitFor(async () => expect(await byId("link-bank")).toHaveTextContent("Linking…"));
    await user.click(await byId("link-bank"));
    await screen.findByText("Continue in your browser");
  });
});

describe("a bank that looks like a linked one", () => {
  async function asked() {
    shell = fakeShell("demo");
    const user = renderApp();
    await byId("item-item-platypus");
    shell.answer("link_sessions", () => [held]);
    shell.answer("link_session", () => held);
    await act(() => shell.tell({ kind: "linkChanged", sessionId: "session-held", ended: true }));
    await byId("link-held");
    return user;
  }

  it("opens the dialog and shows both banks", async () => {
    await asked();
    const panel = await byId("link-held");
    expect(panel).toHaveTextContent("First Platypus Bank seems to be linked already");
    expect(screen.getByLabelText("Linked already")).toHaveTextContent("and 4 other accounts");
    expect(screen.getByLabelText("Granted now")).toHaveTextContent("and 1 other account");
    expect(panel).toHaveTextContent(/Without a decision by \d/);
  });

  it.each([
    ["duplicate-discard", { kind: "discard" }],
    ["duplicate-replace", { kind: "replace", itemId: "item-platypus" }],
    ["duplicate-keepBoth", { kind: "keepBoth" }],
  ])("is decided: %s", async (option, choice) => {
    const user = await asked();
    const decided = linkSession({ sessionId: "session-held", state: "withdrawn", endedAt: ago(0) });
    shell.answer("link_decide", () => {
      shell.answer("link_session", () => decided);
      return decided;
    });
    await user.click(await byId(option));
    await user.click(await byId("duplicate-decide"));
    expect(shell.callsOf("link_decide")[0]?.args).toEqual({ sessionId: "session-held", choice });
    await byId("link-withdrawn");
  });

  it("shows a notice at the top of the screen while hidden", async () => {
    const user = await asked();
    await user.keyboard("{Escape}");
    await waitFor(() => expect(ifThere("link-held")).toBeNull());
    await user.click(await byId("held-decide"));
    await byId("link-held");
  });
});

describe("a repair", () => {
  it("says when the Item already works again", async () => {
    const message = "This bank works again. There is nothing to repair.";
    shell = fakeShell("demo", {
      link_repair: failing({ kind: "worksAgain", message }),
    });
    const user = renderApp();
    await user.click((await screen.findAllByText("Sign in again"))[0] as HTMLElement);
    expect(await byId("link-works-again")).toHaveTextContent(message);
  });
});

describe("words", () => {
  const event = {
    at: ago(0),
    name: "A_NEW_EVENT",
    viewName: null,
    institutionName: null,
    errorCode: null,
    requestId: null,
  };

  it("pass unknown names through", () => {
    expect(eventWords(event)).toBe("A_NEW_EVENT");
    expect(eventWords({ ...event, name: "TRANSITION_VIEW", viewName: "NEW_VIEW" })).toBe(
      "NEW_VIEW",
    );
    expect(eventWords({ ...event, name: "ERROR", errorCode: "INVALID_CREDENTIALS" })).toContain(
      "INVALID_CREDENTIALS",
    );
    expect(exitWords(linkSession({ exitStatus: "new_status" }))).toBe(
      "Link was left (new_status).",
    );
  });

  it("give support the ids and events", () => {
    const text = supportText(linkSession());
    expect(text).toContain("link_session_id: 356dbb28-7f98-44d1-8e6d-0cec580f3171");
    expect(text).toMatch(/SELECT_INSTITUTION First Platypus Bank yKvQ4zHnXb0Ls5m$/m);
  });
});
