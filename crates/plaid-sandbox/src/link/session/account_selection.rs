//! The accounts that a customer can share and did share, and the Item that results.

use serde::{Deserialize, Serialize};

use super::{AccountSelection, ActiveSession, NextPane, SESSION};
use crate::api::items::{self, ItemGrant};
use crate::api_call::{ApiCall, CallFailure, CallResult};
use crate::bank::customers::{BankAccount, BankCustomer};
use crate::errors::{NO_ACCOUNTS, PlaidError};
use crate::request_schema::{Field, FieldKind, NON_EMPTY_TEXT, required};
use crate::store::items::Item;
use crate::store::link::LinkStep;
use crate::store::{StringList, accounts};

pub(super) static ACCOUNTS_FIELDS: [Field; 2] = [
    SESSION,
    required(
        "masks",
        FieldKind::List {
            of: &NON_EMPTY_TEXT,
            min: 1,
        },
    ),
];

/// The Link customization that allows only one account.
const ONE_ACCOUNT: &str = "single_account";

#[derive(Serialize)]
pub(super) struct SelectableAccount {
    mask: String,
    name: String,
    subtype: String,
    chosen: bool,
}

pub(super) fn selection(active: &ActiveSession) -> AccountSelection {
    match active.token.settings.link_customization_name.as_deref() {
        Some(ONE_ACCOUNT) => AccountSelection::One,
        _ => AccountSelection::Many,
    }
}

pub(super) fn selectable_accounts(
    call: &ApiCall<'_>,
    active: &ActiveSession,
) -> Result<Vec<SelectableAccount>, CallFailure> {
    let item = active.item_to_update(call)?;
    let shared_before = match &item {
        Some(item) => Some(accounts::open_of_item(call.db, &item.item_id)?),
        None => None,
    };
    let chosen = |mask: &str| {
        shared_before
            .as_ref()
            .is_none_or(|shared| shared.iter().any(|account| account.mask == mask))
    };
    let customer = active.customer()?;
    Ok(matching_accounts(active, &customer, item.as_ref())
        .into_iter()
        .map(|account| SelectableAccount {
            mask: account.mask.to_owned(),
            name: account.name.to_owned(),
            subtype: account.subtype.to_owned(),
            chosen: chosen(account.mask),
        })
        .collect())
}

/// The accounts that match the products and filters of the Link token. Update mode has no products and uses those of the
/// Item.
fn matching_accounts<'a>(
    active: &ActiveSession,
    customer: &'a BankCustomer,
    item: Option<&Item>,
) -> Vec<BankAccount<'a>> {
    let settings = &active.token.settings;
    let products = item.map_or(&settings.products, |item| &item.products.0);
    let for_auth = products.iter().any(|product| product == "auth");
    customer
        .accounts()
        .into_iter()
        .filter(|account| {
            !for_auth || matches!(account.subtype, "checking" | "savings" | "cash management")
        })
        .filter(|account| {
            settings.account_filters.as_ref().is_none_or(|filters| {
                filters.get(account.account_type).is_some_and(|filter| {
                    filter
                        .account_subtypes
                        .iter()
                        .any(|subtype| subtype == "all" || subtype == account.subtype)
                })
            })
        })
        .collect()
}

pub(super) fn share_accounts(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        link_session_id: String,
        masks: Vec<String>,
    }
    let request: Request = call.read()?;
    let mut active = ActiveSession::find_at(
        call,
        &request.link_session_id,
        &[LinkStep::ChoosingAccounts],
    )?;
    let item = active.item_to_update(call)?;
    let customer = active.customer()?;
    let chosen: Vec<_> = matching_accounts(&active, &customer, item.as_ref())
        .into_iter()
        .filter(|account| request.masks.iter().any(|mask| mask == account.mask))
        .collect();
    if chosen.is_empty() {
        return Err(CallFailure::from(&NO_ACCOUNTS));
    }
    if selection(&active) == AccountSelection::One && chosen.len() > 1 {
        return Err(PlaidError::invalid_field("masks", "names more than one account").into());
    }
    let mut item = match item {
        Some(item) => {
            change_selection(call, &item, &chosen)?;
            item
        }
        None => make_item(call, &active, chosen)?,
    };
    connect(call, &mut active, &mut item)?;
    call.respond(NextPane::Connected)
}

fn make_item(
    call: &ApiCall<'_>,
    active: &ActiveSession,
    accounts: Vec<BankAccount<'_>>,
) -> Result<Item, CallFailure> {
    let settings = &active.token.settings;
    items::create(
        call,
        ItemGrant {
            institution: active.institution()?,
            username: active.session.username.as_deref().unwrap_or_default(),
            description: active.session.description.clone(),
            products: &settings.products,
            consented_products: &settings.consented_products,
            webhook: settings.webhook.clone(),
            accounts,
        },
    )
}

/// Update mode with account selection: adds newly selected accounts and removes deselected ones.
fn change_selection(
    call: &ApiCall<'_>,
    item: &Item,
    chosen: &[BankAccount<'_>],
) -> Result<(), CallFailure> {
    let before = accounts::open_of_item(call.db, &item.item_id)?;
    for account in &before {
        if !chosen.iter().any(|wanted| wanted.mask == account.mask) {
            accounts::remove(call.db, &account.account_id)?;
        }
    }
    for account in chosen {
        if !before.iter().any(|known| known.mask == account.mask) {
            items::share_account(call, item, account)?;
        }
    }
    Ok(())
}

/// Marks the Item as healthy and gives the session its public token.
pub(super) fn connect(
    call: &ApiCall<'_>,
    active: &mut ActiveSession,
    item: &mut Item,
) -> Result<(), CallFailure> {
    item.clear_error_and_notice();
    if let Some(description) = &active.session.description {
        item.description = Some(description.clone());
    }
    item.save(call.db)?;
    let shared = accounts::open_of_item(call.db, &item.item_id)?.into_iter();
    active.session.shared = StringList(shared.map(|account| account.account_id).collect());
    active.session.item_id = Some(item.item_id.clone());
    active.session.public_token = Some(items::new_public_token(call, &item.item_id)?);
    active.set_step(call, LinkStep::Connected)
}
