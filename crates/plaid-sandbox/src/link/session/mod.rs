//! What the frame of Link asks its own server: private endpoints, one per act of the
//! person at the screen. A session moves step by step and is stored after each.

mod sharing;
mod signing_in;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use self::sharing::Offered;
use crate::api::link::{NamedInstitution, SuccessMetadata, success};
use crate::api::{Endpoint, Reads};
use crate::bank::customers::Customer;
use crate::bank::institutions::{Health, Institution};
use crate::call::{Answer, Call, Failure};
use crate::errors::{INVALID_INSTITUTION, INVALID_LINK_TOKEN, ITEM_NOT_FOUND, PlaidError};
use crate::fields::{Field, Kind, TEXT, WORDS, nullable, optional, required};
use crate::ids;
use crate::store::Words;
use crate::store::items::{self, Item};
use crate::store::link::{self, LinkEvent, LinkSession, LinkToken, Settings, Step};

const SESSION: Field = required("link_session_id", WORDS);

static START_FIELDS: [Field; 2] = [optional("link_token", WORDS), optional("hosted_id", WORDS)];
static SESSION_FIELDS: [Field; 1] = [SESSION];
static EVENT_FIELDS: [Field; 3] = [
    SESSION,
    required("event_name", WORDS),
    required("metadata", Kind::Unread),
];
static EXIT_FIELDS: [Field; 4] = [
    SESSION,
    nullable("institution_id", TEXT),
    nullable("status", TEXT),
    nullable(
        "error",
        Kind::Object(&[
            required("error_type", WORDS),
            required("error_code", WORDS),
            required("error_message", TEXT),
            nullable("display_message", TEXT),
        ]),
    ),
];

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

static ENDPOINTS: [Endpoint; 11] = [
    private("/link/session/start", &START_FIELDS, start),
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
        "/link/session/code",
        &signing_in::CODE_FIELDS,
        signing_in::submit_code,
    ),
    private(
        "/link/session/bank/open",
        &SESSION_FIELDS,
        signing_in::open_bank,
    ),
    private(
        "/link/session/bank/consent",
        &signing_in::CONSENT_FIELDS,
        signing_in::consent_at_bank,
    ),
    private(
        "/link/session/bank/outcome",
        &SESSION_FIELDS,
        signing_in::bank_outcome,
    ),
    private(
        "/link/session/accounts",
        &sharing::ACCOUNTS_FIELDS,
        sharing::share_accounts,
    ),
    private("/link/session/finish", &SESSION_FIELDS, finish),
    private("/link/session/event", &EVENT_FIELDS, record_event),
    private("/link/session/exit", &EXIT_FIELDS, exit),
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
    health: &'static str,
}

impl Shown {
    fn of(call: &Call<'_>, institution: &'static Institution) -> Self {
        let health = match call.control.health(institution) {
            Health::Healthy => "healthy",
            Health::Degraded => "degraded",
            Health::Down => "down",
            Health::Unsupported => "unsupported",
        };
        Self {
            institution_id: institution.id,
            name: institution.name,
            oauth: institution.is_oauth(),
            health,
        }
    }
}

/// What the frame shows after a step.
#[derive(Serialize)]
struct Next {
    next: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    accounts: Vec<Offered>,
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
        let token = link::token(call.db, &session.link_token)?.ok_or(&INVALID_LINK_TOKEN)?;
        Ok(Self { session, token })
    }

    /// The session, at one of these steps and with a token that still holds.
    fn at(call: &Call<'_>, link_session_id: &str, steps: &[Step]) -> Result<Self, Failure> {
        let running = Self::find(call, link_session_id)?;
        check_expiry(call, &running.token)?;
        if !steps.contains(&running.session.step) {
            return Err(PlaidError::field(
                "link_session_id",
                "belongs to a session that is past this step",
            )
            .into());
        }
        Ok(running)
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

/// Opens a session with a Link token, or with the last part of a Hosted Link URL.
fn start(call: &Call<'_>) -> Answer {
    #[derive(Deserialize)]
    struct Request {
        link_token: Option<String>,
        hosted_id: Option<String>,
    }
    #[derive(Serialize)]
    struct Started<'a> {
        link_session_id: &'a str,
        client_name: &'a str,
        update_mode: bool,
        username: Option<&'a str>,
        institution: Option<Shown>,
        institutions: Vec<Shown>,
    }
    let request: Request = call.read()?;
    let token = match (&request.link_token, &request.hosted_id) {
        (Some(link_token), _) => link::token(call.db, link_token)?,
        (None, Some(hosted_id)) => link::token_hosted_at(call.db, hosted_id)?,
        (None, None) => None,
    }
    .ok_or(&INVALID_LINK_TOKEN)?;
    check_expiry(call, &token)?;
    let mut running = Running {
        session: new_session(call, &token),
        token,
    };
    let item = running.item_to_update(call)?;
    if let Some(item) = &item {
        running.session.institution_id = Some(item.institution_id.clone());
        running.session.step = Step::SigningIn;
    }
    link::insert_session(call.db, &running.session)?;
    let settings = &running.token.settings;
    call.answer(Started {
        link_session_id: &running.session.link_session_id,
        client_name: shown_name(&settings.client_name),
        update_mode: item.is_some(),
        username: item.as_ref().map(|item| item.username.as_str()),
        institution: item
            .as_ref()
            .and_then(|item| Institution::find(&item.institution_id))
            .map(|institution| Shown::of(call, institution)),
        institutions: offered_institutions(call, settings),
    })
}

