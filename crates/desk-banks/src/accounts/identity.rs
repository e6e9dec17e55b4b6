//! Whether accounts of two Items are the same account at the bank. Plaid gives each Item's accounts new account_ids.

use rusqlite::Connection;

use crate::link::view::SameAccount;
use desk_core::store::StoreError;

/// What an account is recognized by in another Item.
#[derive(Clone, Debug)]
pub(crate) struct AccountIdentity {
    pub(crate) name: String,
    pub(crate) mask: Option<String>,
    /// Only a few banks report it. It names the same account across Items.
    pub(crate) persistent_account_id: Option<String>,
}

impl AccountIdentity {
    /// Persistent ids decide where both accounts have one. Otherwise the mask and the name have to match: neither is
    /// unique, and a name without a mask says too little.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        match (&self.persistent_account_id, &other.persistent_account_id) {
            (Some(mine), Some(theirs)) => mine == theirs,
            _ => {
                self.mask.is_some()
                    && self.mask == other.mask
                    && self.name.to_lowercase() == other.name.to_lowercase()
            }
        }
    }
}

/// The accounts that an Item has now, in Plaid's order.
pub(crate) fn identities(
    connection: &Connection,
    item_id: &str,
) -> Result<Vec<AccountIdentity>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT name, mask, persistent_account_id FROM accounts
         WHERE item_id = ?1 AND gone_at IS NULL ORDER BY position, account_id",
    )?;
    let accounts = statement.query_map([item_id], |row| {
        Ok(AccountIdentity {
            name: row.get("name")?,
            mask: row.get("mask")?,
            persistent_account_id: row.get("persistent_account_id")?,
        })
    })?;
    Ok(accounts.collect::<Result<_, _>>()?)
}

/// Which of `theirs` are the same as one of `mine`, and how many others there are.
pub(crate) fn same_accounts(
    mine: &[AccountIdentity],
    theirs: Vec<AccountIdentity>,
) -> (Vec<SameAccount>, u32) {
    let (same, others): (Vec<_>, Vec<_>) = theirs
        .into_iter()
        .partition(|account| mine.iter().any(|other| other.is_same_as(account)));
    let same = same
        .into_iter()
        .map(|AccountIdentity { name, mask, .. }| SameAccount { name, mask })
        .collect();
    (same, u32::try_from(others.len()).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(
        name: &str,
        mask: Option<&str>,
        persistent_account_id: Option<&str>,
    ) -> AccountIdentity {
        AccountIdentity {
            name: name.to_owned(),
            mask: mask.map(str::to_owned),
            persistent_account_id: persistent_account_id.map(str::to_owned),
        }
    }

    #[test]
    fn accounts_with_different_persistent_ids_are_different_accounts() {
        let checking = |persistent| account("Checking", Some("0000"), persistent);
        assert!(!checking(Some("p-1")).is_same_as(&checking(Some("p-2"))));
        assert!(checking(Some("p-1")).is_same_as(&checking(Some("p-1"))));
        // An id that only one of them has decides nothing.
        assert!(checking(Some("p-1")).is_same_as(&checking(None)));
        let renamed = account("Renamed", Some("9999"), Some("p-1"));
        assert!(checking(Some("p-1")).is_same_as(&renamed));
        let unnumbered = || account("Checking", None, None);
        assert!(!unnumbered().is_same_as(&unnumbered()));
    }
}
