import { mockIPC } from "@tauri-apps/api/mocks";
import { expect, it } from "vitest";
import type { Problem } from "./problem";
import { commands } from "./commands";

it("lets a problem of the desk through as it is", async () => {
  const problem: Problem = { kind: "network", message: "No network.", action: { kind: "retry" } };
  mockIPC(() => {
    throw problem;
  });
  await expect(commands.appStatus()).rejects.toEqual(problem);
});

it("makes a problem of anything else", async () => {
  mockIPC(() => {
    throw "command app_status not found";
  });
  await expect(commands.appStatus()).rejects.toEqual({
    kind: "internal",
    message: "Balance Desk itself failed: command app_status not found",
  });
});
