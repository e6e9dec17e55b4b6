// Plaid's guide for Balance and Signal with Plaid's client, from the link token to the return, and then the stand-in's
// other endpoints.

import {
  AccountSubtype,
  AccountType,
  CountryCode,
  ItemRemoveReasonCode,
  Products,
  RuleResult,
  SignalDecisionOutcome,
  SignalPaymentMethod,
  SandboxItemFireWebhookRequestWebhookCodeEnum as WebhookCode,
} from "plaid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientOf, FIRST_PLATYPUS, firstAccount, LINK_REQUEST, newItem } from "../support/plaid";
import { CLIENT_ID, Sandbox, SECRET } from "../support/sandbox";
import { propertiesOf } from "../support/shapes";
import type { Answers } from "../support/types";

let sandbox: Sandbox;
/** The last test checks that these are all endpoints. */
const answeredPaths = new Set<string>();

beforeAll(async () => {
  sandbox = await Sandbox.start();
});
afterAll(() => sandbox.stop());

function client() {
  return clientOf(sandbox, { answeredPaths });
}

test("the guide, from the link token to the return", async () => {
  const plaid = client();
  const created = await plaid.linkTokenCreate({ ...LINK_REQUEST, hosted_link: {} });
  expect(created.data.link_token).toMatch(/^link-sandbox-[0-9a-f-]{36}$/);
  expect(Date.parse(created.data.expiration)).toBeGreaterThan(Date.now());
  expect(created.data.hosted_link_url).toMatch(/^http:\/\/127\.0\.0\.1:/);
  const session = await plaid.linkTokenGet({ link_token: created.data.link_token });
  expect(session.data.metadata.initial_products).toEqual([Products.Signal, Products.Auth]);
  expect(session.data.metadata.client_name).toBe("Balance Desk");

  const granted = await plaid.sandboxPublicTokenCreate({
    institution_id: FIRST_PLATYPUS,
    initial_products: [Products.Signal, Products.Auth],
  });
  expect(granted.data.public_token).toMatch(/^public-sandbox-[0-9a-f-]{36}$/);
  const exchanged = await plaid.itemPublicTokenExchange({
    public_token: granted.data.public_token,
  });
  const access_token = exchanged.data.access_token;
  expect(access_token).toMatch(/^access-sandbox-[0-9a-f-]{36}$/);

  const live = await plaid.accountsBalanceGet({ access_token });
  expect(live.data.item.item_id).toBe(exchanged.data.item_id);
  const checking = live.data.accounts.find((account) => account.mask === "0000");
  expect(checking).toMatchObject({
    name: "Plaid Checking",
    official_name: "Plaid Gold Standard 0% Interest Checking",
    type: AccountType.Depository,
    subtype: AccountSubtype.Checking,
    balances: {
      available: 100,
      current: 110,
      limit: null,
      iso_currency_code: "USD",
      unofficial_currency_code: null,
    },
  });
  const account_id = checking?.account_id ?? "";

  const debit = { access_token, account_id, client_transaction_id: "debit-1", amount: 75.5 };
  const evaluated = await plaid.signalEvaluate({
    ...debit,
    user_present: true,
    client_user_id: "user-1",
    is_recurring: false,
    default_payment_method: "SAME_DAY_ACH",
    user: { name: { given_name: "Ada", family_name: "Lovelace" }, email_address: "a@example.com" },
    device: { ip_address: "198.51.100.7", user_agent: "Test" },
  });
  expect(evaluated.data.ruleset).toMatchObject({
    ruleset_key: "default",
    result: RuleResult.Review,
    triggered_rule_details: { custom_action_key: "3-day-hold" },
  });
  // A Balance-only ruleset returns balances and no scores.
  expect(evaluated.data.core_attributes).toEqual({ available_balance: 100, current_balance: 110 });
  expect(evaluated.data.scores).toBeNull();
  expect(evaluated.data.warnings).toEqual([]);

  await plaid.signalDecisionReport({
    client_transaction_id: "debit-1",
    initiated: true,
    days_funds_on_hold: 3,
    decision_outcome: SignalDecisionOutcome.Approve,
    payment_method: SignalPaymentMethod.SameDayAch,
    amount_instantly_available: 25,
  });
  await plaid.signalReturnReport({
    client_transaction_id: "debit-1",
    return_code: "R01",
    returned_at: "2026-11-26T00:00:00Z",
  });
});

test("all twelve accounts of user_good keep their exact balances", async () => {
  const plaid = client();
  const access_token = await newItem(plaid);
  const { data } = await plaid.accountsGet({ access_token });
  const current = Object.fromEntries(
    data.accounts.map((account) => [account.mask, account.balances.current]),
  );
  expect(data.accounts).toHaveLength(12);
  expect(current).toMatchObject({
    "0000": 110,
    "1111": 210,
    "2222": 1000,
    "3333": 410,
    "4444": 43200,
    "5555": 320.76,
    "6666": 23631.9805,
    "7777": 65262,
    "8888": 56302.06,
  });
});

