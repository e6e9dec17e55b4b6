import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { settingsView, status } from "../../test/data";
import { type FakeShell, failing, fakeShell, later } from "../../test/fakeShell";
import { byId, ifThere, openScreen, press } from "../../test/render";

let shell: FakeShell;

async function openSettings() {
  const user = await openScreen("settings");
  await byId("settings-app-name");
  return user;
}

it("counts the characters of the app name, saves, and confirms", async () => {
  shell = fakeShell("sandbox");
  const user = await openSettings();
  const name = await byId("settings-app-name");
  await user.clear(name);
  await user.type(name, "Corner Shop");
  expect(name).toHaveAccessibleDescription("11 of 30 characters");
  await user.click(await byId("settings-save"));
  expect(await screen.findByText("Saved.")).toBeVisible();
  expect(shell.callsOf("settings_save")[0]?.args.settings).toEqual({
    appName: "Corner Shop",
    language: "en",
    countryCodes: ["US"],
    redirectUri: null,
    webhook: null,
    healthCheckHours: 24,
    consentNoticeDays: 14,
    confirmAboveCalls: 20,
    pricePerBalanceCall: null,
    pricePerEvaluation: null,
    priceCurrency: "USD",
    refreshCachedOnOpen: false,
  });
});

it("explains the redirect URI", async () => {
  shell = fakeShell("sandbox");
  await openSettings();
  expect(await byId("settings-redirect-uri")).toHaveAccessibleDescription(
    /^Only for Link customizations that require one.* in a window of their own and needs none$/,
  );
});

it("shows a problem at its field and keeps the input", async () => {
  shell = fakeShell("sandbox", {
    settings_save: failing({
      kind: "invalidInput",
      message: "It must be https.",
      field: "webhook",
    }),
  });
  const user = await openSettings();
  await user.type(await byId("settings-webhook"), "ftp://example.com");
  await user.click(await byId("settings-save"));
  await waitFor(async () =>
    expect(await byId("settings-webhook")).toHaveAccessibleDescription(/It must be https\./),
  );
  expect(await byId("settings-webhook")).toHaveValue("ftp://example.com");
});

it("switches to another environment and shows nothing of the previous one", async () => {
  shell = fakeShell("demo");
  const user = await openSettings();
  shell.answer("items_view", () => ({ items: [], totals: [] }));
  await user.click(await byId("settings-open-sandbox"));
  await waitFor(async () =>
    expect(await byId("environment-badge")).toHaveTextContent("Sandbox– test banks"),
  );
  await byId("empty-link-bank");
  expect(ifThere("item-item-platypus")).toBeNull();
});

describe("while another environment opens", () => {
  async function opening() {
    const opened = later<unknown>();
    shell = fakeShell("demo", { open_environment: () => opened.promise });
    const user = await openSettings();
    await user.type(await byId("settings-webhook"), "half typed");
    await user.click(await byId("settings-open-sandbox"));
    expect(await byId("changeover")).toHaveTextContent("Opening Sandbox…");
    return { user, opened };
  }

  it("shows nothing that could send a command to the old environment", async () => {
    const { user, opened } = await opening();
    const before = shell.calls.length;
    expect((await byId("environment-badge")).closest("[inert]")).not.toBeNull();
    await user.keyboard("{Control>}r{/Control}");
    await user.keyboard("{Control>}l{/Control}");
    expect(ifThere("link-person-name")).toBeNull();
    expect(shell.calls).toHaveLength(before);
    opened.resolve(status("sandbox"));
    await waitFor(() => expect(ifThere("changeover")).toBeNull());
    expect((await byId("environment-badge")).closest("[inert]")).toBeNull();
    expect(await byId("environment-badge")).toHaveTextContent("Sandbox");
  });

  it("restores the input when it fails to open, and says why", async () => {
    const { opened } = await opening();
    opened.reject({ kind: "network", message: "Nothing answered." });
    await waitFor(() => expect(ifThere("changeover")).toBeNull());
    expect(await byId("problem")).toHaveTextContent("Nothing answered.");
    expect(await byId("settings-webhook")).toHaveValue("half typed");
    expect((await byId("environment-badge")).closest("[inert]")).toBeNull();
  });
});

