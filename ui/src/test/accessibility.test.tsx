import { screen } from "@testing-library/react";
import type userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { describe, expect, it } from "vitest";
import { status } from "./data";
import { fakeShell } from "./fakeShell";
import { held, invitation } from "./link";
import { byId, openScreen, press, renderApp } from "./render";

/** Axe's serious and critical findings. The end-to-end tests check contrast, which needs a real engine. */
async function seriousFindings(): Promise<string[]> {
  const { violations } = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false } },
    resultTypes: ["violations"],
  });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
}

type User = ReturnType<typeof userEvent.setup>;

const screens: Record<string, (user: User) => Promise<unknown>> = {
  accounts: () => byId("item-item-platypus"),
  evaluate: async (user) => {
    await user.click(await byId("nav-evaluate"));
    await byId("evaluate-submit");
  },
  activity: async (user) => {
    await user.click(await byId("nav-activity"));
    await screen.findAllByTestId("activity-row");
  },
  evaluation: async (user) => {
    await user.click(await byId("nav-activity"));
    const [row] = await screen.findAllByTestId("activity-row");
    await user.click((row as HTMLElement).querySelector("button") as HTMLElement);
    await user.click(await byId("decision-otherwise"));
    await byId("decision-save");
  },
  outcomes: async (user) => {
    await user.click(await byId("nav-outcomes"));
    await byId("outcomes-codes");
  },
  settings: async (user) => {
    await user.click(await byId("nav-settings"));
    await byId("settings-app-name");
    await byId("support-session");
  },
  demo: async (user) => {
    await user.click(await byId("nav-demo"));
    await byId("demo-fail-set");
  },
  "link form": async (user) => {
    await press(user, "link-bank", "link-purpose-balancesOnly");
  },
  "link session": async (user) => {
    await user.click(await byId("link-bank"));
    await user.type(await byId("link-person-name"), "Ada");
    await user.click(await byId("link-start"));
    await byId("link-waiting");
  },
  invitations: async (user) => {
    await user.click(await byId("nav-invitations"));
    await screen.findAllByTestId("invitation-row");
  },
  "invitation form": async (user) => {
    await press(user, "link-bank", "link-way-invitation");
    await byId("invite-create");
  },
  shortcuts: async (user) => {
    await byId("item-item-platypus");
    await user.keyboard("?");
    await screen.findByText("Refresh all balances");
  },
};

describe("axe finds no serious problem", () => {
  it.each(Object.entries(screens))("on %s", async (_, open) => {
    fakeShell("demo");
    await open(renderApp());
    expect(await seriousFindings()).toEqual([]);
  });

  it("on an invitation and its QR code", async () => {
    fakeShell("demo", { link_session: () => invitation("invitation-1") });
    const user = await openScreen("invitations");
    const [row] = await screen.findAllByTestId("invitation-open");
    await user.click(row as HTMLElement);
    await user.click(await byId("invitation-qr"));
    await byId("qr-sheet");
    expect(await seriousFindings()).toEqual([]);
  });

  it("on a bank that looks like a linked one", async () => {
    fakeShell("demo", { link_sessions: () => [held], link_session: () => held });
    const user = renderApp();
    const [notice] = await screen.findAllByTestId("held-decide");
    await user.click(notice as HTMLElement);
    await byId("link-held");
    expect(await seriousFindings()).toEqual([]);
  });

  it("on the start screen asking for keys", async () => {
    fakeShell(null);
    const user = renderApp();
    await user.click(await byId("door-production"));
    expect(await seriousFindings()).toEqual([]);
  });

  it("on the start screen without a keyring", async () => {
    const keyring = { state: "absent" as const, reason: "No Secret Service answered." };
    fakeShell(null, {
      app_status: () => status(null, { secretStore: { kind: "notChosen", keyring } }),
    });
    renderApp();
    await byId("passphrase-new");
    expect(await seriousFindings()).toEqual([]);
  });

  it("on the unlock screen", async () => {
    fakeShell(null, {
      app_status: () => status(null, { secretStore: { kind: "passphrase", locked: true } }),
    });
    renderApp();
    await byId("passphrase-unlock");
    expect(await seriousFindings()).toEqual([]);
  });
});
