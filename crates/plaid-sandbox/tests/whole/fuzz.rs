//! Ten thousand requests, good and bad, made from the official description (or from the
//! committed table where it is not at hand). None may be answered with a 5xx, every answer
//! must fit the description, and what is accepted must be what the description accepts.

use std::cell::Cell;
use std::collections::HashMap;

use crate::support::Running;
use contract::{Contract, FieldRule, FieldTable, JsonType};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;

/// How many requests are made of all endpoints together.
const REQUESTS: u32 = 10_000;
/// How deep objects are made up; below, anything stands.
const DEPTH: usize = 6;

/// Fields of products that the stand-in does not play. They are taken whatever is in them.
const UNREAD: [&str; 27] = [
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

/// Whether a request is good but for what nobody reads.
fn is_good(contract: &Contract, path: &str, body: &Value) -> Result<(), String> {
    let Err(violations) = contract.request(path, body) else {
        return Ok(());
    };
    let read = |pointer: &str| !pointer.split('/').any(|name| UNREAD.contains(&name));
    let bad = violations.all.iter().find(|bad| read(&bad.pointer));
    bad.map_or(Ok(()), |bad| Err(format!("{} {}", bad.pointer, bad.what)))
}

/// What a value may be.
#[derive(Clone, Debug)]
enum Shape {
    Text,
    Choice(Vec<Value>),
    Number,
    Integer,
    Flag,
    List(Box<Shape>),
    Object(Vec<Member>),
    Anything,
}

#[derive(Clone, Debug)]
struct Member {
    name: String,
    required: bool,
    shape: Shape,
}

/// The shape of what one endpoint takes, as the description says.
fn described(description: &Value, path: &str) -> Shape {
    let schema =
        &description["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"];
    shape(description, schema, DEPTH)
}

fn shape(description: &Value, schema: &Value, depth: usize) -> Shape {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = description.pointer(reference.trim_start_matches('#'));
        return shape(description, target.unwrap(), depth);
    }
    if let Some(first) = schema["allOf"].get(0) {
        return shape(description, first, depth);
    }
    if let Some(choices) = schema["enum"].as_array() {
        return Shape::Choice(choices.clone());
    }
    let Some(depth) = depth.checked_sub(1) else {
        return Shape::Anything;
    };
    match schema["type"].as_str() {
        Some("string") => Shape::Text,
        Some("number") => Shape::Number,
        Some("integer") => Shape::Integer,
        Some("boolean") => Shape::Flag,
        Some("array") => Shape::List(Box::new(shape(description, &schema["items"], depth))),
        Some("object") => {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let members = schema["properties"]
                .as_object()
                .cloned()
                .unwrap_or_default();
            let member = |(name, schema): (String, Value)| Member {
                required: required.contains(&json!(name)),
                shape: shape(description, &schema, depth),
                name,
            };
            Shape::Object(members.into_iter().map(member).collect())
        }
        _ => Shape::Anything,
    }
}

/// The shape of what the client sends to one endpoint, as the table says.
fn tabled(rows: &[FieldRule], within: &str) -> Shape {
    let members = rows.iter().filter_map(|row| {
        let name = row.pointer.strip_prefix(within)?.strip_prefix('/')?;
        (!name.contains('/')).then(|| Member {
            name: name.to_owned(),
            required: row.required,
            shape: of_row(rows, row),
        })
    });
    Shape::Object(members.collect())
}

fn of_row(rows: &[FieldRule], row: &FieldRule) -> Shape {
    if !row.r#enum.is_empty() {
        return Shape::Choice(row.r#enum.iter().map(|word| json!(word)).collect());
    }
    match row.r#type {
        JsonType::String => Shape::Text,
        JsonType::Number => Shape::Number,
        JsonType::Integer => Shape::Integer,
        JsonType::Boolean => Shape::Flag,
        JsonType::Object => tabled(rows, &row.pointer),
        JsonType::Array => {
            let element = format!("{}/*", row.pointer);
            let found = rows.iter().find(|row| row.pointer == element);
            Shape::List(Box::new(
                found.map_or(Shape::Anything, |row| of_row(rows, row)),
            ))
        }
    }
}

/// Words that mean something to the stand-in, by the field they stand in.
type Known = HashMap<&'static str, Vec<String>>;

/// Mostly values of the shape, now and then null or something else.
fn value(shape: &Shape, name: &str, known: &Known) -> BoxedStrategy<Value> {
    prop_oneof![
        60 => of_shape(shape, name, known),
        1 => Just(Value::Null),
        1 => anything(),
    ]
    .boxed()
}

