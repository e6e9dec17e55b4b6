//! What the frame of Link asks its own server: private endpoints, one per act of the
//! person at the screen. A session moves step by step and is stored after each.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::api::items::{self as making, Grant};
use crate::api::link::{NamedInstitution, SuccessMetadata, success};
use crate::api::{Endpoint, Reads};
use crate::bank::customers::{BankAccount, Customer, PASSWORD};
use crate::bank::institutions::{Health, Institution, SECOND_FACTOR, SignIn};
use crate::call::{Answer, Call, Failure};
use crate::errors::{
    INSTITUTION_DOWN, INSTITUTION_NO_LONGER_SUPPORTED, INVALID_CREDENTIALS, INVALID_INSTITUTION,
    INVALID_LINK_TOKEN, INVALID_MFA, ITEM_NOT_FOUND, NO_ACCOUNTS, PlaidError, forced_by,
};
use crate::fields::{Field, Kind, TEXT, WORDS, nullable, optional, required};
use crate::ids;
use crate::store::items::{self, Item};
use crate::store::link::{self, LinkEvent, LinkSession, LinkToken, Settings, Step};
use crate::store::{Words, accounts};

const SESSION: Field = required("link_session_id", WORDS);

static START_FIELDS: [Field; 2] = [optional("link_token", WORDS), optional("hosted_id", WORDS)];
static SESSION_FIELDS: [Field; 1] = [SESSION];
static INSTITUTION_FIELDS: [Field; 2] = [SESSION, required("institution_id", WORDS)];
static CREDENTIALS_FIELDS: [Field; 3] = [
    SESSION,
    required("username", TEXT),
    required("password", TEXT),
];
static CODE_FIELDS: [Field; 2] = [SESSION, required("code", TEXT)];
static CONSENT_FIELDS: [Field; 2] = [SESSION, required("granted", Kind::Flag)];
static ACCOUNTS_FIELDS: [Field; 2] = [
    SESSION,
    required("masks", Kind::List { of: &WORDS, min: 1 }),
];
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
        reads: Reads::Stored,
        answer,
    }
}

