//! The tables `link_sessions` and `link_events`. Each step of a session is one statement that takes effect only from
//! the states it may follow on, so that callbacks, closing and recovery can meet without doubling anything.

use jiff::Timestamp;
use plaid::{AccountId, InstitutionId, ItemId, LinkToken, PublicToken};
use rusqlite::{Connection, Row, Transaction};
use serde::{Deserialize, Serialize};

use super::view::{LinkEventView, LinkSessionView, LinkState, Purpose};
use crate::{
    DeskError,
    items::table::{AccountFacts, from_json, to_json},
    moment::Moment,
    problem::Problem,
    store::StoreError,
};

/// The most events kept of one session.
const MOST_EVENTS: u32 = 500;

/// The most sessions listed.
const MOST_SESSIONS: u32 = 200;

/// A session that is about to begin.
pub(crate) struct NewSession<'a> {
    pub(crate) session_id: &'a str,
    pub(crate) person_id: &'a str,
    pub(crate) purpose: Purpose,
    pub(crate) repairs: Option<&'a ItemId>,
}

/// Writes a session before anything is asked of Plaid.
pub(crate) fn insert(
    transaction: &Transaction<'_>,
    session: &NewSession<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    transaction.execute(
        "INSERT INTO link_sessions (session_id, person_id, purpose, repairs_item_id, state, created_at)
         VALUES (?1, ?2, ?3, ?4, 'created', ?5)",
        (
            session.session_id,
            session.person_id,
            session.purpose.to_sql(),
            session.repairs.map(ItemId::as_str),
            Moment::from(now),
        ),
    )?;
    Ok(())
}

/// Keeps the link token until the session ends.
pub(crate) fn keep_link_token(
    transaction: &Transaction<'_>,
    session_id: &str,
    link_token: &LinkToken,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE link_sessions SET link_token = ?2, link_token_expires_at = ?3
         WHERE session_id = ?1 AND ended_at IS NULL",
        (session_id, link_token.expose(), Moment::from(expires_at)),
    )?;
    Ok(())
}

/// The page is served.
pub(crate) fn opened(transaction: &Transaction<'_>, session_id: &str) -> Result<Step, StoreError> {
    let changed = transaction.execute(
        "UPDATE link_sessions SET state = 'opened' WHERE session_id = ?1 AND state = 'created'",
        [session_id],
    )?;
    Ok(Step::of(changed))
}

/// What the bank granted.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) public_token: PublicToken,
    pub(crate) institution_id: Option<String>,
    pub(crate) institution_name: Option<String>,
    pub(crate) accounts: Vec<NamedAccount>,
    pub(crate) link_session_id: Option<String>,
}

/// An account as Link names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NamedAccount {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) mask: Option<String>,
    pub(crate) account_type: String,
    pub(crate) subtype: Option<String>,
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

/// Whether a step was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Now.
    Taken,
    /// Before, or the session has ended otherwise.
    TooLate,
}

impl Step {
    fn of(changed: usize) -> Self {
        if changed == 0 {
            Self::TooLate
        } else {
            Self::Taken
        }
    }
}

/// Holds the grant until it is exchanged. A second one of the same session is not taken.
pub(crate) fn succeed(
    transaction: &Transaction<'_>,
    session_id: &str,
    grant: &Grant,
    now: Timestamp,
) -> Result<Step, StoreError> {
    let accounts = serde_json::to_string(&grant.accounts)
        .map_err(|_| StoreError::unreadable("the accounts of a grant"))?;
    let changed = transaction.execute(
        "UPDATE link_sessions SET state = 'succeeded', public_token = ?2, succeeded_at = ?3, institution_id = ?4,
                institution_name = coalesce(?5, institution_name), accounts = ?6,
                link_session_id = coalesce(?7, link_session_id), problem = NULL
         WHERE session_id = ?1 AND state IN ('created', 'opened')",
        (
            session_id,
            grant.public_token.expose(),
            Moment::from(now),
            &grant.institution_id,
            &grant.institution_name,
            accounts,
            &grant.link_session_id,
        ),
    )?;
    Ok(Step::of(changed))
}