fn of_shape(shape: &Shape, name: &str, known: &Known) -> BoxedStrategy<Value> {
    match shape {
        Shape::Text => text(known.get(name).cloned().unwrap_or_default()),
        Shape::Choice(words) => prop_oneof![
            10 => prop::sample::select(words.clone()),
            20 => prop::sample::select(known.get(name).map_or_else(
                || words.clone(),
                |known| known.iter().map(|word| json!(word)).collect(),
            )),
            1 => "[A-Za-z_]{0,12}".prop_map(Value::from),
        ]
        .boxed(),
        Shape::Number => number(),
        Shape::Integer => integer(),
        Shape::Flag => any::<bool>().prop_map(Value::from).boxed(),
        Shape::List(of) => {
            let list = |lengths| prop::collection::vec(value(of, name, known), lengths);
            prop_oneof![9 => list(1..3), 1 => list(0..4)]
                .prop_map(Value::from)
                .boxed()
        }
        Shape::Object(members) => object(members, known),
        Shape::Anything => anything(),
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

fn object(members: &[Member], known: &Known) -> BoxedStrategy<Value> {
    // Of many optional members few are there, so that many a request is good.
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
    let stranger = prop::option::weighted(0.02, ("[a-z_]{1,12}", anything()));
    (members, stranger)
        .prop_map(|(members, stranger)| {
            let members = members
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?)));
            Value::Object(members.chain(stranger).collect::<Map<_, _>>())
        })
        .boxed()
}

fn shape_of(description: Option<&Value>, path: &str) -> Option<Shape> {
    if let Some(description) = description {
        return description["paths"]
            .get(path)
            .map(|_| described(description, path));
    }
    let table: FieldTable = serde_json::from_str(contract::COMMITTED_TABLE).unwrap();
    let endpoint = table.endpoints.get(path)?;
    Some(tabled(&endpoint.request, ""))
}

/// Items, tokens and evaluations that requests can name.
async fn known(sandbox: &Running) -> Known {
    let mut known = Known::new();
    let mut add = |name: &'static str, word: String| known.entry(name).or_default().push(word);
    for username in ["user_good", "user_household", "user_freelancer"] {
        let access_token = sandbox.item(username, &["signal", "auth"]).await;
        let webhook = json!({"access_token": access_token, "webhook": "https://example.com/"});
        sandbox.ok("/item/webhook/update", webhook).await;
        let by_token = json!({"access_token": access_token});
        let answer = sandbox.ok("/accounts/get", by_token).await;
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
fn no_request_is_too_much() {
    let description = contract::official_description().unwrap();
    fuzz(description.as_ref(), &Contract::load().unwrap(), REQUESTS);
}

#[test]
fn the_committed_table_suffices_to_make_requests() {
    fuzz(None, &Contract::table_only().unwrap(), REQUESTS / 5);
}

/// Sends that many requests to all endpoints together, and stops at the first bad answer.
fn fuzz(description: Option<&Value>, contract: &Contract, requests: u32) {
    let runtime = Runtime::new().unwrap();
    let endpoints: Vec<_> = plaid_sandbox::endpoints()
        .filter_map(|path| Some((path, shape_of(description, path)?)))
        .collect();
    assert!(endpoints.len() > 10, "{endpoints:?}");
    let cases = requests.div_ceil(u32::try_from(endpoints.len()).unwrap());
    let sandbox = runtime.block_on(Running::start());
    for (path, shape) in endpoints {
        let known = runtime.block_on(known(&sandbox));
        let accepted = Cell::new(0);
        let outcome = runner(cases).run(&of_shape(&shape, "", &known), |body| {
            let answer = runtime.block_on(sandbox.call(path, body.clone()));
            prop_assert!(answer.status < 500, "{path}: {}", answer.text);
            let fits = is_good(contract, path, &body);
            if answer.status == 200 {
                accepted.set(accepted.get() + 1);
                prop_assert!(fits.is_ok(), "accepted: {}", fits.unwrap_err());
            } else if fits.is_ok() {
                // Within some objects the description says nothing of other fields; Plaid does.
                let refused = answer.json["error_code"] == "UNKNOWN_FIELDS";
                let within = answer.text_at("/error_message").contains('.');
                prop_assert!(!refused || within, "{path}: {}", answer.text);
            }
            Ok(())
        });
        if let Err(failure) = outcome {
            panic!("{path}: {failure}");
        }
        assert!(accepted.get() > 0, "{path}: no request was a good one");
    }
}

#[test]
fn no_bytes_are_too_much() {
    let runtime = Runtime::new().unwrap();
    let sandbox = runtime.block_on(Running::start());
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
