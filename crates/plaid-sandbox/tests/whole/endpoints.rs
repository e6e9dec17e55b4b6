//! Every endpoint's answers, good and bad, held against the official description.

use std::collections::BTreeSet;

use crate::support::Running;
use jiff::SignedDuration;
use plaid_sandbox::SECRET;
use serde_json::{Value, json};

const REQUEST: &str = "INVALID_REQUEST";
const INPUT: &str = "INVALID_INPUT";
const ITEM: &str = "ITEM_ERROR";
const SIGNAL: &str = "SIGNAL_ERROR";

#[tokio::test]
async fn every_endpoint_answers_a_good_request() {
    let sandbox = Running::start().await;
    let access_token = sandbox.item("user_good", &["auth"]).await;
    let by_token = json!({"access_token": access_token});
    let account_id = sandbox.account(&access_token, "0000").await;
    let link_token = sandbox.link_token(json!({"hosted_link": {}})).await;
    let evaluate = json!({"access_token": access_token, "account_id": account_id,
                          "client_transaction_id": "t", "amount": 1});
    let calls = [
        (
            "/link/token/get",
            json!({"link_token": link_token.text_at("/link_token")}),
        ),
        ("/item/get", by_token.clone()),
        ("/accounts/get", by_token.clone()),
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
        ("/signal/prepare", by_token.clone()),
        (
            "/signal/decision/report",
            json!({"client_transaction_id": "t", "initiated": true}),
        ),
        (
            "/signal/return/report",
            json!({"client_transaction_id": "t", "return_code": "R10"}),
        ),
        ("/item/public_token/create", by_token.clone()),
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
        ("/sandbox/item/reset_login", by_token.clone()),
        ("/item/get", by_token.clone()),
    ];
    for (path, body) in calls {
        sandbox.ok(path, body).await;
    }
    let rotated = sandbox.ok("/item/access_token/invalidate", by_token).await;
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
    let sandbox = Running::start().await;
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
async fn a_version_of_the_api_that_is_not_spoken_is_refused() {
    let sandbox = Running::start().await;
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
async fn bodies_that_are_not_json_objects_are_refused() {
    let sandbox = Running::start().await;
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
async fn what_there_is_not_is_not_found() {
    let sandbox = Running::start().await;
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
    let sandbox = Running::start().await;
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
async fn faulty_fields_are_named() {
    let sandbox = Running::start().await;
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

#[tokio::test]
async fn tokens_that_do_not_hold_are_refused() {
    let sandbox = Running::start().await;
    for (token, words) in [
        ("nonsense", "invalid format"),
        ("public-sandbox-none", "invalid format"),
        (
            "access-production-none",
            "expected \\\"sandbox\\\", got \\\"production\\\"",
        ),
    ] {
        sandbox
            .call("/item/get", json!({"access_token": token}))
            .await
            .is_error(400, INPUT, "INVALID_ACCESS_TOKEN")
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
            .call(path, unknown.clone())
            .await
            .is_error(400, INPUT, "INVALID_ACCESS_TOKEN");
    }
    sandbox
        .call(
            "/link/token/get",
            json!({"link_token": "link-sandbox-none"}),
        )
        .await
        .is_error(400, INPUT, "INVALID_LINK_TOKEN");

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
async fn rotation_kills_the_old_token_and_removal_the_item() {
    let sandbox = Running::start().await;
    let old = sandbox.item("user_good", &["auth"]).await;
    let rotated = sandbox
        .ok(
            "/item/access_token/invalidate",
            json!({"access_token": old}),
        )
        .await;
    let new = rotated.text_at("/new_access_token");
    sandbox
        .call("/item/get", json!({"access_token": old}))
        .await
        .is_error(400, INPUT, "INVALID_ACCESS_TOKEN");
    sandbox.ok("/item/get", json!({"access_token": new})).await;
    sandbox
        .ok("/item/remove", json!({"access_token": new}))
        .await;
    for path in ["/item/get", "/accounts/get", "/item/remove"] {
        sandbox
            .call(path, json!({"access_token": new}))
            .await
            .is_error(400, ITEM, "ITEM_NOT_FOUND");
    }
}

#[tokio::test]
async fn institutions_are_listed_page_by_page() {
    let sandbox = Running::start().await;
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
async fn a_body_that_is_too_large_is_refused() {
    let sandbox = Running::start().await;
    let request = sandbox
        .signed("/item/get")
        .body(vec![b' '; 3 * 1024 * 1024]);
    sandbox
        .send(request)
        .await
        .is_error(400, REQUEST, "INVALID_BODY");
}

#[tokio::test]
async fn institutions_are_found_in_the_countries_asked_for() {
    let sandbox = Running::start().await;
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
async fn balances_are_exact_and_cached_until_read_live() {
    let sandbox = Running::start().await;
    let good = sandbox.item("user_good", &["transactions"]).await;
    let answer = sandbox
        .ok("/accounts/get", json!({"access_token": good}))
        .await;
    assert_eq!(answer.json["accounts"].as_array().unwrap().len(), 12);
    answer
        .says("\"available\":100,\"current\":110")
        .says("\"current\":23631.9805")
        .says("\"current\":56302.06");

    let household = sandbox.item("user_household", &["transactions"]).await;
    let by_token = json!({"access_token": household});
    let cached =
        || async { sandbox.ok("/accounts/get", by_token.clone()).await.json["accounts"].clone() };
    let linked = cached().await;
    assert_eq!(linked, cached().await, "cached balances stand still");
    assert!(
        linked[2]["balances"]["available"].is_null() && linked[2]["balances"]["current"] == 640
    );
    assert_eq!(linked[3]["balances"]["available"], json!(-35.2));
    let live = sandbox
        .ok("/accounts/balance/get", by_token.clone())
        .await
        .json["accounts"]
        .clone();
    assert_ne!(
        live[0]["balances"], linked[0]["balances"],
        "the checking account moves"
    );
    assert_eq!(
        live[1]["balances"], linked[1]["balances"],
        "the savings account stands"
    );
    assert_eq!(cached().await, live, "what was read live is cached");

    let business = sandbox.item("user_business", &["transactions"]).await;
    let euro = sandbox
        .ok("/accounts/get", json!({"access_token": business}))
        .await;
    assert_eq!(
        euro.json["accounts"][2]["balances"]["iso_currency_code"],
        "EUR"
    );
    assert_eq!(euro.json["accounts"][2]["balances"]["limit"], 5000);

    for path in ["/accounts/get", "/accounts/balance/get"] {
        let foreign = json!({"access_token": good, "options": {"account_ids": ["nobody"]}});
        sandbox
            .call(path, foreign)
            .await
            .is_error(400, INPUT, "INVALID_ACCOUNT_ID");
    }
}

#[tokio::test]
async fn the_named_customers_are_there_with_all_that_can_be_odd() {
    let sandbox = Running::start().await;
    let accounts = |username: &'static str| {
        let sandbox = &sandbox;
        async move {
            let access_token = sandbox.item(username, &["transactions"]).await;
            let by_token = json!({"access_token": access_token});
            let cached =
                sandbox.ok("/accounts/get", by_token.clone()).await.json["accounts"].clone();
            let live = sandbox.ok("/accounts/balance/get", by_token).await.json["accounts"].clone();
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
async fn balances_move_with_the_days_and_an_account_is_closed_by_its_bank() {
    let sandbox = Running::start().await;
    let access_token = sandbox.item("user_student", &["transactions"]).await;
    let by_token = json!({"access_token": access_token});
    let old = sandbox.account(&access_token, "5200").await;
    let live = || async {
        let answer = sandbox.ok("/accounts/balance/get", by_token.clone()).await;
        answer.json["accounts"][0]["balances"]["current"].clone()
    };
    let (first, second) = (live().await, live().await);
    assert_ne!(first, second);
    sandbox.clock.advance(SignedDuration::from_hours(24));
    let after_a_day = live().await;
    let other = sandbox.item("user_student", &["transactions"]).await;
    for read in 0..4 {
        let answer = sandbox
            .ok("/accounts/balance/get", json!({"access_token": other}))
            .await;
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
        let left = sandbox.ok(path, by_token.clone()).await;
        assert_eq!(left.json["accounts"].as_array().unwrap().len(), 4);
        sandbox
            .call(path, named.clone())
            .await
            .is_error(400, INPUT, "INVALID_ACCOUNT_ID");
    }
}

#[tokio::test]
async fn a_login_that_is_required_stops_live_reads_only() {
    let sandbox = Running::start().await;
    let access_token = sandbox.item("user_good", &["signal", "auth"]).await;
    let by_token = json!({"access_token": access_token});
    let account_id = sandbox.account(&access_token, "0000").await;
    sandbox
        .ok("/sandbox/item/reset_login", by_token.clone())
        .await;
    sandbox
        .call("/accounts/balance/get", by_token.clone())
        .await
        .is_error(400, ITEM, "ITEM_LOGIN_REQUIRED");
    let cached = sandbox.ok("/accounts/get", by_token.clone()).await;
    assert_eq!(cached.json["accounts"][0]["balances"]["available"], 100);
    let item = sandbox.ok("/item/get", by_token).await;
    assert_eq!(
        item.json["item"]["error"]["error_code"],
        "ITEM_LOGIN_REQUIRED"
    );
    let evaluated = sandbox
        .ok("/signal/evaluate", json!({"access_token": access_token, "account_id": account_id, "client_transaction_id": "t", "amount": 10}))
        .await;
    assert_eq!(
        evaluated.json["warnings"][0]["warning_code"],
        "ITEM_LOGIN_REQUIRED"
    );
    assert!(evaluated.json["core_attributes"]["available_balance"].is_null());
    assert_eq!(evaluated.json["ruleset"]["result"], "REVIEW");
}

#[tokio::test]
async fn evaluations_follow_the_ruleset() {
    let sandbox = Running::start().await;
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
    let sandbox = Running::start().await;
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
async fn evaluations_that_cannot_be_made_are_refused() {
    let sandbox = Running::start().await;
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
            with("ruleset_key", json!("nobody-made-this")),
            SIGNAL,
            "RULESET_NOT_FOUND",
        ),
        (
            with("account_id", json!("nobody")),
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
            .call("/signal/evaluate", body)
            .await
            .is_error(400, error_type, error_code);
    }
    let business = sandbox.item("user_business", &["transactions"]).await;
    let euro = sandbox.account(&business, "2300").await;
    let body = json!({"access_token": business, "account_id": euro, "client_transaction_id": "u", "amount": 10});
    sandbox
        .call("/signal/evaluate", body)
        .await
        .is_error(400, REQUEST, "INVALID_FIELD")
        .says("USD");
}

#[tokio::test]
async fn reports_need_an_evaluation_and_returns_a_debit() {
    let sandbox = Running::start().await;
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

    let body = json!({"access_token": access_token, "account_id": account_id, "client_transaction_id": "t", "amount": 500});
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
            .call("/signal/decision/report", body)
            .await
            .is_error(400, REQUEST, "INVALID_FIELD");
    }
}

#[tokio::test]
async fn banks_that_fail_fail_without_link_too() {
    let sandbox = Running::start().await;
    for (id, password, error_type, error_code) in [
        (
            "ins_132361",
            "pass_good",
            "INSTITUTION_ERROR",
            "INSTITUTION_DOWN",
        ),
        (
            "ins_133402",
            "pass_good",
            "INSTITUTION_ERROR",
            "INSTITUTION_NO_LONGER_SUPPORTED",
        ),
        ("ins_109508", "wrong", ITEM, "INVALID_CREDENTIALS"),
        ("ins_109508", "error_ITEM_LOCKED", ITEM, "ITEM_LOCKED"),
        ("ins_0", "pass_good", INPUT, "INVALID_INSTITUTION"),
    ] {
        let body = json!({"institution_id": id, "initial_products": ["auth"], "options": {"override_password": password}});
        sandbox
            .call("/sandbox/public_token/create", body)
            .await
            .is_error(400, error_type, error_code);
    }
}
