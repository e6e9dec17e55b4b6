// What the stand-in refuses, seen through Plaid's own client: HTTP status, error_type, error_code and
// words as in Plaid's documentation; `refusal` checks the whole body and the request_id.

import { randomUUID } from "node:crypto";
import type { AxiosResponse } from "axios";
import { CountryCode, type PlaidApi, Products } from "plaid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  clientOf,
  FIRST_PLATYPUS,
  firstAccount,
  LINK_REQUEST,
  newItem,
  refusal,
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

/** An access token in Plaid's format that no Item has. */
function unknownToken(kind: "access" | "public" | "link"): string {
  return `${kind}-sandbox-${randomUUID()}`;
}

async function expectRefusal(
  call: Promise<AxiosResponse<unknown>>,
  error_type: string,
  error_code: string,
  words: string | RegExp = "",
): Promise<void> {
  const refused = await refusal(call);
  expect(refused).toMatchObject({ status: 400, error: { error_type, error_code } });
  expect(refused.error.error_message).toMatch(words);
}

describe("requests that are not what the endpoint takes", () => {
  test("MISSING_FIELDS names them", async () => {
    // @ts-expect-error: the client's types see it, too.
    await expectRefusal(plaid.itemGet({}), "INVALID_REQUEST", "MISSING_FIELDS", "access_token");
    const { client_name: _, ...incomplete } = LINK_REQUEST;
    await expectRefusal(
      // @ts-expect-error: the client's types see it, too.
      plaid.linkTokenCreate(incomplete),
      "INVALID_REQUEST",
      "MISSING_FIELDS",
      "client_name",
    );
  });

  test("UNKNOWN_FIELDS names them", async () => {
    await expectRefusal(
      // @ts-expect-error: the client's types see it, too.
      plaid.linkTokenCreate({ ...LINK_REQUEST, user: { client_user_id: "u", nickname: "n" } }),
      "INVALID_REQUEST",
      "UNKNOWN_FIELDS",
      "user.nickname",
    );
  });

  test("INVALID_FIELD says what is wrong", async () => {
    await expectRefusal(
      plaid.linkTokenCreate({ ...LINK_REQUEST, language: "xx" }),
      "INVALID_REQUEST",
      "INVALID_FIELD",
      "language",
    );
    await expectRefusal(
      plaid.institutionsGet({ count: 501, offset: 0, country_codes: [CountryCode.Us] }),
      "INVALID_REQUEST",
      "INVALID_FIELD",
      "count",
    );
    await expectRefusal(
      plaid.institutionsSearch({ query: "bank", country_codes: [] }),
      "INVALID_REQUEST",
      "INVALID_FIELD",
      "country_codes",
    );
  });

  test("INVALID_FIELD for an evaluation that never was", async () => {
    const client_transaction_id = "never-evaluated";
    await expectRefusal(
      plaid.signalDecisionReport({ client_transaction_id, initiated: true }),
      "INVALID_REQUEST",
      "INVALID_FIELD",
      "client_transaction_id",
    );
    await expectRefusal(
      plaid.signalReturnReport({ client_transaction_id, return_code: "R01" }),
      "INVALID_REQUEST",
      "INVALID_FIELD",
      "client_transaction_id",
    );
  });

  test("INVALID_FIELD at Capital One, whose balances need min_last_updated_datetime", async () => {
    const access_token = await newItem(plaid, { institutionId: "ins_128026" });
    await expectRefusal(
      plaid.accountsBalanceGet({ access_token }),
      "INVALID_REQUEST",
      "INVALID_FIELD",
      "min_last_updated_datetime",
    );
    await expectRefusal(
      plaid.accountsBalanceGet({
        access_token,
        options: { min_last_updated_datetime: new Date().toISOString() },
      }),
      "INVALID_RESULT",
      "LAST_UPDATED_DATETIME_OUT_OF_RANGE",
    );
  });

  test("INVALID_BODY for what is no JSON, or not said to be", async () => {
    const access_token = unknownToken("access");
    await expectRefusal(
      plaid.itemGet({ access_token }, { transformRequest: () => '{"access_token":' }),
      "INVALID_REQUEST",
      "INVALID_BODY",
    );
    await expectRefusal(
      plaid.itemGet({ access_token }, { headers: { "Content-Type": "text/plain" } }),
      "INVALID_REQUEST",
      "INVALID_BODY",
    );
  });

  test("INVALID_HEADERS without a content type", async () => {
    const bare = clientOf(sandbox, {
      spoil: (request) => request.headers.set("Content-Type", false),
    });
    await expectRefusal(
      bare.itemGet({ access_token: unknownToken("access") }),
      "INVALID_REQUEST",
      "INVALID_HEADERS",
    );
  });

  test("NOT_FOUND for an endpoint that there is not", async () => {
    const elsewhere = clientOf(sandbox, { url: `${sandbox.url}/nowhere` });
    const refused = await refusal(elsewhere.itemGet({ access_token: unknownToken("access") }));
    expect(refused).toMatchObject({
      status: 404,
      error: { error_type: "INVALID_REQUEST", error_code: "NOT_FOUND" },
    });
  });
});

