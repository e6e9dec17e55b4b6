//! Whose account a row of a file means: all accounts, loaded once and found by everything a file may call them.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, Row};

use super::view::{ImportChoice, ImportField};
use desk_banks::items::table::evaluable;
use desk_core::{
    DeskError,
    problem::{NextAction, Problem},
    store::columns,
};

/// Accounts offered for one row at most.
const MOST_CHOICES: usize = 20;

/// An account as an import sees it.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) account_id: String,
    pub(super) person_name: String,
    pub(super) institution_name: String,
    /// The user's own name of it, or else the bank's.
    pub(super) name: String,
    pub(super) mask: Option<String>,
    standing: Standing,
}

#[derive(Debug)]
enum Standing {
    Usable,
    /// Its bank wants to be signed in to first.
    NeedsLogin,
    /// Why it cannot be debited, as the end of a sentence.
    Unusable(String),
}

/// All accounts that are or were linked.
#[derive(Debug, Default)]
pub(super) struct Directory {
    accounts: Vec<Known>,
    by_id: HashMap<String, usize>,
    by_name: HashMap<String, Vec<usize>>,
    by_person: HashMap<String, Vec<usize>>,
    by_client_user_id: HashMap<String, Vec<usize>>,
}

/// What a row says about its account; empty where it says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Said<'a> {
    pub(super) account: &'a str,
    pub(super) person: &'a str,
    pub(super) client_user_id: &'a str,
    pub(super) mask: &'a str,
}

/// Why a row's account is not clear.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotFound {
    pub(super) field: ImportField,
    pub(super) message: String,
    pub(super) choices: Vec<ImportChoice>,
}

columns!(AccountColumns {
    account_id,
    person_name,
    client_user_id,
    institution_name,
    shown_name,
    name,
    official_name,
    mask,
    account_type,
    subtype,
    currency,
    gone,
    state,
    problem,
});

impl Directory {
    /// Reads all accounts.
    pub(super) fn read(connection: &Connection) -> Result<Self, DeskError> {
        let mut statement = connection.prepare_cached(
            "SELECT accounts.account_id, people.name AS person_name, people.client_user_id, institution_name,
                    coalesce(own_name, accounts.name) AS shown_name, accounts.name, official_name, mask, account_type, subtype,
                    coalesce(iso_currency_code, unofficial_currency_code) AS currency, gone_at IS NOT NULL AS gone, state, problem
             FROM accounts JOIN items USING (item_id) JOIN people USING (person_id)
                  LEFT JOIN readings ON reading_id = present_reading_id
             ORDER BY linked_at, items.rowid, position",
        )?;
        let at = AccountColumns::of(&statement)?;
        let mut rows = statement.query([])?;
        let mut directory = Self::default();
        while let Some(row) = rows.next()? {
            directory.add(row, at)?;
        }
        Ok(directory)
    }

    fn add(&mut self, row: &Row<'_>, at: AccountColumns) -> Result<(), DeskError> {
        let place = self.accounts.len();
        let account_id: String = row.get(at.account_id)?;
        let (person_name, client_user_id): (String, String) =
            (row.get(at.person_name)?, row.get(at.client_user_id)?);
        let shown: String = row.get(at.shown_name)?;
        let names = [
            Some(shown.clone()),
            row.get(at.name)?,
            row.get(at.official_name)?,
        ];
        let names: HashSet<String> = names.into_iter().flatten().map(|name| key(&name)).collect();
        for name in names {
            self.by_name.entry(name).or_default().push(place);
        }
        let person = self.by_person.entry(key(&person_name)).or_default();
        person.push(place);
        let user = self.by_client_user_id.entry(client_user_id).or_default();
        user.push(place);
        self.by_id.insert(account_id.clone(), place);
        self.accounts.push(Known {
            account_id,
            person_name,
            institution_name: row.get(at.institution_name)?,
            name: shown,
            mask: row.get(at.mask)?,
            standing: standing(row, at)?,
        });
        Ok(())
    }

    pub(super) fn get(&self, place: usize) -> &Known {
        &self.accounts[place]
    }

