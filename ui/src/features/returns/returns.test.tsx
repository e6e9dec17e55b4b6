import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import type {
  CandidateView,
  ImportCounts,
  ImportRow,
  ReturnImportView,
  ReturnMapping,
  ReturnRow,
  ReturnSource,
} from "../../api/returns";
import { reroute } from "../../test/evaluations";
import { type FakeShell, failing, fakeShell } from "../../test/fakeShell";
import { byId, ifThere, openScreen, press } from "../../test/render";

let shell: FakeShell;

const noColumn: ReturnMapping = {
  returnCode: null,
  clientTransactionId: null,
  reference: null,
  amount: null,
  returnedOn: null,
  name: null,
  account: null,
};

const mapped: ReturnMapping = { ...noColumn, returnCode: 1, clientTransactionId: 0, returnedOn: 2 };

function tableSource(changes: Partial<Extract<ReturnSource, { kind: "table" }>> = {}) {
  return {
    kind: "table" as const,
    characters: "utf8" as const,
    separator: "comma" as const,
    headers: ["id", "code", "date", "account"],
    sample: [["rent-1", "R01", "1/2/2026", "••6789"]],
    mapping: mapped,
    mappedBy: "names" as const,
    dateOrder: null,
    ambiguousDate: null,
    missing: null,
    ...changes,
  };
}

const counts: ImportCounts = {
  all: 2,
  ready: 1,
  needsDecision: 0,
  open: 1,
  suggested: 1,
  unmatched: 0,
  skipped: 0,
  already: 0,
  faulty: 0,
};

function view(changes: Partial<ReturnImportView> = {}): ReturnImportView {
  return {
    importId: "import-1",
    fileName: "returns.csv",
    recordedBefore: null,
    source: tableSource(),
    counts,
    ...changes,
  };
}

const candidate: CandidateView = {
  clientTransactionId: "rent-2",
  personName: "Grace Hopper",
  institutionName: "First Platypus Bank",
  accountName: "Plaid Checking",
  accountMask: "0000",
  amount: "20",
  evaluatedOn: "2026-11-20",
  reasons: ["amount", "name", "date"],
  otherAmount: false,
  returned: null,
  needsDecision: false,
  hindrance: null,
};

function row(changes: Partial<ImportRow> = {}): ImportRow {
  return {
    row: 1,
    line: 3,
    state: "open",
    returnCode: "R01",
    returnedOn: "2026-11-24",
    amount: "20.00",
    name: "HOPPER GRACE",
    references: ["unknown-7"],
    accountEnding: "0000",
    information: null,
    faults: [],
    chosen: null,
    suggested: "rent-2",
    candidates: [candidate],
    moreCandidates: 0,
    ...changes,
  };
}

const returned: ReturnRow = {
  clientTransactionId: "rent-2",
  accountId: "item-platypus-0000",
  personName: "Grace Hopper",
  institutionName: "First Platypus Bank",
  accountName: "Plaid Checking",
  accountMask: "0000",
  amount: "20",
  currency: "USD",
  returnCode: "R01",
  returnedOn: "2026-11-24",
  recordedAt: "2026-11-25T10:00:00Z",
  delivery: { state: "waiting", attempts: 0, nextAttemptAt: null, problem: null },
  ofAccount: 2,
};

const openReturns = () => openScreen("returns");

