import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { BatchView } from "../../api/batches";
import {
  batch,
  batchRow,
  draft,
  finished,
  importCheck,
  importRow,
  tallies,
} from "../../test/batches";
import { type Answer, failing, fakeShell } from "../../test/fakeShell";
import { byId, ifThere, openScreen, press } from "../../test/render";

function shellWith(one: BatchView | null, answers: Record<string, Answer> = {}) {
  return fakeShell("demo", {
    batches_list: () => (one ? [one] : []),
    batch: () => one,
    batch_rows: () => ({
      total: 3,
      rows: [
        batchRow(0),
        batchRow(1, { result: "review" }),
        batchRow(2, { result: "reroute", customActionKey: "ask-for-another-account" }),
      ],
    }),
    batch_plan: () => ({
      calls: 3,
      cost: { amount: "0.90", currency: "USD" },
      needsConfirmation: false,
      seconds: 4,
      otherRunning: null,
    }),
    batch_open_file: () => draft,
    batch_paste: () => ({ ...draft, fileName: null }),
    batch_discard: () => null,
    batch_check: () => importCheck(),
    batch_import: () => batch(),
    ...answers,
  });
}

async function toTheCheck() {
  const user = await openScreen("batches");
  await press(user, "batches-empty-new", "batch-open-file");
  await waitFor(async () => expect(await byId("batch-columns-next")).toBeEnabled());
  await user.click(await byId("batch-columns-next"));
  await byId("batch-check-summary");
  return user;
}

describe("a new batch", () => {
  it("imports a file in four steps, and shows the cost", async () => {
    const shell = shellWith(null);
    const user = await toTheCheck();
    expect(await byId("batch-check-summary")).toHaveTextContent("2 rows, $20.00");
    await user.click(await byId("batch-check-next"));
    expect(await byId("batch-name")).toHaveValue("rents");
    expect(await byId("batch-cost")).toHaveTextContent("would bill 2 evaluations");
    expect(await byId("batch-cost")).toHaveTextContent("about $0.60");
    shell.answer("batch", () => batch());
    await user.click(await byId("batch-import"));
    expect(await byId("batch-state")).toHaveTextContent("ready");
    const [sent] = shell.callsOf("batch_import");
    expect(sent?.args.settings).toEqual({
      name: "rents",
      rulesetKey: null,
      paymentMethod: null,
      isRecurring: null,
      errors: "refuse",
      warningsConfirmed: false,
    });
    expect(shell.callsOf("batch_run")).toEqual([]);
  });

  it("shows in place what can't be read, and keeps the pasted text", async () => {
    shellWith(null, {
      batch_paste: failing({
        kind: "invalidInput",
        message: "There is nothing in it.",
        field: "file",
      }),
    });
    const user = await openScreen("batches");
    await press(user, "batches-empty-new");
    await user.type(await byId("batch-paste-text"), "a,b");
    await user.click(await byId("batch-paste-read"));
    await waitFor(async () =>
      expect(await byId("batch-paste-text")).toHaveAccessibleDescription(/nothing in it/),
    );
    expect(await byId("batch-paste-text")).toHaveValue("a,b");
  });

  it("holds back rows with errors until they are corrected or skipped", async () => {
    const wrong = importCheck({
      ready: 1,
      withErrors: 1,
      rows: [
        importRow(1, {
          amount: "1,234",
          problems: [
            {
              severity: "error",
              field: "amount",
              message: "Can be read in two ways.",
              choices: [],
            },
            {
              severity: "error",
              field: "person",
              message: "2 accounts may be meant.",
              choices: [{ accountId: "acc-1", label: "Ada, Plaid Saving ••1111" }],
            },
          ],
        }),
        importRow(0),
      ],
    });
    const shell = shellWith(null, { batch_check: () => wrong });
    const user = await toTheCheck();
    expect(await byId("batch-check-next")).toBeDisabled();
    const box = await byId("batch-correct-3-amount");
    await user.clear(box);
    await user.type(box, "1234.00{Enter}");
    await user.click(await byId("batch-correct-3-account"));
    await user.click(await screen.findByRole("option", { name: /Plaid Saving/ }));
    await user.click(await byId("batch-leave-out-2"));
    await waitFor(() => {
      const last = shell.callsOf("batch_check").at(-1)?.args.request;
      expect(last.corrections).toEqual([
        { row: 1, field: "amount", text: "1234.00" },
        { row: 1, field: "account", text: "acc-1" },
      ]);
      expect(last.leftOut).toEqual([0]);
    });
    await user.click(await byId("batch-leave-out-errors"));
    await waitFor(async () => expect(await byId("batch-check-next")).toBeEnabled());
    // Leaving the screen and returning loses nothing.
    await press(user, "nav-accounts", "nav-batches", "batches-empty-new");
    expect(await byId("batch-leave-out-errors")).toBeChecked();
  });
});

