//! Which fields the client relies on, by name; what they hold is looked up in the description.
//! This list is the only hand-written part of the table.

use serde_json::Value;

use crate::{DescriptionError, Endpoint, JsonType, Row, Side, Table, description::body_schema};

/// More values than these are not listed: such lists grow without notice.
const MOST_VALUES: usize = 8;

/// One endpoint: its path, the fields sent, the fields read.
type Fields = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const ACCESS_TOKEN: &[&str] = &["/access_token"];
const REQUEST_ID: &[&str] = &["/request_id"];

const ACCOUNTS: &[&str] = &[
    "/accounts",
    "/accounts/*/account_id",
    "/accounts/*/name",
    "/accounts/*/official_name",
    "/accounts/*/mask",
    "/accounts/*/type",
    "/accounts/*/subtype",
    "/accounts/*/persistent_account_id",
    "/accounts/*/holder_category",
    "/accounts/*/balances",
    "/accounts/*/balances/available",
    "/accounts/*/balances/current",
    "/accounts/*/balances/limit",
    "/accounts/*/balances/iso_currency_code",
    "/accounts/*/balances/unofficial_currency_code",
    "/accounts/*/balances/last_updated_datetime",
    "/item",
    "/item/item_id",
    "/request_id",
];

const ENDPOINTS: &[Fields] = &[
    (
        "/link/token/create",
        &[
            "/client_name",
            "/language",
            "/country_codes",
            "/country_codes/*",
            "/user",
            "/user/client_user_id",
            "/products",
            "/products/*",
            "/webhook",
            "/redirect_uri",
            "/access_token",
            "/update",
            "/update/account_selection_enabled",
            "/hosted_link",
            "/hosted_link/url_lifetime_seconds",
            "/hosted_link/completion_redirect_uri",
        ],
        &[
            "/link_token",
            "/expiration",
            "/hosted_link_url",
            "/request_id",
        ],
    ),
    (
        "/link/token/get",
        &["/link_token"],
        &[
            "/expiration",
            "/link_sessions",
            "/link_sessions/*/link_session_id",
            "/link_sessions/*/started_at",
            "/link_sessions/*/finished_at",
            "/link_sessions/*/results",
            "/link_sessions/*/results/item_add_results",
            "/link_sessions/*/results/item_add_results/*/public_token",
            "/link_sessions/*/results/item_add_results/*/accounts",
            "/link_sessions/*/results/item_add_results/*/accounts/*/id",
            "/link_sessions/*/results/item_add_results/*/accounts/*/name",
            "/link_sessions/*/results/item_add_results/*/accounts/*/mask",
            "/link_sessions/*/results/item_add_results/*/accounts/*/type",
            "/link_sessions/*/results/item_add_results/*/accounts/*/subtype",
            "/link_sessions/*/results/item_add_results/*/institution",
            "/link_sessions/*/results/item_add_results/*/institution/name",
            "/link_sessions/*/results/item_add_results/*/institution/institution_id",
            "/link_sessions/*/on_success",
            "/link_sessions/*/on_success/public_token",
            "/link_sessions/*/on_success/metadata",
            "/link_sessions/*/on_success/metadata/institution",
            "/link_sessions/*/on_success/metadata/accounts",
            "/link_sessions/*/exit",
            "/link_sessions/*/exit/error",
            "/link_sessions/*/exit/error/error_code",
            "/link_sessions/*/exit/metadata",
            "/link_sessions/*/exit/metadata/status",
            "/link_sessions/*/exit/metadata/institution",
            "/link_sessions/*/exit/metadata/request_id",
            "/link_sessions/*/on_exit",
            "/request_id",
        ],
    ),
    (
        "/item/public_token/exchange",
        &["/public_token"],
        &["/access_token", "/item_id", "/request_id"],
    ),
    (
        "/item/get",
        ACCESS_TOKEN,
        &[
            "/item",
            "/item/item_id",
            "/item/institution_id",
            "/item/institution_name",
            "/item/error",
            "/item/error/error_type",
            "/item/error/error_code",
            "/item/error/error_code_reason",
            "/item/error/error_message",
            "/item/error/display_message",
            "/item/consent_expiration_time",
            "/item/products",
            "/item/products/*",
            "/item/available_products",
            "/item/available_products/*",
            "/item/billed_products",
            "/item/billed_products/*",
            "/item/webhook",
            "/item/update_type",
            "/status",
            "/status/last_webhook",
            "/status/last_webhook/sent_at",
            "/status/last_webhook/code_sent",
            "/request_id",
        ],
    ),
    ("/item/remove", ACCESS_TOKEN, REQUEST_ID),
    (
        "/item/access_token/invalidate",
        ACCESS_TOKEN,
        &["/new_access_token", "/request_id"],
    ),
    ("/accounts/get", ACCESS_TOKEN, ACCOUNTS),
    (
        "/accounts/balance/get",
        &[
            "/access_token",
            "/options",
            "/options/account_ids",
            "/options/account_ids/*",
            "/options/min_last_updated_datetime",
        ],
        ACCOUNTS,
    ),
    (
        "/institutions/get_by_id",
        &[
            "/institution_id",
            "/country_codes",
            "/country_codes/*",
            "/options",
            "/options/include_optional_metadata",
            "/options/include_status",
        ],
        &[
            "/institution",
            "/institution/institution_id",
            "/institution/name",
            "/institution/products",
            "/institution/products/*",
            "/institution/country_codes",
            "/institution/country_codes/*",
            "/institution/url",
            "/institution/primary_color",
            "/institution/logo",
            "/institution/oauth",
            "/institution/status",
            "/institution/status/item_logins",
            "/institution/status/item_logins/status",
            "/institution/status/item_logins/last_status_change",
            "/institution/status/auth",
            "/institution/status/auth/status",
            "/institution/status/auth/last_status_change",
            "/request_id",
        ],
    ),
    (
        "/signal/evaluate",
        &[
            "/access_token",
            "/account_id",
            "/client_transaction_id",
            "/amount",
            "/client_user_id",
            "/is_recurring",
            "/default_payment_method",
            "/ruleset_key",
            "/user",
            "/user/name",
            "/user/name/prefix",
            "/user/name/given_name",
            "/user/name/middle_name",
            "/user/name/family_name",
            "/user/name/suffix",
            "/user/phone_number",
            "/user/email_address",
            "/user/address",
            "/user/address/street",
            "/user/address/city",
            "/user/address/region",
            "/user/address/postal_code",
            "/user/address/country",
            "/device",
            "/device/ip_address",
            "/device/user_agent",
        ],
        &[
            "/ruleset",
            "/ruleset/ruleset_key",
            "/ruleset/result",
            "/ruleset/triggered_rule_details",
            "/ruleset/triggered_rule_details/internal_note",
            "/ruleset/triggered_rule_details/custom_action_key",
            "/scores",
            "/scores/customer_initiated_return_risk",
            "/scores/customer_initiated_return_risk/score",
            "/scores/customer_initiated_return_risk/risk_tier",
            "/scores/bank_initiated_return_risk",
            "/scores/bank_initiated_return_risk/score",
            "/scores/bank_initiated_return_risk/risk_tier",
            "/core_attributes",
            "/core_attributes/available_balance",
            "/core_attributes/current_balance",
            "/warnings",
            "/warnings/*/warning_type",
            "/warnings/*/warning_code",
            "/warnings/*/warning_message",
            "/request_id",
        ],
    ),
    ("/signal/prepare", ACCESS_TOKEN, REQUEST_ID),
    (
        "/signal/decision/report",
        &[
            "/client_transaction_id",
            "/initiated",
            "/days_funds_on_hold",
            "/decision_outcome",
            "/payment_method",
            "/amount_instantly_available",
        ],
        REQUEST_ID,
    ),
    (
        "/signal/return/report",
        &["/client_transaction_id", "/return_code", "/returned_at"],
        REQUEST_ID,
    ),
    (
        "/sandbox/public_token/create",
        &[
            "/institution_id",
            "/initial_products",
            "/initial_products/*",
            "/options",
            "/options/override_username",
            "/options/override_password",
            "/options/webhook",
        ],
        &["/public_token", "/request_id"],
    ),
    (
        "/sandbox/item/reset_login",
        ACCESS_TOKEN,
        &["/reset_login", "/request_id"],
    ),
];

