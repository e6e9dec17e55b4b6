// Webhooks, verified the way Plaid's documentation asks for: the key by its id through the official
// client, the JWT with a JOSE library, and the hash of the body.

import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { decodeProtectedHeader, importJWK, jwtVerify } from "jose";
import {
  type PlaidApi,
  SandboxItemFireWebhookRequestWebhookCodeEnum as WebhookCode,
  WebhookType,
} from "plaid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientOf, newItem, refusal } from "../support/plaid";
import { Sandbox } from "../support/sandbox";
import { expectShape } from "../support/shapes";
import type { Shape } from "../support/types";

interface Delivery {
  body: string;
  verification: string;
}

let sandbox: Sandbox;
let receiver: Receiver;

/** A server on loopback that keeps what it is told. */
class Receiver {
  private readonly deliveries: Delivery[] = [];
  private waiting: (() => void) | undefined;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Receiver> {
    const receiver = new Receiver(createServer());
    receiver.server.on("request", async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) {
        chunks.push(chunk);
      }
      response.end();
      const verification = String(request.headers["plaid-verification"]);
      receiver.deliveries.push({ body: Buffer.concat(chunks).toString(), verification });
      receiver.waiting?.();
    });
    receiver.server.listen(0, "127.0.0.1");
    await once(receiver.server, "listening");
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  /** The next webhook with this code. */
  async next(code: string): Promise<Delivery> {
    for (;;) {
      const at = this.deliveries.findIndex(({ body }) => JSON.parse(body).webhook_code === code);
      const [found] = at < 0 ? [] : this.deliveries.splice(at, 1);
      if (found) {
        return found;
      }
      await new Promise<void>((resolve) => {
        this.waiting = resolve;
      });
    }
  }

  stop(): void {
    this.server.close();
  }
}

beforeAll(async () => {
  sandbox = await Sandbox.start();
  receiver = await Receiver.start();
});
afterAll(async () => {
  receiver.stop();
  await sandbox.stop();
});

async function verify(plaid: PlaidApi, { body, verification }: Delivery): Promise<void> {
  const header = decodeProtectedHeader(verification);
  expect(header.alg).toBe("ES256");
  const { data } = await plaid.webhookVerificationKeyGet({ key_id: header.kid ?? "" });
  expect(data.key).toMatchObject({ kid: header.kid, alg: "ES256", expired_at: null });
  const { alg, kty, crv, x, y } = data.key;
  const key = await importJWK({ alg, kty, crv, x, y });
  const { payload } = await jwtVerify(verification, key, {
    algorithms: ["ES256"],
    maxTokenAge: "5 min",
  });
  expect(payload.request_body_sha256).toBe(createHash("sha256").update(body).digest("hex"));
}

test("what is fired arrives, signed with the key that Plaid's client gets", async () => {
  const plaid = clientOf(sandbox);
  const access_token = await newItem(plaid, { webhook: receiver.url });
  const fired = await plaid.sandboxItemFireWebhook({
    access_token,
    webhook_type: WebhookType.Item,
    webhook_code: WebhookCode.NewAccountsAvailable,
  });
  expect(fired.data.webhook_fired).toBe(true);
  const delivery = await receiver.next("NEW_ACCOUNTS_AVAILABLE");
  expectShape("webhook NEW_ACCOUNTS_AVAILABLE", JSON.parse(delivery.body));
  await verify(plaid, delivery);

  // One letter more, and it is not what was signed.
  const forged = { ...delivery, body: `${delivery.body} ` };
  await expect(verify(plaid, forged)).rejects.toThrow();
});

test("an Item that falls into an error and one whose webhook changes tell so", async () => {
  const plaid = clientOf(sandbox);
  const access_token = await newItem(plaid);
  await plaid.itemWebhookUpdate({ access_token, webhook: receiver.url });
  const acknowledged = await receiver.next("WEBHOOK_UPDATE_ACKNOWLEDGED");
  expectShape("webhook WEBHOOK_UPDATE_ACKNOWLEDGED", JSON.parse(acknowledged.body));
  await verify(plaid, acknowledged);

  await plaid.sandboxItemResetLogin({ access_token });
  const broken = await receiver.next("ERROR");
  expectShape("webhook ERROR", JSON.parse(broken.body));
  await verify(plaid, broken);
});

test.each([
  ["LOGIN_REPAIRED", WebhookCode.LoginRepaired],
  ["PENDING_DISCONNECT", WebhookCode.PendingDisconnect],
  ["USER_ACCOUNT_REVOKED", WebhookCode.UserAccountRevoked],
  ["USER_PERMISSION_REVOKED", WebhookCode.UserPermissionRevoked],
] as const)("%s has the shape that the client declares", async (code, webhook_code) => {
  const plaid = clientOf(sandbox);
  const access_token = await newItem(plaid, { webhook: receiver.url });
  await plaid.sandboxItemFireWebhook({
    access_token,
    webhook_type: WebhookType.Item,
    webhook_code,
  });
  const delivery = await receiver.next(code);
  const shape: Shape = `webhook ${code}`;
  expectShape(shape, JSON.parse(delivery.body));
  await verify(plaid, delivery);
});

test("a webhook that has nowhere to go, and a key that never was", async () => {
  const plaid = clientOf(sandbox);
  const access_token = await newItem(plaid);
  const nowhere = await refusal(
    plaid.sandboxItemFireWebhook({
      access_token,
      webhook_code: WebhookCode.NewAccountsAvailable,
    }),
  );
  expect(nowhere).toMatchObject({
    status: 400,
    error: { error_type: "SANDBOX_ERROR", error_code: "SANDBOX_WEBHOOK_INVALID" },
  });
  const unknown = await refusal(plaid.webhookVerificationKeyGet({ key_id: "never-was" }));
  expect(unknown.error.error_code).toBe("INVALID_WEBHOOK_VERIFICATION_KEY_ID");
});
