/**
 * Shows the screens with test data in a browser: `npm run preview:fixture`.
 * `?state=start` (or `demo`, `production`, `empty`, `nokeyring`, ...) chooses the state. `&click=nav-invitations,invitation-open`
 * clicks these test ids one after the other.
 */
import "../src/kit/theme/styles";
import { createRoot } from "react-dom/client";
import { Root } from "../src/app/Root";
import { loginRequired, manyAccounts, platypus, reading } from "../src/test/accounts";
import { status } from "../src/test/data";
import { decisionsAnswers } from "../src/test/decisions";
import { answer, evaluation } from "../src/test/evaluations";
import { type Answer, fakeShell, progress } from "../src/test/fakeShell";
import { historyAnswers, readings } from "../src/test/history";
import { held, invitation, linkSession } from "../src/test/link";
import { activityPage } from "../src/test/outcomes";

const never = () => new Promise(() => {});
const locked = {
  state: "absent" as const,
  reason: "No Secret Service answered on the session bus.",
};

const states: Record<string, () => void> = {
  start: () => fakeShell(null, keysRefused()),
  nokeyring: () =>
    fakeShell(null, {
      app_status: () => status(null, { secretStore: { kind: "notChosen", keyring: locked } }),
    }),
  unlock: () =>
    fakeShell(null, {
      app_status: () => status(null, { secretStore: { kind: "passphrase", locked: true } }),
      unlock_secrets: () => {
        throw { kind: "wrongPassphrase", message: "That is not the passphrase." };
      },
    }),
  keyring: () =>
    fakeShell(null, {
      app_status: () => status(null, { secretStore: { kind: "keyring", state: locked } }),
    }),
  newer: () =>
    fakeShell(null, {
      app_status: () =>
        status(null, {
          openProblem: {
            kind: "databaseNewer",
            message: "The Demo's data file was written by a newer version of Balance Desk.",
            action: { kind: "update" },
          },
          lastEnvironment: "demo",
        }),
    }),
  demo: () => fakeShell("demo", linked()),
  sandbox: () => fakeShell("sandbox", linked()),
  production: () => fakeShell("production", linked()),
  history: () => fakeShell("demo", historyAnswers()),
  decisions: () => fakeShell("demo", decisionsAnswers()),
  onereading: () => fakeShell("demo", historyAnswers(readings(0))),
  unread: () => fakeShell("demo", historyAnswers([])),
  refreshing: () =>
    fakeShell("demo", {
      balances_refresh: (args) => {
        progress(args, { kind: "started", done: 0, secondsLeft: 4, total: 5 });
        progress(args, {
          kind: "itemDone",
          itemId: "item-platypus",
          done: 2,
          total: 5,
          secondsLeft: 3,
        });
        return never();
      },
    }),
  many: () => fakeShell("demo", { accounts_list: () => manyAccounts(10_000) }),
  asked: () =>
    fakeShell("production", {
      balances_plan: () => ({
        calls: 1250,
        cost: { amount: "125", currency: "USD" },
        needsConfirmation: true,
        seconds: 390,
        running: false,
      }),
    }),
  failed: () =>
    fakeShell("demo", {
      balances_refresh: () => ({
        refreshed: 3,
        cancelled: false,
        failed: ["First Gingham Credit Union", "Tartan Bank"].map((institutionName, at) => ({
          itemId: at ? "item-tartan" : "item-gingham",
          institutionName,
          problem: at
            ? { kind: "network", message: "The bank does not answer.", action: { kind: "retry" } }
            : loginRequired,
          mayBeBilled: false,
        })),
      }),
    }),
  long: () => fakeShell("production", longNames()),
  browser: () =>
    fakeShell("demo", {
      link_start: () => linkSession({ way: "browser", events: [] }),
      link_session: () => linkSession({ way: "browser", canContinueInBrowser: false, events: [] }),
    }),
  held: () => fakeShell("demo", { link_sessions: () => [held], link_session: () => held }),
  withdrawn: () => {
    const withdrawn = linkSession({ state: "withdrawn", institutionName: "Tartan Bank" });
    fakeShell("demo", { link_start: () => withdrawn, link_session: () => withdrawn });
  },
  invited: () => fakeShell("demo", { link_session: () => invitation("invitation-1") }),
  cancelled: () => {
    const cancelled = { progress: "cancelled", url: null } as const;
    fakeShell("demo", { link_session: () => invitation("invitation-1", cancelled) });
  },
  empty: () =>
    fakeShell("demo", {
      invitations: () => [],
      link_sessions: () => [],
      items_view: () => ({ items: [], totals: [] }),
      activity_page: ({ request }) => activityPage([], request),
      people_list: () => [],
    }),
};

function keysRefused(): Record<string, Answer> {
  return {
    save_keys: () => {
      throw {
        kind: "plaid",
        message: "Plaid does not know this client_id with this secret.",
        field: "secret",
      };
    },
  };
}

/** The longest possible names, and amounts with many digits. */
function longNames(): Record<string, Answer> {
  const name = "Ada🦆".repeat(75);
  const item = {
    ...platypus,
    institutionName: name,
    person: { ...platypus.person, name },
    accounts: platypus.accounts.map((account) => ({
      ...account,
      name,
      reading: reading({ current: "900719925474099301.23", available: "-123456789.123456" }),
    })),
  };
  const long = { accountName: name, personName: name, institutionName: name };
  return {
    items_view: () => ({
      items: [item],
      totals: [{ currency: "USD", assets: "900719925474099301.23", debts: "0", notReported: 0 }],
    }),
    activity_page: ({ request }) => activityPage([evaluation(name, long)], request),
    evaluation: () => evaluation(name.slice(0, 36), long),
    link_session: () => linkSession({ personName: name, state: "exchanged", itemId: item.itemId }),
  };
}

function linked(): Record<string, Answer> {
  return {
    evaluate: () =>
      evaluation("debit-2026-0120", {
        answer: answer({ result: "accept", customActionKey: "instant" }),
      }),
    link_session: () => linkSession(),
  };
}

const asked = new URLSearchParams(location.search).get("state") ?? "demo";
states[asked]?.();

const root = document.getElementById("root");
if (root) createRoot(root).render(<Root />);

/** Clicks each test id in order, as soon as its element appears. */
function clickThrough([next, ...rest]: string[]): void {
  if (!next) return;
  const element = document.querySelector<HTMLElement>(`[data-testid="${next}"]`);
  element?.click();
  setTimeout(() => clickThrough(element ? rest : [next, ...rest]), 150);
}
clickThrough(new URLSearchParams(location.search).get("click")?.split(",") ?? []);
