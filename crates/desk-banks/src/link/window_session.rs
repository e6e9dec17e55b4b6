//! A session in the Link window: serves its page and handles Link's callbacks one at a time.

use plaid::{ItemId, LinkToken};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{
    LinkStarted, callbacks,
    events_table::{self, SessionEvent},
    grants_table::Grant,
    link_token::LinkTokenRenewal,
    loopback_page::{self, CallbackResult, ExitPost, PageCallback, PageOrigins, PendingCallback},
    session_lookup::QUICK_TIMEOUT,
    session_outcome::SessionOutcome,
    session_plan::SessionPlan,
    sessions_table::{self, LinkGoal, SessionEnd, StateChange},
    view::LinkState,
};
use crate::link::Links;
use desk_core::{DeskError, event::DeskEvent, kill};

const WAITING_CALLS: usize = 64;

#[derive(Clone)]
pub(super) struct WindowSession {
    links: Links,
    session_id: String,
    goal: LinkGoal,
}

impl WindowSession {
    pub(super) fn new(links: &Links, session_id: String, goal: LinkGoal) -> Self {
        Self {
            links: links.clone(),
            session_id,
            goal,
        }
    }

    fn repaired_item(&self) -> Option<&ItemId> {
        self.goal.repairs()
    }

    pub(super) fn release_window(&self) {
        self.links.window_slot.close(&self.session_id);
    }

    pub(super) async fn start(
        &self,
        plan: SessionPlan,
        stop: CancellationToken,
    ) -> Result<LinkStarted, DeskError> {
        let id = &self.session_id;
        let client_user_id = self.links.store_new_session(id, plan).await?;
        self.links.emit_session_changed(id, false);
        match self.open_page(client_user_id, stop).await {
            Ok((page, allowed_origins)) => Ok(LinkStarted {
                session: self.links.get(id).await?,
                page,
                allowed_origins,
            }),
            Err(error) => {
                self.links.record_failed_start(id, &error).await;
                Err(error)
            }
        }
    }

    async fn open_page(
        &self,
        client_user_id: String,
        stop: CancellationToken,
    ) -> Result<(Url, Vec<String>), DeskError> {
        let id = &self.session_id;
        let made = self
            .links
            .create_and_store_link_token(id, client_user_id, &self.goal);
        let link_token = made.await?;
        let origins = PageOrigins::of(self.links.session.client.host());
        let (calls, waiting) = mpsc::channel(WAITING_CALLS);
        let (renewed, link_token) = watch::channel(link_token);
        let served = loopback_page::serve_page(link_token, origins.clone(), calls, stop.clone());
        let page = served.await.map_err(|error| DeskError::disk(&error))?;
        let id = self.session_id.clone();
        let store = &self.links.session.store;
        let opened = store.write(move |transaction| sessions_table::mark_opened(transaction, &id));
        // Cancelled while Plaid was creating the link token.
        if opened.await? == StateChange::TooLate {
            return Err(DeskError::Cancelled);
        }
        kill::point("link.page_open");
        let serving = PageServer {
            link_session: self.clone(),
            renewed,
        };
        self.links
            .session
            .spawn(async move { serving.serve(waiting, stop).await });
        self.links.emit_session_changed(&self.session_id, false);
        let mut allowed = vec![
            page.origin().ascii_serialization(),
            origins.link,
            origins.api,
        ];
        allowed.dedup();
        Ok((page, allowed))
    }

    async fn is_over(&self) -> bool {
        match self.links.find_unfinished(&self.session_id).await {
            Ok(link_session) => {
                link_session.is_none_or(|link_session| link_session.state == LinkState::Held)
            }
            Err(_) => false,
        }
    }

    /// Only the shell can open a browser.
    async fn request_browser(&self) -> Result<CallbackResult, DeskError> {
        if self.is_over().await {
            return Ok(CallbackResult::Ended);
        }
        self.links.session.emit(DeskEvent::LinkInBrowser {
            session_id: self.session_id.clone(),
        });
        Ok(CallbackResult::Stored)
    }

    async fn store_event(&self, event: SessionEvent) -> Result<CallbackResult, DeskError> {
        let (id, now) = (self.session_id.clone(), self.links.session.now());
        self.links
            .session
            .store
            .write(move |transaction| events_table::add_event(transaction, &id, &event, now))
            .await?;
        self.links.emit_session_changed(&self.session_id, false);
        Ok(CallbackResult::Stored)
    }

