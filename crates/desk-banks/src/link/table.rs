//! The tables `link_sessions` and `link_events`, but for the grants in them (`grants.rs`). Each step of a session is one
//! statement that takes effect only from the states it may follow on, so that callbacks, closing and recovery can meet
//! without doubling anything.

use jiff::Timestamp;
use plaid::{ItemId, LinkToken, LinkTokenCreateResponse};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use super::view::{LinkState, LinkWay, Purpose};
use desk_core::{DeskError, moment::Moment, problem::Problem, store::single_column};

/// The most events kept of one session.
const MOST_EVENTS: u32 = 500;

/// A session that is about to begin.
pub(crate) struct NewSession<'a> {
    pub(crate) session_id: &'a str,
    pub person_id: &'a str,
    pub purpose: Purpose,
    pub(crate) errand: &'a Errand,
    pub means: &'a Means,
}

/// What a session is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Errand {
    /// A new Item with these products.
    NewItem(Vec<String>),
    /// Update mode.
    Repair {
        item_id: ItemId,
        choose: ChooseAccounts,
    },
}

impl Errand {
    /// The Item being repaired.
    pub(crate) fn repairs(&self) -> Option<&ItemId> {
        match self {
            Self::NewItem(_) => None,
            Self::Repair { item_id, .. } => Some(item_id),
        }
    }
}

/// Whether other accounts may be chosen in update mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChooseAccounts {
    Yes,
    No,
}

/// By what means a session reaches its person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Means {
    Window,
    Invitation {
        note: Option<String>,
        language: String,
    },
}

/// Writes a session before anything is asked of Plaid.
pub fn insert(
    transaction: &Transaction<'_>,
    link_session: &NewSession<'_>,
    now: Timestamp,
) -> Result<(), DeskError> {
    let (products, choose) = match link_session.errand {
        Errand::NewItem(products) => (
            Some(serde_json::Value::from(products.clone()).to_string()),
            ChooseAccounts::No,
        ),
        Errand::Repair { choose, .. } => (None, *choose),
    };
    let (way, note, language) = match link_session.means {
        Means::Window => (LinkWay::Window, None, None),
        Means::Invitation { note, language } => {
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
            link_session.errand.repairs().map(ItemId::as_str),
            choose == ChooseAccounts::Yes,
            Moment::from(now),
            note,
            language,
        ),
    )?;
    Ok(())
}

