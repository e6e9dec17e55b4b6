/** Views as the desk would answer, for tests and the preview. */
import type { BillingView } from "../api/billing";
import type { DemoView } from "../api/demo";
import type { Environment } from "../api/environment";
import type { SettingsView } from "../api/settings";
import type { AppStatus } from "../api/start";

/** The Demo's bank in its default state, with two Items linked. */
export function demoView(changes: Partial<DemoView> = {}): DemoView {
  return {
    latency: { kind: "lifelike" },
    limits: "off",
    faults: [],
    institutions: [
      bank("ins_109508", "First Platypus Bank"),
      bank("ins_109509", "First Gingham Credit Union"),
      { ...bank("ins_132361", "Unhealthy Platypus Bank - Down"), health: "down", linked: false },
    ],
    items: [
      linked("item-platypus", "First Platypus Bank", "Ada Lovelace"),
      linked("item-gingham", "First Gingham Credit Union", "Grace Hopper"),
    ],
    aheadSeconds: 0,
    ...changes,
  };
}

function bank(institutionId: string, name: string): DemoView["institutions"][number] {
  return { institutionId, name, health: "healthy", changed: false, linked: true };
}

function linked(itemId: string, institutionName: string, personName: string) {
  return { itemId, institutionName, personName, code: null };
}

/** The time this many minutes ago. */
export function ago(minutes: number): string {
  return new Date(Date.now() - minutes * 60_000).toISOString();
}

export function status(open: Environment | null, changes: Partial<AppStatus> = {}): AppStatus {
  return {
    version: "0.1.0",
    secretStore: { kind: "keyring", state: { state: "ready" } },
    environments: [
      { environment: "demo", hasKeys: true, clientId: null, hasDatabase: true },
      {
        environment: "sandbox",
        hasKeys: true,
        clientId: "5f1e0c0ffee0de500c0ffee1",
        hasDatabase: true,
      },
      { environment: "production", hasKeys: false, clientId: null, hasDatabase: false },
    ],
    open,
    openProblem: null,
    dataDir: "/home/ada/.local/share/app.balancedesk.desktop",
    lastEnvironment: open,
    ...changes,
  };
}

export function billingView(changes: Partial<BillingView> = {}): BillingView {
  const count = (balances: number, evaluations = 0) => ({
    balances,
    evaluations,
    mayBeBilled: 0,
    cost: { amount: String((balances * 10 + evaluations * 25) / 100), currency: "USD" },
  });
  const day = (before: number) => ago(before * 24 * 60).slice(0, 10);
  return {
    today: count(3),
    month: count(41, 2),
    days: Array.from({ length: 31 }, (_, at) => ({ day: day(at), count: count(at % 4 ? 0 : 3) })),
    months: [
      { month: day(0).slice(0, 7), count: count(41, 2) },
      { month: day(40).slice(0, 7), count: { ...count(120, 30), mayBeBilled: 1 } },
    ],
    pricePerBalanceCall: { amount: "0.1", currency: "USD" },
    pricePerEvaluation: { amount: "0.25", currency: "USD" },
    ...changes,
  };
}

export const settingsView: SettingsView = {
  settings: {
    appName: "Balance Desk",
    language: "en",
    countryCodes: ["US"],
    redirectUri: null,
    webhook: null,
    healthCheckHours: 24,
    consentNoticeDays: 14,
    confirmAboveCalls: 20,
    pricePerBalanceCall: null,
    pricePerEvaluation: null,
    priceCurrency: "USD",
    refreshCachedOnOpen: false,
  },
  languages: [
    { code: "en", name: "English" },
    { code: "fr", name: "French" },
    { code: "es", name: "Spanish" },
  ],
  countries: [
    { code: "US", name: "United States" },
    { code: "CA", name: "Canada" },
    { code: "GB", name: "United Kingdom" },
  ],
  databasePath: "/home/ada/.local/share/app.balancedesk.desktop/demo.db",
  logDir: "/home/ada/.local/share/app.balancedesk.desktop/logs",
};