    /// The account that a row means.
    ///
    /// # Errors
    /// It means none, none that can be debited, or more than one.
    pub(super) fn find(&self, said: Said<'_>) -> Result<usize, NotFound> {
        let mut meant: Option<Vec<usize>> = None;
        let mut field = ImportField::Account;
        if !said.account.is_empty() {
            let found = match self.by_id.get(said.account) {
                Some(place) => vec![*place],
                None => found(&self.by_name, &key(said.account)),
            };
            if found.is_empty() {
                let message = format!("No account called “{}” is linked.", short(said.account));
                return Err(none(field, message));
            }
            meant = Some(found);
        }
        for (text, by, who, looked_for) in [
            (
                said.client_user_id,
                &self.by_client_user_id,
                ImportField::ClientUserId,
                said.client_user_id.to_owned(),
            ),
            (
                said.person,
                &self.by_person,
                ImportField::Person,
                key(said.person),
            ),
        ] {
            if text.is_empty() {
                continue;
            }
            let found = found(by, &looked_for);
            if found.is_empty() {
                let message = match who {
                    ImportField::Person => format!("Nobody called “{}” is linked.", short(text)),
                    _ => format!("Nobody linked has the client_user_id “{}”.", short(text)),
                };
                return Err(none(who, message));
            }
            field = if meant.is_none() { who } else { field };
            meant = Some(self.both(meant, &found, who, text)?);
        }
        let Some(mut meant) = meant else {
            let message = "The row does not say whose account is debited.".to_owned();
            return Err(none(field, message));
        };
        if !said.mask.is_empty() {
            let ending: Vec<usize> = meant
                .iter()
                .copied()
                .filter(|place| same_mask(self.accounts[*place].mask.as_deref(), said.mask))
                .collect();
            if ending.is_empty() {
                let message = format!(
                    "{} has no account that ends in {}.",
                    self.accounts[meant[0]].person_name,
                    short(said.mask)
                );
                return Err(NotFound {
                    field: ImportField::Mask,
                    message,
                    choices: self.choices(&meant),
                });
            }
            meant = ending;
        }
        self.one_of(&meant, field)
    }

    fn both(
        &self,
        meant: Option<Vec<usize>>,
        found: &[usize],
        field: ImportField,
        text: &str,
    ) -> Result<Vec<usize>, NotFound> {
        let Some(meant) = meant else {
            return Ok(found.to_vec());
        };
        let both: Vec<usize> = meant
            .iter()
            .copied()
            .filter(|place| found.contains(place))
            .collect();
        if both.is_empty() {
            let other = &self.accounts[meant[0]];
            let message = format!(
                "The account belongs to {}, and the row says “{}”.",
                other.person_name,
                short(text)
            );
            return Err(none(field, message));
        }
        Ok(both)
    }

    fn one_of(&self, meant: &[usize], field: ImportField) -> Result<usize, NotFound> {
        let usable: Vec<usize> = meant
            .iter()
            .copied()
            .filter(|place| !matches!(self.accounts[*place].standing, Standing::Unusable(_)))
            .collect();
        match (usable.as_slice(), meant) {
            ([one], _) => Ok(*one),
            ([], [one, rest @ ..]) => {
                let account = &self.accounts[*one];
                let message = match &account.standing {
                    Standing::Unusable(why) if rest.is_empty() => {
                        format!("{} {why}", label(account))
                    }
                    _ => format!(
                        "{} has no checking or savings account in US dollars that is linked.",
                        account.person_name
                    ),
                };
                Err(none(field, message))
            }
            (several, _) => Err(NotFound {
                field,
                message: format!("{} accounts may be meant. Choose one.", several.len()),
                choices: self.choices(several),
            }),
        }
    }

    /// What is to be said of an account that can be debited.
    pub(super) fn warning(&self, place: usize) -> Option<String> {
        let account = &self.accounts[place];
        matches!(account.standing, Standing::NeedsLogin).then(|| {
            format!(
                "{} has to be signed in to again: without it, Plaid evaluates the debit with old data or none, and bills it all the same.",
                account.institution_name
            )
        })
    }

