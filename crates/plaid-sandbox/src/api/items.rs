//! Items: made in Link or by /sandbox/public_token/create, opened by an access token,
//! and what Plaid tells about them.

use serde::{Deserialize, Serialize};

use super::{CLIENT_ID, SECRET};
use crate::api_call::{ApiCall, CallFailure, CallResult};
use crate::bank::customers::{BankAccount, ticks};
use crate::bank::institutions::{Institution, PRODUCTS};
use crate::errors::{
    ErrorBody, INVALID_PUBLIC_TOKEN, ITEM_NOT_FOUND, PlaidError, embedded_because,
};
use crate::ids;
use crate::request_schema::{Field, FieldKind, NON_EMPTY_TEXT, nullable, required};
use crate::store::accounts;
use crate::store::items::{self, Item, ItemNotice, OAuthReason};
use crate::store::{Moment, StringList};
use crate::webhooks;

/// How long a public token can be exchanged.
const PUBLIC_TOKEN_LIFE: jiff::SignedDuration = jiff::SignedDuration::from_mins(30);

pub(super) static TOKEN_FIELDS: [Field; 3] =
    [CLIENT_ID, SECRET, required("access_token", NON_EMPTY_TEXT)];

pub(super) static WEBHOOK_FIELDS: [Field; 4] = [
    CLIENT_ID,
    SECRET,
    required("access_token", NON_EMPTY_TEXT),
    nullable("webhook", FieldKind::Url(&["https", "http"])),
];

pub(super) static EXCHANGE_FIELDS: [Field; 3] =
    [CLIENT_ID, SECRET, required("public_token", NON_EMPTY_TEXT)];

pub(super) static REMOVE_FIELDS: [Field; 5] = [
    CLIENT_ID,
    SECRET,
    required("access_token", NON_EMPTY_TEXT),
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

/// A request that names an Item and nothing else.
#[derive(Deserialize)]
pub(super) struct ByToken {
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
    consented_products: Vec<&'a str>,
    consent_expiration_time: Option<Moment>,
    update_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<String>,
}

impl Serialize for Moment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

pub(super) fn item_body(item: &Item) -> ItemBody<'_> {
    let has = |product: &str| item.products.0.iter().any(|have| have == product);
    ItemBody {
        item_id: &item.item_id,
        institution_id: &item.institution_id,
        institution_name: Institution::find(&item.institution_id)
            .map_or("", |institution| institution.name),
        webhook: item.webhook.as_deref(),
        auth_method: has("auth").then_some("INSTANT_AUTH"),
        error: item
            .error
            .map(|code| embedded_because(code, item.reason.map(OAuthReason::word))),
        available_products: PRODUCTS
            .into_iter()
            .filter(|product| !has(product))
            .collect(),
        billed_products: &item.products.0,
        products: &item.products.0,
        consented_products: item
            .products
            .0
            .iter()
            .chain(&item.consented_products.0)
            .map(String::as_str)
            .collect(),
        consent_expiration_time: item
            .notice_ends_at
            .filter(|_| item.notice == Some(ItemNotice::PendingExpiration)),
        update_type: "background",
        created_at: None,
    }
}

/// /item/get
pub(super) fn get(call: &ApiCall<'_>) -> CallResult {
    #[derive(Serialize)]
    struct Got<'a> {
        item: ItemBody<'a>,
        status: Status,
    }
    #[derive(Serialize)]
    struct Status {
        investments: Option<()>,
        transactions: Option<()>,
        last_webhook: Option<LastWebhook>,
    }
    #[derive(Serialize)]
    struct LastWebhook {
        sent_at: Moment,
        code_sent: String,
    }
    let item = call.item(&call.read::<ByToken>()?.access_token)?;
    let body = ItemBody {
        created_at: Some(item.created_at.to_string()),
        ..item_body(&item)
    };
    call.answer(Got {
        item: body,
        status: Status {
            investments: None,
            transactions: None,
            last_webhook: item
                .last_webhook
                .clone()
                .map(|(code_sent, sent_at)| LastWebhook { sent_at, code_sent }),
        },
    })
}

