//! The private endpoints that Link's own pages call, one for each act of the customer. A session is saved after every step.

mod account_selection;
mod finish;
mod oauth;
mod second_factor;
mod sign_in;
mod start;

use serde::{Deserialize, Serialize};

use self::account_selection::SelectableAccount;
use self::second_factor::QuestionBody;
use crate::api::{SandboxEndpoint, endpoint};
use crate::api_call::{ApiCall, CallFailure};
use crate::bank::customers::BankCustomer;
use crate::bank::institutions::{Health, Institution};
use crate::errors::{INVALID_INSTITUTION, INVALID_LINK_TOKEN, ITEM_NOT_FOUND, PlaidError};
use crate::request_schema::{Field, NON_EMPTY_TEXT, required};
use crate::store::items::Item;
use crate::store::link::{LinkSession, LinkStep, LinkToken};

const SESSION: Field = required("link_session_id", NON_EMPTY_TEXT);

static SESSION_FIELDS: [Field; 1] = [SESSION];

// One line for each endpoint.
#[rustfmt::skip]
static ENDPOINTS: [SandboxEndpoint; 15] = [
    endpoint("/link/session/start", &start::START_FIELDS, start::start),
    endpoint("/link/session/institution", &sign_in::INSTITUTION_FIELDS, sign_in::choose_institution),
    endpoint("/link/session/credentials", &sign_in::CREDENTIALS_FIELDS, sign_in::submit_credentials),
    endpoint("/link/session/recaptcha", &SESSION_FIELDS, second_factor::solve_recaptcha),
    endpoint("/link/session/device", &second_factor::DEVICE_FIELDS, second_factor::choose_device),
    endpoint("/link/session/code", &second_factor::CODE_FIELDS, second_factor::submit_code),
    endpoint("/link/session/answers", &second_factor::ANSWERS_FIELDS, second_factor::submit_answers),
    endpoint("/link/session/bank/open", &oauth::OPEN_FIELDS, oauth::open),
    endpoint("/link/session/bank/visit", &oauth::VISIT_FIELDS, oauth::visit),
    endpoint("/link/session/bank/consent", &oauth::CONSENT_FIELDS, oauth::consent),
    endpoint("/link/session/bank/outcome", &SESSION_FIELDS, oauth::outcome),
    endpoint("/link/session/accounts", &account_selection::ACCOUNTS_FIELDS, account_selection::share_accounts),
    endpoint("/link/session/finish", &SESSION_FIELDS, finish::finish),
    endpoint("/link/session/event", &finish::EVENT_FIELDS, finish::record_event),
    endpoint("/link/session/exit", &finish::EXIT_FIELDS, finish::exit),
];

pub(crate) fn find(path: &str) -> Option<&'static SandboxEndpoint> {
    ENDPOINTS.iter().find(|endpoint| endpoint.path == path)
}

/// An institution as Link's pages show it.
#[derive(Serialize)]
struct FrameInstitution {
    institution_id: &'static str,
    name: &'static str,
    oauth: bool,
    health: Health,
}

impl FrameInstitution {
    fn new(call: &ApiCall<'_>, institution: &'static Institution) -> Self {
        Self {
            institution_id: institution.id,
            name: institution.name,
            oauth: institution.is_oauth(),
            health: call.conditions.health(institution),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum AccountSelection {
    One,
    Many,
}

/// The pane that Link shows next.
#[derive(Serialize)]
#[serde(tag = "next", rename_all = "snake_case")]
enum NextPane {
    Institution,
    Credentials,
    Recaptcha,
    Device {
        devices: &'static [&'static str],
    },
    Code {
        sent_to: &'static str,
    },
    Questions {
        questions: Vec<QuestionBody>,
    },
    Selections {
        questions: Vec<QuestionBody>,
    },
    /// The customer is to visit the bank's own page.
    Bank {
        oauth_state_id: String,
    },
    /// The customer is still on the bank's own page.
    Wait,
    /// The customer came back from there without consent.
    Declined {
        oauth_state_id: String,
    },
    Accounts {
        accounts: Vec<SelectableAccount>,
        selection: AccountSelection,
    },
    Connected,
}

#[derive(Deserialize)]
struct SessionRequest {
    link_session_id: String,
}

struct ActiveSession {
    session: LinkSession,
    token: LinkToken,
}

impl ActiveSession {
    fn find(call: &ApiCall<'_>, link_session_id: &str) -> Result<Self, CallFailure> {
        let session = LinkSession::find(call.db, link_session_id)?.ok_or(&INVALID_LINK_TOKEN)?;
        Self::with_token(call, session)
    }

    fn with_token(call: &ApiCall<'_>, session: LinkSession) -> Result<Self, CallFailure> {
        let token = LinkToken::find(call.db, &session.link_token)?.ok_or(&INVALID_LINK_TOKEN)?;
        Ok(Self { session, token })
    }

    /// Like `find`, if the session is at one of these steps and its token has not expired.
    fn find_at(
        call: &ApiCall<'_>,
        link_session_id: &str,
        steps: &[LinkStep],
    ) -> Result<Self, CallFailure> {
        let active = Self::find(call, link_session_id)?;
        check_expiration(call, &active.token)?;
        if !steps.contains(&active.session.step) {
            let problem = "belongs to a session that is past this step";
            return Err(PlaidError::invalid_field("link_session_id", problem).into());
        }
        Ok(active)
    }

    fn institution(&self) -> Result<&'static Institution, PlaidError> {
        let id = self.session.institution_id.as_deref();
        Ok(id.and_then(Institution::find).ok_or(&INVALID_INSTITUTION)?)
    }

    /// The customer that signed in.
    fn customer(&self) -> Result<BankCustomer, CallFailure> {
        let username = self.session.username.as_deref().unwrap_or_default();
        let description = self.session.description.as_deref();
        Ok(BankCustomer::find(username, description)?)
    }

    /// The Item to repair, in update mode.
    fn item_to_update(&self, call: &ApiCall<'_>) -> Result<Option<Item>, CallFailure> {
        let Some(item_id) = &self.token.update_item_id else {
            return Ok(None);
        };
        let item = Item::find(call.db, item_id)?.filter(|item| item.removed_at.is_none());
        Ok(Some(item.ok_or(&ITEM_NOT_FOUND)?))
    }

    fn set_step(&mut self, call: &ApiCall<'_>, step: LinkStep) -> Result<(), CallFailure> {
        self.session.step = step;
        Ok(self.session.save(call.db)?)
    }
}

fn check_expiration(call: &ApiCall<'_>, token: &LinkToken) -> Result<(), PlaidError> {
    if call.now >= token.expires_at {
        let message = "the link_token has expired";
        return Err(PlaidError::with_message(&INVALID_LINK_TOKEN, message));
    }
    Ok(())
}
