import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { ItemView } from "../../api/items";
import type { Problem } from "../../api/problem";
import { gingham, itemsView, loginRequired, platypus } from "../../test/accounts";
import { ago } from "../../test/data";
import { type FakeShell, fakeShell, later } from "../../test/fakeShell";
import { byId, press, renderApp } from "../../test/render";

let shell: FakeShell;

function showing(...items: ItemView[]) {
  shell = fakeShell("demo", { items_view: () => ({ ...itemsView, items }) });
  return renderApp();
}

async function card(item: ItemView) {
  return within(await byId(`item-${item.itemId}`));
}

const consent: Problem = {
  kind: "plaid",
  message: "The consent given at the bank ends in 5 days.",
  action: { kind: "repairItem", itemId: platypus.itemId },
};

const newAccounts: Problem = {
  kind: "plaid",
  message: "There are accounts at this bank that are not shared yet.",
  action: { kind: "chooseAccounts", itemId: platypus.itemId },
};

const down: ItemView["institutionStatus"] = {
  state: "down",
  message: "The bank does not answer Plaid at the moment. Nothing has to be done here.",
  checkedAt: ago(4),
};

const offline: Problem = {
  kind: "network",
  message: "Plaid could not be told yet. It is told again by itself, also after a restart.",
  action: { kind: "retry" },
};

describe("an Item that needs attention", () => {
  it("says since when, and offers one action", async () => {
    const user = showing(platypus, gingham);
    const item = await card(gingham);
    expect(item.getByText("Needs attention")).toBeVisible();
    expect(item.getByText("Since", { exact: false })).toHaveTextContent("2 h ago");
    expect(item.getAllByTestId("problem-action")).toHaveLength(1);
    await user.click(item.getByTestId("problem-action"));
    await waitFor(() => expect(shell.callsOf("link_repair")).toHaveLength(1));
  });

  it("is listed at the top, with the same action", async () => {
    const user = showing(platypus, gingham);
    const rows = within(await byId("attention")).getAllByTestId("attention-row");
    expect(rows).toHaveLength(1);
    expect(rows[0]).toHaveTextContent("First Gingham Credit Union");
    await user.click(await byId("attention-action"));
    await waitFor(() =>
      expect(shell.callsOf("link_repair")[0]?.args).toEqual({
        itemId: gingham.itemId,
        chooseAccounts: false,
      }),
    );
  });

  it("lets the user choose accounts when it has none", async () => {
    const problem: Problem = {
      ...loginRequired,
      action: { kind: "chooseAccounts", itemId: gingham.itemId },
    };
    const user = showing({
      ...gingham,
      health: { state: "needsAttention", problem, since: ago(5) },
    });
    const item = await card(gingham);
    const step = item.getByTestId("problem-action");
    expect(step).toHaveTextContent("Choose accounts");
    await user.click(step);
    await waitFor(() =>
      expect(shell.callsOf("link_repair")[0]?.args).toEqual({
        itemId: gingham.itemId,
        chooseAccounts: true,
      }),
    );
  });
});

describe("a bank outage", () => {
  it("is separate from the customer's login", async () => {
    showing({ ...platypus, institutionStatus: down });
    const item = await card(platypus);
    expect(item.getByTestId("item-health")).toHaveTextContent("Bank has trouble");
    const trouble = item.getByTestId("institution-trouble");
    expect(trouble).toHaveTextContent("Nothing has to be done here.");
    expect(trouble).toHaveTextContent("Last looked at 4 min ago");
    expect(within(trouble).queryByRole("button")).toBeNull();
    const attention = within(await byId("attention"));
    expect(attention.queryByTestId("attention-row")).toBeNull();
    expect(attention.getByTestId("attention-trouble")).toHaveTextContent("First Platypus Bank");
  });

  it("may delay a repair", async () => {
    showing({ ...gingham, institutionStatus: down });
    const item = await card(gingham);
    expect(item.getByTestId("item-health")).toHaveTextContent("Needs attention");
    expect(item.getByTestId("problem")).toHaveTextContent("may have to wait");
  });
});

