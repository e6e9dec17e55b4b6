// The webhooks of Items, as Plaid's own client declares them.

import { SandboxItemFireWebhookRequestWebhookCodeEnum as WebhookCode, WebhookType } from "plaid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientOf, newItem, refusal } from "../support/plaid";
import { Receiver, verify } from "../support/receiver";
import { Sandbox } from "../support/sandbox";
import { expectShape } from "../support/shapes";
import type { Shape } from "../support/types";

let sandbox: Sandbox;
let receiver: Receiver;

beforeAll(async () => {
  sandbox = await Sandbox.start();
  receiver = await Receiver.start();
});
afterAll(async () => {
  receiver.stop();
  await sandbox.stop();
});

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
  await verify(plaid, delivery, await sandbox.now());

  // One letter more, and it is not what was signed.
  const forged = { ...delivery, body: `${delivery.body} ` };
  await expect(verify(plaid, forged, await sandbox.now())).rejects.toThrow();
});

test("an Item that falls into an error and one whose webhook changes tell so", async () => {
  const plaid = clientOf(sandbox);
  const access_token = await newItem(plaid);
  await plaid.itemWebhookUpdate({ access_token, webhook: receiver.url });
  const acknowledged = await receiver.next("WEBHOOK_UPDATE_ACKNOWLEDGED");
  expectShape("webhook WEBHOOK_UPDATE_ACKNOWLEDGED", JSON.parse(acknowledged.body));
  await verify(plaid, acknowledged, await sandbox.now());

  await plaid.sandboxItemResetLogin({ access_token });
  const broken = await receiver.next("ERROR");
  expectShape("webhook ERROR", JSON.parse(broken.body));
  await verify(plaid, broken, await sandbox.now());
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
  await verify(plaid, delivery, await sandbox.now());
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
