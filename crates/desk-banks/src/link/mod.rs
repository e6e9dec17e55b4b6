//! Linking a bank: a session is written down, Plaid's Link runs on a page of its own, in the system browser or on the
//! customer's device, and what comes back is stored before it is used. Whatever interrupts a session, a granted Item is
//! not lost.

mod asked;
mod browser;
mod callback;
mod decide;
mod duplicates;
mod endings;
mod finish;
mod grants;
mod host;
mod invitation;
pub mod live;
mod replace;
mod resume;
mod session;
mod shown;
mod table;
mod token;
pub mod view;
mod watch;

use std::{fmt, sync::Arc};

use plaid::ItemId;
use url::Url;
use uuid::Uuid;

use self::{
    resume::Look,
    session::{Begin, LinkSession, Whom},
    table::{ChooseAccounts, Errand, Means, Unfinished},
    view::{LinkRequest, LinkSessionView, LinkWay},
};
use crate::{items::Items, link::live::LiveSlot, support::Support};
use desk_core::{DeskError, Session, calls::PlaidCalls};

pub use self::{browser::HandedOver, invitation::MailDraft};

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

/// Links banks: sessions in the Link window or the browser, invitations, and what follows them. Clones share their state.
#[derive(Clone)]
pub struct Links {
    session: Session,
    calls: PlaidCalls,
    support: Support,
    items: Items,
    live: Arc<LiveSlot>,
}

impl Links {
    pub fn new(session: Session, calls: PlaidCalls, support: Support, items: Items) -> Self {
        Self {
            session,
            calls,
            support,
            items,
            live: Arc::default(),
        }
    }
}

impl Links {
    /// Begins to link a bank: writes the session, asks for a link token (/link/token/create), serves the page.
    ///
    /// # Errors
    /// Fields `products`, `personName`; `AlreadyRunning` while another window is open; why Plaid gave no link token.
    pub async fn start(&self, request: LinkRequest) -> Result<LinkStarted, DeskError> {
        let begin = Begin {
            purpose: request.purpose,
            whom: Whom::Chosen(request.person),
            errand: Errand::NewItem(token::products(request.purpose, &request.products)?),
            means: Means::Window,
        };
        self.begin(begin).await
    }

    /// Begins to repair an Item: Link's update mode. It may be used for one that works, too. Other accounts may be
    /// chosen if that is asked for, or if it is what the Item needs.
    ///
    /// # Errors
    /// `NotFound`; `WorksAgain` when the Item has been healed meanwhile; `AlreadyRunning` while another window is open;
    /// why Plaid gave no link token.
    pub async fn start_repair(
        &self,
        item_id: &str,
        choose_accounts: bool,
    ) -> Result<LinkStarted, DeskError> {
        let item_id = ItemId::new(item_id);
        let begin = self.repair(item_id, choose_accounts, Means::Window);
        let begin = begin.await?;
        self.begin(begin).await
    }

    /// What the repair of an Item is begun with, unless it works again.
    async fn repair(
        &self,
        item_id: ItemId,
        choose_accounts: bool,
        means: Means,
    ) -> Result<Begin, DeskError> {
        let key = self.items.active_key(&item_id).await?;
        let choose = if choose_accounts {
            ChooseAccounts::Yes
        } else {
            self.choose_accounts_update(&item_id).await?
        };
        Ok(Begin {
            purpose: key.purpose,
            whom: Whom::Of {
                person_id: key.person_id,
                client_user_id: key.client_user_id,
            },
            errand: Errand::Repair { item_id, choose },
            means,
        })
    }

    async fn begin(&self, begin: Begin) -> Result<LinkStarted, DeskError> {
        let session_id = Uuid::new_v4().to_string();
        let stop = self.live.take(&session_id, &self.session.cancel)?;
        let link_session = LinkSession::new(self, session_id, begin.errand.clone());
        self.session
            .run_to_end(async move {
                let started = link_session.start(begin, stop).await;
                if started.is_err() {
                    link_session.give_up();
                }
                started
            })
            .await
    }

    /// One session.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn get(&self, session_id: &str) -> Result<LinkSessionView, DeskError> {
        self.view_of(session_id).await
    }

    /// Sessions, the newest first.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn list(&self) -> Result<Vec<LinkSessionView>, DeskError> {
        let now = self.session.now();
        self.session
            .store
            .read(move |connection| shown::all(connection, now))
            .await
    }

    /// Gives a session up, unless the bank has agreed already. One that goes on elsewhere cannot be ended there: what
    /// is granted all the same is withdrawn.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn cancel(&self, session_id: &str) -> Result<LinkSessionView, DeskError> {
        match self.unfinished(session_id).await? {
            Some(link_session) if link_session.way != LinkWay::Window => {
                self.cancel_elsewhere(session_id).await?;
            }
            _ => self.window_gone(session_id).await?,
        }
        self.view_of(session_id).await
    }

    /// The session's window was closed. Before it is given up, Plaid is asked whether the bank has agreed, until Plaid
    /// has answered. A session that was handed over to the system browser goes on there.
    pub async fn window_closed(&self, session_id: &str) {
        // One that is not live has ended, goes on in the browser, or is being looked up.
        if self.live.is(session_id)
            && let Err(error) = self.window_gone(session_id).await
        {
            tracing::error!(%error, "a Link session could not be ended; it is taken up at the next start");
        }
    }

    async fn window_gone(&self, session_id: &str) -> Result<(), DeskError> {
        let (task_session, id) = (self.clone(), session_id.to_owned());
        let closing = self.session.run_to_end(async move {
            let first = task_session.look_up(&id, Look::Quick).await;
            task_session.live.release(&id);
            task_session.take_up_after(id, first).await
        });
        closing.await
    }

    /// What is done with sessions when their environment is closed. Grants that wait for a decision are kept; about the
    /// session whose window is open Plaid is asked once, and the window is closed. What is not settled then is taken up when
    /// the environment is opened again.
    pub async fn farewell(&self) {
        if let Err(error) = self.keep_all_grants().await {
            tracing::warn!(%error, "grants that wait for a decision could not be kept yet");
        }
        let Some(session_id) = self.live.session() else {
            return;
        };
        if let Err(error) = self.look_up(&session_id, Look::Quick).await {
            tracing::info!(%error, "a Link session is taken up when its environment is opened again");
        }
        self.close_window();
    }

    /// Closes the window of the session that is live, when its environment is closed or erased.
    pub fn close_window(&self) {
        if let Some(session_id) = self.live.session() {
            self.end_link(&session_id);
        }
    }

    /// Finishes what was interrupted, when the environment is opened.
    pub async fn resume(self) {
        self.resume_sessions().await;
    }

    async fn view_of(&self, session_id: &str) -> Result<LinkSessionView, DeskError> {
        let (session_id, now) = (session_id.to_owned(), self.session.now());
        self.session
            .store
            .read(move |connection| shown::one(connection, &session_id, now))
            .await
    }

    async fn unfinished(&self, session_id: &str) -> Result<Option<Unfinished>, DeskError> {
        let session_id = session_id.to_owned();
        self.session
            .store
            .read(move |connection| table::unfinished(connection, &session_id))
            .await
    }
}
