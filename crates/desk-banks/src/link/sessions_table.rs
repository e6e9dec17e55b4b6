//! The table `link_sessions`, except for grants (`grants_table.rs`). Each update is one statement that takes effect
//! only from the states it may follow, so callbacks, closing, and recovery can run at the same time without
//! repeating a step.

use jiff::Timestamp;
use plaid::{ItemId, LinkToken, LinkTokenCreateResponse};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use super::view::{LinkState, LinkWay, Purpose};
use desk_core::{DeskError, moment::Moment, problem::Problem, store::single_column};

pub(crate) struct NewLinkSession<'a> {
    pub(crate) session_id: &'a str,
    pub person_id: &'a str,
    pub purpose: Purpose,
    pub(crate) goal: &'a LinkGoal,
    pub channel: &'a LinkChannel,
}

/// What a session should achieve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LinkGoal {
    /// A new Item with these products.
    NewItem(Vec<String>),
    /// Update mode.
    Repair {
        item_id: ItemId,
        choose: ChooseAccounts,
    },
}

impl LinkGoal {
    pub(crate) fn repairs(&self) -> Option<&ItemId> {
        match self {
            Self::NewItem(_) => None,
            Self::Repair { item_id, .. } => Some(item_id),
        }
    }
}

/// Whether the customer can choose other accounts in update mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChooseAccounts {
    Yes,
    No,
}

/// How a session reaches its customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LinkChannel {
    Window,
    Invitation {
        note: Option<String>,
        language: String,
    },
}

/// Must run before the first call to Plaid.
pub fn insert_session(
    transaction: &Transaction<'_>,
    link_session: &NewLinkSession<'_>,
    now: Timestamp,
) -> Result<(), DeskError> {
    let (products, choose) = match link_session.goal {
        LinkGoal::NewItem(products) => (
            Some(serde_json::Value::from(products.clone()).to_string()),
            ChooseAccounts::No,
        ),
        LinkGoal::Repair { choose, .. } => (None, *choose),
    };
    let (way, note, language) = match link_session.channel {
        LinkChannel::Window => (LinkWay::Window, None, None),
        LinkChannel::Invitation { note, language } => {
            (LinkWay::Invitation, note.as_deref(), Some(language))
        }
    };
    transaction.execute(
        "INSERT INTO link_sessions (session_id, person_id, purpose, products, way, repairs_item_id, choose_accounts,
                                    state, created_at, note, language)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'created', ?8, ?9, ?10)",
        (
            link_session.session_id,
            link_session.person_id,
            link_session.purpose,
            products,
            way,
            link_session.goal.repairs().map(ItemId::as_str),
            choose == ChooseAccounts::Yes,
            Moment::from(now),
            note,
            language,
        ),
    )?;
    Ok(())
}

/// Replaces an expired link token.
pub(crate) fn store_link_token(
    transaction: &Transaction<'_>,
    session_id: &str,
    created: &LinkTokenCreateResponse,
) -> Result<(), DeskError> {
    transaction.execute(
        "UPDATE link_sessions SET link_token = ?2, link_token_expires_at = ?3, hosted_link_url = ?4
         WHERE session_id = ?1 AND ended_at IS NULL",
        (
            session_id,
            created.link_token.expose(),
            Moment::from(created.expiration),
            &created.hosted_link_url,
        ),
    )?;
    Ok(())
}

/// Link can be used: its page is being served, or its hosted address works.
pub fn mark_opened(
    transaction: &Transaction<'_>,
    session_id: &str,
) -> Result<StateChange, DeskError> {
    let changed = transaction.execute(
        "UPDATE link_sessions SET state = 'opened' WHERE session_id = ?1 AND state = 'created'",
        [session_id],
    )?;
    Ok(StateChange::of(changed))
}

/// Does nothing when the window is already closed.
pub(crate) fn switch_to_browser(
    transaction: &Transaction<'_>,
    session_id: &str,
) -> Result<StateChange, DeskError> {
    let changed = transaction.execute(
        "UPDATE link_sessions SET way = 'browser'
         WHERE session_id = ?1 AND way = 'window' AND state = 'opened' AND problem IS NULL
           AND hosted_link_url IS NOT NULL",
        [session_id],
    )?;
    Ok(StateChange::of(changed))
}

pub(crate) fn find_browser_url(
    connection: &Connection,
    session_id: &str,
) -> Result<Option<String>, DeskError> {
    let url = connection
        .query_row(
            "SELECT hosted_link_url FROM link_sessions
             WHERE session_id = ?1 AND way = 'browser' AND state = 'opened' AND cancelled_at IS NULL",
            [session_id],
            single_column,
        )
        .optional()?;
    Ok(url.flatten())
}

