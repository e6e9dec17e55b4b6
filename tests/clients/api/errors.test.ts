// Calls that the stand-in rejects, as Plaid's client sees them: HTTP status, error_type, error_code, and words as in
// Plaid's documentation. `apiFailure` checks the whole body.

import { randomUUID } from "node:crypto";
import type { AxiosResponse } from "axios";
import { CountryCode, type PlaidApi, Products } from "plaid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  apiFailure,
  clientOf,
  FIRST_PLATYPUS,
  firstAccount,
  LINK_REQUEST,
  newItem,
} from "../support/plaid";
import { CLIENT_ID, Sandbox, SECRET } from "../support/sandbox";

const HALF_AN_HOUR = 30 * 60;

let sandbox: Sandbox;
let plaid: PlaidApi;

beforeAll(async () => {
  sandbox = await Sandbox.start();
  plaid = clientOf(sandbox);
});
afterAll(() => sandbox.stop());

/** A token in Plaid's format that does not exist. */
function unknownToken(kind: "access" | "public" | "link"): string {
  return `${kind}-sandbox-${randomUUID()}`;
}

async function expectFailure(
  call: Promise<AxiosResponse<unknown>>,
  error_type: string,
  error_code: string,
  words: string | RegExp = "",
): Promise<void> {
  const failure = await apiFailure(call);
  expect(failure).toMatchObject({ status: 400, error: { error_type, error_code } });
  expect(failure.error.error_message).toMatch(words);
}

describe("invalid requests", () => {
  test("MISSING_FIELDS names the fields", async () => {
    // @ts-expect-error: the client's types reject it too.
    await expectFailure(plaid.itemGet({}), "INVALID_REQUEST", "MISSING_FIELDS", "access_token");
    const { client_name: _, ...incomplete } = LINK_REQUEST;
    await expectFailure(
      // @ts-expect-error: the client's types reject it too.
      plaid.linkTokenCreate(incomplete),
      "INVALID_REQUEST",
      "MISSING_FIELDS",
      "client_name",
    );
  });

  test("UNKNOWN_FIELDS names the fields", async () => {
    await expectFailure(
      // @ts-expect-error: the client's types reject it too.
      plaid.linkTokenCreate({ ...LINK_REQUEST, user: { client_user_id: "u", nickname: "n" } }),
      "INVALID_REQUEST",
      "UNKNOWN_FIELDS",
      "user.nickname",
    );
  });

  test("INVALID_FIELD says what is wrong", async () => {
    await expectFailure(
      plaid.linkTokenCreate({ ...LINK_REQUEST, language: "xx" }),
      "INVALID_REQUEST",
      "INVALID_FIELD",
      "language",
    );
    await expectFailure(
      plaid.institutionsGet({ count: 501, offset: 0, country_codes: [CountryCode.Us] }),
      "INVALID_REQUEST",
      "INVALID_FIELD",
      "count",
    );
    await expectFailure(
      plaid.institutionsSearch({ query: "bank", country_codes: [] }),
      "INVALID_REQUEST",
      "INVALID_FIELD",
      "country_codes",
    );
  });

  test("INVALID_FIELD for an unknown evaluation", async () => {
    const client_transaction_id = "never-evaluated";
    await expectFailure(
      plaid.signalDecisionReport({ client_transaction_id, initiated: true }),
      "INVALID_REQUEST",
      "INVALID_FIELD",
      "client_transaction_id",
    );
    await expectFailure(
      plaid.signalReturnReport({ client_transaction_id, return_code: "R01" }),
      "INVALID_REQUEST",
      "INVALID_FIELD",
      "client_transaction_id",
    );
  });

  test("INVALID_FIELD at Capital One, whose balances need min_last_updated_datetime", async () => {
    const access_token = await newItem(plaid, { institutionId: "ins_128026" });
    await expectFailure(
      plaid.accountsBalanceGet({ access_token }),
      "INVALID_REQUEST",
      "INVALID_FIELD",
      "min_last_updated_datetime",
    );
    await expectFailure(
      plaid.accountsBalanceGet({
        access_token,
        options: { min_last_updated_datetime: new Date().toISOString() },
      }),
      "INVALID_RESULT",
      "LAST_UPDATED_DATETIME_OUT_OF_RANGE",
    );
  });

  test("INVALID_BODY for invalid JSON and for another content type", async () => {
    const access_token = unknownToken("access");
    await expectFailure(
      plaid.itemGet({ access_token }, { transformRequest: () => '{"access_token":' }),
      "INVALID_REQUEST",
      "INVALID_BODY",
    );
    await expectFailure(
      plaid.itemGet({ access_token }, { headers: { "Content-Type": "text/plain" } }),
      "INVALID_REQUEST",
      "INVALID_BODY",
    );
  });

  test("INVALID_HEADERS without a content type", async () => {
    const bare = clientOf(sandbox, {
      modifyRequest: (request) => request.headers.set("Content-Type", false),
    });
    await expectFailure(
      bare.itemGet({ access_token: unknownToken("access") }),
      "INVALID_REQUEST",
      "INVALID_HEADERS",
    );
  });

  test("NOT_FOUND for an unknown endpoint", async () => {
    const elsewhere = clientOf(sandbox, { url: `${sandbox.url}/nowhere` });
    const failure = await apiFailure(elsewhere.itemGet({ access_token: unknownToken("access") }));
    expect(failure).toMatchObject({
      status: 404,
      error: { error_type: "INVALID_REQUEST", error_code: "NOT_FOUND" },
    });
  });
});