test("live balances of some accounts, and with a maximum age", async () => {
  const plaid = client();
  const access_token = await newItem(plaid);
  const account_id = await firstAccount(plaid, access_token);
  const some = { access_token, options: { account_ids: [account_id] } };
  const live = await plaid.accountsBalanceGet(some);
  expect(live.data.accounts.map((account) => account.account_id)).toEqual([account_id]);
  const cached = await plaid.accountsGet(some);
  expect(cached.data.accounts).toHaveLength(1);

  const capitalOne = await newItem(plaid, { institutionId: "ins_128026" });
  const yesterday = new Date(Date.now() - 2 * 24 * 60 * 60 * 1000).toISOString();
  const dated = await plaid.accountsBalanceGet({
    access_token: capitalOne,
    options: { min_last_updated_datetime: yesterday },
  });
  const credit = dated.data.accounts.find((account) => account.type === AccountType.Credit);
  expect(Date.parse(credit?.balances.last_updated_datetime ?? "")).toBeGreaterThan(
    Date.parse(yesterday),
  );
});

test("a Signal Transaction Scores ruleset returns scores and core attributes", async () => {
  const plaid = client();
  const access_token = await newItem(plaid);
  const account_id = await firstAccount(plaid, access_token);
  await plaid.signalPrepare({ access_token });
  for (const [amount, score] of [
    [3.53, 10],
    [12.17, 60],
    [27.53, 90],
  ] as const) {
    const { data } = await plaid.signalEvaluate({
      access_token,
      account_id,
      client_transaction_id: `scored-${score}`,
      amount,
      ruleset_key: "scores",
    });
    expect(data.scores?.bank_initiated_return_risk?.score).toBe(score);
    expect(data.scores?.customer_initiated_return_risk?.score).toBe(score);
    expect(data.ruleset?.ruleset_key).toBe("scores");
    const attributes = Object.keys(data.core_attributes ?? {});
    expect(attributes.sort()).toEqual(propertiesOf("SignalEvaluateCoreAttributes").sort());
  }
});

test("ITEM_LOGIN_REQUIRED: the warning, and a link token for update mode", async () => {
  const plaid = client();
  const access_token = await newItem(plaid);
  const account_id = await firstAccount(plaid, access_token);
  const reset = await plaid.sandboxItemResetLogin({ access_token });
  expect(reset.data.reset_login).toBe(true);
  const { data } = await plaid.itemGet({ access_token });
  expect(data.item.error?.error_code).toBe("ITEM_LOGIN_REQUIRED");

  const evaluated = await plaid.signalEvaluate({
    access_token,
    account_id,
    client_transaction_id: "needs-login",
    amount: 10,
  });
  expect(evaluated.data.warnings.map((warning) => warning.warning_code)).toEqual([
    "ITEM_LOGIN_REQUIRED",
  ]);

  const { user, client_name, language, country_codes } = LINK_REQUEST;
  const repair = await plaid.linkTokenCreate({
    user,
    client_name,
    language,
    country_codes,
    access_token,
    update: { account_selection_enabled: true },
  });
  expect(repair.data.link_token).toMatch(/^link-sandbox-/);
});

test("the life of an Item: webhook, rotation, removal", async () => {
  const plaid = client();
  const access_token = await newItem(plaid);
  const { data } = await plaid.itemGet({ access_token });
  expect(data.item).toMatchObject({
    institution_id: FIRST_PLATYPUS,
    institution_name: "First Platypus Bank",
    webhook: null,
    error: null,
    update_type: "background",
  });
  expect(data.item.billed_products).not.toContain(Products.Balance);

  const webhook = "https://example.com/hook";
  const updated = await plaid.itemWebhookUpdate({ access_token, webhook });
  expect(updated.data.item.webhook).toBe(webhook);
  // Not on loopback, so nothing is sent.
  const fired = await plaid.sandboxItemFireWebhook({
    access_token,
    webhook_code: WebhookCode.NewAccountsAvailable,
  });
  expect(fired.data.webhook_fired).toBe(false);

  const again = await plaid.itemCreatePublicToken({ access_token });
  expect(again.data.public_token).toMatch(/^public-sandbox-/);

  const rotated = await plaid.itemAccessTokenInvalidate({ access_token });
  const fresh = rotated.data.new_access_token;
  expect(fresh).not.toBe(access_token);
  expect((await plaid.itemGet({ access_token: fresh })).data.item.item_id).toBe(data.item.item_id);
  await plaid.itemRemove({
    access_token: fresh,
    reason_code: ItemRemoveReasonCode.Other,
    reason_note: "the end of a test",
  });
});

