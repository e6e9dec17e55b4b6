//! The processes that are killed, and those that take up what is left: each is a whole desk with its encrypted files,
//! and the real stand-in on the other side of the wire.

use crate::features;
use std::{
    cell::OnceCell,
    io::Read as _,
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use desk::{
    BoxFuture, Clock as _, DemoError, DemoLauncher, Desk, DeskConfig, DeskError, PlaidUrls,
    calls::CallPace,
    demo::view::DemoLatency,
    environment::Environment,
    items::view::{ItemHealth, ItemView},
    link::{
        LinkStarted,
        view::{
            DuplicateChoice, InvitationAim, InvitationProgress, InvitationRequest, LinkRequest,
            LinkSessionView, LinkState, PersonChoice, Purpose,
        },
    },
    problem::{NextAction, Problem},
    secrets::Passphrase,
    start::view::SecretStoreChoice,
};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use tokio::{runtime::Runtime, sync::broadcast::error::RecvError};
use tracing_subscriber::EnvFilter;
use url::Url;

use crate::{
    act::{Act, Choice, For, Login, Way, When, Whose},
    customer::Customer,
    kill_at,
    orders::{self, Explained, Held, LinkOut, News, Orders, Report, Told, With},
};

const PASSPHRASE: &str = "correct horse battery";

/// How long a child waits for what must happen, also on a machine that has much else to do.
pub const PATIENCE: Duration = Duration::from_secs(100);

/// What a child begins with: its orders on standard input, a log on standard error, and a runtime.
pub fn begin<T: DeserializeOwned>() -> (T, Runtime) {
    kill_at::arm();
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    let orders = serde_json::from_str(&text).unwrap();
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("info,desk=debug"))
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    (orders, runtime)
}

/// Carries the orders out.
pub fn run(what: &str) -> ExitCode {
    let (orders, runtime): (Orders, _) = begin();
    let acts = what == orders::ACT;
    runtime.block_on(async move {
        let began = Ahead::by(orders.ahead_seconds).now();
        let desk = open(orders.data_dir.clone(), &orders.bank, orders.ahead_seconds).await;
        if acts {
            User::of(desk, &orders).carry_out(&orders.acts).await;
        } else {
            settle(desk, &orders, began).await;
        }
    });
    runtime.shutdown_timeout(PATIENCE);
    ExitCode::SUCCESS
}

struct Launcher(Url);

impl DemoLauncher for Launcher {
    fn start(
        &self,
        _state_dir: PathBuf,
        _latency: Option<DemoLatency>,
    ) -> BoxFuture<'_, Result<Url, DemoError>> {
        let address = self.0.clone();
        Box::pin(async move { Ok(address) })
    }

    fn control(&self) -> Option<Url> {
        None
    }

    fn stop(&self) {}
}

/// A clock that the parent has moved.
struct Ahead(SignedDuration);

impl Ahead {
    fn by(seconds: i64) -> Self {
        Self(SignedDuration::from_secs(seconds))
    }
}

impl desk::Clock for Ahead {
    fn now(&self) -> Timestamp {
        Timestamp::now().saturating_add(self.0).unwrap()
    }
}

/// Starts the desk with the Demo open.
pub async fn open(data_dir: PathBuf, bank: &str, ahead_seconds: i64) -> Desk {
    open_paced(data_dir, bank, ahead_seconds, CallPace::default()).await
}

/// The same, at another pace.
pub async fn open_paced(data_dir: PathBuf, bank: &str, ahead_seconds: i64, pace: CallPace) -> Desk {
    let config = DeskConfig {
        data_dir,
        version: "0.0.0".to_owned(),
        keyring_service: "balance-desk-tests-use-no-keyring".to_owned(),
        plaid_urls: PlaidUrls::default(),
        demo: Arc::new(Launcher(bank.parse().unwrap())),
    };
    let clock = Arc::new(Ahead::by(ahead_seconds));
    let desk = Desk::start_paced(config, clock, pace).await;
    let passphrase = Passphrase::new(PASSPHRASE);
    if desk.unlock(passphrase.clone()).await.is_err() {
        let choice = SecretStoreChoice::Passphrase { passphrase };
        desk.choose_secret_store(choice).await.unwrap();
    }
    if desk.status().await.open.is_none() {
        desk.open_environment(Environment::Demo).await.unwrap();
    }
    desk
}

