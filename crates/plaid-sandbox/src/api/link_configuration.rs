//! The configuration objects of /link/token/create. What stands where Plaid wants such an object
//! and is none is answered INVALID_CONFIGURATION, before anything within it is looked at.

use serde_json::{Map, Value};

use crate::errors::{INVALID_CONFIGURATION, PlaidError};

/// The fields that are objects.
const OBJECTS: [&str; 22] = [
    "account_filters",
    "auth",
    "base_report",
    "card_switch",
    "cashflow_report",
    "cra_options",
    "credit_partner_insights",
    "employment",
    "eu_config",
    "hosted_link",
    "identity",
    "identity_verification",
    "income_verification",
    "institution_data",
    "investments",
    "investments_auth",
    "payment_configuration",
    "payment_initiation",
    "statements",
    "transactions",
    "transfer",
    "update",
];

/// Refuses a request with a configuration object that is none.
pub(super) fn check(request: &Map<String, Value>) -> Result<(), PlaidError> {
    let wrong = OBJECTS.iter().any(|name| {
        !matches!(
            request.get(*name),
            None | Some(Value::Null | Value::Object(_))
        )
    });
    if wrong {
        return Err(PlaidError::from(&INVALID_CONFIGURATION));
    }
    Ok(())
}
