//! Every call of the client against Plaid's API description: its requests fit, and it reads answers that fit.
//! The answers are written by hand and checked too, so that the client is not only tested against itself.

mod support;

use axum::{
    http::{StatusCode, header::CONTENT_TYPE},
    response::IntoResponse,
};
use contract::Contract;
use plaid::{
    AccountId, BalanceOptions, Client, ClientTransactionId, DecisionReport, Endpoint, Error,
    HostedLinkOptions, InstitutionId, InstitutionOptions, LinkToken, LinkTokenCreateRequest,
    RequestId, ReturnReport, SandboxPublicTokenCreateRequest, SignalAddress, SignalDevice,
    SignalEvaluateRequest, SignalName, SignalUser,
};
use support::{CLIENT_ID, ReceivedRequest, SECRET, TestServer, access, public};

/// Which fields of a request are set.
#[derive(Clone, Copy, Debug)]
enum FieldSet {
    Required,
    All,
}

impl FieldSet {
    fn optional<T>(self, value: T) -> Option<T> {
        match self {
            Self::Required => None,
            Self::All => Some(value),
        }
    }
}

fn transaction() -> ClientTransactionId {
    ClientTransactionId::parse("3f2b8a52-9f0e-4c9b-8f0e-0123456789ab").unwrap()
}

fn link_request(fields: FieldSet) -> LinkTokenCreateRequest {
    LinkTokenCreateRequest {
        client_name: "Balance Desk".to_owned(),
        language: "en".to_owned(),
        country_codes: vec!["US".to_owned(), "CA".to_owned()],
        user_client_user_id: "4b2f".to_owned(),
        products: vec!["signal".to_owned(), "auth".to_owned()],
        webhook: fields.optional("https://example.com/webhook".to_owned()),
        redirect_uri: fields.optional("https://example.com/oauth".to_owned()),
        access_token: None,
        account_selection_enabled: false,
        hosted_link: fields.optional(HostedLinkOptions {
            url_lifetime_seconds: Some(1_814_400),
            completion_redirect_uri: Some("https://example.com/done".to_owned()),
        }),
    }
}

fn update_request(fields: FieldSet) -> LinkTokenCreateRequest {
    LinkTokenCreateRequest {
        products: Vec::new(),
        access_token: Some(access()),
        account_selection_enabled: matches!(fields, FieldSet::All),
        hosted_link: Some(HostedLinkOptions::default()),
        ..link_request(fields)
    }
}

fn evaluate_request(fields: FieldSet) -> SignalEvaluateRequest {
    SignalEvaluateRequest {
        access_token: access(),
        account_id: AccountId::new("a"),
        client_transaction_id: transaction(),
        amount: "102.05".parse().unwrap(),
        client_user_id: fields.optional("4b2f".to_owned()),
        is_recurring: fields.optional(false),
        default_payment_method: fields.optional("SAME_DAY_ACH".to_owned()),
        ruleset_key: fields.optional("balance-only".to_owned()),
        user: fields.optional(user()),
        device: fields.optional(SignalDevice {
            ip_address: Some("192.0.2.7".to_owned()),
            user_agent: Some("Mozilla/5.0".to_owned()),
        }),
    }
}

fn user() -> SignalUser {
    let text = |text: &str| Some(text.to_owned());
    SignalUser {
        name: Some(SignalName {
            prefix: text("Ms."),
            given_name: text("Ada"),
            middle_name: text("King"),
            family_name: text("Lovelace"),
            suffix: text("II"),
        }),
        phone_number: text("+14151234567"),
        email_address: text("ada@example.com"),
        address: Some(SignalAddress {
            street: text("564 Main Street, APT 15"),
            city: text("Raleigh"),
            region: text("NC"),
            postal_code: text("27601"),
            country: text("US"),
        }),
    }
}

fn decision(fields: FieldSet) -> DecisionReport {
    DecisionReport {
        client_transaction_id: transaction(),
        initiated: true,
        days_funds_on_hold: fields.optional(3),
        decision_outcome: fields.optional("APPROVE".to_owned()),
        payment_method: fields.optional("STANDARD_ACH".to_owned()),
        amount_instantly_available: fields.optional("50.00".parse().unwrap()),
    }
}