test("institutions: listed, found by name, and one with all its details", async () => {
  const plaid = client();
  const countries = { country_codes: [CountryCode.Us, CountryCode.Ca] };
  const all = await plaid.institutionsGet({ ...countries, count: 500, offset: 0 });
  expect(all.data.institutions).toHaveLength(all.data.total);
  const page = await plaid.institutionsGet({ ...countries, count: 2, offset: 1 });
  expect(page.data.institutions).toEqual(all.data.institutions.slice(1, 3));

  const found = await plaid.institutionsSearch({
    ...countries,
    query: "platypus",
    products: [Products.Auth],
    options: { include_optional_metadata: true },
  });
  expect(found.data.institutions.map((institution) => institution.institution_id)).toContain(
    FIRST_PLATYPUS,
  );

  const one = await plaid.institutionsGetById({
    ...countries,
    institution_id: FIRST_PLATYPUS,
    options: { include_optional_metadata: true, include_status: true, include_auth_metadata: true },
  });
  const { logo, status } = one.data.institution;
  expect(
    Buffer.from(logo ?? "", "base64")
      .subarray(1, 4)
      .toString(),
  ).toBe("PNG");
  expect(status?.item_logins?.status).toBe("HEALTHY");
});

test("customers described by user_custom", async () => {
  const plaid = client();
  const mine = await newItem(plaid, {
    username: "user_custom",
    password: JSON.stringify({
      override_accounts: [
        {
          type: "depository",
          subtype: "checking",
          starting_balance: 1000.25,
          force_available_balance: 900.5,
          currency: "EUR",
          meta: { name: "Mine", official_name: "All Mine", mask: "4321", limit: 50 },
        },
        { type: "credit", subtype: "credit card", starting_balance: 0 },
      ],
    }),
  });
  const { data } = await plaid.accountsBalanceGet({ access_token: mine });
  expect(data.accounts).toHaveLength(2);
  expect(data.accounts.find((account) => account.mask === "4321")).toMatchObject({
    name: "Mine",
    official_name: "All Mine",
    balances: { available: 900.5, current: 1000.25, limit: 50, iso_currency_code: "EUR" },
  });
});

test.each([
  "user_household",
  "user_business",
  "user_bakery",
  "user_freelancer",
  "user_student",
  "user_tenant_ana",
  "user_tenant_ben",
  "user_tenant_cho",
  "user_canada",
  "user_lender",
])("%s changes with every live read, and the last one is cached", async (username) => {
  const plaid = client();
  const access_token = await newItem(plaid, { username });
  const balances = async (read: "accountsGet" | "accountsBalanceGet") => {
    const { data } = await plaid[read]({ access_token });
    return data.accounts.map((account) => account.balances);
  };
  const reads = [];
  for (let read = 0; read < 5; read += 1) {
    reads.push(await balances("accountsBalanceGet"));
  }
  expect(new Set(reads.map((read) => JSON.stringify(read))).size).toBeGreaterThan(1);
  expect(await balances("accountsGet")).toEqual(reads.at(-1));
  for (const balance of reads.flat()) {
    expect(balance.available ?? balance.current).not.toBeNull();
    // One of the two codes, never both.
    expect(balance.iso_currency_code === null).toBe(balance.unofficial_currency_code !== null);
  }
});

test("credentials may come in the body instead", async () => {
  const plaid = clientOf(sandbox, { answeredPaths, keys: "none" });
  const { data } = await plaid.institutionsSearch({
    client_id: CLIENT_ID,
    secret: SECRET,
    query: "gingham",
    country_codes: [CountryCode.Us],
  });
  expect(data.institutions).toHaveLength(1);
});

test("these tests called every endpoint of the stand-in", () => {
  // The type makes this list complete. The webhook key is tested in webhooks.test.ts.
  const endpoints: Record<Exclude<keyof Answers, "/webhook_verification_key/get">, true> = {
    "/accounts/balance/get": true,
    "/accounts/get": true,
    "/institutions/get": true,
    "/institutions/get_by_id": true,
    "/institutions/search": true,
    "/item/access_token/invalidate": true,
    "/item/get": true,
    "/item/public_token/create": true,
    "/item/public_token/exchange": true,
    "/item/remove": true,
    "/item/webhook/update": true,
    "/link/token/create": true,
    "/link/token/get": true,
    "/sandbox/item/fire_webhook": true,
    "/sandbox/item/reset_login": true,
    "/sandbox/public_token/create": true,
    "/signal/decision/report": true,
    "/signal/evaluate": true,
    "/signal/prepare": true,
    "/signal/return/report": true,
  };
  expect([...answeredPaths].sort()).toEqual(Object.keys(endpoints).sort());
});
