import { act, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { fakeShell } from "../test/fakeShell";
import { byId, renderApp } from "../test/render";

it("does not read the list for every event of a refresh, and reads it after the last", async () => {
  const shell = fakeShell("demo");
  renderApp();
  await byId("item-item-platypus");
  const before = shell.callsOf("accounts_list").length;
  for (let event = 0; event < 50; event += 1) {
    await act(() => shell.tell({ kind: "itemsChanged" }));
  }
  expect(shell.callsOf("accounts_list").length).toBeLessThanOrEqual(before + 1);
  await waitFor(() => expect(shell.callsOf("accounts_list").length).toBe(before + 2));
});
