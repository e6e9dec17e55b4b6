import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { paced } from "./paced";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("acts at once, then at most once in the gap, and always after the last call", async () => {
  const act = vi.fn(() => Promise.resolve());
  const call = paced(act, 500);
  call();
  expect(act).toHaveBeenCalledTimes(1);
  // A call every 10 ms for two seconds.
  for (let at = 0; at < 200; at += 1) {
    await vi.advanceTimersByTimeAsync(10);
    call();
  }
  expect(act.mock.calls.length).toBeLessThanOrEqual(5);
  const before = act.mock.calls.length;
  await vi.advanceTimersByTimeAsync(500);
  expect(act).toHaveBeenCalledTimes(before + 1);
  await vi.advanceTimersByTimeAsync(5000);
  expect(act).toHaveBeenCalledTimes(before + 1);
});

it("never acts beside itself, and goes on after a failure", async () => {
  let fail: (reason: Error) => void = () => {};
  const act = vi.fn(() => new Promise<void>((_, reject) => (fail = reject)));
  const call = paced(act, 500);
  call();
  call();
  await vi.advanceTimersByTimeAsync(5000);
  expect(act).toHaveBeenCalledTimes(1);
  fail(new Error("lost"));
  await vi.advanceTimersByTimeAsync(0);
  expect(act).toHaveBeenCalledTimes(2);
});