describe("advice", () => {
  it("offers to renew a consent that ends soon", async () => {
    const user = showing({ ...platypus, advice: { problem: consent, since: ago(60) } });
    const item = await card(platypus);
    expect(item.getByTestId("item-health")).toHaveTextContent("Connected, not for long");
    const step = item.getByTestId("problem-action");
    expect(step).toHaveTextContent("Renew consent");
    expect(item.queryByLabelText("Dismiss this message")).toBeNull();
    await user.click(step);
    await waitFor(() => expect(shell.callsOf("link_repair")).toHaveLength(1));
  });

  it("about new accounts can be dismissed", async () => {
    const user = showing({ ...platypus, advice: { problem: newAccounts, since: ago(60) } });
    shell.answer("item_dismiss_advice", () => platypus);
    const item = await card(platypus);
    expect(item.getByTestId("item-health")).toHaveTextContent(/^Connected$/);
    shell.answer("items_view", () => ({ ...itemsView, items: [platypus] }));
    await user.click(item.getByLabelText("Dismiss this message"));
    await waitFor(() => expect(item.queryByTestId("item-advice")).toBeNull());
    expect(shell.callsOf("item_dismiss_advice")[0]?.args).toEqual({ itemId: platypus.itemId });
  });
});

describe("a removal that didn't reach Plaid", () => {
  const removing: ItemView = {
    ...platypus,
    health: { state: "removing", problem: offline, since: ago(3) },
  };

  it("is shown, and can be retried now", async () => {
    const user = showing(removing);
    const item = await card(platypus);
    expect(item.getByTestId("item-health")).toHaveTextContent("Being removed");
    expect(item.getByTestId("item-removing")).toHaveTextContent("told again by itself");
    expect(item.queryByTestId("item-menu")).toBeNull();
    expect(item.getByTestId("refresh-item")).toBeDisabled();
    const answer = later<unknown>();
    shell.answer("item_remove", () => answer.promise);
    await user.dblClick(item.getByTestId("problem-action"));
    expect(await screen.findByText(/Plaid is being told/)).toBeVisible();
    shell.answer("items_view", () => ({ totals: [], items: [] }));
    await act(async () =>
      answer.resolve({
        itemId: platypus.itemId,
        institutionName: "First Platypus Bank",
        outcome: { kind: "removed" },
      }),
    );
    expect(await screen.findByText("First Platypus Bank was removed.")).toBeVisible();
    expect(shell.callsOf("item_remove")).toHaveLength(1);
  });

  it("is queued when the app is offline, and the dialog closes", async () => {
    const user = showing(platypus);
    shell.answer("item_remove", () => {
      shell.answer("items_view", () => ({ ...itemsView, items: [removing] }));
      return {
        itemId: platypus.itemId,
        institutionName: "First Platypus Bank",
        outcome: { kind: "queued", problem: offline },
      };
    });
    await user.click((await card(platypus)).getByTestId("item-menu"));
    await press(user, "item-menu-remove", "confirm-ok");
    expect(await screen.findByText(/is not removed yet/)).toBeVisible();
    expect(await byId("item-removing")).toBeVisible();
  });
});

describe("an Item that looks like another", () => {
  const double: ItemView = {
    ...platypus,
    duplicateOf: {
      itemId: gingham.itemId,
      institutionName: "First Platypus Bank",
      person: gingham.person,
      needsAttention: false,
      sameAccounts: [{ name: "Plaid Checking", mask: "0000" }],
      otherAccounts: 3,
    },
  };

  it("can be marked as different", async () => {
    const user = showing(double);
    const item = await card(platypus);
    const notice = item.getByTestId("item-duplicate");
    expect(notice).toHaveTextContent("First Platypus Bank of Grace Hopper: Plaid Checking ••0000");
    expect(notice).toHaveTextContent("3 other accounts");
    shell.answer("item_not_duplicate", () => platypus);
    shell.answer("items_view", () => ({ ...itemsView, items: [platypus] }));
    await user.click(within(notice).getByTestId("duplicate-different"));
    await waitFor(() => expect(item.queryByTestId("item-duplicate")).toBeNull());
  });

  it("is removed only after confirmation", async () => {
    const user = showing(double);
    await user.click((await card(platypus)).getByTestId("duplicate-remove"));
    expect(await screen.findByText(/Remove First Platypus Bank of/)).toBeVisible();
    expect(shell.callsOf("item_remove")).toHaveLength(0);
  });
});

it("shows the connection details", async () => {
  const user = showing({ ...platypus, consentExpiresAt: "2027-03-01T12:00:00Z" });
  await user.click((await card(platypus)).getByTestId("item-health"));
  const details = await byId("item-details");
  expect(details).toHaveTextContent("Last checked2 h ago");
  expect(details).toHaveTextContent("works as usual");
  expect(details).toHaveTextContent("until Mar 1, 2027");
  expect(details).toHaveTextContent("item-platypus");
});

it("opens an invitation for the customer", async () => {
  const user = showing(platypus);
  await user.click((await card(platypus)).getByTestId("item-menu"));
  await user.click(await byId("item-menu-invite"));
  expect(await screen.findByRole("dialog")).toHaveTextContent("Send to a customer");
});
