import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { ActionKeyView, EvaluationView, RunningEvaluation } from "../../api/signal";
import { ago } from "../../test/data";
import { answer, evaluateFacts, evaluation, review } from "../../test/evaluations";
import { type FakeShell, fakeShell, later } from "../../test/fakeShell";
import { byId, ifThere, openScreen, press } from "../../test/render";

let shell: FakeShell;

async function chooseAccount() {
  const user = await openScreen("evaluate");
  await press(user, "evaluate-account");
  await user.click(await screen.findByRole("option", { name: /Plaid Checking/ }));
  return user;
}

async function showOne(shown: EvaluationView, answers: Record<string, () => unknown> = {}) {
  shell = fakeShell("demo", { evaluate: () => shown, evaluation: () => shown, ...answers });
  const user = await chooseAccount();
  await user.type(await byId("evaluate-amount"), "5");
  await user.click(await byId("evaluate-submit"));
  await byId("evaluation-detail");
  return user;
}

describe("the form", () => {
  it("sends only the fields the user entered", async () => {
    shell = fakeShell("demo", { evaluate: () => review, evaluation: () => review });
    const user = await chooseAccount();
    await user.type(await byId("evaluate-amount"), "12.50");
    await user.type(await byId("evaluate-purpose"), "Rent");
    await user.click(await byId("evaluate-more"));
    expect(await byId("evaluate-client-user-id")).toHaveAttribute("placeholder", "0b6f5a4e-ada");
    await user.click(await byId("evaluate-recurring"));
    await user.click(await screen.findByRole("option", { name: "Yes, one of a series" }));
    await user.click(await byId("evaluate-person"));
    await user.type(await byId("evaluate-givenName"), "Ada");
    await user.click(await byId("evaluate-submit"));
    await byId("evaluation-result");
    const sent = shell.callsOf("evaluate")[0]?.args.request;
    expect(sent).toMatchObject({
      amount: "12.50",
      purpose: "Rent",
      isRecurring: true,
      defaultPaymentMethod: null,
      clientUserId: null,
      device: null,
      user: { givenName: "Ada", familyName: null, phoneNumber: null },
    });
  });

  it("opens the section of a rejected field, and keeps the input", async () => {
    const refusal = { kind: "invalidInput", message: "This is no IP address.", field: "ipAddress" };
    shell = fakeShell("demo", { evaluate: () => Promise.reject(refusal) });
    const user = await chooseAccount();
    await user.type(await byId("evaluate-amount"), "5");
    expect(ifThere("evaluate-ipAddress")).toBeNull();
    await user.click(await byId("evaluate-submit"));
    expect(await screen.findByText("This is no IP address.")).toBeVisible();
    expect(await byId("evaluate-ipAddress")).toBeVisible();
    expect(await byId("evaluate-amount")).toHaveValue("5");
  });

  it("estimates the possible debit, warns above it, and fills it in", async () => {
    shell = fakeShell("demo");
    const user = await chooseAccount();
    const estimate = await byId("evaluate-estimate");
    expect(estimate).toHaveTextContent("Estimate Up to $90.00 could be debited");
    expect(estimate).toHaveTextContent("$100.00, read 1 h ago, less your margin of 10 %");
    await user.type(await byId("evaluate-amount"), "90.01");
    expect(estimate).toHaveTextContent("above the estimate");
    await user.click(await byId("evaluate-fill-estimate"));
    expect(await byId("evaluate-amount")).toHaveValue("90.00");
    expect(estimate).not.toHaveTextContent("above the estimate");
  });

  it.each([
    [{ kind: "notReported" as const, readAt: ago(5) }, /not reported/],
    [{ kind: "notRead" as const }, /no balance was read yet/],
  ])("says why there is no estimate: %o", async (estimate, words) => {
    shell = fakeShell("demo", { evaluate_facts: () => evaluateFacts({ estimate }) });
    await chooseAccount();
    expect(await byId("evaluate-estimate")).toHaveTextContent(words);
  });

  it("warns about a wrong clock", async () => {
    shell = fakeShell("demo", {
      evaluate_facts: () => evaluateFacts({ clockBehindSeconds: -86_400 }),
    });
    await chooseAccount();
    expect(await byId("evaluate-clock")).toHaveTextContent("about 24 hours ahead of Plaid's");
  });
});

