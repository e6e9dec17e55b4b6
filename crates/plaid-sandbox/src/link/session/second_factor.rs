//! What stands between the password and the accounts: a reCAPTCHA, a code that is sent to a
//! device of choice, or rounds of questions and selections.

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

/// Where a code can be sent.
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

/// A question as the frame shows it.
#[derive(Serialize)]
pub(super) struct QuestionBody {
    text: String,
    options: Vec<String>,
}

/// What the bank asks whoever signed in with the stored name and password.
fn asked(running: &ActiveSession) -> Result<Challenges, PlaidError> {
    let session = &running.session;
    let username = session.username.as_deref().unwrap_or_default();
    let mut asked = session
        .asked_by
        .as_deref()
        .map(|password| challenges(username, password))
        .unwrap_or_default();
    if running.institution()?.sign_in == SignIn::Code {
        asked.second_factor.get_or_insert(SecondFactor::Device);
    }
    Ok(asked)
}

/// From the right password on: to what is asked first, or to the accounts.
pub(super) fn begin(call: &ApiCall<'_>, mut running: ActiveSession) -> CallResult {
    if asked(&running)?.recaptcha.is_some() {
        running.go(call, LinkStep::SolvingRecaptcha)?;
        return call.answer(NextPane::Recaptcha);
    }
    second_factor(call, running)
}

pub(super) fn solve_recaptcha(call: &ApiCall<'_>) -> CallResult {
    let request: SessionRequest = call.read()?;
    let running = ActiveSession::at(
        call,
        &request.link_session_id,
        &[LinkStep::SolvingRecaptcha],
    )?;
    if asked(&running)?.recaptcha == Some(Recaptcha::Bad) {
        return Err(CallFailure::from(&RECAPTCHA_BAD));
    }
    second_factor(call, running)
}

fn second_factor(call: &ApiCall<'_>, mut running: ActiveSession) -> CallResult {
    running.session.round = 0;
    match asked(&running)?.second_factor {
        None => signed_in(call, running),
        Some(SecondFactor::Device) => {
            running.go(call, LinkStep::ChoosingDevice)?;
            call.answer(NextPane::Device { devices: &DEVICES })
        }
        Some(factor) => {
            running.go(call, LinkStep::Answering)?;
            ask(call, running, factor)
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
    let mut running = ActiveSession::at(call, &request.link_session_id, &steps)?;
    running.go(call, LinkStep::EnteringCode)?;
    call.answer(NextPane::Code {
        // The checker has held the number against the list.
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
    let running = ActiveSession::at(call, &request.link_session_id, &[LinkStep::EnteringCode])?;
    if !SecondFactor::Device.accepts(0, &[request.code]) {
        return Err(CallFailure::from(&INVALID_MFA));
    }
    signed_in(call, running)
}

/// Answers to one round of questions or selections.
pub(super) fn submit_answers(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        link_session_id: String,
        answers: Vec<String>,
    }
    let request: Request = call.read()?;
    let mut running = ActiveSession::at(call, &request.link_session_id, &[LinkStep::Answering])?;
    let factor = asked(&running)?.second_factor.ok_or(&INVALID_MFA)?;
    if !factor.accepts(usize::from(running.session.round), &request.answers) {
        return Err(CallFailure::from(&INVALID_MFA));
    }
    running.session.round += 1;
    ask(call, running, factor)
}

/// The next round, or the accounts after the last.
fn ask(call: &ApiCall<'_>, mut running: ActiveSession, factor: SecondFactor) -> CallResult {
    let Some(round) = factor.round(usize::from(running.session.round)) else {
        return signed_in(call, running);
    };
    running.go(call, LinkStep::Answering)?;
    let questions = round
        .into_iter()
        .map(|question| QuestionBody {
            text: question.text,
            options: question.options,
        })
        .collect();
    call.answer(match factor {
        SecondFactor::Selections { .. } => NextPane::Selections { questions },
        _ => NextPane::Questions { questions },
    })
}