/// Keeps the link token until the session ends. A later one takes the place of one that has run out.
pub(crate) fn keep_link_token(
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

/// Link can be used: its page is served, or its address can be opened.
pub fn opened(transaction: &Transaction<'_>, session_id: &str) -> Result<Step, DeskError> {
    let changed = transaction.execute(
        "UPDATE link_sessions SET state = 'opened' WHERE session_id = ?1 AND state = 'created'",
        [session_id],
    )?;
    Ok(Step::of(changed))
}

/// Hands a session in the window over to the system browser, unless its window is gone already.
pub(crate) fn hand_over(
    transaction: &Transaction<'_>,
    session_id: &str,
) -> Result<Step, DeskError> {
    let changed = transaction.execute(
        "UPDATE link_sessions SET way = 'browser'
         WHERE session_id = ?1 AND way = 'window' AND state = 'opened' AND problem IS NULL
           AND hosted_link_url IS NOT NULL",
        [session_id],
    )?;
    Ok(Step::of(changed))
}

/// The address of a session that goes on in the system browser.
pub(crate) fn url_in_browser(
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

/// Notes that the user gave up a session whose address can be opened still.
pub fn cancel(
    transaction: &Transaction<'_>,
    session_id: &str,
    now: Timestamp,
) -> Result<Step, DeskError> {
    let changed = transaction.execute(
        "UPDATE link_sessions SET cancelled_at = ?2, problem = NULL
         WHERE session_id = ?1 AND way <> 'window' AND state IN ('created', 'opened') AND cancelled_at IS NULL",
        (session_id, Moment::from(now)),
    )?;
    Ok(Step::of(changed))
}

/// Notes what Plaid says of a session that goes on elsewhere.
pub fn checked(
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

/// Whether a step was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Now.
    Taken,
    /// Before, or the session has ended otherwise.
    TooLate,
}

impl Step {
    pub(super) fn of(changed: usize) -> Self {
        if changed == 0 {
            Self::TooLate
        } else {
            Self::Taken
        }
    }
}

/// Whether the user took a session back before its bank agreed.
pub fn is_cancelled(connection: &Connection, session_id: &str) -> Result<bool, DeskError> {
    Ok(connection.query_row(
        "SELECT cancelled_at IS NOT NULL FROM link_sessions WHERE session_id = ?1",
        [session_id],
        single_column,
    )?)
}

/// Ends a session in update mode: there is nothing to exchange.
pub(crate) fn repaired(
    transaction: &Transaction<'_>,
    session_id: &str,
    link_session_id: Option<&str>,
    now: Timestamp,
) -> Result<Step, DeskError> {
    let changed = transaction.execute(
        "UPDATE link_sessions SET state = 'exchanged', ended_at = ?2, link_token = NULL, hosted_link_url = NULL,
                problem = NULL, item_id = repairs_item_id, link_session_id = coalesce(?3, link_session_id)
         WHERE session_id = ?1 AND state IN ('created', 'opened') AND repairs_item_id IS NOT NULL",
        (session_id, Moment::from(now), link_session_id),
    )?;
    Ok(Step::of(changed))
}

/// Says that a session is without a window, and that its end is being found out.
pub fn look_up(
    transaction: &Transaction<'_>,
    session_id: &str,
    problem: &Problem,
) -> Result<Step, DeskError> {
    let changed = transaction.execute(
        "UPDATE link_sessions SET problem = ?2
         WHERE session_id = ?1 AND state IN ('created', 'opened') AND problem IS NULL",
        (session_id, problem),
    )?;
    Ok(Step::of(changed))
}

/// How a session ends without an Item.
#[derive(Clone, Debug)]
pub struct End {
    pub state: LinkState,
    pub problem: Option<Problem>,
    pub(crate) exit_status: Option<String>,
    pub institution_name: Option<String>,
    pub(crate) link_session_id: Option<String>,
}

impl End {
    /// With nothing more to say.
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

/// Which sessions may be ended so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Those without a grant.
    BeforeGrant,
    /// Those whose grant can no longer be used.
    Grant,
}

/// Ends a session without an Item; the tokens of Link are erased.
pub fn end(
    transaction: &Transaction<'_>,
    session_id: &str,
    from: Whose,
    end: &End,
    now: Timestamp,
) -> Result<Step, DeskError> {
    let from = match from {
        Whose::BeforeGrant => "state IN ('created', 'opened')",
        Whose::Grant => "state IN ('succeeded', 'held')",
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
    Ok(Step::of(changed))
}

/// A callback of Link, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub name: String,
    pub(crate) view_name: Option<String>,
    pub institution_name: Option<String>,
    pub error_code: Option<String>,
    pub request_id: Option<String>,
    pub(crate) link_session_id: Option<String>,
    /// Plaid's own name of the event, where it has one: it is kept once.
    pub(crate) plaid_event_id: Option<String>,
}

/// Keeps a callback, up to a number, and what it tells of the session. Answers how many are new: one or none.
pub(crate) fn add_event(
    transaction: &Transaction<'_>,
    session_id: &str,
    event: &Event,
    now: Timestamp,
) -> Result<usize, DeskError> {
    let added = transaction.execute(
        "INSERT INTO link_events (session_id, at, name, view_name, institution_name, error_code, request_id,
                                  plaid_event_id)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?9
         WHERE (SELECT count(*) FROM link_events WHERE session_id = ?1) < ?8
         ON CONFLICT (session_id, plaid_event_id) DO NOTHING",
        (
            session_id,
            Moment::from(now),
            &event.name,
            &event.view_name,
            &event.institution_name,
            &event.error_code,
            &event.request_id,
            MOST_EVENTS,
            &event.plaid_event_id,
        ),
    )?;
    transaction.execute(
        "UPDATE link_sessions SET link_session_id = coalesce(?2, link_session_id),
                institution_name = coalesce(?3, institution_name)
         WHERE session_id = ?1",
        (session_id, &event.link_session_id, &event.institution_name),
    )?;
    Ok(added)
}

/// A session that has not ended.
#[derive(Clone, Debug)]
pub(crate) struct Unfinished {
    pub(crate) session_id: String,
    pub state: LinkState,
    pub way: LinkWay,
    pub(crate) repairs: Option<ItemId>,
    pub(crate) link_token: Option<LinkToken>,
    pub(crate) link_token_expires_at: Option<Moment>,
    pub reached: Reached,
    /// Plaid's name of the session in the window, once an event has told it.
    pub(crate) link_session_id: Option<String>,
    /// Whether the user took it back.
    pub cancelled: bool,
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
        FROM link_events WHERE link_events.session_id = link_sessions.session_id
                           -- Leaving says nothing of how far somebody had got.
                           AND name NOT IN ('EXIT', 'onExit') AND coalesce(view_name, '') <> 'EXIT') AS reached,
       way, link_session_id, cancelled_at IS NOT NULL AS cancelled
  FROM link_sessions WHERE ended_at IS NULL";

fn unfinished_row(row: &Row<'_>) -> Result<Unfinished, DeskError> {
    Ok(Unfinished {
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
            None => Reached::Unknown,
            Some(false) => Reached::Start,
            Some(true) => Reached::Bank,
        },
        way: row.get("way")?,
        link_session_id: row.get("link_session_id")?,
        cancelled: row.get("cancelled")?,
    })
}

