// Receives webhooks on loopback and verifies them as Plaid's documentation describes: gets the key through the
// official client, checks the JWT with a JOSE library, and compares the hash of the body.

import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { decodeProtectedHeader, importJWK, jwtVerify } from "jose";
import type { PlaidApi } from "plaid";
import { expect } from "vitest";

export interface WebhookDelivery {
  body: string;
  verification: string;
}

export class WebhookReceiver {
  private readonly deliveries: WebhookDelivery[] = [];
  private waiting: (() => void) | undefined;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver(createServer());
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

  /** Waits for the next webhook with this code. */
  async next(code: string): Promise<WebhookDelivery> {
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

/** Fails unless Plaid's key signed exactly this body within five minutes before `now`. */
export async function verifySignature(
  plaid: PlaidApi,
  { body, verification }: WebhookDelivery,
  now: Date,
): Promise<void> {
  const header = decodeProtectedHeader(verification);
  expect(header.alg).toBe("ES256");
  const { data } = await plaid.webhookVerificationKeyGet({ key_id: header.kid ?? "" });
  expect(data.key).toMatchObject({ kid: header.kid, alg: "ES256", expired_at: null });
  const { alg, kty, crv, x, y } = data.key;
  const key = await importJWK({ alg, kty, crv, x, y });
  const { payload } = await jwtVerify(verification, key, {
    algorithms: ["ES256"],
    maxTokenAge: "5 min",
    currentDate: now,
  });
  expect(payload.request_body_sha256).toBe(createHash("sha256").update(body).digest("hex"));
}