fn sandbox_request(fields: FieldSet) -> SandboxPublicTokenCreateRequest {
    SandboxPublicTokenCreateRequest {
        institution_id: InstitutionId::new("ins_109508"),
        initial_products: vec!["auth".to_owned()],
        override_username: fields.optional("user_custom".to_owned()),
        override_password: fields.optional("{}".to_owned()),
        webhook: fields.optional("https://example.com/webhook".to_owned()),
    }
}

/// Calls the method of this endpoint.
async fn call(client: &Client, endpoint: Endpoint, fields: FieldSet) -> Result<RequestId, Error> {
    macro_rules! request_id {
        ($method:ident($($argument:expr),+)) => {
            client.$method($($argument),+).await?.request_id
        };
    }
    let balance_options = BalanceOptions {
        account_ids: fields.optional(AccountId::new("a")).into_iter().collect(),
        min_last_updated_datetime: fields.optional("2026-11-23T09:30:00.5Z".parse().unwrap()),
    };
    let institution_id = InstitutionId::new("ins_109508");
    let institution_options = InstitutionOptions {
        include_optional_metadata: true,
        include_status: matches!(fields, FieldSet::All),
    };
    let link_token = LinkToken::new("link-sandbox-1");
    let countries = ["US".to_owned()];
    let return_report = ReturnReport {
        client_transaction_id: transaction(),
        return_code: "R01".to_owned(),
        returned_at: fields.optional("2026-11-24T00:00:00Z".parse().unwrap()),
    };
    let access = access();
    Ok(match endpoint {
        Endpoint::LinkTokenCreate => request_id!(link_token_create(&link_request(fields))),
        Endpoint::LinkTokenGet => request_id!(link_token_get(&link_token)),
        Endpoint::ItemPublicTokenExchange => request_id!(item_public_token_exchange(&public())),
        Endpoint::ItemGet => request_id!(item_get(&access)),
        Endpoint::ItemRemove => request_id!(item_remove(&access)),
        Endpoint::ItemAccessTokenInvalidate => request_id!(item_access_token_invalidate(&access)),
        Endpoint::AccountsGet => request_id!(accounts_get(&access)),
        Endpoint::AccountsBalanceGet => {
            request_id!(accounts_balance_get(&access, &balance_options))
        }
        Endpoint::InstitutionsGetById => request_id!(institutions_get_by_id(
            &institution_id,
            &countries,
            institution_options
        )),
        Endpoint::SignalEvaluate => request_id!(signal_evaluate(&evaluate_request(fields))),
        Endpoint::SignalPrepare => request_id!(signal_prepare(&access)),
        Endpoint::SignalDecisionReport => request_id!(signal_decision_report(&decision(fields))),
        Endpoint::SignalReturnReport => request_id!(signal_return_report(&return_report)),
        Endpoint::SandboxPublicTokenCreate => {
            request_id!(sandbox_public_token_create(&sandbox_request(fields)))
        }
        Endpoint::SandboxItemResetLogin => request_id!(sandbox_item_reset_login(&access)),
        other => panic!("{other:?} has no call in this test"),
    })
}

const ITEM: &str = r#"{"item_id":"i","institution_id":"ins_109508","institution_name":"First Platypus Bank",
    "webhook":"","error":null,"available_products":["identity"],"billed_products":["auth","signal"],
    "products":["auth","signal"],"consent_expiration_time":null,"update_type":"background"}"#;

const ACCOUNT: &str = r#"{"account_id":"a","name":"Plaid Checking","official_name":"Plaid Gold Standard 0% Interest Checking",
    "mask":"0000","type":"depository","subtype":"checking","persistent_account_id":"p","holder_category":"personal",
    "balances":{"available":100,"current":110.50,"limit":null,"iso_currency_code":"USD","unofficial_currency_code":null,
    "last_updated_datetime":null}}"#;

