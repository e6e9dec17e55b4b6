//! Evaluations and reports.

use std::collections::BTreeSet;

use crate::support::{INPUT, REQUEST, RunningSandbox, evaluation};
use serde_json::{Value, json};

const SIGNAL: &str = "SIGNAL_ERROR";

#[tokio::test]
async fn evaluations_follow_the_ruleset() {
    let sandbox = RunningSandbox::start().await;
    let access_token = sandbox.item("user_good", &["signal", "auth"]).await;
    let account_id = sandbox.account(&access_token, "0000").await;
    let evaluate = |id: &str, amount: Value, ruleset: Value| {
        sandbox.ok(
            "/signal/evaluate",
            json!({"access_token": access_token, "account_id": account_id, "client_transaction_id": id,
                   "amount": amount, "ruleset_key": ruleset}),
        )
    };
    for (id, amount, result) in [
        ("a", json!(50), "ACCEPT"),
        ("b", json!(50.01), "REVIEW"),
        ("c", json!(100.01), "REROUTE"),
    ] {
        let answer = evaluate(id, amount, Value::Null).await;
        assert_eq!(answer.json["ruleset"]["result"], result, "{}", answer.text);
        assert_eq!(answer.json["ruleset"]["ruleset_key"], "default");
        assert!(answer.json["scores"].is_null());
        assert_eq!(
            answer.json["core_attributes"].as_object().unwrap().len(),
            2,
            "two balances and nothing else"
        );
    }
    for (id, amount, score, result) in [
        ("d", json!(3.53), 10, "ACCEPT"),
        ("e", json!(12.17), 60, "REVIEW"),
        ("f", json!(27.53), 90, "REROUTE"),
    ] {
        let answer = evaluate(id, amount, json!("scores")).await;
        assert_eq!(
            answer.json["scores"]["bank_initiated_return_risk"]["score"],
            score
        );
        assert_eq!(answer.json["ruleset"]["result"], result);
        assert!(answer.json["core_attributes"].as_object().unwrap().len() > 10);
    }
    // A retry is evaluated afresh.
    evaluate("a", json!(50), Value::Null).await;
}

#[tokio::test]
async fn scores_come_with_every_core_attribute() {
    let sandbox = RunningSandbox::start().await;
    let evaluate = |username: &'static str,
                    mask: &'static str,
                    products: &'static [&str],
                    id: &'static str| {
        let sandbox = &sandbox;
        async move {
            let access_token = sandbox.item(username, products).await;
            let account_id = sandbox.account(&access_token, mask).await;
            let body = json!({"access_token": access_token, "account_id": account_id,
                              "client_transaction_id": id, "amount": 40, "ruleset_key": "scores"});
            sandbox.ok("/signal/evaluate", body).await
        }
    };
    let all = &["signal", "auth", "identity"];
    let good = evaluate("user_good", "0000", all, "a").await;
    let attributes = good.json["core_attributes"].as_object().unwrap();
    assert_eq!(attributes.len(), 81);
    if let Some(description) = contract::official_description().unwrap() {
        let schemas = &description["components"]["schemas"];
        let described = schemas["SignalEvaluateCoreAttributes"]["properties"]
            .as_object()
            .unwrap();
        assert_eq!(
            attributes.keys().collect::<BTreeSet<_>>(),
            described.keys().collect::<BTreeSet<_>>()
        );
    }
    good.says(r#""balance_to_transaction_amount_ratio":2.5"#);
    let number = |name: &str| attributes[name].as_f64().unwrap();
    for (less, more) in [
        (
            "debit_transactions_count_10d",
            "debit_transactions_count_30d",
        ),
        (
            "total_credit_transactions_amount_30d",
            "total_credit_transactions_amount_90d",
        ),
        ("p10_eod_balance_90d", "p90_eod_balance_90d"),
        (
            "p50_debit_transactions_amount_28d",
            "p95_debit_transactions_amount_28d",
        ),
    ] {
        assert!(number(less) <= number(more), "{less} {more}");
    }
    // The same debit of the same account, linked once more.
    let again = evaluate("user_good", "0000", all, "b").await;
    let but_for_times = |answer: &Value| {
        let mut attributes = answer["core_attributes"].clone();
        for time in ["balance_last_updated", "transactions_last_updated"] {
            assert!(attributes[time].is_string());
            attributes[time] = Value::Null;
        }
        attributes
    };
    assert_eq!(but_for_times(&good.json), but_for_times(&again.json));
    assert_eq!(good.json["scores"], again.json["scores"]);

    let overdrawn = evaluate("user_tenant_cho", "6400", all, "c").await.json;
    assert!(
        overdrawn["core_attributes"]["days_with_negative_balance_count_90d"].as_u64() > Some(0)
    );
    let nameless = evaluate("user_good", "0000", &["signal", "auth"], "d")
        .await
        .json;
    assert!(nameless["core_attributes"]["phone_change_count_90d"].is_null());
    let unprepared = evaluate("user_good", "0000", &["transactions"], "e")
        .await
        .json;
    assert!(unprepared["core_attributes"]["p50_eod_balance_30d"].is_null());
    assert_eq!(unprepared["core_attributes"]["current_balance"], 110);
}

