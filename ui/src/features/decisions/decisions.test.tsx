import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import type { DeliveriesView, DueRow } from "../../api/decisions";
import {
  decisionWith,
  deliveries,
  due,
  dueAnswers,
  onItsWay,
  refusedDelivery,
  waitingDelivery,
  writtenFile,
} from "../../test/decisions";
import { evaluation } from "../../test/evaluations";
import { failing, fakeShell, later } from "../../test/fakeShell";
import { byId, ifThere, openScreen, press } from "../../test/render";

const deskWith = (rows: DueRow[]) => fakeShell("demo", dueAnswers(rows));

const openDue = () => openScreen("decisions");

const heads = () =>
  screen.getAllByTestId("due-row").map((row) => within(row).getAllByRole("button")[0]);

it("records decisions one after another by keyboard", async () => {
  const shell = deskWith([due("one"), due("two"), due("three")]);
  const user = await openDue();
  await screen.findAllByTestId("due-row");
  expect(await byId("decisions-due")).toHaveTextContent("3");
  heads()[0]?.focus();
  await user.keyboard("{ArrowDown}");
  expect(heads()[1]).toHaveFocus();
  await user.keyboard("{ArrowUp}{Enter}");
  await waitFor(async () => expect(await byId("decision-initiated-yes")).toHaveFocus());
  // Initiate the first debit and not the second.
  await user.keyboard("y{Enter}");
  await waitFor(() => expect(screen.getAllByTestId("due-row")).toHaveLength(2));
  await waitFor(async () => expect(await byId("decision-initiated-yes")).toHaveFocus());
  await user.keyboard("n");
  expect(await byId("decision-initiated-no")).toHaveFocus();
  await user.keyboard("{Enter}");
  await waitFor(() => expect(screen.getAllByTestId("due-row")).toHaveLength(1));
  expect(
    shell
      .callsOf("decision_record")
      .map(({ args }) => [args.decision.clientTransactionId, args.decision.initiated]),
  ).toEqual([
    ["one", true],
    ["two", false],
  ]);
  await waitFor(async () => expect(await byId("decision-initiated-yes")).toHaveFocus());
  await user.keyboard("{Escape}");
  expect(ifThere("decision-save")).toBeNull();
  expect(heads()[0]).toHaveFocus();
});

it("shows a problem at its field, and keeps the input and the row", async () => {
  const shell = deskWith([due("one")]);
  const user = await openDue();
  await screen.findAllByTestId("due-row");
  shell.answer(
    "decision_record",
    failing({
      kind: "invalidInput",
      message: "At most 1234.5.",
      field: "amountInstantlyAvailable",
    }),
  );
  await user.click(heads()[0] as HTMLElement);
  await user.click(await byId("decision-save"));
  expect(screen.getByText("Say whether the debit is initiated.")).toBeVisible();
  await user.click(await byId("decision-initiated-yes"));
  await user.type(await byId("decision-amount"), "9999");
  await user.click(await byId("decision-save"));
  await waitFor(async () =>
    expect(await byId("decision-amount")).toHaveAccessibleDescription(/At most 1234\.5\./),
  );
  expect(await byId("decision-amount")).toHaveValue("9999");
  expect(screen.getAllByTestId("due-row")).toHaveLength(1);
});

it("presets the first question when the facts decide it, and says why", async () => {
  deskWith([due("one", { reason: "returned", returnCode: "R01", result: "reroute" })]);
  const user = await openDue();
  const row = await byId("due-row");
  expect(row).toHaveTextContent("Returned, but not known as initiated");
  await user.click(heads()[0] as HTMLElement);
  expect(await byId("decision-initiated-yes")).toBeChecked();
  expect(row).toHaveTextContent("it was initiated");
});

it("filters by customer", async () => {
  const shell = deskWith([due("one"), due("two", { personName: "Grace Hopper" })]);
  const user = await openDue();
  await screen.findAllByTestId("due-row");
  await user.click(await byId("due-person"));
  await user.click(await screen.findByRole("option", { name: "Grace Hopper (1)" }));
  await waitFor(() => expect(screen.getAllByTestId("due-row")).toHaveLength(1));
  expect(shell.callsOf("decisions_due").at(-1)?.args.query.person).toBe("Grace Hopper");
});

it("shows an empty state when no decision is due", async () => {
  deskWith([]);
  await openDue();
  expect(await screen.findByText("No decision is due")).toBeVisible();
  expect(ifThere("decisions-due")).toBeNull();
});