describe("keys", () => {
  test("INVALID_API_KEYS when one of them is not right", async () => {
    const right = { clientId: CLIENT_ID, secret: SECRET };
    for (const keys of [
      { ...right, clientId: "5f1e0c0ffee0de500c0ffee2" },
      { ...right, secret: "another" },
    ]) {
      await expectRefusal(
        clientOf(sandbox, { keys }).institutionsSearch({
          query: "bank",
          country_codes: [CountryCode.Us],
        }),
        "INVALID_INPUT",
        "INVALID_API_KEYS",
      );
    }
  });

  test("MISSING_FIELDS when there are none", async () => {
    await expectRefusal(
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
  test("INVALID_ACCESS_TOKEN: of no Item, of another form, of Production", async () => {
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
      await expectRefusal(call(), "INVALID_INPUT", "INVALID_ACCESS_TOKEN");
    }
    for (const [token, words] of [
      ["nonsense", "invalid format"],
      [`access-production-${randomUUID()}`, 'expected "sandbox", got "production"'],
    ] as const) {
      const call = plaid.itemGet({ access_token: token });
      await expectRefusal(call, "INVALID_INPUT", "INVALID_ACCESS_TOKEN", words);
    }
  });

  test("INVALID_PUBLIC_TOKEN: unknown, used twice, older than half an hour", async () => {
    const exchange = (public_token: string) => plaid.itemPublicTokenExchange({ public_token });
    const code = "INVALID_PUBLIC_TOKEN";
    await expectRefusal(exchange(unknownToken("public")), "INVALID_INPUT", code);

    const create = { institution_id: FIRST_PLATYPUS, initial_products: [Products.Auth] };
    const used = (await plaid.sandboxPublicTokenCreate(create)).data.public_token;
    await exchange(used);
    await expectRefusal(exchange(used), "INVALID_INPUT", code);

    const fresh = (await plaid.sandboxPublicTokenCreate(create)).data.public_token;
    const old = (await plaid.sandboxPublicTokenCreate(create)).data.public_token;
    await sandbox.advance(HALF_AN_HOUR - 60);
    await exchange(fresh);
    await sandbox.advance(60 + 1);
    await expectRefusal(exchange(old), "INVALID_INPUT", code, "expired");
  });

  test("INVALID_LINK_TOKEN: unknown", async () => {
    await expectRefusal(
      plaid.linkTokenGet({ link_token: unknownToken("link") }),
      "INVALID_INPUT",
      "INVALID_LINK_TOKEN",
    );
  });

  test("a rotated access token is dead at once", async () => {
    const access_token = await newItem(plaid);
    const { data } = await plaid.itemAccessTokenInvalidate({ access_token });
    await expectRefusal(plaid.itemGet({ access_token }), "INVALID_INPUT", "INVALID_ACCESS_TOKEN");
    await plaid.itemGet({ access_token: data.new_access_token });
  });

  test("a removed Item answers as removed", async () => {
    const access_token = await newItem(plaid);
    await plaid.itemRemove({ access_token });
    for (const call of [
      () => plaid.itemGet({ access_token }),
      () => plaid.accountsGet({ access_token }),
      () => plaid.accountsBalanceGet({ access_token }),
      () => plaid.itemRemove({ access_token }),
    ]) {
      await expectRefusal(call(), "ITEM_ERROR", "ITEM_NOT_FOUND", "removed");
    }
  });
});

describe("values that there are not", () => {
  test("INVALID_ACCOUNT_ID: of no account, or of another Item's", async () => {
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
        await expectRefusal(call(), "INVALID_INPUT", "INVALID_ACCOUNT_ID");
      }
    }
  });

  test("INVALID_PRODUCT: balance is none to ask for, and two are not one text", async () => {
    // As the guide's own sample has it.
    const asOneText = "signal, auth" as Products;
    for (const product of [Products.Balance, asOneText]) {
      await expectRefusal(
        plaid.linkTokenCreate({ ...LINK_REQUEST, products: [product] }),
        "INVALID_INPUT",
        "INVALID_PRODUCT",
        product,
      );
    }
  });

  test("INVALID_INSTITUTION: none with this id, or in another country", async () => {
    for (const institution_id of ["ins_0", "ins_43"]) {
      await expectRefusal(
        plaid.institutionsGetById({ institution_id, country_codes: [CountryCode.Us] }),
        "INVALID_INPUT",
        "INVALID_INSTITUTION",
      );
    }
    await expectRefusal(
      plaid.sandboxPublicTokenCreate({
        institution_id: "ins_0",
        initial_products: [Products.Auth],
      }),
      "INVALID_INPUT",
      "INVALID_INSTITUTION",
    );
  });

  test("a ruleset that there is not, and an id used for another debit", async () => {
    const access_token = await newItem(plaid);
    const account_id = await firstAccount(plaid, access_token);
    const debit = { access_token, account_id, client_transaction_id: "once", amount: 10 };
    await expectRefusal(
      plaid.signalEvaluate({ ...debit, ruleset_key: "none" }),
      "SIGNAL_ERROR",
      "RULESET_NOT_FOUND",
      "none",
    );
    await plaid.signalEvaluate(debit);
    await expectRefusal(
      plaid.signalEvaluate({ ...debit, amount: 11 }),
      "SIGNAL_ERROR",
      "CLIENT_TRANSACTION_ID_ALREADY_IN_USE",
    );
  });

  test("a sign-in that a user_custom description or a password spoils", async () => {
    const create = (override_username: string, override_password: string) =>
      plaid.sandboxPublicTokenCreate({
        institution_id: FIRST_PLATYPUS,
        initial_products: [Products.Auth],
        options: { override_username, override_password },
      });
    await expectRefusal(
      create("user_custom", '{"override_accounts": [{}]}'),
      "ITEM_ERROR",
      "INVALID_CREDENTIALS",
    );
    await expectRefusal(create("user_good", "error_ITEM_LOCKED"), "ITEM_ERROR", "ITEM_LOCKED");
  });
});
