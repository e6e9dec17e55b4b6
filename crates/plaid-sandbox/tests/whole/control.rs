//! Everything that the control endpoint sets, seen by a caller of the API.

use crate::support::{INPUT, INSTITUTION, ITEM, RunningSandbox, by_token, evaluation};
use plaid_sandbox::{Options, RateLimits};
use serde_json::{Value, json};

const RATE_LIMIT: &str = "RATE_LIMIT_EXCEEDED";

async fn start() -> RunningSandbox {
    RunningSandbox::start_with(|options| options.control_port = Some(0)).await
}

async fn set_ok(sandbox: &RunningSandbox, what: &str, body: Value) -> Value {
    let answer = sandbox.control(what, body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json
}

fn search() -> Value {
    json!({"query": "bank", "country_codes": ["US"]})
}

const SEARCH: &str = "/institutions/search";

async fn fail_next(sandbox: &RunningSandbox, path: &str, fault: &str) {
    let change = json!({"path": path, "fault": fault});
    set_ok(sandbox, "faults", change).await;
}

#[tokio::test]
async fn calls_fail_as_often_as_requested_and_then_succeed() {
    let sandbox = start().await;
    let change = json!({"path": SEARCH, "fault": "rate_limit", "times": 2});
    set_ok(&sandbox, "faults", change).await;
    for _ in 0..2 {
        let answer = sandbox.call(SEARCH, search()).await;
        answer.is_error(429, RATE_LIMIT, "RATE_LIMIT");
    }
    sandbox.ok(SEARCH, search()).await;

    fail_next(&sandbox, "/item/get", "rate_limit").await;
    sandbox
        .call("/item/get", json!({"access_token": "access-sandbox-x"}))
        .await
        .is_error(429, RATE_LIMIT, "ITEM_GET_LIMIT");

    fail_next(&sandbox, SEARCH, "internal_server_error").await;
    sandbox
        .call(SEARCH, search())
        .await
        .is_error(500, "API_ERROR", "INTERNAL_SERVER_ERROR");

    fail_next(&sandbox, SEARCH, "unavailable").await;
    let request = sandbox.signed(SEARCH).body(search().to_string());
    let html = sandbox.send(request).await;
    assert_eq!((html.status, &html.json), (503, &Value::Null));
    html.says("<h1>503");

    fail_next(&sandbox, SEARCH, "unavailable").await;
    let after = set_ok(&sandbox, "faults/clear", json!({})).await;
    assert_eq!(after["faults"], json!({}));
    sandbox.ok(SEARCH, search()).await;
}

#[tokio::test]
async fn connections_break_before_and_after_the_call() {
    let sandbox = start().await;
    let access_token = sandbox.item("user_good", &["auth"]).await;
    let rotate = "/item/access_token/invalidate";
    let body = by_token(&access_token);
    let rotation = || sandbox.signed(rotate).body(body.to_string()).send();

    fail_next(&sandbox, rotate, "connection_reset").await;
    rotation().await.unwrap_err();
    sandbox.ok("/item/get", body.clone()).await;

    fail_next(&sandbox, rotate, "answer_lost").await;
    rotation().await.unwrap_err();
    sandbox
        .rejects("/item/get", body.clone(), INPUT, "INVALID_ACCESS_TOKEN")
        .await;
}

#[tokio::test]
async fn a_truncated_answer_starts_well_and_breaks_off() {
    let sandbox = start().await;
    fail_next(&sandbox, SEARCH, "truncated_body").await;
    let request = sandbox.signed(SEARCH).body(search().to_string());
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let announced = answer.content_length().unwrap();
    answer.bytes().await.unwrap_err();
    let whole = sandbox.ok(SEARCH, search()).await;
    assert_eq!(announced, u64::try_from(whole.text.len()).unwrap());
}

#[tokio::test]
async fn rate_limits_apply_when_they_are_on() {
    let sandbox = start().await;
    let access_token = sandbox.item("user_good", &["auth"]).await;
    let token_body = by_token(&access_token);
    let live = "/accounts/balance/get";
    set_ok(&sandbox, "limits", json!({"limits": "production"})).await;
    for _ in 0..5 {
        sandbox.ok(live, token_body.clone()).await;
    }
    sandbox
        .call(live, token_body.clone())
        .await
        .is_error(429, RATE_LIMIT, "BALANCE_LIMIT");
    set_ok(&sandbox, "clock", json!({"advance_seconds": 60})).await;
    sandbox.ok(live, token_body.clone()).await;

    let list = json!({"count": 1, "offset": 0, "country_codes": ["US"]});
    set_ok(&sandbox, "limits", json!({"limits": "sandbox"})).await;
    for _ in 0..10 {
        sandbox.ok("/institutions/get", list.clone()).await;
    }
    sandbox
        .call("/institutions/get", list.clone())
        .await
        .is_error(429, RATE_LIMIT, "INSTITUTIONS_GET_LIMIT");
    set_ok(&sandbox, "limits", json!({"limits": "off"})).await;
    sandbox.ok("/institutions/get", list).await;
}

#[tokio::test]
async fn rate_limits_can_be_on_from_the_start() {
    let sandbox =
        RunningSandbox::start_with(|options: &mut Options| options.limits = RateLimits::Sandbox)
            .await;
    let list = json!({"count": 1, "offset": 0, "country_codes": ["US"]});
    for _ in 0..10 {
        sandbox.ok("/institutions/get", list.clone()).await;
    }
    sandbox.call("/institutions/get", list).await.is_error(
        429,
        RATE_LIMIT,
        "INSTITUTIONS_GET_LIMIT",
    );
}

#[tokio::test]
async fn an_institution_goes_down_and_recovers() {
    let sandbox = start().await;
    let access_token = sandbox.item("user_good", &["signal", "auth"]).await;
    let token_body = by_token(&access_token);
    let account_id = sandbox.account(&access_token, "0000").await;
    let health = |health: &str| json!({"institution_id": "ins_109508", "health": health});
    set_ok(&sandbox, "institution", health("down")).await;
    sandbox
        .rejects(
            "/accounts/balance/get",
            token_body.clone(),
            INSTITUTION,
            "INSTITUTION_DOWN",
        )
        .await;
    sandbox.ok("/accounts/get", token_body.clone()).await;
    let evaluated = sandbox
        .ok(
            "/signal/evaluate",
            evaluation(&access_token, &account_id, "t", 10),
        )
        .await;
    assert_eq!(
        evaluated.json["warnings"][0]["warning_code"],
        "INSTITUTION_DOWN"
    );
    let status = sandbox
        .ok(
            "/institutions/get_by_id",
            json!({"institution_id": "ins_109508", "country_codes": ["US"], "options": {"include_status": true}}),
        )
        .await;
    assert_eq!(
        status.text_at("/institution/status/item_logins/status"),
        "DOWN"
    );
    sandbox
        .rejects(
            "/sandbox/public_token/create",
            json!({"institution_id": "ins_109508", "initial_products": ["auth"]}),
            INSTITUTION,
            "INSTITUTION_DOWN",
        )
        .await;
    set_ok(&sandbox, "institution", health("healthy")).await;
    sandbox.ok("/accounts/balance/get", token_body).await;
}

#[tokio::test]
async fn an_item_can_be_broken_and_repaired() {
    let sandbox = start().await;
    let access_token = sandbox.item("user_good", &["auth"]).await;
    let token_body = by_token(&access_token);
    for code in ["ITEM_LOCKED", "ITEM_LOGIN_REQUIRED", "USER_SETUP_REQUIRED"] {
        let change = json!({"access_token": access_token, "error_code": code});
        set_ok(&sandbox, "item", change).await;
        sandbox
            .rejects("/accounts/balance/get", token_body.clone(), ITEM, code)
            .await;
        let item = sandbox.ok("/item/get", token_body.clone()).await;
        assert_eq!(item.text_at("/item/error/error_code"), code);
    }
    let item = sandbox.ok("/item/get", token_body.clone()).await;
    let repaired = json!({"item_id": item.text_at("/item/item_id"), "error_code": null});
    set_ok(&sandbox, "item", repaired).await;
    sandbox.ok("/accounts/balance/get", token_body).await;
}

#[tokio::test]
async fn an_announced_disconnect_happens() {
    let sandbox = start().await;
    for (notice, reason) in [
        ("PENDING_EXPIRATION", json!("OAUTH_CONSENT_EXPIRED")),
        ("PENDING_DISCONNECT", Value::Null),
    ] {
        let access_token = sandbox.item("user_good", &["auth"]).await;
        let token_body = by_token(&access_token);
        let change = json!({"access_token": access_token, "notice": notice});
        let after = set_ok(&sandbox, "item", change).await;
        assert_eq!(after["items"][0]["notice"], notice);
        let item = sandbox.ok("/item/get", token_body.clone()).await.json;
        assert_eq!(
            item["item"]["consent_expiration_time"].is_string(),
            notice == "PENDING_EXPIRATION"
        );
        sandbox
            .ok("/accounts/balance/get", token_body.clone())
            .await;
        let week = json!({"advance_seconds": 7 * 24 * 60 * 60});
        set_ok(&sandbox, "clock", week).await;
        let answer = sandbox
            .call("/accounts/balance/get", token_body.clone())
            .await;
        answer.is_error(400, ITEM, "ITEM_LOGIN_REQUIRED");
        assert_eq!(answer.json["error_code_reason"], reason);
        let item = sandbox.ok("/item/get", token_body).await.json;
        assert_eq!(item["item"]["error"]["error_code_reason"], reason);
        assert!(item["item"]["consent_expiration_time"].is_null());
    }
}

#[tokio::test]
async fn a_notice_can_be_withdrawn() {
    let sandbox = start().await;
    let access_token = sandbox.item("user_good", &["auth"]).await;
    let say = |notice: Value| json!({"access_token": access_token, "notice": notice});
    set_ok(&sandbox, "item", say(json!("PENDING_EXPIRATION"))).await;
    set_ok(&sandbox, "item", say(Value::Null)).await;
    let week = json!({"advance_seconds": 8 * 24 * 60 * 60});
    let after = set_ok(&sandbox, "clock", week).await;
    assert_eq!(
        (
            &after["items"][0]["notice"],
            &after["items"][0]["error_code"]
        ),
        (&Value::Null, &Value::Null)
    );
}

#[tokio::test]
async fn every_offered_error_code_can_be_set() {
    let sandbox = start().await;
    let access_token = sandbox.item("user_good", &["signal", "auth"]).await;
    let token_body = by_token(&access_token);
    let account_id = sandbox.account(&access_token, "0000").await;
    let choices = set_ok(&sandbox, "faults/clear", json!({})).await["choices"].clone();
    let codes = choices["error_codes"].as_array().unwrap();
    assert!(codes.contains(&json!("NO_ACCOUNTS")) && codes.len() > 20);
    for code in codes {
        let change = json!({"access_token": access_token, "error_code": code});
        set_ok(&sandbox, "item", change).await;
        let answer = sandbox
            .call("/accounts/balance/get", token_body.clone())
            .await;
        assert_eq!(&answer.json["error_code"], code);
        let evaluated = sandbox
            .ok(
                "/signal/evaluate",
                evaluation(&access_token, &account_id, "t", 10),
            )
            .await;
        assert_eq!(&evaluated.json["warnings"][0]["warning_code"], code);
    }
}

#[tokio::test]
async fn a_closed_account_is_gone_until_it_is_reopened() {
    let sandbox = start().await;
    let access_token = sandbox.item("user_good", &["signal", "auth"]).await;
    let token_body = by_token(&access_token);
    let account_id = sandbox.account(&access_token, "0000").await;
    let close = |closed: bool| json!({"account_id": account_id, "closed": closed});
    let after = set_ok(&sandbox, "account", close(true)).await;
    assert_eq!(after["items"][0]["accounts"][0]["closed"], true);
    for path in ["/accounts/get", "/accounts/balance/get"] {
        let left = sandbox.ok(path, token_body.clone()).await;
        assert_eq!(left.json["accounts"].as_array().unwrap().len(), 11);
        let closed =
            json!({"access_token": access_token, "options": {"account_ids": [account_id]}});
        sandbox
            .rejects(path, closed, INPUT, "INVALID_ACCOUNT_ID")
            .await;
    }
    sandbox
        .rejects(
            "/signal/evaluate",
            evaluation(&access_token, &account_id, "t", 10),
            INPUT,
            "INVALID_ACCOUNT_ID",
        )
        .await;
    set_ok(&sandbox, "account", close(false)).await;
    let all = sandbox.ok("/accounts/get", token_body).await;
    assert_eq!(all.json["accounts"].as_array().unwrap().len(), 12);
}

#[tokio::test]
async fn the_control_endpoint_has_everything_a_menu_needs() {
    let sandbox = start().await;
    let access_token = sandbox.item("user_good", &["auth"]).await;
    let locked = json!({"access_token": access_token, "error_code": "ITEM_LOCKED"});
    set_ok(&sandbox, "item", locked).await;
    let down = json!({"institution_id": "ins_109508", "health": "down"});
    set_ok(&sandbox, "institution", down).await;
    fail_next(&sandbox, SEARCH, "truncated_body").await;
    let request = reqwest::Client::new().get(format!("{}/control", sandbox.control_url()));
    let shown = sandbox.send(request).await;
    assert!(!shown.text.contains("access-sandbox"), "{}", shown.text);
    let shown = shown.json;
    assert_eq!(shown["faults"][SEARCH], json!(["truncated_body"]));
    let bank = &shown["institutions"][0];
    assert_eq!(
        (&bank["health"], &bank["usual_health"]),
        (&json!("down"), &json!("healthy"))
    );
    let item = &shown["items"][0];
    assert_eq!(
        (&item["error_code"], &item["institution_name"]),
        (&json!("ITEM_LOCKED"), &json!("First Platypus Bank"))
    );
    assert_eq!(item["accounts"][0]["mask"], "0000");
    for fault in shown["choices"]["faults"].as_array().unwrap() {
        fail_next(&sandbox, "/item/get", fault.as_str().unwrap()).await;
    }
    for path in shown["choices"]["paths"].as_array().unwrap() {
        fail_next(&sandbox, path.as_str().unwrap(), "unavailable").await;
    }
}

#[tokio::test]
async fn rate_limits_of_an_item_outlive_its_access_token() {
    let sandbox = start().await;
    let access_token = sandbox.item("user_good", &["auth"]).await;
    set_ok(&sandbox, "limits", json!({"limits": "production"})).await;
    let live = "/accounts/balance/get";
    for _ in 0..5 {
        sandbox.ok(live, by_token(&access_token)).await;
    }
    let rotated = sandbox
        .ok("/item/access_token/invalidate", by_token(&access_token))
        .await;
    let token_body = json!({"access_token": rotated.text_at("/new_access_token")});
    sandbox
        .call(live, token_body)
        .await
        .is_error(429, RATE_LIMIT, "BALANCE_LIMIT");
}

#[tokio::test]
async fn clients_and_banks_have_their_own_rate_limits() {
    let sandbox = start().await;
    let access_token = sandbox.item("user_good", &["auth"]).await;
    let live = "/accounts/balance/get";
    for (fault, status, error_type, code) in [
        ("rate_limit", 429, RATE_LIMIT, "BALANCE_LIMIT"),
        (
            "client_rate_limit",
            429,
            RATE_LIMIT,
            "ACCOUNTS_BALANCE_GET_LIMIT",
        ),
        (
            "institution_rate_limit",
            429,
            RATE_LIMIT,
            "INSTITUTION_RATE_LIMIT",
        ),
        (
            "institution_not_responding",
            400,
            INSTITUTION,
            "INSTITUTION_NOT_RESPONDING",
        ),
    ] {
        fail_next(&sandbox, live, fault).await;
        sandbox
            .call(live, by_token(&access_token))
            .await
            .is_error(status, error_type, code);
    }
}

#[tokio::test]
async fn advancing_the_clock_expires_tokens() {
    let sandbox = start().await;
    let created = sandbox
        .ok(
            "/sandbox/public_token/create",
            json!({"institution_id": "ins_109508", "initial_products": ["auth"]}),
        )
        .await;
    let link_token = sandbox.link_token(json!({})).await.text_at("/link_token");
    set_ok(&sandbox, "clock", json!({"advance_seconds": 31 * 60})).await;
    let public_token = json!({"public_token": created.text_at("/public_token")});
    sandbox
        .rejects(
            "/item/public_token/exchange",
            public_token,
            INPUT,
            "INVALID_PUBLIC_TOKEN",
        )
        .await;
    let started = sandbox
        .link("start", json!({"link_token": link_token}))
        .await;
    started.is_error(400, INPUT, "INVALID_LINK_TOKEN");
}

#[tokio::test]
async fn latency_can_change_while_running() {
    let sandbox = start().await;
    let access_token = sandbox.item("user_good", &["auth"]).await;
    let token_body = by_token(&access_token);
    let after = set_ok(&sandbox, "latency", json!({"latency": 60_000})).await;
    assert_eq!(after["latency"], "60000");
    let live = sandbox.call("/accounts/balance/get", token_body.clone());
    let patience = std::time::Duration::from_millis(200);
    tokio::time::timeout(patience, live).await.unwrap_err();
    set_ok(&sandbox, "latency", json!({"latency": "none"})).await;
    sandbox.ok("/accounts/balance/get", token_body).await;
}

#[tokio::test]
async fn invalid_changes_are_rejected_with_a_reason() {
    let sandbox = start().await;
    for (what, body, words) in [
        ("latency", json!({"latency": "slow"}), "lifelike"),
        (
            "faults",
            json!({"path": "/nowhere", "fault": "rate_limit"}),
            "/nowhere",
        ),
        (
            "faults",
            json!({"path": "/item/get", "fault": "rate_limit", "times": 0}),
            "times",
        ),
        (
            "institution",
            json!({"institution_id": "ins_0", "health": "down"}),
            "ins_0",
        ),
        (
            "item",
            json!({"item_id": "none", "error_code": "ITEM_LOCKED"}),
            "no Item",
        ),
        (
            "item",
            json!({"item_id": "none", "error_code": "SAD"}),
            "ITEM_LOCKED",
        ),
        ("item", json!({"item_id": "none"}), "either"),
        (
            "account",
            json!({"account_id": "none", "closed": true}),
            "no account",
        ),
        ("clock", json!({"advance_seconds": -1}), "advance_seconds"),
    ] {
        let answer = sandbox.control(what, body).await;
        assert_eq!(answer.status, 400, "{what}: {}", answer.text);
        answer.says(words);
    }
    // Other sites cannot send JSON without a CORS preflight, which the stand-in does not answer.
    let form = reqwest::Client::new()
        .post(format!("{}/control/faults/clear", sandbox.control_url()))
        .header("Content-Type", "text/plain")
        .body("{}");
    assert_eq!(sandbox.send(form).await.status, 415);
}
