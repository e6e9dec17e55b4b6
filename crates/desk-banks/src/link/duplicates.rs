//! Banks that look as if they were linked already: same institution, and an account of the same name and number.
//! Plaid makes a new Item each time, and bills each, so the user is asked. What is only seen afterwards is noted, and
//! shown with the Items.

use jiff::Timestamp;
use plaid::ItemId;
use rusqlite::{Connection, OptionalExtension, Transaction};

use super::{
    grants::{NamedAccount, named_accounts},
    view::{DuplicateItem, SameAccount},
};
use crate::items::view::PersonView;
use desk_core::{DeskError, moment::Moment, store::single_column};

/// What an account is recognised by.
pub(super) struct Looks {
    pub(super) name: String,
    pub(super) mask: Option<String>,
    /// The same across Items, at the few banks that give it.
    pub(super) persistent_account_id: Option<String>,
}

impl Looks {
    /// Masks are not unique, and names are not: both together are a good sign.
    pub(super) fn same(&self, other: &Self) -> bool {
        let persistent = self.persistent_account_id.is_some()
            && self.persistent_account_id == other.persistent_account_id;
        let named = self.mask.is_some()
            && self.mask == other.mask
            && self.name.to_lowercase() == other.name.to_lowercase();
        persistent || named
    }
}

impl From<NamedAccount> for Looks {
    fn from(account: NamedAccount) -> Self {
        Self {
            name: account.name,
            mask: account.mask,
            persistent_account_id: None,
        }
    }
}

/// What Link named at a grant.
pub struct Named<'a> {
    pub institution_id: Option<&'a str>,
    pub accounts: &'a [NamedAccount],
    pub person_id: &'a str,
}

/// The Items a grant looks like, those of the same person first.
pub(crate) fn of_grant(
    connection: &Connection,
    grant: &Named<'_>,
) -> Result<Vec<DuplicateItem>, DeskError> {
    let looks: Vec<Looks> = grant.accounts.iter().cloned().map(Looks::from).collect();
    alike(
        connection,
        grant.institution_id,
        grant.person_id,
        &looks,
        None,
    )
}

/// The Items that the grant of a session looks like.
pub(crate) fn of_session(
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
    let grant = Named {
        institution_id: institution_id.as_deref(),
        accounts: &named_accounts(accounts)?,
        person_id: &person_id,
    };
    of_grant(connection, &grant)
}

/// The accounts that were granted in a session.
pub fn granted(connection: &Connection, session_id: &str) -> Result<Vec<SameAccount>, DeskError> {
    let accounts: Option<String> = connection.query_row(
        "SELECT accounts FROM link_sessions WHERE session_id = ?1",
        [session_id],
        single_column,
    )?;
    let named = named_accounts(accounts)?.into_iter();
    Ok(named
        .map(|NamedAccount { name, mask, .. }| SameAccount { name, mask })
        .collect())
}

/// The person of a session.
pub(crate) fn person_of(connection: &Connection, session_id: &str) -> Result<String, DeskError> {
    Ok(connection.query_row(
        "SELECT person_id FROM link_sessions WHERE session_id = ?1",
        [session_id],
        single_column,
    )?)
}

/// Items of the institution with an account that looks like one of these.
fn alike(
    connection: &Connection,
    institution_id: Option<&str>,
    person_id: &str,
    looks: &[Looks],
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
        let (same, others): (Vec<Looks>, Vec<Looks>) = accounts(connection, &item_id)?
            .into_iter()
            .partition(|account| looks.iter().any(|look| look.same(account)));
        if same.is_empty() {
            continue;
        }
        items.push(DuplicateItem {
            institution_name: row.get("institution_name")?,
            person: PersonView {
                person_id: row.get("person_id")?,
                name: row.get("name")?,
            },
            needs_attention: row.get("needs_attention")?,
            same_accounts: same
                .into_iter()
                .map(|Looks { name, mask, .. }| SameAccount { name, mask })
                .collect(),
            other_accounts: u32::try_from(others.len()).unwrap_or(u32::MAX),
            item_id,
        });
    }
    Ok(items)
}

fn accounts(connection: &Connection, item_id: &str) -> Result<Vec<Looks>, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT name, mask, persistent_account_id FROM accounts
         WHERE item_id = ?1 AND gone_at IS NULL ORDER BY position, account_id",
    )?;
    let accounts = statement.query_map([item_id], |row| {
        Ok(Looks {
            name: row.get("name")?,
            mask: row.get("mask")?,
            persistent_account_id: row.get("persistent_account_id")?,
        })
    })?;
    Ok(accounts.collect::<Result<_, _>>()?)
}

/// Items that an Item looks like, whether or not that was noticed.
fn of_stored(connection: &Connection, item_id: &ItemId) -> Result<Vec<DuplicateItem>, DeskError> {
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
    let looks = accounts(connection, item_id.as_str())?;
    alike(
        connection,
        institution_id.as_deref(),
        &person_id,
        &looks,
        Some(item_id),
    )
}

/// Whether the user knows of a likeness already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// They decided to keep both.
    Yes,
    /// It is to be shown.
    No,
}

/// Notes what an Item looks like. A likeness that was noted before stays as it is.
pub fn notice(
    transaction: &Transaction<'_>,
    item_id: &ItemId,
    known: Known,
    now: Timestamp,
) -> Result<(), DeskError> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO duplicates (item_id, of_item_id, dismissed_at)
         SELECT ?1, ?2, iif(?4, ?3, NULL)
         WHERE NOT EXISTS (SELECT 1 FROM duplicates WHERE item_id = ?2 AND of_item_id = ?1)
         ON CONFLICT (item_id, of_item_id) DO NOTHING",
    )?;
    for other in of_stored(transaction, item_id)? {
        statement.execute((
            item_id.as_str(),
            &other.item_id,
            Moment::from(now),
            known == Known::Yes,
        ))?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "duplicates_tests.rs"]
mod tests;