pub fn mark_cancelled(
    transaction: &Transaction<'_>,
    session_id: &str,
    now: Timestamp,
) -> Result<StateChange, DeskError> {
    let changed = transaction.execute(
        "UPDATE link_sessions SET cancelled_at = ?2, problem = NULL
         WHERE session_id = ?1 AND way <> 'window' AND state IN ('created', 'opened') AND cancelled_at IS NULL",
        (session_id, Moment::from(now)),
    )?;
    Ok(StateChange::of(changed))
}

pub fn record_check(
    transaction: &Transaction<'_>,
    session_id: &str,
    started_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), DeskError> {
    transaction.execute(
        "UPDATE link_sessions SET checked_at = ?2, started_at = coalesce(started_at, ?3) WHERE session_id = ?1",
        (session_id, Moment::from(now), started_at.map(Moment::from)),
    )?;
    Ok(())
}

/// Whether an update took effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StateChange {
    Applied,
    /// It took effect before, or the session had ended.
    TooLate,
}

impl StateChange {
    pub(super) fn of(changed: usize) -> Self {
        if changed == 0 {
            Self::TooLate
        } else {
            Self::Applied
        }
    }
}

pub fn is_cancelled(connection: &Connection, session_id: &str) -> Result<bool, DeskError> {
    Ok(connection.query_row(
        "SELECT cancelled_at IS NOT NULL FROM link_sessions WHERE session_id = ?1",
        [session_id],
        single_column,
    )?)
}

/// Ends a session in update mode, which has nothing to exchange.
pub(crate) fn mark_repaired(
    transaction: &Transaction<'_>,
    session_id: &str,
    link_session_id: Option<&str>,
    now: Timestamp,
) -> Result<StateChange, DeskError> {
    let changed = transaction.execute(
        "UPDATE link_sessions SET state = 'exchanged', ended_at = ?2, link_token = NULL, hosted_link_url = NULL,
                problem = NULL, item_id = repairs_item_id, link_session_id = coalesce(?3, link_session_id)
         WHERE session_id = ?1 AND state IN ('created', 'opened') AND repairs_item_id IS NOT NULL",
        (session_id, Moment::from(now), link_session_id),
    )?;
    Ok(StateChange::of(changed))
}

pub fn set_problem(
    transaction: &Transaction<'_>,
    session_id: &str,
    problem: &Problem,
) -> Result<StateChange, DeskError> {
    let changed = transaction.execute(
        "UPDATE link_sessions SET problem = ?2
         WHERE session_id = ?1 AND state IN ('created', 'opened') AND problem IS NULL",
        (session_id, problem),
    )?;
    Ok(StateChange::of(changed))
}

/// How a session ends without an Item.
#[derive(Clone, Debug)]
pub struct SessionEnd {
    pub state: LinkState,
    pub problem: Option<Problem>,
    pub(crate) exit_status: Option<String>,
    pub institution_name: Option<String>,
    pub(crate) link_session_id: Option<String>,
}

impl SessionEnd {
    pub fn new(state: LinkState, problem: Option<Problem>) -> Self {
        Self {
            state,
            problem,
            exit_status: None,
            institution_name: None,
            link_session_id: None,
        }
    }
}

/// Which sessions an end applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndScope {
    BeforeGrant,
    /// Those whose grant can no longer be used.
    WithGrant,
}

/// Ends a session without an Item and erases Link's tokens.
pub fn end_session(
    transaction: &Transaction<'_>,
    session_id: &str,
    from: EndScope,
    end: &SessionEnd,
    now: Timestamp,
) -> Result<StateChange, DeskError> {
    let from = match from {
        EndScope::BeforeGrant => "state IN ('created', 'opened')",
        EndScope::WithGrant => "state IN ('succeeded', 'held')",
    };
    let sql = format!(
        "UPDATE link_sessions SET state = ?2, problem = ?3, exit_status = ?4, ended_at = ?5, link_token = NULL,
                hosted_link_url = NULL, public_token = NULL, accounts = NULL, institution_name = coalesce(?6, institution_name),
                link_session_id = coalesce(?7, link_session_id)
         WHERE session_id = ?1 AND {from}"
    );
    let changed = transaction.execute(
        &sql,
        (
            session_id,
            end.state,
            &end.problem,
            &end.exit_status,
            Moment::from(now),
            &end.institution_name,
            &end.link_session_id,
        ),
    )?;
    Ok(StateChange::of(changed))
}