/// Ends a session in update mode: there is nothing to exchange.
pub(crate) fn repaired(
    transaction: &Transaction<'_>,
    session_id: &str,
    link_session_id: Option<&str>,
    now: Timestamp,
) -> Result<Step, StoreError> {
    let changed = transaction.execute(
        "UPDATE link_sessions SET state = 'exchanged', ended_at = ?2, link_token = NULL, problem = NULL,
                item_id = repairs_item_id, link_session_id = coalesce(?3, link_session_id)
         WHERE session_id = ?1 AND state IN ('created', 'opened') AND repairs_item_id IS NOT NULL",
        (session_id, Moment::from(now), link_session_id),
    )?;
    Ok(Step::of(changed))
}

/// A grant that waits for its exchange.
#[derive(Clone, Debug)]
pub(crate) struct Granted {
    pub(crate) public_token: PublicToken,
    pub(crate) succeeded_at: Moment,
    pub(crate) person_id: String,
    pub(crate) purpose: Purpose,
    pub(crate) institution_id: Option<InstitutionId>,
    pub(crate) institution_name: Option<String>,
    pub(crate) accounts: Vec<NamedAccount>,
}

/// The grant of a session, while it waits for its exchange.
pub(crate) fn granted(
    connection: &Connection,
    session_id: &str,
) -> Result<Option<Granted>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT public_token, succeeded_at, person_id, purpose, institution_id, institution_name, accounts
         FROM link_sessions WHERE session_id = ?1 AND state = 'succeeded'",
    )?;
    let mut rows = statement.query([session_id])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let accounts: Option<String> = row.get(6)?;
    let accounts = accounts.map_or(Ok(Vec::new()), |json| {
        serde_json::from_str(&json).map_err(|_| StoreError::unreadable("the accounts of a grant"))
    })?;
    Ok(Some(Granted {
        public_token: PublicToken::new(row.get::<_, String>(0)?),
        succeeded_at: row.get(1)?,
        person_id: row.get(2)?,
        purpose: Purpose::from_sql(&row.get::<_, String>(3)?)?,
        institution_id: row.get::<_, Option<String>>(4)?.map(InstitutionId::new),
        institution_name: row.get(5)?,
        accounts,
    }))
}

/// Ends a session with its Item; the tokens of Link are erased. That there is an Item weighs more than an end without
/// one, which a second try of the same exchange may have written.
pub(crate) fn exchanged(
    transaction: &Transaction<'_>,
    session_id: &str,
    item_id: &ItemId,
    now: Timestamp,
) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE link_sessions SET state = 'exchanged', item_id = ?2, ended_at = ?3, public_token = NULL,
                link_token = NULL, accounts = NULL, problem = NULL
         WHERE session_id = ?1 AND state IN ('succeeded', 'expired', 'failed')",
        (session_id, item_id.as_str(), Moment::from(now)),
    )?;
    Ok(())
}

/// Says what is in the way of the exchange.
pub(crate) fn hinder(
    transaction: &Transaction<'_>,
    session_id: &str,
    problem: &Problem,
) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE link_sessions SET problem = ?2 WHERE session_id = ?1 AND state = 'succeeded'",
        (session_id, to_json(problem)?),
    )?;
    Ok(())
}

/// Says that a session is without a window, and that its end is being found out.
pub(crate) fn look_up(
    transaction: &Transaction<'_>,
    session_id: &str,
    problem: &Problem,
) -> Result<Step, StoreError> {
    let changed = transaction.execute(
        "UPDATE link_sessions SET problem = ?2
         WHERE session_id = ?1 AND state IN ('created', 'opened') AND problem IS NULL",
        (session_id, to_json(problem)?),
    )?;
    Ok(Step::of(changed))
}

/// How a session ends without an Item.
#[derive(Clone, Debug)]
pub(crate) struct End {
    pub(crate) state: LinkState,
    pub(crate) problem: Option<Problem>,
    pub(crate) exit_status: Option<String>,
    pub(crate) institution_name: Option<String>,
    pub(crate) link_session_id: Option<String>,
}

impl End {
    /// With nothing more to say.
    pub(crate) fn new(state: LinkState, problem: Option<Problem>) -> Self {
        Self {
            state,
            problem,
            exit_status: None,
            institution_name: None,
            link_session_id: None,
        }
    }
}

/// Which sessions may be ended so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Those without a grant.
    BeforeGrant,
    /// Those whose grant can no longer be used.
    Grant,
}