fn new_session(call: &Call<'_>, token: &LinkToken) -> LinkSession {
    LinkSession {
        link_session_id: ids::session_id(),
        link_token: token.link_token.clone(),
        started_at: call.now,
        finished_at: None,
        step: Step::ChoosingInstitution,
        institution_id: None,
        username: None,
        description: None,
        item_id: None,
        public_token: None,
        shared: Words::default(),
        exit: None,
    }
}

/// Plaid shows a `client_name` of more than 30 characters as "This Application".
fn shown_name(client_name: &str) -> &str {
    if client_name.chars().count() > 30 {
        "This Application"
    } else {
        client_name
    }
}

fn offered_institutions(call: &Call<'_>, settings: &Settings) -> Vec<Shown> {
    Institution::search("", &settings.country_codes)
        .into_iter()
        .filter(|institution| institution.supports(&settings.products))
        .map(|institution| Shown::of(call, institution))
        .collect()
}

/// The person saw the end: hand over the public token.
fn finish(call: &Call<'_>) -> Answer {
    #[derive(Serialize)]
    struct Finished {
        public_token: String,
        metadata: SuccessMetadata,
        completion_redirect_uri: Option<String>,
    }
    let request: InSession = call.read()?;
    let mut running = Running::find(call, &request.link_session_id)?;
    let (public_token, metadata) = success(call, &running.session)?.ok_or_else(|| {
        PlaidError::field(
            "link_session_id",
            "belongs to a session that is not connected",
        )
    })?;
    running.session.finished_at.get_or_insert(call.now);
    running.go(call, Step::Finished)?;
    let completion_redirect_uri = running.token.settings.completion_redirect_uri;
    call.answer(Finished {
        public_token,
        metadata,
        completion_redirect_uri,
    })
}

fn record_event(call: &Call<'_>) -> Answer {
    #[derive(Deserialize)]
    struct Request {
        link_session_id: String,
        event_name: String,
        metadata: Map<String, Value>,
    }
    let request: Request = call.read()?;
    let running = Running::find(call, &request.link_session_id)?;
    // Plaid's description knows texts only, and no nulls.
    let metadata: Map<String, Value> = request
        .metadata
        .into_iter()
        .filter(|(name, value)| {
            value.is_string() && name != "link_session_id" && name != "timestamp"
        })
        .collect();
    link::insert_event(
        call.db,
        &running.session.link_session_id,
        &LinkEvent {
            event_id: ids::session_id(),
            event_name: request.event_name,
            happened_at: call.now,
            metadata: serde_json::to_string(&metadata)?,
        },
    )?;
    call.answer(Done {})
}

/// The person left before the end.
fn exit(call: &Call<'_>) -> Answer {
    #[derive(Deserialize)]
    struct Request {
        link_session_id: String,
        institution_id: Option<String>,
        status: Option<String>,
        error: Option<Value>,
    }
    #[derive(Serialize)]
    struct Exit<'a> {
        error: Option<Value>,
        metadata: ExitMetadata<'a>,
    }
    #[derive(Serialize)]
    struct ExitMetadata<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        institution: Option<NamedInstitution>,
        #[serde(skip_serializing_if = "Option::is_none")]
        status: Option<String>,
        link_session_id: &'a str,
        request_id: &'a str,
    }
    let request: Request = call.read()?;
    let mut running = Running::find(call, &request.link_session_id)?;
    let institution = request
        .institution_id
        .as_deref()
        .and_then(Institution::find);
    let exit = serde_json::to_string(&Exit {
        error: request.error,
        metadata: ExitMetadata {
            institution: institution.map(NamedInstitution::from),
            status: request.status,
            link_session_id: &running.session.link_session_id,
            request_id: call.request_id,
        },
    })?;
    running.session.exit = Some(exit);
    running.session.finished_at.get_or_insert(call.now);
    running.go(call, Step::Exited)?;
    call.answer(Done {})
}
