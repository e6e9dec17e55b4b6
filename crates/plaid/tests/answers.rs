//! How successful answers are read: every digit of an amount, null as unknown, and fields that Plaid may add.

mod support;

use axum::{
    http::header::{CONTENT_TYPE, DATE},
    response::IntoResponse,
};
use plaid::{
    BalanceOptions, ClientTransactionId, Decimal, DecisionReport, InstitutionOptions, LinkToken,
    Risk, SignalEvaluateRequest, SignalResult,
};
use support::{TestServer, access};

/// An `/accounts/get` answer with one account holding these balances.
fn accounts(balances: &str) -> String {
    format!(
        r#"{{"accounts":[{{"account_id":"a","name":"Plaid 401k","official_name":null,"mask":"6666",
        "type":"a_new_type","subtype":"a new subtype","holder_category":"a_new_category","new":[{{}}],
        "balances":{balances}}}],"item":{{"item_id":"i","update_type":"a_new_way","error":null,
        "products":["a_new_product"],"webhook":null,"consent_expiration_time":null,"new":1}},
        "request_id":"r","new":null}}"#
    )
}

async fn serve(body: String) -> TestServer {
    TestServer::json(200, body.leak()).await
}

#[tokio::test]
async fn amounts_keep_every_digit() {
    for (text, expected) in [
        ("23631.9805", Some("23631.9805")),
        ("100", Some("100")),
        ("100.00", Some("100.00")),
        ("1e-7", Some("0.0000001")),
        ("123456789012345.6789", Some("123456789012345.6789")),
        (
            "0.1000000000000000055511151231",
            Some("0.1000000000000000055511151231"),
        ),
        ("-42.10", Some("-42.10")),
        ("0", Some("0")),
        ("null", None),
    ] {
        let body = accounts(&format!(
            r#"{{"available":{text},"current":{text} ,"limit":null,"iso_currency_code":"USD"}}"#
        ));
        let server = serve(body).await;
        let answer = server.client().accounts_get(&access()).await.unwrap();
        let balances = &answer.accounts[0].balances;
        for amount in [balances.available, balances.current] {
            assert_eq!(amount.map(|amount| amount.to_string()).as_deref(), expected);
        }
        assert_eq!(balances.limit, None);
        assert_eq!(balances.iso_currency_code.as_deref(), Some("USD"));
        assert_eq!(balances.unofficial_currency_code, None);
    }
}

#[tokio::test]
async fn unknown_values_and_fields_are_accepted() {
    let body = accounts(
        r#"{"available":null,"current":null,"limit":null,"last_updated_datetime":"2026-11-24T09:30:00Z","new":{}}"#,
    );
    let server = serve(body).await;
    let options = BalanceOptions::default();
    let answer = server
        .client()
        .accounts_balance_get(&access(), &options)
        .await
        .unwrap();
    let account = &answer.accounts[0];
    assert_eq!(account.r#type, "a_new_type");
    assert_eq!(account.subtype.as_deref(), Some("a new subtype"));
    assert_eq!(account.persistent_account_id, None);
    assert_eq!(answer.item.update_type.as_deref(), Some("a_new_way"));
    assert_eq!(answer.item.products, ["a_new_product"]);
    assert_eq!(
        account.balances.last_updated_datetime.unwrap().to_string(),
        "2026-11-24T09:30:00Z"
    );
}

#[tokio::test]
async fn an_items_error_is_read_inside_a_good_answer() {
    let server = TestServer::json(
        200,
        r#"{"item":{"item_id":"i","institution_id":null,"webhook":"","available_products":null,
        "billed_products":[],"error":{"error_type":"ITEM_ERROR","error_code":"ITEM_LOGIN_REQUIRED",
        "error_code_reason":"OAUTH_CONSENT_EXPIRED","error_message":"m","display_message":null,"status":400},
        "consent_expiration_time":"2027-01-01T00:00:00Z","update_type":"background"},"status":null,"request_id":"r"}"#,
    )
    .await;
    let item = server.client().item_get(&access()).await.unwrap().item;
    let error = item.error.unwrap();
    assert_eq!(
        (error.status, error.error_code.as_str()),
        (0, "ITEM_LOGIN_REQUIRED")
    );
    assert_eq!(
        error.error_code_reason.as_deref(),
        Some("OAUTH_CONSENT_EXPIRED")
    );
    assert_eq!(item.available_products, [""; 0]);
    assert!(item.consent_expiration_time.is_some());
}

