//! Plaid's errors with the HTTP status, type, code and wording that Plaid documents.

use serde::Serialize;

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ErrorCode {
    pub(crate) status: u16,
    pub(crate) error_type: &'static str,
    pub(crate) error_code: &'static str,
    /// For developers.
    pub(crate) error_message: &'static str,
    /// For the customer, where Plaid has one.
    pub(crate) display_message: Option<&'static str>,
}

/// Declares errors as `TYPE STATUS { CODE: error_message, display_message; }`.
macro_rules! error_codes {
    ($($error_type:ident $status:literal {
        $($(#[$meta:meta])* $name:ident: $error_message:expr $(, $display_message:literal)?;)*
    })*) => {
        $($($(#[$meta])* pub(crate) static $name: ErrorCode = ErrorCode {
            status: $status,
            error_type: stringify!($error_type),
            error_code: stringify!($name),
            error_message: $error_message,
            display_message: error_codes!(@display $($display_message)?),
        };)*)*
    };
    (@display) => { None };
    (@display $text:literal) => { Some($text) };
}

macro_rules! rate_limit {
    ($path:literal, $scope:literal) => {
        concat!(
            "rate limit exceeded for attempts to access \"",
            $path,
            "\"",
            $scope,
            ". please try again later"
        )
    };
}

error_codes! {
    INVALID_REQUEST 400 {
        MISSING_FIELDS: "the following required fields are missing";
        UNKNOWN_FIELDS: "the following fields are not recognized by this endpoint";
        INVALID_FIELD: "a field is invalid";
        INVALID_BODY: "body could not be parsed as JSON";
        INVALID_HEADERS: "the Content-Type header is missing";
        /// /link/token/create with a configuration field that is not an object.
        INVALID_CONFIGURATION: "please ensure that the request body is formatted correctly";
    }
    INVALID_REQUEST 404 {
        NOT_FOUND: "not found";
    }
    INVALID_INPUT 400 {
        INVALID_API_KEYS: "invalid client_id or secret provided";
        INVALID_ACCESS_TOKEN: "could not find matching access token";
        INVALID_PUBLIC_TOKEN: "could not find matching public token";
        INVALID_LINK_TOKEN:
            "invalid link_token provided",
            "This link is no longer valid. Please start again from the app you came from.";
        INVALID_ACCOUNT_ID: "failed to find requested account ID for requested item";
        INVALID_PRODUCT: "the product is not valid for this request";
        INVALID_INSTITUTION: "invalid institution_id provided";
        USER_PERMISSION_REVOKED:
            "the holder of this account has revoked their permission for your application to access it";
        INVALID_WEBHOOK_VERIFICATION_KEY_ID:
            "invalid key_id provided. note that key_ids are specific to Plaid environments, and verification \
            requests must be made to the same environment that the webhook was sent from";
    }
    SIGNAL_ERROR 400 {
        RULESET_NOT_FOUND: "the ruleset was not found";
        CLIENT_TRANSACTION_ID_ALREADY_IN_USE: "Client transaction id has already been used in a different transaction";
        SIGNAL_TRANSACTION_NOT_INITIATED:
            "Transactions previously reported as not initiated cannot be reported as returned";
    }
    ITEM_ERROR 400 {
        ITEM_NOT_FOUND:
            "The Item you requested cannot be found. This Item does not exist, has been previously removed via \
            /item/remove, or has had access removed by the user.";
        ITEM_LOGIN_REQUIRED:
            "the login details of this item have changed (credentials, MFA, or required user action) and a user \
            login is required to update this information. use Link's update mode to restore the item to a good \
            state",
            "Your sign-in details at this bank have changed. Please sign in again.";
        /// Link in update mode, after sign-in, when the Item needs no repair. Plaid documents no cause, but its clients
        /// still list the code.
        ITEM_NO_ERROR: "the item is not in an error state";
        INVALID_CREDENTIALS:
            "the provided credentials were not correct",
            "The provided credentials were not correct. Please try again.";
        INVALID_MFA:
            "the provided MFA response(s) were not correct",
            "The provided MFA responses were not correct. Please try again.";
        NO_ACCOUNTS:
            "no valid accounts were found for this item",
            "No valid accounts were found at the financial institution. Please visit your financial institution's \
            website to confirm accounts are available.";
        INSUFFICIENT_CREDENTIALS: "insufficient authorization was provided to complete the request";
        INVALID_SEND_METHOD: "the provided MFA send_method was invalid";
        PASSWORD_RESET_REQUIRED:
            "user must reset their password",
            "The user needs to reset their password for their account";
        COUNTRY_NOT_SUPPORTED: "the country of this account is not supported";
        ITEM_LOCKED:
            "the account is locked. prompt the user to visit the institution's site and unlock their account",
            "The given account has been locked by the financial institution. Please visit your financial \
            institution's website to unlock your account.";
        ITEM_NOT_SUPPORTED:
            "this account is currently not supported",
            "The given account is not currently supported for this financial institution. We apologize for the \
            inconvenience.";
        USER_SETUP_REQUIRED:
            "the account has not been fully set up. prompt the user to visit the issuing institution's site and \
            finish the setup process",
            "The given account is not fully setup. Please visit your financial institution's website to setup your \
            account.";
        USER_INPUT_TIMEOUT: "user must retry this operation", "The application timed out waiting for user input";
        ACCESS_NOT_GRANTED:
            "access to this product was not granted for the account",
            "The user did not grant the necessary permissions for this product on their account.";
        MFA_NOT_SUPPORTED:
            "this account requires a MFA type that we do not currently support for the institution",
            "The multi-factor security features enabled on this account are not currently supported for this \
            financial institution. We apologize for the inconvenience.";
        PRODUCTS_NOT_SUPPORTED:
            "the product is not supported by this institution",
            "This bank does not offer what is needed here.";
        INSTANT_MATCH_FAILED:
            "Item cannot be verified through Instant Match. Ensure you are correctly enabling all auth features in \
            Link.";
        INVALID_OTP: "the provided OTP was not correct";
        INVALID_UPDATED_USERNAME:
            "the username provided to /item/credentials/update does not match the original username for the item";
        ITEM_CONCURRENTLY_DELETED: "This item was deleted while the operation was in progress";
        NO_AUTH_ACCOUNTS:
            "There are no valid checking or savings account(s) associated with this Item. See \
            https://plaid.com/docs/api/#item-errors for more.";
        NO_INVESTMENT_ACCOUNTS:
            "There are no valid investment account(s) associated with this Item. See \
            https://plaid.com/docs/api/#item-errors for more information.";
        NO_LIABILITY_ACCOUNTS:
            "There are no valid liability account(s) associated with this Item. See \
            https://plaid.com/docs/api/#item-errors for more information.";
        PRODUCT_NOT_ENABLED:
            "A requested product was not enabled for the current access token. Please ensure it is included when \
            when initializing Link and create the Item again.";
        PRODUCT_NOT_READY:
            "the requested product is not yet ready. please provide a webhook or try the request again later";
    }
    INSTITUTION_ERROR 400 {
        INSTITUTION_DOWN:
            "this institution is not currently responding to this request. please try again soon",
            "This financial institution is not currently responding to requests. We apologize for the inconvenience.";
        INSTITUTION_NO_LONGER_SUPPORTED:
            "this institution is no longer supported",
            "This financial institution is no longer supported. We apologize for the inconvenience.";
        INSTITUTION_NOT_RESPONDING:
            "this institution is not currently responding to this request. please try again soon",
            "This financial institution is not currently responding to requests. We apologize for the inconvenience.";
        INSTITUTION_NOT_AVAILABLE:
            "this institution is not currently responding to this request. please try again soon",
            "This financial institution is not currently responding to requests. We apologize for the inconvenience.";
    }
    API_ERROR 500 {
        INTERNAL_SERVER_ERROR: "an unexpected error occurred", "Something went wrong. Please try again.";
    }
    RATE_LIMIT_EXCEEDED 429 {
        /// For endpoints without a code of their own.
        RATE_LIMIT: "rate limit exceeded. please try again later";
        /// The limit of the bank itself.
        INSTITUTION_RATE_LIMIT: "too many requests have been made to this institution. please try again later";
        BALANCE_LIMIT: rate_limit!("/accounts/balance/get", " for this item");
        ACCOUNTS_BALANCE_GET_LIMIT: rate_limit!("/accounts/balance/get", " by this client");
        ACCOUNTS_LIMIT: rate_limit!("/accounts/get", "");
        ITEM_GET_LIMIT: rate_limit!("/item/get", "");
        INSTITUTIONS_GET_LIMIT: rate_limit!("/institutions/get", "");
        INSTITUTIONS_GET_BY_ID_LIMIT: rate_limit!("/institutions/get_by_id", "");
    }
    INVALID_RESULT 400 {
        LAST_UPDATED_DATETIME_OUT_OF_RANGE:
            "requested datetime out of range, most recently updated balance is older than requested";
    }
    SANDBOX_ERROR 400 {
        SANDBOX_PRODUCT_NOT_ENABLED:
            "product not enabled for this item. make sure the item is initialized with the requested product";
        /// /sandbox/item/fire_webhook for an Item without a webhook URL.
        SANDBOX_WEBHOOK_INVALID:
            "Webhook for this item is either not set up, or invalid. Please update the item's webhook and try again.";
    }
    RECAPTCHA_ERROR 400 {
        RECAPTCHA_BAD: "The provided challenge response was denied. Please try again";
    }
    OAUTH_ERROR 400 {
        INCORRECT_LINK_TOKEN: "link token does not match original link token";
        /// Plaid answers this one with HTTP 208.
        OAUTH_STATE_ID_ALREADY_PROCESSED: "the provided oauth_state_id has already been processed";
    }
    OAUTH_ERROR 404 {
        OAUTH_STATE_ID_NOT_FOUND: "the provided oauth_state_id wasn't found";
    }
    API_ERROR 400 {
        PLANNED_MAINTENANCE:
            "the Plaid API is temporarily unavailable due to planned maintenance. please try again later",
            "The service is being maintained. Please try again later.";
    }
}

/// The errors that the password `error_CODE` forces and that the control endpoint can put an Item into, in the order in
/// which the control endpoint lists them.
#[rustfmt::skip]
static FORCIBLE: [&ErrorCode; 32] = [
    &ITEM_LOGIN_REQUIRED, &ACCESS_NOT_GRANTED, &COUNTRY_NOT_SUPPORTED, &INSTANT_MATCH_FAILED,
    &INSUFFICIENT_CREDENTIALS, &INVALID_CREDENTIALS, &INVALID_MFA, &INVALID_OTP, &INVALID_SEND_METHOD,
    &INVALID_UPDATED_USERNAME, &ITEM_CONCURRENTLY_DELETED, &ITEM_LOCKED, &ITEM_NOT_FOUND, &ITEM_NOT_SUPPORTED,
    &MFA_NOT_SUPPORTED, &NO_ACCOUNTS, &NO_AUTH_ACCOUNTS, &NO_INVESTMENT_ACCOUNTS, &NO_LIABILITY_ACCOUNTS,
    &PASSWORD_RESET_REQUIRED, &PRODUCT_NOT_ENABLED, &PRODUCT_NOT_READY, &PRODUCTS_NOT_SUPPORTED, &USER_INPUT_TIMEOUT,
    &USER_SETUP_REQUIRED, &USER_PERMISSION_REVOKED, &INSTITUTION_DOWN, &INSTITUTION_NO_LONGER_SUPPORTED,
    &INSTITUTION_NOT_RESPONDING, &INSTITUTION_NOT_AVAILABLE, &INTERNAL_SERVER_ERROR, &PLANNED_MAINTENANCE,
];

/// The error that a password of the form `error_CODE` forces.
pub(crate) fn forced_by_password(password: &str) -> Option<&'static ErrorCode> {
    forcible(password.strip_prefix("error_")?)
}

pub(crate) fn forcible(error_code: &str) -> Option<&'static ErrorCode> {
    FORCIBLE
        .into_iter()
        .find(|code| code.error_code == error_code)
}

