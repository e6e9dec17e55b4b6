import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import type { AccountsList } from "../../api/accounts";
import type { RefreshOutcome } from "../../api/balances";
import { itemsView, listOf, loginRequired, manyAccounts } from "../../test/accounts";
import {
  type Answer,
  type FakeShell,
  failing,
  fakeShell,
  later,
  progress,
} from "../../test/fakeShell";
import { byId, ifThere, press, renderApp, shownById } from "../../test/render";

let shell: FakeShell;

beforeEach(() => localStorage.clear());

function showing(list: AccountsList = listOf(itemsView), answers: Record<string, Answer> = {}) {
  shell = fakeShell("demo", { accounts_list: () => list, ...answers });
  return renderApp();
}

const shownIds = () => shownById("account-row").map((row) => row.getAttribute("data-account"));

function withAccount(accountId: string, changes: Partial<AccountsList["rows"][number]>) {
  const list = listOf(itemsView);
  return {
    ...list,
    rows: list.rows.map((row) => (row.accountId === accountId ? { ...row, ...changes } : row)),
  };
}

describe("the list", () => {
  it("finds each word anywhere in a row", async () => {
    const user = showing();
    await user.type(await byId("list-search"), "ada saving");
    await waitFor(() => expect(shownIds()).toEqual(["item-platypus-1111"]));
    expect(await byId("list-count")).toHaveTextContent("1 of 8 accounts");
    await user.clear(await byId("list-search"));
    await user.type(await byId("list-search"), "nobody");
    await user.click(await byId("list-clear"));
    await waitFor(() => expect(shownIds()).toHaveLength(8));
  });

  it("searches ten thousand accounts without drawing them", async () => {
    const user = showing(manyAccounts(10_000));
    await byId("list-search");
    expect(shownIds().length).toBeLessThan(60);
    await user.type(await byId("list-search"), "savings 9997");
    await waitFor(() => expect(shownIds()).toEqual(["account-9997"]));
  });

  it("reuses a head's elements for the next group, but not its state", async () => {
    const user = showing(manyAccounts(10_000));
    const search = await byId("list-search");
    const only = async (number: number) => {
      fireEvent.change(search, { target: { value: `account-${number}` } });
      await waitFor(() => expect(shownIds()).toEqual([`account-${number}`]));
      return byId(`item-item-${number / 8}`);
    };
    // Far enough down that the first draw didn't include it.
    const head = await only(4000);
    expect(await only(5600)).toBe(head);
    expect(head).toHaveTextContent("Platypus Bank 21");
    await user.click(within(head).getByTestId("item-health"));
    expect(await byId("item-details")).toBeInTheDocument();
    const next = await only(7200);
    expect(next).not.toBe(head);
    await waitFor(() => expect(screen.queryByTestId("item-details")).toBeNull());
    expect(await only(8000)).toBe(next);
  });

  it("keeps hidden elements for returning accounts, but not their open menus", async () => {
    const user = showing();
    const search = await byId("list-search");
    const type = (value: string) => fireEvent.change(search, { target: { value } });
    const head = await byId("item-item-gingham");
    await user.click(within(head).getByTestId("item-health"));
    expect(await byId("item-details")).toBeInTheDocument();
    type("ada saving");
    await waitFor(() => expect(shownById("item")).toHaveLength(1));
    await waitFor(() => expect(screen.queryByTestId("item-details")).toBeNull());
    const line = document.querySelector("[data-account='item-platypus-1111']");
    const kept = await byId("item-item-gingham");
    expect(kept.closest("[data-spare]")).not.toBeNull();
    type("");
    await waitFor(() => expect(shownIds()).toHaveLength(8));
    expect(await byId("item-item-gingham")).toBe(kept);
    expect(kept.closest("[data-spare]")).toBeNull();
    expect(document.querySelector("[data-account='item-platypus-1111']")).toBe(line);
  });

  it("groups by customer and account type, with exact subtotals, and stores the view", async () => {
    const user = showing();
    await user.selectOptions(await byId("list-grouping"), "person");
    const [ada] = await screen.findAllByTestId("group");
    expect(ada).toHaveTextContent("Ada Lovelace6 accounts of 1 Item");
    expect(within(ada as HTMLElement).getByTestId("subtotals")).toHaveTextContent(
      "$24,951.9805owed $56,712.06",
    );
    await user.selectOptions(await byId("list-grouping"), "kind");
    await waitFor(() => expect(shownById("group").length).toBeGreaterThan(1));
    const [cash] = shownById("group");
    expect(cash).toHaveTextContent("Cash accounts (depository)");
    expect(localStorage.getItem("balance-desk-accounts-list")).toContain("kind");
  });

  it("sorts exactly, with unreported values last in both directions", async () => {
    const user = showing();
    await user.selectOptions(await byId("list-grouping"), "none");
    await user.click(await byId("sort-available"));
    await waitFor(() => expect(shownIds()[0]).toBe("item-platypus-0000"));
    await user.click(await byId("sort-available"));
    await waitFor(() => expect(shownIds()[0]).toBe("item-gingham-9921"));
    expect(screen.getByRole("columnheader", { name: "Available" })).toHaveAttribute(
      "aria-sort",
      "descending",
    );
  });

  it("is exported as shown: accounts in order, and columns", async () => {
    const user = showing(listOf(itemsView), { export_pick: () => null });
    await user.selectOptions(await byId("list-grouping"), "none");
    await user.click(await byId("sort-available"));
    await user.type(await byId("list-search"), "ada");
    await waitFor(() => expect(shownIds()).toHaveLength(6));
    await press(user, "list-columns", "column-limit");
    await user.keyboard("{Escape}");
    await press(user, "list-export", "list-export-csv");
    await waitFor(() => expect(shell.callsOf("export_pick")).toHaveLength(1));
    const [asked] = shell.callsOf("export_pick");
    expect(asked?.args).toEqual({
      format: "csv",
      what: {
        kind: "list",
        accountIds: shownIds(),
        columns: expect.arrayContaining([
          "person",
          "institution",
          "available",
          "currency",
          "accountId",
        ]),
      },
    });
    expect(JSON.stringify(asked)).not.toContain('"limit"');
  });

  it("filters, and shows hidden accounts only on request", async () => {
    const user = showing(withAccount("item-platypus-2222", { hidden: true }));
    await byId("list-search");
    expect(shownIds()).not.toContain("item-platypus-2222");
    await user.click(screen.getByRole("checkbox", { name: "Hidden" }));
    await waitFor(() => expect(shownIds()).toEqual(["item-platypus-2222"]));
    await user.click(screen.getByRole("checkbox", { name: "Hidden" }));
    await user.click(screen.getByRole("checkbox", { name: "Needs attention" }));
    await waitFor(() => expect(shownIds()).toEqual(["item-gingham-9921", "item-gingham-0042"]));
    await user.click(screen.getByRole("checkbox", { name: "Older than" }));
    await user.click(screen.getByRole("checkbox", { name: "Available not reported" }));
    await waitFor(() => expect(shownIds()).toEqual(["item-gingham-0042"]));
  });

  it("edits name and low-balance alert in place, and shows problems at the field", async () => {
    const user = showing(undefined, {
      account_rename: failing({
        kind: "invalidInput",
        message: "A name has at most 120.",
        field: "name",
      }),
    });
    const [row] = await screen.findAllByTestId("account-row");
    await user.click(within(row as HTMLElement).getByTestId("account-menu"));
    await user.click(await byId("account-menu-rename"));
    await user.clear(await byId("account-name-field"));
    await user.type(await byId("account-name-field"), "Rent{Enter}");
    expect(await screen.findByText("A name has at most 120.")).toBeVisible();
    expect(shell.callsOf("account_rename")[0]?.args).toEqual({
      accountId: "item-platypus-0000",
      name: "Rent",
    });
    await user.keyboard("{Escape}");
    await waitFor(() => expect(ifThere("account-name-field")).toBeNull());
  });

  it("explains a focused number, and moves with the arrow keys", async () => {
    const user = showing();
    const card = (await screen.findAllByTestId("account-open"))[3] as HTMLElement;
    card.focus();
    await user.keyboard("{ArrowRight}");
    expect(await screen.findByRole("tooltip")).toHaveTextContent("Not money the person has");
    await user.keyboard("{ArrowUp}");
    expect(document.activeElement?.closest("[data-account]")).toHaveAttribute(
      "data-account",
      "item-platypus-2222",
    );
    expect(document.activeElement).toHaveAttribute("data-stop", "available");
  });
});

