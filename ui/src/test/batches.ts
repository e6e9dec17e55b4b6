/** Batches as the shell would answer. */
import type {
  BatchRow,
  BatchTallies,
  BatchView,
  ImportCheck,
  ImportDraft,
  ImportRow,
  Tally,
} from "../api/batches";

const tally = (count: number, total = "0.00"): Tally => ({ count, total });

export function tallies(changed: Partial<BatchTallies> = {}): BatchTallies {
  return {
    rows: tally(3, "30.00"),
    planned: tally(0),
    asking: tally(0),
    accept: tally(0),
    review: tally(0),
    reroute: tally(0),
    other: tally(0),
    failed: tally(0),
    unknown: tally(0),
    cancelled: tally(0),
    leftOut: tally(0),
    undecided: tally(0),
    toDebit: tally(0),
    ...changed,
  };
}

export function batch(changed: Partial<BatchView> = {}): BatchView {
  return {
    batchId: "batch-1",
    name: "Rents",
    fileName: "rents.csv",
    rulesetKey: null,
    paymentMethod: null,
    isRecurring: null,
    state: "ready",
    createdAt: "2026-11-24T09:30:00Z",
    startedAt: null,
    endedAt: null,
    problem: null,
    tallies: tallies({ planned: tally(3, "30.00") }),
    progress: null,
    ...changed,
  };
}

export const finished = batch({
  state: "finished",
  tallies: tallies({
    accept: tally(1, "10.00"),
    review: tally(1, "10.00"),
    reroute: tally(1, "10.00"),
    undecided: tally(3, "30.00"),
  }),
});

export function batchRow(position: number, changed: Partial<BatchRow> = {}): BatchRow {
  return {
    position,
    line: position + 2,
    clientTransactionId: `debit-${position}`,
    personName: "Ada Lovelace",
    accountName: "Plaid Checking",
    accountMask: "0000",
    institutionName: "First Platypus Bank",
    amount: "10.00",
    reference: `rent-${position}`,
    plannedOn: "2026-12-01",
    state: "answered",
    result: "accept",
    customActionKey: null,
    initiated: null,
    decisionOutcome: null,
    daysFundsOnHold: null,
    paymentMethod: null,
    problem: null,
    why: null,
    ...changed,
  };
}

export const draft: ImportDraft = {
  draftId: "draft-1",
  fileName: "rents.csv",
  characters: "utf8",
  separator: "semicolon",
  headers: ["Tenant", "Rent"],
  firstRows: [["Ada Lovelace", "10.00"]],
  rowCount: 2,
  mapping: {
    account: null,
    person: 0,
    clientUserId: null,
    mask: null,
    amount: 1,
    reference: null,
    date: null,
    dayFirst: false,
  },
  remembered: false,
};

export function importRow(row: number, changed: Partial<ImportRow> = {}): ImportRow {
  return {
    row,
    line: row + 2,
    leftOut: false,
    person: "Ada Lovelace",
    account: "Plaid Checking ••0000",
    amount: "10.00",
    reference: "",
    date: "",
    problems: [],
    ...changed,
  };
}

export function importCheck(changed: Partial<ImportCheck> = {}): ImportCheck {
  return {
    ready: 2,
    total: "20.00",
    withErrors: 0,
    withWarnings: 0,
    leftOut: 0,
    refused: null,
    cost: { amount: "0.60", currency: "USD" },
    rows: [importRow(0), importRow(1)],
    ...changed,
  };
}
