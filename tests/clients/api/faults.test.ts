// Simulated failures as Plaid's client sees them: failed calls, rate limits, and banks and Items that do not work.

import { AxiosError } from "axios";
import { CountryCode, type PlaidApi } from "plaid";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { apiFailure, clientOf, FIRST_PLATYPUS, failureOf, newItem } from "../support/plaid";
import { Sandbox } from "../support/sandbox";

const BALANCE = "/accounts/balance/get";

let sandbox: Sandbox;
let plaid: PlaidApi;
let access_token: string;

beforeAll(async () => {
  sandbox = await Sandbox.start();
  plaid = clientOf(sandbox);
});
beforeEach(async () => {
  access_token = await newItem(plaid);
});
afterAll(() => sandbox.stop());

describe("a failing call", () => {
  test.each([
    ["rate_limit", 429, "RATE_LIMIT_EXCEEDED", "BALANCE_LIMIT"],
    ["internal_server_error", 500, "API_ERROR", "INTERNAL_SERVER_ERROR"],
  ] as const)(
    "%s is HTTP %i with Plaid's error, as often as requested",
    async (fault, status, error_type, error_code) => {
      await sandbox.fail(BALANCE, fault, 2);
      for (const _ of [1, 2]) {
        const failure = await apiFailure(plaid.accountsBalanceGet({ access_token }));
        expect(failure).toMatchObject({ status, error: { error_type, error_code } });
      }
      await plaid.accountsBalanceGet({ access_token });
    },
  );

  test("unavailable is HTTP 503 with an HTML page", async () => {
    await sandbox.fail(BALANCE, "unavailable");
    const failure = await failureOf(plaid.accountsBalanceGet({ access_token }));
    expect(failure.response?.status).toBe(503);
    expect(failure.response?.headers["content-type"]).toMatch("text/html");
    expect(failure.response?.data).toMatch(/<html/i);
  });

  test("a connection reset has no side effect", async () => {
    await sandbox.fail("/item/remove", "connection_reset");
    const failure = await failureOf(plaid.itemRemove({ access_token }));
    expect(failure.response).toBeUndefined();
    expect(failure.code).toBe("ECONNRESET");
    await plaid.itemGet({ access_token });
  });

  test("a lost answer comes after the side effect", async () => {
    await sandbox.fail("/item/remove", "answer_lost");
    const failure = await failureOf(plaid.itemRemove({ access_token }));
    expect(failure.response).toBeUndefined();
    expect(failure.code).toBe("ECONNRESET");
    const { error } = await apiFailure(plaid.itemGet({ access_token }));
    expect(error.error_code).toBe("ITEM_NOT_FOUND");
  });

  test("a truncated answer cannot be read", async () => {
    await sandbox.fail("/item/get", "truncated_body");
    const failure = await failureOf(plaid.itemGet({ access_token }));
    expect(failure.code).toBe(AxiosError.ERR_BAD_RESPONSE);
    await plaid.itemGet({ access_token });
  });
});

describe("Plaid's limits in the Sandbox", () => {
  beforeEach(() => sandbox.limits("sandbox"));
  afterAll(() => sandbox.limits("off"));

  test("25 live balances per Item and minute", async () => {
    for (let call = 0; call < 25; call += 1) {
      await plaid.accountsBalanceGet({ access_token });
    }
    const failure = await apiFailure(plaid.accountsBalanceGet({ access_token }));
    expect(failure).toMatchObject({
      status: 429,
      error: { error_type: "RATE_LIMIT_EXCEEDED", error_code: "BALANCE_LIMIT" },
    });
    await sandbox.advance(60);
    await plaid.accountsBalanceGet({ access_token });
  });

  test("10 lists of institutions per minute", async () => {
    const list = () =>
      plaid.institutionsGet({ count: 1, offset: 0, country_codes: [CountryCode.Us] });
    for (let call = 0; call < 10; call += 1) {
      await list();
    }
    const failure = await apiFailure(list());
    expect(failure).toMatchObject({
      status: 429,
      error: { error_type: "RATE_LIMIT_EXCEEDED", error_code: "INSTITUTIONS_GET_LIMIT" },
    });
  });
});

describe("a bank and an Item that do not work", () => {
  test("while a bank is down, live balances fail and cached ones do not", async () => {
    await sandbox.institution(FIRST_PLATYPUS, "down");
    const failure = await apiFailure(plaid.accountsBalanceGet({ access_token }));
    expect(failure).toMatchObject({
      status: 400,
      error: { error_type: "INSTITUTION_ERROR", error_code: "INSTITUTION_DOWN" },
    });
    await plaid.accountsGet({ access_token });
    const { data } = await plaid.institutionsGetById({
      institution_id: FIRST_PLATYPUS,
      country_codes: [CountryCode.Us],
      options: { include_status: true },
    });
    expect(data.institution.status?.item_logins?.status).toBe("DOWN");
    await sandbox.institution(FIRST_PLATYPUS, "healthy");
    await plaid.accountsBalanceGet({ access_token });
  });

  test.each([
    "ITEM_LOGIN_REQUIRED",
    "ITEM_LOCKED",
    "ACCESS_NOT_GRANTED",
    "USER_SETUP_REQUIRED",
    "NO_ACCOUNTS",
  ])("an Item in %s reports it and can be repaired", async (error_code) => {
    await sandbox.breakItem(access_token, error_code);
    const failure = await apiFailure(plaid.accountsBalanceGet({ access_token }));
    expect(failure).toMatchObject({ status: 400, error: { error_type: "ITEM_ERROR", error_code } });
    const { data } = await plaid.itemGet({ access_token });
    expect(data.item.error?.error_code).toBe(error_code);
    await sandbox.breakItem(access_token, null);
    await plaid.accountsBalanceGet({ access_token });
  });
});