describe("keys", () => {
  test("INVALID_API_KEYS if one key is wrong", async () => {
    const right = { clientId: CLIENT_ID, secret: SECRET };
    for (const keys of [
      { ...right, clientId: "5f1e0c0ffee0de500c0ffee2" },
      { ...right, secret: "another" },
    ]) {
      await expectFailure(
        clientOf(sandbox, { keys }).institutionsSearch({
          query: "bank",
          country_codes: [CountryCode.Us],
        }),
        "INVALID_INPUT",
        "INVALID_API_KEYS",
      );
    }
  });

  test("MISSING_FIELDS without keys", async () => {
    await expectFailure(
      clientOf(sandbox, { keys: "none" }).institutionsSearch({
        query: "bank",
        country_codes: [CountryCode.Us],
      }),
      "INVALID_REQUEST",
      "MISSING_FIELDS",
      /client_id.*secret/,
    );
  });
});

describe("tokens", () => {
  test("INVALID_ACCESS_TOKEN: unknown, malformed, or from Production", async () => {
    const access_token = unknownToken("access");
    const calls = [
      () => plaid.itemGet({ access_token }),
      () => plaid.itemRemove({ access_token }),
      () => plaid.itemAccessTokenInvalidate({ access_token }),
      () => plaid.itemCreatePublicToken({ access_token }),
      () => plaid.itemWebhookUpdate({ access_token, webhook: "https://example.com/hook" }),
      () => plaid.accountsGet({ access_token }),
      () => plaid.accountsBalanceGet({ access_token }),
      () => plaid.signalPrepare({ access_token }),
      () =>
        plaid.signalEvaluate({
          access_token,
          account_id: "none",
          client_transaction_id: "t",
          amount: 1,
        }),
      () => plaid.sandboxItemResetLogin({ access_token }),
    ];
    for (const call of calls) {
      await expectFailure(call(), "INVALID_INPUT", "INVALID_ACCESS_TOKEN");
    }
    for (const [token, words] of [
      ["nonsense", "invalid format"],
      [`access-production-${randomUUID()}`, 'expected "sandbox", got "production"'],
    ] as const) {
      const call = plaid.itemGet({ access_token: token });
      await expectFailure(call, "INVALID_INPUT", "INVALID_ACCESS_TOKEN", words);
    }
  });

  test("INVALID_PUBLIC_TOKEN: unknown, used twice, or older than half an hour", async () => {
    const exchange = (public_token: string) => plaid.itemPublicTokenExchange({ public_token });
    const code = "INVALID_PUBLIC_TOKEN";
    await expectFailure(exchange(unknownToken("public")), "INVALID_INPUT", code);

    const create = { institution_id: FIRST_PLATYPUS, initial_products: [Products.Auth] };
    const used = (await plaid.sandboxPublicTokenCreate(create)).data.public_token;
    await exchange(used);
    await expectFailure(exchange(used), "INVALID_INPUT", code);

    const fresh = (await plaid.sandboxPublicTokenCreate(create)).data.public_token;
    const old = (await plaid.sandboxPublicTokenCreate(create)).data.public_token;
    await sandbox.advance(HALF_AN_HOUR - 60);
    await exchange(fresh);
    await sandbox.advance(60 + 1);
    await expectFailure(exchange(old), "INVALID_INPUT", code, "expired");
  });

  test("INVALID_LINK_TOKEN: unknown", async () => {
    await expectFailure(
      plaid.linkTokenGet({ link_token: unknownToken("link") }),
      "INVALID_INPUT",
      "INVALID_LINK_TOKEN",
    );
  });

  test("a rotated access token stops working at once", async () => {
    const access_token = await newItem(plaid);
    const { data } = await plaid.itemAccessTokenInvalidate({ access_token });
    await expectFailure(plaid.itemGet({ access_token }), "INVALID_INPUT", "INVALID_ACCESS_TOKEN");
    await plaid.itemGet({ access_token: data.new_access_token });
  });

  test("a removed Item answers ITEM_NOT_FOUND", async () => {
    const access_token = await newItem(plaid);
    await plaid.itemRemove({ access_token });
    for (const call of [
      () => plaid.itemGet({ access_token }),
      () => plaid.accountsGet({ access_token }),
      () => plaid.accountsBalanceGet({ access_token }),
      () => plaid.itemRemove({ access_token }),
    ]) {
      await expectFailure(call(), "ITEM_ERROR", "ITEM_NOT_FOUND", "removed");
    }
  });
});