it("records an override at once, and opens the form", async () => {
  const shown = evaluation("one");
  const shell = fakeShell("demo", { evaluation: () => shown, debit_mark: () => null });
  const user = await openScreen("activity");
  const [row] = await screen.findAllByTestId("activity-row");
  await user.click(within(row as HTMLElement).getByRole("button"));
  await user.click(await byId("decision-otherwise"));
  expect(shell.callsOf("debit_mark")[0]?.args).toEqual({
    clientTransactionId: "one",
    initiated: false,
  });
  expect(await byId("decision-initiated-no")).toBeChecked();
});

async function openDelivery(view: DeliveriesView, answers: Parameters<typeof fakeShell>[1] = {}) {
  const shell = fakeShell("demo", { deliveries: () => view, ...answers });
  const user = await openScreen("decisions");
  await press(user, "tab-delivery");
  return { shell, user };
}

it("corrects a rejected report in its form, below the reason", async () => {
  const refused = evaluation("debit-7", { decision: decisionWith(refusedDelivery) });
  const mended = later();
  const { shell, user } = await openDelivery(deliveries(), {
    evaluation: () => refused,
    report_history: () => ({ decisions: [refused.decision], returns: [] }),
    decision_record: () => mended.promise,
  });
  await user.click(await byId("delivery-mend"));
  expect(await byId("decision-delivery")).toHaveAttribute("data-state", "refused");
  expect(await byId("decision-days")).toHaveValue("3");
  await user.clear(await byId("decision-days"));
  await user.type(await byId("decision-days"), "5");
  await user.click(await byId("decision-save"));
  expect(shell.callsOf("decision_record")[0]?.args.decision.daysFundsOnHold).toBe("5");
});

it("skips a rejected report only after confirmation", async () => {
  const { shell, user } = await openDelivery(deliveries(), { delivery_leave_out: () => null });
  await press(user, "delivery-leave-out", "confirm-cancel");
  expect(shell.callsOf("delivery_leave_out")).toHaveLength(0);
  await press(user, "delivery-leave-out", "confirm-ok");
  expect(shell.callsOf("delivery_leave_out").map(({ args }) => args)).toEqual([{ deliveryId: 7 }]);
});

it("shows waiting reports with the reason, and retries now", async () => {
  const rows = [
    onItsWay(1, { kind: "decision", decision: decisionWith(waitingDelivery) }),
    {
      ...onItsWay(2, { kind: "decision", decision: decisionWith(waitingDelivery) }),
      sending: true,
    },
  ];
  const { shell, user } = await openDelivery(
    deliveries({ waiting: rows, waitingCount: 2, refused: [], refusedCount: 0 }),
  );
  expect(await byId("delivery-summary")).toHaveTextContent("2 reports wait");
  expect(screen.getAllByTestId("problem")).toHaveLength(1);
  const shown = screen.getAllByTestId("delivery-row");
  expect(shown[0]).toHaveTextContent("2 tries so far");
  expect(shown[1]).toHaveTextContent("Being sent");
  await user.click(await byId("delivery-try-now"));
  expect(shell.callsOf("deliver_now")).toHaveLength(1);
});

it("writes Plaid's files and marks imported ones", async () => {
  const { shell, user } = await openDelivery(deliveries({ files: [writtenFile] }), {
    export_pick: () => ({ path: "/home/ada/plaid-returns.csv", rows: 4 }),
    report_file_filed: () => null,
  });
  await user.click(await byId("file-write"));
  await user.click(screen.getByRole("radio", { name: "Returns" }));
  await user.click(await byId("file-recorded"));
  const from = await byId("file-from");
  await user.clear(from);
  await user.type(from, "2026-11-01");
  await user.clear(await byId("file-to"));
  await user.type(await byId("file-to"), "2026-10-01");
  expect(screen.getByText("It is before the first day.")).toBeVisible();
  await user.click(await byId("file-write"));
  await user.clear(await byId("file-to"));
  await user.type(await byId("file-to"), "2026-11-30");
  await user.click(await byId("file-write"));
  await waitFor(() =>
    expect(shell.callsOf("export_pick").map(({ args }) => args)).toEqual([
      {
        what: { kind: "reports", reports: "decisions", scope: { which: "undelivered" } },
        format: "csv",
      },
      {
        what: {
          kind: "reports",
          reports: "returns",
          scope: { which: "recorded", from: "2026-11-01", to: "2026-11-30" },
        },
        format: "csv",
      },
    ]),
  );
  await press(user, "file-filed", "confirm-ok");
  expect(shell.callsOf("report_file_filed").map(({ args }) => args)).toEqual([{ fileId: 3 }]);
});
