import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { status } from "../../test/data";
import { type FakeShell, failing, fakeShell, later } from "../../test/fakeShell";
import { byId, ifThere, press, renderApp } from "../../test/render";
import { passphraseStrength } from "./passphrase";

let shell: FakeShell;

const absent = { state: "absent" as const, reason: "no Secret Service answered" };

describe("the three environments", () => {
  it("opens the Demo with one click and shows its badge", async () => {
    shell = fakeShell(null);
    const user = renderApp();
    await user.click(await byId("door-demo"));
    expect(await byId("environment-badge")).toHaveTextContent("Demo– practice data");
  });

  it("says what the keyring stores", async () => {
    shell = fakeShell(null);
    renderApp();
    expect(await screen.findByText(/kept in your system's keyring/)).toHaveTextContent(
      /^API keys and the key of the encrypted data file are kept/,
    );
  });

  it("sends one call for a double click", async () => {
    const opened = later<unknown>();
    shell = fakeShell(null, { open_environment: () => opened.promise });
    const user = renderApp();
    await user.dblClick(await byId("door-demo"));
    expect(shell.callsOf("open_environment")).toHaveLength(1);
    expect(await byId("door-demo")).toBeDisabled();
    expect(await byId("door-demo")).toHaveTextContent("Opening…");
    opened.resolve(status("demo"));
    await byId("environment-badge");
  });

  it("shows the wrong key at its field and keeps the input", async () => {
    shell = fakeShell(null, {
      save_keys: failing({
        kind: "plaid",
        message: "Plaid does not know this secret.",
        field: "secret",
      }),
    });
    const user = renderApp();
    await user.click(await byId("door-production"));
    await user.type(await byId("keys-client-id"), "5f1e0c0ffee0de500c0ffee1");
    await user.type(await byId("keys-secret"), "wrong");
    await user.click(await byId("keys-save"));
    const field = await byId("keys-secret");
    await waitFor(() => expect(field).toBeInvalid());
    expect(field).toHaveAccessibleDescription(/Plaid does not know this secret\./);
    expect(field).toHaveValue("wrong");
    expect(field).toHaveAttribute("type", "password");
    expect(await byId("keys-client-id")).toHaveValue("5f1e0c0ffee0de500c0ffee1");
    expect(ifThere("problem")).toBeNull();
  });

  it("asks for missing keys before calling the desk", async () => {
    shell = fakeShell(null);
    const user = renderApp();
    await press(user, "door-production", "keys-save");
    expect(await byId("keys-client-id")).toBeInvalid();
    expect(shell.callsOf("save_keys")).toHaveLength(0);
  });

  it("opens the page for the keys in the browser", async () => {
    shell = fakeShell(null);
    const user = renderApp();
    await user.click(await byId("door-production"));
    await user.click(screen.getByRole("button", { name: /Where the keys are/ }));
    expect(shell.callsOf("open_page")[0]?.args).toEqual({
      url: "https://dashboard.plaid.com/developers/keys",
    });
  });

  it("shows why the last environment didn't open, and what to do", async () => {
    shell = fakeShell(null, {
      app_status: () =>
        status(null, {
          openProblem: {
            kind: "databaseNewer",
            message: "The data file was written by a newer version.",
            action: { kind: "update" },
          },
        }),
    });
    renderApp();
    const problem = await byId("problem");
    expect(problem).toHaveAttribute("data-kind", "databaseNewer");
    expect(problem).toHaveTextContent("Install the newest version");
  });
});

describe("without a keyring", () => {
  const notChosen = () => status(null, { secretStore: { kind: "notChosen", keyring: absent } });

  it("explains and accepts a passphrase typed twice", async () => {
    shell = fakeShell(null, {
      app_status: notChosen,
      choose_secret_store: () =>
        status(null, { secretStore: { kind: "passphrase", locked: false } }),
    });
    const user = renderApp();
    expect(await screen.findByText("No Secret Service answered.")).toBeVisible();
    await user.type(await byId("passphrase-new"), "short");
    await user.type(await byId("passphrase-repeat"), "shorter");
    await user.click(await byId("passphrase-save"));
    expect(await byId("passphrase-new")).toBeInvalid();
    expect(await byId("passphrase-repeat")).toBeInvalid();
    expect(shell.callsOf("choose_secret_store")).toHaveLength(0);

    await user.clear(await byId("passphrase-new"));
    await user.clear(await byId("passphrase-repeat"));
    await user.type(await byId("passphrase-new"), "four plain garden words");
    await user.type(await byId("passphrase-repeat"), "four plain garden words");
    await user.click(await byId("passphrase-save"));
    await waitFor(() => expect(ifThere("passphrase-new")).toBeNull());
    expect(shell.callsOf("choose_secret_store")[0]?.args).toEqual({
      choice: { kind: "passphrase", passphrase: "four plain garden words" },
    });
  });

  it("checks the keyring again on request", async () => {
    shell = fakeShell(null, { app_status: notChosen });
    const user = renderApp();
    const again = await byId("keyring-retry");
    shell.answer("app_status", () => status(null));
    await user.click(again);
    await waitFor(() => expect(ifThere("keyring-retry")).toBeNull());
  });

  it("leads from an environment to the passphrase", async () => {
    shell = fakeShell(null, {
      app_status: notChosen,
      open_environment: failing({
        kind: "keyringUnavailable",
        message: "There is no keyring.",
        action: { kind: "choosePassphrase" },
      }),
    });
    const user = renderApp();
    await press(user, "door-demo", "problem-action");
    expect(await byId("passphrase-new")).toHaveFocus();
  });
});

it("doesn't replace a keyring it can't reach", async () => {
  shell = fakeShell(null, {
    app_status: () => status(null, { secretStore: { kind: "keyring", state: absent } }),
  });
  const user = renderApp();
  await screen.findByRole("heading", { level: 1, name: "Your keyring cannot be reached" });
  expect(ifThere("door-demo")).toBeNull();
  shell.answer("app_status", () => status(null));
  await user.click(await byId("keyring-retry"));
  await byId("door-demo");
});

describe("unlocking", () => {
  it("shows a wrong passphrase at its field, then opens", async () => {
    shell = fakeShell(null, {
      app_status: () => status(null, { secretStore: { kind: "passphrase", locked: true } }),
      unlock_secrets: failing({ kind: "wrongPassphrase", message: "That is not the passphrase." }),
    });
    const user = renderApp();
    const field = await byId("passphrase-unlock");
    await user.type(field, "nope{Enter}");
    await waitFor(() => expect(field).toHaveAccessibleDescription("That is not the passphrase."));
    expect(field).toHaveValue("nope");
    shell.answer("unlock_secrets", () =>
      status(null, { secretStore: { kind: "passphrase", locked: false } }),
    );
    await user.type(field, "right{Enter}");
    expect(await byId("door-demo")).toBeEnabled();
  });
});

describe("erasing an environment", () => {
  const keyMissing = { kind: "keyMissing" as const, message: "The key is not in the keyring." };
  const dialog = () => screen.findByRole("dialog");

  it("erases the environment that failed to open at start", async () => {
    shell = fakeShell(null, {
      app_status: () => status(null, { openProblem: keyMissing, lastEnvironment: "sandbox" }),
      erase_environment: failing({
        kind: "invalidInput",
        message: "Type sandbox.",
        field: "confirmation",
      }),
    });
    const user = renderApp();
    await user.click(await byId("erase-offer-sandbox"));
    expect(await dialog()).toHaveTextContent("Items stay at Plaid");
    expect(await byId("erase-submit")).toBeDisabled();
    await user.type(await byId("erase-confirmation"), "sandbax{Enter}");
    await waitFor(async () =>
      expect(await byId("erase-confirmation")).toHaveAccessibleDescription("Type sandbox."),
    );
    shell.answer("erase_environment", () => status(null));
    await user.clear(await byId("erase-confirmation"));
    await user.type(await byId("erase-confirmation"), "sandbox{Enter}");
    await waitFor(() => expect(ifThere("problem")).toBeNull());
    expect(ifThere("erase-confirmation")).toBeNull();
    expect(shell.callsOf("erase_environment").at(-1)?.args).toEqual({
      environment: "sandbox",
      confirmation: "sandbox",
    });
  });

  it("erases a closed environment and clears its problem", async () => {
    shell = fakeShell(null, {
      open_environment: failing({ kind: "database", message: "The database is damaged." }),
      erase_environment: () => status(null),
    });
    const user = renderApp();
    await press(user, "door-demo", "erase-offer-demo");
    await user.type(await byId("erase-confirmation"), "demo{Enter}");
    await waitFor(() => expect(ifThere("problem")).toBeNull());
    expect(shell.callsOf("erase_environment")).toHaveLength(1);
  });

  it("never offers to erase data that only a newer version can read", async () => {
    shell = fakeShell(null, {
      open_environment: failing({ kind: "databaseNewer", message: "A newer version wrote it." }),
    });
    const user = renderApp();
    await user.click(await byId("door-demo"));
    await byId("problem");
    expect(ifThere("erase-offer-demo")).toBeNull();
  });

  const lost = {
    passphrase: status(null, { secretStore: { kind: "passphrase", locked: true } }),
    keyring: status(null, { secretStore: { kind: "keyring", state: absent } }),
  };

  it.each(Object.entries(lost))("starts over without the %s", async (what, before) => {
    shell = fakeShell(null, {
      app_status: () => before,
      start_over: () =>
        status(null, { secretStore: { kind: "notChosen", keyring: { state: "ready" } } }),
    });
    const user = renderApp();
    await user.click(await byId("start-over"));
    expect(await dialog()).toHaveTextContent(`Only for a ${what} that is lost for good`);
    await user.type(await byId("erase-confirmation"), "start over");
    await user.click(await byId("erase-submit"));
    expect(await byId("door-demo")).toBeEnabled();
    expect(shell.callsOf("start_over")[0]?.args).toEqual({ confirmation: "start over" });
  });
});

it("rates the strength of a passphrase", () => {
  expect(passphraseStrength("").words).toBe("");
  expect(passphraseStrength("short").words).toBe("5 more to go");
  expect(passphraseStrength("aaaaaaaaaaaa").words).toBe("Weak");
  expect(passphraseStrength("four plain garden words").words).toBe("Strong");
});

it("shows a problem when the desk doesn't answer", async () => {
  shell = fakeShell(null, {
    app_status: failing("no such command"),
  });
  renderApp();
  expect(await byId("problem")).toHaveAttribute("data-kind", "internal");
  expect(within(screen.getByRole("main")).getByRole("heading")).toHaveTextContent("Balance Desk");
});