describe("unknown values", () => {
  test("INVALID_ACCOUNT_ID: unknown, or of another Item", async () => {
    const access_token = await newItem(plaid);
    const foreign = await firstAccount(plaid, await newItem(plaid));
    for (const account_id of ["none", foreign]) {
      const options = { account_ids: [account_id] };
      const evaluation = { access_token, account_id, client_transaction_id: "t", amount: 1 };
      for (const call of [
        () => plaid.accountsGet({ access_token, options }),
        () => plaid.accountsBalanceGet({ access_token, options }),
        () => plaid.signalEvaluate(evaluation),
      ]) {
        await expectFailure(call(), "INVALID_INPUT", "INVALID_ACCOUNT_ID");
      }
    }
  });

  test("INVALID_PRODUCT: balance, and two products in one string", async () => {
    // As in the guide's sample.
    const asOneString = "signal, auth" as Products;
    for (const product of [Products.Balance, asOneString]) {
      await expectFailure(
        plaid.linkTokenCreate({ ...LINK_REQUEST, products: [product] }),
        "INVALID_INPUT",
        "INVALID_PRODUCT",
        product,
      );
    }
  });

  test("INVALID_INSTITUTION: unknown, or in another country", async () => {
    for (const institution_id of ["ins_0", "ins_43"]) {
      await expectFailure(
        plaid.institutionsGetById({ institution_id, country_codes: [CountryCode.Us] }),
        "INVALID_INPUT",
        "INVALID_INSTITUTION",
      );
    }
    await expectFailure(
      plaid.sandboxPublicTokenCreate({
        institution_id: "ins_0",
        initial_products: [Products.Auth],
      }),
      "INVALID_INPUT",
      "INVALID_INSTITUTION",
    );
  });

  test("an unknown ruleset, and an ID used for another debit", async () => {
    const access_token = await newItem(plaid);
    const account_id = await firstAccount(plaid, access_token);
    const debit = { access_token, account_id, client_transaction_id: "once", amount: 10 };
    await expectFailure(
      plaid.signalEvaluate({ ...debit, ruleset_key: "none" }),
      "SIGNAL_ERROR",
      "RULESET_NOT_FOUND",
      "none",
    );
    await plaid.signalEvaluate(debit);
    await expectFailure(
      plaid.signalEvaluate({ ...debit, amount: 11 }),
      "SIGNAL_ERROR",
      "CLIENT_TRANSACTION_ID_ALREADY_IN_USE",
    );
  });

  test("a sign-in that a description or a password makes fail", async () => {
    const create = (override_username: string, override_password: string) =>
      plaid.sandboxPublicTokenCreate({
        institution_id: FIRST_PLATYPUS,
        initial_products: [Products.Auth],
        options: { override_username, override_password },
      });
    await expectFailure(
      create("user_custom", '{"override_accounts": [{}]}'),
      "ITEM_ERROR",
      "INVALID_CREDENTIALS",
    );
    await expectFailure(create("user_good", "error_ITEM_LOCKED"), "ITEM_ERROR", "ITEM_LOCKED");
  });
});