fn evaluate() -> SignalEvaluateRequest {
    SignalEvaluateRequest {
        access_token: access(),
        account_id: plaid::AccountId::new("a"),
        client_transaction_id: ClientTransactionId::parse("txn-1").unwrap(),
        amount: "102.50".parse::<Decimal>().unwrap(),
        client_user_id: None,
        is_recurring: None,
        default_payment_method: None,
        ruleset_key: None,
        user: None,
        device: None,
    }
}

#[tokio::test]
async fn evaluation_results_are_read_in_either_case() {
    for (text, expected) in [
        ("REROUTE", SignalResult::Reroute),
        ("reroute", SignalResult::Reroute),
        ("ESCALATE", SignalResult::Other("ESCALATE".to_owned())),
    ] {
        let body = format!(
            r#"{{"request_id":"r","scores":{{"bank_initiated_return_risk":{{"score":72,"risk_tier":7}},
            "customer_initiated_return_risk":null}},
            "core_attributes":{{"available_balance":2000.10,"current_balance":2200,"unauthorized_transactions_count_7d":null}},
            "ruleset":{{"ruleset_key":"default","result":"{text}","outcome":"x",
            "triggered_rule_details":{{"internal_note":"low balance","custom_action_key":"3-day-hold"}}}},
            "warnings":[{{"warning_type":"ITEM_ERROR","warning_code":"ITEM_LOGIN_REQUIRED","warning_message":"m"}}]}}"#
        );
        let server = serve(body).await;
        let evaluation = server.client().signal_evaluate(&evaluate()).await.unwrap();
        let scores = evaluation.scores.clone().unwrap();
        assert_eq!(
            scores.bank_initiated_return_risk,
            Some(Risk {
                score: Some(72),
                risk_tier: Some(7)
            })
        );
        assert_eq!(scores.customer_initiated_return_risk, None);
        assert_eq!(
            evaluation.available_balance().unwrap().to_string(),
            "2000.10"
        );
        assert_eq!(evaluation.core_attributes.len(), 3);
        assert_eq!(evaluation.warnings[0].warning_code, "ITEM_LOGIN_REQUIRED");
        let ruleset = evaluation.ruleset.unwrap();
        assert_eq!(ruleset.result, Some(expected));
        let rule = ruleset.triggered_rule.unwrap();
        assert_eq!(rule.custom_action_key.as_deref(), Some("3-day-hold"));
    }
}

#[tokio::test]
async fn an_answer_tells_the_clock_offset() {
    for (ahead, expected) in [(0, 0), (3600, 3600), (-86_400, -86_400)] {
        let server = TestServer::start(move |_| {
            let ahead = jiff::SignedDuration::from_secs(ahead);
            let then = plaid::Timestamp::now().saturating_add(ahead).unwrap();
            let date = jiff::fmt::rfc2822::DateTimePrinter::new();
            let date = date.timestamp_to_rfc9110_string(&then).unwrap();
            let headers = [(DATE, date), (CONTENT_TYPE, "application/json".to_owned())];
            (headers, r#"{"request_id":"r"}"#).into_response()
        })
        .await;
        let client = server.client();
        assert_eq!(client.clock_offset(), None);
        client.signal_evaluate(&evaluate()).await.unwrap();
        let off = client.clone().clock_offset().unwrap().as_secs();
        assert!((off - expected).abs() <= 2, "{off} for {expected}");
    }
}

#[tokio::test]
async fn amounts_are_sent_with_their_digits() {
    let server = TestServer::json(200, r#"{"request_id":"r"}"#).await;
    let client = server.client();
    for text in ["102.50", "7", "0.01", "123456789012345.67"] {
        let request = SignalEvaluateRequest {
            amount: text.parse().unwrap(),
            ..evaluate()
        };
        client.signal_evaluate(&request).await.unwrap();
        let sent = server.take_request().text;
        assert!(sent.contains(&format!("\"amount\":{text}}}")), "{sent}");

        let report = DecisionReport {
            client_transaction_id: ClientTransactionId::parse("txn-1").unwrap(),
            initiated: true,
            days_funds_on_hold: None,
            decision_outcome: None,
            payment_method: None,
            amount_instantly_available: Some(text.parse().unwrap()),
        };
        client.signal_decision_report(&report).await.unwrap();
        let sent = server.take_request().text;
        let expected = format!("\"amount_instantly_available\":{text}}}");
        assert!(sent.contains(&expected), "{sent}");
    }
}

#[tokio::test]
async fn a_session_is_read_from_results_or_from_on_success() {
    const RESULTS: &str = r#""results":{"item_add_results":[{"public_token":"public-1","institution":
        {"name":"First Platypus Bank","institution_id":"ins_109508"},"accounts":[{"id":"a","name":"Checking",
        "mask":"0000","type":"depository","subtype":"checking","verification_status":null}]}],"new":[]}"#;
    const ON_SUCCESS: &str = r#""results":null,"on_success":{"public_token":"public-1","metadata":{"institution":
        {"name":"First Platypus Bank","institution_id":"ins_109508"},"accounts":[{"id":"a","name":"Checking",
        "mask":"0000","type":"depository","subtype":"checking"}],"link_session_id":"s","transfer_status":null}}"#;
    for part in [RESULTS, ON_SUCCESS] {
        let server = serve(format!(
            r#"{{"link_token":"link-1","created_at":"2026-11-24T09:00:00Z","expiration":"2026-11-24T13:00:00Z",
            "metadata":{{}},"request_id":"r","link_sessions":[{{"link_session_id":"s","events":[{{"new":1}}],
            "started_at":"2026-11-24T09:00:00Z","finished_at":"2026-11-24T09:01:00Z",{part}}}]}}"#
        ))
        .await;
        let token = LinkToken::new("link-1");
        let mut status = server.client().link_token_get(&token).await.unwrap();
        let session = status.sessions.remove(0);
        assert_eq!(session.link_session_id.as_str(), "s");
        assert!(session.finished_at > session.started_at);
        assert!(session.exit.is_none());
        let [added] = &session.item_adds[..] else {
            panic!("expected one Item");
        };
        assert_eq!(added.public_token.expose(), "public-1");
        assert_eq!(
            added.institution_id.as_ref().unwrap().as_str(),
            "ins_109508"
        );
        assert_eq!(added.accounts[0].mask.as_deref(), Some("0000"));
        assert!(!format!("{session:?}").contains("public-1"));
    }
}

