// Plaid's official client, pointed at the stand-in. Whatever it receives is held against the types it
// declares, so that every call in these tests is checked, not only the properties a test looks at.

import axios, { AxiosError, type AxiosResponse, type InternalAxiosRequestConfig } from "axios";
import { Configuration, CountryCode, PlaidApi, type PlaidError, Products } from "plaid";
import { expect } from "vitest";
import { CLIENT_ID, type Sandbox, SECRET } from "./sandbox";
import { expectShape, isShape } from "./shapes";

export const FIRST_PLATYPUS = "ins_109508";

/** What an endpoint that refuses a call says. */
export interface Refusal {
  status: number;
  error: PlaidError;
}

export interface ClientOptions {
  /** Which keys go into the headers: those of the stand-in, others, or none. */
  keys?: { clientId: string; secret: string } | "none";
  /** Takes the paths of the endpoints that answer with success. */
  answered?: Set<string>;
  /** Another base URL. */
  url?: string;
  /** Changes a request that the client has made ready. */
  spoil?: (request: InternalAxiosRequestConfig) => void;
}

/** The official client, with the stand-in's keys in its headers. */
export function clientOf(sandbox: Sandbox, options: ClientOptions = {}): PlaidApi {
  const { keys = { clientId: CLIENT_ID, secret: SECRET }, url = sandbox.url } = options;
  const headers =
    keys === "none" ? {} : { "PLAID-CLIENT-ID": keys.clientId, "PLAID-SECRET": keys.secret };
  const http = axios.create();
  http.interceptors.request.use((request) => {
    options.spoil?.(request);
    return request;
  });
  http.interceptors.response.use((response) => {
    // An answer cut short is a text; the tests of faults look at it themselves.
    if (typeof response.data === "object") {
      const path = pathOf(response);
      if (!isShape(path)) {
        throw new Error(`there is no type for the answer of ${path}`);
      }
      expectShape(path, response.data);
      options.answered?.add(path);
    }
    return response;
  });
  return new PlaidApi(new Configuration({ basePath: url, baseOptions: { headers } }), url, http);
}

function pathOf(response: AxiosResponse): string {
  return new URL(response.config.url ?? "").pathname;
}

/** What a call was refused with. Fails when it was not, or when the refusal is not Plaid's error. */
export async function refusal(call: Promise<AxiosResponse<unknown>>): Promise<Refusal> {
  const failure = await failureOf(call);
  if (!failure.response) {
    throw failure;
  }
  const { status, data } = failure.response;
  expectShape("error", data);
  // Only webhooks leave it out.
  expect(data.request_id).toMatch(/^[A-Za-z0-9]{15}$/);
  return { status, error: data };
}

/** What the client threw at the end of a call that went wrong. */
export async function failureOf(call: Promise<AxiosResponse<unknown>>): Promise<AxiosError> {
  const answer = await call.catch((error: unknown) => error);
  if (answer instanceof AxiosError) {
    return answer;
  }
  if (answer instanceof Error) {
    throw answer;
  }
  throw new Error("the call was answered with success");
}

export const LINK_REQUEST = {
  client_name: "Balance Desk",
  language: "en",
  country_codes: [CountryCode.Us],
  user: { client_user_id: "user-1" },
  products: [Products.Signal, Products.Auth],
};

/** A fresh Item at First Platypus Bank, or elsewhere, made without Link. */
export async function newItem(
  plaid: PlaidApi,
  options: { institutionId?: string; username?: string; password?: string; webhook?: string } = {},
): Promise<string> {
  const { institutionId = FIRST_PLATYPUS, username, password, webhook } = options;
  const created = await plaid.sandboxPublicTokenCreate({
    institution_id: institutionId,
    initial_products: [Products.Signal, Products.Auth],
    options: { override_username: username, override_password: password, webhook },
  });
  const exchanged = await plaid.itemPublicTokenExchange({
    public_token: created.data.public_token,
  });
  return exchanged.data.access_token;
}

/** The first account of an Item. */
export async function firstAccount(plaid: PlaidApi, accessToken: string): Promise<string> {
  const { data } = await plaid.accountsGet({ access_token: accessToken });
  const account = data.accounts[0];
  if (!account) {
    throw new Error("the Item has no account");
  }
  return account.account_id;
}
