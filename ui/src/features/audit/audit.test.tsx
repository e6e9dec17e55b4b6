import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { review } from "../../test/evaluations";
import { fakeShell } from "../../test/fakeShell";
import { auditView } from "../../test/outcomes";
import { byId, ifThere, openScreen, press } from "../../test/render";

async function openDetail(answers = {}) {
  const shell = fakeShell("demo", { evaluation: () => review, ...answers });
  const user = await openScreen("activity");
  const [row] = await screen.findAllByTestId("activity-row");
  await user.click(row?.querySelector("button") as HTMLElement);
  await byId("audit");
  return { shell, user };
}

describe("the audit", () => {
  it("shows times, HTTP exchanges, and reports", async () => {
    const { user } = await openDetail();
    expect(await byId("audit-events")).toHaveTextContent("Plaid answered");
    await user.click(await byId("audit-wire"));
    expect(await byId("audit-request")).toHaveTextContent('"access_token": "[left out]"');
    expect(await byId("audit-answer")).toHaveTextContent("request_id");
    expect(await byId("audit-reports")).toHaveTextContent("funds held 3 days");
    expect(await byId("audit-reports")).toHaveTextContent("R01 Insufficient funds");
  });

  it("says when no HTTP exchange was stored", async () => {
    const { user } = await openDetail({ audit: () => [auditView(review, { exchanges: [] })] });
    await user.click(await byId("audit-wire"));
    expect(await byId("audit-no-wire")).toBeVisible();
  });

  it("prints one evaluation, and a selection", async () => {
    const print = vi.spyOn(window, "print").mockImplementation(() => {});
    const { user } = await openDetail();
    await user.click(await byId("audit-print"));
    const sheet = await byId("audit-sheet");
    expect(sheet).toHaveTextContent("$1,234.50 from Ada Lovelace");
    expect(sheet).toHaveTextContent("Decision of");
    expect(within(sheet).getByRole("heading", { level: 1, hidden: true })).toHaveTextContent(
      /^Evaluation, printed .+, Demo \(practice data\)$/,
    );
    await waitFor(() => expect(print).toHaveBeenCalledTimes(1));
    window.dispatchEvent(new Event("afterprint"));
    await waitFor(() => expect(ifThere("audit-sheet")).toBeNull());
    await press(user, "activity-back", "activity-select-all", "audit-print-selected");
    expect(await byId("audit-sheet")).toHaveTextContent("4 evaluations");
    await waitFor(() => expect(print).toHaveBeenCalledTimes(2));
    print.mockRestore();
  });
});
