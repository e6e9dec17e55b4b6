//! From the choice of an institution until the bank knows the person: credentials, and what
//! comes after them.

use serde::Deserialize;

use super::account_selection::{connect, offered_accounts, selection};
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
/// The password with which update mode finds that an Item that is well needs no repair.
const NOTHING_TO_REPAIR: &str = "error_ITEM_NO_ERROR";
/// Every step from which credentials can still be given.
const BEFORE_ACCOUNTS: [LinkStep; 5] = [
    LinkStep::SigningIn,
    LinkStep::SolvingRecaptcha,
    LinkStep::ChoosingDevice,
    LinkStep::EnteringCode,
    LinkStep::Answering,
];
/// Every step from which another institution can still be chosen.
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
    let mut running = ActiveSession::at(call, &request.link_session_id, &BEFORE_CONNECTING)?;
    let institution = Institution::find(&request.institution_id).ok_or(&INVALID_INSTITUTION)?;
    call.check_health(institution)?;
    running.session.institution_id = Some(institution.id.to_owned());
    let next = if institution.is_oauth() {
        oauth::ready(&mut running)
    } else {
        NextPane::Credentials
    };
    running.go(call, LinkStep::SigningIn)?;
    call.answer(next)
}

pub(super) fn submit_credentials(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        link_session_id: String,
        username: String,
        password: String,
    }
    let request: Request = call.read()?;
    let mut running = ActiveSession::at(call, &request.link_session_id, &BEFORE_ACCOUNTS)?;
    let item = running.item_to_update(call)?;
    let is_well = |item: &Item| item.error.is_none() && item.notice.is_none();
    if request.password == NOTHING_TO_REPAIR && item.as_ref().is_some_and(is_well) {
        return Err(CallFailure::from(&ITEM_NO_ERROR));
    }
    let description = sign_in(&request.username, &request.password)?;
    // An Item is repaired by whoever linked it.
    let known = item.is_none_or(|item| item.username == request.username);
    if request.username.trim().is_empty() || !known {
        return Err(CallFailure::from(&INVALID_CREDENTIALS));
    }
    let asks = challenges(&request.username, &request.password) != Challenges::default();
    running.session.asked_by = asks.then_some(request.password);
    running.session.username = Some(request.username);
    running.session.description = description;
    second_factor::begin(call, running)
}

/// The bank knows the person now: choose accounts, or be done when an Item was repaired.
pub(super) fn signed_in(call: &ApiCall<'_>, mut running: ActiveSession) -> CallResult {
    let signed = go_on(call, &mut running)?;
    call.answer(signed.next(call, &running)?)
}

/// What a person who has signed in comes to.
#[derive(Clone, Copy)]
pub(super) enum SignInOutcome {
    Chooses,
    Connected,
}

impl SignInOutcome {
    pub(super) fn next(
        self,
        call: &ApiCall<'_>,
        running: &ActiveSession,
    ) -> Result<NextPane, CallFailure> {
        Ok(match self {
            Self::Connected => NextPane::Connected,
            Self::Chooses => NextPane::Accounts {
                accounts: offered_accounts(call, running)?,
                selection: selection(running),
            },
        })
    }
}

pub(super) fn go_on(
    call: &ApiCall<'_>,
    running: &mut ActiveSession,
) -> Result<SignInOutcome, CallFailure> {
    if let Some(item) = running.item_to_update(call)?
        && !running.token.settings.account_selection
    {
        connect(call, running, &item)?;
        return Ok(SignInOutcome::Connected);
    }
    if offered_accounts(call, running)?.is_empty() {
        return Err(CallFailure::from(&NO_ACCOUNTS));
    }
    running.go(call, LinkStep::ChoosingAccounts)?;
    Ok(SignInOutcome::Chooses)
}
