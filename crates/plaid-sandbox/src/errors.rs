//! Plaid's errors: which there are, with the HTTP status, type, code and wording
//! that Plaid's documentation gives them. Handlers name an entry of this table and,
//! where the wording depends on the request, say what is wrong with it.

use serde::Serialize;

/// One row of the table.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ErrorCode {
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
) -> ErrorCode {
    ErrorCode {
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

pub(crate) static MISSING_FIELDS: ErrorCode = code(
    400,
    REQUEST,
    "MISSING_FIELDS",
    "the following required fields are missing",
    None,
);
pub(crate) static UNKNOWN_FIELDS: ErrorCode = code(
    400,
    REQUEST,
    "UNKNOWN_FIELDS",
    "the following fields are not recognized by this endpoint",
    None,
);
pub(crate) static INVALID_FIELD: ErrorCode =
    code(400, REQUEST, "INVALID_FIELD", "a field is invalid", None);
pub(crate) static INVALID_BODY: ErrorCode = code(
    400,
    REQUEST,
    "INVALID_BODY",
    "body could not be parsed as JSON",
    None,
);
pub(crate) static INVALID_HEADERS: ErrorCode = code(
    400,
    REQUEST,
    "INVALID_HEADERS",
    "the Content-Type header is missing",
    None,
);
/// /link/token/create with a configuration object that is none.
pub(crate) static INVALID_CONFIGURATION: ErrorCode = code(
    400,
    REQUEST,
    "INVALID_CONFIGURATION",
    "please ensure that the request body is formatted correctly",
    None,
);
pub(crate) static NOT_FOUND: ErrorCode = code(404, REQUEST, "NOT_FOUND", "not found", None);

pub(crate) static INVALID_API_KEYS: ErrorCode = code(
    400,
    INPUT,
    "INVALID_API_KEYS",
    "invalid client_id or secret provided",
    None,
);
pub(crate) static INVALID_ACCESS_TOKEN: ErrorCode = code(
    400,
    INPUT,
    "INVALID_ACCESS_TOKEN",
    "could not find matching access token",
    None,
);
pub(crate) static INVALID_PUBLIC_TOKEN: ErrorCode = code(
    400,
    INPUT,
    "INVALID_PUBLIC_TOKEN",
    "could not find matching public token",
    None,
);
pub(crate) static INVALID_LINK_TOKEN: ErrorCode = code(
    400,
    INPUT,
    "INVALID_LINK_TOKEN",
    "invalid link_token provided",
    Some("This link is no longer valid. Please start again from the app you came from."),
);
pub(crate) static INVALID_ACCOUNT_ID: ErrorCode = code(
    400,
    INPUT,
    "INVALID_ACCOUNT_ID",
    "failed to find requested account ID for requested item",
    None,
);
pub(crate) static INVALID_PRODUCT: ErrorCode = code(
    400,
    INPUT,
    "INVALID_PRODUCT",
    "the product is not valid for this request",
    None,
);
pub(crate) static INVALID_INSTITUTION: ErrorCode = code(
    400,
    INPUT,
    "INVALID_INSTITUTION",
    "invalid institution_id provided",
    None,
);

pub(crate) static RULESET_NOT_FOUND: ErrorCode = code(
    400,
    SIGNAL,
    "RULESET_NOT_FOUND",
    "the ruleset was not found",
    None,
);
pub(crate) static CLIENT_TRANSACTION_ID_ALREADY_IN_USE: ErrorCode = code(
    400,
    SIGNAL,
    "CLIENT_TRANSACTION_ID_ALREADY_IN_USE",
    "Client transaction id has already been used in a different transaction",
    None,
);
pub(crate) static SIGNAL_TRANSACTION_NOT_INITIATED: ErrorCode = code(
    400,
    SIGNAL,
    "SIGNAL_TRANSACTION_NOT_INITIATED",
    "Transactions previously reported as not initiated cannot be reported as returned",
    None,
);

pub(crate) static ITEM_NOT_FOUND: ErrorCode = code(
    400,
    ITEM,
    "ITEM_NOT_FOUND",
    "The Item you requested cannot be found. This Item does not exist, has been previously removed via \
     /item/remove, or has had access removed by the user.",
    None,
);
pub(crate) static ITEM_LOGIN_REQUIRED: ErrorCode = code(
    400,
    ITEM,
    "ITEM_LOGIN_REQUIRED",
    "the login details of this item have changed (credentials, MFA, or required user action) and a user \
     login is required to update this information. use Link's update mode to restore the item to a good state",
    Some("Your sign-in details at this bank have changed. Please sign in again."),
);
/// Link in update mode, once the person has signed in: there is nothing to repair (any more). Plaid documents no
/// cause; it came where the Item had been healed while Link was open, and its clients still list it.
pub(crate) static ITEM_NO_ERROR: ErrorCode = code(
    400,
    ITEM,
    "ITEM_NO_ERROR",
    "the item is not in an error state",
    None,
);
pub(crate) static INVALID_CREDENTIALS: ErrorCode = code(
    400,
    ITEM,
    "INVALID_CREDENTIALS",
    "the provided credentials were not correct",
    Some("The provided credentials were not correct. Please try again."),
);
pub(crate) static INVALID_MFA: ErrorCode = code(
    400,
    ITEM,
    "INVALID_MFA",
    "the provided MFA response(s) were not correct",
    Some("The provided MFA responses were not correct. Please try again."),
);
pub(crate) static NO_ACCOUNTS: ErrorCode = code(
    400,
    ITEM,
    "NO_ACCOUNTS",
    "no valid accounts were found for this item",
    Some(
        "No valid accounts were found at the financial institution. Please visit your financial institution's website to confirm accounts are available.",
    ),
);
pub(crate) static INSTITUTION_DOWN: ErrorCode = code(
    400,
    INSTITUTION,
    "INSTITUTION_DOWN",
    "this institution is not currently responding to this request. please try again soon",
    Some(
        "This financial institution is not currently responding to requests. We apologize for the inconvenience.",
    ),
);
pub(crate) static INSTITUTION_NO_LONGER_SUPPORTED: ErrorCode = code(
    400,
    INSTITUTION,
    "INSTITUTION_NO_LONGER_SUPPORTED",
    "this institution is no longer supported",
    Some("This financial institution is no longer supported. We apologize for the inconvenience."),
);
pub(crate) static INTERNAL_SERVER_ERROR: ErrorCode = code(
    500,
    "API_ERROR",
    "INTERNAL_SERVER_ERROR",
    "an unexpected error occurred",
    Some("Something went wrong. Please try again."),
);

const RATE: &str = "RATE_LIMIT_EXCEEDED";

/// One of the limits that are worded alike: of an endpoint, for an Item or a client.
macro_rules! limits {
    ($($name:ident: $path:literal $whose:literal;)*) => {
        $(pub(crate) static $name: ErrorCode = code(
            429,
            RATE,
            stringify!($name),
            concat!("rate limit exceeded for attempts to access \"", $path, "\"", $whose, ". please try again later"),
            None,
        );)*
    };
}

limits! {
    BALANCE_LIMIT: "/accounts/balance/get" " for this item";
    ACCOUNTS_BALANCE_GET_LIMIT: "/accounts/balance/get" " by this client";
    ACCOUNTS_LIMIT: "/accounts/get" "";
    ITEM_GET_LIMIT: "/item/get" "";
    INSTITUTIONS_GET_LIMIT: "/institutions/get" "";
    INSTITUTIONS_GET_BY_ID_LIMIT: "/institutions/get_by_id" "";
}

/// For the endpoints that have no code of their own.
pub(crate) static RATE_LIMIT: ErrorCode = code(
    429,
    RATE,
    "RATE_LIMIT",
    "rate limit exceeded. please try again later",
    None,
);
/// The bank itself refuses to be asked so often.
pub(crate) static INSTITUTION_RATE_LIMIT: ErrorCode = code(
    429,
    RATE,
    "INSTITUTION_RATE_LIMIT",
    "too many requests have been made to this institution. please try again later",
    None,
);

/// No balance at Capital One is as new as was asked for.
pub(crate) static LAST_UPDATED_DATETIME_OUT_OF_RANGE: ErrorCode = code(
    400,
    "INVALID_RESULT",
    "LAST_UPDATED_DATETIME_OUT_OF_RANGE",
    "requested datetime out of range, most recently updated balance is older than requested",
    None,
);
pub(crate) static USER_PERMISSION_REVOKED: ErrorCode = code(
    400,
    INPUT,
    "USER_PERMISSION_REVOKED",
    "the holder of this account has revoked their permission for your application to access it",
    None,
);
pub(crate) static SANDBOX_PRODUCT_NOT_ENABLED: ErrorCode = code(
    400,
    "SANDBOX_ERROR",
    "SANDBOX_PRODUCT_NOT_ENABLED",
    "product not enabled for this item. make sure the item is initialized with the requested product",
    None,
);
/// /sandbox/item/fire_webhook for an Item that has nowhere to send it.
pub(crate) static SANDBOX_WEBHOOK_INVALID: ErrorCode = code(
    400,
    "SANDBOX_ERROR",
    "SANDBOX_WEBHOOK_INVALID",
    "Webhook for this item is either not set up, or invalid. Please update the item's webhook and try again.",
    None,
);
/// /webhook_verification_key/get for a key that never was.
pub(crate) static INVALID_WEBHOOK_VERIFICATION_KEY_ID: ErrorCode = code(
    400,
    INPUT,
    "INVALID_WEBHOOK_VERIFICATION_KEY_ID",
    "invalid key_id provided. note that key_ids are specific to Plaid environments, and verification requests \
     must be made to the same environment that the webhook was sent from",
    None,
);

/// The reCAPTCHA in Link was not solved.
pub(crate) static RECAPTCHA_BAD: ErrorCode = code(
    400,
    "RECAPTCHA_ERROR",
    "RECAPTCHA_BAD",
    "The provided challenge response was denied. Please try again",
    None,
);

const OAUTH: &str = "OAUTH_ERROR";

/// Link is resumed with another Link token than it left for the bank with.
pub(crate) static INCORRECT_LINK_TOKEN: ErrorCode = code(
    400,
    OAUTH,
    "INCORRECT_LINK_TOKEN",
    "link token does not match original link token",
    None,
);
/// Link has gone on after this visit to the bank already. Plaid answers it with HTTP 208.
pub(crate) static OAUTH_STATE_ID_ALREADY_PROCESSED: ErrorCode = code(
    400,
    OAUTH,
    "OAUTH_STATE_ID_ALREADY_PROCESSED",
    "the provided oauth_state_id has already been processed",
    None,
);
pub(crate) static OAUTH_STATE_ID_NOT_FOUND: ErrorCode = code(
    404,
    OAUTH,
    "OAUTH_STATE_ID_NOT_FOUND",
    "the provided oauth_state_id wasn't found",
    None,
);

static INSUFFICIENT_CREDENTIALS: ErrorCode = code(
    400,
    ITEM,
    "INSUFFICIENT_CREDENTIALS",
    "insufficient authorization was provided to complete the request",
    None,
);
static INVALID_SEND_METHOD: ErrorCode = code(
    400,
    ITEM,
    "INVALID_SEND_METHOD",
    "the provided MFA send_method was invalid",
    None,
);
static PASSWORD_RESET_REQUIRED: ErrorCode = code(
    400,
    ITEM,
    "PASSWORD_RESET_REQUIRED",
    "user must reset their password",
    Some("The user needs to reset their password for their account"),
);
static COUNTRY_NOT_SUPPORTED: ErrorCode = code(
    400,
    ITEM,
    "COUNTRY_NOT_SUPPORTED",
    "the country of this account is not supported",
    None,
);
static ITEM_LOCKED: ErrorCode = code(
    400,
    ITEM,
    "ITEM_LOCKED",
    "the account is locked. prompt the user to visit the institution's site and unlock their account",
    Some(
        "The given account has been locked by the financial institution. Please visit your financial institution's website to unlock your account.",
    ),
);
static ITEM_NOT_SUPPORTED: ErrorCode = code(
    400,
    ITEM,
    "ITEM_NOT_SUPPORTED",
    "this account is currently not supported",
    Some(
        "The given account is not currently supported for this financial institution. We apologize for the inconvenience.",
    ),
);
static USER_SETUP_REQUIRED: ErrorCode = code(
    400,
    ITEM,
    "USER_SETUP_REQUIRED",
    "the account has not been fully set up. prompt the user to visit the issuing institution's site and finish the \
     setup process",
    Some(
        "The given account is not fully setup. Please visit your financial institution's website to setup your account.",
    ),
);
static USER_INPUT_TIMEOUT: ErrorCode = code(
    400,
    ITEM,
    "USER_INPUT_TIMEOUT",
    "user must retry this operation",
    Some("The application timed out waiting for user input"),
);
static ACCESS_NOT_GRANTED: ErrorCode = code(
    400,
    ITEM,
    "ACCESS_NOT_GRANTED",
    "access to this product was not granted for the account",
    Some("The user did not grant the necessary permissions for this product on their account."),
);
static MFA_NOT_SUPPORTED: ErrorCode = code(
    400,
    ITEM,
    "MFA_NOT_SUPPORTED",
    "this account requires a MFA type that we do not currently support for the institution",
    Some(
        "The multi-factor security features enabled on this account are not currently supported for this financial institution. We apologize for the inconvenience.",
    ),
);
static PRODUCTS_NOT_SUPPORTED: ErrorCode = code(
    400,
    ITEM,
    "PRODUCTS_NOT_SUPPORTED",
    "the product is not supported by this institution",
    Some("This bank does not offer what is needed here."),
);
pub(crate) static INSTITUTION_NOT_RESPONDING: ErrorCode = code(
    400,
    INSTITUTION,
    "INSTITUTION_NOT_RESPONDING",
    "this institution is not currently responding to this request. please try again soon",
    Some(
        "This financial institution is not currently responding to requests. We apologize for the inconvenience.",
    ),
);
static INSTITUTION_NOT_AVAILABLE: ErrorCode = code(
    400,
    INSTITUTION,
    "INSTITUTION_NOT_AVAILABLE",
    "this institution is not currently responding to this request. please try again soon",
    Some(
        "This financial institution is not currently responding to requests. We apologize for the inconvenience.",
    ),
);
static PLANNED_MAINTENANCE: ErrorCode = code(
    400,
    "API_ERROR",
    "PLANNED_MAINTENANCE",
    "the Plaid API is temporarily unavailable due to planned maintenance. please try again later",
    Some("The service is being maintained. Please try again later."),
);

/// States of an Item with nothing for the person at the screen.
macro_rules! item_errors {
    ($($name:ident: $message:literal;)*) => {
        $(static $name: ErrorCode = code(400, ITEM, stringify!($name), $message, None);)*
    };
}

item_errors! {
    INSTANT_MATCH_FAILED: "Item cannot be verified through Instant Match. Ensure you are correctly enabling all auth features in Link.";
    INVALID_OTP: "the provided OTP was not correct";
    INVALID_UPDATED_USERNAME: "the username provided to /item/credentials/update does not match the original username for the item";
    ITEM_CONCURRENTLY_DELETED: "This item was deleted while the operation was in progress";
    NO_AUTH_ACCOUNTS: "There are no valid checking or savings account(s) associated with this Item. See https://plaid.com/docs/api/#item-errors for more.";
    NO_INVESTMENT_ACCOUNTS: "There are no valid investment account(s) associated with this Item. See https://plaid.com/docs/api/#item-errors for more information.";
    NO_LIABILITY_ACCOUNTS: "There are no valid liability account(s) associated with this Item. See https://plaid.com/docs/api/#item-errors for more information.";
    PRODUCT_NOT_ENABLED: "A requested product was not enabled for the current access token. Please ensure it is included when when initializing Link and create the Item again.";
    PRODUCT_NOT_READY: "the requested product is not yet ready. please provide a webhook or try the request again later";
}

/// The errors that the password `error_CODE` forces at the credentials step, and that the
/// control endpoint puts an Item or an institution into.
static FORCED: [&ErrorCode; 32] = [
    &ITEM_LOGIN_REQUIRED,
    &ACCESS_NOT_GRANTED,
    &COUNTRY_NOT_SUPPORTED,
    &INSTANT_MATCH_FAILED,
    &INSUFFICIENT_CREDENTIALS,
    &INVALID_CREDENTIALS,
    &INVALID_MFA,
    &INVALID_OTP,
    &INVALID_SEND_METHOD,
    &INVALID_UPDATED_USERNAME,
    &ITEM_CONCURRENTLY_DELETED,
    &ITEM_LOCKED,
    &ITEM_NOT_FOUND,
    &ITEM_NOT_SUPPORTED,
    &MFA_NOT_SUPPORTED,
    &NO_ACCOUNTS,
    &NO_AUTH_ACCOUNTS,
    &NO_INVESTMENT_ACCOUNTS,
    &NO_LIABILITY_ACCOUNTS,
    &PASSWORD_RESET_REQUIRED,
    &PRODUCT_NOT_ENABLED,
    &PRODUCT_NOT_READY,
    &PRODUCTS_NOT_SUPPORTED,
    &USER_INPUT_TIMEOUT,
    &USER_SETUP_REQUIRED,
    &USER_PERMISSION_REVOKED,
    &INSTITUTION_DOWN,
    &INSTITUTION_NO_LONGER_SUPPORTED,
    &INSTITUTION_NOT_RESPONDING,
    &INSTITUTION_NOT_AVAILABLE,
    &INTERNAL_SERVER_ERROR,
    &PLANNED_MAINTENANCE,
];

/// The error that a password of the form `error_CODE` asks for.
pub(crate) fn forced_by(password: &str) -> Option<&'static ErrorCode> {
    forced(password.strip_prefix("error_")?)
}

/// The error with this code, if it is one that can be forced.
pub(crate) fn forced(error_code: &str) -> Option<&'static ErrorCode> {
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
    pub(crate) code: &'static ErrorCode,
    message: String,
    reason: Option<&'static str>,
}

