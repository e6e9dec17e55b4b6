import { screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { itemsView, listOf, manyAccounts } from "../../test/accounts";
import { fakeShell } from "../../test/fakeShell";
import { byId, ifThere, press, renderApp, shownById } from "../../test/render";

const print = vi.fn();

beforeEach(() => {
  localStorage.clear();
  print.mockClear();
  vi.stubGlobal("print", print);
});
afterEach(() => void vi.unstubAllGlobals());

const printed = (sheet: HTMLElement) => [...sheet.querySelectorAll("tbody tr")];

it("prints every listed account, drawn in the window or not", async () => {
  const list = manyAccounts(150);
  fakeShell("sandbox", { accounts_list: () => list });
  const user = renderApp();
  // Printing is available once all accounts are loaded.
  const button = await byId("list-print");
  await waitFor(() => expect(button).toBeEnabled());
  await user.click(button);
  const sheet = await byId("print-sheet");
  await waitFor(() => expect(print).toHaveBeenCalledTimes(1));
  expect(printed(sheet)).toHaveLength(list.rows.filter(({ hidden }) => !hidden).length);
  expect(shownById("account-row").length).toBeLessThan(60);
  expect(sheet.parentElement).toBe(document.body);
  expect(sheet).toHaveTextContent(/^Accounts, printed .+, Sandbox \(test banks\)/);
});

it("prints the search results with exact amounts, and closes after printing", async () => {
  fakeShell("demo", { accounts_list: () => listOf(itemsView) });
  const user = renderApp();
  await user.type(await byId("list-search"), "ada");
  await waitFor(() => expect(shownById("account-row")).toHaveLength(6));
  await user.click(await byId("list-print"));
  const sheet = await byId("print-sheet");
  expect(printed(sheet)).toHaveLength(6);
  expect(sheet).toHaveTextContent(/^Accounts, printed .+, Demo \(practice data\)/);
  expect(sheet).toHaveTextContent("First Platypus Bank, Ada Lovelace");
  expect(sheet).toHaveTextContent("$23,631.9805");
  expect(sheet).toHaveTextContent("not reported");
  await waitFor(() => expect(print).toHaveBeenCalledTimes(1));
  window.dispatchEvent(new Event("afterprint"));
  await waitFor(() => expect(ifThere("print-sheet")).toBeNull());
  expect(await byId("list-search")).toHaveValue("ada");
});

it("changes nothing when the user cancels the file dialog", async () => {
  const shell = fakeShell("demo", {
    accounts_list: () => listOf(itemsView),
    export_pick: () => null,
  });
  const user = renderApp();
  await user.type(await byId("list-search"), "ada");
  await waitFor(() => expect(shownById("account-row")).toHaveLength(6));
  const [first] = shownById("account-select");
  await user.click(first as HTMLElement);
  const read = shell.callsOf("accounts_list").length;
  await press(user, "list-export", "list-export-json");
  await waitFor(() => expect(shell.callsOf("export_pick")).toHaveLength(1));
  await waitFor(() =>
    expect(screen.getByTestId("list-export")).not.toHaveAttribute("data-loading"),
  );
  expect(ifThere("export-done")).toBeNull();
  expect(ifThere("export-problem")).toBeNull();
  expect(await byId("list-search")).toHaveValue("ada");
  expect(shownById("account-select")[0]).toBeChecked();
  expect(shell.callsOf("accounts_list")).toHaveLength(read);
});
