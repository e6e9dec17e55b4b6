//! Reads and dismisses duplicates: Items that have accounts in common with one linked before.
//! `link/duplicate_detection.rs` writes them.

use std::collections::HashSet;

use jiff::Timestamp;
use plaid::ItemId;
use rusqlite::{Connection, OptionalExtension, Transaction};

use super::view::PersonView;
use crate::{
    accounts::identity::{identities, same_accounts},
    link::view::DuplicateItem,
};
use desk_core::{DeskError, moment::Moment, store::single_column};

/// Items with a duplicate that the user has not dismissed.
pub(super) fn duplicate_items(connection: &Connection) -> Result<HashSet<String>, DeskError> {
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
    let Some(mut duplicate) = found else {
        return Ok(None);
    };
    let theirs = identities(connection, &duplicate.item_id)?;
    (duplicate.same_accounts, duplicate.other_accounts) =
        same_accounts(&identities(connection, item_id)?, theirs);
    Ok(Some(duplicate))
}

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