describe("a refresh", () => {
  const plan = {
    calls: 30,
    cost: { amount: "3", currency: "USD" },
    needsConfirmation: true,
    seconds: 40,
    running: false,
  };

  it("refreshes a range of accounts, and confirms above the limit", async () => {
    const user = showing(undefined, {
      balances_plan: () => plan,
      balances_refresh: () => ({ refreshed: 1, failed: [], cancelled: false }),
    });
    const boxes = await screen.findAllByTestId("account-select");
    await user.click(boxes[0] as HTMLElement);
    fireEvent.click(boxes[2] as HTMLElement, { shiftKey: true });
    expect(await byId("selection")).toHaveTextContent("3 accounts selected");
    await user.click(await byId("refresh-selected"));
    expect(await byId("refresh-plan")).toHaveTextContent(
      "30 calls, one for each Item: about $3.00",
    );
    await user.click(await byId("confirm-cancel"));
    expect(shell.callsOf("balances_refresh")).toHaveLength(0);
    await press(user, "refresh-selected", "confirm-ok");
    await screen.findByText("1 Item refreshed.");
    expect(shell.callsOf("balances_refresh")[0]?.args.scope).toEqual({
      kind: "accounts",
      accountIds: ["item-platypus-0000", "item-platypus-1111", "item-platypus-2222"],
    });
  });

  it("says when it waits for rate limits or the network", async () => {
    const done = later<RefreshOutcome>();
    const count = { done: 1, total: 9, secondsLeft: 200 };
    let tell: (sent: Parameters<typeof progress>[1]) => void = () => {};
    const user = showing(undefined, {
      balances_refresh: (args) => {
        tell = (sent) => progress(args, sent);
        tell({ kind: "paced", until: "2026-11-24T10:00:00Z", institutionName: null, ...count });
        return done.promise;
      },
    });
    await user.click(await byId("refresh-all"));
    expect(await byId("refresh-pause")).toHaveTextContent("more often than Plaid allows");
    expect(await byId("refresh-left")).toHaveTextContent("About 3 min left.");
    tell({ kind: "offline", since: "2026-11-24T10:00:00Z", ...count, secondsLeft: null });
    await waitFor(() => expect(screen.getByTestId("refresh-pause")).toHaveTextContent("not been"));
    tell({ kind: "resumed", ...count });
    await waitFor(() => expect(ifThere("refresh-pause")).toBeNull());
    done.resolve({ refreshed: 9, failed: [], cancelled: false });
    await screen.findByText("9 Items refreshed.");
  });

  it("lists failures with a next step, and retries them", async () => {
    const failed = [
      {
        itemId: "item-gingham",
        institutionName: "First Gingham Credit Union",
        problem: loginRequired,
        mayBeBilled: false,
      },
    ];
    const user = showing(undefined, {
      balances_refresh: () => ({ refreshed: 1, failed, cancelled: false }),
    });
    await user.click(await byId("refresh-all"));
    const row = await byId("refresh-failure");
    expect(within(row).getByTestId("refresh-failure-action")).toHaveTextContent("Sign in again");
    await user.click(await byId("refresh-retry-failed"));
    await waitFor(() =>
      expect(shell.callsOf("balances_refresh")[1]?.args.scope).toEqual({
        kind: "items",
        itemIds: ["item-gingham"],
      }),
    );
  });

  it("counts billed calls by day and month", async () => {
    const user = showing();
    const billing = await byId("billing");
    expect(billing).toHaveTextContent("Billed calls: today 3, this month 43 (≈ $4.60)");
    await user.click(billing);
    expect((await screen.findAllByTestId("billed-calls"))[0]).toHaveTextContent("≈ $19.50");
  });
});
