// Plaid's own React component opens the stand-in's Link. Every test runs in each browser; whatever the
// page is told is held against the types that react-plaid-link declares.

import type { PlaidApi } from "plaid";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Browser } from "../support/browsers";
import { Page } from "../support/page";
import { Person } from "../support/person";
import { clientOf, FIRST_PLATYPUS, LINK_REQUEST, newItem } from "../support/plaid";
import { Receiver, verify } from "../support/receiver";
import { Sandbox } from "../support/sandbox";
import { expectShape } from "../support/shapes";
import { isEvent } from "../support/told";
import type { Shapes } from "../support/types";

const OAUTH_BANK = "Platypus OAuth Bank";
const PUBLIC_TOKEN = /^public-sandbox-[0-9a-f-]{36}$/;
/** Longer than any Link token lives that is not for a Hosted Link page. */
const FIVE_HOURS = 5 * 60 * 60;

export function describeLink(name: string, start: () => Promise<Browser>): void {
  describe(name, () => {
    let sandbox: Sandbox;
    let page: Page;
    let browser: Browser;
    let plaid: PlaidApi;
    let person: Person;

    beforeAll(async () => {
      sandbox = await Sandbox.start();
      page = await Page.start(sandbox.url);
      browser = await start();
      plaid = clientOf(sandbox);
      person = new Person(browser.driver);
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
      await person.visit(page.url({ token: token ?? (await linkToken()) }));
      await person.openLink();
    }

    async function signInAt(bank: string, password?: string): Promise<void> {
      await openLink();
      await person.chooseBank(bank);
      await person.signIn("user_good", password);
    }

    async function exchange(publicToken: string | null): Promise<string> {
      expect(publicToken).toMatch(PUBLIC_TOKEN);
      const { data } = await plaid.itemPublicTokenExchange({ public_token: publicToken ?? "" });
      return data.access_token;
    }

    describe("onSuccess", () => {
      test("a bank is linked, and its public token exchanged", async () => {
        await signInAt("First Platypus Bank");
        await person.share("0000", "1111");

        const { publicToken, metadata } = await person.told("onSuccess");
        await person.linkIsGone();
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
        expect(await person.count("onExit")).toBe(0);
      });

      test("the events on the way, in their order", async () => {
        await signInAt("First Platypus Bank");
        await person.share("0000");
        const { metadata } = await person.told("onSuccess");

        expect(await person.events()).toEqual([
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
        for (const event of (await person.everythingTold()).filter(isEvent)) {
          expect(event.metadata.link_session_id).toBe(metadata.link_session_id);
          expect(Date.parse(event.metadata.timestamp)).not.toBeNaN();
        }
      });

      test("one account only, where the customization of Link says so", async () => {
        const request = { ...LINK_REQUEST, link_customization_name: "single_account" };
        await openLink((await plaid.linkTokenCreate(request)).data.link_token);
        await person.chooseBank("First Platypus Bank");
        await person.signIn();
        await person.sees("Choose an account to share");
        await person.share("1111");
        const { metadata } = await person.told("onSuccess");
        expect(metadata.accounts.map((account) => account.mask)).toEqual(["1111"]);
      });

      test("update mode repairs an Item, and its access token stays", async () => {
        const access_token = await newItem(plaid);
        await plaid.sandboxItemResetLogin({ access_token });
        const { products: _, ...request } = LINK_REQUEST;
        const { data } = await plaid.linkTokenCreate({ ...request, access_token });
        await openLink(data.link_token);
        await person.signIn();
        await person.press("Finish");
        await person.told("onSuccess");
        const opened = (await person.everythingTold()).find(isEvent);
        expect(opened?.metadata).toMatchObject({
          is_update_mode: "true",
          institution_id: FIRST_PLATYPUS,
        });
        expect((await plaid.itemGet({ access_token })).data.item.error).toBeNull();
      });
    });

    describe("onExit", () => {
      test("left without an error", async () => {
        await openLink();
        await person.leave();
        const { error, metadata } = await person.told("onExit");
        await person.linkIsGone();
        expect(error).toBeNull();
        expect(metadata).toMatchObject({ institution: null, status: "requires_credentials" });
        const events = (await person.everythingTold()).filter(isEvent);
        expect(events.at(-1)).toMatchObject({
          name: "EXIT",
          metadata: { exit_status: "requires_credentials", error_code: null },
        });
        expect(await person.count("onSuccess")).toBe(0);
      });

      test("left after a wrong password", async () => {
        await signInAt("First Platypus Bank", "wrong");
        await person.sees("not correct");
        await person.leave();
        const { error, metadata } = await person.told("onExit");
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
        await person.sees(error_code);
        await person.press("Exit");
        const { error } = await person.told("onExit");
        expect(error).toMatchObject({ error_type, error_code });
        expect(error?.display_message).not.toBe("");
        expect(await person.events()).toContain("ERROR");
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
        await person.chooseBank(bank);
        await person.sees(error_code);
        await person.press("Exit");
        const { error, metadata } = await person.told("onExit");
        expect(error).toMatchObject({ error_type: "INSTITUTION_ERROR", error_code });
        expect(metadata).toMatchObject({ status, institution: { name: bank } });
      });

      test("a bank that is not found", async () => {
        await openLink();
        await person.press("Continue");
        await person.enter("Search for your bank", "No such bank");
        await person.sees("No results");
        await expect.poll(() => person.events()).toContain("SEARCH_INSTITUTION");
        await person.leave();
        const { error, metadata } = await person.told("onExit");
        expect(error).toBeNull();
        expect(metadata.status).toBe("institution_not_found");
      });

      test("a degraded bank says so, and can be linked", async () => {
        await openLink();
        await person.chooseBank("Unhealthy Platypus Bank - Degraded");
        await person.press("Continue anyway");
        await person.signIn();
        await person.share("0000");
        await person.told("onSuccess");
        expect(await person.events()).toContain("SELECT_DEGRADED_INSTITUTION");
      });

      test("a Link token that is too old", async () => {
        const token = await linkToken();
        await sandbox.advance(FIVE_HOURS);
        await openLink(token);
        await person.sees("INVALID_LINK_TOKEN");
        await person.press("Exit");
        const { error } = await person.told("onExit");
        expect(error).toMatchObject({
          error_type: "INVALID_INPUT",
          error_code: "INVALID_LINK_TOKEN",
        });
      });
    });

    describe("a second factor", () => {
      test("a code, sent to a device of choice", async () => {
        await signInAt("First Platypus Bank", "mfa_device");
        await person.press("Send the code");
        await person.enter("Code", "4321");
        await person.press("Continue");
        await person.sees("not correct");
        await person.enter("Code", "1234");
        await person.press("Continue");
        await person.share("0000");
        await exchange((await person.told("onSuccess")).publicToken);
        const answered = (await person.everythingTold())
          .filter(isEvent)
          .filter(({ name: event }) => event === "SUBMIT_MFA");
        expect(answered.map(({ metadata }) => metadata.mfa_type)).toEqual([
          "device",
          "code",
          "code",
        ]);
      });

      test("the bank that always asks for one", async () => {
        await signInAt("First Gingham Credit Union");
        await expect.poll(() => person.events()).toContain("TRANSITION_VIEW MFA");
        await person.leave();
        const { metadata } = await person.told("onExit");
        expect(metadata.institution?.name).toBe("First Gingham Credit Union");
      });

      test.each([
        ["mfa_device", "choose_device"],
        ["mfa_questions_1_1", "requires_questions"],
        ["mfa_selections", "requires_selections"],
      ])("left at %s the status is %s", async (password, status) => {
        await signInAt("First Platypus Bank", password);
        await expect.poll(() => person.events()).toContain("TRANSITION_VIEW MFA");
        await person.leave();
        const { error, metadata } = await person.told("onExit");
        expect(error).toBeNull();
        expect(metadata.status).toBe(status);
      });

      test("left at the code and at the choice of accounts", async () => {
        await signInAt("First Platypus Bank", "mfa_device");
        await person.press("Send the code");
        await person.sees("Enter your code");
        await person.leave();
        expect((await person.told("onExit")).metadata.status).toBe("requires_code");

        await signInAt("First Platypus Bank");
        await person.sees("Choose accounts to share");
        await person.leave();
        const { metadata } = await person.told("onExit");
        expect(metadata.status).toBe("requires_account_selection");
      });
    });

    describe("a bank with a page of its own", () => {
      test("agrees in its pop-up", async () => {
        await openLink();
        await person.chooseBank(OAUTH_BANK);
        await person.press("Continue to the bank");
        await person.inPopUp("Approve");
        await person.share("0000");
        const { metadata, publicToken } = await person.told("onSuccess");
        expect(metadata.institution?.name).toBe(OAUTH_BANK);
        await exchange(publicToken);
        const events = await person.events();
        expect(events).toContain("TRANSITION_VIEW OAUTH");
        expect(events).toContain("OPEN_OAUTH");
      });

      test("declines in its pop-up", async () => {
        await openLink();
        await person.chooseBank(OAUTH_BANK);
        await person.press("Continue to the bank");
        await person.inPopUp("Decline");
        await person.sees("You declined at the bank");
        await person.leave();
        const { metadata } = await person.told("onExit");
        expect(metadata).toMatchObject({
          status: "requires_oauth",
          institution: { name: OAUTH_BANK },
        });
        expect(await person.events()).toContain("FAIL_OAUTH");
      });
    });

    describe("where no pop-up can be opened", () => {
      async function goToTheBank(): Promise<void> {
        const request = { ...LINK_REQUEST, redirect_uri: page.address };
        const { data } = await plaid.linkTokenCreate(request);
        await openLink(data.link_token);
        await person.chooseBank(OAUTH_BANK);
        await person.forbidPopUps();
        await person.press("Continue to the bank");
      }

      test("the bank takes the place of the page, and receivedRedirectUri goes on", async () => {
        await goToTheBank();
        await person.pressOnPage("Approve");
        await person.told("onLoad");
        await person.openLink();
        await person.share("0000");
        const { publicToken, metadata } = await person.told("onSuccess");
        expect(metadata.institution?.name).toBe(OAUTH_BANK);
        await exchange(publicToken);
      });

      test("a bank that was declined leads back to it", async () => {
        await goToTheBank();
        await person.pressOnPage("Decline");
        await person.told("onLoad");
        await person.openLink();
        await person.sees("You declined at the bank");
        await person.leave();
        const { metadata } = await person.told("onExit");
        expect(metadata.status).toBe("requires_oauth");
      });
    });

    test("PlaidEmbeddedLink shows the banks within the page", async () => {
      await person.visit(page.url({ token: await linkToken(), embedded: "1" }));
      await person.press("First Platypus Bank");
      await person.press("Continue");
      await person.signIn();
      await person.share("0000");
      await exchange((await person.told("onSuccess")).publicToken);
      expect(await person.events()).toContain("HANDOFF");
    });

    describe("Hosted Link", () => {
      let receiver: Receiver;
      beforeEach(async () => {
        receiver = await Receiver.start();
      });
      afterEach(() => receiver.stop());

      async function hostedLink() {
        const request = { ...LINK_REQUEST, hosted_link: {}, webhook: receiver.url };
        const { data } = await plaid.linkTokenCreate(request);
        await person.visitOther(data.hosted_link_url ?? "");
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
        await verify(plaid, delivery, await sandbox.now());
        return webhook;
      }

      test("linked: /link/token/get and the webhooks tell of it", async () => {
        const link_token = await hostedLink();
        await person.chooseBank("First Platypus Bank");
        await person.signIn();
        await person.share("0000");
        await person.sees("You are done");

        const { data } = await plaid.linkTokenGet({ link_token });
        const [session] = data.link_sessions ?? [];
        const [added] = session?.results?.item_add_results ?? [];
        expect(added?.institution?.institution_id).toBe(FIRST_PLATYPUS);
        expect(added?.accounts.map((account) => account.mask)).toEqual(["0000"]);
        expect(session?.finished_at).toBeTruthy();
        expect(session?.events?.map((event) => event.event_name)).toContain("HANDOFF");

        const result = await expectWebhook("ITEM_ADD_RESULT", link_token);
        expect(result.public_token).toBe(added?.public_token);
        const finished = await expectWebhook("SESSION_FINISHED", link_token);
        expect(finished.status).toBe("SUCCESS");
        expect(finished.public_tokens).toEqual([added?.public_token]);
        await expectWebhook("EVENTS", link_token);
        await exchange(added?.public_token ?? null);
      });

      test("left: /link/token/get and the webhooks tell of it", async () => {
        const link_token = await hostedLink();
        await person.chooseBank("First Platypus Bank");
        await person.signIn("user_good", "wrong");
        await person.sees("not correct");
        await person.leave();
        await person.sees("You left");

        const { data } = await plaid.linkTokenGet({ link_token });
        const [session] = data.link_sessions ?? [];
        expect(session?.exit?.error?.error_code).toBe("INVALID_CREDENTIALS");
        expect(session?.exit?.metadata?.status).toBe("requires_credentials");
        const finished = await expectWebhook("SESSION_FINISHED", link_token);
        expect(finished.status).not.toBe("SUCCESS");
      });
    });

    describe("the handler", () => {
      test("exit asks, and exit with force does not", async () => {
        await openLink();
        await person.exitByPage(false);
        await person.press("No, stay");
        await person.press("Continue");
        await person.exitByPage(true);
        const { error, metadata } = await person.told("onExit");
        await person.linkIsGone();
        expect(error).toBeNull();
        expect(metadata.status).toBe("requires_credentials");
        expect(await person.count("onExit")).toBe(1);
      });

      test("a handler that was left can be opened again", async () => {
        await openLink();
        await person.leave();
        const first = await person.told("onExit");
        await person.linkIsGone();
        await person.openLink();
        await person.press("Continue");
        await person.leave();
        await expect.poll(() => person.count("onExit")).toBe(2);
        const second = await person.told("onExit");
        expect(second.metadata.link_session_id).not.toBe(first.metadata.link_session_id);
        expect(await person.count("onLoad")).toBe(1);
      });

      test("another token makes another handler, and destroys the old one", async () => {
        await openLink();
        await person.leave();
        await person.linkIsGone();
        await person.changeToken(await linkToken());
        await expect.poll(() => person.count("onLoad")).toBe(2);
        expect(await person.frameCount()).toBe(1);
        await person.openLink();
        await person.chooseBank("First Platypus Bank");
        await person.signIn();
        await person.share("0000");
        await exchange((await person.told("onSuccess")).publicToken);
      });

      test("nothing is left of it when the component goes", async () => {
        await openLink();
        await person.press("Continue");
        await person.changeToken(null);
        await expect.poll(() => person.frameCount()).toBe(0);
      });
    });
  });
}
