//! The visit to the page of a bank that signs people in itself (OAuth): in a pop-up that
//! closes when it is done, or in place of the page that Link is on, and back to that page.

use serde::{Deserialize, Serialize};

use super::sign_in::{SignInOutcome, go_on};
use super::start::shown_name;
use super::{ActiveSession, Done, FrameInstitution, NextPane, SESSION, SessionRequest};
use crate::api_call::{ApiCall, CallFailure, CallResult};
use crate::errors::{OAUTH_STATE_ID_ALREADY_PROCESSED, OAUTH_STATE_ID_NOT_FOUND, PlaidError};
use crate::ids;
use crate::request_schema::{Field, FieldKind, NON_EMPTY_TEXT, optional, required};
use crate::store::link::{self, LinkStep};

const STATE: Field = required("oauth_state_id", NON_EMPTY_TEXT);

pub(super) static OPEN_FIELDS: [Field; 2] = [
    SESSION,
    optional("way", FieldKind::Choice(&["popup", "redirect"])),
];
pub(super) static VISIT_FIELDS: [Field; 1] = [STATE];
pub(super) static CONSENT_FIELDS: [Field; 2] = [STATE, required("granted", FieldKind::Flag)];

/// How the bank's page is shown.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum BankPageMode {
    #[default]
    Popup,
    Redirect,
}

/// Gives the next visit its name.
pub(super) fn ready(running: &mut ActiveSession) -> NextPane {
    let oauth_state_id = ids::session_id();
    running.session.oauth_state_id = Some(oauth_state_id.clone());
    running.session.oauth_resumed = false;
    running.session.return_to = None;
    NextPane::Bank { oauth_state_id }
}

/// The person goes to the bank's own page.
pub(super) fn open(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        link_session_id: String,
        #[serde(default)]
        way: BankPageMode,
    }
    let request: Request = call.read()?;
    let steps = [LinkStep::SigningIn, LinkStep::AtBank];
    let mut running = ActiveSession::at(call, &request.link_session_id, &steps)?;
    running.session.return_to = match request.way {
        BankPageMode::Popup => None,
        BankPageMode::Redirect => Some(page_to_return_to(call, &running)?),
    };
    running.go(call, LinkStep::AtBank)?;
    call.answer(Done {})
}

fn page_to_return_to(call: &ApiCall<'_>, running: &ActiveSession) -> Result<String, PlaidError> {
    if let (true, Some(hosted_id)) = (running.session.hosted, &running.token.hosted_id) {
        return Ok(format!("{}/hosted/{hosted_id}", call.origin));
    }
    running
        .token
        .settings
        .redirect_uri
        .clone()
        .ok_or_else(|| PlaidError::field("redirect_uri", "is not set for this link_token"))
}

/// A visit by its name, for as long as the bank waits for an answer.
fn visited(call: &ApiCall<'_>, oauth_state_id: &str) -> Result<ActiveSession, CallFailure> {
    let session =
        link::session_at_bank(call.db, oauth_state_id)?.ok_or(&OAUTH_STATE_ID_NOT_FOUND)?;
    if session.step != LinkStep::AtBank {
        return Err(CallFailure::from(&OAUTH_STATE_ID_ALREADY_PROCESSED));
    }
    ActiveSession::of(call, session)?.standing(call, &[LinkStep::AtBank])
}

/// What the bank's own page shows.
pub(super) fn visit(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        oauth_state_id: String,
    }
    #[derive(Serialize)]
    struct Visit<'a> {
        client_name: &'a str,
        institution: FrameInstitution,
    }
    let request: Request = call.read()?;
    let running = visited(call, &request.oauth_state_id)?;
    call.answer(Visit {
        client_name: shown_name(&running.token.settings.client_name),
        institution: FrameInstitution::of(call, running.institution()?),
    })
}

/// The person agreed or declined on the bank's own page.
pub(super) fn consent(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        oauth_state_id: String,
        granted: bool,
    }
    #[derive(Serialize)]
    struct Decided {
        /// Where to send the browser; a pop-up closes instead.
        return_to: Option<String>,
    }
    let request: Request = call.read()?;
    let mut running = visited(call, &request.oauth_state_id)?;
    let return_to = running
        .session
        .return_to
        .as_ref()
        .map(|page| format!("{page}?oauth_state_id={}", request.oauth_state_id));
    if request.granted {
        let (username, description) = running.item_to_update(call)?.map_or_else(
            || ("user_good".to_owned(), None),
            |item| (item.username, item.description),
        );
        running.session.username = Some(username);
        running.session.description = description;
        go_on(call, &mut running)?;
    } else {
        running.go(call, LinkStep::SigningIn)?;
    }
    call.answer(Decided { return_to })
}

/// The frame asks how it went at the bank.
pub(super) fn outcome(call: &ApiCall<'_>) -> CallResult {
    let request: SessionRequest = call.read()?;
    let mut running = ActiveSession::find(call, &request.link_session_id)?;
    call.answer(standing(call, &mut running)?)
}

/// How a visit stands.
pub(super) fn standing(
    call: &ApiCall<'_>,
    running: &mut ActiveSession,
) -> Result<NextPane, CallFailure> {
    match running.session.step {
        LinkStep::AtBank => Ok(NextPane::Wait),
        LinkStep::ChoosingAccounts => SignInOutcome::Chooses.next(call, running),
        LinkStep::Connected => Ok(NextPane::Connected),
        _ => declined(call, running),
    }
}

/// The visit ended without an agreement; the next one gets a name of its own.
pub(super) fn declined(
    call: &ApiCall<'_>,
    running: &mut ActiveSession,
) -> Result<NextPane, CallFailure> {
    ready(running);
    running.go(call, LinkStep::SigningIn)?;
    Ok(NextPane::Declined {
        oauth_state_id: running.session.oauth_state_id.clone().unwrap_or_default(),
    })
}
