//! The accounts a person shared with an Item, and the balances last read from the bank:
//! what /accounts/get calls cached.

use rusqlite::{Connection, Result, Row, params};

use super::Moment;
use crate::bank::customers::{Balances, BankAccount};

pub(super) const SCHEMA: &str = "
    CREATE TABLE accounts (
        account_id TEXT PRIMARY KEY,
        item_id TEXT NOT NULL REFERENCES items,
        mask TEXT NOT NULL,
        name TEXT NOT NULL,
        official_name TEXT,
        account_type TEXT NOT NULL,
        subtype TEXT NOT NULL,
        holder_category TEXT NOT NULL,
        currency TEXT NOT NULL,
        available TEXT,
        current TEXT,
        credit_limit TEXT,
        read_at TEXT NOT NULL,
        UNIQUE (item_id, mask)
    ) STRICT;
";

/// Accounts that the bank closed stay in the table, so that they are not shared again; and
/// currencies without an ISO 4217 code.
pub(super) const CLOSURES_AND_CURRENCIES: &str = "
    ALTER TABLE accounts ADD COLUMN closed_at TEXT;
    ALTER TABLE accounts ADD COLUMN unofficial_currency INTEGER NOT NULL DEFAULT 0;
";

/// One account of an Item.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) account_id: String,
    pub(crate) mask: String,
    pub(crate) name: String,
    pub(crate) official_name: Option<String>,
    pub(crate) account_type: String,
    pub(crate) subtype: String,
    pub(crate) holder_category: String,
    pub(crate) currency: String,
    /// Whether the currency's code is none of ISO 4217.
    pub(crate) unofficial_currency: bool,
    pub(crate) balances: Balances,
    /// When the bank was last asked.
    pub(crate) read_at: Moment,
    /// When the bank closed it; Plaid tells nothing of it from then on.
    pub(crate) closed_at: Option<Moment>,
}

fn read(row: &Row<'_>) -> Result<Account> {
    Ok(Account {
        account_id: row.get(0)?,
        mask: row.get(1)?,
        name: row.get(2)?,
        official_name: row.get(3)?,
        account_type: row.get(4)?,
        subtype: row.get(5)?,
        holder_category: row.get(6)?,
        currency: row.get(7)?,
        balances: Balances {
            available: row.get(8)?,
            current: row.get(9)?,
            limit: row.get(10)?,
        },
        read_at: row.get(11)?,
        unofficial_currency: row.get(12)?,
        closed_at: row.get(13)?,
    })
}

/// Shares one account of the bank with an Item.
pub(crate) fn insert(
    db: &Connection,
    item_id: &str,
    account_id: &str,
    at_bank: &BankAccount,
    balances: Balances,
    now: Moment,
) -> Result<()> {
    db.execute(
        "INSERT INTO accounts (account_id, item_id, mask, name, official_name, account_type, subtype,
             holder_category, currency, available, current, credit_limit, read_at, unofficial_currency)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        params![
            account_id,
            item_id,
            at_bank.mask,
            at_bank.name,
            at_bank.official_name,
            at_bank.account_type,
            at_bank.subtype,
            at_bank.holder_category,
            at_bank.currency,
            balances.available,
            balances.current,
            balances.limit,
            now,
            at_bank.unofficial_currency
        ],
    )?;
    Ok(())
}

/// The open accounts of an Item, in the bank's order.
pub(crate) fn of_item(db: &Connection, item_id: &str) -> Result<Vec<Account>> {
    let mut accounts = with_closed(db, item_id)?;
    accounts.retain(|account| account.closed_at.is_none());
    Ok(accounts)
}

/// The accounts of an Item, those among them that the bank has closed.
pub(crate) fn with_closed(db: &Connection, item_id: &str) -> Result<Vec<Account>> {
    let mut query = db.prepare_cached(
        "SELECT account_id, mask, name, official_name, account_type, subtype, holder_category, currency,
             available, current, credit_limit, read_at, unofficial_currency, closed_at
         FROM accounts WHERE item_id = ?1 ORDER BY mask",
    )?;
    query.query_map([item_id], read)?.collect()
}

/// Closes an account, or opens it again; whether there is such an account.
pub(crate) fn set_closed(
    db: &Connection,
    account_id: &str,
    closed_at: Option<Moment>,
) -> Result<bool> {
    let changed = db.execute(
        "UPDATE accounts SET closed_at = ?2 WHERE account_id = ?1",
        params![account_id, closed_at],
    )?;
    Ok(changed > 0)
}

/// Takes back what a person no longer shares.
pub(crate) fn remove(db: &Connection, account_id: &str) -> Result<()> {
    db.execute("DELETE FROM accounts WHERE account_id = ?1", [account_id])?;
    Ok(())
}

/// Keeps what the bank just answered.
pub(crate) fn set_balances(db: &Connection, account_id: &str, balances: Balances) -> Result<()> {
    db.prepare_cached(
        "UPDATE accounts SET available = ?2, current = ?3, credit_limit = ?4 WHERE account_id = ?1",
    )?
    .execute(params![
        account_id,
        balances.available,
        balances.current,
        balances.limit
    ])?;
    Ok(())
}

/// Keeps when the bank was asked about an account.
pub(crate) fn set_read_at(db: &Connection, account_id: &str, now: Moment) -> Result<()> {
    db.prepare_cached("UPDATE accounts SET read_at = ?2 WHERE account_id = ?1")?
        .execute(params![account_id, now])?;
    Ok(())
}

/// Keeps when the bank was asked about all accounts of an Item, in one go.
pub(crate) fn set_all_read_at(db: &Connection, item_id: &str, now: Moment) -> Result<()> {
    db.prepare_cached("UPDATE accounts SET read_at = ?2 WHERE item_id = ?1")?
        .execute(params![item_id, now])?;
    Ok(())
}