#[tokio::test]
async fn invalid_evaluations_are_rejected() {
    let sandbox = RunningSandbox::start().await;
    let access_token = sandbox.item("user_good", &["transactions"]).await;
    let checking = sandbox.account(&access_token, "0000").await;
    let credit = sandbox.account(&access_token, "3333").await;
    let good = json!({"access_token": access_token, "account_id": checking, "client_transaction_id": "t", "amount": 10});
    sandbox.ok("/signal/evaluate", good.clone()).await;
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    let cases = [
        (
            with("amount", json!(20)),
            SIGNAL,
            "CLIENT_TRANSACTION_ID_ALREADY_IN_USE",
        ),
        (
            with("ruleset_key", json!("unknown")),
            SIGNAL,
            "RULESET_NOT_FOUND",
        ),
        (
            with("account_id", json!("unknown")),
            INPUT,
            "INVALID_ACCOUNT_ID",
        ),
        (with("account_id", json!(credit)), REQUEST, "INVALID_FIELD"),
        (with("amount", json!("10")), REQUEST, "INVALID_FIELD"),
        (with("amount", json!(0)), REQUEST, "INVALID_FIELD"),
        (with("amount", json!(-1)), REQUEST, "INVALID_FIELD"),
        (
            with("client_transaction_id", json!("")),
            REQUEST,
            "INVALID_FIELD",
        ),
        (
            with("client_transaction_id", json!("x".repeat(37))),
            REQUEST,
            "INVALID_FIELD",
        ),
        (
            with("default_payment_method", json!("WIRE")),
            REQUEST,
            "INVALID_FIELD",
        ),
    ];
    for (body, error_type, error_code) in cases {
        sandbox
            .rejects("/signal/evaluate", body, error_type, error_code)
            .await;
    }
    let business = sandbox.item("user_business", &["transactions"]).await;
    let euro = sandbox.account(&business, "2300").await;
    let body = json!({"access_token": business, "account_id": euro, "client_transaction_id": "u", "amount": 10});
    sandbox
        .rejects("/signal/evaluate", body, REQUEST, "INVALID_FIELD")
        .await
        .says("USD");
}

#[tokio::test]
async fn reports_need_an_evaluation_and_returns_need_a_debit() {
    let sandbox = RunningSandbox::start().await;
    let access_token = sandbox.item("user_good", &["signal", "auth"]).await;
    let account_id = sandbox.account(&access_token, "0000").await;
    let decide = |id: &str, initiated: bool| {
        sandbox.call(
            "/signal/decision/report",
            json!({"client_transaction_id": id, "initiated": initiated}),
        )
    };
    let give_back = |id: &str, code: &str| {
        sandbox.call(
            "/signal/return/report",
            json!({"client_transaction_id": id, "return_code": code}),
        )
    };
    decide("never", true)
        .await
        .is_error(400, REQUEST, "INVALID_FIELD")
        .says("client_transaction_id");
    give_back("never", "R01")
        .await
        .is_error(400, REQUEST, "INVALID_FIELD")
        .says("client_transaction_id");

    let body = evaluation(&access_token, &account_id, "t", 500);
    sandbox.ok("/signal/evaluate", body).await;
    give_back("t", "R86")
        .await
        .is_error(400, REQUEST, "INVALID_FIELD")
        .says("return_code");
    // REROUTE without a decision, or a decision against it: there was no debit to return.
    give_back("t", "R01")
        .await
        .is_error(400, SIGNAL, "SIGNAL_TRANSACTION_NOT_INITIATED");
    decide("t", false).await;
    give_back("t", "R01")
        .await
        .is_error(400, SIGNAL, "SIGNAL_TRANSACTION_NOT_INITIATED");
    // A decision may be corrected.
    assert_eq!(decide("t", true).await.status, 200);
    assert_eq!(give_back("t", "R01").await.status, 200);
    for body in [
        json!({"client_transaction_id": "t", "initiated": "yes"}),
        json!({"client_transaction_id": "t", "initiated": true, "days_funds_on_hold": -1}),
        json!({"client_transaction_id": "t", "initiated": true, "decision_outcome": "MAYBE"}),
    ] {
        sandbox
            .rejects("/signal/decision/report", body, REQUEST, "INVALID_FIELD")
            .await;
    }
}
