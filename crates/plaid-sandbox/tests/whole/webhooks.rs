//! Webhooks as a receiver on this machine gets them, with valid signatures.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::{INPUT, LinkFrame, REQUEST, RunningSandbox, by_token};
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use p256::EncodedPoint;
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;

struct ReceivedWebhook {
    verification: String,
    body: Bytes,
}

impl ReceivedWebhook {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// Starts a receiver; returns its URL and its webhooks.
async fn receiver() -> (String, mpsc::UnboundedReceiver<ReceivedWebhook>) {
    receiver_that_first_fails(0).await
}

/// A receiver that answers the first `failures` webhooks with HTTP 500.
async fn receiver_that_first_fails(
    failures: usize,
) -> (String, mpsc::UnboundedReceiver<ReceivedWebhook>) {
    let (sender, received) = mpsc::unbounded_channel();
    let count = Arc::new(AtomicUsize::new(0));
    let take = post(move |headers: HeaderMap, body: Bytes| async move {
        let verification = headers["Plaid-Verification"].to_str().unwrap().to_owned();
        sender.send(ReceivedWebhook { verification, body }).unwrap();
        if count.fetch_add(1, Ordering::SeqCst) < failures {
            StatusCode::INTERNAL_SERVER_ERROR
        } else {
            StatusCode::OK
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let routes = Router::new().route("/hook", take);
    tokio::spawn(async { axum::serve(listener, routes).await });
    (url, received)
}

fn decoded(part: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(part).unwrap()
}

/// Verifies a webhook as Plaid's documentation describes.
async fn verify(sandbox: &RunningSandbox, received: &ReceivedWebhook) {
    let (signed, signature) = received.verification.rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let header: Value = serde_json::from_slice(&decoded(header)).unwrap();
    let claims: Value = serde_json::from_slice(&decoded(claims)).unwrap();
    assert_eq!(header["alg"], "ES256");

    let request = sandbox
        .signed("/webhook_verification_key/get")
        .body(json!({"key_id": header["kid"]}).to_string());
    let key = sandbox.send(request).await.json["key"].clone();
    assert_eq!(
        (&key["kty"], &key["crv"], &key["use"]),
        (&json!("EC"), &json!("P-256"), &json!("sig"))
    );
    let coordinate = |name: &str| {
        let bytes: [u8; 32] = decoded(key[name].as_str().unwrap()).try_into().unwrap();
        bytes.into()
    };
    let point = EncodedPoint::from_affine_coordinates(&coordinate("x"), &coordinate("y"), false);
    let key = VerifyingKey::from_encoded_point(&point).unwrap();
    let signature = Signature::from_slice(&decoded(signature)).unwrap();
    key.verify(signed.as_bytes(), &signature).unwrap();

    let hash: String = Sha256::digest(&received.body)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(claims["request_body_sha256"], hash);
    assert!(claims["iat"].is_i64());
}

async fn item_with(sandbox: &RunningSandbox, webhook: &str) -> String {
    item_for(sandbox, webhook, &["auth", "transactions"]).await
}

async fn item_for(sandbox: &RunningSandbox, webhook: &str, products: &[&str]) -> String {
    let options = json!({"webhook": webhook});
    sandbox.item_at("ins_109508", products, options).await
}

#[tokio::test]
async fn fired_webhooks_arrive_signed() {
    let sandbox = RunningSandbox::start().await;
    let (url, mut received) = receiver().await;
    let all = [
        "auth",
        "transactions",
        "liabilities",
        "investments",
        "assets",
    ];
    let access_token = item_for(&sandbox, &url, &all).await;
    for (code, kind, sent_kind) in [
        ("DEFAULT_UPDATE", json!("AUTH"), "AUTH"),
        ("DEFAULT_UPDATE", json!("TRANSACTIONS"), "TRANSACTIONS"),
        ("DEFAULT_UPDATE", json!("LIABILITIES"), "LIABILITIES"),
        ("DEFAULT_UPDATE", json!("HOLDINGS"), "HOLDINGS"),
        (
            "DEFAULT_UPDATE",
            json!("INVESTMENTS_TRANSACTIONS"),
            "INVESTMENTS_TRANSACTIONS",
        ),
        (
            "SYNC_UPDATES_AVAILABLE",
            json!("TRANSACTIONS"),
            "TRANSACTIONS",
        ),
        (
            "RECURRING_TRANSACTIONS_UPDATE",
            json!("TRANSACTIONS"),
            "TRANSACTIONS",
        ),
        ("SMS_MICRODEPOSITS_VERIFICATION", json!("AUTH"), "AUTH"),
        ("PRODUCT_READY", json!("ASSETS"), "ASSETS"),
        ("ERROR", json!("ASSETS"), "ASSETS"),
        ("NEW_ACCOUNTS_AVAILABLE", json!("ITEM"), "ITEM"),
        ("AUTHORIZATION_GRANTED", json!("ITEM"), "ITEM"),
        ("LOGIN_REPAIRED", json!("ITEM"), "ITEM"),
        ("PENDING_DISCONNECT", json!("ITEM"), "ITEM"),
        ("USER_PERMISSION_REVOKED", json!("ITEM"), "ITEM"),
        ("USER_ACCOUNT_REVOKED", json!("ITEM"), "ITEM"),
        ("ERROR", json!("ITEM"), "ITEM"),
    ] {
        let body =
            json!({"access_token": access_token, "webhook_type": kind, "webhook_code": code});
        let fired = sandbox.ok("/sandbox/item/fire_webhook", body).await;
        assert_eq!(fired.json["webhook_fired"], true);
        let webhook = received.recv().await.unwrap();
        verify(&sandbox, &webhook).await;
        let body = webhook.json();
        assert_eq!(
            (&body["webhook_type"], &body["webhook_code"]),
            (&json!(sent_kind), &json!(code))
        );
        assert_eq!(body["environment"], "sandbox");
        assert!(body["item_id"].is_string());
    }
}

#[tokio::test]
async fn the_signing_key_survives_a_restart() {
    let sandbox = RunningSandbox::start().await;
    let (url, mut received) = receiver().await;
    let access_token = item_with(&sandbox, &url).await;
    let fire = json!({"access_token": access_token, "webhook_code": "LOGIN_REPAIRED"});
    sandbox.ok("/sandbox/item/fire_webhook", fire).await;
    let webhook = received.recv().await.unwrap();
    let sandbox = sandbox.restart().await;
    verify(&sandbox, &webhook).await;
}

#[tokio::test]
async fn a_new_url_and_an_error_are_announced() {
    let sandbox = RunningSandbox::start().await;
    let (url, mut received) = receiver().await;
    let access_token = sandbox.item("user_good", &["auth"]).await;
    let updated = sandbox
        .ok(
            "/item/webhook/update",
            json!({"access_token": access_token, "webhook": url}),
        )
        .await;
    assert_eq!(updated.text_at("/item/webhook"), url);
    let acknowledged = received.recv().await.unwrap().json();
    assert_eq!(acknowledged["webhook_code"], "WEBHOOK_UPDATE_ACKNOWLEDGED");
    assert_eq!(acknowledged["new_webhook_url"], url);

    let token_body = by_token(&access_token);
    sandbox
        .ok("/sandbox/item/reset_login", token_body.clone())
        .await;
    let broken = received.recv().await.unwrap().json();
    assert_eq!(broken["webhook_code"], "ERROR");
    assert_eq!(broken["error"]["error_code"], "ITEM_LOGIN_REQUIRED");

    let none = json!({"access_token": access_token, "webhook": null});
    let updated = sandbox.ok("/item/webhook/update", none).await;
    assert!(updated.json["item"]["webhook"].is_null());
}

#[tokio::test]
async fn a_failed_webhook_is_retried() {
    let sandbox = RunningSandbox::start().await;
    let (url, mut received) = receiver_that_first_fails(2).await;
    let access_token = item_with(&sandbox, &url).await;
    let fire = json!({"access_token": access_token, "webhook_code": "LOGIN_REPAIRED"});
    sandbox.ok("/sandbox/item/fire_webhook", fire).await;
    let first = received.recv().await.unwrap();
    // Attempts are recorded before they are made, so the clock can advance now.
    sandbox.clock.advance(SignedDuration::from_secs(31));
    let second = received.recv().await.unwrap();
    // Retries survive a restart.
    let sandbox = sandbox.restart().await;
    sandbox.clock.advance(SignedDuration::from_secs(121));
    let third = received.recv().await.unwrap();
    for again in [&second, &third] {
        assert_eq!(again.body, first.body);
        verify(&sandbox, again).await;
    }
    let status = sandbox.ok("/item/get", by_token(&access_token)).await;
    assert_eq!(
        status.text_at("/status/last_webhook/code_sent"),
        "LOGIN_REPAIRED"
    );
}

#[tokio::test]
async fn repairs_and_notices_are_announced() {
    let sandbox = RunningSandbox::start_with(|options| options.control_port = Some(0)).await;
    let (url, mut received) = receiver().await;
    let access_token = item_with(&sandbox, &url).await;
    for (change, code, field) in [
        (
            json!({"error_code": "ITEM_LOGIN_REQUIRED", "error_code_reason": "OAUTH_USER_REVOKED"}),
            "ERROR",
            "error",
        ),
        (json!({"error_code": null}), "LOGIN_REPAIRED", "item_id"),
        (
            json!({"notice": "PENDING_EXPIRATION"}),
            "PENDING_EXPIRATION",
            "consent_expiration_time",
        ),
        (
            json!({"notice": "PENDING_DISCONNECT"}),
            "PENDING_DISCONNECT",
            "reason",
        ),
        (
            json!({"notice": "NEW_ACCOUNTS_AVAILABLE"}),
            "NEW_ACCOUNTS_AVAILABLE",
            "error",
        ),
        (
            json!({"error_code": "USER_PERMISSION_REVOKED"}),
            "USER_PERMISSION_REVOKED",
            "error",
        ),
    ] {
        let mut body = change;
        body["access_token"] = json!(access_token);
        assert_eq!(sandbox.control("item", body).await.status, 200);
        let webhook = received.recv().await.unwrap().json();
        assert_eq!(webhook["webhook_code"], code);
        assert!(webhook.get(field).is_some(), "{webhook}");
        if code == "ERROR" {
            assert_eq!(webhook["error"]["error_code_reason"], "OAUTH_USER_REVOKED");
        }
    }
}

#[tokio::test]
async fn invalid_webhooks_are_rejected_and_remote_receivers_get_none() {
    let sandbox = RunningSandbox::start().await;
    let fire = |access_token: &str, kind: &str, code: &str| {
        sandbox.call(
            "/sandbox/item/fire_webhook",
            json!({"access_token": access_token, "webhook_type": kind, "webhook_code": code}),
        )
    };
    let without = sandbox.item("user_good", &["auth"]).await;
    fire(&without, "ITEM", "LOGIN_REPAIRED").await.is_error(
        400,
        "SANDBOX_ERROR",
        "SANDBOX_WEBHOOK_INVALID",
    );
    let elsewhere = item_with(&sandbox, "https://example.com/hook").await;
    for (kind, code, product) in [
        ("LIABILITIES", "DEFAULT_UPDATE", "liabilities"),
        ("HOLDINGS", "DEFAULT_UPDATE", "investments"),
        ("ASSETS", "PRODUCT_READY", "assets"),
    ] {
        fire(&elsewhere, kind, code)
            .await
            .is_error(400, "SANDBOX_ERROR", "SANDBOX_PRODUCT_NOT_ENABLED")
            .says(&format!("The {product} product is not enabled"));
    }
    let fired = fire(&elsewhere, "ITEM", "LOGIN_REPAIRED").await;
    assert_eq!(
        (fired.status, &fired.json["webhook_fired"]),
        (200, &json!(false))
    );
    fire(&elsewhere, "ITEM", "SOMETHING")
        .await
        .is_error(400, REQUEST, "INVALID_FIELD");
    let unknown = sandbox
        .signed("/webhook_verification_key/get")
        .body(json!({"key_id": "none"}).to_string());
    sandbox
        .send(unknown)
        .await
        .is_error(400, INPUT, "INVALID_WEBHOOK_VERIFICATION_KEY_ID");
}

#[tokio::test]
async fn a_hosted_session_reports_its_ending() {
    let sandbox = RunningSandbox::start().await;
    let (url, mut received) = receiver().await;
    for (granted, status) in [(true, "SUCCESS"), (false, "EXITED")] {
        let created = sandbox
            .link_token(json!({"hosted_link": {}, "webhook": url}))
            .await;
        let hosted_url = created.text_at("/hosted_link_url");
        let hosted_id = hosted_url.rsplit('/').next().unwrap();
        let session = LinkFrame::start_hosted(&sandbox, hosted_id).await;
        let mut expected = vec![("SESSION_FINISHED", "/status", status)];
        if granted {
            session.choose("ins_109508").await;
            session.sign_in("user_good", "pass_good").await;
            session.share(&["0000"]).await;
            let handoff = json!({"event_name": "HANDOFF", "metadata": {"request_id": "abc"}});
            session.act("event", handoff).await;
            expected.push(("ITEM_ADD_RESULT", "/link_session_id", &session.id));
            expected.push(("EVENTS", "/events/0/event_name", "HANDOFF"));
        } else {
            let exit = json!({"event_name": "EXIT", "metadata": {}});
            session.act("event", exit).await;
            session
                .act("exit", json!({"status": "requires_credentials"}))
                .await;
            expected.push(("EVENTS", "/events/0/event_name", "EXIT"));
        }
        for _ in 0..expected.len() {
            let webhook = received.recv().await.unwrap();
            verify(&sandbox, &webhook).await;
            let body = webhook.json();
            let code = body["webhook_code"].as_str().unwrap().to_owned();
            let at = expected.iter().position(|(known, ..)| *known == code);
            let (_, pointer, value) = expected.remove(at.unwrap_or_else(|| panic!("{body}")));
            assert_eq!(body.pointer(pointer), Some(&json!(value)), "{body}");
            assert_eq!(
                (&body["webhook_type"], &body["link_token"]),
                (&json!("LINK"), &created.json["link_token"])
            );
        }
    }
}
