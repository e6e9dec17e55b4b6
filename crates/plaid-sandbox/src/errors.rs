//! Plaid's errors: which there are, with the HTTP status, type, code and wording
//! that Plaid's documentation gives them. Handlers name an entry of this table and,
//! where the wording depends on the request, say what is wrong with it.

use serde::Serialize;

/// One row of the table.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Code {
    pub(crate) status: u16,
    pub(crate) error_type: &'static str,
    pub(crate) error_code: &'static str,
    /// For developers.
    pub(crate) error_message: &'static str,
    /// For the person at the screen, where there is something to tell them.
    pub(crate) display_message: Option<&'static str>,
}

const fn code(
    status: u16,
    error_type: &'static str,
    error_code: &'static str,
    error_message: &'static str,
    display_message: Option<&'static str>,
) -> Code {
    Code {
        status,
        error_type,
        error_code,
        error_message,
        display_message,
    }
}

const REQUEST: &str = "INVALID_REQUEST";
const INPUT: &str = "INVALID_INPUT";
const ITEM: &str = "ITEM_ERROR";
const INSTITUTION: &str = "INSTITUTION_ERROR";
const SIGNAL: &str = "SIGNAL_ERROR";

pub(crate) static MISSING_FIELDS: Code = code(
    400,
    REQUEST,
    "MISSING_FIELDS",
    "the following required fields are missing",
    None,
);
pub(crate) static UNKNOWN_FIELDS: Code = code(
    400,
    REQUEST,
    "UNKNOWN_FIELDS",
    "the following fields are not recognized by this endpoint",
    None,
);
pub(crate) static INVALID_FIELD: Code =
    code(400, REQUEST, "INVALID_FIELD", "a field is invalid", None);
pub(crate) static INVALID_BODY: Code = code(
    400,
    REQUEST,
    "INVALID_BODY",
    "body could not be parsed as JSON",
    None,
);
pub(crate) static INVALID_HEADERS: Code = code(
    400,
    REQUEST,
    "INVALID_HEADERS",
    "the Content-Type header is missing",
    None,
);
pub(crate) static NOT_FOUND: Code = code(404, REQUEST, "NOT_FOUND", "not found", None);

pub(crate) static INVALID_API_KEYS: Code = code(
    400,
    INPUT,
    "INVALID_API_KEYS",
    "invalid client_id or secret provided",
    None,
);
pub(crate) static INVALID_ACCESS_TOKEN: Code = code(
    400,
    INPUT,
    "INVALID_ACCESS_TOKEN",
    "could not find matching access token",
    None,
);
pub(crate) static INVALID_PUBLIC_TOKEN: Code = code(
    400,
    INPUT,
    "INVALID_PUBLIC_TOKEN",
    "could not find matching public token",
    None,
);
pub(crate) static INVALID_LINK_TOKEN: Code = code(
    400,
    INPUT,
    "INVALID_LINK_TOKEN",
    "invalid link_token provided",
    Some("This link is no longer valid. Please start again from the app you came from."),
);
pub(crate) static INVALID_ACCOUNT_ID: Code = code(
    400,
    INPUT,
    "INVALID_ACCOUNT_ID",
    "failed to find requested account ID for requested item",
    None,
);
pub(crate) static INVALID_PRODUCT: Code = code(
    400,
    INPUT,
    "INVALID_PRODUCT",
    "the product is not valid for this request",
    None,
);
pub(crate) static INVALID_INSTITUTION: Code = code(
    400,
    INPUT,
    "INVALID_INSTITUTION",
    "invalid institution_id provided",
    None,
);

pub(crate) static RULESET_NOT_FOUND: Code = code(
    400,
    SIGNAL,
    "RULESET_NOT_FOUND",
    "the ruleset was not found",
    None,
);
pub(crate) static CLIENT_TRANSACTION_ID_ALREADY_IN_USE: Code = code(
    400,
    SIGNAL,
    "CLIENT_TRANSACTION_ID_ALREADY_IN_USE",
    "Client transaction id has already been used in a different transaction",
    None,
);
pub(crate) static SIGNAL_TRANSACTION_NOT_INITIATED: Code = code(
    400,
    SIGNAL,
    "SIGNAL_TRANSACTION_NOT_INITIATED",
    "Transactions previously reported as not initiated cannot be reported as returned",
    None,
);

