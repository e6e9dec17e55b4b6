//! Link tokens, the sessions opened with them and the events of those sessions.
//! A session is kept step by step, so that a restart in the middle loses nothing.

use std::str::FromStr;

use rusqlite::{Connection, OptionalExtension, Result, Row, params};
use serde::{Deserialize, Serialize};

use super::{Moment, StringList};

pub(super) const SCHEMA: &str = "
    CREATE TABLE link_tokens (
        link_token TEXT PRIMARY KEY,
        created_at TEXT NOT NULL,
        expires_at TEXT NOT NULL,
        settings TEXT NOT NULL,
        update_item_id TEXT REFERENCES items,
        hosted_id TEXT UNIQUE
    ) STRICT;
    CREATE TABLE link_sessions (
        link_session_id TEXT PRIMARY KEY,
        link_token TEXT NOT NULL REFERENCES link_tokens,
        started_at TEXT NOT NULL,
        finished_at TEXT,
        step TEXT NOT NULL,
        institution_id TEXT,
        username TEXT,
        item_id TEXT REFERENCES items,
        public_token TEXT,
        shared TEXT NOT NULL DEFAULT '[]',
        exit TEXT
    ) STRICT;
    CREATE TABLE link_events (
        position INTEGER PRIMARY KEY,
        event_id TEXT NOT NULL UNIQUE,
        link_session_id TEXT NOT NULL REFERENCES link_sessions,
        event_name TEXT NOT NULL,
        happened_at TEXT NOT NULL,
        metadata TEXT NOT NULL
    ) STRICT;
";

/// What a second factor, a bank's own page and a Hosted Link page need to be remembered by.
pub(super) const WAYS_IN: &str = "
    ALTER TABLE link_sessions ADD COLUMN hosted INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE link_sessions ADD COLUMN asked_by TEXT;
    ALTER TABLE link_sessions ADD COLUMN round INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE link_sessions ADD COLUMN oauth_state_id TEXT;
    ALTER TABLE link_sessions ADD COLUMN oauth_resumed INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE link_sessions ADD COLUMN return_to TEXT;
    CREATE UNIQUE INDEX link_sessions_by_oauth_state ON link_sessions (oauth_state_id);
";

/// What /link/token/create asked for.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct LinkTokenSettings {
    pub(crate) client_name: String,
    pub(crate) language: String,
    pub(crate) country_codes: Vec<String>,
    pub(crate) products: Vec<String>,
    pub(crate) consented_products: Vec<String>,
    pub(crate) webhook: Option<String>,
    pub(crate) redirect_uri: Option<String>,
    /// Subtypes by account type, as `account_filters` has them.
    pub(crate) account_filters: Option<std::collections::BTreeMap<String, AccountFilter>>,
    pub(crate) account_selection: bool,
    pub(crate) completion_redirect_uri: Option<String>,
    pub(crate) customization: Option<String>,
    /// LIGHT, DARK or SYSTEM.
    pub(crate) appearance: Option<String>,
    /// Whether the Hosted Link page is shown within a mobile app, which opens no pop-ups.
    #[serde(default)]
    pub(crate) is_mobile_app: bool,
}

/// One entry of `account_filters`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AccountFilter {
    pub(crate) account_subtypes: Vec<String>,
}

/// One Link token.
#[derive(Clone, Debug)]
pub(crate) struct LinkToken {
    pub(crate) link_token: String,
    pub(crate) created_at: Moment,
    pub(crate) expires_at: Moment,
    pub(crate) settings: LinkTokenSettings,
    /// The Item to repair, in update mode.
    pub(crate) update_item_id: Option<String>,
    /// The last part of the `hosted_link_url`.
    pub(crate) hosted_id: Option<String>,
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinkStep {
    ChoosingInstitution,
    SigningIn,
    SolvingRecaptcha,
    ChoosingDevice,
    EnteringCode,
    Answering,
    AtBank,
    ChoosingAccounts,
    Connected,
    Finished,
    Exited,
}

const STEPS: [(LinkStep, &str); 11] = [
    (LinkStep::ChoosingInstitution, "choosing_institution"),
    (LinkStep::SigningIn, "signing_in"),
    (LinkStep::SolvingRecaptcha, "solving_recaptcha"),
    (LinkStep::ChoosingDevice, "choosing_device"),
    (LinkStep::EnteringCode, "entering_code"),
    (LinkStep::Answering, "answering"),
    (LinkStep::AtBank, "at_bank"),
    (LinkStep::ChoosingAccounts, "choosing_accounts"),
    (LinkStep::Connected, "connected"),
    (LinkStep::Finished, "finished"),
    (LinkStep::Exited, "exited"),
];

/// A word that names no step.
#[derive(Debug, thiserror::Error)]
#[error("no step of Link is called {0}")]
pub(crate) struct UnknownStep(String);

impl std::fmt::Display for LinkStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let word = STEPS
            .iter()
            .find(|(step, _)| step == self)
            .map_or("", |(_, word)| *word);
        f.write_str(word)
    }
}

