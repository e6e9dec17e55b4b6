//! The endpoints: a table of what there is, what each takes and who answers it. A path
//! that is not in the table is answered NOT_FOUND, as Plaid answers it.

mod accounts;
mod core_attributes;
mod institutions;
pub(crate) mod items;
pub(crate) mod link;
mod link_configuration;
mod sandbox;
mod signal;

use serde_json::{Map, Value};

use crate::api_call::{ApiCall, CallResult};
use crate::errors::PlaidError;
use crate::request_schema::{Field, FieldKind, optional};

pub(crate) use accounts::is_closed;

/// Whether a call makes the bank be asked, which takes its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BankRead {
    /// What is stored suffices.
    Stored,
    /// The bank is asked.
    Live,
    /// The bank is asked unless the request names a ruleset of Signal Transaction Scores.
    LiveForBalanceOnly,
}

/// One endpoint.
pub(crate) struct Endpoint {
    pub(crate) path: &'static str,
    pub(crate) fields: &'static [Field],
    /// What is checked before the fields.
    pub(crate) check: fn(&Map<String, Value>) -> Result<(), PlaidError>,
    pub(crate) reads: BankRead,
    pub(crate) answer: fn(&ApiCall<'_>) -> CallResult,
}

const CLIENT_ID: Field = optional("client_id", crate::request_schema::TEXT);
const SECRET: Field = optional("secret", crate::request_schema::TEXT);
const PRODUCTS: FieldKind = FieldKind::List {
    of: &crate::request_schema::TEXT,
    min: 1,
};
const COUNTRIES: FieldKind = FieldKind::List {
    of: &FieldKind::Choice(&COUNTRY_CODES),
    min: 1,
};
const COUNTRY_CODES: [&str; 20] = [
    "US", "GB", "ES", "NL", "FR", "IE", "CA", "DE", "IT", "PL", "DK", "NO", "SE", "EE", "LT", "LV",
    "PT", "BE", "AT", "FI",
];

const fn stored(
    path: &'static str,
    fields: &'static [Field],
    answer: fn(&ApiCall<'_>) -> CallResult,
) -> Endpoint {
    Endpoint {
        path,
        fields,
        check: |_| Ok(()),
        reads: BankRead::Stored,
        answer,
    }
}

static ENDPOINTS: [Endpoint; 21] = [
    Endpoint {
        check: link_configuration::check,
        ..stored("/link/token/create", &link::CREATE_FIELDS, link::create)
    },
    stored("/link/token/get", &link::GET_FIELDS, link::get),
    stored(
        "/item/public_token/exchange",
        &items::EXCHANGE_FIELDS,
        items::exchange,
    ),
    stored(
        "/item/public_token/create",
        &items::TOKEN_FIELDS,
        items::create_public_token,
    ),
    stored(
        "/item/webhook/update",
        &items::WEBHOOK_FIELDS,
        items::update_webhook,
    ),
    stored("/item/get", &items::TOKEN_FIELDS, items::get),
    stored("/item/remove", &items::REMOVE_FIELDS, items::remove),
    stored(
        "/item/access_token/invalidate",
        &items::TOKEN_FIELDS,
        items::invalidate,
    ),
    stored("/accounts/get", &accounts::GET_FIELDS, accounts::get),
    Endpoint {
        reads: BankRead::Live,
        ..stored(
            "/accounts/balance/get",
            &accounts::BALANCE_FIELDS,
            accounts::balance,
        )
    },
    stored(
        "/institutions/get",
        &institutions::LIST_FIELDS,
        institutions::list,
    ),
    stored(
        "/institutions/get_by_id",
        &institutions::GET_FIELDS,
        institutions::get_by_id,
    ),
    stored(
        "/institutions/search",
        &institutions::SEARCH_FIELDS,
        institutions::search,
    ),
    Endpoint {
        reads: BankRead::LiveForBalanceOnly,
        ..stored(
            "/signal/evaluate",
            &signal::EVALUATE_FIELDS,
            signal::evaluate,
        )
    },
    stored("/signal/prepare", &items::TOKEN_FIELDS, signal::prepare),
    stored(
        "/signal/decision/report",
        &signal::DECISION_FIELDS,
        signal::report_decision,
    ),
    stored(
        "/signal/return/report",
        &signal::RETURN_FIELDS,
        signal::report_return,
    ),
    stored(
        "/sandbox/public_token/create",
        &sandbox::CREATE_FIELDS,
        sandbox::create_public_token,
    ),
    stored(
        "/sandbox/item/reset_login",
        &items::TOKEN_FIELDS,
        sandbox::reset_login,
    ),
    stored(
        "/sandbox/item/fire_webhook",
        &sandbox::FIRE_FIELDS,
        sandbox::fire_webhook,
    ),
    stored(
        "/webhook_verification_key/get",
        &sandbox::KEY_FIELDS,
        sandbox::verification_key,
    ),
];

/// The endpoint at a path.
pub(crate) fn endpoint(path: &str) -> Option<&'static Endpoint> {
    ENDPOINTS.iter().find(|endpoint| endpoint.path == path)
}

/// The paths of all endpoints.
pub(crate) fn paths() -> impl Iterator<Item = &'static str> {
    ENDPOINTS.iter().map(|endpoint| endpoint.path)
}