pub(crate) static ITEM_NOT_FOUND: Code = code(
    400,
    ITEM,
    "ITEM_NOT_FOUND",
    "The Item you requested cannot be found. This Item does not exist, has been previously removed via \
     /item/remove, or has had access removed by the user",
    None,
);
pub(crate) static ITEM_LOGIN_REQUIRED: Code = code(
    400,
    ITEM,
    "ITEM_LOGIN_REQUIRED",
    "the login details of this item have changed (credentials, MFA, or required user action) and a user \
     login is required to update this information. use Link's update mode to restore the item to a good state",
    Some("Your sign-in details at this bank have changed. Please sign in again."),
);
pub(crate) static INVALID_CREDENTIALS: Code = code(
    400,
    ITEM,
    "INVALID_CREDENTIALS",
    "the provided credentials were not correct",
    Some("The username or password is not correct. Please try again."),
);
pub(crate) static INVALID_MFA: Code = code(
    400,
    ITEM,
    "INVALID_MFA",
    "the provided MFA response(s) were not correct",
    Some("The code is not correct. Please try again."),
);
pub(crate) static NO_ACCOUNTS: Code = code(
    400,
    ITEM,
    "NO_ACCOUNTS",
    "no valid accounts were found for this item",
    Some("No account at this bank can be used here."),
);
pub(crate) static INSTITUTION_DOWN: Code = code(
    400,
    INSTITUTION,
    "INSTITUTION_DOWN",
    "this institution is not currently responding to this request. please try again soon",
    Some("This bank is not responding at the moment. Please try again later."),
);
pub(crate) static INSTITUTION_NO_LONGER_SUPPORTED: Code = code(
    400,
    INSTITUTION,
    "INSTITUTION_NO_LONGER_SUPPORTED",
    "this institution is no longer supported",
    Some("This bank is not supported any more. Please choose another one."),
);
pub(crate) static INTERNAL_SERVER_ERROR: Code = code(
    500,
    "API_ERROR",
    "INTERNAL_SERVER_ERROR",
    "an unexpected error occurred",
    Some("Something went wrong. Please try again."),
);

const RATE: &str = "RATE_LIMIT_EXCEEDED";

const fn limit(error_code: &'static str, error_message: &'static str) -> Code {
    code(429, RATE, error_code, error_message, None)
}

pub(crate) static BALANCE_LIMIT: Code = limit(
    "BALANCE_LIMIT",
    "rate limit exceeded for attempts to access \"/accounts/balance/get\" for this item. please try again later",
);
pub(crate) static ACCOUNTS_BALANCE_GET_LIMIT: Code = limit(
    "ACCOUNTS_BALANCE_GET_LIMIT",
    "rate limit exceeded for attempts to access \"/accounts/balance/get\" by this client. please try again later",
);
pub(crate) static ACCOUNTS_LIMIT: Code = limit(
    "ACCOUNTS_LIMIT",
    "rate limit exceeded for attempts to access \"/accounts/get\". please try again later",
);
pub(crate) static ITEM_GET_LIMIT: Code = limit(
    "ITEM_GET_LIMIT",
    "rate limit exceeded for attempts to access \"/item/get\". please try again later",
);
pub(crate) static INSTITUTIONS_GET_LIMIT: Code = limit(
    "INSTITUTIONS_GET_LIMIT",
    "rate limit exceeded for attempts to access \"/institutions/get\". please try again later",
);
pub(crate) static INSTITUTIONS_GET_BY_ID_LIMIT: Code = limit(
    "INSTITUTIONS_GET_BY_ID_LIMIT",
    "rate limit exceeded for attempts to access \"/institutions/get_by_id\". please try again later",
);
/// For the endpoints that have no code of their own.
pub(crate) static RATE_LIMIT: Code =
    limit("RATE_LIMIT", "rate limit exceeded. please try again later");