it.each([
  ["settings-close-environment", "close_environment", "Closing…"],
  ["settings-open-sandbox", "open_environment", "Opening Sandbox…"],
])("covers the window from %s until it is done", async (button, command, words) => {
  const done = later<unknown>();
  shell = fakeShell("demo", { [command]: () => done.promise });
  const user = await openSettings();
  await user.click(await byId(button));
  expect(await byId("changeover")).toHaveTextContent(words);
  done.resolve(status(null));
  await byId("door-demo");
  expect(ifThere("changeover")).toBeNull();
});

it("covers the window while checking keys and while erasing an environment", async () => {
  const saved = later<unknown>();
  const erased = later<unknown>();
  shell = fakeShell("demo", {
    save_keys: () => saved.promise,
    erase_environment: () => erased.promise,
  });
  const user = await openSettings();
  await user.click(await byId("settings-keys-sandbox"));
  await user.type(await byId("keys-secret"), "wrong");
  await user.click(await byId("keys-save"));
  expect(await byId("changeover")).toHaveTextContent("opening Sandbox…");
  saved.reject({ kind: "plaid", message: "Plaid does not know it.", field: "secret" });
  await waitFor(() => expect(ifThere("changeover")).toBeNull());
  expect(await byId("keys-secret")).toHaveFocus();
  expect(await byId("keys-secret")).toHaveValue("wrong");

  await user.type(await byId("erase-confirmation"), "demo{Enter}");
  expect(await byId("changeover")).toHaveTextContent("Erasing Demo…");
  erased.resolve(status(null));
  await byId("door-demo");
});

it("returns to the three environments", async () => {
  shell = fakeShell("demo");
  const user = await openSettings();
  await user.click(await byId("settings-close-environment"));
  await byId("door-production");
});

it("removes keys only after confirmation", async () => {
  shell = fakeShell("sandbox", { remove_keys: () => status(null) });
  const user = await openSettings();
  await press(user, "settings-remove-keys-sandbox", "confirm-ok");
  await byId("door-sandbox");
  expect(shell.callsOf("remove_keys")[0]?.args).toEqual({ environment: "sandbox" });
});

it("erases an environment only with its name, and shows a wrong name at its field", async () => {
  shell = fakeShell("sandbox", {
    erase_environment: failing({
      kind: "invalidInput",
      message: "Type sandbox.",
      field: "confirmation",
    }),
  });
  const user = await openSettings();
  expect(await byId("erase-submit")).toBeDisabled();
  await user.type(await byId("erase-confirmation"), "sandbax");
  await user.click(await byId("erase-submit"));
  await waitFor(async () =>
    expect(await byId("erase-confirmation")).toHaveAccessibleDescription("Type sandbox."),
  );
  shell.answer("erase_environment", () => status(null));
  await user.click(await byId("erase-submit"));
  await byId("door-demo");
});

it("moves secrets behind a passphrase", async () => {
  shell = fakeShell("demo", {
    change_secret_store: () =>
      status("demo", { secretStore: { kind: "passphrase", locked: false } }),
  });
  const user = await openSettings();
  await user.click(await byId("secrets-to-passphrase"));
  await user.type(await byId("passphrase-new"), "four plain garden words");
  await user.type(await byId("passphrase-repeat"), "four plain garden words");
  await user.click(await byId("passphrase-save"));
  expect(await byId("secrets-to-keyring")).toBeVisible();
});

it("changes the passphrase", async () => {
  const byPassphrase = () => status("demo", { secretStore: { kind: "passphrase", locked: false } });
  shell = fakeShell("demo", {
    app_status: byPassphrase,
    change_secret_store: byPassphrase,
  });
  const user = await openSettings();
  await user.click(await byId("secrets-change-passphrase"));
  await user.type(await byId("passphrase-new"), "four plain garden words");
  await user.type(await byId("passphrase-repeat"), "four plain garden words");
  await user.click(await byId("passphrase-save"));
  expect(await screen.findByText("The passphrase was changed.")).toBeVisible();
  expect(ifThere("passphrase-new")).toBeNull();
  expect(shell.callsOf("change_secret_store")[0]?.args).toEqual({
    choice: { kind: "passphrase", passphrase: "four plain garden words" },
  });
});

it("names only API keys and the data file's key as secrets", async () => {
  shell = fakeShell("demo");
  await openSettings();
  const section = screen.getByRole("region", { name: "Secrets" });
  expect(section).toHaveTextContent("API keys and the key of the encrypted data file");
  expect(section).not.toHaveTextContent("access tokens");
});

