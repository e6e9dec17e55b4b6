// Plaid's official client, connected to the stand-in. Every answer is checked against the types that the client
// declares, not only the properties that a test looks at.

import axios, { AxiosError, type AxiosResponse, type InternalAxiosRequestConfig } from "axios";
import { Configuration, CountryCode, PlaidApi, type PlaidError, Products } from "plaid";
import { expect } from "vitest";
import { CLIENT_ID, type Sandbox, SECRET } from "./sandbox";
import { expectShape, isShape } from "./shapes";

export const FIRST_PLATYPUS = "ins_109508";

export interface ApiFailure {
  status: number;
  error: PlaidError;
}

export interface ClientOptions {
  /** The keys in the headers; the stand-in's by default. */
  keys?: { clientId: string; secret: string } | "none";
  /** Collects the paths of successful calls. */
  answeredPaths?: Set<string>;
  /** The base URL; the stand-in's by default. */
  url?: string;
  /** Changes the request before the client sends it. */
  modifyRequest?: (request: InternalAxiosRequestConfig) => void;
}

/** The official client, with the stand-in's keys in its headers. */
export function clientOf(sandbox: Sandbox, options: ClientOptions = {}): PlaidApi {
  const { keys = { clientId: CLIENT_ID, secret: SECRET }, url = sandbox.url } = options;
  const headers =
    keys === "none" ? {} : { "PLAID-CLIENT-ID": keys.clientId, "PLAID-SECRET": keys.secret };
  const http = axios.create();
  http.interceptors.request.use((request) => {
    options.modifyRequest?.(request);
    return request;
  });
  http.interceptors.response.use((response) => {
    // A truncated answer is a string; the fault tests check it themselves.
    if (typeof response.data === "object") {
      const path = pathOf(response);
      if (!isShape(path)) {
        throw new Error(`there is no type for the answer of ${path}`);
      }
      expectShape(path, response.data);
      options.answeredPaths?.add(path);
    }
    return response;
  });
  return new PlaidApi(new Configuration({ basePath: url, baseOptions: { headers } }), url, http);
}

function pathOf(response: AxiosResponse): string {
  return new URL(response.config.url ?? "").pathname;
}

/** The error of a failed call, which must have the shape of Plaid's errors. */
export async function apiFailure(call: Promise<AxiosResponse<unknown>>): Promise<ApiFailure> {
  const failure = await failureOf(call);
  if (!failure.response) {
    throw failure;
  }
  const { status, data } = failure.response;
  expectShape("error", data);
  // Optional in the type, because webhooks leave it out.
  expect(data.request_id).toMatch(/^[A-Za-z0-9]{15}$/);
  return { status, error: data };
}

/** The exception of a failed call. */
export async function failureOf(call: Promise<AxiosResponse<unknown>>): Promise<AxiosError> {
  const answer = await call.catch((error: unknown) => error);
  if (answer instanceof AxiosError) {
    return answer;
  }
  if (answer instanceof Error) {
    throw answer;
  }
  throw new Error("the call succeeded");
}

export const LINK_REQUEST = {
  client_name: "Balance Desk",
  language: "en",
  country_codes: [CountryCode.Us],
  user: { client_user_id: "user-1" },
  products: [Products.Signal, Products.Auth],
};

/** Makes an Item without Link; returns its access token. */
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

/** The ID of an Item's first account. */
export async function firstAccount(plaid: PlaidApi, accessToken: string): Promise<string> {
  const { data } = await plaid.accountsGet({ access_token: accessToken });
  const account = data.accounts[0];
  if (!account) {
    throw new Error("the Item has no account");
  }
  return account.account_id;
}
