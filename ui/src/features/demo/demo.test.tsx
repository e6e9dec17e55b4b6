import { screen, waitFor, within } from "@testing-library/react";
import type userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { DemoChange, DemoView } from "../../api/demo";
import { demoView } from "../../test/data";
import { type FakeShell, failing, fakeShell } from "../../test/fakeShell";
import { byId, ifThere, openScreen, press, renderApp } from "../../test/render";
import { attemptsBeforeFault, changedSettings, spanWords } from "./words";

type User = ReturnType<typeof userEvent.setup>;

let shell: FakeShell;

/** Opens the Demo screen; every change returns `after`. */
async function openDemo(before: DemoView, after: DemoView = before): Promise<User> {
  shell = fakeShell("demo", { demo_view: () => before, demo_change: () => after });
  const user = await openScreen("demo");
  await byId("demo-fail-set");
  return user;
}

const changes = (): DemoChange[] =>
  shell.callsOf("demo_change").map(({ args }) => args.change as DemoChange);

async function choose(user: User, testId: string, words: string) {
  await user.click(await byId(testId));
  await user.click(await screen.findByRole("option", { name: words }));
}

it("exists only in the Demo", async () => {
  shell = fakeShell("sandbox");
  renderApp();
  await byId("nav-settings");
  expect(ifThere("nav-demo")).toBeNull();
  expect(shell.callsOf("demo_view")).toEqual([]);
});

it("says when all settings are default, and lists the ones that aren't", async () => {
  await openDemo(demoView());
  expect(await byId("demo-summary")).toHaveTextContent("Everything is as usual.");
  expect(ifThere("demo-count")).toBeNull();
});

it("shows the number of changed settings in the navigation", async () => {
  shell = fakeShell("demo", { demo_view: () => demoView({ limits: "production" }) });
  renderApp();
  expect(await byId("demo-count")).toHaveAttribute("data-count", "1");
  expect(await byId("nav-demo")).toHaveAccessibleName(
    "Demo. Set now: Production rate limits are on",
  );
});

describe("simulated failures", () => {
  const pending = demoView({
    faults: [
      { path: "/accounts/balance/get", call: "liveBalances", fault: "rate_limit", times: 3 },
    ],
  });

  it("are set as often as needed to see them, and are listed while pending", async () => {
    const user = await openDemo(demoView(), pending);
    await choose(user, "demo-fail-fault", "Rate limit (HTTP 429)");
    expect(await byId("demo-fail-words")).toHaveTextContent("tries 3 times");
    await user.click(await byId("demo-fail-set"));
    expect(await byId("demo-fault")).toHaveTextContent(
      "Read live balances: Rate limit (HTTP 429), 3 calls",
    );
    expect(changes()).toEqual([
      { kind: "fail", call: "liveBalances", fault: "rate_limit", times: 3 },
    ]);
  });

  it("are cleared", async () => {
    const user = await openDemo(pending, demoView());
    await user.click(await byId("demo-clear"));
    await waitFor(() => expect(ifThere("demo-pending")).toBeNull());
    expect(changes()).toEqual([{ kind: "clearFaults" }]);
  });

  it("show an invalid number at its field", async () => {
    const user = await openDemo(demoView());
    shell.answer(
      "demo_change",
      failing({ kind: "invalidInput", message: "Choose from 1 to 100 calls.", field: "times" }),
    );
    await user.click(await byId("demo-fail-set"));
    expect(await screen.findByText("Choose from 1 to 100 calls.")).toBeVisible();
    expect(ifThere("problem")).toBeNull();
  });

  it("show a rejection by the Demo's bank", async () => {
    const user = await openDemo(demoView());
    shell.answer(
      "demo_change",
      failing({ kind: "demo", message: "The Demo's bank cannot be set: it refuses: no." }),
    );
    await user.click(await byId("demo-fail-set"));
    expect(await byId("problem")).toHaveTextContent("it refuses: no.");
  });
});

it("puts an Item into an error, and repairs it", async () => {
  const [item] = demoView().items;
  const broken = demoView({
    items: [{ ...(item as DemoView["items"][number]), code: "ITEM_LOGIN_REQUIRED" }],
  });
  const user = await openDemo(demoView({ items: demoView().items.slice(0, 1) }), broken);
  await choose(user, "demo-item-state", "Login required");
  expect(await byId("demo-item")).toHaveTextContent("ITEM_LOGIN_REQUIRED");
  await choose(user, "demo-item-state", "Well");
  expect(changes()).toEqual([
    { kind: "item", itemId: "item-platypus", trouble: "ITEM_LOGIN_REQUIRED" },
    { kind: "item", itemId: "item-platypus", trouble: null },
  ]);
});

