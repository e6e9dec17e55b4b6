//! Linking a bank: a session is written down, Plaid's Link runs on a page of its own, and what comes back is stored
//! before it is used. Whatever interrupts a session, a granted Item is not lost.

mod callback;
mod finish;
mod host;
pub(crate) mod live;
mod resume;
mod table;
mod token;
pub mod view;

use std::{fmt, sync::Arc};

use plaid::ItemId;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use url::Url;
use uuid::Uuid;

use self::{
    host::{Call, Callback, ExitPost, Origins, Taken},
    resume::Look,
    table::{End, Event, Grant, NewSession, Step, Unfinished, Whose},
    token::Aim,
    view::{LinkRequest, LinkSessionView, LinkState, PersonChoice, Purpose},
};
use crate::{
    Desk, DeskError, OpenEnvironment,
    items::{self, people},
    kill,
    problem::Problem,
    settings,
    work::to_the_end,
};

/// Callbacks that may wait for their turn.
const WAITING_CALLS: usize = 64;

/// A session whose page is served: what the shell opens its window with.
#[derive(Clone)]
pub struct LinkStarted {
    /// The session.
    pub session: LinkSessionView,
    /// The page to show: `http://127.0.0.1:PORT/<128 random bits>/`.
    pub page: Url,
    /// Origins the window may be navigated to: the page's own and Plaid's.
    pub allowed_origins: Vec<String>,
}

/// The path of the page is all that keeps others on this computer from it.
impl fmt::Debug for LinkStarted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkStarted")
            .field("session", &self.session)
            .field("page", &self.page.origin().ascii_serialization())
            .field("allowed_origins", &self.allowed_origins)
            .finish()
    }
}

impl Desk {
    /// Begins to link a bank: writes the session, asks for a link token (/link/token/create), serves the page.
    ///
    /// # Errors
    /// Fields `products`, `personName`; `AlreadyRunning` while another window is open; why Plaid gave no link token.
    pub async fn link_start(&self, request: LinkRequest) -> Result<LinkStarted, DeskError> {
        let env = self.open()?;
        let products = token::products(&request)?;
        let begin = Begin {
            purpose: request.purpose,
            whom: Whom::Chosen(request.person),
            aim: Aim::NewItem(products),
        };
        self.begin(env, begin).await
    }

    /// Begins to repair an Item: Link's update mode. It may be used for one that works, too.
    ///
    /// # Errors
    /// `NotFound`; `AlreadyRunning` while another window is open; why Plaid gave no link token.
    pub async fn link_repair(&self, item_id: &str) -> Result<LinkStarted, DeskError> {
        let env = self.open()?;
        let item_id = ItemId::new(item_id);
        let gate = env.work.gates.shared(&item_id).await;
        let key = items::active_key(&env, &item_id).await?;
        let begin = Begin {
            purpose: key.purpose,
            whom: Whom::Of {
                item_id,
                person_id: key.person_id,
                client_user_id: key.client_user_id,
            },
            aim: Aim::Repair(key.access_token),
        };
        let started = self.begin(Arc::clone(&env), begin).await;
        drop(gate);
        started
    }

    async fn begin(
        &self,
        env: Arc<OpenEnvironment>,
        begin: Begin,
    ) -> Result<LinkStarted, DeskError> {
        let session_id = Uuid::new_v4().to_string();
        let stop = env.work.link.take(&session_id, &env.cancel)?;
        let session = Session {
            desk: self.clone(),
            env: Arc::clone(&env),
            session_id,
            repairs: begin.whom.item().cloned(),
        };
        to_the_end(&env, async move {
            let started = session.start(begin, stop).await;
            if started.is_err() {
                session.env.work.link.release(&session.session_id);
            }
            started
        })
        .await
    }

    /// One session.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn link_session(&self, session_id: &str) -> Result<LinkSessionView, DeskError> {
        let env = self.open()?;
        view_of(&env, session_id).await
    }

    /// Sessions, the newest first.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn link_sessions(&self) -> Result<Vec<LinkSessionView>, DeskError> {
        self.open()?.store.read(table::views).await
    }

    /// Gives a session up, unless the bank has agreed already.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn link_cancel(&self, session_id: &str) -> Result<LinkSessionView, DeskError> {
        let env = self.open()?;
        self.window_gone(&env, session_id).await?;
        view_of(&env, session_id).await
    }

    /// The session's window was closed. Before it is given up, Plaid is asked whether the bank has agreed, until Plaid
    /// has answered.
    pub async fn link_window_closed(&self, session_id: &str) {
        let Ok(env) = self.open() else {
            return;
        };
        // One that is not live has ended, or is being looked up.
        if env.work.link.is(session_id)
            && let Err(error) = self.window_gone(&env, session_id).await
        {
            tracing::error!(%error, "a Link session could not be ended; it is taken up at the next start");
        }
    }

    async fn window_gone(
        &self,
        env: &Arc<OpenEnvironment>,
        session_id: &str,
    ) -> Result<(), DeskError> {
        let (desk, task_env, id) = (self.clone(), Arc::clone(env), session_id.to_owned());
        let closing = to_the_end(env, async move {
            let first = resume::look_up(&desk, &task_env, &id, Look::Quick).await;
            task_env.work.link.release(&id);
            resume::take_up_after(desk, task_env, id, first).await
        });
        closing.await
    }
}