const ERROR: &[&str] = &[
    "/error_type",
    "/error_code",
    "/error_code_reason",
    "/error_message",
    "/display_message",
    "/request_id",
    "/documentation_url",
    "/suggested_action",
];

/// Makes the table from the official description.
///
/// # Errors
/// When the description lacks a field that the client relies on.
pub fn derive(description: &Value) -> Result<Table, DescriptionError> {
    let version = description.pointer("/info/version").and_then(Value::as_str);
    let mut table = Table {
        made_from: version.unwrap_or_default().to_owned(),
        endpoints: Default::default(),
        error: rows(description, ENDPOINTS[0].0, Side::ErrorAnswer, ERROR)?,
    };
    for (path, request, answer) in ENDPOINTS {
        let endpoint = Endpoint {
            request: rows(description, path, Side::Request, request)?,
            answer: rows(description, path, Side::Answer, answer)?,
        };
        table.endpoints.insert((*path).to_owned(), endpoint);
    }
    Ok(table)
}

fn rows(
    description: &Value,
    path: &str,
    side: Side,
    pointers: &[&str],
) -> Result<Vec<Row>, DescriptionError> {
    let missing = |what: &str| DescriptionError::Missing(format!("{what} in {side} of {path}"));
    let body = body_schema(description, path, side).ok_or_else(|| missing("schema"))?;
    pointers
        .iter()
        .map(|pointer| row(description, body, pointer).ok_or_else(|| missing(pointer)))
        .collect()
}

