//! Moves the user's account settings (name, hidden, low-balance alert) from a replaced Item to the new one. Each
//! account passes its settings to one account, and never overwrites existing settings.

use plaid::ItemId;
use rusqlite::{Connection, OptionalExtension, Transaction};

use crate::accounts::identity::AccountIdentity;
use desk_core::{DeskError, store::single_column};

struct AccountRow {
    account_id: String,
    looks: AccountIdentity,
}

/// Clears the settings it moves, so a later call cannot overwrite what the user changed in the meantime.
pub(super) fn transfer_settings(
    transaction: &Transaction<'_>,
    old: &ItemId,
    new: &ItemId,
) -> Result<(), DeskError> {
    let mut left = list_accounts(transaction, new)?;
    for given in list_accounts(transaction, old)? {
        let Some(place) = left
            .iter()
            .position(|taker| given.looks.is_same_as(&taker.looks))
        else {
            continue;
        };
        move_settings(transaction, &given, &left.remove(place))?;
    }
    Ok(())
}

/// Current accounts come first.
fn list_accounts(connection: &Connection, item_id: &ItemId) -> Result<Vec<AccountRow>, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT account_id, name, mask, persistent_account_id FROM accounts
         WHERE item_id = ?1 ORDER BY gone_at IS NOT NULL, position, account_id",
    )?;
    let accounts = statement.query_map([item_id.as_str()], |row| {
        Ok(AccountRow {
            account_id: row.get("account_id")?,
            looks: AccountIdentity {
                name: row.get("name")?,
                mask: row.get("mask")?,
                persistent_account_id: row.get("persistent_account_id")?,
            },
        })
    })?;
    Ok(accounts.collect::<Result<_, _>>()?)
}

fn move_settings(
    transaction: &Transaction<'_>,
    given: &AccountRow,
    taker: &AccountRow,
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

pub(super) fn find_replaced_item(
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
#[path = "settings_transfer_tests.rs"]
mod tests;