#[derive(Clone, Debug)]
pub(crate) struct UnfinishedSession {
    pub(crate) session_id: String,
    pub state: LinkState,
    pub way: LinkWay,
    pub(crate) repairs: Option<ItemId>,
    pub(crate) link_token: Option<LinkToken>,
    pub(crate) link_token_expires_at: Option<Moment>,
    pub reached: LinkProgress,
    /// Plaid's ID of the session in the window, once an event has reported it.
    pub(crate) link_session_id: Option<String>,
    pub cancelled: bool,
}

/// How far the customer got in Link, judged by the events that arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinkProgress {
    /// No events. They may have been lost.
    Unknown,
    BeforeBank,
    /// The bank may be deciding.
    AtBank,
}

const UNFINISHED: &str =
    "SELECT session_id, state, repairs_item_id, link_token, link_token_expires_at,
       (SELECT max(NOT (name IN ('OPEN', 'LAYER_READY', 'SEARCH_INSTITUTION')
                        OR (name = 'TRANSITION_VIEW' AND coalesce(view_name, '') IN ('CONSENT', 'SELECT_INSTITUTION'))))
        FROM link_events WHERE link_events.session_id = link_sessions.session_id
                           -- Leaving says nothing of how far somebody had got.
                           AND name NOT IN ('EXIT', 'onExit') AND coalesce(view_name, '') <> 'EXIT') AS reached,
       way, link_session_id, cancelled_at IS NOT NULL AS cancelled
  FROM link_sessions WHERE ended_at IS NULL";

fn read_unfinished(row: &Row<'_>) -> Result<UnfinishedSession, DeskError> {
    Ok(UnfinishedSession {
        session_id: row.get("session_id")?,
        state: row.get("state")?,
        repairs: row
            .get::<_, Option<String>>("repairs_item_id")?
            .map(ItemId::new),
        link_token: row
            .get::<_, Option<String>>("link_token")?
            .map(LinkToken::new),
        link_token_expires_at: row.get("link_token_expires_at")?,
        reached: match row.get::<_, Option<bool>>("reached")? {
            None => LinkProgress::Unknown,
            Some(false) => LinkProgress::BeforeBank,
            Some(true) => LinkProgress::AtBank,
        },
        way: row.get("way")?,
        link_session_id: row.get("link_session_id")?,
        cancelled: row.get("cancelled")?,
    })
}

/// Oldest first.
pub(crate) fn all_unfinished(connection: &Connection) -> Result<Vec<UnfinishedSession>, DeskError> {
    let sql = format!("{UNFINISHED} ORDER BY created_at, session_id");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([])?;
    let mut sessions = Vec::new();
    while let Some(row) = rows.next()? {
        sessions.push(read_unfinished(row)?);
    }
    Ok(sessions)
}

pub fn find_unfinished(
    connection: &Connection,
    session_id: &str,
) -> Result<Option<UnfinishedSession>, DeskError> {
    let sql = format!("{UNFINISHED} AND session_id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([session_id])?;
    rows.next()?.map(read_unfinished).transpose()
}

/// What a session was started with, so that it can be started again.
pub struct OriginalRequest {
    pub person_id: String,
    pub client_user_id: String,
    pub purpose: Purpose,
    pub(crate) goal: LinkGoal,
    pub channel: LinkChannel,
}

pub fn original_request(
    connection: &Connection,
    session_id: &str,
) -> Result<OriginalRequest, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT person_id, client_user_id, purpose, products, repairs_item_id, choose_accounts, note, language
         FROM link_sessions JOIN people USING (person_id) WHERE session_id = ?1",
    )?;
    let mut rows = statement.query([session_id])?;
    let Some(row) = rows.next()? else {
        return Err(DeskError::NotFound("This Link session"));
    };
    let goal = match row.get::<_, Option<String>>("repairs_item_id")? {
        Some(item_id) => LinkGoal::Repair {
            item_id: ItemId::new(item_id),
            choose: if row.get("choose_accounts")? {
                ChooseAccounts::Yes
            } else {
                ChooseAccounts::No
            },
        },
        None => LinkGoal::NewItem(parse_products(row.get("products")?)?),
    };
    Ok(OriginalRequest {
        person_id: row.get("person_id")?,
        client_user_id: row.get("client_user_id")?,
        purpose: row.get("purpose")?,
        goal,
        channel: match row.get("language")? {
            Some(language) => LinkChannel::Invitation {
                note: row.get("note")?,
                language,
            },
            None => LinkChannel::Window,
        },
    })
}

fn parse_products(json: Option<String>) -> Result<Vec<String>, DeskError> {
    json.map_or(Ok(Vec::new()), |json| {
        serde_json::from_str(&json).map_err(|_| DeskError::unreadable("the products of a session"))
    })
}

#[cfg(test)]
#[path = "sessions_table_tests.rs"]
mod tests;