    async fn handle_success(&self, grant: Grant) -> Result<CallbackResult, DeskError> {
        let id = &self.session_id;
        match self
            .links
            .accept_grant(id, grant, self.repaired_item())
            .await?
        {
            StateChange::Applied => Ok(CallbackResult::Stored),
            // A repeated callback during the exchange: the first one was stored.
            StateChange::TooLate if !self.is_over().await => Ok(CallbackResult::Stored),
            StateChange::TooLate => Ok(CallbackResult::Ended),
        }
    }

    async fn handle_exit(&self, post: ExitPost) -> Result<CallbackResult, DeskError> {
        self.store_event(callbacks::exit_event(&post)).await?;
        let id = &self.session_id;
        let exit = callbacks::end_from_exit(&post);
        let step = match self.find_outcome_after_exit(&exit).await {
            Ok(SessionOutcome::Grant(grant)) => return self.handle_success(*grant).await,
            Ok(SessionOutcome::Repaired(item_id)) => self.links.accept_repair(id, &item_id).await?,
            Ok(_) => self.links.end_session(id, exit).await?,
            Err(error) => {
                // Keep asking Plaid, as after the window is closed by hand.
                self.links.close_session_page(id);

                self.links
                    .clone()
                    .continue_lookup(id.clone(), Err(error))
                    .await?;
                StateChange::Applied
            }
        };
        match step {
            StateChange::Applied => Ok(CallbackResult::Stored),
            StateChange::TooLate => Ok(CallbackResult::Ended),
        }
    }

    /// What the session achieved although the customer left.
    async fn find_outcome_after_exit(
        &self,
        exit: &SessionEnd,
    ) -> Result<SessionOutcome, DeskError> {
        // The Item recovered while Link was open.
        if let Some(item_id) = self.repaired_item()
            && callbacks::exit_says_no_error(exit)
        {
            return Ok(SessionOutcome::Repaired(item_id.clone()));
        }
        let Some(link_session) = self.links.find_unfinished(&self.session_id).await? else {
            return Ok(SessionOutcome::Nothing);
        };
        if !matches!(link_session.state, LinkState::Created | LinkState::Opened) {
            return Ok(SessionOutcome::Nothing);
        }
        let asked = self.links.look_up_outcome_after_exit(&link_session);
        tokio::time::timeout(QUICK_TIMEOUT, asked)
            .await
            .unwrap_or(Err(DeskError::Cancelled))
    }
}

struct PageServer {
    link_session: WindowSession,
    /// Sends a new link token to the page.
    renewed: watch::Sender<LinkToken>,
}

impl PageServer {
    async fn serve(&self, mut waiting: mpsc::Receiver<PendingCallback>, stop: CancellationToken) {
        loop {
            let call = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                call = waiting.recv() => call,
            };
            let Some(PendingCallback { callback, answer }) = call else {
                return;
            };
            let taken = self
                .handle_callback(callback)
                .await
                .unwrap_or_else(|error| {
                    tracing::error!(%error, "a callback of Link could not be stored");
                    CallbackResult::RetryLater
                });
            // The page may be gone, but its callback is stored.
            let _ = answer.send(taken);
        }
    }

    async fn handle_callback(&self, callback: PageCallback) -> Result<CallbackResult, DeskError> {
        match callback {
            PageCallback::Event(post) => self.link_session.store_event(post.into()).await,
            PageCallback::Success(post) => self.link_session.handle_success(post.into()).await,
            PageCallback::Exit(post) => self.link_session.handle_exit(post).await,
            PageCallback::Renew => self.renew_link_token().await,
            PageCallback::Browser => self.link_session.request_browser().await,
        }
    }

    async fn renew_link_token(&self) -> Result<CallbackResult, DeskError> {
        let link_session = &self.link_session;
        match link_session
            .links
            .renew_link_token(&link_session.session_id)
            .await?
        {
            LinkTokenRenewal::Renewed(link_token) => {
                // The page fetches the token next. If nobody listens, the page is gone.
                let _ = self.renewed.send(link_token);
                Ok(CallbackResult::Stored)
            }
            LinkTokenRenewal::Granted => Ok(CallbackResult::Stored),
            LinkTokenRenewal::Ended => Ok(CallbackResult::Ended),
        }
    }
}
