//! Items: created in Link or by /sandbox/public_token/create, and used through an access token.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{CLIENT_ID, SECRET};
use crate::api_call::{ApiCall, CallFailure, CallResult};
use crate::bank::customers::{BankAccount, ticks};
use crate::bank::institutions::{Institution, PRODUCTS};
use crate::errors::{ErrorBody, INVALID_PRODUCT, INVALID_PUBLIC_TOKEN, ITEM_NOT_FOUND, PlaidError};
use crate::ids;
use crate::request_schema::{Field, FieldKind, HTTP_URL, NON_EMPTY_TEXT, nullable, required};
use crate::store::accounts::{self, Account};
use crate::store::items::{Item, ItemNotice, PublicToken};
use crate::store::{SandboxTime, StringList};
use crate::webhooks;

const PUBLIC_TOKEN_LIFETIME: jiff::SignedDuration = jiff::SignedDuration::from_mins(30);

const ACCESS_TOKEN: Field = required("access_token", NON_EMPTY_TEXT);

pub(super) static TOKEN_FIELDS: [Field; 3] = [CLIENT_ID, SECRET, ACCESS_TOKEN];

pub(super) static WEBHOOK_FIELDS: [Field; 4] = [
    CLIENT_ID,
    SECRET,
    ACCESS_TOKEN,
    nullable("webhook", HTTP_URL),
];

pub(super) static EXCHANGE_FIELDS: [Field; 3] =
    [CLIENT_ID, SECRET, required("public_token", NON_EMPTY_TEXT)];

pub(super) static REMOVE_FIELDS: [Field; 5] = [
    CLIENT_ID,
    SECRET,
    ACCESS_TOKEN,
    nullable(
        "reason_code",
        FieldKind::Choice(&[
            "FRAUD_FIRST_PARTY",
            "FRAUD_FALSE_IDENTITY",
            "FRAUD_ABUSE",
            "FRAUD_OTHER",
            "CONNECTION_IS_NON_FUNCTIONAL",
            "OTHER",
        ]),
    ),
    nullable("reason_note", FieldKind::Text { min: 0, max: 512 }),
];

/// A request whose only field is the access token.
#[derive(Deserialize)]
pub(super) struct AccessTokenRequest {
    pub(super) access_token: String,
}

/// Plaid's `item` object.
#[derive(Serialize)]
pub(super) struct ItemBody<'a> {
    item_id: &'a str,
    institution_id: &'a str,
    institution_name: &'static str,
    webhook: Option<&'a str>,
    auth_method: Option<&'static str>,
    error: Option<ErrorBody<'static>>,
    available_products: Vec<&'static str>,
    billed_products: &'a [String],
    products: &'a [String],
    consented_products: Vec<&'a String>,
    consent_expiration_time: Option<SandboxTime>,
    update_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<SandboxTime>,
}

pub(super) fn item_body(item: &Item) -> ItemBody<'_> {
    let products = &item.products;
    ItemBody {
        item_id: &item.item_id,
        institution_id: &item.institution_id,
        institution_name: Institution::name_of(&item.institution_id),
        webhook: item.webhook.as_deref(),
        auth_method: products.has("auth").then_some("INSTANT_AUTH"),
        error: item.error_body(),
        available_products: PRODUCTS
            .into_iter()
            .filter(|product| !products.has(product))
            .collect(),
        billed_products: &products.0,
        products: &products.0,
        consented_products: products
            .0
            .iter()
            .chain(&item.consented_products.0)
            .collect(),
        consent_expiration_time: item
            .notice_ends_at
            .filter(|_| item.notice == Some(ItemNotice::PendingExpiration)),
        update_type: "background",
        created_at: None,
    }
}

pub(super) fn get(call: &ApiCall<'_>) -> CallResult {
    let item = call.item(&call.read::<AccessTokenRequest>()?.access_token)?;
    let body = ItemBody {
        created_at: Some(item.created_at),
        ..item_body(&item)
    };
    let last_webhook = item
        .last_webhook_code
        .as_ref()
        .map(|code| json!({"sent_at": item.last_webhook_at, "code_sent": code}));
    call.respond(json!({
        "item": body,
        "status": {"investments": null, "transactions": null, "last_webhook": last_webhook},
    }))
}

pub(super) fn exchange(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        public_token: String,
    }
    let Request { public_token } = call.read()?;
    let invalid = |message: &str| PlaidError::with_message(&INVALID_PUBLIC_TOKEN, message).into();
    call.check_token_format(&INVALID_PUBLIC_TOKEN, "public", &public_token)?;
    let mut token = PublicToken::find(call.db, &public_token)?.ok_or(&INVALID_PUBLIC_TOKEN)?;
    if token.exchanged_at.is_some() {
        return Err(invalid("public token has already been exchanged"));
    }
    if call.now.0.duration_since(token.created_at.0) > PUBLIC_TOKEN_LIFETIME {
        return Err(invalid(
            "provided public token is expired. Public tokens expire 30 minutes after creation at which point they \
             can no longer be exchanged",
        ));
    }
    let mut item = Item::find(call.db, &token.item_id)?.ok_or(&INVALID_PUBLIC_TOKEN)?;
    if item.removed_at.is_some() {
        return Err(CallFailure::from(&ITEM_NOT_FOUND));
    }
    token.exchanged_at = Some(call.now);
    token.save(call.db)?;
    // After update mode the Item already has an access token and keeps it.
    let access_token = item
        .access_token
        .get_or_insert_with(ids::access_token)
        .clone();
    item.save(call.db)?;
    call.respond(json!({"access_token": access_token, "item_id": item.item_id}))
}

