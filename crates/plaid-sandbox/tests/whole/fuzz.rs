//! Ten thousand valid and invalid requests, generated from the official description (or else from the committed table).
//! No answer may be a 5xx, every answer must fit the description, and only requests that fit may be accepted.

use std::cell::Cell;
use std::collections::HashMap;

use crate::support::{RunningSandbox, by_token};
use contract::{Contract, FieldRule, FieldTable, JsonType};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;

/// For all endpoints together.
const REQUESTS: u32 = 10_000;
/// Values below this depth can be anything.
const DEPTH: usize = 6;

/// Fields of products that the stand-in does not have; it accepts any value.
const IGNORED: [&str; 27] = [
    "access_tokens",
    "address",
    "auth",
    "base_report",
    "card_switch",
    "cashflow_report",
    "cra_options",
    "credit_partner_insights",
    "device",
    "employment",
    "eu_config",
    "id_number",
    "identity",
    "identity_verification",
    "income_verification",
    "institution_data",
    "investments",
    "investments_auth",
    "item_ids",
    "limited_purpose_types",
    "name",
    "payment_configuration",
    "payment_initiation",
    "statements",
    "transactions",
    "transfer",
    "user",
];

/// Whether a request fits, except for ignored fields.
fn is_valid(contract: &Contract, path: &str, body: &Value) -> Result<(), String> {
    let Err(violations) = contract.request(path, body) else {
        return Ok(());
    };
    let is_read = |pointer: &str| !pointer.split('/').any(|name| IGNORED.contains(&name));
    let bad = violations.all.iter().find(|bad| is_read(&bad.pointer));
    bad.map_or(Ok(()), |bad| Err(format!("{} {}", bad.pointer, bad.what)))
}

#[derive(Clone, Debug)]
enum BodyShape {
    Text,
    Choice(Vec<Value>),
    Number,
    Integer,
    Flag,
    List(Box<BodyShape>),
    Object(Vec<BodyMember>),
    Anything,
}

#[derive(Clone, Debug)]
struct BodyMember {
    name: String,
    required: bool,
    shape: BodyShape,
}

/// The request body of one endpoint, from the description.
fn described_request(description: &Value, path: &str) -> BodyShape {
    let schema =
        &description["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"];
    schema_shape(description, schema, DEPTH)
}

fn schema_shape(description: &Value, schema: &Value, depth: usize) -> BodyShape {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = description.pointer(reference.trim_start_matches('#'));
        return schema_shape(description, target.unwrap(), depth);
    }
    if let Some(first) = schema["allOf"].get(0) {
        return schema_shape(description, first, depth);
    }
    if let Some(choices) = schema["enum"].as_array() {
        return BodyShape::Choice(choices.clone());
    }
    let Some(depth) = depth.checked_sub(1) else {
        return BodyShape::Anything;
    };
    match schema["type"].as_str() {
        Some("string") => BodyShape::Text,
        Some("number") => BodyShape::Number,
        Some("integer") => BodyShape::Integer,
        Some("boolean") => BodyShape::Flag,
        Some("array") => {
            BodyShape::List(Box::new(schema_shape(description, &schema["items"], depth)))
        }
        Some("object") => {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let members = schema["properties"]
                .as_object()
                .cloned()
                .unwrap_or_default();
            let member = |(name, schema): (String, Value)| BodyMember {
                required: required.contains(&json!(name)),
                shape: schema_shape(description, &schema, depth),
                name,
            };
            BodyShape::Object(members.into_iter().map(member).collect())
        }
        _ => BodyShape::Anything,
    }
}

/// The request body of one endpoint, from the table.
fn table_request(rows: &[FieldRule], within: &str) -> BodyShape {
    let members = rows.iter().filter_map(|row| {
        let name = row.pointer.strip_prefix(within)?.strip_prefix('/')?;
        (!name.contains('/')).then(|| BodyMember {
            name: name.to_owned(),
            required: row.required,
            shape: rule_shape(rows, row),
        })
    });
    BodyShape::Object(members.collect())
}

fn rule_shape(rows: &[FieldRule], row: &FieldRule) -> BodyShape {
    if !row.r#enum.is_empty() {
        return BodyShape::Choice(row.r#enum.iter().map(|word| json!(word)).collect());
    }
    match row.r#type {
        JsonType::String => BodyShape::Text,
        JsonType::Number => BodyShape::Number,
        JsonType::Integer => BodyShape::Integer,
        JsonType::Boolean => BodyShape::Flag,
        JsonType::Object => table_request(rows, &row.pointer),
        JsonType::Array => {
            let element = format!("{}/*", row.pointer);
            let found = rows.iter().find(|row| row.pointer == element);
            BodyShape::List(Box::new(
                found.map_or(BodyShape::Anything, |row| rule_shape(rows, row)),
            ))
        }
    }
}