describe("the list of returns", () => {
  it("shows an empty state with the import when nothing was returned", async () => {
    shell = fakeShell("demo");
    await openReturns();
    expect(await screen.findByText("No debit has come back")).toBeVisible();
    expect(await byId("returns-import")).toBeEnabled();
  });

  it("shows code, next step, delivery, and repeat returns", async () => {
    shell = fakeShell("demo", { returns_list: () => ({ rows: [returned], found: 1, all: 1 }) });
    const user = await openReturns();
    const line = await byId("return-row");
    expect(line).toHaveTextContent("R01 Insufficient funds");
    expect(line).toHaveTextContent("$20.00");
    expect(line).toHaveTextContent("2 returned debits in 90 days");
    await waitFor(() => expect(line).toHaveTextContent("May be re-presented"));
    expect(within(line).getByTestId("return-row-delivery")).toHaveTextContent("waiting");
    await user.type(await byId("returns-search"), "grace");
    await waitFor(() =>
      expect(shell.callsOf("returns_list").at(-1)?.args.request).toEqual({
        search: "grace",
        filter: "all",
        limit: 200,
      }),
    );
    await user.click(within(line).getByTestId("return-code-open"));
    expect(await byId("codes-search")).toHaveValue("R01");
    expect(await byId("code-entry")).toHaveTextContent("2 banking days");
  });

  it("searches all return codes", async () => {
    shell = fakeShell("demo");
    const user = await openReturns();
    await user.click(await byId("returns-codes"));
    await waitFor(() => expect(screen.getAllByTestId("code-entry")).toHaveLength(4));
    await user.type(await byId("codes-search"), "60 days");
    await waitFor(() => expect(screen.getAllByTestId("code-entry")).toHaveLength(1));
    expect(await byId("code-entry")).toHaveTextContent("R10");
  });
});