const SESSION: &str = r#"{"link_session_id":"s","started_at":"2026-11-24T09:00:00Z","finished_at":"2026-11-24T09:01:00Z",
    "exit":null,"events":[],"results":{"item_add_results":[{"public_token":"public-sandbox-1","accounts":[{"id":"a",
    "name":"Plaid Checking","mask":"0000","type":"depository","subtype":"checking","verification_status":null}],
    "institution":{"name":"First Platypus Bank","institution_id":"ins_109508"}}],"cra_item_add_results":[],
    "cra_update_results":[],"bank_income_results":[],"payroll_income_results":[],"document_income_results":null}}"#;

const HEALTH: &str = r#"{"status":"HEALTHY","last_status_change":"2026-11-01T00:00:00Z",
    "breakdown":{"success":0.9,"error_plaid":0.01,"error_institution":0.09}}"#;

fn answer(path: &str) -> String {
    let fields = match path {
        "/link/token/create" => r#""link_token":"link-sandbox-1","expiration":"2026-11-24T13:00:00Z",
            "hosted_link_url":"https://secure.plaid.com/hl/1""#.to_owned(),
        "/link/token/get" => format!(
            r#""link_token":"link-sandbox-1","created_at":"2026-11-24T09:00:00Z","expiration":"2026-11-24T13:00:00Z",
            "link_sessions":[{SESSION}],"metadata":{{"initial_products":["auth"],"webhook":null,"country_codes":["US"],
            "language":"en","redirect_uri":null,"client_name":"Balance Desk"}}"#
        ),
        "/item/public_token/exchange" => r#""access_token":"access-sandbox-1","item_id":"i""#.to_owned(),
        "/item/get" => format!(
            r#""item":{ITEM},"status":{{"last_webhook":{{"sent_at":"2026-11-24T09:00:00Z","code_sent":"DEFAULT_UPDATE"}}}}"#
        ),
        "/item/access_token/invalidate" => r#""new_access_token":"access-sandbox-2""#.to_owned(),
        "/accounts/get" | "/accounts/balance/get" => format!(r#""accounts":[{ACCOUNT}],"item":{ITEM}"#),
        "/institutions/get_by_id" => format!(
            r##""institution":{{"institution_id":"ins_109508","name":"First Platypus Bank","products":["auth","signal"],
            "country_codes":["US"],"routing_numbers":["011000138"],"oauth":false,"url":null,"primary_color":"#1f1f1f",
            "logo":null,"status":{{"item_logins":{HEALTH},"auth":{HEALTH}}}}}"##
        ),
        "/signal/evaluate" => r#""scores":{"customer_initiated_return_risk":{"score":9,"risk_tier":1},
            "bank_initiated_return_risk":{"score":72,"risk_tier":7}},"core_attributes":{"available_balance":2000.10,
            "current_balance":2200},"ruleset":{"ruleset_key":"balance-only","result":"ACCEPT",
            "triggered_rule_details":{"internal_note":"enough","custom_action_key":"go"}},"warnings":[]"#.to_owned(),
        "/sandbox/public_token/create" => r#""public_token":"public-sandbox-1""#.to_owned(),
        "/sandbox/item/reset_login" => r#""reset_login":true"#.to_owned(),
        _ => String::new(),
    };
    let comma = if fields.is_empty() { "" } else { "," };
    format!(r#"{{{fields}{comma}"request_id":"mdqfuVxeoza6mhu"}}"#)
}

async fn server() -> TestServer {
    TestServer::start(|request| {
        let json = [(CONTENT_TYPE, "application/json")];
        (StatusCode::OK, json, answer(&request.path)).into_response()
    })
    .await
}

fn contracts() -> [Contract; 2] {
    [Contract::load().unwrap(), Contract::table_only().unwrap()]
}

fn check_request(contracts: &[Contract], request: &ReceivedRequest, endpoint: Endpoint) {
    assert_eq!(request.path, endpoint.path());
    for (name, value) in [
        ("plaid-client-id", CLIENT_ID),
        ("plaid-secret", SECRET),
        ("plaid-version", "2020-09-14"),
        ("content-type", "application/json"),
    ] {
        assert_eq!(request.headers[name], value, "{endpoint:?}");
    }
    for contract in contracts {
        let result = contract.request(endpoint.path(), &request.json());
        assert_eq!(result.map_err(|violations| violations.to_string()), Ok(()));
    }
}