/// Waits until what is read is as it must be.
pub async fn until<T, F>(desk: &Desk, read: impl Fn(Desk) -> F, what: impl Fn(&T) -> bool) -> T
where
    F: Future<Output = T>,
    T: std::fmt::Debug,
{
    let mut events = desk.events();
    let deadline = Instant::now() + PATIENCE;
    loop {
        let seen = read(desk.clone()).await;
        if what(&seen) {
            return seen;
        }
        assert!(Instant::now() < deadline, "this never came to be: {seen:?}");
        // Whatever changed has been told; the second is for a change told before we listened.
        let next = tokio::time::timeout(Duration::from_secs(1), events.recv()).await;
        assert!(!matches!(next, Ok(Err(RecvError::Closed))));
    }
}

/// Whether nobody else used the Item, or the window of Link, at that moment.
fn is_free<T>(done: &Result<T, DeskError>) -> bool {
    !matches!(done, Err(DeskError::AlreadyRunning(_)))
}

/// Begins a Link session as soon as the one before, which may be shown as ended already, has left the window.
async fn once_free<F>(desk: &Desk, begin: impl Fn(Desk) -> F) -> LinkStarted
where
    F: Future<Output = Result<LinkStarted, DeskError>>,
{
    let begun = OnceCell::new();
    let begin = |desk: Desk| {
        let beginning = begin(desk);
        let begun = &begun;
        async move { beginning.await.map(|started| begun.set(started).is_ok()) }
    };
    until(desk, begin, is_free).await.unwrap();
    begun.into_inner().unwrap()
}

async fn items(desk: Desk) -> Vec<ItemView> {
    features(&desk).items.view_all().await.unwrap().items
}

/// Links banks for debits, one after the other.
pub async fn link(desk: &Desk, bank: &str, logins: &[Login]) {
    let mut user = User {
        desk: desk.clone(),
        customer: Customer::at(bank),
        linked: Vec::new(),
        names: 0,
    };
    for login in logins {
        let started = user.begin_link(For::Debits, Whose::New).await;
        user.succeed(&started, *login).await;
        user.linked(&started.session.session_id, *login).await;
    }
}

/// An Item, and how its owner signs in.
struct Linked {
    item_id: String,
    login: Login,
}

/// Whoever uses the desk, and its customers.
struct User {
    desk: Desk,
    customer: Customer,
    linked: Vec<Linked>,
    names: u32,
}

impl User {
    fn of(desk: Desk, orders: &Orders) -> Self {
        Self {
            desk,
            customer: Customer::at(&orders.bank),
            linked: Vec::new(),
            names: 0,
        }
    }

    /// Does one act after the other, and then waits to be killed.
    async fn carry_out(mut self, acts: &[Act]) {
        for act in acts {
            tracing::info!(?act, "the user acts");
            self.act(*act).await;
        }
        tokio::time::sleep(PATIENCE).await;
    }

    async fn act(&mut self, act: Act) {
        match act {
            Act::Link {
                login,
                way,
                purpose,
                whose,
            } => {
                let session_id = self.go_through_link(login, way, purpose, whose).await;
                self.linked(&session_id, login).await;
            }
            Act::Invite {
                login,
                purpose,
                when,
            } => self.invite(login, purpose, when).await,
            Act::HandOver { login, purpose } => self.hand_over(login, purpose).await,
            Act::LinkAgain {
                item,
                whose,
                choice,
            } => self.link_again(self.number(item), whose, choice).await,
            Act::Repair { item } => self.repair(&self.linked[self.number(item)]).await,
            Act::Rotate { item } => {
                let item_id = &self.linked[self.number(item)].item_id;
                let rotate =
                    |desk: Desk| async move { features(&desk).items.rotate_token(item_id).await };
                until(&self.desk, rotate, is_free).await.unwrap();
            }
            Act::Remove { item } => {
                let item = self.linked.swap_remove(self.number(item));
                News::Removes.tell();
                let item_id = &item.item_id;
                let remove =
                    |desk: Desk| async move { features(&desk).items.remove(item_id).await };
                until(&self.desk, remove, is_free).await.unwrap();
                News::Removal.tell();
            }
        }
    }

    fn number(&self, item: usize) -> usize {
        item % self.linked.len()
    }

    async fn person(&mut self, whose: Whose) -> PersonChoice {
        let known = features(&self.desk).items.customers().await.unwrap();
        match (whose, known.first()) {
            (Whose::Known, Some(person)) => PersonChoice::Known {
                person_id: person.person_id.clone(),
            },
            _ => {
                self.names += 1;
                PersonChoice::New {
                    name: format!("Customer {}", self.names),
                }
            }
        }
    }

    async fn begin_link(&mut self, purpose: For, whose: Whose) -> LinkStarted {
        let (purpose, products) = asked_for(purpose);
        let request = LinkRequest {
            purpose,
            products,
            person: self.person(whose).await,
        };
        let start = |desk: Desk| {
            let request = request.clone();
            async move { features(&desk).links.start(request).await }
        };
        once_free(&self.desk, start).await
    }

