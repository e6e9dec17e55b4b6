//! The grants in `link_sessions`: what a bank agreed to, what is to become of it, and how far its exchange has got. As in
//! `table.rs`, each step is one statement that takes effect only from the states it may follow on.

use std::time::Duration;

use jiff::Timestamp;
use plaid::{AccountId, InstitutionId, ItemId, PublicToken};
use rusqlite::{Connection, Transaction};
use serde::{Deserialize, Serialize};

use super::{
    table::Step,
    view::{LinkState, Purpose},
};
use crate::items::table::AccountFacts;
use desk_core::{DeskError, moment::Moment, problem::Problem, store::single_column};

/// How long the user may decide about a grant that looks like something linked already. Then it is kept, while its
/// public token is good.
pub(crate) const DECISION_TIME: Duration = Duration::from_secs(25 * 60);

/// What the bank granted.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub public_token: PublicToken,
    pub institution_id: Option<String>,
    pub institution_name: Option<String>,
    pub accounts: Vec<NamedAccount>,
    pub(crate) link_session_id: Option<String>,
}

/// An account as Link names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NamedAccount {
    pub id: String,
    pub name: String,
    pub mask: Option<String>,
    pub account_type: String,
    pub subtype: Option<String>,
}

impl From<&NamedAccount> for AccountFacts {
    fn from(account: &NamedAccount) -> Self {
        Self {
            account_id: AccountId::new(account.id.clone()),
            name: account.name.clone(),
            official_name: None,
            mask: account.mask.clone(),
            account_type: account.account_type.clone(),
            subtype: account.subtype.clone(),
            persistent_account_id: None,
        }
    }
}

/// What is to become of a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is exchanged. What it looks like is noticed.
    Keep,
    /// It is exchanged, and the user knows what it looks like.
    KeepBoth,
    /// It is exchanged, and then this Item is removed.
    Replace(ItemId),
    /// It is exchanged only to be removed.
    Withdraw,
}

impl Fate {
    fn to_sql(&self) -> (&'static str, Option<&str>) {
        match self {
            Self::Keep => ("keep", None),
            Self::KeepBoth => ("keep_both", None),
            Self::Replace(item_id) => ("replace", Some(item_id.as_str())),
            Self::Withdraw => ("withdraw", None),
        }
    }

    fn from_sql(word: &str, replaces: Option<String>) -> Result<Self, DeskError> {
        match (word, replaces) {
            ("keep", _) => Ok(Self::Keep),
            ("keep_both", _) => Ok(Self::KeepBoth),
            ("replace", Some(item_id)) => Ok(Self::Replace(ItemId::new(item_id))),
            ("withdraw", _) => Ok(Self::Withdraw),
            _ => Err(DeskError::unreadable("the fate of a grant")),
        }
    }
}

/// Holds the grant until it is exchanged; without a fate, until the user has decided. A second one of the same session
/// is not taken.
pub(crate) fn succeed(
    transaction: &Transaction<'_>,
    session_id: &str,
    grant: &Grant,
    fate: Option<&Fate>,
    now: Timestamp,
) -> Result<Step, DeskError> {
    let accounts = serde_json::to_string(&grant.accounts)
        .map_err(|_| DeskError::unreadable("the accounts of a grant"))?;
    let (state, fate) = match fate {
        Some(fate) => ("succeeded", Some(fate.to_sql().0)),
        None => ("held", None),
    };
    let changed = transaction.execute(
        "UPDATE link_sessions SET state = ?8, public_token = ?2, succeeded_at = ?3, institution_id = ?4,
                institution_name = coalesce(?5, institution_name), accounts = ?6,
                link_session_id = coalesce(?7, link_session_id), fate = ?9, problem = NULL
         WHERE session_id = ?1 AND state IN ('created', 'opened')",
        (
            session_id,
            grant.public_token.expose(),
            Moment::from(now),
            &grant.institution_id,
            &grant.institution_name,
            accounts,
            &grant.link_session_id,
            state,
            fate,
        ),
    )?;
    Ok(Step::of(changed))
}

/// Says what is to become of a grant that is held.
pub fn decide(
    transaction: &Transaction<'_>,
    session_id: &str,
    fate: &Fate,
) -> Result<Step, DeskError> {
    let (fate, replaces) = fate.to_sql();
    let changed = transaction.execute(
        "UPDATE link_sessions SET state = 'succeeded', fate = ?2, replaces_item_id = ?3
         WHERE session_id = ?1 AND state = 'held'",
        (session_id, fate, replaces),
    )?;
    Ok(Step::of(changed))
}

