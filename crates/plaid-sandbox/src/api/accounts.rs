//! Accounts and their balances: /accounts/get answers what was read last, free and at
//! once; /accounts/balance/get asks the bank.

use serde::{Deserialize, Serialize};

use super::items::{ItemBody, item_body};
use super::{CLIENT_ID, SECRET};
use crate::amount::Amount;
use crate::bank::customers::Customer;
use crate::call::{Answer, Call, Failure};
use crate::errors::{INVALID_ACCOUNT_ID, ITEM_LOGIN_REQUIRED};
use crate::fields::{Field, Kind, TEXT, WORDS, optional, required};
use crate::store::accounts::{self, Account};
use crate::store::items::{self, Item};

const IDS: Field = optional("account_ids", Kind::List { of: &TEXT, min: 1 });

pub(super) static GET_FIELDS: [Field; 4] = [
    CLIENT_ID,
    SECRET,
    required("access_token", WORDS),
    optional("options", Kind::Object(&[IDS])),
];

pub(super) static BALANCE_FIELDS: [Field; 4] = [
    CLIENT_ID,
    SECRET,
    required("access_token", WORDS),
    optional(
        "options",
        Kind::Object(&[IDS, optional("min_last_updated_datetime", Kind::Moment)]),
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
}

/// /accounts/get
pub(super) fn get(call: &Call<'_>) -> Answer {
    let request: Request = call.read()?;
    let item = call.item(&request.access_token)?;
    let accounts = wanted(
        accounts::of_item(call.db, &item.item_id)?,
        request.options.account_ids.as_deref(),
    )?;
    answer(call, &item, &accounts)
}

/// /accounts/balance/get
pub(super) fn balance(call: &Call<'_>) -> Answer {
    let request: Request = call.read()?;
    let item = call.item(&request.access_token)?;
    let accounts = wanted(
        accounts::of_item(call.db, &item.item_id)?,
        request.options.account_ids.as_deref(),
    )?;
    let accounts = read_live(call, &item, accounts)?;
    answer(call, &item, &accounts)
}

/// The accounts that were asked for; all, when none were named.
fn wanted(accounts: Vec<Account>, ids: Option<&[String]>) -> Result<Vec<Account>, Failure> {
    let Some(ids) = ids else {
        return Ok(accounts);
    };
    if ids
        .iter()
        .any(|id| !accounts.iter().any(|account| &account.account_id == id))
    {
        return Err(Failure::from(&INVALID_ACCOUNT_ID));
    }
    Ok(accounts
        .into_iter()
        .filter(|account| ids.contains(&account.account_id))
        .collect())
}

/// Asks the bank for the balances of these accounts, and keeps what it says.
pub(super) fn read_live(
    call: &Call<'_>,
    item: &Item,
    accounts: Vec<Account>,
) -> Result<Vec<Account>, Failure> {
    if item.login_required {
        return Err(Failure::from(&ITEM_LOGIN_REQUIRED));
    }
    let reads = items::count_live_read(call.db, &item.item_id)?;
    let at_bank = Customer::named(&item.username).accounts();
    accounts
        .into_iter()
        .map(|mut account| {
            if let Some(known) = at_bank.iter().find(|known| known.mask == account.mask) {
                account.balances = known.balances(reads)?;
            }
            account.read_at = call.now;
            accounts::set_balances(
                call.db,
                &account.account_id,
                account.balances,
                account.read_at,
            )?;
            Ok(account)
        })
        .collect()
}

fn answer(call: &Call<'_>, item: &Item, accounts: &[Account]) -> Answer {
    call.answer(Accounts {
        accounts: accounts.iter().map(body).collect(),
        item: item_body(item),
    })
}

fn body(account: &Account) -> AccountBody<'_> {
    AccountBody {
        account_id: &account.account_id,
        balances: BalancesBody {
            available: account.balances.available,
            current: account.balances.current,
            limit: account.balances.limit,
            iso_currency_code: Some(&account.currency),
            unofficial_currency_code: None,
        },
        mask: &account.mask,
        name: &account.name,
        official_name: account.official_name.as_deref(),
        account_type: &account.account_type,
        subtype: &account.subtype,
        holder_category: &account.holder_category,
    }
}
