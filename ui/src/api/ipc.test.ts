import { mockIPC } from "@tauri-apps/api/mocks";
import { expect, it } from "vitest";
import type { Problem } from "./problem";
import { start } from "./ipc";

it("lets a problem of the desk through as it is", async () => {
  const problem: Problem = { kind: "network", message: "No network.", action: { kind: "retry" } };
  mockIPC(() => {
    throw problem;
  });
  await expect(start.status()).rejects.toEqual(problem);
});

it("makes a problem of anything else", async () => {
  mockIPC(() => {
    throw "command app_status not found";
  });
  await expect(start.status()).rejects.toEqual({
    kind: "internal",
    message: "Balance Desk itself failed: command app_status not found",
  });
});
