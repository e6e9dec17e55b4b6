/** Decisions due and reports, for tests and the preview. */
import type {
  DeliveriesView,
  DeliveryRow,
  DueQuery,
  DueRow,
  RecordedReport,
} from "../api/decisions";
import type { DecisionView, DeliveryView } from "../api/signal";
import { loginRequired } from "./accounts";
import { ago } from "./data";
import { answer, evaluation, review } from "./evaluations";
import type { Answer } from "./fakeShell";

export function due(id: string, changes: Partial<DueRow> = {}): DueRow {
  const { personName, institutionName, accountName, accountMask, amount, currency, createdAt } =
    review;
  return {
    clientTransactionId: id,
    personName,
    institutionName,
    accountName,
    accountMask,
    amount,
    currency,
    evaluatedAt: createdAt,
    result: "review",
    resultText: null,
    customActionKey: null,
    reason: "review",
    since: ago(60),
    returnCode: null,
    ...changes,
  };
}

/** Answers with these decisions due; recording one removes it. */
export function dueAnswers(rows: DueRow[]): Record<string, Answer> {
  const left = [...rows];
  return {
    decisions_due: ({ query }: { query: DueQuery }) => {
      const matching = left.filter(
        (row) => query.person === null || row.personName === query.person,
      );
      const names = [...new Set(left.map((row) => row.personName))];
      return {
        people: names.map((name) => ({
          name,
          count: left.filter((row) => row.personName === name).length,
        })),
        total: matching.length,
        rows: matching,
      };
    },
    decisions_due_count: () => left.length,
    evaluation: ({ clientTransactionId }) =>
      evaluation(clientTransactionId, { answer: answer({ result: "review" }) }),
    decision_record: ({ decision }) => {
      const at = left.findIndex((row) => row.clientTransactionId === decision.clientTransactionId);
      left.splice(at, 1);
      return { ...evaluation(decision.clientTransactionId), decision: review.decision };
    },
  };
}

export function decisionWith(
  delivery: DeliveryView,
  changes: Partial<DecisionView> = {},
): DecisionView {
  return { ...(review.decision as DecisionView), ...changes, delivery };
}

export function onItsWay(
  deliveryId: number,
  report: RecordedReport,
  changes: Partial<DeliveryRow> = {},
): DeliveryRow {
  return {
    deliveryId,
    clientTransactionId: `debit-${deliveryId}`,
    personName: "Ada Lovelace",
    accountName: "Plaid Checking",
    accountMask: "0000",
    amount: "75.5",
    currency: "USD",
    sending: false,
    report,
    ...changes,
  };
}

export const refusedDelivery: DeliveryView = { state: "refused", problem: loginRequired };

export function deliveries(changes: Partial<DeliveriesView> = {}): DeliveriesView {
  const refused = [onItsWay(7, { kind: "decision", decision: decisionWith(refusedDelivery) })];
  return {
    waitingCount: 0,
    refusedCount: refused.length,
    waiting: [],
    refused,
    recent: [],
    files: [],
    ...changes,
  };
}

export const waitingDelivery: Extract<DeliveryView, { state: "waiting" }> = {
  state: "waiting",
  attempts: 2,
  nextAttemptAt: ago(-4),
  problem: { kind: "network", message: "Plaid could not be reached." },
};

export const writtenFile = {
  fileId: 3,
  kind: "decisions" as const,
  name: "plaid-decisions-2026-11-25.csv",
  rows: 2,
  openRows: 1,
  writtenAt: ago(5),
  filedAt: null,
};

export function decisionsAnswers(): Record<string, Answer> {
  const decision = (delivery: DeliveryView): RecordedReport => ({
    kind: "decision",
    decision: decisionWith(delivery),
  });
  const returned = review.returned ? { ...review.returned, delivery: waitingDelivery } : null;
  const delivered: DeliveryView = { state: "delivered", at: ago(9), requestId: "aYq2hV0xPcZ93kL" };
  return {
    ...dueAnswers([
      due("debit-1", { customActionKey: "3-day-hold" }),
      due("debit-2", { reason: "initiated", result: "reroute", amount: "900" }),
      due("debit-3", {
        reason: "returned",
        result: "reroute",
        returnCode: "R01",
        personName: "Grace Hopper, Rear Admiral of the Navy",
        accountName: "Joint Household Checking",
      }),
      due("debit-4", { reason: "noResult", result: null, amount: "99999999.99" }),
    ]),
    deliveries: () =>
      deliveries({
        waitingCount: 3,
        waiting: [
          onItsWay(1, decision(waitingDelivery)),
          onItsWay(2, decision({ ...waitingDelivery, attempts: 0 }), { sending: true }),
          ...(returned ? [onItsWay(3, { kind: "return", returned })] : []),
        ],
        recent: [
          onItsWay(4, decision(delivered)),
          onItsWay(5, decision({ state: "filed", at: ago(30) })),
          onItsWay(6, decision({ state: "leftOut", at: ago(90), problem: loginRequired })),
        ],
        files: [writtenFile, { ...writtenFile, fileId: 2, openRows: 0, filedAt: ago(2) }],
      }),
    evaluation: ({ clientTransactionId }) =>
      clientTransactionId === "debit-7"
        ? evaluation("debit-7", { decision: decisionWith(refusedDelivery) })
        : { ...review, clientTransactionId, decision: null, returned: null },
  };
}