/// What is done with the session whose window is open when its environment is closed: Plaid is asked once, and the
/// window is closed. What is not settled then is taken up when the environment is opened again.
pub(crate) async fn farewell(desk: &Desk, env: &Arc<OpenEnvironment>) {
    let Some(session_id) = env.work.link.session() else {
        return;
    };
    if let Err(error) = resume::look_up(desk, env, &session_id, Look::Quick).await {
        tracing::info!(%error, "a Link session is taken up when its environment is opened again");
    }
    close_window(desk, env);
}

/// Closes the window of the session that is live, when its environment is closed or erased.
pub(crate) fn close_window(desk: &Desk, env: &OpenEnvironment) {
    if let Some(session_id) = env.work.link.session() {
        env.work.link.release(&session_id);
        finish::tell(desk, &session_id, true);
    }
}

/// Finishes what was interrupted, when the environment is opened.
pub(crate) async fn resume(desk: Desk, env: Arc<OpenEnvironment>) {
    resume::run(desk, env).await;
}

async fn view_of(env: &OpenEnvironment, session_id: &str) -> Result<LinkSessionView, DeskError> {
    let session_id = session_id.to_owned();
    env.store
        .read(move |connection| table::view(connection, &session_id))
        .await
}

async fn unfinished(
    env: &OpenEnvironment,
    session_id: &str,
) -> Result<Option<Unfinished>, DeskError> {
    let session_id = session_id.to_owned();
    env.store
        .read(move |connection| table::unfinished(connection, &session_id))
        .await
}

/// What a session is begun with.
struct Begin {
    purpose: Purpose,
    whom: Whom,
    aim: Aim,
}

/// For whom.
enum Whom {
    Chosen(PersonChoice),
    /// The person of the Item that is repaired.
    Of {
        item_id: ItemId,
        person_id: String,
        client_user_id: String,
    },
}

impl Whom {
    fn item(&self) -> Option<&ItemId> {
        match self {
            Self::Chosen(_) => None,
            Self::Of { item_id, .. } => Some(item_id),
        }
    }
}

/// A session while its page is served.
#[derive(Clone)]
struct Session {
    desk: Desk,
    env: Arc<OpenEnvironment>,
    session_id: String,
    repairs: Option<ItemId>,
}

impl Session {
    async fn start(&self, begin: Begin, stop: CancellationToken) -> Result<LinkStarted, DeskError> {
        let client_user_id = self.write_down(begin.purpose, begin.whom).await?;
        kill::point("link.written");
        finish::tell(&self.desk, &self.session_id, false);
        match self.open_page(client_user_id, begin.aim, stop).await {
            Ok((page, allowed_origins)) => Ok(LinkStarted {
                session: view_of(&self.env, &self.session_id).await?,
                page,
                allowed_origins,
            }),
            Err(error) => {
                self.fail(&error).await;
                Err(error)
            }
        }
    }

    /// The session is on the disk before anything is asked of Plaid.
    async fn write_down(&self, purpose: Purpose, whom: Whom) -> Result<String, DeskError> {
        let (session_id, now) = (self.session_id.clone(), self.desk.now());
        self.env
            .store
            .write(move |transaction| {
                let repairs = whom.item().cloned();
                let (person_id, client_user_id) = match whom {
                    Whom::Chosen(choice) => {
                        let person = people::choose(transaction, &choice, now)?;
                        (person.person_id, person.client_user_id)
                    }
                    Whom::Of {
                        person_id,
                        client_user_id,
                        ..
                    } => (person_id, client_user_id),
                };
                let session = NewSession {
                    session_id: &session_id,
                    person_id: &person_id,
                    purpose,
                    repairs: repairs.as_ref(),
                };
                table::insert(transaction, &session, now)?;
                Ok(client_user_id)
            })
            .await
    }