/// Values that the stand-in knows, by field name.
type KnownValues = HashMap<&'static str, Vec<String>>;

/// Mostly values of the shape, sometimes null or anything.
fn value(shape: &BodyShape, name: &str, known: &KnownValues) -> BoxedStrategy<Value> {
    prop_oneof![
        60 => shaped_value(shape, name, known),
        1 => Just(Value::Null),
        1 => anything(),
    ]
    .boxed()
}

fn shaped_value(shape: &BodyShape, name: &str, known: &KnownValues) -> BoxedStrategy<Value> {
    match shape {
        BodyShape::Text => text(known.get(name).cloned().unwrap_or_default()),
        BodyShape::Choice(words) => prop_oneof![
            10 => prop::sample::select(words.clone()),
            20 => prop::sample::select(known.get(name).map_or_else(
                || words.clone(),
                |known| known.iter().map(|word| json!(word)).collect(),
            )),
            1 => "[A-Za-z_]{0,12}".prop_map(Value::from),
        ]
        .boxed(),
        BodyShape::Number => number(),
        BodyShape::Integer => integer(),
        BodyShape::Flag => any::<bool>().prop_map(Value::from).boxed(),
        BodyShape::List(of) => {
            let list = |lengths| prop::collection::vec(value(of, name, known), lengths);
            prop_oneof![9 => list(1..3), 1 => list(0..4)]
                .prop_map(Value::from)
                .boxed()
        }
        BodyShape::Object(members) => object(members, known),
        BodyShape::Anything => anything(),
    }
}

fn text(known: Vec<String>) -> BoxedStrategy<Value> {
    let strange = prop_oneof![
        "\\PC{0,40}",
        Just("2026-05-29T00:00:00Z".to_owned()),
        Just("https://example.com/path".to_owned()),
        Just("https://".to_owned()),
        Just("x".repeat(5_000)),
        Just("\u{0}\u{ffff}\u{1f600}".to_owned()),
    ];
    if known.is_empty() {
        return strange.prop_map(Value::from).boxed();
    }
    prop_oneof![9 => prop::sample::select(known), 1 => strange]
        .prop_map(Value::from)
        .boxed()
}

fn number() -> BoxedStrategy<Value> {
    prop_oneof![
        4 => (1_i64..20_000).prop_map(|cents| {
            serde_json::from_str(&format!("{}.{:02}", cents / 100, cents % 100)).unwrap()
        }),
        1 => any::<f64>().prop_map(|number| json!(number)),
        1 => any::<i64>().prop_map(Value::from),
    ]
    .boxed()
}

fn integer() -> BoxedStrategy<Value> {
    prop_oneof![4 => 0_i64..600, 1 => any::<i64>()]
        .prop_map(Value::from)
        .boxed()
}

fn anything() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        "\\PC{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{1,8}", inner, 0..3)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
    .boxed()
}

fn object(members: &[BodyMember], known: &KnownValues) -> BoxedStrategy<Value> {
    // Few of many optional members are present, so that many requests are valid.
    let optional = 2.0 / (members.len().max(4) as f64);
    let members: Vec<_> = members
        .iter()
        .map(|member| {
            let share = if member.required { 0.98 } else { optional };
            let value = value(&member.shape, &member.name, known);
            (
                Just(member.name.clone()),
                prop::option::weighted(share, value),
            )
        })
        .collect();
    let unknown_member = prop::option::weighted(0.02, ("[a-z_]{1,12}", anything()));
    (members, unknown_member)
        .prop_map(|(members, unknown_member)| {
            let members = members
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?)));
            Value::Object(members.chain(unknown_member).collect::<Map<_, _>>())
        })
        .boxed()
}

fn shape_of(description: Option<&Value>, path: &str) -> Option<BodyShape> {
    if let Some(description) = description {
        return description["paths"]
            .get(path)
            .map(|_| described_request(description, path));
    }
    let table: FieldTable = serde_json::from_str(contract::COMMITTED_TABLE).unwrap();
    let endpoint = table.endpoints.get(path)?;
    Some(table_request(&endpoint.request, ""))
}