static ENDPOINTS: [Endpoint; 11] = [
    private("/link/session/start", &START_FIELDS, start),
    private(
        "/link/session/institution",
        &INSTITUTION_FIELDS,
        choose_institution,
    ),
    private(
        "/link/session/credentials",
        &CREDENTIALS_FIELDS,
        submit_credentials,
    ),
    private("/link/session/code", &CODE_FIELDS, submit_code),
    private("/link/session/bank/open", &SESSION_FIELDS, open_bank),
    private(
        "/link/session/bank/consent",
        &CONSENT_FIELDS,
        consent_at_bank,
    ),
    private("/link/session/bank/outcome", &SESSION_FIELDS, bank_outcome),
    private("/link/session/accounts", &ACCOUNTS_FIELDS, share_accounts),
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

impl From<&'static Institution> for Shown {
    fn from(institution: &'static Institution) -> Self {
        let health = match institution.health {
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

/// An account the person may share.
#[derive(Serialize)]
struct Offered {
    mask: &'static str,
    name: &'static str,
    subtype: &'static str,
    chosen: bool,
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
            .map(Shown::from),
        institutions: offered_institutions(settings),
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

fn offered_institutions(settings: &Settings) -> Vec<Shown> {
    Institution::search("", &settings.country_codes)
        .into_iter()
        .filter(|institution| institution.supports(&settings.products))
        .map(Shown::from)
        .collect()
}

/// Every step from which another institution can still be chosen.
const BEFORE_CONNECTING: [Step; 5] = [
    Step::ChoosingInstitution,
    Step::SigningIn,
    Step::EnteringCode,
    Step::AtBank,
    Step::ChoosingAccounts,
];

fn choose_institution(call: &Call<'_>) -> Answer {
    #[derive(Deserialize)]
    struct Request {
        link_session_id: String,
        institution_id: String,
    }
    let request: Request = call.read()?;
    let mut running = Running::at(call, &request.link_session_id, &BEFORE_CONNECTING)?;
    let institution = Institution::find(&request.institution_id).ok_or(&INVALID_INSTITUTION)?;
    match institution.health {
        Health::Down => return Err(Failure::from(&INSTITUTION_DOWN)),
        Health::Unsupported => return Err(Failure::from(&INSTITUTION_NO_LONGER_SUPPORTED)),
        Health::Healthy | Health::Degraded => {}
    }
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

fn submit_credentials(call: &Call<'_>) -> Answer {
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
    if request.password != PASSWORD {
        return Err(Failure::from(
            forced_by(&request.password).unwrap_or(&INVALID_CREDENTIALS),
        ));
    }
    // An Item is repaired by whoever linked it.
    let known = running
        .item_to_update(call)?
        .is_none_or(|item| item.username == request.username);
    if request.username.trim().is_empty() || !known {
        return Err(Failure::from(&INVALID_CREDENTIALS));
    }
    let institution = running.institution()?;
    running.session.username = Some(request.username);
    if institution.sign_in == SignIn::Code {
        running.go(call, Step::EnteringCode)?;
        return call.answer(Next {
            next: "code",
            accounts: Vec::new(),
        });
    }
    signed_in(call, running)
}

fn submit_code(call: &Call<'_>) -> Answer {
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
fn open_bank(call: &Call<'_>) -> Answer {
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
fn consent_at_bank(call: &Call<'_>) -> Answer {
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
    let username = running
        .item_to_update(call)?
        .map_or_else(|| "user_good".to_owned(), |item| item.username);
    running.session.username = Some(username);
    signed_in(call, running)
}

/// The frame asks how it went at the bank.
fn bank_outcome(call: &Call<'_>) -> Answer {
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
        let shared = accounts::of_item(call.db, &item.item_id)?;
        running.session.shared = Words(
            shared
                .into_iter()
                .map(|account| account.account_id)
                .collect(),
        );
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

fn offered_accounts(call: &Call<'_>, running: &Running) -> Result<Vec<Offered>, Failure> {
    let shared_before = match running.item_to_update(call)? {
        Some(item) => Some(accounts::of_item(call.db, &item.item_id)?),
        None => None,
    };
    let chosen = |mask: &str| {
        shared_before
            .as_ref()
            .is_none_or(|shared| shared.iter().any(|account| account.mask == mask))
    };
    let username = running.session.username.as_deref().unwrap_or_default();
    Ok(fitting(username, &running.token.settings)
        .into_iter()
        .map(|account| Offered {
            mask: account.mask,
            name: account.name,
            subtype: account.subtype,
            chosen: chosen(account.mask),
        })
        .collect())
}

/// The accounts that suit the products and filters of the Link token.
fn fitting(username: &str, settings: &Settings) -> Vec<&'static BankAccount> {
    let for_auth = settings.products.iter().any(|product| product == "auth");
    Customer::named(username)
        .accounts()
        .iter()
        .filter(|account| {
            !for_auth || matches!(account.subtype, "checking" | "savings" | "cash management")
        })
        .filter(|account| {
            settings.account_filters.as_ref().is_none_or(|filters| {
                filters.get(account.account_type).is_some_and(|filter| {
                    filter
                        .account_subtypes
                        .iter()
                        .any(|subtype| subtype == "all" || subtype == account.subtype)
                })
            })
        })
        .collect()
}

fn share_accounts(call: &Call<'_>) -> Answer {
    #[derive(Deserialize)]
    struct Request {
        link_session_id: String,
        masks: Vec<String>,
    }
    let request: Request = call.read()?;
    let mut running = Running::at(call, &request.link_session_id, &[Step::ChoosingAccounts])?;
    let username = running.session.username.clone().unwrap_or_default();
    let chosen: Vec<_> = fitting(&username, &running.token.settings)
        .into_iter()
        .filter(|account| request.masks.iter().any(|mask| mask == account.mask))
        .collect();
    if chosen.is_empty() {
        return Err(Failure::from(&NO_ACCOUNTS));
    }
    let item = match running.item_to_update(call)? {
        Some(item) => {
            change_selection(call, &item, &chosen)?;
            item
        }
        None => make_item(call, &running, &username, chosen)?,
    };
    let shared = accounts::of_item(call.db, &item.item_id)?;
    running.session.shared = Words(
        shared
            .into_iter()
            .map(|account| account.account_id)
            .collect(),
    );
    connect(call, &mut running, &item)?;
    call.answer(Next {
        next: "connected",
        accounts: Vec::new(),
    })
}

fn make_item(
    call: &Call<'_>,
    running: &Running,
    username: &str,
    accounts: Vec<&'static BankAccount>,
) -> Result<Item, Failure> {
    let settings = &running.token.settings;
    making::create(
        call,
        Grant {
            institution: running.institution()?,
            username,
            products: &settings.products,
            consented_products: &settings.consented_products,
            webhook: settings.webhook.clone(),
            accounts,
        },
    )
}

/// Update mode with account selection: what is new is added, what is unchecked is taken back.
fn change_selection(
    call: &Call<'_>,
    item: &Item,
    chosen: &[&'static BankAccount],
) -> Result<(), Failure> {
    let before = accounts::of_item(call.db, &item.item_id)?;
    for account in &before {
        if !chosen.iter().any(|wanted| wanted.mask == account.mask) {
            accounts::remove(call.db, &account.account_id)?;
        }
    }
    for account in chosen {
        if !before.iter().any(|known| known.mask == account.mask) {
            making::share(call, item, account)?;
        }
    }
    Ok(())
}

/// The Item is there and healthy; its public token waits to be handed over.
fn connect(call: &Call<'_>, running: &mut Running, item: &Item) -> Result<(), Failure> {
    items::set_login_required(call.db, &item.item_id, false)?;
    running.session.item_id = Some(item.item_id.clone());
    running.session.public_token = Some(making::give_public_token(call, &item.item_id)?);
    running.go(call, Step::Connected)
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
