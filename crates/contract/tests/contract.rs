//! What the contract accepts and rejects, with and without the official description.

use contract::Contract;
use serde_json::{Value, json};

fn both_contracts() -> Vec<Contract> {
    vec![Contract::load().unwrap(), Contract::table_only().unwrap()]
}

fn pointers(result: Result<(), contract::Violations>) -> Vec<String> {
    let mut pointers: Vec<_> = match result {
        Ok(()) => Vec::new(),
        Err(violations) => violations.all.into_iter().map(|v| v.pointer).collect(),
    };
    pointers.dedup();
    pointers
}

fn evaluate() -> Value {
    json!({ "access_token": "a", "account_id": "b", "client_transaction_id": "c", "amount": 12.5 })
}

#[test]
fn the_committed_table_matches_the_description() {
    let Some(description) = contract::official_description().unwrap() else {
        return;
    };
    let derived = serde_json::to_string_pretty(&contract::derive(&description).unwrap()).unwrap();
    assert!(
        contract::COMMITTED_TABLE.trim_end() == derived,
        "run: cargo run -p contract --example relied_on"
    );
}

#[test]
fn valid_requests_are_accepted() {
    for contract in both_contracts() {
        contract.request("/signal/evaluate", &evaluate()).unwrap();
        let create = json!({
            "client_name": "Balance Desk", "language": "en", "country_codes": ["US"],
            "user": { "client_user_id": "u" }, "products": ["signal", "auth"], "hosted_link": {}
        });
        contract.request("/link/token/create", &create).unwrap();
    }
}

#[test]
fn invalid_requests_are_rejected() {
    for contract in both_contracts() {
        let mut amount_as_text = evaluate();
        amount_as_text["amount"] = json!("12.50");
        assert_eq!(
            pointers(contract.request("/signal/evaluate", &amount_as_text)),
            ["/amount"]
        );

        let mut extra = evaluate();
        extra["color"] = json!("blue");
        assert!(contract.request("/signal/evaluate", &extra).is_err());

        let empty = json!({});
        assert!(contract.request("/item/get", &empty).is_err());
        assert!(contract.request("/item/get", &json!([])).is_err());
        assert!(contract.request("/no/such/path", &empty).is_err());
    }
}

#[test]
fn the_description_rejects_the_guides_products_string() {
    let contract = Contract::load().unwrap();
    let create = json!({
        "client_name": "Balance Desk", "language": "en", "country_codes": ["US"],
        "user": { "client_user_id": "u" }, "products": ["signal, auth"]
    });
    assert_eq!(
        contract.request("/link/token/create", &create).is_err(),
        contract.is_official()
    );
}

#[test]
fn answers_may_have_extra_fields_but_not_fewer() {
    for contract in both_contracts() {
        let mut exchange =
            json!({ "access_token": "a", "item_id": "i", "request_id": "r", "new": 1 });
        contract
            .answer("/item/public_token/exchange", 200, &exchange)
            .unwrap();
        exchange["item_id"] = json!(null);
        assert_eq!(
            pointers(contract.answer("/item/public_token/exchange", 200, &exchange)),
            ["/item_id"]
        );
    }
}

#[test]
fn a_lower_case_result_is_rejected() {
    for contract in both_contracts() {
        let mut answer = json!({
            "request_id": "r", "scores": null, "warnings": [],
            "ruleset": { "ruleset_key": "k", "result": "ACCEPT" }
        });
        contract.answer("/signal/evaluate", 200, &answer).unwrap();
        answer["ruleset"]["result"] = json!("accept");
        assert!(contract.answer("/signal/evaluate", 200, &answer).is_err());
    }
}

#[test]
fn error_answers_have_the_error_shape() {
    for contract in both_contracts() {
        let error = json!({
            "error_type": "INVALID_INPUT", "error_code": "INVALID_API_KEYS",
            "error_message": "invalid client_id or secret provided", "display_message": null,
            "request_id": "r"
        });
        contract.answer("/item/get", 400, &error).unwrap();
        assert!(
            contract
                .answer("/item/get", 400, &json!({ "message": "x" }))
                .is_err()
        );
    }
}

#[test]
fn both_contracts_have_the_clients_endpoints() {
    let [all, table] = [Contract::load().unwrap(), Contract::table_only().unwrap()];
    assert!(!table.is_official());
    assert!(all.paths().is_superset(&table.paths()));
    assert_eq!(table.paths().len(), 15);
}
