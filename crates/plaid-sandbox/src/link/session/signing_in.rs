//! From the choice of an institution until the bank knows the person: credentials, a
//! second factor, or the bank's own page.

use serde::Deserialize;

use super::sharing::{connect, offered_accounts};
use super::{Done, InSession, Next, Running, SESSION};
use crate::bank::customers::sign_in;
use crate::bank::institutions::{Institution, SECOND_FACTOR, SignIn};
use crate::call::{Answer, Call, Failure};
use crate::errors::{INVALID_CREDENTIALS, INVALID_INSTITUTION, INVALID_MFA, NO_ACCOUNTS};
use crate::fields::{Field, Kind, TEXT, WORDS, required};
use crate::store::link::Step;

pub(super) static INSTITUTION_FIELDS: [Field; 2] = [SESSION, required("institution_id", WORDS)];
pub(super) static CREDENTIALS_FIELDS: [Field; 3] = [
    SESSION,
    required("username", TEXT),
    required("password", TEXT),
];
pub(super) static CODE_FIELDS: [Field; 2] = [SESSION, required("code", TEXT)];
pub(super) static CONSENT_FIELDS: [Field; 2] = [SESSION, required("granted", Kind::Flag)];
/// Every step from which another institution can still be chosen.
const BEFORE_CONNECTING: [Step; 5] = [
    Step::ChoosingInstitution,
    Step::SigningIn,
    Step::EnteringCode,
    Step::AtBank,
    Step::ChoosingAccounts,
];

pub(super) fn choose_institution(call: &Call<'_>) -> Answer {
    #[derive(Deserialize)]
    struct Request {
        link_session_id: String,
        institution_id: String,
    }
    let request: Request = call.read()?;
    let mut running = Running::at(call, &request.link_session_id, &BEFORE_CONNECTING)?;
    let institution = Institution::find(&request.institution_id).ok_or(&INVALID_INSTITUTION)?;
    call.check_health(institution)?;
    running.session.institution_id = Some(institution.id.to_owned());
    running.go(call, Step::SigningIn)?;
    call.answer(Next {
        next: if institution.is_oauth() {
            "bank"
        } else {
            "credentials"
        },
        accounts: Vec::new(),
    })
}

pub(super) fn submit_credentials(call: &Call<'_>) -> Answer {
    #[derive(Deserialize)]
    struct Request {
        link_session_id: String,
        username: String,
        password: String,
    }
    let request: Request = call.read()?;
    let mut running = Running::at(
        call,
        &request.link_session_id,
        &[Step::SigningIn, Step::EnteringCode],
    )?;
    let description = sign_in(&request.username, &request.password)?;
    // An Item is repaired by whoever linked it.
    let known = running
        .item_to_update(call)?
        .is_none_or(|item| item.username == request.username);
    if request.username.trim().is_empty() || !known {
        return Err(Failure::from(&INVALID_CREDENTIALS));
    }
    let institution = running.institution()?;
    running.session.username = Some(request.username);
    running.session.description = description;
    if institution.sign_in == SignIn::Code {
        running.go(call, Step::EnteringCode)?;
        return call.answer(Next {
            next: "code",
            accounts: Vec::new(),
        });
    }
    signed_in(call, running)
}

pub(super) fn submit_code(call: &Call<'_>) -> Answer {
    #[derive(Deserialize)]
    struct Request {
        link_session_id: String,
        code: String,
    }
    let request: Request = call.read()?;
    let running = Running::at(call, &request.link_session_id, &[Step::EnteringCode])?;
    if request.code.trim() != SECOND_FACTOR {
        return Err(Failure::from(&INVALID_MFA));
    }
    signed_in(call, running)
}

/// The person goes to the bank's own page.
pub(super) fn open_bank(call: &Call<'_>) -> Answer {
    let request: InSession = call.read()?;
    let mut running = Running::at(
        call,
        &request.link_session_id,
        &[Step::SigningIn, Step::AtBank],
    )?;
    running.go(call, Step::AtBank)?;
    call.answer(Done {})
}

/// The person agreed or declined on the bank's own page.
pub(super) fn consent_at_bank(call: &Call<'_>) -> Answer {
    #[derive(Deserialize)]
    struct Request {
        link_session_id: String,
        granted: bool,
    }
    let request: Request = call.read()?;
    let mut running = Running::at(call, &request.link_session_id, &[Step::AtBank])?;
    if !request.granted {
        running.go(call, Step::SigningIn)?;
        return call.answer(Done {});
    }
    let (username, description) = running.item_to_update(call)?.map_or_else(
        || ("user_good".to_owned(), None),
        |item| (item.username, item.description),
    );
    running.session.username = Some(username);
    running.session.description = description;
    signed_in(call, running)
}

/// The frame asks how it went at the bank.
pub(super) fn bank_outcome(call: &Call<'_>) -> Answer {
    let request: InSession = call.read()?;
    let running = Running::find(call, &request.link_session_id)?;
    match running.session.step {
        Step::AtBank => call.answer(Next {
            next: "wait",
            accounts: Vec::new(),
        }),
        Step::ChoosingAccounts => call.answer(Next {
            next: "accounts",
            accounts: offered_accounts(call, &running)?,
        }),
        Step::Connected => call.answer(Next {
            next: "connected",
            accounts: Vec::new(),
        }),
        _ => call.answer(Next {
            next: "declined",
            accounts: Vec::new(),
        }),
    }
}

/// The bank knows the person now: choose accounts, or be done when an Item was repaired.
fn signed_in(call: &Call<'_>, mut running: Running) -> Answer {
    if let Some(item) = running.item_to_update(call)?
        && !running.token.settings.account_selection
    {
        connect(call, &mut running, &item)?;
        return call.answer(Next {
            next: "connected",
            accounts: Vec::new(),
        });
    }
    let accounts = offered_accounts(call, &running)?;
    if accounts.is_empty() {
        return Err(Failure::from(&NO_ACCOUNTS));
    }
    running.go(call, Step::ChoosingAccounts)?;
    call.answer(Next {
        next: "accounts",
        accounts,
    })
}
