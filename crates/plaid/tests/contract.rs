//! Every call of the client against the contract: what it sends fits, and what it is answered with fits too.
//! The answers are written by hand to the description's shape, so that reading them proves more than that the
//! client understands itself.

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
use support::{Arrived, CLIENT_ID, SECRET, Server, access, public};

/// How much of what can be said is said.
#[derive(Clone, Copy, Debug)]
enum Saying {
    Least,
    Most,
}

impl Saying {
    fn optional<T>(self, value: T) -> Option<T> {
        match self {
            Self::Least => None,
            Self::Most => Some(value),
        }
    }
}

fn transaction() -> ClientTransactionId {
    ClientTransactionId::parse("3f2b8a52-9f0e-4c9b-8f0e-0123456789ab").unwrap()
}

fn link_request(saying: Saying) -> LinkTokenCreateRequest {
    LinkTokenCreateRequest {
        client_name: "Balance Desk".to_owned(),
        language: "en".to_owned(),
        country_codes: vec!["US".to_owned(), "CA".to_owned()],
        user_client_user_id: "4b2f".to_owned(),
        products: vec!["signal".to_owned(), "auth".to_owned()],
        webhook: saying.optional("https://example.com/webhook".to_owned()),
        redirect_uri: saying.optional("https://example.com/oauth".to_owned()),
        access_token: None,
        account_selection_enabled: false,
        hosted_link: saying.optional(HostedLinkOptions {
            url_lifetime_seconds: Some(1_814_400),
            completion_redirect_uri: Some("https://example.com/done".to_owned()),
        }),
    }
}

fn update_request(saying: Saying) -> LinkTokenCreateRequest {
    LinkTokenCreateRequest {
        products: Vec::new(),
        access_token: Some(access()),
        account_selection_enabled: matches!(saying, Saying::Most),
        hosted_link: Some(HostedLinkOptions::default()),
        ..link_request(saying)
    }
}

