//! The endpoints that exist in the Sandbox only, and the webhook verification key.

use serde::Deserialize;
use serde_json::json;

use super::items::{self, AccessTokenRequest, ItemGrant};
use super::{CLIENT_ID, PRODUCTS, SECRET};
use crate::api_call::{ApiCall, CallFailure, CallResult};
use crate::bank::customers::{BankCustomer, PASSWORD, challenges, sign_in};
use crate::bank::institutions::Institution;
use crate::bank::second_factor::Recaptcha;
use crate::errors::{
    INVALID_INSTITUTION, INVALID_WEBHOOK_VERIFICATION_KEY_ID, ITEM_LOGIN_REQUIRED, PlaidError,
    RECAPTCHA_BAD, SANDBOX_PRODUCT_NOT_ENABLED, SANDBOX_WEBHOOK_INVALID,
};
use crate::request_schema::{
    Field, FieldKind, HTTP_URL, NON_EMPTY_TEXT, TEXT, nullable, optional, required,
};
use crate::webhooks;

pub(super) static CREATE_FIELDS: [Field; 7] = [
    CLIENT_ID,
    SECRET,
    required("institution_id", NON_EMPTY_TEXT),
    required("initial_products", PRODUCTS),
    optional(
        "options",
        FieldKind::Object(&[
            optional("webhook", HTTP_URL),
            nullable("override_username", TEXT),
            nullable("override_password", TEXT),
            nullable("transactions", FieldKind::Unread),
            nullable("statements", FieldKind::Unread),
            optional("income_verification", FieldKind::Unread),
        ]),
    ),
    optional("user_token", TEXT),
    optional("user_id", TEXT),
];

pub(super) static FIRE_FIELDS: [Field; 5] = [
    CLIENT_ID,
    SECRET,
    required("access_token", NON_EMPTY_TEXT),
    optional(
        "webhook_type",
        FieldKind::Choice(&[
            "AUTH",
            "HOLDINGS",
            "INVESTMENTS_TRANSACTIONS",
            "ITEM",
            "LIABILITIES",
            "TRANSACTIONS",
            "ASSETS",
        ]),
    ),
    required(
        "webhook_code",
        FieldKind::Choice(&[
            "DEFAULT_UPDATE",
            "NEW_ACCOUNTS_AVAILABLE",
            "SMS_MICRODEPOSITS_VERIFICATION",
            "AUTHORIZATION_GRANTED",
            "USER_PERMISSION_REVOKED",
            "USER_ACCOUNT_REVOKED",
            "PENDING_DISCONNECT",
            "RECURRING_TRANSACTIONS_UPDATE",
            "LOGIN_REPAIRED",
            "SYNC_UPDATES_AVAILABLE",
            "PRODUCT_READY",
            "ERROR",
        ]),
    ),
];

pub(super) static KEY_FIELDS: [Field; 3] = [CLIENT_ID, SECRET, required("key_id", NON_EMPTY_TEXT)];

pub(super) fn create_public_token(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        institution_id: String,
        initial_products: Vec<String>,
        #[serde(default)]
        options: CreateOptions,
    }
    #[derive(Default, Deserialize)]
    struct CreateOptions {
        webhook: Option<String>,
        override_username: Option<String>,
        override_password: Option<String>,
    }
    let request: Request = call.read()?;
    let options = request.options;
    items::check_products(&request.initial_products)?;
    let institution = Institution::find(&request.institution_id).ok_or(&INVALID_INSTITUTION)?;
    call.check_health(institution)?;
    let username = options.override_username.as_deref().unwrap_or("user_good");
    let password = options.override_password.as_deref().unwrap_or(PASSWORD);
    let description = sign_in(username, password)?;
    // Only Link asks for a second factor.
    if challenges(username, password).recaptcha == Some(Recaptcha::Bad) {
        return Err(CallFailure::from(&RECAPTCHA_BAD));
    }
    let customer = BankCustomer::find(username, description.as_deref())?;
    let item = items::create(
        call,
        ItemGrant {
            institution,
            username,
            description: description.clone(),
            products: &request.initial_products,
            consented_products: &[],
            webhook: options.webhook,
            accounts: customer.accounts(),
        },
    )?;
    call.respond(json!({"public_token": items::new_public_token(call, &item.item_id)?}))
}

pub(super) fn reset_login(call: &ApiCall<'_>) -> CallResult {
    let mut item = call.item(&call.read::<AccessTokenRequest>()?.access_token)?;
    call.set_item_error(&mut item, Some(&ITEM_LOGIN_REQUIRED), None)?;
    call.respond(json!({"reset_login": true}))
}

pub(super) fn fire_webhook(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        access_token: String,
        webhook_type: Option<String>,
        webhook_code: String,
    }
    let request: Request = call.read()?;
    let item = call.item(&request.access_token)?;
    if item.webhook.is_none() {
        return Err(CallFailure::from(&SANDBOX_WEBHOOK_INVALID));
    }
    let kind = request.webhook_type.as_deref();
    if let Some(product) = needed_product(&request.webhook_code, kind)
        && !item.products.has(product)
    {
        let message = format!("The {product} product is not enabled on this item");
        return Err(PlaidError::with_message(&SANDBOX_PRODUCT_NOT_ENABLED, message).into());
    }
    let fired = webhooks::fire(call, &item, kind, &request.webhook_code)?;
    call.respond(json!({"webhook_fired": fired}))
}

/// The product that an Item needs for a webhook.
fn needed_product(code: &str, kind: Option<&str>) -> Option<&'static str> {
    match (code, kind) {
        ("DEFAULT_UPDATE", Some("AUTH")) | ("SMS_MICRODEPOSITS_VERIFICATION", _) => Some("auth"),
        ("DEFAULT_UPDATE", Some("HOLDINGS" | "INVESTMENTS_TRANSACTIONS")) => Some("investments"),
        ("DEFAULT_UPDATE", Some("LIABILITIES")) => Some("liabilities"),
        ("DEFAULT_UPDATE", Some("TRANSACTIONS") | None)
        | ("RECURRING_TRANSACTIONS_UPDATE" | "SYNC_UPDATES_AVAILABLE", _) => Some("transactions"),
        ("PRODUCT_READY", _) | ("ERROR", Some("ASSETS")) => Some("assets"),
        _ => None,
    }
}

pub(super) fn verification_key(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        key_id: String,
    }
    let request: Request = call.read()?;
    let key = call.signer.public_key(&request.key_id);
    let key = key.ok_or(&INVALID_WEBHOOK_VERIFICATION_KEY_ID)?;
    call.respond(json!({"key": key}))
}