    async fn open_page(
        &self,
        client_user_id: String,
        aim: Aim,
        stop: CancellationToken,
    ) -> Result<(Url, Vec<String>), DeskError> {
        let settings = self.env.store.read(settings::read).await?;
        let request = token::request(settings, client_user_id, aim);
        let created = self.env.client.link_token_create(&request).await;
        let created = created.map_err(|error| match &self.repairs {
            Some(item_id) => DeskError::from(error).for_item(item_id),
            None => DeskError::from(error),
        })?;
        kill::point("link.token_made");
        let (id, link_token) = (self.session_id.clone(), created.link_token.clone());
        let store = &self.env.store;
        store
            .write(move |transaction| {
                table::keep_link_token(transaction, &id, &link_token, created.expiration)
            })
            .await?;
        kill::point("link.token_kept");

        let origins = Origins::of(self.env.client.environment());
        let (calls, waiting) = mpsc::channel(WAITING_CALLS);
        let served = host::start(created.link_token, origins.clone(), calls, stop.clone());
        let page = served.await.map_err(|error| DeskError::disk(&error))?;
        let id = self.session_id.clone();
        let opened = store.write(move |transaction| table::opened(transaction, &id));
        // Given up while the link token was being made.
        if opened.await? == Step::TooLate {
            return Err(DeskError::Cancelled);
        }
        kill::point("link.page_open");
        let session = self.clone();
        self.env
            .spawn(async move { session.serve(waiting, stop).await });
        finish::tell(&self.desk, &self.session_id, false);
        let mut allowed = vec![
            page.origin().ascii_serialization(),
            origins.link,
            origins.api,
        ];
        allowed.dedup();
        Ok((page, allowed))
    }

    async fn fail(&self, error: &DeskError) {
        let end = End::new(LinkState::Failed, Some(Problem::from(error)));
        if let Err(error) = self.end(Whose::BeforeGrant, end).await {
            tracing::error!(%error, "a Link session could not be ended; it is taken up at the next start");
        }
    }

    async fn end(&self, from: Whose, end: End) -> Result<Step, DeskError> {
        let (id, now) = (self.session_id.clone(), self.desk.now());
        let ended = self
            .env
            .store
            .write(move |transaction| table::end(transaction, &id, from, &end, now));
        let step = ended.await?;
        if step == Step::Taken {
            finish::tell(&self.desk, &self.session_id, true);
        }
        Ok(step)
    }

    /// Takes Link's callbacks, one after the other, until the session's page is no longer served.
    async fn serve(&self, mut waiting: mpsc::Receiver<Call>, stop: CancellationToken) {
        loop {
            let call = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                call = waiting.recv() => call,
            };
            let Some(Call { callback, answer }) = call else {
                return;
            };
            let taken = self.take(callback).await.unwrap_or_else(|error| {
                tracing::error!(%error, "a callback of Link could not be stored");
                Taken::NotNow
            });
            // The page may be gone; what it said is stored.
            let _ = answer.send(taken);
            if self.is_over().await {
                self.env.work.link.release(&self.session_id);
            }
        }
    }

    async fn is_over(&self) -> bool {
        matches!(unfinished(&self.env, &self.session_id).await, Ok(None))
    }

    async fn take(&self, callback: Callback) -> Result<Taken, DeskError> {
        match callback {
            Callback::Event(post) => self.keep_event(post.into()).await,
            Callback::Success(post) => self.succeed(post.into()).await,
            Callback::Exit(post) => self.exit(post).await,
        }
    }

    async fn keep_event(&self, event: Event) -> Result<Taken, DeskError> {
        let (id, now) = (self.session_id.clone(), self.desk.now());
        self.env
            .store
            .write(move |transaction| table::add_event(transaction, &id, &event, now))
            .await?;
        finish::tell(&self.desk, &self.session_id, false);
        Ok(Taken::Yes)
    }

    async fn succeed(&self, grant: Grant) -> Result<Taken, DeskError> {
        let repairs = self.repairs.as_ref();
        let accepted = finish::accept(&self.desk, &self.env, &self.session_id, grant, repairs);
        match accepted.await? {
            Step::Taken => {
                finish::follow_up(
                    &self.desk,
                    &self.env,
                    &self.session_id,
                    self.repairs.clone(),
                );
                Ok(Taken::Yes)
            }
            // Posted twice while it is being exchanged: it was taken the first time.
            Step::TooLate if !self.is_over().await => Ok(Taken::Yes),
            Step::TooLate => Ok(Taken::Ended),
        }
    }

    async fn exit(&self, post: ExitPost) -> Result<Taken, DeskError> {
        self.keep_event(callback::exit_event(&post)).await?;
        match self
            .end(Whose::BeforeGrant, callback::exit_of(&post))
            .await?
        {
            Step::Taken => Ok(Taken::Yes),
            Step::TooLate => Ok(Taken::Ended),
        }
    }
}
