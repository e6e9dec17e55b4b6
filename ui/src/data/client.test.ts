import { act, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { itemsView, listOf } from "../test/accounts";
import { fakeShell } from "../test/fakeShell";
import { byId, renderApp } from "../test/render";

it("does not read the list for every event of a refresh, and reads it after the last", async () => {
  const shell = fakeShell("demo");
  renderApp();
  await byId("item-item-platypus");
  const reads = () => shell.callsOf("accounts_list").length;
  const [before, began] = [reads(), performance.now()];
  for (let event = 0; event < 50; event += 1) {
    await act(() => shell.tell({ kind: "itemsChanged" }));
  }
  expect(reads() - before).toBeLessThanOrEqual(1 + (performance.now() - began) / 500);
  const list = listOf(itemsView);
  const rows = list.rows.map((row) => ({ ...row, ownName: "As it is now" }));
  shell.answer("accounts_list", () => ({ ...list, rows }));
  await act(() => shell.tell({ kind: "itemsChanged" }));
  const [shown] = await screen.findAllByText("As it is now", {}, { timeout: 5000 });
  expect(shown).toBeVisible();
});
