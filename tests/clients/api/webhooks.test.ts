// Webhooks about Items, checked against the types that Plaid's client declares.

import { SandboxItemFireWebhookRequestWebhookCodeEnum as WebhookCode, WebhookType } from "plaid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { apiFailure, clientOf, newItem } from "../support/plaid";
import { verifySignature, WebhookReceiver } from "../support/receiver";
import { Sandbox } from "../support/sandbox";
import { expectShape } from "../support/shapes";
import type { Shape } from "../support/types";

let sandbox: Sandbox;
let receiver: WebhookReceiver;

beforeAll(async () => {
  sandbox = await Sandbox.start();
  receiver = await WebhookReceiver.start();
});
afterAll(async () => {
  receiver.stop();
  await sandbox.stop();
});

test("a fired webhook arrives, signed with the key that Plaid's client gets", async () => {
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
  await verifySignature(plaid, delivery, await sandbox.now());

  // One more character invalidates the signature.
  const forged = { ...delivery, body: `${delivery.body} ` };
  await expect(verifySignature(plaid, forged, await sandbox.now())).rejects.toThrow();
});

test("a new webhook URL and an error are announced", async () => {
  const plaid = clientOf(sandbox);
  const access_token = await newItem(plaid);
  await plaid.itemWebhookUpdate({ access_token, webhook: receiver.url });
  const acknowledged = await receiver.next("WEBHOOK_UPDATE_ACKNOWLEDGED");
  expectShape("webhook WEBHOOK_UPDATE_ACKNOWLEDGED", JSON.parse(acknowledged.body));
  await verifySignature(plaid, acknowledged, await sandbox.now());

  await plaid.sandboxItemResetLogin({ access_token });
  const broken = await receiver.next("ERROR");
  expectShape("webhook ERROR", JSON.parse(broken.body));
  await verifySignature(plaid, broken, await sandbox.now());
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
  await verifySignature(plaid, delivery, await sandbox.now());
});

test("a webhook without a URL, and an unknown key", async () => {
  const plaid = clientOf(sandbox);
  const access_token = await newItem(plaid);
  const nowhere = await apiFailure(
    plaid.sandboxItemFireWebhook({
      access_token,
      webhook_code: WebhookCode.NewAccountsAvailable,
    }),
  );
  expect(nowhere).toMatchObject({
    status: 400,
    error: { error_type: "SANDBOX_ERROR", error_code: "SANDBOX_WEBHOOK_INVALID" },
  });
  const unknown = await apiFailure(plaid.webhookVerificationKeyGet({ key_id: "never-was" }));
  expect(unknown.error.error_code).toBe("INVALID_WEBHOOK_VERIFICATION_KEY_ID");
});
