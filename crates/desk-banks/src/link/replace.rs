//! What a new Item takes over from the one whose place it takes: the names, marks and hiding that the user has set for
//! the same accounts. Each account gives to one, and only what the other has not been given.

use plaid::ItemId;
use rusqlite::{Connection, OptionalExtension, Transaction};

use super::duplicates::Looks;
use desk_core::DeskError;
use desk_core::store::single_column;

struct Account {
    account_id: String,
    looks: Looks,
}

/// Takes over what was set for the accounts that both Items have. What an account has given, it does not keep: it is
/// taken over once, whatever the user changes afterwards.
pub(super) fn take_over(
    transaction: &Transaction<'_>,
    old: &ItemId,
    new: &ItemId,
) -> Result<(), DeskError> {
    let mut left = accounts(transaction, new)?;
    for given in accounts(transaction, old)? {
        let Some(place) = left.iter().position(|taker| given.looks.same(&taker.looks)) else {
            continue;
        };
        hand_over(transaction, &given, &left.remove(place))?;
    }
    Ok(())
}

/// The accounts of an Item, those first that it still has.
fn accounts(connection: &Connection, item_id: &ItemId) -> Result<Vec<Account>, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT account_id, name, mask, persistent_account_id FROM accounts
         WHERE item_id = ?1 ORDER BY gone_at IS NOT NULL, position, account_id",
    )?;
    let accounts = statement.query_map([item_id.as_str()], |row| {
        Ok(Account {
            account_id: row.get("account_id")?,
            looks: Looks {
                name: row.get("name")?,
                mask: row.get("mask")?,
                persistent_account_id: row.get("persistent_account_id")?,
            },
        })
    })?;
    Ok(accounts.collect::<Result<_, _>>()?)
}

fn hand_over(
    transaction: &Transaction<'_>,
    given: &Account,
    taker: &Account,
) -> Result<(), DeskError> {
    let accounts = (&given.account_id, &taker.account_id);
    transaction.execute(
        "UPDATE accounts SET
             own_name = coalesce(accounts.own_name, given.own_name),
             hidden_at = coalesce(accounts.hidden_at, given.hidden_at),
             low_threshold = iif(accounts.low_threshold IS NULL, given.low_threshold, accounts.low_threshold),
             low_currency = iif(accounts.low_threshold IS NULL, given.low_currency, accounts.low_currency),
             below_since = iif(accounts.low_threshold IS NULL, given.below_since, accounts.below_since)
         FROM (SELECT own_name, hidden_at, low_threshold, low_currency, below_since
               FROM accounts WHERE account_id = ?1) AS given
         WHERE account_id = ?2",
        accounts,
    )?;
    transaction.execute(
        "UPDATE accounts SET own_name = NULL, hidden_at = NULL, low_threshold = NULL, low_currency = NULL,
                below_since = NULL
         WHERE account_id = ?1",
        [&given.account_id],
    )?;
    Ok(())
}

/// The Item whose place an Item has taken.
pub(super) fn replaced_by(
    connection: &Connection,
    item_id: &ItemId,
) -> Result<Option<ItemId>, DeskError> {
    let old: Option<String> = connection
        .query_row(
            "SELECT replaces_item_id FROM link_sessions
             WHERE item_id = ?1 AND fate = 'replace' AND replaces_item_id IS NOT NULL",
            [item_id.as_str()],
            single_column,
        )
        .optional()?;
    Ok(old.map(ItemId::new))
}

#[cfg(test)]
#[path = "replace_tests.rs"]
mod tests;
