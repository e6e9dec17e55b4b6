import { act, screen, waitFor, within } from "@testing-library/react";
import type userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { RefreshOutcome } from "../../api/balances";
import type { ItemHealth } from "../../api/items";
import type { Problem } from "../../api/problem";
import { gingham, itemsView, loginRequired, platypus } from "../../test/accounts";
import { type FakeShell, failing, fakeShell, later, progress } from "../../test/fakeShell";
import { linkSession } from "../../test/link";
import { byId, ifThere, press, renderApp } from "../../test/render";

let shell: FakeShell;

const notResponding: Problem = {
  ...loginRequired,
  message: "The bank does not answer.",
  action: { kind: "retry" },
};

async function rowOf(mask: string) {
  const rows = await screen.findAllByTestId("account-row");
  const row = rows.find((one) => one.textContent?.includes(`••${mask}`));
  if (!row) throw new Error(`no row of ${mask}`);
  return row;
}

describe("accounts", () => {
  it("shows amounts with every digit, and null as not reported", async () => {
    shell = fakeShell("demo");
    renderApp();
    const mutualFund = await rowOf("6666");
    const cells = within(mutualFund).getAllByRole("gridcell");
    expect(cells[2]).toHaveTextContent("not reported");
    expect(cells[3]).toHaveTextContent("$23,631.9805");
    expect(cells[4]).toHaveTextContent("not reported");
    expect(cells[6]).toHaveTextContent("USD");
    expect(within(mutualFund).getByTestId("reading-source")).toHaveTextContent("cached");
  });

  it("separates totals by currency, assets, and debts", async () => {
    shell = fakeShell("demo");
    renderApp();
    const [dollars, euros] = await screen.findAllByTestId("total");
    expect(dollars).toHaveTextContent("USDAssets$33,364.4805Debts$56,712.06");
    expect(euros).toHaveTextContent("Without 1 account whose balance is not reported");
  });

  it("offers an evaluation only for accounts that allow it", async () => {
    shell = fakeShell("demo");
    const user = renderApp();
    expect(within(await rowOf("3333")).queryByTestId("evaluate-from-account")).toBeNull();
    await user.click(within(await rowOf("1111")).getByTestId("evaluate-from-account"));
    expect(await byId("evaluate-account")).toHaveValue("Plaid Saving ••1111");
  });

  it("offers linking when there are no accounts", async () => {
    shell = fakeShell("demo", { items_view: () => ({ items: [], totals: [] }) });
    const user = renderApp();
    await user.click(await byId("empty-link-bank"));
    await byId("link-start");
  });

  it("updates on events from the desk", async () => {
    shell = fakeShell("demo", { items_view: () => ({ items: [], totals: [] }) });
    renderApp();
    await byId("empty-link-bank");
    shell.answer("items_view", () => itemsView);
    await act(() => shell.tell({ kind: "itemsChanged" }));
    await byId("item-item-platypus");
  });

  it("says that refreshing is billed in Production", async () => {
    shell = fakeShell("production");
    renderApp();
    expect(await screen.findByText(/Plaid bills each Item read\./)).toBeVisible();
  });

  it("shows hundreds of Items without drawing them all", async () => {
    const many = Array.from({ length: 300 }, (_, number) => ({
      ...platypus,
      itemId: `item-${number}`,
      accounts: platypus.accounts.map((account) => ({
        ...account,
        accountId: `${number}-${account.mask}`,
      })),
    }));
    shell = fakeShell("demo", { items_view: () => ({ items: many, totals: [] }) });
    renderApp();
    await byId("item-item-0");
    expect(screen.getAllByTestId("item").length).toBeLessThan(60);
  });
});

