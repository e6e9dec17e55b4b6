import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import type { AlignedData, Options } from "uplot";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { AccountPanelProvider } from "../../app/AccountPanelProvider";
import { createQueryClient } from "../../data/client";
import { type PanelPart, useAccountPanel } from "../../kit/navigation/accountPanel";
import { surfaces, theme } from "../../kit/theme/theme";
import { type Answer, failing, fakeShell, later } from "../../test/fakeShell";
import { historyAnswers, readings, seriesOf, support } from "../../test/history";
import { byId, ifThere, press } from "../../test/render";
import { RefreshProvider } from "../balances/RefreshProvider";
import { supportText } from "../support/words";
import { amountTicks, chartData, nextReading, timeTick } from "./chartData";
import { accountLines, changeWords } from "./words";

interface Drawn {
  options: Options;
  data: AlignedData;
}

const drawn = vi.hoisted(() => ({ charts: [] as Drawn[] }));

// jsdom has no canvas, so the tests keep what the chart would draw.
vi.mock("uplot", () => ({
  default: class {
    static paths = { stepped: () => undefined };
    over = { offsetLeft: 0 };
    constructor(options: Options, data: AlignedData) {
      drawn.charts.push({ options, data });
    }
    setSize() {}
    setCursor() {}
    valToPos() {
      return 0;
    }
    destroy() {}
  },
}));

beforeEach(() => {
  drawn.charts.length = 0;
});

const ACCOUNT = "item-platypus-0000";

function Openers({ part }: { part?: PanelPart }) {
  const { open, openTotal } = useAccountPanel();
  return (
    <>
      <button type="button" onClick={() => open(ACCOUNT, part)}>
        open
      </button>
      <button type="button" onClick={() => open("gone")}>
        open what is gone
      </button>
      <button type="button" onClick={() => openTotal("USD")}>
        total
      </button>
    </>
  );
}

async function panel(answers: Record<string, Answer> = {}, opener = "open", part?: PanelPart) {
  const shell = fakeShell("demo", { ...historyAnswers(), ...answers });
  const user = userEvent.setup({ delay: null });
  render(
    <MantineProvider theme={theme} cssVariablesResolver={surfaces} env="test">
      <QueryClientProvider client={createQueryClient()}>
        <Notifications />
        <RefreshProvider>
          <AccountPanelProvider>
            <Openers part={part} />
          </AccountPanelProvider>
        </RefreshProvider>
      </QueryClientProvider>
    </MantineProvider>,
  );
  await user.click(screen.getByText(opener));
  return { shell, user };
}

async function serious(): Promise<string[]> {
  const { violations } = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
  });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
}

describe("the chart line", () => {
  it("breaks at gaps and unreported numbers", () => {
    const series = seriesOf(readings(60));
    const { places, points, lines } = chartData(series, accountLines);
    const gap = points.findIndex(({ kind }) => kind === "gap");
    expect(gap).toBeGreaterThan(0);
    expect(places.map((line) => line[gap])).toEqual([null, null]);
    const missing = points.findIndex((one) => one.kind === "reading" && one.available === null);
    expect(places[0]?.[missing]).not.toBeNull();
    expect(places[1]?.[missing]).toBeNull();
    expect(lines).toEqual(accountLines);
  });

  it("omits lines that are never reported", () => {
    const none = readings(3).map((one) => ({ ...one, available: null }));
    expect(chartData(seriesOf(none), accountLines).lines).toEqual([accountLines[0]]);
  });

  it("steps between readings, over gaps but not past the ends", () => {
    const { points } = seriesOf(readings(40));
    const gap = points.findIndex(({ kind }) => kind === "gap");
    expect(nextReading(points, null, -1)).toBe(points.length - 1);
    expect(nextReading(points, null, 1)).toBe(0);
    expect(nextReading(points, gap - 1, 1)).toBe(gap + 1);
    expect(nextReading(points, gap + 1, -1)).toBe(gap - 1);
    expect(nextReading(points, 0, -1)).toBe(0);
    expect(nextReading(points, points.length - 1, 1)).toBe(points.length - 1);
  });

  it("has short axis labels", () => {
    const dollars = (marks: number[]) => amountTicks(marks, "USD", false);
    expect(dollars([0, 600_000, 1_200_000])).toEqual(["$0", "$600K", "$1.2M"]);
    expect(dollars([100, 105, 110])).toEqual(["$100", "$105", "$110"]);
    expect(dollars([100, 102.5, 105])).toEqual(["$100.00", "$102.50", "$105.00"]);
    expect(dollars([12_060, 12_062, 12_064])).toEqual(["$12,060", "$12,062", "$12,064"]);
    expect(dollars([-40_000, -20_000, 0])).toEqual(["-$40K", "-$20K", "$0"]);
    expect(dollars([5])).toEqual(["$5"]);
    expect(amountTicks([0, 0.5], "BTC", true)).toEqual(["0", "0.5"]);
    expect(amountTicks([5], "no code", false)).toEqual(["5"]);
    const noon = new Date(2026, 10, 24, 12).getTime() / 1000;
    expect(timeTick(noon, 3600)).toMatch(/12:00/);
    expect(timeTick(noon, 86_400)).toBe("Nov 24");
    expect(timeTick(noon, 40 * 86_400)).toBe("Nov 2026");
    expect(timeTick(noon, 400 * 86_400)).toBe("2026");
  });
});

