//! What stands between the password and the accounts: a reCAPTCHA, a code that is sent to a
//! device of choice, or rounds of questions and selections.

use serde::{Deserialize, Serialize};

use super::signing_in::signed_in;
use super::{InSession, Next, Running, SESSION};
use crate::bank::customers::challenges;
use crate::bank::institutions::SignIn;
use crate::bank::second_factor::{Challenges, Recaptcha, SecondFactor};
use crate::call::{Answer, Call, Failure};
use crate::errors::{INVALID_MFA, PlaidError, RECAPTCHA_BAD};
use crate::fields::{Field, Kind, TEXT, required};
use crate::store::link::Step;

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
        Kind::Integer {
            min: 0,
            max: DEVICES.len() as i64 - 1,
        },
    ),
];
pub(super) static CODE_FIELDS: [Field; 2] = [SESSION, required("code", TEXT)];
pub(super) static ANSWERS_FIELDS: [Field; 2] = [
    SESSION,
    required("answers", Kind::List { of: &TEXT, min: 1 }),
];

/// A question as the frame shows it.
#[derive(Serialize)]
pub(super) struct Asked {
    text: String,
    options: Vec<String>,
}

/// What the bank asks whoever signed in with the stored name and password.
fn asked(running: &Running) -> Result<Challenges, PlaidError> {
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
pub(super) fn begin(call: &Call<'_>, mut running: Running) -> Answer {
    if asked(&running)?.recaptcha.is_some() {
        running.go(call, Step::SolvingRecaptcha)?;
        return call.answer(Next::Recaptcha);
    }
    second_factor(call, running)
}

pub(super) fn solve_recaptcha(call: &Call<'_>) -> Answer {
    let request: InSession = call.read()?;
    let running = Running::at(call, &request.link_session_id, &[Step::SolvingRecaptcha])?;
    if asked(&running)?.recaptcha == Some(Recaptcha::Bad) {
        return Err(Failure::from(&RECAPTCHA_BAD));
    }
    second_factor(call, running)
}

fn second_factor(call: &Call<'_>, mut running: Running) -> Answer {
    running.session.round = 0;
    match asked(&running)?.second_factor {
        None => signed_in(call, running),
        Some(SecondFactor::Device) => {
            running.go(call, Step::ChoosingDevice)?;
            call.answer(Next::Device { devices: &DEVICES })
        }
        Some(factor) => {
            running.go(call, Step::Answering)?;
            ask(call, running, factor)
        }
    }
}

pub(super) fn choose_device(call: &Call<'_>) -> Answer {
    #[derive(Deserialize)]
    struct Request {
        link_session_id: String,
        device: usize,
    }
    let request: Request = call.read()?;
    let steps = [Step::ChoosingDevice, Step::EnteringCode];
    let mut running = Running::at(call, &request.link_session_id, &steps)?;
    running.go(call, Step::EnteringCode)?;
    call.answer(Next::Code {
        // The checker has held the number against the list.
        sent_to: DEVICES.get(request.device).copied().unwrap_or_default(),
    })
}

pub(super) fn submit_code(call: &Call<'_>) -> Answer {
    #[derive(Deserialize)]
    struct Request {
        link_session_id: String,
        code: String,
    }
    let request: Request = call.read()?;
    let running = Running::at(call, &request.link_session_id, &[Step::EnteringCode])?;
    if !SecondFactor::Device.accepts(0, &[request.code]) {
        return Err(Failure::from(&INVALID_MFA));
    }
    signed_in(call, running)
}

/// Answers to one round of questions or selections.
pub(super) fn submit_answers(call: &Call<'_>) -> Answer {
    #[derive(Deserialize)]
    struct Request {
        link_session_id: String,
        answers: Vec<String>,
    }
    let request: Request = call.read()?;
    let mut running = Running::at(call, &request.link_session_id, &[Step::Answering])?;
    let factor = asked(&running)?.second_factor.ok_or(&INVALID_MFA)?;
    if !factor.accepts(usize::from(running.session.round), &request.answers) {
        return Err(Failure::from(&INVALID_MFA));
    }
    running.session.round += 1;
    ask(call, running, factor)
}

/// The next round, or the accounts after the last.
fn ask(call: &Call<'_>, mut running: Running, factor: SecondFactor) -> Answer {
    let Some(round) = factor.round(usize::from(running.session.round)) else {
        return signed_in(call, running);
    };
    running.go(call, Step::Answering)?;
    let questions = round
        .into_iter()
        .map(|question| Asked {
            text: question.text,
            options: question.options,
        })
        .collect();
    call.answer(match factor {
        SecondFactor::Selections { .. } => Next::Selections { questions },
        _ => Next::Questions { questions },
    })
}