/// No balance at Capital One is as new as was asked for.
pub(crate) static LAST_UPDATED_DATETIME_OUT_OF_RANGE: Code = code(
    400,
    "INVALID_RESULT",
    "LAST_UPDATED_DATETIME_OUT_OF_RANGE",
    "requested datetime out of range, most recently updated balance is older than requested",
    None,
);
pub(crate) static USER_PERMISSION_REVOKED: Code = code(
    400,
    INPUT,
    "USER_PERMISSION_REVOKED",
    "the holder of this account has revoked their permission for your application to access it",
    None,
);
pub(crate) static SANDBOX_PRODUCT_NOT_ENABLED: Code = code(
    400,
    "SANDBOX_ERROR",
    "SANDBOX_PRODUCT_NOT_ENABLED",
    "product not enabled for this item. make sure the item is initialized with the requested product",
    None,
);
/// /sandbox/item/fire_webhook for an Item that has nowhere to send it.
pub(crate) static SANDBOX_WEBHOOK_INVALID: Code = code(
    400,
    "SANDBOX_ERROR",
    "SANDBOX_WEBHOOK_INVALID",
    "webhook for this item is either not set up, or invalid",
    None,
);
/// /webhook_verification_key/get for a key that never was.
pub(crate) static INVALID_WEBHOOK_VERIFICATION_KEY_ID: Code = code(
    400,
    INPUT,
    "INVALID_WEBHOOK_VERIFICATION_KEY_ID",
    "invalid key_id provided. note that key_ids are specific to Plaid environments, and verification requests \
     must be made to the same environment that the webhook was sent from",
    None,
);

/// The reCAPTCHA in Link was not solved.
pub(crate) static RECAPTCHA_BAD: Code = code(
    400,
    "RECAPTCHA_ERROR",
    "RECAPTCHA_BAD",
    "recaptcha failed",
    Some("We could not verify that you are not a robot. Please try again."),
);

static ITEM_LOCKED: Code = code(
    400,
    ITEM,
    "ITEM_LOCKED",
    "the account is locked. prompt the user to visit the institution's site and unlock their account",
    Some("Your account is locked. Please unlock it at your bank, then try again."),
);
static ITEM_NOT_SUPPORTED: Code = code(
    400,
    ITEM,
    "ITEM_NOT_SUPPORTED",
    "this account is not supported",
    Some("This kind of account is not supported."),
);
static USER_SETUP_REQUIRED: Code = code(
    400,
    ITEM,
    "USER_SETUP_REQUIRED",
    "the account has not been fully set up. prompt the user to visit the institution's site to complete setup",
    Some("Your account is not fully set up. Please finish at your bank, then try again."),
);
static USER_INPUT_TIMEOUT: Code = code(
    400,
    ITEM,
    "USER_INPUT_TIMEOUT",
    "user input timed out",
    Some("That took too long. Please try again."),
);
static ACCESS_NOT_GRANTED: Code = code(
    400,
    ITEM,
    "ACCESS_NOT_GRANTED",
    "access to this product was not granted for the account",
    Some("You did not grant access to the data that is needed."),
);
static MFA_NOT_SUPPORTED: Code = code(
    400,
    ITEM,
    "MFA_NOT_SUPPORTED",
    "this account requires a MFA type that we do not currently support for the institution",
    Some("The second factor of this account is not supported."),
);
static PRODUCTS_NOT_SUPPORTED: Code = code(
    400,
    ITEM,
    "PRODUCTS_NOT_SUPPORTED",
    "the product is not supported by this institution",
    Some("This bank does not offer what is needed here."),
);
pub(crate) static INSTITUTION_NOT_RESPONDING: Code = code(
    400,
    INSTITUTION,
    "INSTITUTION_NOT_RESPONDING",
    "this institution is not currently responding to this request. please try again soon",
    Some("This bank is not responding at the moment. Please try again later."),
);
static INSTITUTION_NOT_AVAILABLE: Code = code(
    400,
    INSTITUTION,
    "INSTITUTION_NOT_AVAILABLE",
    "this institution is not currently available",
    Some("This bank is not available at the moment. Please try again later."),
);
static PLANNED_MAINTENANCE: Code = code(
    400,
    "API_ERROR",
    "PLANNED_MAINTENANCE",
    "the Plaid API is temporarily unavailable due to planned maintenance. please try again later",
    Some("The service is being maintained. Please try again later."),
);

