//! The grants in `link_sessions`: what the bank agreed to, what to do with it, and how far its exchange got. As in
//! `sessions_table.rs`, each update takes effect only from the states it may follow.

use std::time::Duration;

use jiff::Timestamp;
use plaid::{AccountId, InstitutionId, ItemId, PublicToken};
use rusqlite::{Connection, Transaction};
use serde::{Deserialize, Serialize};

use super::{
    sessions_table::StateChange,
    view::{LinkState, Purpose},
};
use crate::items::table::AccountFacts;
use desk_core::{DeskError, moment::Moment, problem::Problem, store::single_column};

/// How long the user can decide about a likely duplicate. Must end before the public token expires.
pub(crate) const DECISION_TIME: Duration = Duration::from_secs(25 * 60);

#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub public_token: PublicToken,
    pub institution_id: Option<String>,
    pub institution_name: Option<String>,
    pub accounts: Vec<GrantedAccount>,
    pub(crate) link_session_id: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct GrantedAccount {
    pub id: String,
    pub name: String,
    pub mask: Option<String>,
    pub account_type: String,
    pub subtype: Option<String>,
}

impl From<&GrantedAccount> for AccountFacts {
    fn from(account: &GrantedAccount) -> Self {
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

/// What to do with a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum GrantDecision {
    /// Exchange it, and show any likely duplicates.
    Keep,
    /// Exchange it. The user knows about the duplicates.
    KeepBoth,
    /// Exchange it, then remove this Item.
    Replace(ItemId),
    /// Exchange it only to remove the new Item.
    Withdraw,
}

impl GrantDecision {
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
            _ => Err(DeskError::unreadable("the decision of a grant")),
        }
    }
}

/// Stores a grant. Without a decision it is held for the user. A second grant for the same session is ignored.
pub(crate) fn store_grant(
    transaction: &Transaction<'_>,
    session_id: &str,
    grant: &Grant,
    decision: Option<&GrantDecision>,
    now: Timestamp,
) -> Result<StateChange, DeskError> {
    let accounts = serde_json::to_string(&grant.accounts)
        .map_err(|_| DeskError::unreadable("the accounts of a grant"))?;
    let (state, decision) = match decision {
        Some(decision) => ("succeeded", Some(decision.to_sql().0)),
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
            decision,
        ),
    )?;
    Ok(StateChange::of(changed))
}

pub fn store_decision(
    transaction: &Transaction<'_>,
    session_id: &str,
    decision: &GrantDecision,
) -> Result<StateChange, DeskError> {
    let (decision, replaces) = decision.to_sql();
    let changed = transaction.execute(
        "UPDATE link_sessions SET state = 'succeeded', fate = ?2, replaces_item_id = ?3
         WHERE session_id = ?1 AND state = 'held'",
        (session_id, decision, replaces),
    )?;
    Ok(StateChange::of(changed))
}

/// A grant that is waiting for its exchange or for the user's decision.
#[derive(Clone, Debug)]
pub(crate) struct PendingGrant {
    pub public_token: PublicToken,
    pub(crate) succeeded_at: Moment,
    pub person_id: String,
    pub purpose: Purpose,
    pub institution_id: Option<InstitutionId>,
    pub institution_name: Option<String>,
    pub accounts: Vec<GrantedAccount>,
    /// None until the user decides.
    pub decision: Option<GrantDecision>,
    pub exchange: ExchangeState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExchangeState {
    NotSent,
    /// Plaid may have used up the token.
    MaybeSent,
}

pub fn find_pending_grant(
    connection: &Connection,
    session_id: &str,
) -> Result<Option<PendingGrant>, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT public_token, succeeded_at, person_id, purpose, institution_id, institution_name, accounts,
                fate, replaces_item_id, exchange_begun_at IS NOT NULL AS exchange_begun
         FROM link_sessions WHERE session_id = ?1 AND state IN ('succeeded', 'held')",
    )?;
    let mut rows = statement.query([session_id])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let decision: Option<String> = row.get("fate")?;
    let replaces: Option<String> = row.get("replaces_item_id")?;
    Ok(Some(PendingGrant {
        public_token: PublicToken::new(row.get::<_, String>("public_token")?),
        succeeded_at: row.get("succeeded_at")?,
        person_id: row.get("person_id")?,
        purpose: row.get("purpose")?,
        institution_id: row
            .get::<_, Option<String>>("institution_id")?
            .map(InstitutionId::new),
        institution_name: row.get("institution_name")?,
        accounts: parse_accounts(row.get("accounts")?)?,
        decision: decision
            .map(|word| GrantDecision::from_sql(&word, replaces))
            .transpose()?,
        exchange: if row.get("exchange_begun")? {
            ExchangeState::MaybeSent
        } else {
            ExchangeState::NotSent
        },
    }))
}

pub(crate) fn parse_accounts(json: Option<String>) -> Result<Vec<GrantedAccount>, DeskError> {
    json.map_or(Ok(Vec::new()), |json| {
        serde_json::from_str(&json).map_err(|_| DeskError::unreadable("the accounts of a grant"))
    })
}

/// Records that the public token is about to be sent. After a crash, the next start then knows that the token may be
/// used up.
pub(crate) fn mark_exchange_sent(
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

/// Ends a session with its Item and erases Link's tokens. Also replaces a failure that a parallel attempt at the
/// same exchange recorded, because the Item exists.
pub fn finish_with_item(
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

pub(crate) fn record_exchange_failure(
    transaction: &Transaction<'_>,
    session_id: &str,
    problem: &Problem,
    exchange: ExchangeState,
) -> Result<(), DeskError> {
    transaction.execute(
        "UPDATE link_sessions SET problem = ?2, exchange_begun_at = iif(?3, exchange_begun_at, NULL)
         WHERE session_id = ?1 AND state = 'succeeded'",
        (
            session_id,
            problem,
            exchange == ExchangeState::MaybeSent,
        ),
    )?;
    Ok(())
}

pub fn list_undecided(connection: &Connection) -> Result<Vec<String>, DeskError> {
    let mut statement =
        connection.prepare_cached("SELECT session_id FROM link_sessions WHERE state = 'held'")?;
    let ids = statement.query_map([], single_column)?;
    Ok(ids.collect::<Result<_, _>>()?)
}