/// Every session that has not ended, the oldest first.
pub(crate) fn all_unfinished(connection: &Connection) -> Result<Vec<Unfinished>, DeskError> {
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
pub fn unfinished(
    connection: &Connection,
    session_id: &str,
) -> Result<Option<Unfinished>, DeskError> {
    let sql = format!("{UNFINISHED} AND session_id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([session_id])?;
    rows.next()?.map(unfinished_row).transpose()
}

/// What a session was begun for, to begin another for the same.
pub struct Begun {
    pub person_id: String,
    pub client_user_id: String,
    pub purpose: Purpose,
    pub(crate) errand: Errand,
    pub means: Means,
}

/// What a session was begun for.
///
/// # Errors
/// `NotFound`.
pub fn begun(connection: &Connection, session_id: &str) -> Result<Begun, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT person_id, client_user_id, purpose, products, repairs_item_id, choose_accounts, note, language
         FROM link_sessions JOIN people USING (person_id) WHERE session_id = ?1",
    )?;
    let mut rows = statement.query([session_id])?;
    let Some(row) = rows.next()? else {
        return Err(DeskError::NotFound("This Link session"));
    };
    let errand = match row.get::<_, Option<String>>("repairs_item_id")? {
        Some(item_id) => Errand::Repair {
            item_id: ItemId::new(item_id),
            choose: if row.get("choose_accounts")? {
                ChooseAccounts::Yes
            } else {
                ChooseAccounts::No
            },
        },
        None => Errand::NewItem(products(row.get("products")?)?),
    };
    Ok(Begun {
        person_id: row.get("person_id")?,
        client_user_id: row.get("client_user_id")?,
        purpose: row.get("purpose")?,
        errand,
        means: match row.get("language")? {
            Some(language) => Means::Invitation {
                note: row.get("note")?,
                language,
            },
            None => Means::Window,
        },
    })
}

fn products(json: Option<String>) -> Result<Vec<String>, DeskError> {
    json.map_or(Ok(Vec::new()), |json| {
        serde_json::from_str(&json).map_err(|_| DeskError::unreadable("the products of a session"))
    })
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
