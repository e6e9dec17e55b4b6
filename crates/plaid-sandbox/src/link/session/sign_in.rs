//! From the choice of an institution to the end of sign-in.

use serde::Deserialize;

use super::account_selection::{connect, selectable_accounts, selection};
use super::{ActiveSession, NextPane, SESSION, oauth, second_factor};
use crate::api_call::{ApiCall, CallFailure, CallResult};
use crate::bank::customers::{challenges, sign_in};
use crate::bank::institutions::Institution;
use crate::bank::second_factor::Challenges;
use crate::errors::{INVALID_CREDENTIALS, INVALID_INSTITUTION, ITEM_NO_ERROR, NO_ACCOUNTS};
use crate::request_schema::{Field, NON_EMPTY_TEXT, TEXT, required};
use crate::store::items::Item;
use crate::store::link::LinkStep;

pub(super) static INSTITUTION_FIELDS: [Field; 2] =
    [SESSION, required("institution_id", NON_EMPTY_TEXT)];
pub(super) static CREDENTIALS_FIELDS: [Field; 3] = [
    SESSION,
    required("username", TEXT),
    required("password", TEXT),
];
/// With this password, update mode fails with ITEM_NO_ERROR for an Item that needs no repair.
const NO_ERROR_PASSWORD: &str = "error_ITEM_NO_ERROR";
const BEFORE_ACCOUNTS: [LinkStep; 5] = [
    LinkStep::SigningIn,
    LinkStep::SolvingRecaptcha,
    LinkStep::ChoosingDevice,
    LinkStep::EnteringCode,
    LinkStep::Answering,
];
const BEFORE_CONNECTING: [LinkStep; 8] = [
    LinkStep::ChoosingInstitution,
    LinkStep::SigningIn,
    LinkStep::SolvingRecaptcha,
    LinkStep::ChoosingDevice,
    LinkStep::EnteringCode,
    LinkStep::Answering,
    LinkStep::AtBank,
    LinkStep::ChoosingAccounts,
];

pub(super) fn choose_institution(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        link_session_id: String,
        institution_id: String,
    }
    let request: Request = call.read()?;
    let mut active = ActiveSession::find_at(call, &request.link_session_id, &BEFORE_CONNECTING)?;
    let institution = Institution::find(&request.institution_id).ok_or(&INVALID_INSTITUTION)?;
    call.check_health(institution)?;
    active.session.institution_id = Some(institution.id.to_owned());
    let next = if institution.is_oauth() {
        oauth::prepare_visit(&mut active)
    } else {
        NextPane::Credentials
    };
    active.set_step(call, LinkStep::SigningIn)?;
    call.respond(next)
}

pub(super) fn submit_credentials(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        link_session_id: String,
        username: String,
        password: String,
    }
    let request: Request = call.read()?;
    let mut active = ActiveSession::find_at(call, &request.link_session_id, &BEFORE_ACCOUNTS)?;
    let item = active.item_to_update(call)?;
    let is_healthy = |item: &Item| item.error.is_none() && item.notice.is_none();
    if request.password == NO_ERROR_PASSWORD && item.as_ref().is_some_and(is_healthy) {
        return Err(CallFailure::from(&ITEM_NO_ERROR));
    }
    let description = sign_in(&request.username, &request.password)?;
    // Only the customer who linked an Item can repair it.
    let is_same_customer = item.is_none_or(|item| item.username == request.username);
    if request.username.trim().is_empty() || !is_same_customer {
        return Err(CallFailure::from(&INVALID_CREDENTIALS));
    }
    let has_challenges = challenges(&request.username, &request.password) != Challenges::default();
    active.session.challenge_password = has_challenges.then_some(request.password);
    active.session.username = Some(request.username);
    active.session.description = description;
    second_factor::start_challenges(call, active)
}

pub(super) fn signed_in(call: &ApiCall<'_>, mut active: ActiveSession) -> CallResult {
    let outcome = continue_after_sign_in(call, &mut active)?;
    call.respond(outcome.next_pane(call, &active)?)
}

/// What follows sign-in.
#[derive(Clone, Copy)]
pub(super) enum SignInOutcome {
    ChooseAccounts,
    Connected,
}

impl SignInOutcome {
    pub(super) fn next_pane(
        self,
        call: &ApiCall<'_>,
        active: &ActiveSession,
    ) -> Result<NextPane, CallFailure> {
        Ok(match self {
            Self::Connected => NextPane::Connected,
            Self::ChooseAccounts => NextPane::Accounts {
                accounts: selectable_accounts(call, active)?,
                selection: selection(active),
            },
        })
    }
}

pub(super) fn continue_after_sign_in(
    call: &ApiCall<'_>,
    active: &mut ActiveSession,
) -> Result<SignInOutcome, CallFailure> {
    if let Some(mut item) = active.item_to_update(call)?
        && !active.token.settings.account_selection_enabled
    {
        connect(call, active, &mut item)?;
        return Ok(SignInOutcome::Connected);
    }
    if selectable_accounts(call, active)?.is_empty() {
        return Err(CallFailure::from(&NO_ACCOUNTS));
    }
    active.set_step(call, LinkStep::ChoosingAccounts)?;
    Ok(SignInOutcome::ChooseAccounts)
}
