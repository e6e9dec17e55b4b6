//! Accounts and their balances: /accounts/get answers what was read last, free and at
//! once; /accounts/balance/get asks the bank.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::items::{ItemBody, item_body};
use super::{CLIENT_ID, SECRET};
use crate::amount::Amount;
use crate::api_call::{ApiCall, CallFailure, CallResult};
use crate::bank::customers::{Customer, closing, ticks};
use crate::errors::{INVALID_ACCOUNT_ID, LAST_UPDATED_DATETIME_OUT_OF_RANGE, PlaidError};
use crate::request_schema::{Field, FieldKind, NON_EMPTY_TEXT, TEXT, optional, required};
use crate::store::Moment;
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
struct Request {
    access_token: String,
    #[serde(default)]
    options: Options,
}

#[derive(Default, Deserialize)]
struct Options {
    account_ids: Option<Vec<String>>,
    min_last_updated_datetime: Option<jiff::Timestamp>,
}

#[derive(Serialize)]
struct Accounts<'a> {
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
    /// Told by Capital One only.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_updated_datetime: Option<Moment>,
}

/// /accounts/get
pub(super) fn get(call: &ApiCall<'_>) -> CallResult {
    let request: Request = call.read()?;
    let item = call.item(&request.access_token)?;
    let accounts = wanted(
        open_accounts(call, &item)?,
        request.options.account_ids.as_deref(),
    )?;
    answer(call, &item, &accounts)
}

/// /accounts/balance/get
pub(super) fn balance(call: &ApiCall<'_>) -> CallResult {
    let request: Request = call.read()?;
    let item = call.item(&request.access_token)?;
    let accounts = wanted(
        open_accounts(call, &item)?,
        request.options.account_ids.as_deref(),
    )?;
    let extent = match &request.options.account_ids {
        None => ReadScope::All,
        Some(_) => ReadScope::Named,
    };
    let oldest = request.options.min_last_updated_datetime;
    require_oldest(&item, &accounts, oldest)?;
    let accounts = read_live(call, &item, accounts, extent)?;
    refuse_older(&item, &accounts, oldest)?;
    answer(call, &item, &accounts)
}

/// The accounts of an Item that the bank has not closed; Plaid knows no others.
pub(crate) fn open_accounts(call: &ApiCall<'_>, item: &Item) -> Result<Vec<Account>, CallFailure> {
    let mut accounts = accounts::of_item(call.db, &item.item_id)?;
    accounts.retain(|account| !is_closed(call, item, &account.mask));
    Ok(accounts)
}

/// Whether the bank closes this account by itself, and has by now.
pub(crate) fn is_closed(call: &ApiCall<'_>, item: &Item, mask: &str) -> bool {
    closing(&item.username)
        .any(|account| account.mask == mask && account.is_closed(item.created_at, call.now))
}

/// Capital One tells its customers' cards and loans once a day, and not when asked.
const CAPITAL_ONE: &str = "ins_128026";
const CAPITAL_ONE_INTERVAL: SignedDuration = SignedDuration::from_hours(24);

fn is_capital_one(item: &Item) -> bool {
    item.institution_id == CAPITAL_ONE
}

fn is_depository(account: &Account) -> bool {
    account.account_type == "depository"
}

/// Whether Capital One answers for this account with new balances.
fn is_fresh_there(call: &ApiCall<'_>, account: &Account) -> bool {
    is_depository(account) || call.now.0.duration_since(account.read_at.0) >= CAPITAL_ONE_INTERVAL
}

fn require_oldest(
    item: &Item,
    accounts: &[Account],
    oldest: Option<jiff::Timestamp>,
) -> Result<(), PlaidError> {
    if is_capital_one(item) && oldest.is_none() && !accounts.iter().all(is_depository) {
        return Err(PlaidError::field(
            "options.min_last_updated_datetime",
            "must be provided for accounts at this institution that are not depository accounts",
        ));
    }
    Ok(())
}

fn refuse_older(
    item: &Item,
    accounts: &[Account],
    oldest: Option<jiff::Timestamp>,
) -> Result<(), PlaidError> {
    let too_old = |account: &Account| oldest.is_some_and(|oldest| account.read_at.0 < oldest);
    let counts = |account: &&Account| !is_depository(account);
    if is_capital_one(item) && accounts.iter().filter(counts).any(too_old) {
        return Err(PlaidError::from(&LAST_UPDATED_DATETIME_OUT_OF_RANGE));
    }
    Ok(())
}

/// The accounts that were asked for; all, when none were named.
fn wanted(accounts: Vec<Account>, ids: Option<&[String]>) -> Result<Vec<Account>, CallFailure> {
    let Some(ids) = ids else {
        return Ok(accounts);
    };
    if ids
        .iter()
        .any(|id| !accounts.iter().any(|account| &account.account_id == id))
    {
        return Err(CallFailure::from(&INVALID_ACCOUNT_ID));
    }
    Ok(accounts
        .into_iter()
        .filter(|account| ids.contains(&account.account_id))
        .collect())
}

/// Whether all accounts of an Item are read, or some by their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReadScope {
    All,
    Named,
}

/// Asks the bank for the balances of these accounts, and keeps what it says.
pub(super) fn read_live(
    call: &ApiCall<'_>,
    item: &Item,
    accounts: Vec<Account>,
    extent: ReadScope,
) -> Result<Vec<Account>, CallFailure> {
    if let Some(error) = call.obstacle(item) {
        return Err(CallFailure::from(error));
    }
    let reads = items::count_live_read(call.db, &item.item_id)?;
    let ticks = ticks(reads, item.created_at, call.now);
    let customer = Customer::known_by(&item.username, item.description.as_deref())?;
    let at_bank = customer.accounts();
    if extent == ReadScope::All && !is_capital_one(item) {
        accounts::set_all_read_at(call.db, &item.item_id, call.now)?;
    }
    accounts
        .into_iter()
        .map(|mut account| {
            if is_capital_one(item) && !is_fresh_there(call, &account) {
                return Ok(account);
            }
            if let Some(known) = at_bank.iter().find(|known| known.mask == account.mask) {
                let balances = known.balances(ticks)?;
                if balances != account.balances {
                    account.balances = balances;
                    accounts::set_balances(call.db, &account.account_id, balances)?;
                }
            }
            account.read_at = call.now;
            if extent == ReadScope::Named || is_capital_one(item) {
                accounts::set_read_at(call.db, &account.account_id, call.now)?;
            }
            Ok(account)
        })
        .collect()
}

fn answer(call: &ApiCall<'_>, item: &Item, accounts: &[Account]) -> CallResult {
    call.answer(Accounts {
        accounts: accounts.iter().map(|account| body(item, account)).collect(),
        item: item_body(item),
    })
}

fn body<'a>(item: &Item, account: &'a Account) -> AccountBody<'a> {
    AccountBody {
        account_id: &account.account_id,
        balances: BalancesBody {
            available: account.balances.available,
            current: account.balances.current,
            limit: account.balances.limit,
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