describe("refreshing", () => {
  it("clears a failure after its Item is repaired", async () => {
    let health: ItemHealth = gingham.health;
    shell = fakeShell("demo", {
      items_view: () => ({ ...itemsView, items: [{ ...gingham, health }] }),
      balances_refresh: () => ({
        refreshed: 0,
        failed: [
          {
            itemId: gingham.itemId,
            institutionName: "Gingham",
            problem: loginRequired,
            mayBeBilled: false,
          },
        ],
        cancelled: false,
      }),
    });
    const user = renderApp();
    await user.click(await byId("refresh-all"));
    expect(await screen.findByText("0 Items refreshed, 1 failed.")).toBeVisible();
    expect(screen.getAllByTestId("problem")).toHaveLength(1);
    health = platypus.health;
    await act(async () => shell.tell({ kind: "itemsChanged" }));
    await waitFor(() => expect(screen.queryByTestId("problem")).toBeNull());
  });

  it("shows progress and failures at their Items, and can be canceled", async () => {
    const done = later<RefreshOutcome>();
    shell = fakeShell("demo", {
      items_view: () => ({
        ...itemsView,
        items: [platypus, { ...gingham, health: platypus.health }],
      }),
      balances_refresh: (args) => {
        progress(args, { kind: "started", done: 0, total: 2, secondsLeft: 4 });
        progress(args, {
          kind: "itemFailed",
          itemId: "item-gingham",
          problem: notResponding,
          done: 1,
          total: 2,
          secondsLeft: 4,
        });
        return done.promise;
      },
    });
    const user = renderApp();
    await user.dblClick(await byId("refresh-all"));
    expect(await screen.findByText(/Asking for live balances: 1 of 2/)).toBeVisible();
    expect(shell.callsOf("balances_refresh")).toHaveLength(1);
    expect(shell.callsOf("balances_refresh")[0]?.args.scope).toEqual({ kind: "all" });
    const item = await byId("item-item-gingham");
    expect(within(item).getByTestId("problem")).toHaveTextContent("does not answer");
    for (const button of screen.getAllByTestId("refresh-account")) expect(button).toBeDisabled();

    await user.click(await byId("refresh-cancel"));
    expect(shell.callsOf("balances_cancel")).toHaveLength(1);
    done.resolve({ refreshed: 0, failed: [], cancelled: true });
    expect(await screen.findByText("Cancelled: 0 Items refreshed.")).toBeVisible();
    expect(within(item).getByTestId("problem")).toBeVisible();
  });

  it("refreshes one account or one Item", async () => {
    shell = fakeShell("demo", {
      balances_refresh: () => ({ refreshed: 1, failed: [], cancelled: false }),
    });
    const user = renderApp();
    await user.click(within(await rowOf("0000")).getByTestId("refresh-account"));
    await screen.findByText("1 Item refreshed.");
    await user.click(within(await byId("item-item-platypus")).getByTestId("refresh-item"));
    await waitFor(() =>
      expect(shell.callsOf("balances_refresh").map(({ args }) => args.scope)).toEqual([
        { kind: "account", accountId: "item-platypus-0000" },
        { kind: "item", itemId: "item-platypus" },
      ]),
    );
  });
});

describe("an Item's menu", () => {
  async function open(user: ReturnType<typeof userEvent.setup>, itemId: string) {
    await user.click(within(await byId(`item-${itemId}`)).getByTestId("item-menu"));
  }

  it("removes only after confirmation", async () => {
    shell = fakeShell("demo", {
      item_remove: () => ({
        itemId: "item-platypus",
        institutionName: "First Platypus Bank",
        outcome: { kind: "removed" },
      }),
    });
    const user = renderApp();
    await open(user, "item-platypus");
    await press(user, "item-menu-remove", "confirm-cancel");
    expect(shell.callsOf("item_remove")).toHaveLength(0);
    await open(user, "item-platypus");
    await user.click(await byId("item-menu-remove"));
    await user.dblClick(await byId("confirm-ok"));
    await screen.findByText("First Platypus Bank was removed.");
    expect(shell.callsOf("item_remove")).toHaveLength(1);
  });

  it("keeps the dialog open with the problem when rotating fails", async () => {
    shell = fakeShell("demo", {
      item_rotate_token: failing({ kind: "timedOut", message: "Plaid did not answer in time." }),
    });
    const user = renderApp();
    await open(user, "item-platypus");
    await press(user, "item-menu-rotate", "confirm-ok");
    const dialog = await screen.findByRole("dialog");
    expect(await within(dialog).findByTestId("problem")).toHaveTextContent("in time");
  });

  it("puts an Item into login required, but never in Production", async () => {
    shell = fakeShell("production");
    const user = renderApp();
    await open(user, "item-platypus");
    await byId("item-menu-check");
    expect(ifThere("item-menu-reset-login")).toBeNull();
  });

  it("repairs an Item through Link", async () => {
    shell = fakeShell("demo", {
      link_session: () => linkSession({ repairsItemId: "item-gingham" }),
    });
    const user = renderApp();
    const item = await byId("item-item-gingham");
    await user.click(within(item).getByTestId("problem-action"));
    await byId("link-waiting");
    expect(shell.callsOf("link_repair")[0]?.args).toEqual({
      itemId: "item-gingham",
      chooseAccounts: false,
    });
  });
});

describe("by keyboard", () => {
  it("opens screens and refreshes without reloading the page", async () => {
    shell = fakeShell("demo", {
      balances_refresh: () => ({ refreshed: 2, failed: [], cancelled: false }),
    });
    const user = renderApp();
    await byId("item-item-platypus");
    await user.keyboard("{Control>}9{/Control}");
    expect(await screen.findByRole("heading", { level: 1 })).toHaveTextContent("Settings");
    await user.keyboard("{Control>}r{/Control}");
    await screen.findByText("2 Items refreshed.");
    await user.keyboard("{Control>}l{/Control}");
    await byId("link-start");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(ifThere("link-start")).toBeNull());
    await user.keyboard("?");
    expect(await screen.findByText("Refresh all balances")).toBeVisible();
  });
});
