import { screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { itemsView, listOf } from "../test/accounts";
import { status } from "../test/data";
import { fakeShell } from "../test/fakeShell";
import { byId, ifThere, renderApp } from "../test/render";

// React writes what a boundary has caught to the console, too.
beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => {}));

const broken = { ...listOf(itemsView), rows: null };

it("keeps an error to its screen, says so, and tries again with new data", async () => {
  const shell = fakeShell("demo", { accounts_list: () => broken });
  const user = renderApp();
  expect(await byId("failed")).toHaveTextContent("This screen cannot be shown");
  await user.click(await byId("failed-copy"));
  await screen.findByText("Copied");
  const copied = await navigator.clipboard.readText();
  expect(copied).toMatch(/TypeError: .*\n/);
  await user.click(await byId("failed-details"));
  expect(screen.getByText(/^TypeError: /)).toBeVisible();

  shell.answer("accounts_list", () => listOf(itemsView));
  await user.click(await byId("failed-again"));
  await byId("item-item-platypus");
  expect(ifThere("failed")).toBeNull();
});

it("leaves the other screens as they are", async () => {
  fakeShell("demo", { accounts_list: () => broken });
  const user = renderApp();
  await byId("failed");
  await user.click(await byId("nav-settings"));
  await byId("settings-app-name");
  expect(ifThere("failed")).toBeNull();
});

it("says it in the window where all of it failed", async () => {
  const shell = fakeShell(null, { app_status: () => ({ ...status(null), secretStore: null }) });
  const user = renderApp();
  expect(await byId("failed")).toHaveTextContent("The window cannot be shown");
  shell.answer("app_status", () => status("demo"));
  await user.click(await byId("failed-again"));
  await waitFor(() => expect(ifThere("failed")).toBeNull());
  await byId("item-item-platypus");
});