it("formats a change exactly, with its sign", () => {
  expect(changeWords("12.5001", "USD")).toBe("+$12.5001");
  expect(changeWords("-3", "USD")).toBe("-$3.00");
  expect(changeWords("0.00", "USD")).toBe("no change");
  expect(changeWords("100", "DOGE", true)).toBe("+100 DOGE");
});

describe("the account panel", () => {
  it("shows the account and its history, and passes axe", async () => {
    await panel();
    expect(await byId("now-current")).toHaveTextContent("$110.00");
    expect(await byId("now-change")).toHaveTextContent("-$12.50");
    expect(await byId("history")).toHaveAttribute("data-range", "month");
    expect(await byId("history-mark")).toHaveTextContent("Low below $450.50");
    expect(await byId("change-since")).toHaveTextContent("-$120.0001");
    await waitFor(() => expect(drawn.charts.length).toBeGreaterThan(0));
    const lines = drawn.charts.at(-1)?.options.series.slice(1);
    expect(lines?.map(({ label }) => label)).toEqual(["Current", "Available"]);
    expect(lines?.every(({ spanGaps }) => spanGaps === false)).toBe(true);
    expect(await serious()).toEqual([]);
  });

  it("shows each reading exactly with the arrow keys", async () => {
    const all = readings(5);
    await panel({ ...historyAnswers(all) });
    const shown = await byId("history");
    await waitFor(() => expect(shown).toHaveAttribute("aria-busy", "false"));
    const chart = await byId("history-chart");
    fireEvent.keyDown(chart, { key: "ArrowLeft" });
    expect(await byId("history-exactly")).toHaveTextContent(`$${all.at(-1)?.available}`);
    fireEvent.keyDown(chart, { key: "ArrowLeft" });
    expect(await byId("history-exactly")).toHaveTextContent(`$${all.at(-2)?.available}`);
  });

  it("loads the chosen range, and everything for a new account", async () => {
    const { shell, user } = await panel({ ...historyAnswers(readings(5)) });
    await waitFor(async () => expect(await byId("history")).toHaveAttribute("data-range", "all"));
    await user.click(screen.getByText("Year"));
    await waitFor(() =>
      expect(shell.callsOf("history").at(-1)?.args.request).toEqual({
        of: { kind: "account", accountId: ACCOUNT },
        range: "year",
      }),
    );
  });

  it("loads more readings on scroll, and draws few of them", async () => {
    const { shell } = await panel({ ...historyAnswers(readings(120)) });
    const table = await byId("readings");
    expect(table).toHaveAttribute("data-loaded", "100");
    expect(screen.getAllByTestId("reading-row").length).toBeLessThan(60);
    fireEvent(window, new Event("beforeprint"));
    expect(screen.getAllByTestId("reading-row")).toHaveLength(100);
    expect(await byId("readings-left-out")).toHaveTextContent("the newest 100 readings");
    fireEvent(window, new Event("afterprint"));
    expect(ifThere("readings-left-out")).toBeNull();
    fireEvent.scroll(table, { target: { scrollTop: 100 * 32 } });
    await waitFor(() => expect(table).toHaveAttribute("data-loaded", "200"));
    expect(shell.callsOf("readings_page").map(({ args }) => args.before)).toEqual([null, "100"]);
  });

  it("explains a chart with one reading and one without any", async () => {
    await panel({ ...historyAnswers(readings(0)) });
    expect(await byId("history-one")).toBeInTheDocument();
  });

  it("explains an account that was never read", async () => {
    await panel({ ...historyAnswers([]) });
    expect(await byId("history-empty")).toHaveTextContent("Nothing was read yet");
    expect(await byId("readings-empty")).toBeInTheDocument();
    expect(ifThere("history-chart")).toBeNull();
  });

  it("says when the account no longer exists", async () => {
    await panel({}, "open what is gone");
    expect(await byId("account-gone")).toBeInTheDocument();
  });

  it("shows problems in place, each with a next step", async () => {
    const fails = failing({
      kind: "storage",
      message: "The disk does not answer.",
      action: { kind: "retry" },
    });
    const { shell, user } = await panel({ history: fails, readings_page: fails });
    await waitFor(() => expect(screen.getAllByText("The disk does not answer.")).toHaveLength(2));
    const well = historyAnswers();
    shell.answer("history", well.history as Answer);
    shell.answer("readings_page", well.readings_page as Answer);
    for (const action of screen.getAllByTestId("problem-action")) await user.click(action);
    expect(await byId("history-chart")).toBeInTheDocument();
    expect(await byId("readings")).toBeInTheDocument();
  });

  it("prints the time, and marks practice data", async () => {
    const onPaper = vi.fn(() => ifThere("panel-on-paper")?.textContent);
    vi.stubGlobal("print", onPaper);
    const { user } = await panel();
    await user.click(await byId("panel-print"));
    await waitFor(() => expect(onPaper).toHaveBeenCalledTimes(1));
    expect(onPaper).toHaveReturnedWith(
      expect.stringMatching(/^Balance Desk, printed .+, Demo \(practice data\)$/),
    );
    fireEvent(window, new Event("afterprint"));
    await waitFor(() => expect(ifThere("panel-on-paper")).toBeNull());
    vi.unstubAllGlobals();
  });

  it("sets the low-balance alert and shows a rejection at its field", async () => {
    const { shell, user } = await panel({
      account_set_low_balance: failing({
        kind: "invalid",
        message: "Write an amount.",
        field: "threshold",
      }),
    });
    const field = await byId("mark-threshold");
    await user.clear(field);
    await user.type(field, "abc");
    await user.click(await byId("mark-save"));
    expect(await screen.findByText("Write an amount.")).toBeInTheDocument();
    shell.answer("account_set_low_balance", () => null);
    await user.click(await byId("mark-remove"));
    await waitFor(() =>
      expect(shell.callsOf("account_set_low_balance").at(-1)?.args).toEqual({
        accountId: ACCOUNT,
        threshold: null,
      }),
    );
  });

  it("compares with the chosen day", async () => {
    const { shell } = await panel();
    fireEvent.change(await byId("change-date"), { target: { value: "2026-10-03" } });
    await waitFor(() =>
      expect(shell.callsOf("change_since").at(-1)?.args.request).toEqual({
        of: { kind: "account", accountId: ACCOUNT },
        date: "2026-10-03",
      }),
    );
  });

  it("shows a total as assets and debts, and as a table", async () => {
    const { user } = await panel({}, "total");
    await user.click(await byId("points-table-open"));
    expect(await byId("points-table")).toHaveTextContent("$310.07");
    expect(
      drawn.charts
        .at(-1)
        ?.options.series.slice(1)
        .map(({ label }) => label),
    ).toEqual(["Assets", "Debts"]);
    expect(await serious()).toEqual([]);
  });
});