describe("importing a file", () => {
  let current: ReturnImportView | null;

  beforeEach(() => {
    current = null;
    shell = fakeShell("demo", {
      return_import: () => current,
      return_import_pick: () => {
        current = view();
        return current;
      },
      return_import_rows: () => ({ rows: [row()], found: 1 }),
    });
  });

  it("records only ready rows, and only on request", async () => {
    const user = await openReturns();
    await user.click(await byId("returns-import"));
    expect(await byId("import-row")).toHaveTextContent("same amount, same name");
    expect(await byId("import-record")).toHaveTextContent("Record 1 return");
    expect(screen.getByText("Not recorded: 1 row without a choice.")).toBeVisible();
    shell.answer("return_import_choose", () => {
      current = view({ counts: { ...counts, ready: 2, open: 0, suggested: 0 } });
      return current;
    });
    await user.click(await byId("row-choose"));
    expect(shell.callsOf("return_import_choose")[0]?.args).toEqual({
      importId: "import-1",
      row: 1,
      choice: { kind: "debit", clientTransactionId: "rent-2" },
    });
    await waitFor(() =>
      expect(screen.getByTestId("import-record")).toHaveTextContent("Record 2 returns"),
    );
    expect(shell.callsOf("return_import_record")).toHaveLength(0);
    shell.answer("return_import_record", () => {
      current = null;
      return {
        recorded: 2,
        already: 1,
        leftOut: 0,
        again: [
          {
            accountId: "item-platypus-0000",
            personName: "Grace Hopper",
            institutionName: "First Platypus Bank",
            accountName: "Plaid Checking",
            accountMask: "0000",
            days: 90,
            returned: [
              { clientTransactionId: "a", returnCode: "R01", on: "2026-11-24", amount: "20" },
              { clientTransactionId: "b", returnCode: "R01", on: "2026-11-01", amount: "20" },
            ],
          },
        ],
      };
    });
    await user.dblClick(await byId("import-record"));
    expect(await byId("returns-recorded")).toHaveTextContent("2 returns recorded");
    expect(await byId("returned-again")).toHaveTextContent(
      "2 debits of this account were returned in the last 90 days: R01, R01.",
    );
    expect(shell.callsOf("return_import_record")).toHaveLength(1);
  });

  it("asks for a missing column, and applies it at once", async () => {
    shell.answer("return_import_pick", () => {
      current = view({
        source: tableSource({
          mapping: noColumn,
          missing: { field: "returnCode", message: "Choose the column with the return code." },
        }),
        counts: { ...counts, all: 0, ready: 0, open: 0, suggested: 0 },
      });
      return current;
    });
    const user = await openReturns();
    await user.click(await byId("returns-import"));
    const column = await byId("map-returnCode");
    expect(column).toHaveAccessibleDescription(/Choose the column/);
    expect(await byId("import-sample")).toHaveTextContent("••6789");
    expect(ifThere("import-record")).toBeNull();
    shell.answer("return_import_map", () => {
      current = view();
      return current;
    });
    await user.click(column);
    await user.click(await screen.findByRole("option", { name: "code" }));
    expect(shell.callsOf("return_import_map")[0]?.args).toEqual({
      importId: "import-1",
      mapping: { ...noColumn, returnCode: 1 },
      dateOrder: null,
    });
    await byId("import-record");
    // The form stays open, so the other columns can be chosen.
    expect(await byId("map-amount")).toBeVisible();
    await user.click(await byId("map-done"));
    expect(ifThere("map-amount")).toBeNull();
  });

  it("warns before recording what Plaid would reject, and opens the decision", async () => {
    const refused: CandidateView = {
      ...candidate,
      clientTransactionId: reroute.clientTransactionId,
      needsDecision: true,
    };
    shell.answer("return_import_pick", () => {
      current = view({ counts: { ...counts, all: 1, open: 0, suggested: 0, needsDecision: 1 } });
      return current;
    });
    shell.answer("return_import_rows", () => ({
      rows: [row({ state: "ready", chosen: refused.clientTransactionId, candidates: [refused] })],
      found: 1,
    }));
    const user = await openReturns();
    await user.click(await byId("returns-import"));
    expect(await byId("row-needs-decision")).toHaveTextContent(
      "Plaid has this debit as not initiated and refuses its return.",
    );
    expect(await byId("import-refused")).toHaveTextContent("Plaid refuses this return until");
    expect(await byId("import-record")).toBeEnabled();
    await user.click(await byId("row-open"));
    expect(await byId("evaluation-client-transaction-id")).toHaveTextContent(
      reroute.clientTransactionId,
    );
    shell.answer("return_import_rows", () => ({
      rows: [
        row({
          state: "ready",
          chosen: refused.clientTransactionId,
          candidates: [{ ...refused, needsDecision: false }],
        }),
      ],
      found: 1,
    }));
    current = view({ counts: { ...counts, all: 1, open: 0, suggested: 0 } });
    await user.click(await byId("nav-returns"));
    await waitFor(() => expect(ifThere("row-needs-decision")).toBeNull());
    expect(ifThere("import-refused")).toBeNull();
    expect(await byId("import-row")).toBeVisible();
  });

  it("asks how to read ambiguous dates before recording", async () => {
    shell.answer("return_import_pick", () => {
      current = view({ source: tableSource({ ambiguousDate: "1/2/2026" }) });
      return current;
    });
    const user = await openReturns();
    await press(user, "returns-import", "import-record");
    expect(screen.getByRole("alert")).toHaveTextContent("Say first how the dates");
    expect(shell.callsOf("return_import_record")).toHaveLength(0);
    shell.answer("return_import_map", () => {
      current = view({ source: tableSource({ dateOrder: "dayFirst" }) });
      return current;
    });
    await user.click(await byId("dates-day-first"));
    expect(shell.callsOf("return_import_map")[0]?.args.dateOrder).toBe("dayFirst");
  });

  it("says why a file can't be read, and keeps the import when recording fails", async () => {
    const user = await openReturns();
    shell.answer(
      "return_import_pick",
      failing({ kind: "invalidInput", message: "Line 6, column 4: not so.", field: "file" }),
    );
    await user.click(await byId("returns-import"));
    expect(await byId("problem")).toHaveTextContent("Line 6, column 4");
    shell.answer("return_import_pick", () => {
      current = view();
      return current;
    });
    await user.click(await byId("returns-import"));
    shell.answer(
      "return_import_record",
      failing({ kind: "disk", message: "The disk refused.", action: { kind: "retry" } }),
    );
    await user.click(await byId("import-record"));
    expect(await byId("problem")).toHaveTextContent("The disk refused.");
    expect(await byId("import-row")).toBeVisible();
  });
});

it("warns before debiting an account with returns", async () => {
  shell = fakeShell("demo", {
    account_returns: () => ({
      accountId: "item-platypus-0000",
      personName: "Ada",
      institutionName: "First Platypus Bank",
      accountName: "Plaid Checking",
      accountMask: "0000",
      days: 90,
      returned: [{ clientTransactionId: "a", returnCode: "R01", on: "2026-11-24", amount: "20" }],
    }),
  });
  const user = await openScreen("evaluate");
  await press(user, "evaluate-account");
  await user.click(await screen.findByRole("option", { name: /Plaid Checking/ }));
  expect(await byId("returned-again")).toHaveTextContent(
    "1 debit of this account was returned in the last 90 days: R01.",
  );
});