describe("a batch", () => {
  async function open(one: BatchView, answers: Record<string, Answer> = {}) {
    const shell = shellWith(one, answers);
    const user = await openScreen("batches");
    await press(user, "batch-open");
    await byId("batch-state");
    return { shell, user };
  }

  it("runs at once, or after confirmation when it makes many calls", async () => {
    const { shell, user } = await open(batch(), { batch_run: () => batch({ state: "running" }) });
    await waitFor(async () => expect(await byId("batch-run")).toBeEnabled());
    expect(await byId("batch-plan")).toHaveTextContent("about $0.90");
    await user.click(await byId("batch-run"));
    await waitFor(() => expect(shell.callsOf("batch_run")).toHaveLength(1));
  });

  it("confirms above the user's limit", async () => {
    const plan = {
      calls: 200,
      cost: null,
      needsConfirmation: true,
      seconds: 60,
      otherRunning: null,
    };
    const { shell, user } = await open(batch(), {
      batch_plan: () => plan,
      batch_run: () => batch({ state: "running" }),
    });
    await waitFor(async () => expect(await byId("batch-run")).toBeEnabled());
    await user.click(await byId("batch-run"));
    expect(shell.callsOf("batch_run")).toEqual([]);
    await user.click(await byId("confirm-ok"));
    await waitFor(() => expect(shell.callsOf("batch_run")).toHaveLength(1));
  });

  it("shows progress, and offers to resume after a pause", async () => {
    const progress = { done: 1, total: 3, secondsLeft: 9, stopping: false, waitsFor: null };
    const running = batch({ state: "running", progress });
    const { shell, user } = await open(running, { batch_pause: () => running });
    expect(await byId("batch-progress")).toHaveTextContent("Evaluating: 1 of 3, about 9 s left.");
    await user.click(await byId("batch-pause"));
    expect(shell.callsOf("batch_pause")).toHaveLength(1);
    shell.answer("batch", () => batch({ state: "paused" }));
    await shell.tell({ kind: "batchesChanged" });
    expect(await byId("batch-resume")).toHaveTextContent("Resume");
    expect(screen.getByText(/Nothing is asked before you resume/)).toBeVisible();
  });

  it("records one decision for all accepted rows, and undoes it", async () => {
    const { shell, user } = await open(finished, {
      batch_decide: () => ({ clientTransactionIds: ["debit-0"], passedOver: 0, refused: [] }),
      batch_take_back: () => ({ clientTransactionIds: ["debit-0"], passedOver: 0, refused: [] }),
    });
    const rows = await screen.findAllByTestId("batch-row");
    expect(rows).toHaveLength(3);
    await waitFor(() =>
      expect(within(rows[2] as HTMLElement).getByText("ask-for-another-account")).toBeVisible(),
    );
    await press(user, "batch-accept-all", "batch-decide-submit");
    await waitFor(() => expect(shell.callsOf("batch_decide")).toHaveLength(1));
    expect(shell.callsOf("batch_decide")[0]?.args.decision).toEqual({
      batchId: "batch-1",
      rows: { kind: "acceptUndecided" },
      initiated: true,
      daysFundsOnHold: null,
      decisionOutcome: "APPROVE",
      paymentMethod: null,
    });
    await user.click(await byId("batch-undo"));
    await waitFor(() =>
      expect(shell.callsOf("batch_take_back")[0]?.args.clientTransactionIds).toEqual(["debit-0"]),
    );
  });

  it("records decisions for selected rows, and filters by result", async () => {
    const { shell, user } = await open(finished);
    await user.click(await screen.findByRole("checkbox", { name: "Select line 3" }));
    await press(user, "batch-decide-selected", "batch-decide-submit");
    expect(await screen.findByText("Say whether the debits are initiated.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Cancel" }));
    await user.click(await byId("batch-filter-review"));
    await waitFor(() =>
      expect(shell.callsOf("batch_rows").at(-1)?.args.query.filter).toBe("review"),
    );
    expect(ifThere("batch-decide-selected")).toBeNull();
    await user.click(await byId("batch-export"));
    expect(await byId("batch-export-debits")).toBeDisabled();
  });

  it("explains rows whose answers were lost", async () => {
    await open(
      batch({ state: "finished", tallies: tallies({ unknown: { count: 2, total: "20.00" } }) }),
    );
    expect(screen.getByText(/the answers were lost on their way/)).toBeVisible();
  });

  it("is printed once, however often it renders", async () => {
    const print = vi.fn();
    vi.stubGlobal("print", print);
    const { shell, user } = await open(finished);
    const read = shell.callsOf("batch_rows").length;
    await press(user, "batch-export", "batch-print");
    const sheet = await byId("batch-print-sheet");
    expect(within(sheet).getAllByText("REVIEW")).not.toHaveLength(0);
    await waitFor(() => expect(print).toHaveBeenCalledTimes(1));
    expect(shell.callsOf("batch_rows")).toHaveLength(read + 1);
    const seen = shell.callsOf("batch").length;
    await shell.tell({ kind: "batchesChanged" });
    await waitFor(() => expect(shell.callsOf("batch").length).toBeGreaterThan(seen));
    await new Promise((later) => setTimeout(later, 100));
    expect(print).toHaveBeenCalledTimes(1);
    window.dispatchEvent(new Event("afterprint"));
    await waitFor(() => expect(ifThere("batch-print-sheet")).toBeNull());
  });
});

afterEach(() => void vi.unstubAllGlobals());