/// Looks one field up.
fn row(description: &Value, body: &Value, pointer: &str) -> Option<Row> {
    let mut parts = parts(description, body);
    let mut required = false;
    for step in pointer.split('/').skip(1) {
        required = parts.iter().any(|part| requires(part, step));
        let inner = parts.iter().find_map(|part| match step {
            "*" => part.get("items"),
            name => part.get("properties")?.get(name),
        })?;
        parts = self::parts(description, inner);
    }
    let kind = parts.iter().find_map(|part| part.get("type"))?;
    let values = parts.iter().find_map(|part| part.get("enum"));
    let values: Vec<_> = values
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|value| value.as_str().map(str::to_owned))
        .collect();
    Some(Row {
        pointer: pointer.to_owned(),
        r#type: serde_json::from_value::<JsonType>(kind.clone()).ok()?,
        required,
        nullable: parts
            .iter()
            .any(|part| part.get("nullable") == Some(&Value::Bool(true))),
        r#enum: if values.len() > MOST_VALUES {
            Vec::new()
        } else {
            values
        },
    })
}

fn requires(schema: &Value, name: &str) -> bool {
    let names = schema.get("required").and_then(Value::as_array);
    names.is_some_and(|names| names.iter().any(|one| one == name))
}

/// A schema with its references followed, and the members of its `allOf` beside it.
fn parts<'a>(description: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    let target = schema.get("$ref").and_then(Value::as_str);
    let followed = target.and_then(|target| description.pointer(target.trim_start_matches('#')));
    let schema = followed.unwrap_or(schema);
    let members = schema.get("allOf").and_then(Value::as_array);
    let mut all = vec![schema];
    for member in members.into_iter().flatten() {
        all.extend(parts(description, member));
    }
    all
}
