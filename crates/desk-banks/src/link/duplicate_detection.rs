//! Finds banks that look already linked: same institution, and an account with the same name and mask. Plaid creates
//! and bills a new Item each time, so the user decides. Duplicates found later are recorded and shown with the
//! Items.

use jiff::Timestamp;
use plaid::ItemId;
use rusqlite::{Connection, OptionalExtension, Transaction};

use super::{
    grants_table::{GrantedAccount, parse_accounts},
    view::{DuplicateItem, SameAccount},
};
use crate::{
    accounts::identity::{AccountIdentity, identities, same_accounts},
    items::view::PersonView,
};
use desk_core::{DeskError, moment::Moment, store::single_column};

impl From<GrantedAccount> for AccountIdentity {
    fn from(account: GrantedAccount) -> Self {
        Self {
            name: account.name,
            mask: account.mask,
            persistent_account_id: None,
        }
    }
}

/// The institution and accounts in a grant.
pub struct GrantedBank<'a> {
    pub institution_id: Option<&'a str>,
    pub accounts: &'a [GrantedAccount],
    pub person_id: &'a str,
}

/// Items of the same customer come first.
pub(crate) fn find_for_grant(
    connection: &Connection,
    grant: &GrantedBank<'_>,
) -> Result<Vec<DuplicateItem>, DeskError> {
    let looks: Vec<AccountIdentity> = grant
        .accounts
        .iter()
        .cloned()
        .map(AccountIdentity::from)
        .collect();
    find_matching_items(
        connection,
        grant.institution_id,
        grant.person_id,
        &looks,
        None,
    )
}

pub(crate) fn find_for_session(
    connection: &Connection,
    session_id: &str,
) -> Result<Vec<DuplicateItem>, DeskError> {
    let (institution_id, person_id, accounts): (Option<String>, String, Option<String>) =
        connection.query_row(
            "SELECT institution_id, person_id, accounts FROM link_sessions WHERE session_id = ?1",
            [session_id],
            |row| {
                Ok((
                    row.get("institution_id")?,
                    row.get("person_id")?,
                    row.get("accounts")?,
                ))
            },
        )?;
    let grant = GrantedBank {
        institution_id: institution_id.as_deref(),
        accounts: &parse_accounts(accounts)?,
        person_id: &person_id,
    };
    find_for_grant(connection, &grant)
}

pub fn list_granted_accounts(
    connection: &Connection,
    session_id: &str,
) -> Result<Vec<SameAccount>, DeskError> {
    let accounts: Option<String> = connection.query_row(
        "SELECT accounts FROM link_sessions WHERE session_id = ?1",
        [session_id],
        single_column,
    )?;
    let named = parse_accounts(accounts)?.into_iter();
    Ok(named
        .map(|GrantedAccount { name, mask, .. }| SameAccount { name, mask })
        .collect())
}

pub(crate) fn find_session_person(
    connection: &Connection,
    session_id: &str,
) -> Result<String, DeskError> {
    Ok(connection.query_row(
        "SELECT person_id FROM link_sessions WHERE session_id = ?1",
        [session_id],
        single_column,
    )?)
}

fn find_matching_items(
    connection: &Connection,
    institution_id: Option<&str>,
    person_id: &str,
    looks: &[AccountIdentity],
    except: Option<&ItemId>,
) -> Result<Vec<DuplicateItem>, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT item_id, institution_name, person_id, people.name, problem IS NOT NULL AS needs_attention
         FROM items JOIN people USING (person_id)
         WHERE institution_id = ?1 AND state = 'active' AND item_id IS NOT ?3
         ORDER BY person_id <> ?2, linked_at, items.rowid",
    )?;
    let mut rows = statement.query((institution_id, person_id, except.map(ItemId::as_str)))?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        let item_id: String = row.get("item_id")?;
        let (same_accounts, other_accounts) =
            same_accounts(looks, identities(connection, &item_id)?);
        if same_accounts.is_empty() {
            continue;
        }
        items.push(DuplicateItem {
            institution_name: row.get("institution_name")?,
            person: PersonView {
                person_id: row.get("person_id")?,
                name: row.get("name")?,
            },
            needs_attention: row.get("needs_attention")?,
            same_accounts,
            other_accounts,
            item_id,
        });
    }
    Ok(items)
}

/// Ignores what was recorded or dismissed before.
fn find_for_item(
    connection: &Connection,
    item_id: &ItemId,
) -> Result<Vec<DuplicateItem>, DeskError> {
    let item: Option<(Option<String>, String)> = connection
        .query_row(
            "SELECT institution_id, person_id FROM items WHERE item_id = ?1 AND state = 'active'",
            [item_id.as_str()],
            |row| Ok((row.get("institution_id")?, row.get("person_id")?)),
        )
        .optional()?;
    let Some((institution_id, person_id)) = item else {
        return Ok(Vec::new());
    };
    let looks = identities(connection, item_id.as_str())?;
    find_matching_items(
        connection,
        institution_id.as_deref(),
        &person_id,
        &looks,
        Some(item_id),
    )
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DuplicateNotice {
    /// The user chose to keep both.
    Dismissed,
    Shown,
}

/// Records likely duplicates of an Item. Existing records stay as they are.
pub fn record_duplicates(
    transaction: &Transaction<'_>,
    item_id: &ItemId,
    notice: DuplicateNotice,
    now: Timestamp,
) -> Result<(), DeskError> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO duplicates (item_id, of_item_id, dismissed_at)
         SELECT ?1, ?2, iif(?4, ?3, NULL)
         WHERE NOT EXISTS (SELECT 1 FROM duplicates WHERE item_id = ?2 AND of_item_id = ?1)
         ON CONFLICT (item_id, of_item_id) DO NOTHING",
    )?;
    for other in find_for_item(transaction, item_id)? {
        statement.execute((
            item_id.as_str(),
            &other.item_id,
            Moment::from(now),
            notice == DuplicateNotice::Dismissed,
        ))?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "duplicate_detection_tests.rs"]
mod tests;