it("lists Link sessions with their events for support", async () => {
  shell = fakeShell("demo");
  const user = await openSettings();
  const session = await byId("support-session");
  await user.click(within(session).getByRole("button"));
  expect(within(session).getByText("SELECT_INSTITUTION")).toBeVisible();
});

describe("connections", () => {
  it("saves the schedule and the days of notice, and nothing else", async () => {
    shell = fakeShell("sandbox");
    const user = await openSettings();
    // Unsaved text in another section must not be saved.
    await user.type(await byId("settings-app-name"), " unsaved");
    await user.click(await byId("settings-health-hours"));
    await user.click(await screen.findByRole("option", { name: "Only when a call has failed" }));
    const days = await byId("settings-consent-days");
    await user.clear(days);
    await user.type(days, "30");
    await user.click(await byId("settings-health-save"));
    await waitFor(async () =>
      expect(await byId("settings-health-saved")).toHaveTextContent("Saved."),
    );
    expect(shell.callsOf("settings_save")[0]?.args.settings).toEqual({
      ...settingsView.settings,
      healthCheckHours: null,
      consentNoticeDays: 30,
    });
  });

  it("shows an invalid number of days at its field", async () => {
    shell = fakeShell("sandbox", {
      settings_save: failing({
        kind: "invalidInput",
        message: "Choose between 1 and 90 days.",
        field: "consentNoticeDays",
      }),
    });
    const user = await openSettings();
    await user.clear(await byId("settings-consent-days"));
    await user.click(await byId("settings-health-save"));
    await waitFor(async () =>
      expect(await byId("settings-consent-days")).toHaveAccessibleDescription(/1 and 90 days\./),
    );
    expect(shell.callsOf("settings_save")[0]?.args.settings.consentNoticeDays).toBe(0);
  });
});

describe("refreshing and cost", () => {
  it("saves exact prices, their currency, and the threshold, and nothing else", async () => {
    shell = fakeShell("sandbox");
    const user = await openSettings();
    await user.type(await byId("settings-app-name"), " unsaved");
    const above = await byId("settings-confirm-above");
    await user.clear(above);
    await user.type(above, "5");
    await user.type(await byId("settings-price-balance"), " 0.1005 ");
    await user.click(await byId("settings-price-currency"));
    await user.clear(await byId("settings-price-currency"));
    await user.type(await byId("settings-price-currency"), "EUR");
    await user.click(await screen.findByRole("option", { name: "EUR" }));
    await press(user, "settings-cached-on-open", "settings-billing-save");
    await waitFor(async () =>
      expect(await byId("settings-billing-saved")).toHaveTextContent("Saved."),
    );
    expect(shell.callsOf("settings_save")[0]?.args.settings).toEqual({
      ...settingsView.settings,
      confirmAboveCalls: 5,
      pricePerBalanceCall: "0.1005",
      priceCurrency: "EUR",
      refreshCachedOnOpen: true,
    });
  });

  it("shows an invalid price at its field, and keeps the input", async () => {
    shell = fakeShell("sandbox", {
      settings_save: failing({
        kind: "invalidInput",
        message: "Enter a price such as 0.10.",
        field: "pricePerEvaluation",
      }),
    });
    const user = await openSettings();
    await user.type(await byId("settings-price-evaluation"), "ten");
    await user.click(await byId("settings-billing-save"));
    await waitFor(async () =>
      expect(await byId("settings-price-evaluation")).toHaveAccessibleDescription(
        /Enter a price such as 0\.10\./,
      ),
    );
    expect(await byId("settings-price-evaluation")).toHaveValue("ten");
  });

  it("does not read an empty threshold as never ask", async () => {
    shell = fakeShell("sandbox", {
      settings_save: failing({
        kind: "invalidInput",
        message: "Enter a number.",
        field: "confirmAboveCalls",
      }),
    });
    const user = await openSettings();
    await user.clear(await byId("settings-confirm-above"));
    await user.click(await byId("settings-billing-save"));
    await waitFor(async () =>
      expect(await byId("settings-confirm-above")).toHaveAccessibleDescription(/Enter a number\./),
    );
    // More than the desk accepts.
    expect(shell.callsOf("settings_save")[0]?.args.settings.confirmAboveCalls).toBe(4_294_967_295);
  });
});
