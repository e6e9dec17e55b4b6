//! Sessions of Link, as its frame asks for them: each way in, each way out, and what
//! /link/token/get tells of it afterwards.

use crate::support::{Answer, Caller, Running};
use jiff::SignedDuration;
use serde_json::{Value, json};

const INPUT: &str = "INVALID_INPUT";
const ITEM: &str = "ITEM_ERROR";

/// One session, and the person in it.
struct Session<'a> {
    sandbox: &'a Running,
    id: String,
    started: Value,
}

impl<'a> Session<'a> {
    async fn start(sandbox: &'a Running, link_token: &str) -> Session<'a> {
        Self::opened(
            sandbox,
            sandbox
                .link("start", json!({"link_token": link_token}))
                .await,
        )
    }

    fn opened(sandbox: &'a Running, started: Answer) -> Session<'a> {
        assert_eq!(started.status, 200, "{}", started.text);
        Session {
            sandbox,
            id: started.text_at("/link_session_id"),
            started: started.json,
        }
    }

    async fn act(&self, name: &str, mut body: Value) -> Answer {
        body["link_session_id"] = json!(self.id);
        self.sandbox.link(name, body).await
    }

    async fn choose(&self, institution_id: &str) -> Answer {
        self.act("institution", json!({"institution_id": institution_id}))
            .await
    }

    async fn sign_in(&self, username: &str, password: &str) -> Answer {
        self.act(
            "credentials",
            json!({"username": username, "password": password}),
        )
        .await
    }

    /// From the choice of accounts to the public token.
    async fn share(&self, masks: &[&str]) -> Answer {
        let connected = self.act("accounts", json!({"masks": masks})).await;
        assert_eq!(connected.text_at("/next"), "connected");
        self.act("finish", json!({})).await
    }
}

fn masks(answer: &Answer) -> Vec<String> {
    let accounts = answer.json["accounts"].as_array().unwrap();
    accounts
        .iter()
        .map(|account| account["mask"].as_str().unwrap().to_owned())
        .collect()
}

async fn token(sandbox: &Running, more: Value) -> String {
    sandbox.link_token(more).await.text_at("/link_token")
}

#[tokio::test]
async fn wrong_credentials_can_be_corrected() {
    let sandbox = Running::start().await;
    let session = Session::start(&sandbox, &token(&sandbox, json!({})).await).await;
    session.choose("ins_109508").await;
    session
        .sign_in("user_good", "nope")
        .await
        .is_error(400, ITEM, "INVALID_CREDENTIALS");
    session
        .sign_in("", "pass_good")
        .await
        .is_error(400, ITEM, "INVALID_CREDENTIALS");
    let signed_in = session.sign_in("anybody", "pass_good").await;
    assert_eq!(masks(&signed_in), ["0000", "1111", "9002"]);
}

#[tokio::test]
async fn error_passwords_force_each_of_plaids_errors() {
    const INSTITUTION: &str = "INSTITUTION_ERROR";
    let sandbox = Running::start().await;
    let session = Session::start(&sandbox, &token(&sandbox, json!({})).await).await;
    session.choose("ins_109508").await;
    for (status, error_type, error_code, displayed) in [
        (400, ITEM, "INVALID_CREDENTIALS", true),
        (400, ITEM, "INVALID_MFA", true),
        (400, ITEM, "INVALID_SEND_METHOD", false),
        (400, ITEM, "INSUFFICIENT_CREDENTIALS", false),
        (400, ITEM, "ITEM_LOCKED", true),
        (400, ITEM, "ITEM_NOT_SUPPORTED", true),
        (400, ITEM, "MFA_NOT_SUPPORTED", true),
        (400, ITEM, "NO_ACCOUNTS", true),
        (400, ITEM, "PASSWORD_RESET_REQUIRED", true),
        (400, ITEM, "PRODUCTS_NOT_SUPPORTED", true),
        (400, ITEM, "USER_INPUT_TIMEOUT", true),
        (400, ITEM, "USER_SETUP_REQUIRED", true),
        (400, ITEM, "ACCESS_NOT_GRANTED", true),
        (400, ITEM, "COUNTRY_NOT_SUPPORTED", false),
        (400, INSTITUTION, "INSTITUTION_DOWN", true),
        (400, INSTITUTION, "INSTITUTION_NOT_AVAILABLE", true),
        (400, INSTITUTION, "INSTITUTION_NOT_RESPONDING", true),
        (400, INSTITUTION, "INSTITUTION_NO_LONGER_SUPPORTED", true),
        (500, "API_ERROR", "INTERNAL_SERVER_ERROR", true),
        (400, "API_ERROR", "PLANNED_MAINTENANCE", true),
    ] {
        let refused = session
            .sign_in("user_good", &format!("error_{error_code}"))
            .await;
        refused.is_error(status, error_type, error_code);
        assert_eq!(
            refused.json["display_message"].is_string(),
            displayed,
            "{}",
            refused.text
        );
    }
    let signed_in = session.sign_in("user_good", "pass_good").await;
    assert_eq!(
        signed_in.text_at("/next"),
        "accounts",
        "none of them is the end"
    );
}

#[tokio::test]
async fn a_code_goes_to_a_device_of_choice() {
    let sandbox = Running::start().await;
    for (institution_id, password) in [("ins_109509", "pass_good"), ("ins_109508", "mfa_device")] {
        let session = Session::start(&sandbox, &token(&sandbox, json!({})).await).await;
        session.choose(institution_id).await;
        let asked = session.sign_in("user_good", password).await;
        assert_eq!(asked.text_at("/next"), "device");
        let devices = asked.json["devices"].as_array().unwrap();
        session.act("code", json!({"code": "1234"})).await.is_error(
            400,
            "INVALID_REQUEST",
            "INVALID_FIELD",
        );
        session
            .act("device", json!({"device": devices.len()}))
            .await
            .is_error(400, "INVALID_REQUEST", "INVALID_FIELD");
        let sent = session.act("device", json!({"device": 1})).await;
        assert_eq!(
            (sent.text_at("/next"), &sent.json["sent_to"]),
            ("code".to_owned(), &devices[1])
        );
        session
            .act("code", json!({"code": "4321"}))
            .await
            .is_error(400, ITEM, "INVALID_MFA");
        // Nothing came: the code is sent elsewhere.
        session.act("device", json!({"device": 0})).await;
        let signed_in = session.act("code", json!({"code": " 1234 "})).await;
        assert_eq!(signed_in.text_at("/next"), "accounts");
    }
}

#[tokio::test]
async fn questions_and_selections_come_in_rounds() {
    let sandbox = Running::start().await;
    let session = Session::start(&sandbox, &token(&sandbox, json!({})).await).await;
    session.choose("ins_109508").await;
    let first = session.sign_in("user_good", "mfa_questions_2_2").await;
    assert_eq!(first.text_at("/next"), "questions");
    assert_eq!(first.json["questions"].as_array().unwrap().len(), 2);
    let answer = async |answers: Value| session.act("answers", json!({"answers": answers})).await;
    answer(json!(["answer_0_0", "answer_1_1"]))
        .await
        .is_error(400, ITEM, "INVALID_MFA");
    let second = answer(json!(["answer_0_0", "answer_0_1"])).await;
    assert_eq!(second.text_at("/next"), "questions");
    let last = answer(json!(["answer_1_0", "answer_1_1"])).await;
    assert_eq!(last.text_at("/next"), "accounts");

    for (password, right) in [
        ("mfa_selections", "Yes"),
        ("mfa_selections_1_1_4", "answer_0_0_0"),
    ] {
        let session = Session::start(&sandbox, &token(&sandbox, json!({})).await).await;
        session.choose("ins_109508").await;
        let asked = session.sign_in("user_good", password).await;
        assert_eq!(asked.text_at("/next"), "selections");
        let options = asked.json["questions"][0]["options"].as_array().unwrap();
        assert!(options.contains(&json!(right)), "{}", asked.text);
        let wrong = json!({"answers": [options[1]]});
        session
            .act("answers", wrong)
            .await
            .is_error(400, ITEM, "INVALID_MFA");
        let signed_in = session.act("answers", json!({"answers": [right]})).await;
        assert_eq!(signed_in.text_at("/next"), "accounts");
    }
}

#[tokio::test]
async fn a_recaptcha_comes_before_the_second_factor_and_can_be_failed() {
    let sandbox = Running::start().await;
    let session = Session::start(&sandbox, &token(&sandbox, json!({})).await).await;
    session.choose("ins_109508").await;
    let asked = session
        .sign_in("user_good", r#"{"recaptcha": "bad"}"#)
        .await;
    assert_eq!(asked.text_at("/next"), "recaptcha");
    session
        .act("recaptcha", json!({}))
        .await
        .is_error(400, "RECAPTCHA_ERROR", "RECAPTCHA_BAD");

    let description = json!({"recaptcha": "good", "mfa": {"type": "device"},
                             "override_accounts": [{"type": "depository", "subtype": "checking",
                                                    "starting_balance": 5, "meta": {"mask": "4321"}}]});
    let asked = session
        .sign_in("user_custom", &description.to_string())
        .await;
    assert_eq!(asked.text_at("/next"), "recaptcha");
    assert_eq!(
        session.act("recaptcha", json!({})).await.text_at("/next"),
        "device"
    );
    session.act("device", json!({"device": 0})).await;
    let signed_in = session.act("code", json!({"code": "1234"})).await;
    assert_eq!(masks(&signed_in), ["4321"]);
}

#[tokio::test]
async fn banks_that_cannot_be_linked_say_so_and_others_still_can() {
    let sandbox = Running::start().await;
    let session = Session::start(&sandbox, &token(&sandbox, json!({})).await).await;
    session
        .choose("ins_132361")
        .await
        .is_error(400, "INSTITUTION_ERROR", "INSTITUTION_DOWN");
    session.choose("ins_133402").await.is_error(
        400,
        "INSTITUTION_ERROR",
        "INSTITUTION_NO_LONGER_SUPPORTED",
    );
    session
        .choose("ins_0")
        .await
        .is_error(400, INPUT, "INVALID_INSTITUTION");
    assert_eq!(
        session.choose("ins_132363").await.text_at("/next"),
        "credentials"
    );
}

/// What the person does on the bank's own page.
async fn decide(sandbox: &Running, oauth_state_id: &str, granted: bool) -> Answer {
    let visit = json!({"oauth_state_id": oauth_state_id});
    let seen = sandbox.link("bank/visit", visit).await;
    assert_eq!(seen.text_at("/institution/name"), "Platypus OAuth Bank");
    let decision = json!({"oauth_state_id": oauth_state_id, "granted": granted});
    sandbox.link("bank/consent", decision).await
}

#[tokio::test]
async fn an_oauth_bank_decides_on_its_own_page() {
    let sandbox = Running::start().await;
    let session = Session::start(&sandbox, &token(&sandbox, json!({})).await).await;
    let chosen = session.choose("ins_127287").await;
    assert_eq!(chosen.text_at("/next"), "bank");
    let outcome = async || session.act("bank/outcome", json!({})).await;
    session.act("bank/open", json!({"way": "popup"})).await;
    assert_eq!(outcome().await.text_at("/next"), "wait");
    let first = chosen.text_at("/oauth_state_id");
    let decided = decide(&sandbox, &first, false).await;
    assert!(
        decided.json["return_to"].is_null(),
        "a pop-up closes: {}",
        decided.text
    );
    let declined = outcome().await;
    assert_eq!(declined.text_at("/next"), "declined");
    let second = declined.text_at("/oauth_state_id");
    session.act("bank/open", json!({})).await;
    let late = json!({"oauth_state_id": first, "granted": true});
    sandbox.link("bank/consent", late).await.is_error(
        404,
        "OAUTH_ERROR",
        "OAUTH_STATE_ID_NOT_FOUND",
    );
    decide(&sandbox, &second, true).await;
    assert_eq!(outcome().await.text_at("/next"), "accounts");
    let again = json!({"oauth_state_id": second, "granted": false});
    sandbox.link("bank/consent", again).await.is_error(
        400,
        "OAUTH_ERROR",
        "OAUTH_STATE_ID_ALREADY_PROCESSED",
    );
    let public_token = session.share(&["0000"]).await.text_at("/public_token");
    sandbox.exchange(&public_token).await;
}

#[tokio::test]
async fn a_bank_that_takes_the_place_of_the_page_sends_it_back() {
    let sandbox = Running::start().await;
    let redirect_uri = "http://localhost:3000/oauth";
    let link_token = token(&sandbox, json!({"redirect_uri": redirect_uri})).await;
    let session = Session::start(&sandbox, &link_token).await;
    let state = session
        .choose("ins_127287")
        .await
        .text_at("/oauth_state_id");
    session.act("bank/open", json!({"way": "redirect"})).await;
    let decided = decide(&sandbox, &state, true).await;
    let received = decided.text_at("/return_to");
    assert_eq!(received, format!("{redirect_uri}?oauth_state_id={state}"));

    let resume = async |link_token: &str, received: &str| {
        let request = json!({"link_token": link_token, "received_redirect_uri": received});
        sandbox.link("start", request).await
    };
    let invalid = "INVALID_REQUEST";
    resume(&link_token, redirect_uri)
        .await
        .is_error(400, invalid, "INVALID_FIELD")
        .says("oauth uri does not contain a valid oauth_state_id query parameter");
    resume(
        &link_token,
        &format!("http://localhost:3000/other?oauth_state_id={state}"),
    )
    .await
    .is_error(400, invalid, "INVALID_FIELD");
    resume(&token(&sandbox, json!({})).await, &received)
        .await
        .is_error(400, invalid, "INVALID_FIELD")
        .says("has no redirect_uri");
    let unknown = format!("{redirect_uri}?oauth_state_id=8f1b");
    resume(&link_token, &unknown)
        .await
        .is_error(404, "OAUTH_ERROR", "OAUTH_STATE_ID_NOT_FOUND");
    let other = token(&sandbox, json!({"redirect_uri": redirect_uri})).await;
    resume(&other, &received)
        .await
        .is_error(400, "OAUTH_ERROR", "INCORRECT_LINK_TOKEN");

    let resumed = resume(&link_token, &format!("{received}#top")).await;
    assert_eq!(resumed.text_at("/resume/next"), "accounts");
    assert_eq!(resumed.text_at("/link_session_id"), session.id);
    resume(&link_token, &received).await.is_error(
        400,
        "OAUTH_ERROR",
        "OAUTH_STATE_ID_ALREADY_PROCESSED",
    );
    let public_token = session.share(&["0000"]).await.text_at("/public_token");
    sandbox.exchange(&public_token).await;
}

#[tokio::test]
async fn a_bank_that_is_declined_sends_the_page_back_to_try_again() {
    let sandbox = Running::start().await;
    let created = sandbox.link_token(json!({"hosted_link": {}})).await;
    let hosted_id = hosted_id(&sandbox, &created);
    let session = Session::opened(
        &sandbox,
        sandbox.link("start", json!({"hosted_id": hosted_id})).await,
    );
    let state = session
        .choose("ins_127287")
        .await
        .text_at("/oauth_state_id");
    session.act("bank/open", json!({"way": "redirect"})).await;
    let back = decide(&sandbox, &state, false).await.text_at("/return_to");
    assert_eq!(
        back,
        format!(
            "{}?oauth_state_id={state}",
            created.text_at("/hosted_link_url")
        )
    );
    let resumed = sandbox
        .link(
            "start",
            json!({"hosted_id": hosted_id, "oauth_state_id": state}),
        )
        .await;
    assert_eq!(resumed.text_at("/resume/next"), "declined");
    assert_ne!(resumed.text_at("/resume/oauth_state_id"), state);
    assert_eq!(resumed.text_at("/link_session_id"), session.id);
    let app = token(&sandbox, json!({})).await;
    let without = Session::start(&sandbox, &app).await;
    without.choose("ins_127287").await;
    without
        .act("bank/open", json!({"way": "redirect"}))
        .await
        .is_error(400, "INVALID_REQUEST", "INVALID_FIELD")
        .says("redirect_uri");
}

/// The last part of the Hosted Link URL.
fn hosted_id(sandbox: &Running, created: &Answer) -> String {
    let url = created.text_at("/hosted_link_url");
    url.strip_prefix(&format!("{}/hosted/", sandbox.url))
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn accounts_fit_products_and_filters() {
    let sandbox = Running::start().await;
    let offered = async |more: Value, username: &str| {
        let session = Session::start(&sandbox, &token(&sandbox, more).await).await;
        session.choose("ins_109508").await;
        session.sign_in(username, "pass_good").await
    };
    assert_eq!(
        masks(&offered(json!({"products": ["transactions"]}), "user_good").await).len(),
        12
    );
    assert_eq!(
        masks(&offered(json!({"products": ["auth"]}), "user_household").await).len(),
        4
    );
    let filters = json!({"products": ["transactions"],
                         "account_filters": {"credit": {"account_subtypes": ["credit card"]},
                                             "loan": {"account_subtypes": ["all"]}}});
    assert_eq!(
        masks(&offered(filters, "user_good").await),
        ["3333", "7777", "8888", "9999"]
    );
    let nothing = json!({"account_filters": {"loan": {"account_subtypes": ["all"]}}});
    offered(nothing, "user_good")
        .await
        .is_error(400, ITEM, "NO_ACCOUNTS");
}

#[tokio::test]
async fn a_customization_can_ask_for_one_account() {
    let sandbox = Running::start().await;
    let one = json!({"link_customization_name": "single_account"});
    let session = Session::start(&sandbox, &token(&sandbox, one).await).await;
    session.choose("ins_109508").await;
    let offered = session.sign_in("user_good", "pass_good").await;
    assert_eq!(offered.text_at("/selection"), "one");
    session
        .act("accounts", json!({"masks": ["0000", "1111"]}))
        .await
        .is_error(400, "INVALID_REQUEST", "INVALID_FIELD");
    let shared = session.share(&["1111"]).await;
    assert_eq!(shared.json["metadata"]["accounts"][0]["mask"], "1111");
}

#[tokio::test]
async fn steps_cannot_be_skipped_or_repeated() {
    let sandbox = Running::start().await;
    let session = Session::start(&sandbox, &token(&sandbox, json!({})).await).await;
    for (act, body) in [
        (
            "credentials",
            json!({"username": "user_good", "password": "pass_good"}),
        ),
        ("recaptcha", json!({})),
        ("device", json!({"device": 0})),
        ("code", json!({"code": "1234"})),
        ("answers", json!({"answers": ["answer_0_0"]})),
        ("bank/open", json!({})),
        ("accounts", json!({"masks": ["0000"]})),
        ("finish", json!({})),
    ] {
        session
            .act(act, body)
            .await
            .is_error(400, "INVALID_REQUEST", "INVALID_FIELD");
    }
    session.choose("ins_109508").await;
    session.sign_in("user_good", "pass_good").await;
    let first = session.share(&["0000"]).await;
    session
        .act("accounts", json!({"masks": ["0000"]}))
        .await
        .is_error(400, "INVALID_REQUEST", "INVALID_FIELD");
    let again = session.act("finish", json!({})).await;
    assert_eq!(
        again.json["public_token"], first.json["public_token"],
        "finishing twice gives the same token"
    );
}

#[tokio::test]
async fn an_expired_token_opens_nothing_and_stops_what_is_open() {
    let sandbox = Running::start().await;
    let link_token = token(&sandbox, json!({})).await;
    let session = Session::start(&sandbox, &link_token).await;
    sandbox.clock.advance(SignedDuration::from_mins(31));
    sandbox
        .link("start", json!({"link_token": link_token}))
        .await
        .is_error(400, INPUT, "INVALID_LINK_TOKEN")
        .says("expired");
    session
        .choose("ins_109508")
        .await
        .is_error(400, INPUT, "INVALID_LINK_TOKEN");
    sandbox
        .link("start", json!({"link_token": "link-sandbox-none"}))
        .await
        .is_error(400, INPUT, "INVALID_LINK_TOKEN");
    sandbox
        .link("start", json!({}))
        .await
        .is_error(400, INPUT, "INVALID_LINK_TOKEN");
    sandbox
        .ok("/link/token/get", json!({"link_token": link_token}))
        .await;
}

#[tokio::test]
async fn update_mode_repairs_the_item_and_keeps_its_token() {
    let sandbox = Running::start().await;
    let access_token = sandbox.item("user_household", &["signal", "auth"]).await;
    sandbox
        .ok(
            "/sandbox/item/reset_login",
            json!({"access_token": access_token}),
        )
        .await;
    let update = sandbox
        .ok(
            "/link/token/create",
            json!({"client_name": "Balance Desk", "language": "en", "country_codes": ["US"],
                   "user": {"client_user_id": "8f1b"}, "access_token": access_token}),
        )
        .await;
    let session = Session::start(&sandbox, &update.text_at("/link_token")).await;
    assert_eq!(session.started["update_mode"], true);
    assert_eq!(
        session.started["institution"]["institution_id"],
        "ins_109508"
    );
    session
        .sign_in("user_good", "pass_good")
        .await
        .is_error(400, ITEM, "INVALID_CREDENTIALS");
    assert_eq!(
        session
            .sign_in("user_household", "pass_good")
            .await
            .text_at("/next"),
        "connected"
    );
    let finished = session.act("finish", json!({})).await;
    let item = sandbox
        .ok("/item/get", json!({"access_token": access_token}))
        .await;
    assert!(item.json["item"]["error"].is_null(), "{}", item.text);
    assert_eq!(
        sandbox.exchange(&finished.text_at("/public_token")).await,
        access_token,
        "nothing new to exchange"
    );
}

#[tokio::test]
async fn update_mode_can_change_the_accounts() {
    let sandbox = Running::start().await;
    let session = Session::start(&sandbox, &token(&sandbox, json!({})).await).await;
    session.choose("ins_109508").await;
    session.sign_in("user_good", "pass_good").await;
    let access_token = sandbox
        .exchange(&session.share(&["0000"]).await.text_at("/public_token"))
        .await;
    let kept = sandbox.account(&access_token, "0000").await;

    let update = token(
        &sandbox,
        json!({"products": null, "access_token": access_token, "update": {"account_selection_enabled": true}}),
    )
    .await;
    let session = Session::start(&sandbox, &update).await;
    let offered = session.sign_in("user_good", "pass_good").await;
    let chosen: Vec<_> = offered.json["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a["chosen"] == true)
        .collect();
    assert_eq!(chosen, [true, false, false]);
    session.share(&["0000", "1111"]).await;
    let accounts = sandbox
        .ok("/accounts/get", json!({"access_token": access_token}))
        .await;
    assert_eq!(masks(&accounts), ["0000", "1111"]);
    assert_eq!(
        accounts.text_at("/accounts/0/account_id"),
        kept,
        "an account that stays keeps its id"
    );
}

#[tokio::test]
async fn update_mode_heals_an_item_without_accounts_and_passes_a_healthy_one() {
    let sandbox = Running::start_with(|options| options.control_port = Some(0)).await;
    let access_token = sandbox.item("user_good", &["signal", "auth"]).await;
    let broken = json!({"access_token": access_token, "error_code": "NO_ACCOUNTS"});
    let control = Caller::new(sandbox.control_url());
    let breaking = control.unsigned("/control/item").body(broken.to_string());
    assert_eq!(control.send(breaking).await.status, 200);
    for _ in 0..2 {
        let update = token(
            &sandbox,
            json!({"products": null, "access_token": access_token}),
        )
        .await;
        let session = Session::start(&sandbox, &update).await;
        assert_eq!(session.started["resume"]["next"], "credentials");
        let signed_in = session.sign_in("user_good", "pass_good").await;
        assert_eq!(signed_in.text_at("/next"), "connected");
        session.act("finish", json!({})).await;
        let item = sandbox
            .ok("/item/get", json!({"access_token": access_token}))
            .await;
        assert!(item.json["item"]["error"].is_null(), "{}", item.text);
    }
}

#[tokio::test]
async fn an_item_that_is_well_needs_no_repair_when_that_is_asked_for() {
    let sandbox = Running::start().await;
    let nothing_to_repair = "error_ITEM_NO_ERROR";
    let new = Session::start(&sandbox, &token(&sandbox, json!({})).await).await;
    new.choose("ins_109508").await;
    new.sign_in("user_good", nothing_to_repair)
        .await
        .is_error(400, ITEM, "INVALID_CREDENTIALS");

    let access_token = sandbox.item("user_good", &["auth"]).await;
    let update = json!({"products": null, "access_token": access_token});
    let update = token(&sandbox, update).await;
    let session = Session::start(&sandbox, &update).await;
    session
        .sign_in("user_good", nothing_to_repair)
        .await
        .is_error(400, ITEM, "ITEM_NO_ERROR");
    sandbox
        .ok(
            "/sandbox/item/reset_login",
            json!({"access_token": access_token}),
        )
        .await;
    session
        .sign_in("user_good", nothing_to_repair)
        .await
        .is_error(400, ITEM, "INVALID_CREDENTIALS");
}

#[tokio::test]
async fn a_hosted_session_is_told_by_link_token_get_for_six_hours() {
    let sandbox = Running::start().await;
    let created = sandbox
        .link_token(json!({"hosted_link": {"url_lifetime_seconds": 1_000_000}}))
        .await;
    let link_token = created.text_at("/link_token");
    let hosted_id = hosted_id(&sandbox, &created);
    let page = sandbox
        .send(sandbox.get(&format!("/hosted/{hosted_id}")))
        .await;
    assert!(page.status == 200 && page.text.contains("stand-in"));

    let told = async || {
        let answer = sandbox
            .ok("/link/token/get", json!({"link_token": link_token}))
            .await;
        answer.json["link_sessions"].as_array().unwrap().clone()
    };
    assert!(told().await.is_empty());
    let session = Session::opened(
        &sandbox,
        sandbox.link("start", json!({"hosted_id": hosted_id})).await,
    );
    let event = json!({"event_name": "OPEN", "metadata": {"view_name": null, "request_id": "abc", "timestamp": "now"}});
    session.act("event", event).await;
    session.choose("ins_109508").await;
    session.sign_in("user_good", "pass_good").await;
    assert!(told().await[0]["finished_at"].is_null());
    let public_token = session.share(&["0000"]).await.text_at("/public_token");
    let sessions = told().await;
    assert_eq!(
        sessions[0]["results"]["item_add_results"][0]["public_token"],
        json!(public_token)
    );
    assert_eq!(
        sessions[0]["on_success"]["public_token"],
        json!(public_token)
    );
    assert_eq!(
        sessions[0]["events"][0]["event_metadata"],
        json!({"request_id": "abc"})
    );
    assert!(sessions[0]["finished_at"].is_string() && sessions[0]["exit"].is_null());
    sandbox
        .link("start", json!({"hosted_id": hosted_id}))
        .await
        .is_error(400, INPUT, "INVALID_LINK_TOKEN")
        .says("completed");
    sandbox
        .clock
        .advance(SignedDuration::from_mins(5 * 60 + 59));
    assert_eq!(told().await.len(), 1, "six hours are not over");
    sandbox.clock.advance(SignedDuration::from_mins(2));
    assert!(told().await.is_empty());
}

#[tokio::test]
async fn a_hosted_link_url_lives_as_long_as_was_asked_for() {
    let sandbox = Running::start().await;
    let created = sandbox
        .link_token(
            json!({"hosted_link": {"url_lifetime_seconds": 60, "is_mobile_app": true,
                                           "completion_redirect_uri": "balancedesk://done"}}),
        )
        .await;
    let open = json!({"hosted_id": hosted_id(&sandbox, &created)});
    let session = Session::opened(&sandbox, sandbox.link("start", open.clone()).await);
    assert_eq!(
        (&session.started["no_popups"], &session.started["redirects"]),
        (&json!(true), &json!(true))
    );
    let left = session
        .act("exit", json!({"status": "requires_credentials"}))
        .await;
    assert_eq!(
        left.text_at("/completion_redirect_uri"),
        "balancedesk://done"
    );
    sandbox.clock.advance(SignedDuration::from_secs(61));
    sandbox
        .link("start", open)
        .await
        .is_error(400, INPUT, "INVALID_LINK_TOKEN")
        .says("expired");
}

#[tokio::test]
async fn every_way_to_leave_is_told_with_its_status() {
    let sandbox = Running::start().await;
    for status in [
        "requires_questions",
        "requires_selections",
        "requires_code",
        "choose_device",
        "requires_credentials",
        "requires_recaptcha",
        "requires_account_selection",
        "requires_oauth",
        "institution_not_found",
        "institution_not_supported",
    ] {
        let link_token = token(&sandbox, json!({"hosted_link": {}})).await;
        let session = Session::start(&sandbox, &link_token).await;
        let left = json!({"institution_id": null, "status": status, "error": null});
        session.act("exit", left).await;
        let again = json!({"institution_id": null, "status": "requires_code", "error": null});
        session.act("exit", again).await;
        let told = sandbox
            .ok("/link/token/get", json!({"link_token": link_token}))
            .await;
        assert_eq!(
            told.text_at("/link_sessions/0/exit/metadata/status"),
            status,
            "who has left cannot leave again"
        );
        assert!(told.json["link_sessions"][0]["finished_at"].is_string());
    }
}

#[tokio::test]
async fn leaving_is_told_with_its_error_and_status() {
    let sandbox = Running::start().await;
    let link_token = token(&sandbox, json!({"hosted_link": {}})).await;
    let session = Session::start(&sandbox, &link_token).await;
    let error = json!({"error_type": "INSTITUTION_ERROR", "error_code": "INSTITUTION_DOWN",
                       "error_message": "down", "display_message": null});
    let left =
        json!({"institution_id": "ins_132361", "status": "requires_credentials", "error": error});
    assert_eq!(session.act("exit", left).await.status, 200);
    let answer = sandbox
        .ok("/link/token/get", json!({"link_token": link_token}))
        .await;
    assert_eq!(
        answer.text_at("/link_sessions/0/exit/error/error_code"),
        "INSTITUTION_DOWN"
    );
    assert_eq!(
        answer.text_at("/link_sessions/0/exit/metadata/status"),
        "requires_credentials"
    );
    assert_eq!(
        answer.text_at("/link_sessions/0/exit/metadata/institution/institution_id"),
        "ins_132361"
    );
    assert!(answer.json["link_sessions"][0]["results"].is_null());
}

#[tokio::test]
async fn pages_of_other_origins_cannot_drive_a_session() {
    let sandbox = Running::start().await;
    let body = json!({"link_token": token(&sandbox, json!({})).await}).to_string();
    let from = |origin: &str| {
        sandbox
            .unsigned("/link/session/start")
            .header("Origin", origin)
            .body(body.clone())
    };
    sandbox
        .send(from("https://bank.example"))
        .await
        .is_error(404, "INVALID_REQUEST", "NOT_FOUND");
    sandbox
        .send(from("null"))
        .await
        .is_error(404, "INVALID_REQUEST", "NOT_FOUND");
    assert_eq!(sandbox.send(from(&sandbox.url)).await.status, 200);
}

#[tokio::test]
async fn the_pages_of_link_forbid_everything_they_do_not_need() {
    let sandbox = Running::start().await;
    for path in ["/link/v2/stable/link.html", "/hosted/any", "/link/bank"] {
        let response = sandbox.get(path).send().await.unwrap();
        let policy = response.headers()["Content-Security-Policy"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self';")
                && !policy.contains("unsafe"),
            "{policy}"
        );
        let page = response.text().await.unwrap();
        assert!(
            !page.contains("<script>") && !page.contains(" onclick") && !page.contains(" style="),
            "{path}"
        );
    }
    for path in [
        "/link/v2/stable/link-initialize.js",
        "/link/v2/stable/link.js",
        "/link/v2/stable/theme.css",
        "/link/v2/stable/bank-page.js",
        "/link/v2/stable/panes/oauth.js",
        "/link/logo/ins_109508.png",
    ] {
        assert_eq!(sandbox.send(sandbox.get(path)).await.status, 200, "{path}");
    }
    let script = sandbox
        .send(sandbox.get("/link/v2/stable/link-initialize.js"))
        .await;
    script.says(&sandbox.url);
    let missing = sandbox.get("/link/v2/stable/none.js");
    assert_eq!(sandbox.send(missing).await.status, 404);
}
