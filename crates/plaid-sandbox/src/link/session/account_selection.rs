//! Which accounts a person may share, which they chose, and the Item that comes of it.

use serde::{Deserialize, Serialize};

use super::{AccountSelection, ActiveSession, NextPane, SESSION};
use crate::api::items::{self as making, NewItem};
use crate::api_call::{ApiCall, CallFailure, CallResult};
use crate::bank::customers::{BankAccount, Customer};
use crate::errors::{NO_ACCOUNTS, PlaidError};
use crate::request_schema::{Field, FieldKind, NON_EMPTY_TEXT, required};
use crate::store::items::{self, Item};
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

/// The Link customization of this name lets a person share one account only.
const ONE_ACCOUNT: &str = "single_account";

/// An account the person may share.
#[derive(Serialize)]
pub(super) struct SelectableAccount {
    mask: String,
    name: String,
    subtype: String,
    chosen: bool,
}

/// How many accounts the Link customization lets a person share.
pub(super) fn selection(running: &ActiveSession) -> AccountSelection {
    match running.token.settings.customization.as_deref() {
        Some(ONE_ACCOUNT) => AccountSelection::One,
        _ => AccountSelection::Many,
    }
}

pub(super) fn offered_accounts(
    call: &ApiCall<'_>,
    running: &ActiveSession,
) -> Result<Vec<SelectableAccount>, CallFailure> {
    let item = running.item_to_update(call)?;
    let shared_before = match &item {
        Some(item) => Some(accounts::of_item(call.db, &item.item_id)?),
        None => None,
    };
    let chosen = |mask: &str| {
        shared_before
            .as_ref()
            .is_none_or(|shared| shared.iter().any(|account| account.mask == mask))
    };
    let customer = running.customer()?;
    Ok(fitting(running, &customer, item.as_ref())
        .into_iter()
        .map(|account| SelectableAccount {
            mask: account.mask.to_owned(),
            name: account.name.to_owned(),
            subtype: account.subtype.to_owned(),
            chosen: chosen(account.mask),
        })
        .collect())
}

/// The accounts that suit the products and filters of the Link token. In update mode, which
/// names no products, those of the Item count.
fn fitting<'a>(
    running: &ActiveSession,
    customer: &'a Customer,
    item: Option<&Item>,
) -> Vec<BankAccount<'a>> {
    let settings = &running.token.settings;
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
    let mut running = ActiveSession::at(
        call,
        &request.link_session_id,
        &[LinkStep::ChoosingAccounts],
    )?;
    let item = running.item_to_update(call)?;
    let customer = running.customer()?;
    let chosen: Vec<_> = fitting(&running, &customer, item.as_ref())
        .into_iter()
        .filter(|account| request.masks.iter().any(|mask| mask == account.mask))
        .collect();
    if chosen.is_empty() {
        return Err(CallFailure::from(&NO_ACCOUNTS));
    }
    if selection(&running) == AccountSelection::One && chosen.len() > 1 {
        return Err(PlaidError::field("masks", "names more than one account").into());
    }
    let item = match item {
        Some(item) => {
            change_selection(call, &item, &chosen)?;
            item
        }
        None => make_item(call, &running, chosen)?,
    };
    connect(call, &mut running, &item)?;
    call.answer(NextPane::Connected)
}

fn make_item(
    call: &ApiCall<'_>,
    running: &ActiveSession,
    accounts: Vec<BankAccount<'_>>,
) -> Result<Item, CallFailure> {
    let settings = &running.token.settings;
    making::create(
        call,
        NewItem {
            institution: running.institution()?,
            username: running.session.username.as_deref().unwrap_or_default(),
            description: running.session.description.clone(),
            products: &settings.products,
            consented_products: &settings.consented_products,
            webhook: settings.webhook.clone(),
            accounts,
        },
    )
}

/// Update mode with account selection: what is new is added, what is unchecked is taken back.
fn change_selection(
    call: &ApiCall<'_>,
    item: &Item,
    chosen: &[BankAccount<'_>],
) -> Result<(), CallFailure> {
    let before = accounts::of_item(call.db, &item.item_id)?;
    for account in &before {
        if !chosen.iter().any(|wanted| wanted.mask == account.mask) {
            accounts::remove(call.db, &account.account_id)?;
        }
    }
    for account in chosen {
        if !before.iter().any(|known| known.mask == account.mask) {
            making::share(call, item, account)?;
        }
    }
    Ok(())
}

/// The Item is there and healthy; its public token waits to be handed over.
pub(super) fn connect(
    call: &ApiCall<'_>,
    running: &mut ActiveSession,
    item: &Item,
) -> Result<(), CallFailure> {
    items::set_error(call.db, &item.item_id, None)?;
    if let Some(description) = &running.session.description {
        items::set_description(call.db, &item.item_id, description)?;
    }
    let shared = accounts::of_item(call.db, &item.item_id)?.into_iter();
    running.session.shared = StringList(shared.map(|account| account.account_id).collect());
    running.session.item_id = Some(item.item_id.clone());
    running.session.public_token = Some(making::give_public_token(call, &item.item_id)?);
    running.go(call, LinkStep::Connected)
}
