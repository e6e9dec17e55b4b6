//! Accounts and balances.

use crate::support::{INPUT, ITEM, RunningSandbox, by_token, evaluation};
use jiff::SignedDuration;
use serde_json::{Value, json};

#[tokio::test]
async fn balances_are_exact_and_cached_until_a_live_read() {
    let sandbox = RunningSandbox::start().await;
    let good = sandbox.item("user_good", &["transactions"]).await;
    let answer = sandbox.ok("/accounts/get", by_token(&good)).await;
    assert_eq!(answer.json["accounts"].as_array().unwrap().len(), 12);
    answer
        .says("\"available\":100,\"current\":110")
        .says("\"current\":23631.9805")
        .says("\"current\":56302.06");

    let household = sandbox.item("user_household", &["transactions"]).await;
    let token_body = by_token(&household);
    let cached =
        || async { sandbox.ok("/accounts/get", token_body.clone()).await.json["accounts"].clone() };
    let linked = cached().await;
    assert_eq!(linked, cached().await, "cached balances do not change");
    assert!(
        linked[2]["balances"]["available"].is_null() && linked[2]["balances"]["current"] == 640
    );
    assert_eq!(linked[3]["balances"]["available"], json!(-35.2));
    let live = sandbox
        .ok("/accounts/balance/get", token_body.clone())
        .await
        .json["accounts"]
        .clone();
    assert_ne!(
        live[0]["balances"], linked[0]["balances"],
        "the checking account moves"
    );
    assert_eq!(
        live[1]["balances"], linked[1]["balances"],
        "the savings account does not change"
    );
    assert_eq!(cached().await, live, "what was read live is cached");

    let business = sandbox.item("user_business", &["transactions"]).await;
    let euro = sandbox.ok("/accounts/get", by_token(&business)).await;
    assert_eq!(
        euro.json["accounts"][2]["balances"]["iso_currency_code"],
        "EUR"
    );
    assert_eq!(euro.json["accounts"][2]["balances"]["limit"], 5000);

    for path in ["/accounts/get", "/accounts/balance/get"] {
        let foreign = json!({"access_token": good, "options": {"account_ids": ["unknown"]}});
        sandbox
            .rejects(path, foreign, INPUT, "INVALID_ACCOUNT_ID")
            .await;
    }
}

#[tokio::test]
async fn named_customers_cover_unusual_balances() {
    let sandbox = RunningSandbox::start().await;
    let accounts = |username: &'static str| {
        let sandbox = &sandbox;
        async move {
            let access_token = sandbox.item(username, &["transactions"]).await;
            let token_body = by_token(&access_token);
            let cached =
                sandbox.ok("/accounts/get", token_body.clone()).await.json["accounts"].clone();
            let live =
                sandbox.ok("/accounts/balance/get", token_body).await.json["accounts"].clone();
            (cached, live)
        }
    };
    for username in [
        "user_bakery",
        "user_freelancer",
        "user_student",
        "user_tenant_ana",
        "user_tenant_ben",
        "user_tenant_cho",
        "user_canada",
        "user_lender",
    ] {
        let (cached, live) = accounts(username).await;
        assert_ne!(cached, live, "{username} moves");
        let (again_cached, again_live) = accounts(username).await;
        let balances = |accounts: &Value| {
            let accounts = accounts.as_array().unwrap().iter();
            accounts
                .map(|account| account["balances"].clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(balances(&cached), balances(&again_cached));
        assert_eq!(balances(&live), balances(&again_live), "always the same");
    }
    let (freelancer, _) = accounts("user_freelancer").await;
    assert_eq!(freelancer[0]["balances"]["available"], json!(-247.48));
    assert!(freelancer[2]["balances"]["current"].is_null());
    let bitcoin = &freelancer[3]["balances"];
    assert_eq!(
        (
            &bitcoin["iso_currency_code"],
            &bitcoin["unofficial_currency_code"]
        ),
        (&Value::Null, &json!("BTC"))
    );
    let (bakery, _) = accounts("user_bakery").await;
    assert!(bakery[2]["balances"]["available"].is_null());
    let (canada, _) = accounts("user_canada").await;
    assert_eq!(canada[0]["balances"]["iso_currency_code"], "CAD");
    assert_eq!(canada[0]["balances"]["limit"], 1000);
}

#[tokio::test]
async fn balances_change_daily_and_a_bank_closes_an_account() {
    let sandbox = RunningSandbox::start().await;
    let access_token = sandbox.item("user_student", &["transactions"]).await;
    let token_body = by_token(&access_token);
    let old = sandbox.account(&access_token, "5200").await;
    let live = || async {
        let answer = sandbox
            .ok("/accounts/balance/get", token_body.clone())
            .await;
        answer.json["accounts"][0]["balances"]["current"].clone()
    };
    let (first, second) = (live().await, live().await);
    assert_ne!(first, second);
    sandbox.clock.advance(SignedDuration::from_hours(24));
    let after_a_day = live().await;
    let other = sandbox.item("user_student", &["transactions"]).await;
    for read in 0..4 {
        let answer = sandbox.ok("/accounts/balance/get", by_token(&other)).await;
        let current = &answer.json["accounts"][0]["balances"]["current"];
        assert_eq!(
            *current == after_a_day,
            read == 3,
            "a day is as good as a read"
        );
    }
    let named = json!({"access_token": access_token, "options": {"account_ids": [old]}});
    sandbox.ok("/accounts/balance/get", named.clone()).await;
    sandbox.clock.advance(SignedDuration::from_hours(24 * 29));
    for path in ["/accounts/get", "/accounts/balance/get"] {
        let left = sandbox.ok(path, token_body.clone()).await;
        assert_eq!(left.json["accounts"].as_array().unwrap().len(), 4);
        sandbox
            .rejects(path, named.clone(), INPUT, "INVALID_ACCOUNT_ID")
            .await;
    }
}

#[tokio::test]
async fn login_required_stops_only_live_reads() {
    let sandbox = RunningSandbox::start().await;
    let access_token = sandbox.item("user_good", &["signal", "auth"]).await;
    let token_body = by_token(&access_token);
    let account_id = sandbox.account(&access_token, "0000").await;
    sandbox
        .ok("/sandbox/item/reset_login", token_body.clone())
        .await;
    sandbox
        .rejects(
            "/accounts/balance/get",
            token_body.clone(),
            ITEM,
            "ITEM_LOGIN_REQUIRED",
        )
        .await;
    let cached = sandbox.ok("/accounts/get", token_body.clone()).await;
    assert_eq!(cached.json["accounts"][0]["balances"]["available"], 100);
    let item = sandbox.ok("/item/get", token_body).await;
    assert_eq!(
        item.json["item"]["error"]["error_code"],
        "ITEM_LOGIN_REQUIRED"
    );
    let evaluated = sandbox
        .ok(
            "/signal/evaluate",
            evaluation(&access_token, &account_id, "t", 10),
        )
        .await;
    assert_eq!(
        evaluated.json["warnings"][0]["warning_code"],
        "ITEM_LOGIN_REQUIRED"
    );
    assert!(evaluated.json["core_attributes"]["available_balance"].is_null());
    assert_eq!(evaluated.json["ruleset"]["result"], "REVIEW");
}
