//! Requests in general: credentials, headers, bodies, and fields.

use crate::support::{INPUT, REQUEST, RunningSandbox, by_token, evaluation};
use plaid_sandbox::SECRET;
use serde_json::{Value, json};

#[tokio::test]
async fn every_endpoint_answers_a_valid_request() {
    let sandbox = RunningSandbox::start().await;
    let access_token = sandbox.item("user_good", &["auth"]).await;
    let token_body = by_token(&access_token);
    let account_id = sandbox.account(&access_token, "0000").await;
    let link_token = sandbox.link_token(json!({"hosted_link": {}})).await;
    let evaluate = evaluation(&access_token, &account_id, "t", 1);
    let calls = [
        (
            "/link/token/get",
            json!({"link_token": link_token.text_at("/link_token")}),
        ),
        ("/item/get", token_body.clone()),
        ("/accounts/get", token_body.clone()),
        (
            "/accounts/balance/get",
            json!({"access_token": access_token, "options": {"account_ids": [account_id]}}),
        ),
        (
            "/institutions/get_by_id",
            json!({"institution_id": "ins_109509", "country_codes": ["US"],
                   "options": {"include_optional_metadata": true, "include_status": true, "include_auth_metadata": true}}),
        ),
        (
            "/institutions/get_by_id",
            json!({"institution_id": "ins_43", "country_codes": ["US", "CA"]}),
        ),
        (
            "/institutions/search",
            json!({"query": "platypus", "products": ["auth"], "country_codes": ["US"]}),
        ),
        ("/signal/evaluate", evaluate),
        ("/signal/prepare", token_body.clone()),
        (
            "/signal/decision/report",
            json!({"client_transaction_id": "t", "initiated": true}),
        ),
        (
            "/signal/return/report",
            json!({"client_transaction_id": "t", "return_code": "R10"}),
        ),
        ("/item/public_token/create", token_body.clone()),
        (
            "/item/webhook/update",
            json!({"access_token": access_token, "webhook": "https://example.com/hook"}),
        ),
        (
            "/sandbox/item/fire_webhook",
            json!({"access_token": access_token, "webhook_type": "ITEM", "webhook_code": "LOGIN_REPAIRED"}),
        ),
        (
            "/institutions/get",
            json!({"count": 500, "offset": 0, "country_codes": ["US"],
                   "options": {"products": ["auth"], "include_optional_metadata": true}}),
        ),
        ("/sandbox/item/reset_login", token_body.clone()),
        ("/item/get", token_body.clone()),
    ];
    for (path, body) in calls {
        sandbox.ok(path, body).await;
    }
    let rotated = sandbox
        .ok("/item/access_token/invalidate", token_body)
        .await;
    let new_token = rotated.text_at("/new_access_token");
    sandbox
        .ok(
            "/item/remove",
            json!({"access_token": new_token, "reason_code": "OTHER"}),
        )
        .await;
}

#[tokio::test]
async fn credentials_come_in_headers_or_in_the_body() {
    let sandbox = RunningSandbox::start().await;
    let search = json!({"query": "bank", "country_codes": ["US"]});
    let path = "/institutions/search";
    let bare = sandbox
        .send(sandbox.unsigned(path).body(search.to_string()))
        .await;
    bare.is_error(400, REQUEST, "MISSING_FIELDS")
        .says("client_id, secret");

    let mut with_keys = search.clone();
    with_keys["client_id"] = json!(plaid_sandbox::CLIENT_ID);
    with_keys["secret"] = json!(SECRET);
    assert_eq!(
        sandbox
            .send(sandbox.unsigned(path).body(with_keys.to_string()))
            .await
            .status,
        200
    );

    // Where both are given, the headers count.
    with_keys["secret"] = json!("another");
    let both = sandbox.signed(path).body(with_keys.to_string());
    assert_eq!(sandbox.send(both).await.status, 200);
    let wrong = sandbox
        .send(sandbox.unsigned(path).body(with_keys.to_string()))
        .await;
    wrong.is_error(400, INPUT, "INVALID_API_KEYS");
}

#[tokio::test]
async fn other_versions_of_the_api_are_rejected() {
    let sandbox = RunningSandbox::start().await;
    let path = "/institutions/search";
    let with = |version: &'static str| {
        sandbox
            .signed(path)
            .header("Plaid-Version", version)
            .body(json!({"query": "bank", "country_codes": ["US"]}).to_string())
    };
    assert_eq!(sandbox.send(with("2020-09-14")).await.status, 200);
    for version in ["2019-05-29", "2020-09-15", ""] {
        sandbox
            .send(with(version))
            .await
            .is_error(400, REQUEST, "INVALID_HEADERS")
            .says("2020-09-14");
    }
}