    /// Answers the session.
    async fn go_through_link(
        &mut self,
        login: Login,
        way: Way,
        purpose: For,
        whose: Whose,
    ) -> String {
        let started = self.begin_link(purpose, whose).await;
        let session_id = started.session.session_id.clone();
        match way {
            Way::Page => {
                News::Grants.tell();
                self.succeed(&started, login).await;
            }
            Way::WindowClosed => {
                News::Grants.tell();
                let (institution, customer) = (login.institution(), login.customer());
                let customer = self.customer.in_window(&started, institution, customer);
                customer.await;
                features(&self.desk).links.window_closed(&session_id).await;
            }
            Way::Browser => {
                let handed_over = features(&self.desk)
                    .links
                    .continue_in_browser(&session_id)
                    .await
                    .unwrap();
                News::Grants.tell();
                self.at_address(handed_over.url.as_str(), login).await;
            }
        }
        session_id
    }

    async fn succeed(&self, started: &LinkStarted, login: Login) {
        let (institution, customer) = (login.institution(), login.customer());
        let grant = self.customer.in_window(started, institution, customer);
        let grant = grant.await;
        self.customer.post(&started.page, "success", &grant).await;
    }

    async fn at_address(&self, url: &str, login: Login) {
        let (institution, customer) = (login.institution(), login.customer());
        self.customer.at_address(url, institution, customer).await;
    }

    /// Waits until a session has come to its Item and to all that is read of it.
    async fn linked(&mut self, session_id: &str, login: Login) {
        let session = self.session_in(session_id, LinkState::Exchanged).await;
        let item_id = session.item_id.unwrap();
        let complete = |item: &ItemView| {
            item.item_id == item_id
                && item.institution_logo.is_some()
                && item
                    .accounts
                    .iter()
                    .all(|account| account.reading.is_some())
        };
        until(&self.desk, items, |items| items.iter().any(complete)).await;
        self.linked.push(Linked { item_id, login });
    }

    async fn session_in(&self, session_id: &str, state: LinkState) -> LinkSessionView {
        let read = |desk: Desk| async move { features(&desk).links.get(session_id).await.unwrap() };
        until(&self.desk, read, |session| session.state == state).await
    }

    async fn invite(&mut self, login: Login, purpose: For, when: When) {
        let (purpose, products) = asked_for(purpose);
        let request = InvitationRequest {
            aim: InvitationAim::NewBank {
                purpose,
                products,
                person: self.person(Whose::New).await,
            },
            note: Some("Rent".to_owned()),
            lifetime_hours: 24,
            language: "en".to_owned(),
        };
        let session = features(&self.desk)
            .links
            .create_invitation(request)
            .await
            .unwrap();
        let url = session.invitation.unwrap().url.unwrap();
        match when {
            When::Now => {
                News::Grants.tell();
                self.at_address(&url, login).await;
                let links = features(&self.desk).links;
                links.check_invitation(&session.session_id).await.unwrap();
                self.linked(&session.session_id, login).await;
            }
            When::Later => {
                let with = With::Customer;
                News::Out(LinkOut { url, login, with }).tell();
            }
        }
    }

    async fn hand_over(&mut self, login: Login, purpose: For) {
        let started = self.begin_link(purpose, Whose::New).await;
        let session_id = &started.session.session_id;
        let handed_over = features(&self.desk)
            .links
            .continue_in_browser(session_id)
            .await
            .unwrap();
        let (url, with) = (handed_over.url.to_string(), With::User);
        News::Out(LinkOut { url, login, with }).tell();
    }

    async fn link_again(&mut self, number: usize, whose: Whose, choice: Choice) {
        let login = self.linked[number].login;
        let (way, purpose) = (Way::Page, For::Debits);
        let session_id = self.go_through_link(login, way, purpose, whose).await;
        self.session_in(&session_id, LinkState::Held).await;
        let old = self.linked[number].item_id.clone();
        decide(&self.desk, &session_id, choice, &old).await;
        match choice {
            Choice::KeepBoth => self.linked(&session_id, login).await,
            Choice::Replace => {
                self.linked(&session_id, login).await;
                self.linked.swap_remove(number);
                self.gone(&old).await;
            }
            Choice::Discard => {
                let session = self.session_in(&session_id, LinkState::Withdrawn).await;
                if let Some(item_id) = session.item_id {
                    self.gone(&item_id).await;
                }
            }
        }
    }

    async fn gone(&self, item_id: &str) {
        let is_there = |items: &Vec<ItemView>| items.iter().any(|item| item.item_id == item_id);
        until(&self.desk, items, |items| !is_there(items)).await;
    }

