//! The visit to the bank's own page at OAuth institutions: in a pop-up, or by redirect away from the page that shows Link
//! and back.

use serde::Deserialize;
use serde_json::json;

use super::sign_in::{SignInOutcome, continue_after_sign_in};
use super::start::displayed_name;
use super::{ActiveSession, FrameInstitution, NextPane, SESSION, SessionRequest, check_expiration};
use crate::api_call::{ApiCall, CallFailure, CallResult};
use crate::errors::{OAUTH_STATE_ID_ALREADY_PROCESSED, OAUTH_STATE_ID_NOT_FOUND, PlaidError};
use crate::ids;
use crate::request_schema::{Field, FieldKind, NON_EMPTY_TEXT, optional, required};
use crate::store::link::{LinkSession, LinkStep};

const STATE: Field = required("oauth_state_id", NON_EMPTY_TEXT);

pub(super) static OPEN_FIELDS: [Field; 2] = [
    SESSION,
    optional("way", FieldKind::Choice(&["popup", "redirect"])),
];
pub(super) static VISIT_FIELDS: [Field; 1] = [STATE];
pub(super) static CONSENT_FIELDS: [Field; 2] = [STATE, required("granted", FieldKind::Flag)];

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum BankPageMode {
    #[default]
    Popup,
    Redirect,
}

/// Starts a new visit.
pub(super) fn prepare_visit(active: &mut ActiveSession) -> NextPane {
    let oauth_state_id = ids::session_id();
    active.session.oauth_state_id = Some(oauth_state_id.clone());
    active.session.oauth_resumed = false;
    active.session.return_to = None;
    NextPane::Bank { oauth_state_id }
}

/// The customer opens the bank's own page.
pub(super) fn open(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        link_session_id: String,
        #[serde(default)]
        way: BankPageMode,
    }
    let request: Request = call.read()?;
    let steps = [LinkStep::SigningIn, LinkStep::AtBank];
    let mut active = ActiveSession::find_at(call, &request.link_session_id, &steps)?;
    active.session.return_to = match request.way {
        BankPageMode::Popup => None,
        BankPageMode::Redirect => Some(return_page(call, &active)?),
    };
    active.set_step(call, LinkStep::AtBank)?;
    call.respond(json!({}))
}

fn return_page(call: &ApiCall<'_>, active: &ActiveSession) -> Result<String, PlaidError> {
    if let (true, Some(hosted_id)) = (active.session.hosted, &active.token.hosted_id) {
        return Ok(format!("{}/hosted/{hosted_id}", call.origin));
    }
    active
        .token
        .settings
        .redirect_uri
        .clone()
        .ok_or_else(|| PlaidError::invalid_field("redirect_uri", "is not set for this link_token"))
}

/// The session of a visit that has no outcome yet.
fn find_visit(call: &ApiCall<'_>, oauth_state_id: &str) -> Result<ActiveSession, CallFailure> {
    let session =
        LinkSession::by_oauth_state(call.db, oauth_state_id)?.ok_or(&OAUTH_STATE_ID_NOT_FOUND)?;
    if session.step != LinkStep::AtBank {
        return Err(CallFailure::from(&OAUTH_STATE_ID_ALREADY_PROCESSED));
    }
    let active = ActiveSession::with_token(call, session)?;
    check_expiration(call, &active.token)?;
    Ok(active)
}

/// What the bank's own page shows.
pub(super) fn visit(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        oauth_state_id: String,
    }
    let request: Request = call.read()?;
    let active = find_visit(call, &request.oauth_state_id)?;
    call.respond(json!({
        "client_name": displayed_name(&active.token.settings.client_name),
        "institution": FrameInstitution::new(call, active.institution()?),
    }))
}

/// The customer approves or declines on the bank's own page. The response says where to redirect the browser; without an
/// address the page is a pop-up and closes.
pub(super) fn consent(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        oauth_state_id: String,
        granted: bool,
    }
    let request: Request = call.read()?;
    let mut active = find_visit(call, &request.oauth_state_id)?;
    let return_to = active
        .session
        .return_to
        .as_ref()
        .map(|page| format!("{page}?oauth_state_id={}", request.oauth_state_id));
    if request.granted {
        let (username, description) = active.item_to_update(call)?.map_or_else(
            || ("user_good".to_owned(), None),
            |item| (item.username, item.description),
        );
        active.session.username = Some(username);
        active.session.description = description;
        continue_after_sign_in(call, &mut active)?;
    } else {
        active.set_step(call, LinkStep::SigningIn)?;
    }
    call.respond(json!({"return_to": return_to}))
}

/// Link polls this during the visit.
pub(super) fn outcome(call: &ApiCall<'_>) -> CallResult {
    let request: SessionRequest = call.read()?;
    let mut active = ActiveSession::find(call, &request.link_session_id)?;
    call.respond(pane_after_visit(call, &mut active)?)
}

pub(super) fn pane_after_visit(
    call: &ApiCall<'_>,
    active: &mut ActiveSession,
) -> Result<NextPane, CallFailure> {
    match active.session.step {
        LinkStep::AtBank => Ok(NextPane::Wait),
        LinkStep::ChoosingAccounts => SignInOutcome::ChooseAccounts.next_pane(call, active),
        LinkStep::Connected => Ok(NextPane::Connected),
        _ => declined(call, active),
    }
}

/// The visit ended without consent. Another one needs a new `oauth_state_id`.
pub(super) fn declined(
    call: &ApiCall<'_>,
    active: &mut ActiveSession,
) -> Result<NextPane, CallFailure> {
    prepare_visit(active);
    active.set_step(call, LinkStep::SigningIn)?;
    let oauth_state_id = active.session.oauth_state_id.clone().unwrap_or_default();
    Ok(NextPane::Declined { oauth_state_id })
}