/// Ends a session without an Item; the tokens of Link are erased.
pub(crate) fn end(
    transaction: &Transaction<'_>,
    session_id: &str,
    from: Whose,
    end: &End,
    now: Timestamp,
) -> Result<Step, StoreError> {
    let from = match from {
        Whose::BeforeGrant => "state IN ('created', 'opened')",
        Whose::Grant => "state = 'succeeded'",
    };
    let sql = format!(
        "UPDATE link_sessions SET state = ?2, problem = ?3, exit_status = ?4, ended_at = ?5, link_token = NULL,
                public_token = NULL, accounts = NULL, institution_name = coalesce(?6, institution_name),
                link_session_id = coalesce(?7, link_session_id)
         WHERE session_id = ?1 AND {from}"
    );
    let changed = transaction.execute(
        &sql,
        (
            session_id,
            state_word(end.state),
            end.problem.as_ref().map(to_json).transpose()?,
            &end.exit_status,
            Moment::from(now),
            &end.institution_name,
            &end.link_session_id,
        ),
    )?;
    Ok(Step::of(changed))
}

/// A callback of Link, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) view_name: Option<String>,
    pub(crate) institution_name: Option<String>,
    pub(crate) error_code: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) link_session_id: Option<String>,
}

/// Keeps a callback, up to a number, and what it tells of the session.
pub(crate) fn add_event(
    transaction: &Transaction<'_>,
    session_id: &str,
    event: &Event,
    now: Timestamp,
) -> Result<(), StoreError> {
    transaction.execute(
        "INSERT INTO link_events (session_id, at, name, view_name, institution_name, error_code, request_id)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
         WHERE (SELECT count(*) FROM link_events WHERE session_id = ?1) < ?8",
        (
            session_id,
            Moment::from(now),
            &event.name,
            &event.view_name,
            &event.institution_name,
            &event.error_code,
            &event.request_id,
            MOST_EVENTS,
        ),
    )?;
    transaction.execute(
        "UPDATE link_sessions SET link_session_id = coalesce(?2, link_session_id),
                institution_name = coalesce(?3, institution_name)
         WHERE session_id = ?1",
        (session_id, &event.link_session_id, &event.institution_name),
    )?;
    Ok(())
}

/// A session that has not ended.
#[derive(Clone, Debug)]
pub(crate) struct Unfinished {
    pub(crate) session_id: String,
    pub(crate) state: LinkState,
    pub(crate) repairs: Option<ItemId>,
    pub(crate) link_token: Option<LinkToken>,
    pub(crate) link_token_expires_at: Option<Moment>,
    pub(crate) reached: Reached,
}

/// How far a person got in Link, by the events that arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reached {
    /// No event arrived: they may have been lost.
    Unknown,
    /// No bank was chosen yet.
    Start,
    /// A bank may be deciding.
    Bank,
}

const UNFINISHED: &str =
    "SELECT session_id, state, repairs_item_id, link_token, link_token_expires_at,
       (SELECT max(NOT (name IN ('OPEN', 'LAYER_READY', 'SEARCH_INSTITUTION')
                        OR (name = 'TRANSITION_VIEW' AND coalesce(view_name, '') IN ('CONSENT', 'SELECT_INSTITUTION'))))
        FROM link_events WHERE link_events.session_id = link_sessions.session_id)
  FROM link_sessions WHERE ended_at IS NULL";

fn unfinished_row(row: &Row<'_>) -> Result<Unfinished, StoreError> {
    Ok(Unfinished {
        session_id: row.get(0)?,
        state: state(&row.get::<_, String>(1)?)?,
        repairs: row.get::<_, Option<String>>(2)?.map(ItemId::new),
        link_token: row.get::<_, Option<String>>(3)?.map(LinkToken::new),
        link_token_expires_at: row.get(4)?,
        reached: match row.get::<_, Option<bool>>(5)? {
            None => Reached::Unknown,
            Some(false) => Reached::Start,
            Some(true) => Reached::Bank,
        },
    })
}

/// Every session that has not ended, the oldest first.
pub(crate) fn all_unfinished(connection: &Connection) -> Result<Vec<Unfinished>, StoreError> {
    let sql = format!("{UNFINISHED} ORDER BY created_at, session_id");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([])?;
    let mut sessions = Vec::new();
    while let Some(row) = rows.next()? {
        sessions.push(unfinished_row(row)?);
    }
    Ok(sessions)
}

