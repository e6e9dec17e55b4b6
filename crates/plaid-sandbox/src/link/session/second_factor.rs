//! What Link asks after the password: a reCAPTCHA, a code sent to a device, or rounds of questions or selections.

use serde::{Deserialize, Serialize};

use super::sign_in::signed_in;
use super::{ActiveSession, NextPane, SESSION, SessionRequest};
use crate::api_call::{ApiCall, CallFailure, CallResult};
use crate::bank::customers::challenges;
use crate::bank::institutions::SignIn;
use crate::bank::second_factor::{Challenges, Recaptcha, SecondFactor};
use crate::errors::{INVALID_MFA, PlaidError, RECAPTCHA_BAD};
use crate::request_schema::{Field, FieldKind, TEXT, required};
use crate::store::link::LinkStep;

const DEVICES: [&str; 3] = [
    "Text message to a phone ending in 00",
    "Call to a phone ending in 00",
    "Email to b••••@example.com",
];

pub(super) static DEVICE_FIELDS: [Field; 2] = [
    SESSION,
    required(
        "device",
        FieldKind::Integer {
            min: 0,
            max: DEVICES.len() as i64 - 1,
        },
    ),
];
pub(super) static CODE_FIELDS: [Field; 2] = [SESSION, required("code", TEXT)];
pub(super) static ANSWERS_FIELDS: [Field; 2] = [
    SESSION,
    required("answers", FieldKind::List { of: &TEXT, min: 1 }),
];

#[derive(Serialize)]
pub(super) struct QuestionBody {
    text: String,
    options: Vec<String>,
}

/// What this customer is asked.
fn session_challenges(active: &ActiveSession) -> Result<Challenges, PlaidError> {
    let session = &active.session;
    let username = session.username.as_deref().unwrap_or_default();
    let mut challenges_of_session = session
        .challenge_password
        .as_deref()
        .map(|password| challenges(username, password))
        .unwrap_or_default();
    if active.institution()?.sign_in == SignIn::Code {
        challenges_of_session
            .second_factor
            .get_or_insert(SecondFactor::Device);
    }
    Ok(challenges_of_session)
}

/// After the right password: asks the first challenge, or goes on to the accounts.
pub(super) fn start_challenges(call: &ApiCall<'_>, mut active: ActiveSession) -> CallResult {
    if session_challenges(&active)?.recaptcha.is_some() {
        active.set_step(call, LinkStep::SolvingRecaptcha)?;
        return call.respond(NextPane::Recaptcha);
    }
    start_second_factor(call, active)
}

pub(super) fn solve_recaptcha(call: &ApiCall<'_>) -> CallResult {
    let request: SessionRequest = call.read()?;
    let active = ActiveSession::find_at(
        call,
        &request.link_session_id,
        &[LinkStep::SolvingRecaptcha],
    )?;
    if session_challenges(&active)?.recaptcha == Some(Recaptcha::Bad) {
        return Err(CallFailure::from(&RECAPTCHA_BAD));
    }
    start_second_factor(call, active)
}

fn start_second_factor(call: &ApiCall<'_>, mut active: ActiveSession) -> CallResult {
    active.session.round = 0;
    match session_challenges(&active)?.second_factor {
        None => signed_in(call, active),
        Some(SecondFactor::Device) => {
            active.set_step(call, LinkStep::ChoosingDevice)?;
            call.respond(NextPane::Device { devices: &DEVICES })
        }
        Some(factor) => {
            active.set_step(call, LinkStep::Answering)?;
            ask_round(call, active, factor)
        }
    }
}

pub(super) fn choose_device(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        link_session_id: String,
        device: usize,
    }
    let request: Request = call.read()?;
    let steps = [LinkStep::ChoosingDevice, LinkStep::EnteringCode];
    let mut active = ActiveSession::find_at(call, &request.link_session_id, &steps)?;
    active.set_step(call, LinkStep::EnteringCode)?;
    call.respond(NextPane::Code {
        // DEVICE_FIELDS limits the number to the list.
        sent_to: DEVICES.get(request.device).copied().unwrap_or_default(),
    })
}

pub(super) fn submit_code(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        link_session_id: String,
        code: String,
    }
    let request: Request = call.read()?;
    let active = ActiveSession::find_at(call, &request.link_session_id, &[LinkStep::EnteringCode])?;
    if !SecondFactor::Device.accepts(0, &[request.code]) {
        return Err(CallFailure::from(&INVALID_MFA));
    }
    signed_in(call, active)
}

pub(super) fn submit_answers(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        link_session_id: String,
        answers: Vec<String>,
    }
    let request: Request = call.read()?;
    let mut active =
        ActiveSession::find_at(call, &request.link_session_id, &[LinkStep::Answering])?;
    let factor = session_challenges(&active)?
        .second_factor
        .ok_or(&INVALID_MFA)?;
    if !factor.accepts(usize::from(active.session.round), &request.answers) {
        return Err(CallFailure::from(&INVALID_MFA));
    }
    active.session.round += 1;
    ask_round(call, active, factor)
}

/// Asks the next round; after the last one goes on to the accounts.
fn ask_round(call: &ApiCall<'_>, mut active: ActiveSession, factor: SecondFactor) -> CallResult {
    let Some(round) = factor.round(usize::from(active.session.round)) else {
        return signed_in(call, active);
    };
    active.set_step(call, LinkStep::Answering)?;
    let questions = round
        .into_iter()
        .map(|question| QuestionBody {
            text: question.text,
            options: question.options,
        })
        .collect();
    call.respond(match factor {
        SecondFactor::Selections { .. } => NextPane::Selections { questions },
        _ => NextPane::Questions { questions },
    })
}