it("shows an unknown state by its code", async () => {
  const [item] = demoView().items;
  await openDemo(
    demoView({ items: [{ ...(item as DemoView["items"][number]), code: "ODD_STATE" }] }),
  );
  expect(await byId("demo-item-state")).toHaveValue("ODD_STATE");
});

it("sets an institution down", async () => {
  const user = await openDemo(demoView());
  await choose(user, "demo-health-ins_109508", "Down");
  expect(changes()).toEqual([{ kind: "institution", institutionId: "ins_109508", health: "down" }]);
});

it("collapses institutions that are neither linked nor changed", async () => {
  const user = await openDemo(demoView());
  expect(ifThere("demo-health-ins_132361")).toBeNull();
  await user.click(await byId("demo-institutions-more"));
  expect(await byId("demo-health-ins_132361")).toHaveValue("Down");
});

describe("latency of live balances", () => {
  it("is set by a preset or in seconds", async () => {
    const user = await openDemo(demoView());
    const chosen = within(await byId("demo-latency"));
    await user.click(chosen.getByText("Always the same"));
    const seconds = await byId("demo-latency-seconds");
    await user.clear(seconds);
    await user.type(seconds, "2.5");
    await user.click(await byId("demo-latency-set"));
    await user.click(chosen.getByText("At once"));
    expect(changes()).toEqual([
      { kind: "latency", latency: { kind: "fixed", millis: 2500 } },
      { kind: "latency", latency: { kind: "instant" } },
    ]);
  });
});

it("turns Plaid's rate limits on", async () => {
  const user = await openDemo(demoView());
  await user.click(within(await byId("demo-limits")).getByText("Production"));
  expect(changes()).toEqual([{ kind: "limits", limits: "production" }]);
});

it("moves the clock forward and shows its time", async () => {
  const user = await openDemo(demoView(), demoView({ aheadSeconds: 4 * 3600 }));
  expect(await byId("demo-clock")).toHaveTextContent("as here");
  await user.click(await byId("demo-clock-14400"));
  await waitFor(() => expect(ifThere("demo-clock")).toHaveTextContent("4 hours ahead"));
  expect(changes()).toEqual([{ kind: "clock", advanceSeconds: 14400 }]);
});

it("resets after confirmation", async () => {
  const user = await openDemo(demoView({ limits: "sandbox" }));
  shell.answer("demo_reset", () => demoView());
  await press(user, "demo-reset", "confirm-ok");
  await waitFor(() => expect(ifThere("demo-summary")).toHaveTextContent("Everything is as usual."));
  expect(ifThere("confirm-ok")).toBeNull();
});

it("links to the screen that shows an effect", async () => {
  const user = await openDemo(demoView());
  await user.click(screen.getByRole("button", { name: "Go there" }));
  await byId("item-item-platypus");
});

it("offers a reset when the Demo's bank doesn't answer", async () => {
  shell = fakeShell("demo", {
    demo_view: failing({
      kind: "demo",
      message: "The Demo's bank cannot be set: it does not answer.",
      action: { kind: "retry" },
    }),
    demo_reset: () => demoView(),
  });
  const user = await openScreen("demo");
  expect(await byId("problem")).toHaveTextContent("does not answer");
  await press(user, "demo-reset", "confirm-ok");
  await byId("demo-fail-set");
  expect(ifThere("problem")).toBeNull();
});

describe("words", () => {
  it("format a duration to the minute", () => {
    expect(spanWords(30)).toBe("1 minute");
    expect(spanWords(1800)).toBe("30 minutes");
    expect(spanWords(90_000)).toBe("1 day 1 hour");
  });

  it("list changed settings except latency", () => {
    const view = demoView({ latency: { kind: "instant" }, aheadSeconds: 3600 });
    expect(changedSettings(view)).toEqual(["the clock is 1 hour ahead"]);
  });

  it("know which calls Balance Desk retries", () => {
    expect(attemptsBeforeFault("liveBalances", "rate_limit")).toBe(3);
    expect(attemptsBeforeFault("liveBalances", "answer_lost")).toBe(1);
    expect(attemptsBeforeFault("checkItem", "unavailable")).toBe(3);
    expect(attemptsBeforeFault("evaluate", "rate_limit")).toBe(1);
  });
});
