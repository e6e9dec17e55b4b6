//! Link tokens, their sessions and the events of those sessions. A session is saved after every step, so that a restart
//! in the middle loses nothing.

use std::collections::BTreeMap;

use rusqlite::{Connection, Result};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString};

use super::columns::{json_column, table_row, text_column};
use super::{SandboxTime, StringList};

/// What /link/token/create was called with.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct LinkTokenSettings {
    pub(crate) client_name: String,
    pub(crate) language: String,
    pub(crate) country_codes: Vec<String>,
    pub(crate) products: Vec<String>,
    pub(crate) consented_products: Vec<String>,
    pub(crate) webhook: Option<String>,
    pub(crate) redirect_uri: Option<String>,
    /// By account type.
    pub(crate) account_filters: Option<BTreeMap<String, AccountFilter>>,
    pub(crate) account_selection_enabled: bool,
    pub(crate) completion_redirect_uri: Option<String>,
    pub(crate) link_customization_name: Option<String>,
    pub(crate) appearance_mode: Option<String>,
    pub(crate) is_mobile_app: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AccountFilter {
    pub(crate) account_subtypes: Vec<String>,
}

json_column!(LinkTokenSettings);

table_row! {
    #[derive(Clone, Debug)]
    struct LinkToken in "link_tokens" {
        link_token: String,
        created_at: SandboxTime,
        expires_at: SandboxTime,
        settings: LinkTokenSettings,
        /// The Item to repair, in update mode.
        update_item_id: Option<String>,
        /// The last part of the `hosted_link_url`.
        hosted_id: Option<String>,
    }
}

impl LinkToken {
    pub(crate) fn find(db: &Connection, link_token: &str) -> Result<Option<Self>> {
        Self::select(db, "WHERE link_token = ?1", [link_token]).map(|mut rows| rows.pop())
    }

    pub(crate) fn by_hosted_id(db: &Connection, hosted_id: &str) -> Result<Option<Self>> {
        Self::select(db, "WHERE hosted_id = ?1", [hosted_id]).map(|mut rows| rows.pop())
    }
}

/// The steps of a Link session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString)]
#[strum(serialize_all = "snake_case")]
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

text_column!(LinkStep);

table_row! {
    #[derive(Clone, Debug)]
    struct LinkSession in "link_sessions" {
        link_session_id: String,
        link_token: String,
        started_at: SandboxTime,
        finished_at: Option<SandboxTime>,
        step: LinkStep,
        institution_id: Option<String>,
        username: Option<String>,
        /// The account description with which `user_custom` signed in.
        description: Option<String>,
        item_id: Option<String>,
        public_token: Option<String>,
        /// The `account_id`s that the customer shared.
        shared: StringList,
        /// The `exit` object of /link/token/get, as JSON.
        exit: Option<String>,
        /// Whether the session runs on the Hosted Link page.
        hosted: bool,
        /// A password that asked for a reCAPTCHA or a second factor.
        challenge_password: Option<String>,
        /// How many rounds of questions were answered.
        round: u8,
        /// Identifies the visit to the bank's own page.
        oauth_state_id: Option<String>,
        /// Whether Link continued after that visit.
        oauth_resumed: bool,
        /// Where the bank's own page redirects to; absent for a pop-up, which closes instead.
        return_to: Option<String>,
    }
}

impl LinkSession {
    pub(crate) fn find(db: &Connection, link_session_id: &str) -> Result<Option<Self>> {
        Self::select(db, "WHERE link_session_id = ?1", [link_session_id]).map(|mut rows| rows.pop())
    }

    pub(crate) fn by_oauth_state(db: &Connection, oauth_state_id: &str) -> Result<Option<Self>> {
        Self::select(db, "WHERE oauth_state_id = ?1", [oauth_state_id]).map(|mut rows| rows.pop())
    }

    /// Newest first.
    pub(crate) fn of_token(db: &Connection, link_token: &str) -> Result<Vec<Self>> {
        Self::select(
            db,
            "WHERE link_token = ?1 ORDER BY rowid DESC",
            [link_token],
        )
    }
}

table_row! {
    #[derive(Debug)]
    struct LinkEvent in "link_events" {
        event_id: String,
        link_session_id: String,
        event_name: String,
        happened_at: SandboxTime,
        /// A JSON object of strings.
        metadata: String,
    }
}

impl LinkEvent {
    /// Newest first, as Plaid lists them.
    pub(crate) fn of_session(db: &Connection, link_session_id: &str) -> Result<Vec<Self>> {
        let clauses = "WHERE link_session_id = ?1 ORDER BY rowid DESC";
        Self::select(db, clauses, [link_session_id])
    }
}