#[tokio::test]
async fn bodies_that_are_not_json_objects_are_rejected() {
    let sandbox = RunningSandbox::start().await;
    let path = "/item/get";
    for body in ["", "{", "[]", "\"text\"", "{\"access_token\":"] {
        let answer = sandbox.send(sandbox.signed(path).body(body)).await;
        answer.is_error(400, REQUEST, "INVALID_BODY");
    }
    let as_text = sandbox
        .signed(path)
        .header("Content-Type", "text/plain")
        .body("{}");
    // A second Content-Type does not make the first one right.
    sandbox
        .send(as_text)
        .await
        .is_error(400, REQUEST, "MISSING_FIELDS");
    let url = format!("{}{path}", sandbox.url);
    let bare = reqwest::Client::new().post(&url).body("{}");
    sandbox
        .send(bare)
        .await
        .is_error(400, REQUEST, "INVALID_HEADERS");
    let text = reqwest::Client::new()
        .post(&url)
        .header("Content-Type", "text/plain")
        .body("{}");
    sandbox
        .send(text)
        .await
        .is_error(400, REQUEST, "INVALID_BODY");
}

#[tokio::test]
async fn an_oversized_body_is_rejected() {
    let sandbox = RunningSandbox::start().await;
    let request = sandbox
        .signed("/item/get")
        .body(vec![b' '; 3 * 1024 * 1024]);
    sandbox
        .send(request)
        .await
        .is_error(400, REQUEST, "INVALID_BODY");
}

#[tokio::test]
async fn unknown_paths_are_not_found() {
    let sandbox = RunningSandbox::start().await;
    for request in [
        sandbox.signed("/transfer/create").body("{}"),
        sandbox.get("/item/get"),
        sandbox.get("/"),
    ] {
        sandbox
            .send(request)
            .await
            .is_error(404, REQUEST, "NOT_FOUND");
    }
}

#[tokio::test]
async fn only_loopback_names_are_answered() {
    let sandbox = RunningSandbox::start().await;
    let port = sandbox.url.rsplit(':').next().unwrap().to_owned();
    for (host, status) in [
        (format!("127.0.0.1:{port}"), 200),
        (format!("localhost:{port}"), 200),
        (format!("bank.example:{port}"), 421),
        ("127.0.0.1".to_owned(), 421),
    ] {
        let request = sandbox
            .get("/link/v2/stable/link.html")
            .header("Host", &host);
        assert_eq!(sandbox.send(request).await.status, status, "{host}");
    }
}

#[tokio::test]
async fn invalid_fields_are_named() {
    let sandbox = RunningSandbox::start().await;
    let good = json!({"client_name": "n", "language": "en", "country_codes": ["US"],
                      "user": {"client_user_id": "u"}, "products": ["auth"]});
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    let cases = [
        (
            json!({}),
            "MISSING_FIELDS",
            "client_name, language, country_codes, user",
        ),
        (with("colour", json!("red")), "UNKNOWN_FIELDS", "colour"),
        (
            with("user", json!({"client_user_id": "u", "nickname": "n"})),
            "UNKNOWN_FIELDS",
            "user.nickname",
        ),
        (
            with("user", json!({})),
            "MISSING_FIELDS",
            "user.client_user_id",
        ),
        (
            with("user", json!({"client_user_id": "a@example.com"})),
            "INVALID_FIELD",
            "personally",
        ),
        (with("language", json!("xx")), "INVALID_FIELD", "language"),
        (
            with("country_codes", json!([])),
            "INVALID_FIELD",
            "country_codes",
        ),
        (
            with("country_codes", json!(["XX"])),
            "INVALID_FIELD",
            "country_codes",
        ),
        (with("products", Value::Null), "MISSING_FIELDS", "products"),
        (
            with("webhook", json!("not a url")),
            "INVALID_FIELD",
            "webhook",
        ),
        (
            with("redirect_uri", json!("http://example.com")),
            "INVALID_FIELD",
            "https",
        ),
        (
            with("update", json!(true)),
            "INVALID_CONFIGURATION",
            "formatted",
        ),
        (
            with("account_filters", json!([])),
            "INVALID_CONFIGURATION",
            "formatted",
        ),
        (
            with("hosted_link", json!({"url_lifetime_seconds": 0})),
            "INVALID_FIELD",
            "url_lifetime_seconds",
        ),
        (
            with("hosted_link", json!({"url_lifetime_seconds": 1_814_401})),
            "INVALID_FIELD",
            "url_lifetime_seconds",
        ),
    ];
    for (body, code, words) in cases {
        let answer = sandbox.call("/link/token/create", body).await;
        answer.is_error(400, REQUEST, code).says(words);
    }
    for (products, words) in [
        (json!(["balance"]), "balance"),
        (json!(["signal, auth"]), "signal, auth"),
        (json!(["identity_verification"]), "not authorized"),
    ] {
        let answer = sandbox
            .call("/link/token/create", with("products", products))
            .await;
        answer.is_error(400, INPUT, "INVALID_PRODUCT").says(words);
    }
}