pub(super) fn invalidate(call: &ApiCall<'_>) -> CallResult {
    let old = call.read::<AccessTokenRequest>()?.access_token;
    let mut item = call.item(&old)?;
    let new = ids::access_token();
    item.access_token = Some(new.clone());
    item.save(call.db)?;
    call.conditions.rotate_access_token(&old, &new);
    call.respond(json!({"new_access_token": new}))
}

pub(super) fn create_public_token(call: &ApiCall<'_>) -> CallResult {
    let item = call.item(&call.read::<AccessTokenRequest>()?.access_token)?;
    let public_token = new_public_token(call, &item.item_id)?;
    let expiration = call.time_after(PUBLIC_TOKEN_LIFETIME);
    call.respond(json!({"public_token": public_token, "expiration": expiration}))
}

pub(super) fn update_webhook(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        access_token: String,
        webhook: Option<String>,
    }
    let request: Request = call.read()?;
    let mut item = call.item(&request.access_token)?;
    item.webhook = request.webhook;
    item.save(call.db)?;
    webhooks::webhook_updated(call, &item);
    call.respond(json!({"item": item_body(&item)}))
}

pub(super) fn remove(call: &ApiCall<'_>) -> CallResult {
    let mut item = call.item(&call.read::<AccessTokenRequest>()?.access_token)?;
    item.removed_at = Some(call.now);
    item.save(call.db)?;
    call.respond(json!({}))
}

pub(crate) struct ItemGrant<'a> {
    pub(crate) institution: &'static Institution,
    pub(crate) username: &'a str,
    pub(crate) description: Option<String>,
    pub(crate) products: &'a [String],
    pub(crate) consented_products: &'a [String],
    pub(crate) webhook: Option<String>,
    pub(crate) accounts: Vec<BankAccount<'a>>,
}

/// Creates an Item and its accounts with their balances at this moment.
pub(crate) fn create(call: &ApiCall<'_>, new: ItemGrant<'_>) -> Result<Item, CallFailure> {
    let item = Item {
        item_id: ids::identifier(),
        institution_id: new.institution.id.to_owned(),
        username: new.username.to_owned(),
        description: new.description,
        products: StringList(new.products.to_vec()),
        consented_products: StringList(new.consented_products.to_vec()),
        webhook: new.webhook,
        created_at: call.now,
        access_token: None,
        error: None,
        error_reason: None,
        notice: None,
        notice_ends_at: None,
        last_webhook_code: None,
        last_webhook_at: None,
        live_reads: 0,
        removed_at: None,
    };
    item.save(call.db)?;
    for account in new.accounts {
        share_account(call, &item, &account)?;
    }
    Ok(item)
}

/// Adds an account of the bank to an Item, unless the bank has closed it.
pub(crate) fn share_account(
    call: &ApiCall<'_>,
    item: &Item,
    account: &BankAccount<'_>,
) -> Result<(), CallFailure> {
    let is_closed = accounts::all_of_item(call.db, &item.item_id)?
        .iter()
        .any(|known| known.mask == account.mask && known.closed_at.is_some());
    if is_closed || account.is_closed(item.created_at, call.now) {
        return Ok(());
    }
    let balances = account.balances(ticks(item.live_reads, item.created_at, call.now))?;
    let row = Account {
        account_id: ids::identifier(),
        item_id: item.item_id.clone(),
        mask: account.mask.to_owned(),
        name: account.name.to_owned(),
        official_name: account.official_name.map(ToOwned::to_owned),
        account_type: account.account_type.to_owned(),
        subtype: account.subtype.to_owned(),
        holder_category: account.holder_category.to_owned(),
        currency: account.currency.to_owned(),
        unofficial_currency: account.unofficial_currency,
        available: balances.available,
        current: balances.current,
        credit_limit: balances.limit,
        read_at: call.now,
        closed_at: None,
    };
    Ok(row.save(call.db)?)
}

pub(crate) fn new_public_token(call: &ApiCall<'_>, item_id: &str) -> Result<String, CallFailure> {
    let token = PublicToken {
        public_token: ids::public_token(),
        item_id: item_id.to_owned(),
        created_at: call.now,
        exchanged_at: None,
    };
    token.save(call.db)?;
    Ok(token.public_token)
}

pub(crate) fn check_products(products: &[String]) -> Result<(), PlaidError> {
    for product in products.iter().map(String::as_str) {
        let message = if product == "balance" {
            "balance is initialized automatically with any other product and must not be specified in products"
                .to_owned()
        } else if !KNOWN_PRODUCTS.contains(&product) {
            format!("invalid product: \"{product}\"")
        } else if !PRODUCTS.contains(&product) {
            format!("client is not authorized to access the following products: [\"{product}\"]")
        } else {
            continue;
        };
        return Err(PlaidError::with_message(&INVALID_PRODUCT, message));
    }
    Ok(())
}

/// Every product of Plaid, whether the stand-in supports it or not.
#[rustfmt::skip]
pub(super) const KNOWN_PRODUCTS: [&str; 38] = [
    "assets", "auth", "balance", "balance_plus", "beacon", "identity", "identity_match", "investments",
    "investments_auth", "liabilities", "payment_initiation", "identity_verification", "transactions",
    "credit_details", "income", "income_verification", "standing_orders", "transfer", "employment",
    "recurring_transactions", "transactions_refresh", "signal", "statements", "processor_payments",
    "processor_identity", "profile", "cra_base_report", "cra_income_insights", "cra_partner_insights",
    "cra_network_insights", "cra_cashflow_insights", "cra_monitoring", "cra_lend_score", "cra_plaid_credit_score",
    "layer", "pay_by_bank", "protect_linked_bank", "protect_transactions",
];
