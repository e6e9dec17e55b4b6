//! The accounts that a customer shares with an Item, with the balances last read from the bank (Plaid's cached balances).

use rusqlite::{Connection, Result, params};

use super::SandboxTime;
use super::columns::table_row;
use crate::amount::Amount;
use crate::bank::customers::Balances;

table_row! {
    #[derive(Clone, Debug)]
    struct Account in "accounts" {
        account_id: String,
        item_id: String,
        /// Identifies the account among those of one customer.
        mask: String,
        name: String,
        official_name: Option<String>,
        account_type: String,
        subtype: String,
        holder_category: String,
        currency: String,
        /// Whether the currency code isn't an ISO 4217 code.
        unofficial_currency: bool,
        available: Option<Amount>,
        current: Option<Amount>,
        credit_limit: Option<Amount>,
        read_at: SandboxTime,
        closed_at: Option<SandboxTime>,
    }
}

impl Account {
    pub(crate) fn find(db: &Connection, account_id: &str) -> Result<Option<Self>> {
        Self::select(db, "WHERE account_id = ?1", [account_id]).map(|mut rows| rows.pop())
    }

    pub(crate) fn balances(&self) -> Balances {
        Balances {
            available: self.available,
            current: self.current,
            limit: self.credit_limit,
        }
    }

    pub(crate) fn set_balances(&mut self, balances: Balances) {
        self.available = balances.available;
        self.current = balances.current;
        self.credit_limit = balances.limit;
    }
}

pub(crate) fn open_of_item(db: &Connection, item_id: &str) -> Result<Vec<Account>> {
    let mut accounts = all_of_item(db, item_id)?;
    accounts.retain(|account| account.closed_at.is_none());
    Ok(accounts)
}

pub(crate) fn all_of_item(db: &Connection, item_id: &str) -> Result<Vec<Account>> {
    Account::select(db, "WHERE item_id = ?1 ORDER BY mask", [item_id])
}

pub(crate) fn remove(db: &Connection, account_id: &str) -> Result<()> {
    db.execute("DELETE FROM accounts WHERE account_id = ?1", [account_id])
        .map(drop)
}

/// One statement for the whole Item, because live reads of whole Items are the most frequent call.
pub(crate) fn set_all_read_at(db: &Connection, item_id: &str, now: SandboxTime) -> Result<()> {
    db.prepare_cached("UPDATE accounts SET read_at = ?2 WHERE item_id = ?1")?
        .execute(params![item_id, now])
        .map(drop)
}
