//! Sessions of Link, as its frame asks for them: each way in, each way out, and what
//! /link/token/get tells of it afterwards.

mod support;

use jiff::SignedDuration;
use serde_json::{Value, json};
use support::{Answer, Running};

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
    session
        .sign_in("user_good", "error_ITEM_LOCKED")
        .await
        .is_error(400, ITEM, "ITEM_LOCKED");
    session
        .sign_in("user_good", "error_INSTITUTION_DOWN")
        .await
        .is_error(400, "INSTITUTION_ERROR", "INSTITUTION_DOWN");
    let signed_in = session.sign_in("anybody", "pass_good").await;
    assert_eq!(masks(&signed_in), ["0000", "1111", "9002"]);
}

#[tokio::test]
async fn the_second_factor_is_1234() {
    let sandbox = Running::start().await;
    let session = Session::start(&sandbox, &token(&sandbox, json!({})).await).await;
    session.choose("ins_109509").await;
    assert_eq!(
        session
            .sign_in("user_good", "pass_good")
            .await
            .text_at("/next"),
        "code"
    );
    session
        .act("code", json!({"code": "4321"}))
        .await
        .is_error(400, ITEM, "INVALID_MFA");
    assert_eq!(
        session
            .act("code", json!({"code": " 1234 "}))
            .await
            .text_at("/next"),
        "accounts"
    );
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

#[tokio::test]
async fn an_oauth_bank_decides_on_its_own_page() {
    let sandbox = Running::start().await;
    let session = Session::start(&sandbox, &token(&sandbox, json!({})).await).await;
    assert_eq!(session.choose("ins_127287").await.text_at("/next"), "bank");
    session.act("bank/open", json!({})).await;
    assert_eq!(
        session
            .act("bank/outcome", json!({}))
            .await
            .text_at("/next"),
        "wait"
    );
    session.act("bank/consent", json!({"granted": false})).await;
    assert_eq!(
        session
            .act("bank/outcome", json!({}))
            .await
            .text_at("/next"),
        "declined"
    );
    session.act("bank/open", json!({})).await;
    session.act("bank/consent", json!({"granted": true})).await;
    assert_eq!(
        session
            .act("bank/outcome", json!({}))
            .await
            .text_at("/next"),
        "accounts"
    );
    let public_token = session.share(&["0000"]).await.text_at("/public_token");
    sandbox.exchange(&public_token).await;
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
async fn steps_cannot_be_skipped_or_repeated() {
    let sandbox = Running::start().await;
    let session = Session::start(&sandbox, &token(&sandbox, json!({})).await).await;
    for (act, body) in [
        (
            "credentials",
            json!({"username": "user_good", "password": "pass_good"}),
        ),
        ("code", json!({"code": "1234"})),
        ("accounts", json!({"masks": ["0000"]})),
        ("finish", json!({})),
        ("bank/consent", json!({"granted": true})),
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
async fn a_hosted_session_is_told_by_link_token_get_for_six_hours() {
    let sandbox = Running::start().await;
    let created = sandbox
        .link_token(json!({"hosted_link": {"url_lifetime_seconds": 1_000_000}}))
        .await;
    let link_token = created.text_at("/link_token");
    let url = created.text_at("/hosted_link_url");
    let hosted_id = url
        .strip_prefix(&format!("{}/hosted/", sandbox.url))
        .unwrap();
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
    sandbox.clock.advance(SignedDuration::from_hours(7));
    assert!(told().await.is_empty());
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
        "/link/v2/stable/link.css",
        "/link/v2/stable/oauth.js",
        "/link/logo/ins_109508.png",
    ] {
        assert_eq!(sandbox.send(sandbox.get(path)).await.status, 200, "{path}");
    }
}
