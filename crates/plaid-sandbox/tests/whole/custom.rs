//! What callers configure: `user_custom` and rulesets. Also Capital One's rule about the age of card balances.

use crate::support::{ApiAnswer, ITEM, LinkFrame, REQUEST, RunningSandbox, by_token};
use plaid_sandbox::{Options, Server};
use serde_json::{Value, json};

fn two_accounts() -> String {
    json!({"override_accounts": [
        {"type": "depository", "subtype": "checking", "starting_balance": 1000.25, "currency": "USD",
         "force_available_balance": 900.5,
         "meta": {"name": "Mine", "official_name": "All Mine", "mask": "4321", "limit": 50}},
        {"type": "credit", "subtype": "credit card", "starting_balance": 12,
         "meta": {"name": "Card", "mask": "8765", "limit": 5000}},
    ]})
    .to_string()
}

async fn custom(sandbox: &RunningSandbox, password: &str) -> ApiAnswer {
    sandbox
        .call(
            "/sandbox/public_token/create",
            json!({"institution_id": "ins_109508", "initial_products": ["transactions"],
                   "options": {"override_username": "user_custom", "override_password": password}}),
        )
        .await
}

#[tokio::test]
async fn a_custom_user_has_the_described_accounts() {
    let sandbox = RunningSandbox::start().await;
    let created = custom(&sandbox, &two_accounts()).await;
    let access_token = sandbox.exchange(&created.text_at("/public_token")).await;
    for path in ["/accounts/get", "/accounts/balance/get"] {
        let answer = sandbox.ok(path, by_token(&access_token)).await;
        let accounts = answer.json["accounts"].as_array().unwrap();
        assert_eq!(accounts.len(), 2);
        assert_eq!(accounts[0]["name"], "Mine");
        assert_eq!(accounts[0]["official_name"], "All Mine");
        answer.says(r#""available":900.5,"current":1000.25,"limit":50"#);
        answer.says(r#""available":null,"current":12,"limit":5000"#);
    }
    // The description of the accounts survives a restart.
    let sandbox = sandbox.restart().await;
    let live = sandbox
        .ok("/accounts/balance/get", by_token(&access_token))
        .await;
    live.says(r#""current":1000.25"#);
}

#[tokio::test]
async fn invalid_descriptions_are_rejected() {
    let sandbox = RunningSandbox::start().await;
    for (password, code, words) in [
        ("pass_good", "INVALID_CREDENTIALS", "user_custom"),
        (
            r#"{"override_accounts": [{"type": "purse", "subtype": "x"}]}"#,
            "INVALID_CREDENTIALS",
            "purse",
        ),
        (r#"{"force_error": "ITEM_LOCKED"}"#, "ITEM_LOCKED", "locked"),
    ] {
        let answer = custom(&sandbox, password).await;
        answer.is_error(400, ITEM, code).says(words);
    }
    assert_eq!(custom(&sandbox, "{}").await.status, 200);
}

#[tokio::test]
async fn without_link_only_a_bad_recaptcha_stops_a_sign_in() {
    let sandbox = RunningSandbox::start().await;
    let create = |username: &'static str, password: &'static str| {
        sandbox.call(
            "/sandbox/public_token/create",
            json!({"institution_id": "ins_109508", "initial_products": ["transactions"],
                   "options": {"override_username": username, "override_password": password}}),
        )
    };
    for (username, password) in [
        ("user_good", "mfa_device"),
        ("user_good", "mfa_questions_2_2"),
        ("user_good", "mfa_selections"),
        ("user_good", r#"{"recaptcha": "good"}"#),
        ("user_custom", r#"{"mfa": {"type": "device"}}"#),
    ] {
        let answer = create(username, password).await;
        assert_eq!(answer.status, 200, "{password}: {}", answer.text);
    }
    for username in ["user_good", "user_custom"] {
        create(username, r#"{"recaptcha": "bad"}"#).await.is_error(
            400,
            "RECAPTCHA_ERROR",
            "RECAPTCHA_BAD",
        );
    }
    create("user_good", "mfa_owl")
        .await
        .is_error(400, ITEM, "INVALID_CREDENTIALS");
    create("user_custom", r#"{"mfa": {"type": "owl"}}"#)
        .await
        .is_error(400, ITEM, "INVALID_CREDENTIALS")
        .says("owl");
}

#[tokio::test]
async fn a_custom_user_can_link() {
    let sandbox = RunningSandbox::start().await;
    let link_token = sandbox
        .link_token(json!({"products": ["transactions"]}))
        .await
        .text_at("/link_token");
    let session = LinkFrame::start(&sandbox, &link_token).await;
    session.choose("ins_109508").await;
    let signed_in = session.sign_in("user_custom", &two_accounts()).await;
    assert_eq!(signed_in.text_at("/accounts/1/name"), "Card");
    let finished = session.share(&["4321"]).await;
    let access_token = sandbox.exchange(&finished.text_at("/public_token")).await;
    let live = sandbox
        .ok("/accounts/balance/get", by_token(&access_token))
        .await;
    live.says(r#""available":900.5"#);
}

#[tokio::test]
async fn capital_one_requires_min_last_updated_datetime() {
    let sandbox = RunningSandbox::start().await;
    let created = sandbox
        .ok(
            "/sandbox/public_token/create",
            json!({"institution_id": "ins_128026", "initial_products": ["transactions"]}),
        )
        .await;
    let access_token = sandbox.exchange(&created.text_at("/public_token")).await;
    let live = |options: Value| {
        let body = json!({"access_token": access_token, "options": options});
        sandbox.call("/accounts/balance/get", body)
    };
    live(json!({}))
        .await
        .is_error(400, REQUEST, "INVALID_FIELD")
        .says("min_last_updated_datetime");
    let checking = sandbox.account(&access_token, "0000").await;
    assert_eq!(live(json!({"account_ids": [checking]})).await.status, 200);

    let card = sandbox.account(&access_token, "3333").await;
    let since = |moment: &str| json!({"account_ids": [card], "min_last_updated_datetime": moment});
    let read = live(since("2026-01-01T00:00:00Z")).await;
    assert_eq!(read.status, 200, "{}", read.text);
    let before = read.text_at("/accounts/0/balances/last_updated_datetime");
    live(since("2999-01-01T00:00:00Z")).await.is_error(
        400,
        "INVALID_RESULT",
        "LAST_UPDATED_DATETIME_OUT_OF_RANGE",
    );
    sandbox.clock.advance(jiff::SignedDuration::from_hours(25));
    let later = live(since("2026-01-01T00:00:00Z")).await;
    assert_ne!(
        later.text_at("/accounts/0/balances/last_updated_datetime"),
        before
    );

    let elsewhere = sandbox.item("user_good", &["transactions"]).await;
    let other = sandbox
        .ok("/accounts/balance/get", by_token(&elsewhere))
        .await;
    assert!(!other.text.contains("last_updated_datetime"));
}

#[tokio::test]
async fn rulesets_come_from_the_state_directory() {
    let state = tempfile::tempdir().unwrap();
    Server::start(Options::new(state.path()))
        .await
        .unwrap()
        .stop()
        .await;
    let folder = state.path().join("rulesets");
    let suggested = std::fs::read_to_string(folder.join("default.json")).unwrap();
    assert!(suggested.contains("fallback"));

    let strict = r#"{"ruleset_key": "strict", "data": "balance_only",
        "rules": [{"when": [{"fact": "amount", "is": "above", "value": 20}],
                   "result": "REROUTE", "internal_note": "Too much", "custom_action_key": "call"}],
        "fallback": {"result": "REVIEW"}}"#;
    std::fs::write(folder.join("strict.json"), strict).unwrap();
    let sandbox = RunningSandbox::start_in(state, |_| {}).await;
    let access_token = sandbox.item("user_good", &["signal", "auth"]).await;
    let account_id = sandbox.account(&access_token, "0000").await;
    let evaluate = |id: &str, amount: u32| {
        sandbox.ok(
            "/signal/evaluate",
            json!({"access_token": access_token, "account_id": account_id, "client_transaction_id": id,
                   "amount": amount, "ruleset_key": "strict"}),
        )
    };
    let much = evaluate("a", 21).await;
    assert_eq!(much.text_at("/ruleset/result"), "REROUTE");
    let details = &much.json["ruleset"]["triggered_rule_details"];
    assert_eq!(
        (&details["internal_note"], &details["custom_action_key"]),
        (&json!("Too much"), &json!("call"))
    );
    assert_eq!(evaluate("b", 20).await.text_at("/ruleset/result"), "REVIEW");
}

#[tokio::test]
async fn a_ruleset_without_a_fallback_stops_the_start() {
    let state = tempfile::tempdir().unwrap();
    let folder = state.path().join("rulesets");
    std::fs::create_dir(&folder).unwrap();
    let open_ended = r#"{"ruleset_key": "default", "data": "balance_only", "rules": []}"#;
    std::fs::write(folder.join("open.json"), open_ended).unwrap();
    let error = Server::start(Options::new(state.path())).await.unwrap_err();
    let error = error.to_string();
    assert!(
        error.contains("open.json") && error.contains("missing field `fallback`"),
        "{error}"
    );
}