    fn choices(&self, places: &[usize]) -> Vec<ImportChoice> {
        places
            .iter()
            .map(|place| &self.accounts[*place])
            .filter(|account| !matches!(account.standing, Standing::Unusable(_)))
            .take(MOST_CHOICES)
            .map(|account| ImportChoice {
                account_id: account.account_id.clone(),
                label: format!(
                    "{}, {}, {}",
                    account.person_name,
                    account.institution_name,
                    label(account)
                ),
            })
            .collect()
    }
}

/// Name and mask.
pub(super) fn label(account: &Known) -> String {
    match &account.mask {
        Some(mask) => format!("{} ••{mask}", account.name),
        None => account.name.clone(),
    }
}

fn found(by: &HashMap<String, Vec<usize>>, looked_for: &str) -> Vec<usize> {
    by.get(looked_for).cloned().unwrap_or_default()
}

fn none(field: ImportField, message: String) -> NotFound {
    NotFound {
        field,
        message,
        choices: Vec::new(),
    }
}

/// Case, and how many spaces there are, do not tell names apart.
fn key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    for word in name.split_whitespace() {
        if !key.is_empty() {
            key.push(' ');
        }
        key.extend(word.chars().flat_map(char::to_lowercase));
    }
    key
}

/// Spreadsheets take leading zeros from masks, and people write `••1234` or `x1234`.
fn same_mask(mask: Option<&str>, said: &str) -> bool {
    let said =
        said.trim_start_matches(|c: char| !c.is_ascii_alphanumeric() || c == 'x' || c == 'X');
    mask.is_some_and(|mask| {
        let zeros = mask.len().saturating_sub(said.len());
        mask.eq_ignore_ascii_case(said)
            || (said.bytes().all(|byte| byte.is_ascii_digit())
                && mask.bytes().take(zeros).all(|byte| byte == b'0')
                && mask.get(zeros..) == Some(said))
    })
}

fn standing(row: &Row<'_>, at: AccountColumns) -> Result<Standing, DeskError> {
    let unusable = |why: String| Ok(Standing::Unusable(why));
    let (gone, state): (bool, String) = (row.get(at.gone)?, row.get(at.state)?);
    if state != "active" {
        return unusable("is not linked any more: its bank was removed.".to_owned());
    }
    if gone {
        return unusable(
            "is not linked any more: the bank does not list it, or it is not shared.".to_owned(),
        );
    }
    let (kind, subtype): (String, Option<String>) =
        (row.get(at.account_type)?, row.get(at.subtype)?);
    let currency: Option<String> = row.get(at.currency)?;
    if !evaluable(&kind, subtype.as_deref(), currency.as_deref()) {
        let what = match (kind.as_str(), subtype.as_deref(), currency) {
            ("credit", Some("credit card") | None, _) => "is a credit card".to_owned(),
            ("depository", Some("checking" | "savings"), Some(currency)) => {
                format!("is in {currency}")
            }
            (_, Some(subtype), _) => format!("is a {subtype} account"),
            (kind, None, _) => format!("is a {kind} account"),
        };
        return unusable(format!(
            "{what}: an ACH debit is made from a checking or savings account in US dollars."
        ));
    }
    let problem: Option<Problem> = row.get(at.problem)?;
    let repair = problem
        .is_some_and(|problem| matches!(problem.action, Some(NextAction::RepairItem { .. })));
    Ok(if repair {
        Standing::NeedsLogin
    } else {
        Standing::Usable
    })
}

/// What a file says, short enough for a sentence.
fn short(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut short: String = text.chars().take(LONGEST).collect();
    if text.chars().count() > LONGEST {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_the_same_however_they_are_written() {
        for said in ["0012", "12", "••0012", "x0012", "...12"] {
            assert!(same_mask(Some("0012"), said), "{said}");
        }
        for said in ["112", "1", "0013", "00012", ""] {
            assert!(!same_mask(Some("0012"), said), "{said}");
        }
        assert!(!same_mask(None, "0012"));
        assert!(same_mask(Some("AB1"), "ab1"));
    }

    #[test]
    fn names_are_the_same_whatever_their_case() {
        assert_eq!(key("  Ada   LOVELACE "), "ada lovelace");
        assert_eq!(key("Ärzte"), "ärzte");
    }
}