pub(crate) fn forcible_codes() -> impl Iterator<Item = &'static str> {
    FORCIBLE.into_iter().map(|code| code.error_code)
}

/// An error of the table, worded for one request.
#[derive(Debug, thiserror::Error)]
#[error("{}: {message}", code.error_code)]
pub(crate) struct PlaidError {
    pub(crate) code: &'static ErrorCode,
    message: String,
    reason: Option<&'static str>,
}

impl From<&'static ErrorCode> for PlaidError {
    fn from(code: &'static ErrorCode) -> Self {
        Self::with_message(code, code.error_message)
    }
}

impl PlaidError {
    pub(crate) fn with_message(code: &'static ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            reason: None,
        }
    }

    /// With the `error_code_reason` that Plaid gives for OAuth Items.
    pub(crate) fn with_reason(code: &'static ErrorCode, reason: Option<&'static str>) -> Self {
        Self {
            reason,
            ..Self::from(code)
        }
    }

    pub(crate) fn invalid_field(path: &str, problem: &str) -> Self {
        Self::with_message(&INVALID_FIELD, format!("{path} {problem}"))
    }

    /// MISSING_FIELDS and UNKNOWN_FIELDS name the fields.
    pub(crate) fn fields(code: &'static ErrorCode, names: &[impl AsRef<str>]) -> Self {
        let names: Vec<_> = names.iter().map(AsRef::as_ref).collect();
        let message = format!("{}: {}", code.error_message, names.join(", "));
        Self::with_message(code, message)
    }

    pub(crate) fn body<'a>(&'a self, request_id: &'a str) -> ErrorBody<'a> {
        ErrorBody {
            error_message: &self.message,
            request_id: Some(request_id),
            ..self.code.embedded(self.reason)
        }
    }
}