impl FromStr for LinkStep {
    type Err = UnknownStep;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        STEPS
            .iter()
            .find(|(_, known)| *known == word)
            .map(|(step, _)| *step)
            .ok_or_else(|| UnknownStep(word.to_owned()))
    }
}

super::text_column!(LinkStep);

/// One session of Link.
#[derive(Clone, Debug)]
pub(crate) struct LinkSession {
    pub(crate) link_session_id: String,
    pub(crate) link_token: String,
    pub(crate) started_at: Moment,
    pub(crate) finished_at: Option<Moment>,
    pub(crate) step: LinkStep,
    pub(crate) institution_id: Option<String>,
    pub(crate) username: Option<String>,
    /// What `user_custom` signed in with.
    pub(crate) description: Option<String>,
    pub(crate) item_id: Option<String>,
    pub(crate) public_token: Option<String>,
    /// The accounts shared, by `account_id`.
    pub(crate) shared: StringList,
    /// How it was left, as /link/token/get answers it.
    pub(crate) exit: Option<String>,
    /// Whether it is open on the Hosted Link page.
    pub(crate) hosted: bool,
    /// The password that asked for a reCAPTCHA or a second factor.
    pub(crate) asked_by: Option<String>,
    /// Rounds of questions answered.
    pub(crate) round: u8,
    /// Names the visit to a bank's own page.
    pub(crate) oauth_state_id: Option<String>,
    /// Whether Link went on after that visit.
    pub(crate) oauth_resumed: bool,
    /// Where the bank's own page sends the browser back to; a pop-up closes instead.
    pub(crate) return_to: Option<String>,
}

/// One event of a session.
#[derive(Debug)]
pub(crate) struct LinkEvent {
    pub(crate) event_id: String,
    pub(crate) event_name: String,
    pub(crate) happened_at: Moment,
    /// An object of texts, in JSON.
    pub(crate) metadata: String,
}

pub(crate) fn insert_token(
    db: &Connection,
    token: &LinkToken,
) -> Result<(), crate::api_call::CallFailure> {
    db.execute(
        "INSERT INTO link_tokens (link_token, created_at, expires_at, settings, update_item_id, hosted_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            token.link_token,
            token.created_at,
            token.expires_at,
            serde_json::to_string(&token.settings)?,
            token.update_item_id,
            token.hosted_id
        ],
    )?;
    Ok(())
}

fn read_token(row: &Row<'_>) -> Result<LinkToken> {
    let settings: String = row.get(3)?;
    Ok(LinkToken {
        link_token: row.get(0)?,
        created_at: row.get(1)?,
        expires_at: row.get(2)?,
        settings: serde_json::from_str(&settings).map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(
                3,
                rusqlite::types::Type::Text,
                Box::new(error),
            )
        })?,
        update_item_id: row.get(4)?,
        hosted_id: row.get(5)?,
    })
}

const TOKEN_COLUMNS: &str =
    "link_token, created_at, expires_at, settings, update_item_id, hosted_id";

pub(crate) fn token(db: &Connection, link_token: &str) -> Result<Option<LinkToken>> {
    let query = format!("SELECT {TOKEN_COLUMNS} FROM link_tokens WHERE link_token = ?1");
    db.query_row(&query, [link_token], read_token).optional()
}

pub(crate) fn token_hosted_at(db: &Connection, hosted_id: &str) -> Result<Option<LinkToken>> {
    let query = format!("SELECT {TOKEN_COLUMNS} FROM link_tokens WHERE hosted_id = ?1");
    db.query_row(&query, [hosted_id], read_token).optional()
}