/// One session, unless it has ended.
pub(crate) fn unfinished(
    connection: &Connection,
    session_id: &str,
) -> Result<Option<Unfinished>, StoreError> {
    let sql = format!("{UNFINISHED} AND session_id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([session_id])?;
    rows.next()?.map(unfinished_row).transpose()
}

const VIEW: &str = "SELECT session_id, state, purpose, people.name, repairs_item_id, link_sessions.created_at,
       ended_at, institution_name, coalesce(item_id, repairs_item_id), problem, exit_status, link_session_id
  FROM link_sessions JOIN people USING (person_id)";

/// One session as the screen shows it.
///
/// # Errors
/// `NotFound`.
pub(crate) fn view(
    connection: &Connection,
    session_id: &str,
) -> Result<LinkSessionView, StoreError> {
    let sql = format!("{VIEW} WHERE session_id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([session_id])?;
    match rows.next()? {
        Some(row) => view_row(connection, row),
        None => Err(DeskError::NotFound("This Link session").into()),
    }
}

/// Sessions, the newest first.
pub(crate) fn views(connection: &Connection) -> Result<Vec<LinkSessionView>, StoreError> {
    let sql = format!(
        "{VIEW} ORDER BY link_sessions.created_at DESC, link_sessions.rowid DESC LIMIT {MOST_SESSIONS}"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([])?;
    let mut sessions = Vec::new();
    while let Some(row) = rows.next()? {
        sessions.push(view_row(connection, row)?);
    }
    Ok(sessions)
}

fn view_row(connection: &Connection, row: &Row<'_>) -> Result<LinkSessionView, StoreError> {
    let session_id: String = row.get(0)?;
    let problem: Option<String> = row.get(9)?;
    let state = state(&row.get::<_, String>(1)?)?;
    let repairs_item_id: Option<String> = row.get(4)?;
    // Before its end, a repair has come to nothing yet.
    let item_id: Option<String> = row.get(8)?;
    Ok(LinkSessionView {
        state,
        purpose: Purpose::from_sql(&row.get::<_, String>(2)?)?,
        person_name: row.get(3)?,
        repairs_item_id,
        created_at: row.get::<_, Moment>(5)?.to_text(),
        ended_at: row.get::<_, Option<Moment>>(6)?.map(Moment::to_text),
        institution_name: row.get(7)?,
        item_id: item_id.filter(|_| state == LinkState::Exchanged),
        problem: problem.as_deref().map(from_json).transpose()?,
        exit_status: row.get(10)?,
        link_session_id: row.get(11)?,
        events: events(connection, &session_id)?,
        session_id,
    })
}

fn events(connection: &Connection, session_id: &str) -> Result<Vec<LinkEventView>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT at, name, view_name, institution_name, error_code, request_id
         FROM link_events WHERE session_id = ?1 ORDER BY event_id",
    )?;
    let events = statement.query_map([session_id], |row| {
        Ok(LinkEventView {
            at: row.get::<_, Moment>(0)?.to_text(),
            name: row.get(1)?,
            view_name: row.get(2)?,
            institution_name: row.get(3)?,
            error_code: row.get(4)?,
            request_id: row.get(5)?,
        })
    })?;
    Ok(events.collect::<Result<_, _>>()?)
}

fn state_word(state: LinkState) -> &'static str {
    match state {
        LinkState::Created => "created",
        LinkState::Opened => "opened",
        LinkState::Succeeded => "succeeded",
        LinkState::Exchanged => "exchanged",
        LinkState::Exited => "exited",
        LinkState::Expired => "expired",
        LinkState::Failed => "failed",
    }
}

fn state(word: &str) -> Result<LinkState, StoreError> {
    match word {
        "created" => Ok(LinkState::Created),
        "opened" => Ok(LinkState::Opened),
        "succeeded" => Ok(LinkState::Succeeded),
        "exchanged" => Ok(LinkState::Exchanged),
        "exited" => Ok(LinkState::Exited),
        "expired" => Ok(LinkState::Expired),
        "failed" => Ok(LinkState::Failed),
        _ => Err(StoreError::unreadable("the state of a Link session")),
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