#[tokio::test]
async fn an_exited_session_has_a_status() {
    for (exit, code) in [
        (
            r#""exit":{"error":null,"metadata":{"status":"requires_credentials","institution":null}}"#,
            None,
        ),
        (
            r#""on_exit":{"error":{"error_type":"ITEM_ERROR","error_code":"INVALID_CREDENTIALS","error_message":"m",
            "display_message":null},"metadata":{"status":"requires_credentials","request_id":"q"}}"#,
            Some("INVALID_CREDENTIALS"),
        ),
    ] {
        let server = serve(format!(
            r#"{{"expiration":null,"request_id":"r","link_sessions":[{{"link_session_id":"s",{exit}}}]}}"#
        ))
        .await;
        let token = LinkToken::new("link-1");
        let status = server.client().link_token_get(&token).await.unwrap();
        let session = &status.sessions[0];
        let exit = session.exit.as_ref().unwrap();
        assert_eq!(
            exit.error.as_ref().map(|error| error.error_code.as_str()),
            code
        );
        assert_eq!(exit.status.as_deref(), Some("requires_credentials"));
        assert!(session.item_adds.is_empty());
        assert_eq!(session.started_at, None);
    }
}

#[tokio::test]
async fn an_unused_token_has_no_sessions() {
    for sessions in ["", r#""link_sessions":null,"#, r#""link_sessions":[],"#] {
        let server = serve(format!(
            r#"{{{sessions}"expiration":"2026-11-24T13:00:00Z","request_id":"r"}}"#
        ))
        .await;
        let token = LinkToken::new("link-1");
        let status = server.client().link_token_get(&token).await.unwrap();
        assert!(status.sessions.is_empty());
        assert!(status.expiration.is_some());
    }
}

#[tokio::test]
async fn an_institution_needs_no_metadata_or_health() {
    let server = TestServer::json(
        200,
        r#"{"institution":{"institution_id":"ins_1","name":"Bank 🏦","products":["auth"],"country_codes":["US"],
        "routing_numbers":[],"oauth":true,"logo":null,"status":{"item_logins":{"status":"WOBBLY",
        "last_status_change":"2026-11-24T09:30:00Z","breakdown":{"success":0.9}},"auth":null}},"request_id":"r"}"#,
    )
    .await;
    let options = InstitutionOptions::default();
    let id = plaid::InstitutionId::new("ins_1");
    let countries = ["US".to_owned()];
    let answer = server
        .client()
        .institutions_get_by_id(&id, &countries, options)
        .await
        .unwrap();
    let institution = answer.institution;
    assert_eq!(institution.name, "Bank 🏦");
    assert!(institution.oauth);
    assert_eq!(institution.logo, None);
    let health = institution.status.unwrap();
    assert_eq!(
        health.item_logins.unwrap().status.as_deref(),
        Some("WOBBLY")
    );
    assert_eq!(health.auth, None);
}