/// A grant that waits for its exchange, or for the user's decision.
#[derive(Clone, Debug)]
pub(crate) struct Granted {
    pub public_token: PublicToken,
    pub(crate) succeeded_at: Moment,
    pub person_id: String,
    pub purpose: Purpose,
    pub institution_id: Option<InstitutionId>,
    pub institution_name: Option<String>,
    pub accounts: Vec<NamedAccount>,
    /// None while the user decides.
    pub fate: Option<Fate>,
    /// Whether Plaid may have been asked to exchange it.
    pub exchange: Exchange,
}

/// Whether Plaid may have been asked to exchange a public token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exchange {
    NotBegun,
    /// It may be used up.
    Begun,
}

/// The grant of a session, while it waits.
pub fn granted(connection: &Connection, session_id: &str) -> Result<Option<Granted>, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT public_token, succeeded_at, person_id, purpose, institution_id, institution_name, accounts,
                fate, replaces_item_id, exchange_begun_at IS NOT NULL AS exchange_begun
         FROM link_sessions WHERE session_id = ?1 AND state IN ('succeeded', 'held')",
    )?;
    let mut rows = statement.query([session_id])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let fate: Option<String> = row.get("fate")?;
    let replaces: Option<String> = row.get("replaces_item_id")?;
    Ok(Some(Granted {
        public_token: PublicToken::new(row.get::<_, String>("public_token")?),
        succeeded_at: row.get("succeeded_at")?,
        person_id: row.get("person_id")?,
        purpose: row.get("purpose")?,
        institution_id: row
            .get::<_, Option<String>>("institution_id")?
            .map(InstitutionId::new),
        institution_name: row.get("institution_name")?,
        accounts: named_accounts(row.get("accounts")?)?,
        fate: fate
            .map(|word| Fate::from_sql(&word, replaces))
            .transpose()?,
        exchange: if row.get("exchange_begun")? {
            Exchange::Begun
        } else {
            Exchange::NotBegun
        },
    }))
}

/// The accounts of a grant as the table holds them.
pub(crate) fn named_accounts(json: Option<String>) -> Result<Vec<NamedAccount>, DeskError> {
    json.map_or(Ok(Vec::new()), |json| {
        serde_json::from_str(&json).map_err(|_| DeskError::unreadable("the accounts of a grant"))
    })
}

/// Notes that the public token is about to be sent, so that a start after a crash knows that it may be used up.
pub(crate) fn begin_exchange(
    transaction: &Transaction<'_>,
    session_id: &str,
    now: Timestamp,
) -> Result<(), DeskError> {
    transaction.execute(
        "UPDATE link_sessions SET exchange_begun_at = coalesce(exchange_begun_at, ?2)
         WHERE session_id = ?1 AND state = 'succeeded'",
        (session_id, Moment::from(now)),
    )?;
    Ok(())
}

/// Ends a session with its Item, which stays or is on its way out again; the tokens of Link are erased. That there is
/// an Item weighs more than an end without one, which a second try of the same exchange may have written.
pub fn exchanged(
    transaction: &Transaction<'_>,
    session_id: &str,
    item_id: &ItemId,
    state: LinkState,
    now: Timestamp,
) -> Result<(), DeskError> {
    transaction.execute(
        "UPDATE link_sessions SET state = ?4, item_id = ?2, ended_at = ?3, public_token = NULL,
                link_token = NULL, hosted_link_url = NULL, accounts = NULL, problem = NULL
         WHERE session_id = ?1 AND state IN ('succeeded', 'expired', 'failed')",
        (session_id, item_id.as_str(), Moment::from(now), state),
    )?;
    Ok(())
}

/// Says what is in the way of the exchange, and whether Plaid may have carried it out.
pub(crate) fn hinder(
    transaction: &Transaction<'_>,
    session_id: &str,
    problem: &Problem,
    exchange: Exchange,
) -> Result<(), DeskError> {
    transaction.execute(
        "UPDATE link_sessions SET problem = ?2, exchange_begun_at = iif(?3, exchange_begun_at, NULL)
         WHERE session_id = ?1 AND state = 'succeeded'",
        (
            session_id,
            problem,
            exchange == Exchange::Begun,
        ),
    )?;
    Ok(())
}

/// Sessions whose grant waits for the user's decision.
pub fn held(connection: &Connection) -> Result<Vec<String>, DeskError> {
    let mut statement =
        connection.prepare_cached("SELECT session_id FROM link_sessions WHERE state = 'held'")?;
    let ids = statement.query_map([], single_column)?;
    Ok(ids.collect::<Result<_, _>>()?)
}
