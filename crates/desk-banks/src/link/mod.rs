//! Linking a bank. A session is saved first. Then Plaid Link runs in its own window, in the system browser, or on
//! the customer's device, and every result is stored before it is used. No interruption loses a granted Item.

mod browser_handoff;
mod callbacks;
mod duplicate_decision;
mod duplicate_detection;
mod events_table;
mod exchange_problems;
mod grant_acceptance;
mod grants_table;
mod invitation_mail;
mod invitations;
mod item_details;
mod link_token;
mod loopback_page;
mod open_window;
mod public_token_exchange;
mod remote_sessions;
mod session_ends;
mod session_lookup;
mod session_outcome;
mod session_plan;
mod session_views;
mod sessions_table;
mod settings_transfer;
pub mod view;
mod window_session;

use std::{fmt, sync::Arc};

use plaid::ItemId;
use url::Url;
use uuid::Uuid;

use self::{
    open_window::WindowSlot,
    session_lookup::LookupAttempt,
    session_plan::{SessionCustomer, SessionPlan},
    sessions_table::{ChooseAccounts, LinkChannel, LinkGoal, UnfinishedSession},
    view::{LinkRequest, LinkSessionView, LinkWay},
    window_session::WindowSession,
};
use crate::{items::Items, support::Support};
use desk_core::{DeskError, Session, calls::PlaidCalls};

pub use self::{browser_handoff::BrowserHandoff, invitation_mail::MailDraft};

/// A session whose page is being served, ready for its window.
#[derive(Clone)]
pub struct LinkStarted {
    pub session: LinkSessionView,
    pub page: Url,
    /// The only origins the window may navigate to: the page's own and Plaid's.
    pub allowed_origins: Vec<String>,
}

/// Hides the path, which is all that keeps other programs on this computer out.
impl fmt::Debug for LinkStarted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkStarted")
            .field("session", &self.session)
            .field("page", &self.page.origin().ascii_serialization())
            .field("allowed_origins", &self.allowed_origins)
            .finish()
    }
}

/// Clones share their state.
#[derive(Clone)]
pub struct Links {
    session: Session,
    calls: PlaidCalls,
    support: Support,
    items: Items,
    window_slot: Arc<WindowSlot>,
}

impl Links {
    pub fn new(session: Session, calls: PlaidCalls, support: Support, items: Items) -> Self {
        Self {
            session,
            calls,
            support,
            items,
            window_slot: Arc::default(),
        }
    }

    /// Links a bank in the Link window: saves the session, requests a link token, and serves the page.
    pub async fn start(&self, request: LinkRequest) -> Result<LinkStarted, DeskError> {
        let plan = SessionPlan {
            purpose: request.purpose,
            customer: SessionCustomer::Chosen(request.person),
            goal: LinkGoal::NewItem(link_token::products_for(
                request.purpose,
                &request.products,
            )?),
            channel: LinkChannel::Window,
        };
        self.open_window_session(plan).await
    }

    /// Repairs an Item in the Link window (update mode), even one that works. Fails with `WorksAgain` when a broken
    /// Item has recovered.
    pub async fn start_repair(
        &self,
        item_id: &str,
        choose_accounts: bool,
    ) -> Result<LinkStarted, DeskError> {
        let item_id = ItemId::new(item_id);
        let plan = self.prepare_repair(item_id, choose_accounts, LinkChannel::Window);
        let plan = plan.await?;
        self.open_window_session(plan).await
    }

    /// Decides whether the repair offers other accounts.
    async fn prepare_repair(
        &self,
        item_id: ItemId,
        choose_accounts: bool,
        channel: LinkChannel,
    ) -> Result<SessionPlan, DeskError> {
        let key = self.items.active_key(&item_id).await?;
        let choose = if choose_accounts {
            ChooseAccounts::Yes
        } else {
            self.decide_account_selection(&item_id).await?
        };
        Ok(SessionPlan {
            purpose: key.purpose,
            customer: SessionCustomer::Existing {
                person_id: key.person_id,
                client_user_id: key.client_user_id,
            },
            goal: LinkGoal::Repair { item_id, choose },
            channel,
        })
    }

    async fn open_window_session(&self, plan: SessionPlan) -> Result<LinkStarted, DeskError> {
        let session_id = Uuid::new_v4().to_string();
        let stop = self.window_slot.open(&session_id, &self.session.cancel)?;
        let link_session = WindowSession::new(self, session_id, plan.goal.clone());
        self.session
            .run_to_end(async move {
                let started = link_session.start(plan, stop).await;
                if started.is_err() {
                    link_session.release_window();
                }
                started
            })
            .await
    }

    pub async fn get(&self, session_id: &str) -> Result<LinkSessionView, DeskError> {
        let (session_id, now) = (session_id.to_owned(), self.session.now());
        self.session
            .store
            .read(move |connection| session_views::session_view(connection, &session_id, now))
            .await
    }

    /// Newest first.
    pub async fn list(&self) -> Result<Vec<LinkSessionView>, DeskError> {
        let now = self.session.now();
        self.session
            .store
            .read(move |connection| session_views::session_views(connection, now))
            .await
    }

    /// Cancels a session unless the bank has already agreed. A session outside the window cannot be stopped, so
    /// whatever it grants later is withdrawn.
    pub async fn cancel(&self, session_id: &str) -> Result<LinkSessionView, DeskError> {
        match self.find_unfinished(session_id).await? {
            Some(link_session) if link_session.way != LinkWay::Window => {
                self.cancel_remote_session(session_id).await?;
            }
            _ => self.settle_closed_window(session_id).await?,
        }
        self.get(session_id).await
    }

    /// Asks Plaid whether the bank agreed before giving the session up, and repeats until Plaid answers. A session
    /// that moved to the system browser continues there.
    pub async fn window_closed(&self, session_id: &str) {
        // Any other session has ended, moved to the browser, or is already being looked up.
        if self.window_slot.is_open(session_id)
            && let Err(error) = self.settle_closed_window(session_id).await
        {
            tracing::error!(%error, "a Link session could not be ended; it is taken up at the next start");
        }
    }

    async fn settle_closed_window(&self, session_id: &str) -> Result<(), DeskError> {
        let (links, id) = (self.clone(), session_id.to_owned());
        let closing = self.session.run_to_end(async move {
            let first = links.look_up_session(&id, LookupAttempt::Quick).await;
            links.window_slot.close(&id);
            links.continue_lookup(id, first).await
        });
        closing.await
    }

    /// Runs before the environment closes: keeps undecided grants, asks Plaid once about the session in the window,
    /// and closes the window. The next start continues with the rest.
    pub async fn farewell(&self) {
        if let Err(error) = self.keep_undecided_grants().await {
            tracing::warn!(%error, "grants that wait for a decision could not be kept yet");
        }
        let Some(session_id) = self.window_slot.session_id() else {
            return;
        };
        if let Err(error) = self
            .look_up_session(&session_id, LookupAttempt::Quick)
            .await
        {
            tracing::info!(%error, "a Link session is taken up when its environment is opened again");
        }
        self.close_window();
    }

    pub fn close_window(&self) {
        if let Some(session_id) = self.window_slot.session_id() {
            self.close_session_page(&session_id);
        }
    }

    async fn find_unfinished(
        &self,
        session_id: &str,
    ) -> Result<Option<UnfinishedSession>, DeskError> {
        let session_id = session_id.to_owned();
        self.session
            .store
            .read(move |connection| sessions_table::find_unfinished(connection, &session_id))
            .await
    }
}