describe("while an evaluation runs", () => {
  it("shows progress, also after opening another screen, and can be canceled", async () => {
    const asked = later<EvaluationView>();
    const running: RunningEvaluation = {
      evaluation: evaluation("running", { state: "sending", answer: null }),
      step: "asking",
      elapsedMilliseconds: 12_000,
      cancelling: false,
    };
    const cancelled = evaluation("running", {
      state: "unknown",
      answer: null,
      problem: { kind: "cancelled", message: "Cancelled after Plaid was asked." },
    });
    shell = fakeShell("demo", {
      evaluate: () => asked.promise,
      evaluations_running: () => [running],
      evaluation_cancel: () => null,
      evaluation: () => cancelled,
    });
    const user = await chooseAccount();
    await user.type(await byId("evaluate-amount"), "5");
    await user.click(await byId("evaluate-submit"));
    expect(await byId("evaluate-elapsed")).toHaveTextContent(/1\d s/);
    await press(user, "nav-activity", "nav-evaluate", "evaluate-cancel");
    expect(shell.callsOf("evaluation_cancel")[0]?.args).toEqual({ clientTransactionId: "running" });
    expect(await screen.findByText("Stopping…")).toBeVisible();
    asked.resolve(cancelled);
    expect(await byId("evaluation-unanswered")).toHaveTextContent(
      "Cancelled after Plaid was asked",
    );
  });
});

describe("a lost answer", () => {
  const unknown = evaluation("lost", {
    state: "unknown",
    answer: null,
    problem: { kind: "network", message: "The connection was lost." },
  });

  it("is settled for free, and retried only after a warning", async () => {
    const lost: EvaluationView = { ...unknown, settled: "askedAnswerLost", toldNotInitiated: true };
    const user = await showOne(unknown, {
      evaluation_settle: () => lost,
      evaluation_ask_again: () => evaluation("lost"),
    });
    await user.click(await byId("evaluation-settle"));
    await waitFor(() =>
      expect(screen.getByTestId("evaluation-unanswered")).toHaveTextContent("Unknown for good"),
    );
    expect(ifThere("evaluation-settle")).toBeNull();
    await user.click(await byId("evaluation-ask-again"));
    expect(shell.callsOf("evaluation_ask_again")).toHaveLength(0);
    expect(await screen.findByText(/is charged a second time/)).toBeVisible();
    await user.click(await byId("confirm-ok"));
    await byId("evaluation-result");
    expect(shell.callsOf("evaluation_ask_again")).toHaveLength(1);
  });
});

describe("the result", () => {
  it("draws the balance against the amount and shows the shortfall", async () => {
    const short = evaluation("one", {
      amount: "120.005",
      answer: answer({ result: "reroute", availableBalance: "100", currentBalance: null }),
    });
    await showOne(short);
    const picture = await byId("evaluation-balances");
    expect(picture).toHaveTextContent("$20.005 short of this debit");
    expect(picture).toHaveTextContent("Available$100.00");
    expect(picture).toHaveTextContent("Currentnot reported");
  });

  it("groups and searches core attributes, and names unknown ones", async () => {
    const user = await showOne(review);
    await user.click(await byId("evaluation-attributes"));
    expect(
      within(await screen.findByLabelText("Use of Plaid")).getByText("510 days"),
    ).toBeVisible();
    expect(screen.getByLabelText("Not known to this version")).toHaveTextContent("not known");
    await user.type(await byId("attributes-search"), "unauthorized");
    expect(screen.getAllByTestId("attribute")).toHaveLength(1);
    expect(screen.getByTestId("attribute")).toHaveTextContent("0 times");
  });

  it("sets the meaning of an action key, and suggests its days for the decision", async () => {
    const saved: ActionKeyView[] = [
      { customActionKey: "3-day-hold", meaning: "Hold 3 days", daysToHold: 3 },
    ];
    const user = await showOne(review, { action_key_save: () => saved });
    await user.click(await byId("action-edit"));
    await user.type(await byId("action-meaning-input"), "Hold 3 days");
    await user.type(await byId("action-days-input"), "3");
    await user.click(await byId("action-save"));
    expect(await byId("action-meaning")).toHaveTextContent("Hold 3 days (hold 3 days)");
    expect(await byId("evaluation-reason")).toHaveTextContent("What to do: Hold 3 days.");
    expect(shell.callsOf("action_key_save")[0]?.args.input).toEqual({
      customActionKey: "3-day-hold",
      meaning: "Hold 3 days",
      daysToHold: "3",
    });
  });

  it("offers the repair of the bank for a warning", async () => {
    const user = await showOne(review);
    await user.click(await byId("warning-action"));
    expect(shell.callsOf("link_repair")[0]?.args).toMatchObject({ itemId: "item-platypus" });
  });
});
