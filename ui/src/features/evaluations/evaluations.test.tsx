import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { EvaluationView } from "../../api/signal";
import { answer, evaluation, failedEvaluation, review } from "../../test/evaluations";
import { type FakeShell, failing, fakeShell, later } from "../../test/fakeShell";
import { activityPage } from "../../test/outcomes";
import { byId, ifThere, openScreen, press } from "../../test/render";

let shell: FakeShell;

async function fillIn(amount: string) {
  const user = await openScreen("evaluate");
  await press(user, "evaluate-account");
  await user.click(await screen.findByRole("option", { name: /Plaid Checking/ }));
  await user.type(await byId("evaluate-amount"), amount);
  return user;
}

describe("evaluating", () => {
  it("evaluates once, shows that it waits, and shows the result", async () => {
    const asked = later<EvaluationView>();
    const answered = evaluation("debit-1", {
      answer: answer({ result: "reroute", internalNote: "Not enough money" }),
    });
    shell = fakeShell("demo", { evaluate: () => asked.promise, evaluation: () => answered });
    const user = await fillIn("1234.50");
    await user.dblClick(await byId("evaluate-submit"));
    expect(shell.callsOf("evaluate").map(({ args }) => args.request)).toEqual([
      {
        accountId: "item-platypus-0000",
        amount: "1234.50",
        rulesetKey: null,
        clientTransactionId: null,
        isRecurring: null,
        defaultPaymentMethod: null,
        clientUserId: null,
        user: null,
        device: null,
        purpose: null,
      },
    ]);
    expect(await byId("evaluate-submit")).toBeDisabled();
    expect(screen.getByText(/Writing the question down/)).toBeVisible();
    asked.resolve(answered);
    const result = await byId("evaluation-result");
    expect(result).toHaveAttribute("data-result", "reroute");
    expect(result).toHaveTextContent("REROUTE");
    expect(await byId("evaluation-reason")).toHaveTextContent("Because: Not enough money.");
    expect(await byId("evaluation-request-id")).toHaveTextContent("eYupqX1mZkEuQRx");
  });

  it.each([
    ["1,234.50", "amount", "evaluate-amount"],
    ["0", "amount", "evaluate-amount"],
    ["5", "clientTransactionId", "evaluate-ctid"],
    ["5", "rulesetKey", "evaluate-ruleset"],
  ])(
    "says at the field what is wrong (%s, %s) and keeps what was typed",
    async (amount, field, testId) => {
      shell = fakeShell("demo", {
        evaluate: failing({ kind: "invalidInput", message: "Not like this.", field }),
      });
      const user = await fillIn(amount);
      await user.click(await byId("evaluate-submit"));
      await waitFor(async () =>
        expect(await byId(testId)).toHaveAccessibleDescription(/Not like this\./),
      );
      expect(await byId("evaluate-amount")).toHaveValue(amount);
      expect(ifThere("problem")).toBeNull();
    },
  );

  it("keeps the evaluation when the user opens another screen", async () => {
    const asked = later<EvaluationView>();
    shell = fakeShell("demo", {
      evaluate: () => asked.promise,
      evaluation: () => evaluation("debit-1"),
    });
    const user = await fillIn("20");
    await press(user, "evaluate-submit", "nav-settings", "nav-evaluate");
    expect(await byId("evaluate-submit")).toBeDisabled();
    expect(await byId("evaluate-amount")).toHaveValue("20");
    asked.resolve(evaluation("debit-1"));
    await byId("evaluation-result");
  });

  it("shows a rejection by Plaid and retries with the same id", async () => {
    shell = fakeShell("demo", {
      evaluate: () => failedEvaluation,
      evaluation: () => failedEvaluation,
      evaluation_ask_again: () => evaluation(failedEvaluation.clientTransactionId),
    });
    const user = await fillIn("20");
    await user.click(await byId("evaluate-submit"));
    expect(await byId("problem")).toHaveTextContent("sign in again");
    expect(await byId("evaluate-amount")).toHaveValue("20");
    await user.click(await byId("evaluation-ask-again"));
    await byId("evaluation-result");
    expect(shell.callsOf("evaluation_ask_again")[0]?.args).toEqual({
      clientTransactionId: "debit-2026-0119",
    });
  });

  it("offers linking when no account can be debited", async () => {
    shell = fakeShell("demo", { items_view: () => ({ items: [], totals: [] }) });
    await openScreen("evaluate");
    expect(await screen.findByText("No account to debit yet")).toBeVisible();
  });
});

