/** A shell that answers commands from a table, so that tests drive screens without the app. */
import type { Channel } from "@tauri-apps/api/core";
import { emit } from "@tauri-apps/api/event";
import { mockIPC } from "@tauri-apps/api/mocks";
import type { RefreshProgress } from "../api/balances";
import type { Environment } from "../api/environment";
import type { DeskEvent } from "../api/event";
import type { ItemsView } from "../api/items";
import { ada, grace, itemsView, listOf } from "./accounts";
import { ago, billingView, demoView, settingsView, status } from "./data";
import {
  attributeWords,
  evaluateFacts,
  evaluation,
  failedEvaluation,
  reroute,
  returnCodes,
  review,
} from "./evaluations";
import { invitation, invitations, linkSession } from "./link";
import { activityPage, auditView, outcomesView } from "./outcomes";

// biome-ignore lint/suspicious/noExplicitAny: each test knows its arguments
export type Answer = (args: any) => unknown;

export interface Call {
  command: string;
  // biome-ignore lint/suspicious/noExplicitAny: see above
  args: any;
}

export interface FakeShell {
  calls: Call[];
  callsOf: (command: string) => Call[];
  /** Replaces the answer of a command. */
  answer: (command: string, answer: Answer) => void;
  /** Sends an event to the window. */
  tell: (event: DeskEvent) => Promise<void>;
}

function defaultAnswers(open: Environment | null): Record<string, Answer> {
  const evaluations = [evaluation("debit-2026-0120"), review, reroute, failedEvaluation];
  return {
    app_status: () => status(open),
    open_environment: ({ environment }) => status(environment),
    close_environment: () => status(null),
    settings_view: () => settingsView,
    settings_save: ({ settings }) => ({ ...settingsView, settings }),
    items_view: () => itemsView,
    people_list: () => [ada, grace],
    link_sessions: () => [linkSession({ state: "exchanged", endedAt: linkSession().createdAt })],
    link_session: () => linkSession(),
    link_start: () => linkSession(),
    link_repair: () => linkSession({ repairsItemId: "item-gingham" }),
    link_focus: () => null,
    link_in_browser: () => linkSession({ way: "browser", canContinueInBrowser: false }),
    link_browser_address: () => "https://secure.plaid.com/hl/lsbrowser",
    invitations: () => invitations,
    invitation_create: () => invitation("invitation-new"),
    invitation_check: ({ sessionId }) => invitation(sessionId, { checkedAt: ago(0) }),
    invitation_renew: () => invitation("invitation-new"),
    invitation_mail: () => null,
    activity_page: ({ request }) => activityPage(evaluations, request),
    outcomes: () => outcomesView,
    audit: ({ clientTransactionIds }) =>
      clientTransactionIds.map((id: string) =>
        auditView(evaluations.find((one) => one.clientTransactionId === id) ?? evaluation(id)),
      ),
    evaluation: ({ clientTransactionId }) =>
      evaluations.find((one) => one.clientTransactionId === clientTransactionId),
    evaluations_running: () => [],
    evaluate_facts: () => evaluateFacts(),
    core_attributes: () => attributeWords,
    action_keys: () => [],
    debit_margin: () => ({ percent: "10", amount: "0" }),
    debit_margin_save: ({ margin }) => margin,
    return_codes: () => returnCodes,
    account_returns: () => null,
    return_import: () => null,
    returns_list: () => ({ rows: [], found: 0, all: 0 }),
    deliver_now: () => null,
    decisions_due: () => ({ people: [], total: 0, rows: [] }),
    decisions_due_count: () => 0,
    debit_mark: () => null,
    report_history: () => ({ decisions: [], returns: [] }),
    deliveries: () => ({
      waitingCount: 0,
      refusedCount: 0,
      waiting: [],
      refused: [],
      recent: [],
      files: [],
    }),
    demo_view: () => demoView(),
    open_page: () => null,
    balances_cancel: () => null,
    balances_plan: () => ({
      calls: 2,
      cost: null,
      needsConfirmation: false,
      seconds: 4,
      running: false,
    }),
    billing_view: () => billingView(),
    account_rename: () => null,
    account_set_low_balance: () => null,
    account_hide: () => null,
  };
}

/** An answer that fails. */
export const failing = (problem: unknown) => () => {
  throw problem;
};

/** Starts the fake shell with an environment open (or none) and the test's own answers. */
export function fakeShell(
  open: Environment | null,
  answers: Record<string, Answer> = {},
): FakeShell {
  const table = new Map(Object.entries({ ...defaultAnswers(open), ...answers }));
  // The list shows the accounts of the Items, unless the test has its own list.
  if (!table.has("accounts_list")) {
    table.set("accounts_list", (args) => listOf(table.get("items_view")?.(args) as ItemsView));
  }
  const calls: Call[] = [];
  mockIPC(
    (command, args) => {
      calls.push({ command, args });
      const answer = table.get(command);
      if (!answer) throw { kind: "internal", message: `The test has no answer for ${command}.` };
      return answer(args);
    },
    { shouldMockEvents: true },
  );
  return {
    calls,
    callsOf: (command) => calls.filter((call) => call.command === command),
    answer: (command, answer) => table.set(command, answer),
    tell: (event) => emit("desk", event),
  };
}

/** Sends progress as the shell does during a refresh. */
export function progress(args: { onProgress: Channel<RefreshProgress> }, sent: RefreshProgress) {
  args.onProgress.onmessage(sent);
}

/** An answer that the test gives later. */
export function later<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