impl From<&'static ErrorCode> for PlaidError {
    fn from(code: &'static ErrorCode) -> Self {
        Self {
            code,
            message: code.error_message.to_owned(),
            reason: None,
        }
    }
}

impl PlaidError {
    /// An error whose wording depends on the request.
    pub(crate) fn worded(code: &'static ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            reason: None,
        }
    }

    /// An error with the reason that Plaid gives beside its code.
    pub(crate) fn because(code: &'static ErrorCode, reason: Option<&'static str>) -> Self {
        Self {
            reason,
            ..Self::from(code)
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
            error_code_reason: self.reason,
            error_message: &self.message,
            display_message: self.code.display_message,
            request_id: Some(request_id),
            documentation_url: documentation(self.code.error_type),
            suggested_action: None,
        }
    }
}

/// The `error` object inside an Item or a Link session: no request of its own.
pub(crate) fn embedded(code: &'static ErrorCode) -> ErrorBody<'static> {
    embedded_because(code, None)
}

/// The same with the reason that Plaid gives beside the code.
pub(crate) fn embedded_because(
    code: &'static ErrorCode,
    reason: Option<&'static str>,
) -> ErrorBody<'static> {
    ErrorBody {
        error_type: code.error_type,
        error_code: code.error_code,
        error_code_reason: reason,
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