/// /item/public_token/exchange
pub(super) fn exchange(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Exchange {
        public_token: String,
    }
    #[derive(Serialize)]
    struct Exchanged {
        access_token: String,
        item_id: String,
    }
    let Exchange { public_token } = call.read()?;
    call.check_form(&INVALID_PUBLIC_TOKEN, "public", &public_token)?;
    let token = items::public_token(call.db, &public_token)?.ok_or(&INVALID_PUBLIC_TOKEN)?;
    if token.exchanged_at.is_some() {
        return Err(PlaidError::worded(
            &INVALID_PUBLIC_TOKEN,
            "public token has already been exchanged",
        )
        .into());
    }
    if call.now.0.duration_since(token.created_at.0) > PUBLIC_TOKEN_LIFE {
        return Err(PlaidError::worded(
            &INVALID_PUBLIC_TOKEN,
            "provided public token is expired. Public tokens expire 30 minutes after creation at which point they \
             can no longer be exchanged",
        )
        .into());
    }
    let item = items::find(call.db, &token.item_id)?.ok_or(&INVALID_PUBLIC_TOKEN)?;
    if item.removed_at.is_some() {
        return Err(CallFailure::from(&ITEM_NOT_FOUND));
    }
    items::mark_exchanged(call.db, &public_token, call.now)?;
    // After update mode the Item has its access token already, and keeps it.
    let access_token = match items::access_token(call.db, &item.item_id)? {
        Some(access_token) => access_token,
        None => give_access_token(call, &item.item_id)?,
    };
    call.answer(Exchanged {
        access_token,
        item_id: item.item_id,
    })
}

/// /item/access_token/invalidate
pub(super) fn invalidate(call: &ApiCall<'_>) -> CallResult {
    #[derive(Serialize)]
    struct Invalidated {
        new_access_token: String,
    }
    let old_access_token = call.read::<ByToken>()?.access_token;
    let item = call.item(&old_access_token)?;
    let new_access_token = give_access_token(call, &item.item_id)?;
    call.control.rotate(&old_access_token, &new_access_token);
    call.answer(Invalidated { new_access_token })
}

/// /item/public_token/create
pub(super) fn create_public_token(call: &ApiCall<'_>) -> CallResult {
    #[derive(Serialize)]
    struct Created {
        public_token: String,
        expiration: Moment,
    }
    let item = call.item(&call.read::<ByToken>()?.access_token)?;
    call.answer(Created {
        public_token: give_public_token(call, &item.item_id)?,
        expiration: call.now_and(PUBLIC_TOKEN_LIFE),
    })
}

/// /item/webhook/update
pub(super) fn update_webhook(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        access_token: String,
        webhook: Option<String>,
    }
    #[derive(Serialize)]
    struct Updated<'a> {
        item: ItemBody<'a>,
    }
    let request: Request = call.read()?;
    let mut item = call.item(&request.access_token)?;
    items::set_webhook(call.db, &item.item_id, request.webhook.as_deref())?;
    item.webhook = request.webhook;
    webhooks::acknowledge_update(call, &item);
    call.answer(Updated {
        item: item_body(&item),
    })
}

/// /item/remove
pub(super) fn remove(call: &ApiCall<'_>) -> CallResult {
    #[derive(Serialize)]
    struct Removed {}
    let item = call.item(&call.read::<ByToken>()?.access_token)?;
    items::mark_removed(call.db, &item.item_id, call.now)?;
    call.answer(Removed {})
}

fn give_access_token(call: &ApiCall<'_>, item_id: &str) -> Result<String, CallFailure> {
    let access_token = ids::access_token();
    items::set_access_token(call.db, item_id, &access_token)?;
    Ok(access_token)
}

