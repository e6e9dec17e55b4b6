//! Items, their tokens, and institutions.

use crate::support::{INPUT, INSTITUTION, ITEM, REQUEST, RunningSandbox, by_token};
use jiff::SignedDuration;
use serde_json::{Value, json};

#[tokio::test]
async fn invalid_tokens_are_rejected() {
    let sandbox = RunningSandbox::start().await;
    for (token, words) in [
        ("nonsense", "invalid format"),
        ("public-sandbox-none", "invalid format"),
        (
            "access-production-none",
            "expected \\\"sandbox\\\", got \\\"production\\\"",
        ),
    ] {
        sandbox
            .rejects("/item/get", by_token(&token), INPUT, "INVALID_ACCESS_TOKEN")
            .await
            .says(words);
    }
    let unknown = json!({"access_token": "access-sandbox-none"});
    for path in [
        "/item/get",
        "/item/public_token/create",
        "/item/webhook/update",
        "/item/remove",
        "/accounts/get",
        "/accounts/balance/get",
        "/signal/prepare",
        "/sandbox/item/reset_login",
    ] {
        sandbox
            .rejects(path, unknown.clone(), INPUT, "INVALID_ACCESS_TOKEN")
            .await;
    }
    sandbox
        .rejects(
            "/link/token/get",
            json!({"link_token": "link-sandbox-none"}),
            INPUT,
            "INVALID_LINK_TOKEN",
        )
        .await;

    let exchange = |token: String| {
        sandbox.call(
            "/item/public_token/exchange",
            json!({"public_token": token}),
        )
    };
    exchange("public-sandbox-none".to_owned())
        .await
        .is_error(400, INPUT, "INVALID_PUBLIC_TOKEN");
    let create = json!({"institution_id": "ins_109508", "initial_products": ["auth"]});
    let used = sandbox
        .ok("/sandbox/public_token/create", create.clone())
        .await
        .text_at("/public_token");
    sandbox.exchange(&used).await;
    exchange(used)
        .await
        .is_error(400, INPUT, "INVALID_PUBLIC_TOKEN");
    let old = sandbox
        .ok("/sandbox/public_token/create", create)
        .await
        .text_at("/public_token");
    sandbox.clock.advance(SignedDuration::from_mins(31));
    exchange(old)
        .await
        .is_error(400, INPUT, "INVALID_PUBLIC_TOKEN")
        .says("expired");
}

#[tokio::test]
async fn rotation_ends_the_old_token_and_removal_the_item() {
    let sandbox = RunningSandbox::start().await;
    let old = sandbox.item("user_good", &["auth"]).await;
    let rotated = sandbox
        .ok("/item/access_token/invalidate", by_token(&old))
        .await;
    let new = rotated.text_at("/new_access_token");
    sandbox
        .rejects("/item/get", by_token(&old), INPUT, "INVALID_ACCESS_TOKEN")
        .await;
    sandbox.ok("/item/get", by_token(&new)).await;
    sandbox.ok("/item/remove", by_token(&new)).await;
    for path in ["/item/get", "/accounts/get", "/item/remove"] {
        sandbox
            .rejects(path, by_token(&new), ITEM, "ITEM_NOT_FOUND")
            .await;
    }
}

#[tokio::test]
async fn institutions_are_listed_page_by_page() {
    let sandbox = RunningSandbox::start().await;
    let page = |count: usize, offset: usize, options: Value| {
        sandbox.call(
            "/institutions/get",
            json!({"count": count, "offset": offset, "country_codes": ["US", "CA"], "options": options}),
        )
    };
    let all = page(500, 0, json!({})).await;
    let total = all.json["total"].as_u64().unwrap();
    assert_eq!(
        all.json["institutions"].as_array().unwrap().len() as u64,
        total
    );
    let second = page(2, 1, json!({})).await;
    assert_eq!(second.json["total"], total);
    assert_eq!(
        second.json["institutions"].as_array().unwrap()[..],
        all.json["institutions"].as_array().unwrap()[1..3]
    );
    let beyond = page(1, 500, json!({})).await;
    assert_eq!(beyond.json["institutions"], json!([]));
    let oauth = page(500, 0, json!({"oauth": true})).await;
    assert_eq!(oauth.json["total"], 1);
    let routed = page(500, 0, json!({"routing_numbers": ["000000000"]})).await;
    assert_eq!(routed.json["total"], 0);
    for (count, offset) in [(0, 0), (501, 0)] {
        page(count, offset, json!({}))
            .await
            .is_error(400, REQUEST, "INVALID_FIELD")
            .says("count");
    }
}

#[tokio::test]
async fn institutions_are_found_by_country() {
    let sandbox = RunningSandbox::start().await;
    for (id, countries) in [("ins_0", json!(["US"])), ("ins_43", json!(["US"]))] {
        let answer = sandbox
            .call(
                "/institutions/get_by_id",
                json!({"institution_id": id, "country_codes": countries}),
            )
            .await;
        answer.is_error(400, INPUT, "INVALID_INSTITUTION");
    }
    let plain = sandbox
        .ok(
            "/institutions/get_by_id",
            json!({"institution_id": "ins_109508", "country_codes": ["US"]}),
        )
        .await;
    assert!(plain.json["institution"].get("logo").is_none());
    let full = sandbox
        .ok(
            "/institutions/get_by_id",
            json!({"institution_id": "ins_109508", "country_codes": ["US"], "options": {"include_optional_metadata": true}}),
        )
        .await;
    assert!(
        full.text_at("/institution/logo").starts_with("iVBORw0KGgo"),
        "a PNG in base64"
    );
    let found = sandbox
        .ok(
            "/institutions/search",
            json!({"query": "oauth", "country_codes": ["US"], "options": {"oauth": true}}),
        )
        .await;
    assert_eq!(
        found.text_at("/institutions/0/institution_id"),
        "ins_127287"
    );
}

#[tokio::test]
async fn failing_banks_fail_without_link_too() {
    let sandbox = RunningSandbox::start().await;
    for (id, password, error_type, error_code) in [
        ("ins_132361", "pass_good", INSTITUTION, "INSTITUTION_DOWN"),
        (
            "ins_133402",
            "pass_good",
            INSTITUTION,
            "INSTITUTION_NO_LONGER_SUPPORTED",
        ),
        ("ins_109508", "wrong", ITEM, "INVALID_CREDENTIALS"),
        ("ins_109508", "error_ITEM_LOCKED", ITEM, "ITEM_LOCKED"),
        ("ins_0", "pass_good", INPUT, "INVALID_INSTITUTION"),
    ] {
        let body = json!({"institution_id": id, "initial_products": ["auth"], "options": {"override_password": password}});
        sandbox
            .rejects("/sandbox/public_token/create", body, error_type, error_code)
            .await;
    }
}