    async fn repair(&self, item: &Linked) {
        features(&self.desk)
            .items
            .reset_login(&item.item_id)
            .await
            .unwrap();
        let repair = |desk: Desk| async move {
            features(&desk)
                .links
                .start_repair(&item.item_id, false)
                .await
        };
        let started = once_free(&self.desk, repair).await;
        self.succeed(&started, item.login).await;
        self.session_in(&started.session.session_id, LinkState::Exchanged)
            .await;
        let works =
            |seen: &ItemView| seen.item_id == item.item_id && seen.health == ItemHealth::Healthy;
        until(&self.desk, items, |items| items.iter().any(works)).await;
    }
}

fn asked_for(purpose: For) -> (Purpose, Vec<String>) {
    match purpose {
        For::Debits => (Purpose::AchRisk, Vec::new()),
        For::Balances => (Purpose::BalancesOnly, vec!["transactions".to_owned()]),
    }
}

async fn decide(desk: &Desk, session_id: &str, choice: Choice, old: &str) {
    let choice = match choice {
        Choice::KeepBoth => DuplicateChoice::KeepBoth,
        Choice::Replace => DuplicateChoice::Replace {
            item_id: old.to_owned(),
        },
        Choice::Discard => DuplicateChoice::Discard,
    };
    let removes = choice != DuplicateChoice::KeepBoth;
    if removes {
        News::Removes.tell();
    }
    features(desk)
        .links
        .decide(session_id, choice)
        .await
        .unwrap();
    if removes {
        News::Removal.tell();
    }
}

/// What is there, and whether something is under way in it.
#[derive(Debug)]
struct Seen {
    items: Vec<ItemView>,
    sessions: Vec<LinkSessionView>,
}

async fn see(desk: Desk) -> Seen {
    // In this order: what came of a session that is seen to have ended is seen then, too.
    let sessions = features(&desk).links.list().await.unwrap();
    let items = items(desk).await;
    Seen { items, sessions }
}

/// Waits until the desk has brought everything to its end by itself, but for what it asks the user, and tells what it
/// holds then.
async fn settle(desk: Desk, orders: &Orders, began: Timestamp) {
    let at_rest = |seen: &Seen| {
        seen.items
            .iter()
            .all(|item| !matches!(item.health, ItemHealth::Removing { .. }))
            && seen
                .sessions
                .iter()
                .all(|session| is_at_rest(session, began))
    };
    let waits = |seen: &Seen| {
        seen.sessions
            .iter()
            .any(|session| session.state == LinkState::Held)
    };
    loop {
        let seen = until(&desk, see, |seen| at_rest(seen) || waits(seen)).await;
        if !waits(&seen) {
            break;
        }
        for session in seen.sessions {
            if let Some(duplicate) = session.duplicate {
                let old = &duplicate.items[0].item_id;
                decide(&desk, &session.session_id, orders.choice, old).await;
            }
        }
    }
    let report = report(&desk).await;
    News::Report(report).tell();
    desk.shut_down().await;
}

/// Whether a session has its end, or can have none yet: nobody has opened the link that was sent. Who opens one goes
/// through Link to the grant, in these trials.
fn is_at_rest(session: &LinkSessionView, began: Timestamp) -> bool {
    session.ended_at.is_some()
        || session.invitation.as_ref().is_some_and(|invitation| {
            let checked_at = invitation.checked_at.as_ref();
            session.state == LinkState::Opened
                && invitation.progress == InvitationProgress::NotOpened
                && checked_at.is_some_and(|at| at.parse::<Timestamp>().unwrap() > began)
        })
}

async fn report(desk: &Desk) -> Report {
    let mut working = Vec::new();
    for item in items(desk.clone()).await {
        if features(desk).items.check_now(&item.item_id).await.is_ok() {
            working.push(item.item_id);
        }
    }
    let Seen { items, sessions } = see(desk.clone()).await;
    let held = items.into_iter().map(|item| Held {
        works: working.contains(&item.item_id),
        item_id: item.item_id,
        account_ids: item
            .accounts
            .into_iter()
            .map(|account| account.account_id)
            .collect(),
        problem: match item.health {
            ItemHealth::NeedsAttention { problem, .. } => Some(explained(problem)),
            ItemHealth::Healthy | ItemHealth::Removing { .. } => None,
        },
    });
    let told = sessions
        .into_iter()
        .filter(|session| session.item_id.is_none())
        .map(|session| Told {
            state: format!("{:?}", session.state),
            problem: session.problem.map(explained),
        });
    Report {
        items: held.collect(),
        sessions: told.collect(),
    }
}

fn explained(problem: Problem) -> Explained {
    Explained {
        message: problem.message,
        link_again: problem.action == Some(NextAction::LinkAgain),
    }
}
