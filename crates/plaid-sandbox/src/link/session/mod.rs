//! What the frame of Link asks its own server: private endpoints, one per act of the
//! person at the screen. A session moves step by step and is stored after each.

mod account_selection;
mod finish;
mod oauth;
mod second_factor;
mod sign_in;
mod start;

use serde::{Deserialize, Serialize};

use self::account_selection::SelectableAccount;
use self::second_factor::QuestionBody;
use crate::api::{BankRead, Endpoint};
use crate::api_call::{ApiCall, CallFailure, CallResult};
use crate::bank::customers::Customer;
use crate::bank::institutions::{Health, Institution};
use crate::errors::{INVALID_INSTITUTION, INVALID_LINK_TOKEN, ITEM_NOT_FOUND, PlaidError};
use crate::request_schema::{Field, NON_EMPTY_TEXT, required};
use crate::store::items::{self, Item};
use crate::store::link::{self, LinkSession, LinkStep, LinkToken};

const SESSION: Field = required("link_session_id", NON_EMPTY_TEXT);

static SESSION_FIELDS: [Field; 1] = [SESSION];

const fn private(
    path: &'static str,
    fields: &'static [Field],
    answer: fn(&ApiCall<'_>) -> CallResult,
) -> Endpoint {
    Endpoint {
        path,
        fields,
        check: |_| Ok(()),
        reads: BankRead::Stored,
        answer,
    }
}

static ENDPOINTS: [Endpoint; 15] = [
    private("/link/session/start", &start::START_FIELDS, start::start),
    private(
        "/link/session/institution",
        &sign_in::INSTITUTION_FIELDS,
        sign_in::choose_institution,
    ),
    private(
        "/link/session/credentials",
        &sign_in::CREDENTIALS_FIELDS,
        sign_in::submit_credentials,
    ),
    private(
        "/link/session/recaptcha",
        &SESSION_FIELDS,
        second_factor::solve_recaptcha,
    ),
    private(
        "/link/session/device",
        &second_factor::DEVICE_FIELDS,
        second_factor::choose_device,
    ),
    private(
        "/link/session/code",
        &second_factor::CODE_FIELDS,
        second_factor::submit_code,
    ),
    private(
        "/link/session/answers",
        &second_factor::ANSWERS_FIELDS,
        second_factor::submit_answers,
    ),
    private("/link/session/bank/open", &oauth::OPEN_FIELDS, oauth::open),
    private(
        "/link/session/bank/visit",
        &oauth::VISIT_FIELDS,
        oauth::visit,
    ),
    private(
        "/link/session/bank/consent",
        &oauth::CONSENT_FIELDS,
        oauth::consent,
    ),
    private(
        "/link/session/bank/outcome",
        &SESSION_FIELDS,
        oauth::outcome,
    ),
    private(
        "/link/session/accounts",
        &account_selection::ACCOUNTS_FIELDS,
        account_selection::share_accounts,
    ),
    private("/link/session/finish", &SESSION_FIELDS, finish::finish),
    private(
        "/link/session/event",
        &finish::EVENT_FIELDS,
        finish::record_event,
    ),
    private("/link/session/exit", &finish::EXIT_FIELDS, finish::exit),
];

/// The private endpoint at a path.
pub(crate) fn endpoint(path: &str) -> Option<&'static Endpoint> {
    ENDPOINTS.iter().find(|endpoint| endpoint.path == path)
}

/// An institution as the frame shows it.
#[derive(Serialize)]
struct FrameInstitution {
    institution_id: &'static str,
    name: &'static str,
    oauth: bool,
    health: Health,
}

impl FrameInstitution {
    fn of(call: &ApiCall<'_>, institution: &'static Institution) -> Self {
        Self {
            institution_id: institution.id,
            name: institution.name,
            oauth: institution.is_oauth(),
            health: call.control.health(institution),
        }
    }
}

/// How many accounts a person shares.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum AccountSelection {
    One,
    Many,
}

/// What the frame shows after a step.
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
    /// To the bank's own page.
    Bank {
        oauth_state_id: String,
    },
    /// Still at the bank's own page.
    Wait,
    /// Back from the bank's own page without an agreement.
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

#[derive(Serialize)]
struct Done {}

/// A session with its token: what every act needs.
struct ActiveSession {
    session: LinkSession,
    token: LinkToken,
}

impl ActiveSession {
    /// The session, whatever has become of its token.
    fn find(call: &ApiCall<'_>, link_session_id: &str) -> Result<Self, CallFailure> {
        let session = link::session(call.db, link_session_id)?.ok_or(&INVALID_LINK_TOKEN)?;
        Self::of(call, session)
    }

    fn of(call: &ApiCall<'_>, session: LinkSession) -> Result<Self, CallFailure> {
        let token = link::token(call.db, &session.link_token)?.ok_or(&INVALID_LINK_TOKEN)?;
        Ok(Self { session, token })
    }

    /// The session, at one of these steps and with a token that still holds.
    fn at(
        call: &ApiCall<'_>,
        link_session_id: &str,
        steps: &[LinkStep],
    ) -> Result<Self, CallFailure> {
        Self::find(call, link_session_id)?.standing(call, steps)
    }

    fn standing(self, call: &ApiCall<'_>, steps: &[LinkStep]) -> Result<Self, CallFailure> {
        check_expiry(call, &self.token)?;
        if !steps.contains(&self.session.step) {
            return Err(PlaidError::field(
                "link_session_id",
                "belongs to a session that is past this step",
            )
            .into());
        }
        Ok(self)
    }

    fn institution(&self) -> Result<&'static Institution, PlaidError> {
        Ok(self
            .session
            .institution_id
            .as_deref()
            .and_then(Institution::find)
            .ok_or(&INVALID_INSTITUTION)?)
    }

    /// Who signed in.
    fn customer(&self) -> Result<Customer, CallFailure> {
        Ok(Customer::known_by(
            self.session.username.as_deref().unwrap_or_default(),
            self.session.description.as_deref(),
        )?)
    }

    /// The Item to repair, in update mode.
    fn item_to_update(&self, call: &ApiCall<'_>) -> Result<Option<Item>, CallFailure> {
        let Some(item_id) = &self.token.update_item_id else {
            return Ok(None);
        };
        let item = items::find(call.db, item_id)?.filter(|item| item.removed_at.is_none());
        item.map(Some)
            .ok_or_else(|| CallFailure::from(&ITEM_NOT_FOUND))
    }

    fn go(&mut self, call: &ApiCall<'_>, step: LinkStep) -> Result<(), CallFailure> {
        self.session.step = step;
        link::update_session(call.db, &self.session)?;
        Ok(())
    }
}

fn check_expiry(call: &ApiCall<'_>, token: &LinkToken) -> Result<(), PlaidError> {
    if call.now >= token.expires_at {
        return Err(PlaidError::worded(
            &INVALID_LINK_TOKEN,
            "the link_token has expired",
        ));
    }
    Ok(())
}