/// What a person granted, out of which an Item is made.
pub(crate) struct NewItem<'a> {
    pub(crate) institution: &'static Institution,
    pub(crate) username: &'a str,
    pub(crate) description: Option<String>,
    pub(crate) products: &'a [String],
    pub(crate) consented_products: &'a [String],
    pub(crate) webhook: Option<String>,
    pub(crate) accounts: Vec<BankAccount<'a>>,
}

/// Makes an Item with its accounts, as the bank answers at this moment.
pub(crate) fn create(call: &ApiCall<'_>, grant: NewItem<'_>) -> Result<Item, CallFailure> {
    let item = Item {
        item_id: ids::identifier(),
        institution_id: grant.institution.id.to_owned(),
        username: grant.username.to_owned(),
        description: grant.description,
        products: StringList(grant.products.to_vec()),
        consented_products: StringList(grant.consented_products.to_vec()),
        webhook: grant.webhook,
        created_at: call.now,
        error: None,
        reason: None,
        notice: None,
        notice_ends_at: None,
        last_webhook: None,
        live_reads: 0,
        removed_at: None,
    };
    items::insert(call.db, &item)?;
    for account in grant.accounts {
        share(call, &item, &account)?;
    }
    Ok(item)
}

/// Adds one account of the bank to an Item, unless the bank has closed it.
pub(crate) fn share(
    call: &ApiCall<'_>,
    item: &Item,
    account: &BankAccount<'_>,
) -> Result<(), CallFailure> {
    let is_closed = accounts::with_closed(call.db, &item.item_id)?
        .iter()
        .any(|known| known.mask == account.mask && known.closed_at.is_some());
    if is_closed || account.is_closed(item.created_at, call.now) {
        return Ok(());
    }
    let balances = account.balances(ticks(item.live_reads, item.created_at, call.now))?;
    accounts::insert(
        call.db,
        &item.item_id,
        &ids::identifier(),
        account,
        balances,
        call.now,
    )?;
    Ok(())
}

/// A fresh public token for an Item.
pub(crate) fn give_public_token(call: &ApiCall<'_>, item_id: &str) -> Result<String, CallFailure> {
    let public_token = ids::public_token();
    items::insert_public_token(call.db, &public_token, item_id, call.now)?;
    Ok(public_token)
}

/// Refuses products that Link does not take.
pub(crate) fn check_products(products: &[String]) -> Result<(), PlaidError> {
    use crate::errors::INVALID_PRODUCT;
    for product in products {
        if product == "balance" {
            return Err(PlaidError::worded(
                &INVALID_PRODUCT,
                "balance is initialized automatically with any other product and must not be specified in products",
            ));
        }
        if !KNOWN_PRODUCTS.contains(&product.as_str()) {
            return Err(PlaidError::worded(
                &INVALID_PRODUCT,
                format!("invalid product: \"{product}\""),
            ));
        }
        if !PRODUCTS.contains(&product.as_str()) {
            return Err(PlaidError::worded(
                &INVALID_PRODUCT,
                format!(
                    "client is not authorized to access the following products: [\"{product}\"]"
                ),
            ));
        }
    }
    Ok(())
}

/// Every product Plaid knows, whether the stand-in plays it or not.
pub(super) const KNOWN_PRODUCTS: [&str; 38] = [
    "assets",
    "auth",
    "balance",
    "balance_plus",
    "beacon",
    "identity",
    "identity_match",
    "investments",
    "investments_auth",
    "liabilities",
    "payment_initiation",
    "identity_verification",
    "transactions",
    "credit_details",
    "income",
    "income_verification",
    "standing_orders",
    "transfer",
    "employment",
    "recurring_transactions",
    "transactions_refresh",
    "signal",
    "statements",
    "processor_payments",
    "processor_identity",
    "profile",
    "cra_base_report",
    "cra_income_insights",
    "cra_partner_insights",
    "cra_network_insights",
    "cra_cashflow_insights",
    "cra_monitoring",
    "cra_lend_score",
    "cra_plaid_credit_score",
    "layer",
    "pay_by_bank",
    "protect_linked_bank",
    "protect_transactions",
];
