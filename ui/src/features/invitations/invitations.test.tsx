import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { ago } from "../../test/data";
import { type FakeShell, failing, fakeShell } from "../../test/fakeShell";
import { invitation } from "../../test/link";
import { byId, ifThere, openScreen, press } from "../../test/render";

let shell: FakeShell;

async function openInvitations() {
  const user = await openScreen("invitations");
  return user;
}

async function rows(): Promise<HTMLElement[]> {
  return screen.findAllByTestId("invitation-row");
}

describe("the list", () => {
  it("shows each state, and counts open invitations in the navigation", async () => {
    shell = fakeShell("demo");
    await openInvitations();
    const all = await rows();
    expect(all.map((row) => within(row).getByTestId("invitation-state").textContent)).toEqual([
      "Not opened",
      "Started",
      "Finished",
      "Expired",
      "Removed again",
    ]);
    expect(await byId("invitations-open")).toHaveTextContent("2");
    expect(all[0]).toHaveTextContent("3 days left");
    expect(all[1]).toHaveTextContent("Sign in again: First Gingham Credit Union");
  });

  it("explains invitations when there are none", async () => {
    shell = fakeShell("demo", { invitations: () => [] });
    const user = await openInvitations();
    await user.click(await byId("empty-invite"));
    await byId("invite-create");
    expect(ifThere("invitations-open")).toBeNull();
  });

  it("checks with Plaid now, and shows a failure", async () => {
    shell = fakeShell("demo", {
      invitation_check: failing({ kind: "network", message: "Plaid could not be reached." }),
    });
    const user = await openInvitations();
    const [first] = await rows();
    await user.click(within(first as HTMLElement).getByTestId("invitation-menu"));
    await user.click(await byId("invitation-menu-check"));
    await screen.findByText("Plaid could not be reached.");
    expect(shell.callsOf("invitation_check")[0]?.args).toEqual({ sessionId: "invitation-1" });
  });

  it("notifies about the end of an invitation", async () => {
    shell = fakeShell("demo");
    await openInvitations();
    await rows();
    shell.answer("invitations", () => [
      invitation(
        "invitation-1",
        { progress: "finished", url: null },
        { state: "exchanged", institutionName: "Tartan Bank", endedAt: ago(0) },
      ),
    ]);
    await act(() => shell.tell({ kind: "linkChanged", sessionId: "invitation-1", ended: true }));
    await screen.findByText("Ada Lovelace linked Tartan Bank.");
  });
});

describe("creating an invitation", () => {
  async function fill() {
    shell = fakeShell("demo", { link_session: () => invitation("invitation-new") });
    const user = await openInvitations();
    await user.click(await byId("invite"));
    return user;
  }

  it("sends customer, purpose, lifetime, and language", async () => {
    const user = await fill();
    await user.type(await byId("link-person-name"), "Alan Turing");
    await user.type(await byId("invite-note"), "Order 2041");
    await user.clear(await byId("invite-lifetime"));
    await user.type(await byId("invite-lifetime"), "5");
    await press(user, "invite-unit-hours", "invite-create");
    expect(await byId("invitation-url")).toHaveTextContent("https://secure.plaid.com/hl/");
    expect(shell.callsOf("invitation_create")[0]?.args.request).toEqual({
      aim: {
        kind: "newBank",
        purpose: "achRisk",
        products: [],
        person: { kind: "new", name: "Alan Turing" },
      },
      note: "Order 2041",
      lifetimeHours: 5,
      language: "en",
    });
  });

  it("rejects an invalid lifetime before calling the desk", async () => {
    const user = await fill();
    await user.type(await byId("link-person-name"), "Alan Turing");
    await user.clear(await byId("invite-lifetime"));
    await user.type(await byId("invite-lifetime"), "22");
    await user.click(await byId("invite-create"));
    await screen.findByText("From 1 hour to 21 days.");
    expect(shell.callsOf("invitation_create")).toEqual([]);
  });

  it("invites a customer to sign in again without asking for a name", async () => {
    const user = await fill();
    await user.click(await byId("invite-aim-repair"));
    expect(ifThere("link-person-name")).toBeNull();
    await user.click(await byId("invite-repair-item"));
    await user.click(await screen.findByText("First Gingham Credit Union, Grace Hopper"));
    await user.click(await byId("invite-create"));
    await byId("invitation-url");
    expect(shell.callsOf("invitation_create")[0]?.args.request.aim).toEqual({
      kind: "repair",
      itemId: "item-gingham",
      chooseAccounts: false,
    });
  });
});

describe("an invitation", () => {
  async function opened(how: Parameters<typeof invitation>[1] = {}) {
    shell = fakeShell("demo", { link_session: () => invitation("invitation-1", how) });
    const user = await openInvitations();
    const [first] = await rows();
    await user.click(within(first as HTMLElement).getByTestId("invitation-open"));
    await byId("invitation");
    return user;
  }

  it("can be mailed and shown as a large QR code", async () => {
    const user = await opened();
    await user.click(await byId("invitation-mail"));
    expect(shell.callsOf("invitation_mail")[0]?.args).toEqual({ sessionId: "invitation-1" });
    await user.click(await byId("invitation-qr"));
    await byId("qr-sheet");
    const print = vi.fn();
    vi.stubGlobal("print", print);
    await user.click(await byId("qr-print"));
    const paper = await byId("qr-print-sheet");
    expect(paper.parentElement).toBe(document.body);
    expect(paper.querySelector("svg")).not.toBeNull();
    expect(paper).toHaveTextContent(/^Balance Desk: link your bank/);
    await waitFor(() => expect(print).toHaveBeenCalledTimes(1));
    vi.unstubAllGlobals();
    window.dispatchEvent(new Event("afterprint"));
    await waitFor(() => expect(ifThere("qr-print-sheet")).toBeNull());
    // Escape closes only the front dialog.
    await user.keyboard("{Escape}");
    await waitFor(() => expect(ifThere("qr-sheet")).toBeNull());
    await byId("invitation");
  });

  it("is canceled only after an explanation", async () => {
    const user = await opened();
    const cancelled = invitation("invitation-1", { progress: "cancelled", url: null });
    shell.answer("link_cancel", () => {
      shell.answer("link_session", () => cancelled);
      return cancelled;
    });
    await user.click(await byId("invitation-cancel"));
    await screen.findByText(/Plaid cannot take a link back: until/);
    await user.click(await byId("confirm-ok"));
    await screen.findByText(/It was cancelled/);
    expect(ifThere("invitation-url")).toBeNull();
  });

  it("is renewed, and the new one is shown", async () => {
    const user = await opened();
    shell.answer("link_session", ({ sessionId }) => invitation(sessionId));
    await press(user, "invitation-renew", "confirm-ok");
    await waitFor(() =>
      expect(shell.callsOf("link_session").at(-1)?.args).toEqual({ sessionId: "invitation-new" }),
    );
    expect(shell.callsOf("invitation_renew")[0]?.args).toEqual({
      sessionId: "invitation-1",
      lifetimeHours: 72,
    });
  });
});
