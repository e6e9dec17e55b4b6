//! /accounts/get returns the balances read last; /accounts/balance/get reads the bank live.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::items::{ItemBody, item_body};
use super::{CLIENT_ID, SECRET};
use crate::amount::Amount;
use crate::api_call::{ApiCall, CallFailure, CallResult};
use crate::bank::customers::{BankCustomer, accounts_to_close, ticks};
use crate::errors::{INVALID_ACCOUNT_ID, LAST_UPDATED_DATETIME_OUT_OF_RANGE, PlaidError};
use crate::request_schema::{Field, FieldKind, NON_EMPTY_TEXT, TEXT, optional, required};
use crate::store::SandboxTime;
use crate::store::accounts::{self, Account};
use crate::store::items::{self, Item};

const IDS: Field = optional("account_ids", FieldKind::List { of: &TEXT, min: 1 });

pub(super) static GET_FIELDS: [Field; 4] = [
    CLIENT_ID,
    SECRET,
    required("access_token", NON_EMPTY_TEXT),
    optional("options", FieldKind::Object(&[IDS])),
];

pub(super) static BALANCE_FIELDS: [Field; 4] = [
    CLIENT_ID,
    SECRET,
    required("access_token", NON_EMPTY_TEXT),
    optional(
        "options",
        FieldKind::Object(&[
            IDS,
            optional("min_last_updated_datetime", FieldKind::Moment),
        ]),
    ),
];

#[derive(Deserialize)]
struct AccountsRequest {
    access_token: String,
    #[serde(default)]
    options: AccountsOptions,
}

#[derive(Default, Deserialize)]
struct AccountsOptions {
    account_ids: Option<Vec<String>>,
    min_last_updated_datetime: Option<Timestamp>,
}

#[derive(Serialize)]
struct AccountsResponse<'a> {
    accounts: Vec<AccountBody<'a>>,
    item: ItemBody<'a>,
}

#[derive(Serialize)]
struct AccountBody<'a> {
    account_id: &'a str,
    balances: BalancesBody<'a>,
    mask: &'a str,
    name: &'a str,
    official_name: Option<&'a str>,
    #[serde(rename = "type")]
    account_type: &'a str,
    subtype: &'a str,
    holder_category: &'a str,
}

#[derive(Serialize)]
struct BalancesBody<'a> {
    available: Option<Amount>,
    current: Option<Amount>,
    limit: Option<Amount>,
    iso_currency_code: Option<&'a str>,
    unofficial_currency_code: Option<&'a str>,
    /// Only Capital One has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_updated_datetime: Option<SandboxTime>,
}

pub(super) fn get(call: &ApiCall<'_>) -> CallResult {
    let (item, accounts, _) = requested_accounts(call)?;
    respond(call, &item, &accounts)
}

pub(super) fn balance(call: &ApiCall<'_>) -> CallResult {
    let (item, accounts, options) = requested_accounts(call)?;
    let scope = match options.account_ids {
        None => ReadScope::WholeItem,
        Some(_) => ReadScope::SomeAccounts,
    };
    let oldest = options.min_last_updated_datetime;
    let others = |accounts: &[Account]| !accounts.iter().all(is_depository);
    if is_capital_one(&item) && oldest.is_none() && others(&accounts) {
        return Err(PlaidError::invalid_field(
            "options.min_last_updated_datetime",
            "must be provided for accounts at this institution that are not depository accounts",
        )
        .into());
    }
    let accounts = read_live(call, &item, accounts, scope)?;
    let is_too_old = |account: &Account| {
        !is_depository(account) && oldest.is_some_and(|oldest| account.read_at.0 < oldest)
    };
    if is_capital_one(&item) && accounts.iter().any(is_too_old) {
        return Err(CallFailure::from(&LAST_UPDATED_DATETIME_OUT_OF_RANGE));
    }
    respond(call, &item, &accounts)
}