/// The errors that the password `error_CODE` forces at the credentials step, and that the
/// control endpoint puts an Item or an institution into.
static FORCED: [&Code; 18] = [
    &USER_PERMISSION_REVOKED,
    &ITEM_LOGIN_REQUIRED,
    &ITEM_LOCKED,
    &ITEM_NOT_SUPPORTED,
    &USER_SETUP_REQUIRED,
    &USER_INPUT_TIMEOUT,
    &ACCESS_NOT_GRANTED,
    &MFA_NOT_SUPPORTED,
    &PRODUCTS_NOT_SUPPORTED,
    &INVALID_CREDENTIALS,
    &INVALID_MFA,
    &NO_ACCOUNTS,
    &INSTITUTION_DOWN,
    &INSTITUTION_NO_LONGER_SUPPORTED,
    &INSTITUTION_NOT_RESPONDING,
    &INSTITUTION_NOT_AVAILABLE,
    &INTERNAL_SERVER_ERROR,
    &PLANNED_MAINTENANCE,
];

/// The error that a password of the form `error_CODE` asks for.
pub(crate) fn forced_by(password: &str) -> Option<&'static Code> {
    forced(password.strip_prefix("error_")?)
}

/// The error with this code, if it is one that can be forced.
pub(crate) fn forced(error_code: &str) -> Option<&'static Code> {
    FORCED
        .into_iter()
        .find(|code| code.error_code == error_code)
}

/// The codes that can be forced.
pub(crate) fn forced_codes() -> impl Iterator<Item = &'static str> {
    FORCED.into_iter().map(|code| code.error_code)
}

/// One error as it is answered: a row of the table, worded for the request.
#[derive(Debug, thiserror::Error)]
#[error("{}: {message}", code.error_code)]
pub(crate) struct PlaidError {
    pub(crate) code: &'static Code,
    message: String,
}

impl From<&'static Code> for PlaidError {
    fn from(code: &'static Code) -> Self {
        Self {
            code,
            message: code.error_message.to_owned(),
        }
    }
}

impl PlaidError {
    /// An error whose wording depends on the request.
    pub(crate) fn worded(code: &'static Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// `INVALID_FIELD`, naming the field and its fault.
    pub(crate) fn field(path: &str, fault: &str) -> Self {
        Self::worded(&INVALID_FIELD, format!("{path} {fault}"))
    }

    /// The JSON body Plaid would answer.
    pub(crate) fn body<'a>(&'a self, request_id: &'a str) -> ErrorBody<'a> {
        ErrorBody {
            error_type: self.code.error_type,
            error_code: self.code.error_code,
            error_code_reason: None,
            error_message: &self.message,
            display_message: self.code.display_message,
            request_id: Some(request_id),
            documentation_url: documentation(self.code.error_type),
            suggested_action: None,
        }
    }
}

/// The `error` object inside an Item or a Link session: no request of its own.
pub(crate) fn embedded(code: &'static Code) -> ErrorBody<'static> {
    ErrorBody {
        error_type: code.error_type,
        error_code: code.error_code,
        error_code_reason: None,
        error_message: code.error_message,
        display_message: code.display_message,
        request_id: None,
        documentation_url: documentation(code.error_type),
        suggested_action: None,
    }
}

/// Plaid's error object.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ErrorBody<'a> {
    pub(crate) error_type: &'a str,
    pub(crate) error_code: &'a str,
    error_code_reason: Option<&'a str>,
    error_message: &'a str,
    display_message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    documentation_url: &'static str,
    suggested_action: Option<&'a str>,
}

fn documentation(error_type: &str) -> &'static str {
    match error_type {
        REQUEST => "https://plaid.com/docs/?ref=error#invalid-request-errors",
        INPUT => "https://plaid.com/docs/?ref=error#invalid-input-errors",
        ITEM => "https://plaid.com/docs/?ref=error#item-errors",
        INSTITUTION => "https://plaid.com/docs/?ref=error#institution-errors",
        SIGNAL => "https://plaid.com/docs/errors/signal/",
        _ => "https://plaid.com/docs/errors/",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_forces_only_the_errors_in_the_table() {
        assert_eq!(forced_by("error_ITEM_LOCKED"), Some(&ITEM_LOCKED));
        assert_eq!(forced_by("error_SOMETHING"), None);
        assert_eq!(forced_by("pass_good"), None);
    }
}