#[tokio::test]
async fn every_call_fits_the_contract() {
    let server = server().await;
    let client = server.client();
    let contracts = contracts();
    for endpoint in Endpoint::ALL.iter().copied() {
        for fields in [FieldSet::Required, FieldSet::All] {
            let request_id = call(&client, endpoint, fields).await.unwrap();
            assert_eq!(request_id.as_str(), "mdqfuVxeoza6mhu");
            check_request(&contracts, &server.take_request(), endpoint);
        }
        let body = serde_json::from_str(&answer(endpoint.path())).unwrap();
        for contract in &contracts {
            let result = contract.answer(endpoint.path(), 200, &body);
            assert_eq!(result.map_err(|violations| violations.to_string()), Ok(()));
        }
    }
}

/// All fields of the API description except deprecated ones and the keys.
#[tokio::test]
async fn an_evaluation_sends_every_field() {
    let server = server().await;
    let request = evaluate_request(FieldSet::All);
    server.client().signal_evaluate(&request).await.unwrap();
    let sent = server.take_request().json();
    let Some(description) = contract::official_description().unwrap() else {
        return;
    };
    let schemas = &description["components"]["schemas"];
    let fields = |schema: &str| -> Vec<String> {
        let properties = schemas[schema]["properties"].as_object().unwrap();
        let current = properties.iter().filter(|(name, field)| {
            field["deprecated"] != true && !["client_id", "secret"].contains(&name.as_str())
        });
        current.map(|(name, _)| name.clone()).collect()
    };
    for (schema, object) in [
        ("SignalEvaluateRequest", &sent),
        ("SignalUser", &sent["user"]),
        ("SignalPersonName", &sent["user"]["name"]),
        ("SignalAddressData", &sent["user"]["address"]),
        ("SignalDevice", &sent["device"]),
    ] {
        for field in fields(schema) {
            assert!(object.get(&field).is_some(), "{schema}.{field} is not sent");
        }
    }
    for personal in [
        "Ada",
        "Lovelace",
        "+1415",
        "ada@",
        "Main Street",
        "192.0.2.7",
        "Mozilla",
    ] {
        assert!(!format!("{request:?}").contains(personal), "{personal}");
    }
}

#[tokio::test]
async fn update_mode_fits_the_contract() {
    let server = server().await;
    let client = server.client();
    for fields in [FieldSet::Required, FieldSet::All] {
        client
            .link_token_create(&update_request(fields))
            .await
            .unwrap();
        let request = server.take_request();
        check_request(&contracts(), &request, Endpoint::LinkTokenCreate);
        let body = request.json();
        assert!(body.get("products").is_none());
        assert_eq!(body["hosted_link"], serde_json::json!({}));
        assert_eq!(
            body.get("update").is_some(),
            matches!(fields, FieldSet::All)
        );
    }
}

#[tokio::test]
async fn products_are_sent_as_a_list() {
    let server = server().await;
    server
        .client()
        .link_token_create(&link_request(FieldSet::Required))
        .await
        .unwrap();
    assert_eq!(
        server.take_request().json()["products"],
        serde_json::json!(["signal", "auth"])
    );
}

#[test]
fn every_method_of_the_client_has_an_endpoint() {
    let areas = [
        include_str!("../src/accounts.rs"),
        include_str!("../src/client.rs"),
        include_str!("../src/institutions.rs"),
        include_str!("../src/items.rs"),
        include_str!("../src/link.rs"),
        include_str!("../src/sandbox.rs"),
        include_str!("../src/signal.rs"),
    ];
    let methods: usize = areas
        .iter()
        .map(|text| text.matches("pub async fn ").count())
        .sum();
    assert_eq!(methods, Endpoint::ALL.len());
}

#[test]
fn the_table_has_exactly_the_clients_endpoints() {
    let table = Contract::table_only().unwrap();
    let called = Endpoint::ALL
        .iter()
        .map(|endpoint| endpoint.path())
        .collect();
    assert_eq!(table.paths(), called);
}