/// The Item of a request, and the accounts that it names (all by default).
fn requested_accounts(
    call: &ApiCall<'_>,
) -> Result<(Item, Vec<Account>, AccountsOptions), CallFailure> {
    let AccountsRequest {
        access_token,
        options,
    } = call.read()?;
    let item = call.item(&access_token)?;
    let mut accounts = open_accounts(call, &item)?;
    if let Some(ids) = &options.account_ids {
        accounts.retain(|account| ids.contains(&account.account_id));
        let is_known = |id: &String| accounts.iter().any(|account| &account.account_id == id);
        if !ids.iter().all(is_known) {
            return Err(CallFailure::from(&INVALID_ACCOUNT_ID));
        }
    }
    Ok((item, accounts, options))
}

/// The accounts of an Item that the bank has not closed. Plaid knows no others.
pub(super) fn open_accounts(call: &ApiCall<'_>, item: &Item) -> Result<Vec<Account>, CallFailure> {
    let mut accounts = accounts::open_of_item(call.db, &item.item_id)?;
    accounts.retain(|account| !is_closed_by_bank(call, item, &account.mask));
    Ok(accounts)
}

/// Whether the account is one that its bank closes some time after linking, and that time has come.
pub(crate) fn is_closed_by_bank(call: &ApiCall<'_>, item: &Item, mask: &str) -> bool {
    accounts_to_close(&item.username)
        .any(|account| account.mask == mask && account.is_closed(item.created_at, call.now))
}

/// Capital One updates cards and loans once a day, and not when they are read.
const CAPITAL_ONE: &str = "ins_128026";
const CAPITAL_ONE_INTERVAL: SignedDuration = SignedDuration::from_hours(24);

fn is_capital_one(item: &Item) -> bool {
    item.institution_id == CAPITAL_ONE
}

fn is_depository(account: &Account) -> bool {
    account.account_type == "depository"
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReadScope {
    WholeItem,
    SomeAccounts,
}

/// Reads the balances of these accounts from the bank and stores them.
pub(super) fn read_live(
    call: &ApiCall<'_>,
    item: &Item,
    mut accounts: Vec<Account>,
    scope: ReadScope,
) -> Result<Vec<Account>, CallFailure> {
    if let Some(error) = call.live_read_error(item) {
        return Err(CallFailure::from(error));
    }
    let reads = items::count_live_read(call.db, &item.item_id)?;
    let ticks = ticks(reads, item.created_at, call.now);
    let customer = BankCustomer::find(&item.username, item.description.as_deref())?;
    let at_bank = customer.accounts();
    let whole_item = scope == ReadScope::WholeItem && !is_capital_one(item);
    if whole_item {
        accounts::set_all_read_at(call.db, &item.item_id, call.now)?;
    }
    for account in &mut accounts {
        let age = call.now.0.duration_since(account.read_at.0);
        if is_capital_one(item) && !is_depository(account) && age < CAPITAL_ONE_INTERVAL {
            continue;
        }
        account.read_at = call.now;
        let before = account.balances();
        if let Some(known) = at_bank.iter().find(|known| known.mask == account.mask) {
            account.set_balances(known.balances(ticks)?);
        }
        if !whole_item || account.balances() != before {
            account.save(call.db)?;
        }
    }
    Ok(accounts)
}

fn respond(call: &ApiCall<'_>, item: &Item, accounts: &[Account]) -> CallResult {
    call.respond(AccountsResponse {
        accounts: accounts.iter().map(|account| body(item, account)).collect(),
        item: item_body(item),
    })
}

fn body<'a>(item: &Item, account: &'a Account) -> AccountBody<'a> {
    AccountBody {
        account_id: &account.account_id,
        balances: BalancesBody {
            available: account.available,
            current: account.current,
            limit: account.credit_limit,
            iso_currency_code: (!account.unofficial_currency).then_some(&account.currency),
            unofficial_currency_code: account.unofficial_currency.then_some(&account.currency),
            last_updated_datetime: is_capital_one(item).then_some(account.read_at),
        },
        mask: &account.mask,
        name: &account.name,
        official_name: account.official_name.as_deref(),
        account_type: &account.account_type,
        subtype: &account.subtype,
        holder_category: &account.holder_category,
    }
}
