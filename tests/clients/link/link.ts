// Plaid's React component opens the stand-in's Link. Every test runs in each browser, and every callback is checked
// against the types that react-plaid-link declares.

import type { PlaidApi } from "plaid";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Browser } from "../support/browsers";
import { isEventCallback } from "../support/callbacks";
import { LinkUser } from "../support/linkUser";
import { TestPage } from "../support/page";
import { clientOf, FIRST_PLATYPUS, LINK_REQUEST, newItem } from "../support/plaid";
import { verifySignature, WebhookReceiver } from "../support/receiver";
import { Sandbox } from "../support/sandbox";
import { expectShape } from "../support/shapes";
import type { Shapes } from "../support/types";

const OAUTH_BANK = "Platypus OAuth Bank";
const PUBLIC_TOKEN = /^public-sandbox-[0-9a-f-]{36}$/;
/** Longer than a Link token lives, except for Hosted Link. */
const FIVE_HOURS = 5 * 60 * 60;

export function describeLink(name: string, start: () => Promise<Browser>): void {
  describe(name, () => {
    let sandbox: Sandbox;
    let page: TestPage;
    let browser: Browser;
    let plaid: PlaidApi;
    let user: LinkUser;

    beforeAll(async () => {
      sandbox = await Sandbox.start();
      page = await TestPage.start(sandbox.url);
      browser = await start();
      plaid = clientOf(sandbox);
      user = new LinkUser(browser.driver);
    });
    afterAll(async () => {
      await browser?.stop();
      await page?.stop();
      await sandbox?.stop();
    });

    async function linkToken(): Promise<string> {
      return (await plaid.linkTokenCreate(LINK_REQUEST)).data.link_token;
    }

    async function openLink(token?: string): Promise<void> {
      await user.visit(page.url({ token: token ?? (await linkToken()) }));
      await user.openLink();
    }

    async function signInAt(bank: string, password?: string): Promise<void> {
      await openLink();
      await user.chooseBank(bank);
      await user.signIn("user_good", password);
    }

    async function exchange(publicToken: string | null): Promise<string> {
      expect(publicToken).toMatch(PUBLIC_TOKEN);
      const { data } = await plaid.itemPublicTokenExchange({ public_token: publicToken ?? "" });
      return data.access_token;
    }

    describe("onSuccess", () => {
      test("a bank is linked and its public token exchanged", async () => {
        await signInAt("First Platypus Bank");
        await user.shareAccounts("0000", "1111");

        const { publicToken, metadata } = await user.waitForCallback("onSuccess");
        await user.waitUntilHidden();
        expect(metadata.institution).toEqual({
          institution_id: FIRST_PLATYPUS,
          name: "First Platypus Bank",
        });
        expect(metadata.transfer_status ?? null).toBeNull();
        expect(metadata.link_session_id).not.toBe("");
        expect(
          metadata.accounts.map(({ name, mask, type, subtype }) => [name, mask, type, subtype]),
        ).toEqual([
          ["Plaid Checking", "0000", "depository", "checking"],
          ["Plaid Saving", "1111", "depository", "savings"],
        ]);

        const { data } = await plaid.accountsGet({ access_token: await exchange(publicToken) });
        expect(metadata.accounts.map((account) => account.id)).toEqual(
          data.accounts.map((account) => account.account_id),
        );
        expect(await user.count("onExit")).toBe(0);
      });

      test("the events, in order", async () => {
        await signInAt("First Platypus Bank");
        await user.shareAccounts("0000");
        const { metadata } = await user.waitForCallback("onSuccess");

        expect(await user.events()).toEqual([
          "OPEN",
          "TRANSITION_VIEW CONSENT",
          "TRANSITION_VIEW SELECT_INSTITUTION",
          "SELECT_INSTITUTION",
          "TRANSITION_VIEW CREDENTIAL",
          "SUBMIT_CREDENTIALS",
          "TRANSITION_VIEW SELECT_ACCOUNT",
          "TRANSITION_VIEW CONNECTED",
          "HANDOFF",
        ]);
        for (const event of (await user.callbacks()).filter(isEventCallback)) {
          expect(event.metadata.link_session_id).toBe(metadata.link_session_id);
          expect(Date.parse(event.metadata.timestamp)).not.toBeNaN();
        }
      });

      test("a Link customization allows only one account", async () => {
        const request = { ...LINK_REQUEST, link_customization_name: "single_account" };
        await openLink((await plaid.linkTokenCreate(request)).data.link_token);
        await user.chooseBank("First Platypus Bank");
        await user.signIn();
        await user.waitForText("Choose an account to share");
        await user.shareAccounts("1111");
        const { metadata } = await user.waitForCallback("onSuccess");
        expect(metadata.accounts.map((account) => account.mask)).toEqual(["1111"]);
      });

      test("update mode repairs an Item and keeps its access token", async () => {
        const access_token = await newItem(plaid);
        await plaid.sandboxItemResetLogin({ access_token });
        const { products: _, ...request } = LINK_REQUEST;
        const { data } = await plaid.linkTokenCreate({ ...request, access_token });
        await openLink(data.link_token);
        await user.signIn();
        await user.press("Finish");
        await user.waitForCallback("onSuccess");
        const opened = (await user.callbacks()).find(isEventCallback);
        expect(opened?.metadata).toMatchObject({
          is_update_mode: "true",
          institution_id: FIRST_PLATYPUS,
        });
        expect((await plaid.itemGet({ access_token })).data.item.error).toBeNull();
      });
    });

    describe("onExit", () => {
      test("exit without an error", async () => {
        await openLink();
        await user.exitLink();
        const { error, metadata } = await user.waitForCallback("onExit");
        await user.waitUntilHidden();
        expect(error).toBeNull();
        expect(metadata).toMatchObject({ institution: null, status: "requires_credentials" });
        const events = (await user.callbacks()).filter(isEventCallback);
        expect(events.at(-1)).toMatchObject({
          name: "EXIT",
          metadata: { exit_status: "requires_credentials", error_code: null },
        });
        expect(await user.count("onSuccess")).toBe(0);
      });

      test("exit after a wrong password", async () => {
        await signInAt("First Platypus Bank", "wrong");
        await user.waitForText("not correct");
        await user.exitLink();
        const { error, metadata } = await user.waitForCallback("onExit");
        expect(error).toMatchObject({
          error_type: "ITEM_ERROR",
          error_code: "INVALID_CREDENTIALS",
        });
        expect(metadata).toMatchObject({
          institution: { institution_id: FIRST_PLATYPUS },
          status: "requires_credentials",
        });
      });

      test.each([
        ["ITEM_LOCKED", "ITEM_ERROR"],
        ["USER_SETUP_REQUIRED", "ITEM_ERROR"],
        ["INSTITUTION_NOT_RESPONDING", "INSTITUTION_ERROR"],
        ["INTERNAL_SERVER_ERROR", "API_ERROR"],
      ])("the password error_%s forces that error", async (error_code, error_type) => {
        await signInAt("First Platypus Bank", `error_${error_code}`);
        await user.waitForText(error_code);
        await user.press("Exit");
        const { error } = await user.waitForCallback("onExit");
        expect(error).toMatchObject({ error_type, error_code });
        expect(error?.display_message).not.toBe("");
        expect(await user.events()).toContain("ERROR");
      });

      test.each([
        ["Unhealthy Platypus Bank - Down", "INSTITUTION_DOWN", "requires_credentials"],
        [
          "Unsupported Platypus Bank",
          "INSTITUTION_NO_LONGER_SUPPORTED",
          "institution_not_supported",
        ],
      ])("%s: %s", async (bank, error_code, status) => {
        await openLink();
        await user.chooseBank(bank);
        await user.waitForText(error_code);
        await user.press("Exit");
        const { error, metadata } = await user.waitForCallback("onExit");
        expect(error).toMatchObject({ error_type: "INSTITUTION_ERROR", error_code });
        expect(metadata).toMatchObject({ status, institution: { name: bank } });
      });

      test("a bank that is not found", async () => {
        await openLink();
        await user.press("Continue");
        await user.enter("Search for your bank", "No such bank");
        await user.waitForText("No results");
        await expect.poll(() => user.events()).toContain("SEARCH_INSTITUTION");
        await user.exitLink();
        const { error, metadata } = await user.waitForCallback("onExit");
        expect(error).toBeNull();
        expect(metadata.status).toBe("institution_not_found");
      });

      test("a degraded bank shows a warning and can be linked", async () => {
        await openLink();
        await user.chooseBank("Unhealthy Platypus Bank - Degraded");
        await user.press("Continue anyway");
        await user.signIn();
        await user.shareAccounts("0000");
        await user.waitForCallback("onSuccess");
        expect(await user.events()).toContain("SELECT_DEGRADED_INSTITUTION");
      });

      test("an expired Link token", async () => {
        const token = await linkToken();
        await sandbox.advance(FIVE_HOURS);
        await openLink(token);
        await user.waitForText("INVALID_LINK_TOKEN");
        await user.press("Exit");
        const { error } = await user.waitForCallback("onExit");
        expect(error).toMatchObject({
          error_type: "INVALID_INPUT",
          error_code: "INVALID_LINK_TOKEN",
        });
      });
    });

    describe("a second factor", () => {
      test("a code sent to the chosen device", async () => {
        await signInAt("First Platypus Bank", "mfa_device");
        await user.press("Send the code");
        await user.enter("Code", "4321");
        await user.press("Continue");
        await user.waitForText("not correct");
        await user.enter("Code", "1234");
        await user.press("Continue");
        await user.shareAccounts("0000");
        await exchange((await user.waitForCallback("onSuccess")).publicToken);
        const answered = (await user.callbacks())
          .filter(isEventCallback)
          .filter(({ name: event }) => event === "SUBMIT_MFA");
        expect(answered.map(({ metadata }) => metadata.mfa_type)).toEqual([
          "device",
          "code",
          "code",
        ]);
      });

      test("a bank that always asks for a second factor", async () => {
        await signInAt("First Gingham Credit Union");
        await expect.poll(() => user.events()).toContain("TRANSITION_VIEW MFA");
        await user.exitLink();
        const { metadata } = await user.waitForCallback("onExit");
        expect(metadata.institution?.name).toBe("First Gingham Credit Union");
      });

      test.each([
        ["mfa_device", "choose_device"],
        ["mfa_questions_1_1", "requires_questions"],
        ["mfa_selections", "requires_selections"],
      ])("exit at %s has the status %s", async (password, status) => {
        await signInAt("First Platypus Bank", password);
        await expect.poll(() => user.events()).toContain("TRANSITION_VIEW MFA");
        await user.exitLink();
        const { error, metadata } = await user.waitForCallback("onExit");
        expect(error).toBeNull();
        expect(metadata.status).toBe(status);
      });

      test("exit at the code and at the choice of accounts", async () => {
        await signInAt("First Platypus Bank", "mfa_device");
        await user.press("Send the code");
        await user.waitForText("Enter your code");
        await user.exitLink();
        expect((await user.waitForCallback("onExit")).metadata.status).toBe("requires_code");

        await signInAt("First Platypus Bank");
        await user.waitForText("Choose accounts to share");
        await user.exitLink();
        const { metadata } = await user.waitForCallback("onExit");
        expect(metadata.status).toBe("requires_account_selection");
      });
    });

    describe("a bank with its own consent page", () => {
      test("approval in the pop-up", async () => {
        await openLink();
        await user.chooseBank(OAUTH_BANK);
        await user.press("Continue to the bank");
        await user.pressInPopUp("Approve");
        await user.shareAccounts("0000");
        const { metadata, publicToken } = await user.waitForCallback("onSuccess");
        expect(metadata.institution?.name).toBe(OAUTH_BANK);
        await exchange(publicToken);
        const events = await user.events();
        expect(events).toContain("TRANSITION_VIEW OAUTH");
        expect(events).toContain("OPEN_OAUTH");
      });

      test("decline in the pop-up", async () => {
        await openLink();
        await user.chooseBank(OAUTH_BANK);
        await user.press("Continue to the bank");
        await user.pressInPopUp("Decline");
        await user.waitForText("You declined at the bank");
        await user.exitLink();
        const { metadata } = await user.waitForCallback("onExit");
        expect(metadata).toMatchObject({
          status: "requires_oauth",
          institution: { name: OAUTH_BANK },
        });
        expect(await user.events()).toContain("FAIL_OAUTH");
      });
    });

    describe("without pop-ups", () => {
      async function openBankPage(): Promise<void> {
        const request = { ...LINK_REQUEST, redirect_uri: page.address };
        const { data } = await plaid.linkTokenCreate(request);
        await openLink(data.link_token);
        await user.chooseBank(OAUTH_BANK);
        await user.blockPopUps();
        await user.press("Continue to the bank");
      }

      test("the bank's page replaces the page, and receivedRedirectUri continues", async () => {
        await openBankPage();
        await user.pressOnPage("Approve");
        await user.waitForCallback("onLoad");
        await user.openLink();
        await user.shareAccounts("0000");
        const { publicToken, metadata } = await user.waitForCallback("onSuccess");
        expect(metadata.institution?.name).toBe(OAUTH_BANK);
        await exchange(publicToken);
      });

      test("after a decline, Link shows the bank again", async () => {
        await openBankPage();
        await user.pressOnPage("Decline");
        await user.waitForCallback("onLoad");
        await user.openLink();
        await user.waitForText("You declined at the bank");
        await user.exitLink();
        const { metadata } = await user.waitForCallback("onExit");
        expect(metadata.status).toBe("requires_oauth");
      });
    });

    test("PlaidEmbeddedLink shows the banks in the page", async () => {
      await user.visit(page.url({ token: await linkToken(), embedded: "1" }));
      await user.press("First Platypus Bank");
      await user.press("Continue");
      await user.signIn();
      await user.shareAccounts("0000");
      await exchange((await user.waitForCallback("onSuccess")).publicToken);
      expect(await user.events()).toContain("HANDOFF");
    });

    describe("Hosted Link", () => {
      let receiver: WebhookReceiver;
      beforeEach(async () => {
        receiver = await WebhookReceiver.start();
      });
      afterEach(() => receiver.stop());

      async function hostedLink() {
        const request = { ...LINK_REQUEST, hosted_link: {}, webhook: receiver.url };
        const { data } = await plaid.linkTokenCreate(request);
        await user.openUrl(data.hosted_link_url ?? "");
        return data.link_token;
      }

      async function expectWebhook<C extends "EVENTS" | "ITEM_ADD_RESULT" | "SESSION_FINISHED">(
        code: C,
        link_token: string,
      ): Promise<Shapes[`webhook ${C}`]> {
        const delivery = await receiver.next(code);
        const webhook: unknown = JSON.parse(delivery.body);
        const shape: `webhook ${C}` = `webhook ${code}`;
        expectShape(shape, webhook);
        expect(webhook.link_token).toBe(link_token);
        await verifySignature(plaid, delivery, await sandbox.now());
        return webhook;
      }

      test("/link/token/get and the webhooks report success", async () => {
        const link_token = await hostedLink();
        await user.chooseBank("First Platypus Bank");
        await user.signIn();
        await user.shareAccounts("0000");
        await user.waitForText("You are done");

        const { data } = await plaid.linkTokenGet({ link_token });
        const [session] = data.link_sessions ?? [];
        const [itemAdd] = session?.results?.item_add_results ?? [];
        expect(itemAdd?.institution?.institution_id).toBe(FIRST_PLATYPUS);
        expect(itemAdd?.accounts.map((account) => account.mask)).toEqual(["0000"]);
        expect(session?.finished_at).toBeTruthy();
        expect(session?.events?.map((event) => event.event_name)).toContain("HANDOFF");

        const result = await expectWebhook("ITEM_ADD_RESULT", link_token);
        expect(result.public_token).toBe(itemAdd?.public_token);
        const finished = await expectWebhook("SESSION_FINISHED", link_token);
        expect(finished.status).toBe("SUCCESS");
        expect(finished.public_tokens).toEqual([itemAdd?.public_token]);
        await expectWebhook("EVENTS", link_token);
        await exchange(itemAdd?.public_token ?? null);
      });

      test("/link/token/get and the webhooks report an exit", async () => {
        const link_token = await hostedLink();
        await user.chooseBank("First Platypus Bank");
        await user.signIn("user_good", "wrong");
        await user.waitForText("not correct");
        await user.exitLink();
        await user.waitForText("You left");

        const { data } = await plaid.linkTokenGet({ link_token });
        const [session] = data.link_sessions ?? [];
        expect(session?.exit?.error?.error_code).toBe("INVALID_CREDENTIALS");
        expect(session?.exit?.metadata?.status).toBe("requires_credentials");
        const finished = await expectWebhook("SESSION_FINISHED", link_token);
        expect(finished.status).not.toBe("SUCCESS");
      });
    });

    describe("the handler", () => {
      test("exit asks for confirmation, and exit with force does not", async () => {
        await openLink();
        await user.callExit(false);
        await user.press("No, stay");
        await user.press("Continue");
        await user.callExit(true);
        const { error, metadata } = await user.waitForCallback("onExit");
        await user.waitUntilHidden();
        expect(error).toBeNull();
        expect(metadata.status).toBe("requires_credentials");
        expect(await user.count("onExit")).toBe(1);
      });

      test("a handler can be opened again after an exit", async () => {
        await openLink();
        await user.exitLink();
        const first = await user.waitForCallback("onExit");
        await user.waitUntilHidden();
        await user.openLink();
        await user.press("Continue");
        await user.exitLink();
        await expect.poll(() => user.count("onExit")).toBe(2);
        const second = await user.waitForCallback("onExit");
        expect(second.metadata.link_session_id).not.toBe(first.metadata.link_session_id);
        expect(await user.count("onLoad")).toBe(1);
      });

      test("another token creates a new handler and destroys the old one", async () => {
        await openLink();
        await user.exitLink();
        await user.waitUntilHidden();
        await user.changeToken(await linkToken());
        await expect.poll(() => user.count("onLoad")).toBe(2);
        expect(await user.frameCount()).toBe(1);
        await user.openLink();
        await user.chooseBank("First Platypus Bank");
        await user.signIn();
        await user.shareAccounts("0000");
        await exchange((await user.waitForCallback("onSuccess")).publicToken);
      });

      test("the frame goes with the component", async () => {
        await openLink();
        await user.press("Continue");
        await user.changeToken(null);
        await expect.poll(() => user.frameCount()).toBe(0);
      });
    });
  });
}
