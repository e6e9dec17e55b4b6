/** Activity, outcomes, and audits for tests. */
import type { ActivityPage, ActivityRequest, ActivityRow } from "../api/activity";
import type { AuditView } from "../api/audit";
import type { OutcomeCounts, OutcomesView, Rate } from "../api/outcomes";
import type { EvaluationView } from "../api/signal";

function row(evaluation: EvaluationView): ActivityRow {
  const { answer, decision, returned } = evaluation;
  return {
    clientTransactionId: evaluation.clientTransactionId,
    createdAt: evaluation.createdAt,
    personName: evaluation.personName,
    institutionName: evaluation.institutionName,
    accountName: evaluation.accountName,
    accountMask: evaluation.accountMask,
    reference: null,
    amount: evaluation.amount,
    currency: evaluation.currency,
    state: evaluation.state,
    result: answer?.result ?? null,
    resultText: answer?.resultText ?? null,
    customActionKey: answer?.customActionKey ?? null,
    decision: decision
      ? { initiated: decision.initiated, delivery: decision.delivery.state }
      : null,
    returned: returned
      ? {
          returnCode: returned.returnCode,
          meaning: returned.meaning,
          returnedOn: returned.returnedOn,
          delivery: returned.delivery.state,
        }
      : null,
  };
}

/** A page of rows, filtered by search and result as the desk would. */
export function activityPage(
  evaluations: EvaluationView[],
  { filter, after, limit }: ActivityRequest,
): ActivityPage {
  const words = filter.search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = evaluations.map(row).filter((one) => {
    const text = Object.values(one).join(" ").toLowerCase();
    const result = one.state === "answered" ? (one.result ?? "other") : null;
    return (
      words.every((word) => text.includes(word)) &&
      (filter.results.length === 0 || filter.results.some((wanted) => wanted === result))
    );
  });
  const begin = after === null ? 0 : Number(after);
  const end = begin + limit;
  return {
    rows: found.slice(begin, end),
    next: end < found.length ? String(end) : null,
    all:
      after === null
        ? {
            matching: found.length,
            evaluations: evaluations.length,
            amount: "1385.5",
            institutions: ["First Gingham Credit Union", "First Platypus Bank"],
            rulesets: ["default", "payroll"],
          }
        : null,
  };
}

/** Many evaluations, for the long list. */
export function manyEvaluations(one: EvaluationView, number: number): EvaluationView[] {
  return Array.from({ length: number }, (_, at) => ({
    ...one,
    clientTransactionId: `debit-${at}`,
  }));
}

export function auditView(evaluation: EvaluationView, changes: Partial<AuditView> = {}): AuditView {
  const { answer, decision, returned } = evaluation;
  return {
    evaluation,
    reports: {
      decisions: decision ? [decision] : [],
      returns: returned ? [returned] : [],
    },
    exchanges: answer
      ? [
          {
            askedAt: evaluation.createdAt,
            endedAt: answer.answeredAt,
            environment: "demo",
            appVersion: "0.1.0",
            httpStatus: 200,
            requestId: answer.requestId,
            request: '{\n  "access_token": "[left out]",\n  "amount": 75.50\n}',
            answer: `{\n  "request_id": "${answer.requestId}"\n}`,
            failure: null,
          },
        ]
      : [],
    events: [
      { at: evaluation.createdAt, what: "written", requestId: null },
      ...(answer
        ? [{ at: answer.answeredAt, what: "answered" as const, requestId: answer.requestId }]
        : []),
    ],
    environment: "demo",
    appVersion: "0.1.0",
    ...changes,
  };
}

export function rate(part: number, whole: number, percent: string | null): Rate {
  return { part, whole, percent, tooFew: whole < 100 };
}

export function counts(changes: Partial<OutcomeCounts> = {}): OutcomeCounts {
  return {
    evaluations: 400,
    accepted: 330,
    reviewed: 40,
    rerouted: 20,
    other: 4,
    unanswered: 6,
    initiated: 360,
    returned: 9,
    initiatedAmount: "432100.55",
    returnedAmount: "8123.4",
    returnRate: rate(9, 360, "2.50"),
    ...changes,
  };
}

const small = counts({
  evaluations: 12,
  accepted: 12,
  reviewed: 0,
  rerouted: 0,
  other: 0,
  unanswered: 0,
  initiated: 12,
  returned: 1,
  initiatedAmount: "1200",
  returnedAmount: "100",
  returnRate: rate(1, 12, "8.33"),
});

export const outcomesView: OutcomesView = {
  from: "2025-12-01",
  to: "2026-11-25",
  total: counts({ evaluations: 412, accepted: 342, initiated: 372, returned: 10 }),
  months: [
    { month: "2026-10", from: "2026-10-01", to: "2026-10-31", counts: counts() },
    { month: "2026-11", from: "2026-11-01", to: "2026-11-25", counts: small },
  ],
  rulesets: [
    { name: "default", counts: counts() },
    { name: null, counts: small },
  ],
  institutions: [
    { name: "First Platypus Bank", counts: counts() },
    { name: "First Gingham Credit Union", counts: small },
  ],
  codes: [
    { code: "R01", title: "Insufficient funds", countsFor: null, returned: 7, amount: "6123.4" },
    {
      code: "R10",
      title: "Originator not known or not authorized",
      countsFor: "unauthorized",
      returned: 3,
      amount: "2100",
    },
  ],
  results: [
    {
      result: "accept",
      answered: 342,
      decidedInitiated: 10,
      decidedNotInitiated: 3,
      undecided: 329,
      returnRate: rate(8, 339, "2.36"),
    },
    {
      result: "review",
      answered: 40,
      decidedInitiated: 30,
      decidedNotInitiated: 8,
      undecided: 2,
      returnRate: rate(2, 30, "6.67"),
    },
    {
      result: "reroute",
      answered: 20,
      decidedInitiated: 3,
      decidedNotInitiated: 0,
      undecided: 17,
      returnRate: rate(0, 3, "0.00"),
    },
    {
      result: null,
      answered: 4,
      decidedInitiated: 0,
      decidedNotInitiated: 0,
      undecided: 4,
      returnRate: rate(0, 0, null),
    },
  ],
  scores: [
    {
      kind: "customer",
      codes: ["R05", "R07", "R10", "R11", "R29"],
      bands: [
        { from: 1, to: 20, evaluations: 250, returnRate: rate(1, 240, "0.42") },
        { from: 21, to: 40, evaluations: 80, returnRate: rate(2, 70, "2.86") },
      ],
    },
  ],
  nacha: {
    from: "2026-09-27",
    to: "2026-11-25",
    initiated: 372,
    rates: [
      {
        kind: "unauthorized",
        codes: ["R05", "R07", "R10", "R11", "R29", "R51"],
        threshold: "0.5",
        rate: rate(3, 372, "0.81"),
        least: 200,
        verdict: "over",
      },
      {
        kind: "administrative",
        codes: ["R02", "R03", "R04"],
        threshold: "3",
        rate: rate(0, 372, "0.00"),
        least: 100,
        verdict: "within",
      },
      {
        kind: "overall",
        codes: [],
        threshold: "15",
        rate: rate(10, 372, "2.69"),
        least: 100,
        verdict: "within",
      },
    ],
  },
};