/// Makes Items and tokens, and lists them with other values that the stand-in knows.
async fn known_values(sandbox: &RunningSandbox) -> KnownValues {
    let mut known = KnownValues::new();
    let mut add = |name: &'static str, word: String| known.entry(name).or_default().push(word);
    for username in ["user_good", "user_household", "user_freelancer"] {
        let access_token = sandbox.item(username, &["signal", "auth"]).await;
        let webhook = json!({"access_token": access_token, "webhook": "https://example.com/"});
        sandbox.ok("/item/webhook/update", webhook).await;
        let token_body = by_token(&access_token);
        let answer = sandbox.ok("/accounts/get", token_body).await;
        for account in answer.json["accounts"].as_array().unwrap() {
            let account_id = account["account_id"].as_str().unwrap();
            add("account_id", account_id.to_owned());
            add("account_ids", account_id.to_owned());
        }
        add("access_token", access_token);
    }
    for _ in 0..3 {
        let body = json!({"institution_id": "ins_109508", "initial_products": ["auth"]});
        let created = sandbox.ok("/sandbox/public_token/create", body).await;
        add("public_token", created.text_at("/public_token"));
    }
    let link_token = sandbox.link_token(json!({"hosted_link": {}})).await;
    add("link_token", link_token.text_at("/link_token"));
    for (name, words) in [
        ("client_id", &[plaid_sandbox::CLIENT_ID][..]),
        ("secret", &[plaid_sandbox::SECRET]),
        (
            "institution_id",
            &["ins_109508", "ins_128026", "ins_132361", "ins_43"],
        ),
        ("client_transaction_id", &["a", "b", "c"]),
        ("ruleset_key", &["default", "scores"]),
        ("return_code", &["R01", "R29"]),
        ("language", &["en"]),
        ("country_codes", &["US"]),
        ("products", &["auth", "signal", "transactions"]),
        ("initial_products", &["auth", "signal", "transactions"]),
        ("query", &["platypus", "a"]),
        ("override_username", &["user_good", "user_custom"]),
        (
            "override_password",
            &["pass_good", "{}", "error_ITEM_LOCKED"],
        ),
    ] {
        for word in words {
            add(name, (*word).to_owned());
        }
    }
    known
}

fn runner(cases: u32) -> TestRunner {
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 500,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

#[test]
fn no_request_is_answered_with_a_server_error() {
    let description = contract::official_description().unwrap();
    fuzz(description.as_ref(), &Contract::load().unwrap(), REQUESTS);
}

#[test]
fn the_committed_table_suffices_to_generate_requests() {
    fuzz(None, &Contract::table_only().unwrap(), REQUESTS / 5);
}

/// Sends this many requests to all endpoints together, and stops at the first bad answer.
fn fuzz(description: Option<&Value>, contract: &Contract, requests: u32) {
    let runtime = Runtime::new().unwrap();
    let endpoints: Vec<_> = plaid_sandbox::endpoints()
        .filter_map(|path| Some((path, shape_of(description, path)?)))
        .collect();
    assert!(endpoints.len() > 10, "{endpoints:?}");
    let cases = requests.div_ceil(u32::try_from(endpoints.len()).unwrap());
    let sandbox = runtime.block_on(RunningSandbox::start());
    for (path, shape) in endpoints {
        let known = runtime.block_on(known_values(&sandbox));
        let accepted = Cell::new(0);
        let outcome = runner(cases).run(&shaped_value(&shape, "", &known), |body| {
            let answer = runtime.block_on(sandbox.call(path, body.clone()));
            prop_assert!(answer.status < 500, "{path}: {}", answer.text);
            let fits = is_valid(contract, path, &body);
            if answer.status == 200 {
                accepted.set(accepted.get() + 1);
                prop_assert!(fits.is_ok(), "accepted: {}", fits.unwrap_err());
            } else if fits.is_ok() {
                // Some nested objects are open in the description; Plaid rejects their unknown fields anyway.
                let is_unknown_field = answer.json["error_code"] == "UNKNOWN_FIELDS";
                let is_nested = answer.text_at("/error_message").contains('.');
                prop_assert!(!is_unknown_field || is_nested, "{path}: {}", answer.text);
            }
            Ok(())
        });
        if let Err(failure) = outcome {
            panic!("{path}: {failure}");
        }
        assert!(accepted.get() > 0, "{path}: no request was valid");
    }
}

#[test]
fn no_bytes_are_answered_with_a_server_error() {
    let runtime = Runtime::new().unwrap();
    let sandbox = runtime.block_on(RunningSandbox::start());
    let bodies = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        "[\\[\\]{}\":,0-9a-z\\\\ .eE+-]{0,60}".prop_map(String::into_bytes),
        Just(vec![b'['; 100_000]),
        Just(br#"{"access_token":"access-sandbox-1","access_token":1e999}"#.to_vec()),
    ];
    let paths: Vec<_> = plaid_sandbox::endpoints().collect();
    let requests = (prop::sample::select(paths), bodies);
    runner(500)
        .run(&requests, |(path, body)| {
            let request = sandbox.signed(path).body(body);
            let answer = runtime.block_on(sandbox.send(request));
            prop_assert_eq!(answer.status, 400, "{}: {}", path, answer.text);
            prop_assert!(answer.json["request_id"].is_string());
            Ok(())
        })
        .unwrap();
}