impl ErrorCode {
    /// The `error` object inside an Item or a webhook, which has no `request_id`.
    pub(crate) fn embedded(&'static self, reason: Option<&'static str>) -> ErrorBody<'static> {
        ErrorBody {
            error_type: self.error_type,
            error_code: self.error_code,
            error_code_reason: reason,
            error_message: self.error_message,
            display_message: self.display_message,
            request_id: None,
            documentation_url: documentation_url(self.error_type),
            suggested_action: None,
        }
    }
}

/// Plaid's error object.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ErrorBody<'a> {
    error_type: &'a str,
    error_code: &'a str,
    error_code_reason: Option<&'a str>,
    error_message: &'a str,
    display_message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    documentation_url: &'static str,
    suggested_action: Option<&'a str>,
}

fn documentation_url(error_type: &str) -> &'static str {
    match error_type {
        "INVALID_REQUEST" => "https://plaid.com/docs/?ref=error#invalid-request-errors",
        "INVALID_INPUT" => "https://plaid.com/docs/?ref=error#invalid-input-errors",
        "ITEM_ERROR" => "https://plaid.com/docs/?ref=error#item-errors",
        "INSTITUTION_ERROR" => "https://plaid.com/docs/?ref=error#institution-errors",
        "SIGNAL_ERROR" => "https://plaid.com/docs/errors/signal/",
        _ => "https://plaid.com/docs/errors/",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_forces_only_the_errors_in_the_table() {
        assert_eq!(forced_by_password("error_ITEM_LOCKED"), Some(&ITEM_LOCKED));
        assert_eq!(forced_by_password("error_SOMETHING"), None);
        assert_eq!(forced_by_password("pass_good"), None);
    }
}