pub(crate) fn insert_session(db: &Connection, session: &LinkSession) -> Result<()> {
    db.execute(
        "INSERT INTO link_sessions (link_session_id, link_token, started_at, step, hosted)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            session.link_session_id,
            session.link_token,
            session.started_at,
            session.step,
            session.hosted
        ],
    )?;
    update_session(db, session)
}

pub(crate) fn update_session(db: &Connection, session: &LinkSession) -> Result<()> {
    db.execute(
        "UPDATE link_sessions SET finished_at = ?2, step = ?3, institution_id = ?4, username = ?5, item_id = ?6,
             public_token = ?7, shared = ?8, exit = ?9, description = ?10, asked_by = ?11, round = ?12,
             oauth_state_id = ?13, oauth_resumed = ?14, return_to = ?15
         WHERE link_session_id = ?1",
        params![
            session.link_session_id,
            session.finished_at,
            session.step,
            session.institution_id,
            session.username,
            session.item_id,
            session.public_token,
            session.shared,
            session.exit,
            session.description,
            session.asked_by,
            session.round,
            session.oauth_state_id,
            session.oauth_resumed,
            session.return_to
        ],
    )?;
    Ok(())
}

const SESSION_COLUMNS: &str = "link_session_id, link_token, started_at, finished_at, step, institution_id, username, \
                               item_id, public_token, shared, exit, description, hosted, asked_by, round, \
                               oauth_state_id, oauth_resumed, return_to";

fn read_session(row: &Row<'_>) -> Result<LinkSession> {
    Ok(LinkSession {
        link_session_id: row.get(0)?,
        link_token: row.get(1)?,
        started_at: row.get(2)?,
        finished_at: row.get(3)?,
        step: row.get(4)?,
        institution_id: row.get(5)?,
        username: row.get(6)?,
        item_id: row.get(7)?,
        public_token: row.get(8)?,
        shared: row.get(9)?,
        exit: row.get(10)?,
        description: row.get(11)?,
        hosted: row.get(12)?,
        asked_by: row.get(13)?,
        round: row.get(14)?,
        oauth_state_id: row.get(15)?,
        oauth_resumed: row.get(16)?,
        return_to: row.get(17)?,
    })
}

pub(crate) fn session(db: &Connection, link_session_id: &str) -> Result<Option<LinkSession>> {
    let query = format!("SELECT {SESSION_COLUMNS} FROM link_sessions WHERE link_session_id = ?1");
    db.query_row(&query, [link_session_id], read_session)
        .optional()
}

/// The session whose person is, or was, at a bank's own page by this name.
pub(crate) fn session_at_bank(
    db: &Connection,
    oauth_state_id: &str,
) -> Result<Option<LinkSession>> {
    let query = format!("SELECT {SESSION_COLUMNS} FROM link_sessions WHERE oauth_state_id = ?1");
    db.query_row(&query, [oauth_state_id], read_session)
        .optional()
}

/// The sessions opened with a token, newest first.
pub(crate) fn sessions(db: &Connection, link_token: &str) -> Result<Vec<LinkSession>> {
    let query = format!(
        "SELECT {SESSION_COLUMNS} FROM link_sessions WHERE link_token = ?1 ORDER BY rowid DESC"
    );
    db.prepare(&query)?
        .query_map([link_token], read_session)?
        .collect()
}

pub(crate) fn insert_event(
    db: &Connection,
    link_session_id: &str,
    event: &LinkEvent,
) -> Result<()> {
    db.execute(
        "INSERT INTO link_events (event_id, link_session_id, event_name, happened_at, metadata)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            event.event_id,
            link_session_id,
            event.event_name,
            event.happened_at,
            event.metadata
        ],
    )?;
    Ok(())
}

/// The events of a session, newest first, as Plaid lists them.
pub(crate) fn events(db: &Connection, link_session_id: &str) -> Result<Vec<LinkEvent>> {
    let mut query = db.prepare_cached(
        "SELECT event_id, event_name, happened_at, metadata FROM link_events
         WHERE link_session_id = ?1 ORDER BY position DESC",
    )?;
    query
        .query_map([link_session_id], |row| {
            Ok(LinkEvent {
                event_id: row.get(0)?,
                event_name: row.get(1)?,
                happened_at: row.get(2)?,
                metadata: row.get(3)?,
            })
        })?
        .collect()
}