fn evaluate_request(saying: Saying) -> SignalEvaluateRequest {
    SignalEvaluateRequest {
        access_token: access(),
        account_id: AccountId::new("a"),
        client_transaction_id: transaction(),
        amount: "102.05".parse().unwrap(),
        client_user_id: saying.optional("4b2f".to_owned()),
        is_recurring: saying.optional(false),
        default_payment_method: saying.optional("SAME_DAY_ACH".to_owned()),
        ruleset_key: saying.optional("balance-only".to_owned()),
        user: saying.optional(user()),
        device: saying.optional(SignalDevice {
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

fn decision(saying: Saying) -> DecisionReport {
    DecisionReport {
        client_transaction_id: transaction(),
        initiated: true,
        days_funds_on_hold: saying.optional(3),
        decision_outcome: saying.optional("APPROVE".to_owned()),
        payment_method: saying.optional("STANDARD_ACH".to_owned()),
        amount_instantly_available: saying.optional("50.00".parse().unwrap()),
    }
}

fn sandbox_request(saying: Saying) -> SandboxPublicTokenCreateRequest {
    SandboxPublicTokenCreateRequest {
        institution_id: InstitutionId::new("ins_109508"),
        initial_products: vec!["auth".to_owned()],
        override_username: saying.optional("user_custom".to_owned()),
        override_password: saying.optional("{}".to_owned()),
        webhook: saying.optional("https://example.com/webhook".to_owned()),
    }
}

/// Calls the method of this endpoint.
async fn call(client: &Client, endpoint: Endpoint, saying: Saying) -> Result<RequestId, Error> {
    Ok(match endpoint {
        Endpoint::LinkTokenCreate => {
            client
                .link_token_create(&link_request(saying))
                .await?
                .request_id
        }
        Endpoint::LinkTokenGet => {
            let token = LinkToken::new("link-sandbox-1");
            client.link_token_get(&token).await?.request_id
        }
        Endpoint::ItemPublicTokenExchange => {
            client
                .item_public_token_exchange(&public())
                .await?
                .request_id
        }
        Endpoint::ItemGet => client.item_get(&access()).await?.request_id,
        Endpoint::ItemRemove => client.item_remove(&access()).await?.request_id,
        Endpoint::ItemAccessTokenInvalidate => {
            client
                .item_access_token_invalidate(&access())
                .await?
                .request_id
        }
        Endpoint::AccountsGet => client.accounts_get(&access()).await?.request_id,
        Endpoint::AccountsBalanceGet => {
            let options = BalanceOptions {
                account_ids: saying.optional(AccountId::new("a")).into_iter().collect(),
                min_last_updated_datetime: saying
                    .optional("2026-11-23T09:30:00.5Z".parse().unwrap()),
            };
            client
                .accounts_balance_get(&access(), &options)
                .await?
                .request_id
        }
        Endpoint::InstitutionsGetById => {
            let options = InstitutionOptions {
                include_optional_metadata: true,
                include_status: matches!(saying, Saying::Most),
            };
            let id = InstitutionId::new("ins_109508");
            let countries = ["US".to_owned()];
            client
                .institutions_get_by_id(&id, &countries, options)
                .await?
                .request_id
        }
        Endpoint::SignalEvaluate => {
            client
                .signal_evaluate(&evaluate_request(saying))
                .await?
                .request_id
        }
        Endpoint::SignalPrepare => client.signal_prepare(&access()).await?.request_id,
        Endpoint::SignalDecisionReport => {
            client
                .signal_decision_report(&decision(saying))
                .await?
                .request_id
        }
        Endpoint::SignalReturnReport => {
            let report = ReturnReport {
                client_transaction_id: transaction(),
                return_code: "R01".to_owned(),
                returned_at: saying.optional("2026-11-24T00:00:00Z".parse().unwrap()),
            };
            client.signal_return_report(&report).await?.request_id
        }
        Endpoint::SandboxPublicTokenCreate => {
            client
                .sandbox_public_token_create(&sandbox_request(saying))
                .await?
                .request_id
        }
        Endpoint::SandboxItemResetLogin => {
            client.sandbox_item_reset_login(&access()).await?.request_id
        }
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

/// An answer of the description's shape.
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

async fn server() -> Server {
    Server::start(|request| {
        let json = [(CONTENT_TYPE, "application/json")];
        (StatusCode::OK, json, answer(&request.path)).into_response()
    })
    .await
}

fn contracts() -> [Contract; 2] {
    [Contract::load().unwrap(), Contract::table_only().unwrap()]
}

fn check_request(contracts: &[Contract], arrived: &Arrived, endpoint: Endpoint) {
    assert_eq!(arrived.path, endpoint.path());
    for (name, value) in [
        ("plaid-client-id", CLIENT_ID),
        ("plaid-secret", SECRET),
        ("plaid-version", "2020-09-14"),
        ("content-type", "application/json"),
    ] {
        assert_eq!(arrived.headers[name], value, "{endpoint:?}");
    }
    for contract in contracts {
        let result = contract.request(endpoint.path(), &arrived.json());
        assert_eq!(result.map_err(|violations| violations.to_string()), Ok(()));
    }
}

#[tokio::test]
async fn every_call_fits_the_contract() {
    let server = server().await;
    let client = server.client();
    let contracts = contracts();
    for endpoint in Endpoint::ALL.iter().copied() {
        for saying in [Saying::Least, Saying::Most] {
            let request_id = call(&client, endpoint, saying).await.unwrap();
            assert_eq!(request_id.as_str(), "mdqfuVxeoza6mhu");
            check_request(&contracts, &server.take_one(), endpoint);
        }
        let body = serde_json::from_str(&answer(endpoint.path())).unwrap();
        for contract in &contracts {
            let result = contract.answer(endpoint.path(), 200, &body);
            assert_eq!(result.map_err(|violations| violations.to_string()), Ok(()));
        }
    }
}

/// Everything that the description lets an evaluation be asked with, but what it calls deprecated and the keys.
#[tokio::test]
async fn an_evaluation_can_be_asked_with_every_field() {
    let server = server().await;
    let asked = evaluate_request(Saying::Most);
    server.client().signal_evaluate(&asked).await.unwrap();
    let sent = server.take_one().json();
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
        assert!(!format!("{asked:?}").contains(personal), "{personal}");
    }
}

#[tokio::test]
async fn update_mode_fits_the_contract() {
    let server = server().await;
    let client = server.client();
    for saying in [Saying::Least, Saying::Most] {
        client
            .link_token_create(&update_request(saying))
            .await
            .unwrap();
        let arrived = server.take_one();
        check_request(&contracts(), &arrived, Endpoint::LinkTokenCreate);
        let body = arrived.json();
        assert!(body.get("products").is_none());
        assert_eq!(body["hosted_link"], serde_json::json!({}));
        assert_eq!(body.get("update").is_some(), matches!(saying, Saying::Most));
    }
}

#[tokio::test]
async fn products_are_sent_one_by_one() {
    let server = server().await;
    server
        .client()
        .link_token_create(&link_request(Saying::Least))
        .await
        .unwrap();
    assert_eq!(
        server.take_one().json()["products"],
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
fn the_table_knows_exactly_the_clients_endpoints() {
    let table = Contract::table_only().unwrap();
    let called = Endpoint::ALL
        .iter()
        .map(|endpoint| endpoint.path())
        .collect();
    assert_eq!(table.paths(), called);
}
