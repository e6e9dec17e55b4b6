//! What the frame of Link asks its own server: private endpoints, one per act of the
//! person at the screen. A session moves step by step and is stored after each.

mod bank;
mod ending;
mod second_factor;
mod sharing;
mod signing_in;
mod starting;

use serde::{Deserialize, Serialize};

use self::second_factor::Asked;
use self::sharing::Offered;
use crate::api::{Endpoint, Reads};
use crate::bank::customers::Customer;
use crate::bank::institutions::{Health, Institution};
use crate::call::{Answer, Call, Failure};
use crate::errors::{INVALID_INSTITUTION, INVALID_LINK_TOKEN, ITEM_NOT_FOUND, PlaidError};
use crate::fields::{Field, WORDS, required};
use crate::store::items::{self, Item};
use crate::store::link::{self, LinkSession, LinkToken, Step};

const SESSION: Field = required("link_session_id", WORDS);

static SESSION_FIELDS: [Field; 1] = [SESSION];

const fn private(
    path: &'static str,
    fields: &'static [Field],
    answer: fn(&Call<'_>) -> Answer,
) -> Endpoint {
    Endpoint {
        path,
        fields,
        check: |_| Ok(()),
        reads: Reads::Stored,
        answer,
    }
}

static ENDPOINTS: [Endpoint; 15] = [
    private(
        "/link/session/start",
        &starting::START_FIELDS,
        starting::start,
    ),
    private(
        "/link/session/institution",
        &signing_in::INSTITUTION_FIELDS,
        signing_in::choose_institution,
    ),
    private(
        "/link/session/credentials",
        &signing_in::CREDENTIALS_FIELDS,
        signing_in::submit_credentials,
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
    private("/link/session/bank/open", &bank::OPEN_FIELDS, bank::open),
    private("/link/session/bank/visit", &bank::VISIT_FIELDS, bank::visit),
    private(
        "/link/session/bank/consent",
        &bank::CONSENT_FIELDS,
        bank::consent,
    ),
    private("/link/session/bank/outcome", &SESSION_FIELDS, bank::outcome),
    private(
        "/link/session/accounts",
        &sharing::ACCOUNTS_FIELDS,
        sharing::share_accounts,
    ),
    private("/link/session/finish", &SESSION_FIELDS, ending::finish),
    private(
        "/link/session/event",
        &ending::EVENT_FIELDS,
        ending::record_event,
    ),
    private("/link/session/exit", &ending::EXIT_FIELDS, ending::exit),
];

/// The private endpoint at a path.
pub(crate) fn endpoint(path: &str) -> Option<&'static Endpoint> {
    ENDPOINTS.iter().find(|endpoint| endpoint.path == path)
}

/// An institution as the frame shows it.
#[derive(Serialize)]
struct Shown {
    institution_id: &'static str,
    name: &'static str,
    oauth: bool,
    health: Health,
}

impl Shown {
    fn of(call: &Call<'_>, institution: &'static Institution) -> Self {
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
enum Selection {
    One,
    Many,
}

/// What the frame shows after a step.
#[derive(Serialize)]
#[serde(tag = "next", rename_all = "snake_case")]
enum Next {
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
        questions: Vec<Asked>,
    },
    Selections {
        questions: Vec<Asked>,
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
        accounts: Vec<Offered>,
        selection: Selection,
    },
    Connected,
}

#[derive(Deserialize)]
struct InSession {
    link_session_id: String,
}

#[derive(Serialize)]
struct Done {}

/// A session with its token: what every act needs.
struct Running {
    session: LinkSession,
    token: LinkToken,
}

impl Running {
    /// The session, whatever has become of its token.
    fn find(call: &Call<'_>, link_session_id: &str) -> Result<Self, Failure> {
        let session = link::session(call.db, link_session_id)?.ok_or(&INVALID_LINK_TOKEN)?;
        Self::of(call, session)
    }

    fn of(call: &Call<'_>, session: LinkSession) -> Result<Self, Failure> {
        let token = link::token(call.db, &session.link_token)?.ok_or(&INVALID_LINK_TOKEN)?;
        Ok(Self { session, token })
    }

    /// The session, at one of these steps and with a token that still holds.
    fn at(call: &Call<'_>, link_session_id: &str, steps: &[Step]) -> Result<Self, Failure> {
        Self::find(call, link_session_id)?.standing(call, steps)
    }

    fn standing(self, call: &Call<'_>, steps: &[Step]) -> Result<Self, Failure> {
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
    fn customer(&self) -> Result<Customer, Failure> {
        Ok(Customer::known_by(
            self.session.username.as_deref().unwrap_or_default(),
            self.session.description.as_deref(),
        )?)
    }

    /// The Item to repair, in update mode.
    fn item_to_update(&self, call: &Call<'_>) -> Result<Option<Item>, Failure> {
        let Some(item_id) = &self.token.update_item_id else {
            return Ok(None);
        };
        let item = items::find(call.db, item_id)?.filter(|item| item.removed_at.is_none());
        item.map(Some).ok_or_else(|| Failure::from(&ITEM_NOT_FOUND))
    }

    fn go(&mut self, call: &Call<'_>, step: Step) -> Result<(), Failure> {
        self.session.step = step;
        link::update_session(call.db, &self.session)?;
        Ok(())
    }
}

fn check_expiry(call: &Call<'_>, token: &LinkToken) -> Result<(), PlaidError> {
    if call.now >= token.expires_at {
        return Err(PlaidError::worded(
            &INVALID_LINK_TOKEN,
            "the link_token has expired",
        ));
    }
    Ok(())
}