describe("export", () => {
  it("exports once for a double click, and reports the file and its rows", async () => {
    const pick = later();
    const { shell, user } = await panel({ export_pick: () => pick.promise });
    await user.click(await byId("export-history"));
    await user.dblClick(await byId("export-one-csv"));
    pick.resolve({ path: "/home/ada/readings.csv", rows: 1234 });
    expect(await byId("export-done")).toHaveTextContent("/home/ada/readings.csv");
    expect(screen.getByText("Exported 1,234 rows")).toBeInTheDocument();
    expect(shell.callsOf("export_pick").map(({ args }) => args)).toEqual([
      {
        what: { kind: "history", accountIds: [ACCOUNT], from: null, to: null },
        format: "csv",
      },
    ]);
  });

  it("exports all accounts in list order", async () => {
    const { shell, user } = await panel();
    await press(user, "export-history", "export-all-json");
    await waitFor(() => expect(shell.callsOf("export_pick")).toHaveLength(1));
    const { what, format } = shell.callsOf("export_pick")[0]?.args ?? {};
    expect(format).toBe("json");
    expect(what.accountIds.length).toBeGreaterThan(2);
    expect(what.accountIds[0]).toBe(ACCOUNT);
  });

  it("shows a failure, and nothing when the user cancels the file dialog", async () => {
    const { shell, user } = await panel({ export_pick: () => null });
    await press(user, "export-history", "export-one-csv");
    await waitFor(() => expect(shell.callsOf("export_pick")).toHaveLength(1));
    expect(ifThere("export-done")).toBeNull();
    shell.answer(
      "export_pick",
      failing({ kind: "storage", message: "This folder cannot be written." }),
    );
    await press(user, "export-history", "export-one-csv");
    expect(await byId("export-problem")).toHaveTextContent("This folder cannot be written.");
  });
});

describe("Plaid's answers", () => {
  it("show the ids for support, with the newest body open", async () => {
    await panel({}, "open", "support");
    expect(await screen.findAllByTestId("support-answer")).toHaveLength(3);
    expect(screen.getAllByTestId("support-request-id")[0]).toHaveTextContent("m8MDnv9okwxFNBV");
    expect(screen.getByText("HTTP 429")).toBeInTheDocument();
    expect(screen.getByText("No answer within 30 seconds.")).toBeInTheDocument();
    expect(screen.getByText("30.0 s")).toBeInTheDocument();
    expect(await byId("support-body")).toHaveTextContent('"current": 23631.9805');
    expect(await serious()).toEqual([]);
  });

  it("are copied as text, digit for digit", async () => {
    const { user } = await panel({}, "open", "support");
    await user.click(await byId("support-copy-all"));
    const copied = await navigator.clipboard.readText();
    expect(copied).toBe(supportText(support));
    expect(copied).toContain("request_id: m8MDnv9okwxFNBV");
    expect(copied).toContain("23631.9805");
  });

  it("explain that there is no answer yet", async () => {
    await panel({ account_support: () => ({ ...support, answers: [] }) }, "open", "support");
    expect(await byId("support-empty")).toBeInTheDocument();
  });
});
