//! The endpoints: what each one takes and which function answers it. Any other path is answered NOT_FOUND.

mod accounts;
mod core_attributes;
mod institutions;
pub(crate) mod items;
pub(crate) mod link_sessions;
mod link_tokens;
mod sandbox;
mod signal;

use serde_json::{Map, Value};

use crate::api_call::{ApiCall, CallResult};
use crate::errors::PlaidError;
use crate::request_schema::{Field, FieldKind, TEXT, optional};

pub(crate) use accounts::is_closed_by_bank;

/// Whether a call reads the bank live, which takes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BankRead {
    Never,
    Always,
    /// When the ruleset of the request is Balance-only.
    ByRuleset,
}

type Handler = fn(&ApiCall<'_>) -> CallResult;

pub(crate) struct SandboxEndpoint {
    pub(crate) path: &'static str,
    pub(crate) fields: &'static [Field],
    /// Runs before the fields are checked.
    pub(crate) check: fn(&Map<String, Value>) -> Result<(), PlaidError>,
    pub(crate) bank_read: BankRead,
    pub(crate) handler: Handler,
}

pub(crate) const fn endpoint(
    path: &'static str,
    fields: &'static [Field],
    handler: Handler,
) -> SandboxEndpoint {
    SandboxEndpoint {
        path,
        fields,
        check: |_| Ok(()),
        bank_read: BankRead::Never,
        handler,
    }
}

const CLIENT_ID: Field = optional("client_id", TEXT);
const SECRET: Field = optional("secret", TEXT);
const PRODUCTS: FieldKind = FieldKind::List { of: &TEXT, min: 1 };
const COUNTRIES: FieldKind = FieldKind::List {
    of: &FieldKind::Choice(&COUNTRY_CODES),
    min: 1,
};
const COUNTRY_CODES: [&str; 20] = [
    "US", "GB", "ES", "NL", "FR", "IE", "CA", "DE", "IT", "PL", "DK", "NO", "SE", "EE", "LT", "LV",
    "PT", "BE", "AT", "FI",
];

// One line for each endpoint.
#[rustfmt::skip]
static ENDPOINTS: [SandboxEndpoint; 21] = [
    SandboxEndpoint {
        check: link_tokens::check_configuration,
        ..endpoint("/link/token/create", &link_tokens::CREATE_FIELDS, link_tokens::create)
    },
    endpoint("/link/token/get", &link_sessions::GET_FIELDS, link_sessions::get),
    endpoint("/item/public_token/exchange", &items::EXCHANGE_FIELDS, items::exchange),
    endpoint("/item/public_token/create", &items::TOKEN_FIELDS, items::create_public_token),
    endpoint("/item/webhook/update", &items::WEBHOOK_FIELDS, items::update_webhook),
    endpoint("/item/get", &items::TOKEN_FIELDS, items::get),
    endpoint("/item/remove", &items::REMOVE_FIELDS, items::remove),
    endpoint("/item/access_token/invalidate", &items::TOKEN_FIELDS, items::invalidate),
    endpoint("/accounts/get", &accounts::GET_FIELDS, accounts::get),
    SandboxEndpoint {
        bank_read: BankRead::Always,
        ..endpoint("/accounts/balance/get", &accounts::BALANCE_FIELDS, accounts::balance)
    },
    endpoint("/institutions/get", &institutions::LIST_FIELDS, institutions::list),
    endpoint("/institutions/get_by_id", &institutions::GET_FIELDS, institutions::get_by_id),
    endpoint("/institutions/search", &institutions::SEARCH_FIELDS, institutions::search),
    SandboxEndpoint {
        bank_read: BankRead::ByRuleset,
        ..endpoint("/signal/evaluate", &signal::EVALUATE_FIELDS, signal::evaluate)
    },
    endpoint("/signal/prepare", &items::TOKEN_FIELDS, signal::prepare),
    endpoint("/signal/decision/report", &signal::DECISION_FIELDS, signal::report_decision),
    endpoint("/signal/return/report", &signal::RETURN_FIELDS, signal::report_return),
    endpoint("/sandbox/public_token/create", &sandbox::CREATE_FIELDS, sandbox::create_public_token),
    endpoint("/sandbox/item/reset_login", &items::TOKEN_FIELDS, sandbox::reset_login),
    endpoint("/sandbox/item/fire_webhook", &sandbox::FIRE_FIELDS, sandbox::fire_webhook),
    endpoint("/webhook_verification_key/get", &sandbox::KEY_FIELDS, sandbox::verification_key),
];

pub(crate) fn find(path: &str) -> Option<&'static SandboxEndpoint> {
    ENDPOINTS.iter().find(|endpoint| endpoint.path == path)
}

pub(crate) fn paths() -> impl Iterator<Item = &'static str> {
    ENDPOINTS.iter().map(|endpoint| endpoint.path)
}
