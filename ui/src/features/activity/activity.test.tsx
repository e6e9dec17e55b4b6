import { screen, waitFor, within } from "@testing-library/react";
import type userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { evaluation } from "../../test/evaluations";
import { type FakeShell, failing, fakeShell } from "../../test/fakeShell";
import { activityPage, manyEvaluations } from "../../test/outcomes";
import { byId, openScreen, press } from "../../test/render";

let shell: FakeShell;

async function openActivity(): Promise<ReturnType<typeof userEvent.setup>> {
  shell = fakeShell("demo");
  const user = await openScreen("activity");
  await screen.findAllByTestId("activity-row");
  return user;
}

const lastFilter = () => shell.callsOf("activity_page").at(-1)?.args.request.filter;

describe("activity", () => {
  it("shows result, decision, return and delivery", async () => {
    await openActivity();
    const row = screen
      .getAllByTestId("activity-row")
      .find((one) => one.dataset.transaction === "debit-2026-0117");
    expect(row).toHaveTextContent("$1,234.50");
    expect(row).toHaveTextContent("REVIEW");
    expect(row).toHaveTextContent("initiateddelivered");
    expect(row).toHaveTextContent("R01, Nov 23, 2026waiting");
    expect(await byId("activity-count")).toHaveTextContent("4 evaluations, $1,385.50");
  });

  it("sends search and filters to the desk", async () => {
    const user = await openActivity();
    await user.type(await byId("activity-search"), "grace");
    await waitFor(() => expect(screen.getAllByTestId("activity-row")).toHaveLength(1));
    expect(await byId("activity-count")).toHaveTextContent("1 evaluation of 4");
    await user.clear(await byId("activity-search"));
    await user.click(await byId("activity-result"));
    await user.click(await screen.findByRole("option", { name: "Reroute" }));
    await waitFor(() => expect(screen.getAllByTestId("activity-row")).toHaveLength(1));
    expect(lastFilter().results).toEqual(["reroute"]);
    await user.type(await byId("activity-search"), "nothing like it");
    expect(await screen.findByText("No evaluation matches.")).toBeVisible();
    await user.click(await byId("activity-everything"));
    await waitFor(() => expect(screen.getAllByTestId("activity-row")).toHaveLength(4));
  });

  it("loads the next page at the end of the list, and no more than is visible", async () => {
    const many = manyEvaluations(evaluation("one"), 1_000);
    shell = fakeShell("demo", { activity_page: ({ request }) => activityPage(many, request) });
    await openScreen("activity");
    await screen.findAllByTestId("activity-row");
    expect(await byId("activity-table")).toHaveAttribute("aria-rowcount", "1001");
    expect(screen.getAllByTestId("activity-row").length).toBeLessThan(60);
    expect(shell.callsOf("activity_page").length).toBeLessThan(3);
  });

  it("shows an invalid date at its field", async () => {
    const user = await openActivity();
    shell.answer(
      "activity_page",
      failing({ kind: "invalidInput", message: "Not before the first.", field: "to" }),
    );
    await user.type(await byId("activity-to"), "2026-01-01");
    await waitFor(async () =>
      expect(await byId("activity-to")).toHaveAccessibleDescription("Not before the first."),
    );
  });

  it("opens a row with Enter and returns", async () => {
    const user = await openActivity();
    within(screen.getAllByTestId("activity-row")[0] as HTMLElement)
      .getByRole("button")
      .focus();
    await user.keyboard("{Enter}");
    await byId("evaluation-detail");
    await user.click(await byId("activity-back"));
    await screen.findAllByTestId("activity-row");
  });

  it("exports the selection, or all matches without one", async () => {
    const user = await openActivity();
    shell.answer("export_pick", () => null);
    await press(user, "audit-export", "audit-export-csv");
    expect(shell.callsOf("export_pick")[0]?.args.what.kind).toBe("evaluationsMatching");
    const [first] = screen.getAllByTestId("activity-select");
    await user.click(first as HTMLElement);
    expect(await byId("activity-selected")).toHaveTextContent("1 selected");
    await press(user, "audit-export", "audit-export-json");
    expect(shell.callsOf("export_pick")[1]?.args).toEqual({
      what: { kind: "evaluations", clientTransactionIds: ["debit-2026-0120"] },
      format: "json",
    });
  });

  it("shows an empty state without evaluations", async () => {
    shell = fakeShell("demo", { activity_page: ({ request }) => activityPage([], request) });
    await openScreen("activity");
    expect(await screen.findByText("Nothing was evaluated yet")).toBeVisible();
  });
});
