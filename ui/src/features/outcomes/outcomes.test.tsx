import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { OutcomesView } from "../../api/outcomes";
import { type FakeShell, failing, fakeShell } from "../../test/fakeShell";
import { counts, outcomesView, rate } from "../../test/outcomes";
import { byId, openScreen, press } from "../../test/render";
import { stackedTops } from "./chartParts";

// jsdom has no canvas.
vi.mock("./MonthsChart", () => ({ default: () => <div data-testid="outcomes-chart" /> }));

let shell: FakeShell;

async function open(view: OutcomesView = outcomesView) {
  shell = fakeShell("demo", { outcomes: () => view });
  const user = await openScreen("outcomes");
  await byId("outcomes");
  return user;
}

describe("outcomes", () => {
  it("shows each Nacha rate next to its threshold, with its parts", async () => {
    await open();
    const unauthorized = await byId("nacha-unauthorized");
    expect(unauthorized).toHaveTextContent("0.81 %");
    expect(unauthorized).toHaveTextContent("Threshold 0.5 %");
    expect(unauthorized).toHaveTextContent("Over the threshold");
    expect(await byId("nacha-overall")).toHaveTextContent("Within the threshold");
    expect(screen.getByText(/preceding 60 days or two calendar months/)).toBeVisible();
    expect(await byId("accept-quality")).toHaveTextContent("2.36 % of what ACCEPT let through");
  });

  it("says when there are too few debits to judge", async () => {
    const [first, ...others] = outcomesView.nacha.rates;
    if (!first) throw new Error("no rate");
    const few = { ...first, rate: rate(1, 12, "8.33"), verdict: "tooFew" as const };
    await open({ ...outcomesView, nacha: { ...outcomesView.nacha, rates: [few, ...others] } });
    expect(await byId("nacha-unauthorized")).toHaveTextContent("12 debits: too few to judge");
    const months = within(await byId("outcomes-months"));
    expect(months.getByText("November 2026").closest("tr")).toHaveTextContent("12: few");
  });

  it("links a number to its rows, and from there to all", async () => {
    const user = await open();
    await user.click(await byId("nacha-unauthorized-returns"));
    await byId("activity-table");
    expect(shell.callsOf("activity_page").at(-1)?.args.request.filter).toMatchObject({
      returned: "returned",
      returnCodes: ["R05", "R07", "R10", "R11", "R29", "R51"],
      returnedFrom: "2026-09-27",
      returnedTo: "2026-11-25",
      from: null,
    });
    expect(screen.getAllByTestId("activity-narrowing")[0]).toHaveTextContent("R05");
    await press(user, "nav-outcomes", "result-reroute-initiated");
    await byId("activity-table");
    expect(shell.callsOf("activity_page").at(-1)?.args.request.filter).toMatchObject({
      results: ["reroute"],
      decided: "initiated",
      from: "2025-12-01",
      to: "2026-11-25",
    });
    // The navigation clears the filter.
    await user.click(await byId("nav-activity"));
    await waitFor(() =>
      expect(shell.callsOf("activity_page").at(-1)?.args.request.filter.results).toEqual([]),
    );
  });

  it("counts other ranges, and shows an invalid date at its field", async () => {
    const user = await open();
    expect(shell.callsOf("outcomes")[0]?.args.range).toEqual({ kind: "last12Months" });
    await user.click(screen.getByRole("radio", { name: "This month" }));
    await waitFor(() =>
      expect(shell.callsOf("outcomes").at(-1)?.args.range).toEqual({ kind: "thisMonth" }),
    );
    await user.click(screen.getByRole("radio", { name: "Own dates" }));
    await waitFor(() =>
      expect(shell.callsOf("outcomes").at(-1)?.args.range).toEqual({
        kind: "own",
        from: "2025-12-01",
        to: "2026-11-25",
      }),
    );
    shell.answer(
      "outcomes",
      failing({ kind: "invalidInput", message: "Not before the first.", field: "to" }),
    );
    fireEvent.change(await byId("outcomes-to"), { target: { value: "2020-01-01" } });
    await waitFor(async () =>
      expect(await byId("outcomes-to")).toHaveAccessibleDescription("Not before the first."),
    );
  });

  it("shows an empty state without evaluations", async () => {
    const nothing = counts({ evaluations: 0 });
    shell = fakeShell("demo", { outcomes: () => ({ ...outcomesView, total: nothing }) });
    const user = await openScreen("outcomes");
    await user.click(await screen.findByRole("radio", { name: "All" }));
    expect(await screen.findByText("Nothing was evaluated yet")).toBeVisible();
  });

  it("stacks the bars without gaps", () => {
    const tops = stackedTops([counts(), counts({ accepted: 0, evaluations: 70 })]);
    expect(tops).toEqual([
      [330, 0],
      [370, 40],
      [390, 60],
      [400, 70],
    ]);
  });
});
