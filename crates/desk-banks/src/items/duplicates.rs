//! Items that have accounts in common, as was seen after both were linked, until the user says that both are to stay.
//! The rows are written where a bank is linked; here they are shown and put aside.

use std::collections::HashSet;

use jiff::Timestamp;
use plaid::ItemId;
use rusqlite::{Connection, OptionalExtension, Transaction};

use super::view::PersonView;
use crate::link::view::{DuplicateItem, SameAccount};
use desk_core::{DeskError, moment::Moment, store::single_column};

/// Pairs of accounts, one of each Item, that are the same: by Plaid's persistent_account_id where both have one, else
/// by mask and name.
const SAME: &str = "FROM accounts mine JOIN accounts theirs
     ON mine.item_id = ?1 AND theirs.item_id = ?2 AND mine.gone_at IS NULL AND theirs.gone_at IS NULL
    AND CASE WHEN mine.persistent_account_id IS NOT NULL AND theirs.persistent_account_id IS NOT NULL
             THEN mine.persistent_account_id = theirs.persistent_account_id
             ELSE mine.mask IS theirs.mask AND lower(mine.name) = lower(theirs.name) END";

/// The Items about which it is open whether they double another: few, if any.
pub(super) fn doubled(connection: &Connection) -> Result<HashSet<String>, DeskError> {
    let mut statement = connection
        .prepare_cached("SELECT DISTINCT item_id FROM duplicates WHERE dismissed_at IS NULL")?;
    let items = statement.query_map([], single_column)?;
    Ok(items.collect::<Result<_, _>>()?)
}

/// The Item that this one doubles, the oldest of them, while both are there and nothing was said about it.
pub(super) fn of(
    connection: &Connection,
    item_id: &str,
) -> Result<Option<DuplicateItem>, DeskError> {
    let found = connection
        .prepare_cached(
            "SELECT other.item_id, other.institution_name, person_id, people.name, other.problem IS NOT NULL AS needs_attention
             FROM duplicates JOIN items other ON other.item_id = of_item_id JOIN people USING (person_id)
             WHERE duplicates.item_id = ?1 AND dismissed_at IS NULL AND other.state = 'active'
             ORDER BY other.linked_at, other.rowid LIMIT 1",
        )?
        .query_row([item_id], |row| {
            Ok(DuplicateItem {
                item_id: row.get("item_id")?,
                institution_name: row.get("institution_name")?,
                person: PersonView {
                    person_id: row.get("person_id")?,
                    name: row.get("name")?,
                },
                needs_attention: row.get("needs_attention")?,
                same_accounts: Vec::new(),
                other_accounts: 0,
            })
        })
        .optional()?;
    found
        .map(|found| {
            let same_accounts = same(connection, item_id, &found.item_id)?;
            Ok(DuplicateItem {
                other_accounts: others(connection, item_id, &found.item_id)?,
                same_accounts,
                ..found
            })
        })
        .transpose()
}

fn same(
    connection: &Connection,
    item_id: &str,
    other: &str,
) -> Result<Vec<SameAccount>, DeskError> {
    let sql = format!(
        "SELECT theirs.name, theirs.mask {SAME} GROUP BY theirs.account_id ORDER BY theirs.position"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let accounts = statement.query_map([item_id, other], |row| {
        Ok(SameAccount {
            name: row.get("name")?,
            mask: row.get("mask")?,
        })
    })?;
    Ok(accounts.collect::<Result<_, _>>()?)
}

/// How many accounts the other Item has besides.
fn others(connection: &Connection, item_id: &str, other: &str) -> Result<u32, DeskError> {
    let sql = format!(
        "SELECT count(*) FROM accounts WHERE item_id = ?2 AND gone_at IS NULL
            AND account_id NOT IN (SELECT theirs.account_id {SAME})"
    );
    let count = connection
        .prepare_cached(&sql)?
        .query_row([item_id, other], single_column)?;
    Ok(count)
}

/// Notes that the Item is another than those it looks like.
pub(super) fn dismiss(
    transaction: &Transaction<'_>,
    item_id: &ItemId,
    now: Timestamp,
) -> Result<(), DeskError> {
    transaction.execute(
        "UPDATE duplicates SET dismissed_at = ?2 WHERE item_id = ?1 AND dismissed_at IS NULL",
        (item_id.as_str(), Moment::from(now)),
    )?;
    Ok(())
}