describe("one evaluation", () => {
  async function openDetail(shown: EvaluationView) {
    shell = fakeShell("demo", {
      activity_page: ({ request }) => activityPage([shown], request),
      evaluation: () => shown,
    });
    const user = await openScreen("activity");
    await user.click(within(await byId("activity-row")).getByRole("button"));
    await byId("evaluation-detail");
    return user;
  }

  it("shows scores, warnings, the action key, and null as not reported", async () => {
    await openDetail(
      evaluation("one", { answer: { ...answer(review.answer ?? {}), availableBalance: null } }),
    );
    expect(screen.getByText("34")).toBeVisible();
    expect(await byId("evaluation-warnings")).toHaveTextContent("could not be asked");
    expect(await byId("evaluation-action-key")).toHaveTextContent("3-day-hold");
    expect(await byId("evaluation-balances")).toHaveTextContent("Availablenot reported");
  });

  it("shows an unknown result as Plaid sent it", async () => {
    await openDetail(
      evaluation("one", { answer: answer({ result: "other", resultText: "HOLD" }) }),
    );
    expect(await byId("evaluation-result")).toHaveTextContent("HOLD");
    expect(await byId("evaluation-result")).toHaveAttribute("data-result", "other");
  });

  it("records a decision once, as typed", async () => {
    const user = await openDetail(evaluation("one"));
    const saved = later<EvaluationView>();
    shell.answer("decision_record", () => saved.promise);
    await user.click(await byId("decision-say-more"));
    expect(await byId("decision-initiated-yes")).toBeChecked();
    await user.type(await byId("decision-days"), "3");
    await user.click(await byId("decision-outcome"));
    await user.click(await screen.findByRole("option", { name: "Approved" }));
    await user.dblClick(await byId("decision-save"));
    expect(shell.callsOf("decision_record").map(({ args }) => args.decision)).toEqual([
      {
        clientTransactionId: "one",
        initiated: true,
        daysFundsOnHold: "3",
        decisionOutcome: "APPROVE",
        paymentMethod: null,
        amountInstantlyAvailable: null,
      },
    ]);
    const recorded = { ...evaluation("one"), decision: review.decision };
    shell.answer("evaluation", () => recorded);
    saved.resolve(recorded);
    expect(await byId("decision-delivery")).toHaveAttribute("data-state", "delivered");
  });

  it("shows problems with a decision and a return at their fields", async () => {
    const user = await openDetail(evaluation("one"));
    shell.answer(
      "decision_record",
      failing({ kind: "invalidInput", message: "0 to 365 days.", field: "daysFundsOnHold" }),
    );
    shell.answer(
      "return_record",
      failing({ kind: "invalidInput", message: "Not in the future.", field: "returnedOn" }),
    );
    await user.click(await byId("decision-otherwise"));
    await user.type(await byId("decision-days"), "-1");
    await user.click(await byId("decision-save"));
    await waitFor(async () =>
      expect(await byId("decision-days")).toHaveAccessibleDescription(/0 to 365 days\./),
    );
    await user.click(await byId("return-code"));
    await user.click(await screen.findByRole("option", { name: /R01/ }));
    expect(screen.getByText("The available balance did not cover the debit.")).toBeVisible();
    await user.type(await byId("return-date"), "2030-01-01");
    await user.click(await byId("return-save"));
    await waitFor(async () =>
      expect(await byId("return-date")).toHaveAccessibleDescription("Not in the future."),
    );
    expect(shell.callsOf("return_record")[0]?.args.returned).toEqual({
      clientTransactionId: "one",
      returnCode: "R01",
      returnedOn: "2030-01-01",
    });
  });

  it("shows waiting reports, and retries now", async () => {
    const user = await openDetail(review);
    const waiting = await byId("return-delivery");
    expect(waiting).toHaveAttribute("data-state", "waiting");
    expect(waiting).toHaveTextContent("no network");
    await user.click(await byId("deliver-now"));
    expect(shell.callsOf("deliver_now")).toHaveLength(1);
  });
});
