//! A session in the Link window: its page is served, and Link's callbacks are taken one after the other.

use plaid::{ItemId, LinkToken};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{
    LinkStarted,
    asked::Found,
    callback,
    grants::Grant,
    host::{self, Call, Callback, ExitPost, Origins, Taken},
    resume::QUICK,
    table::{self, End, Errand, Event, Means, NewSession, Step, Whose},
    token,
    view::{LinkState, PersonChoice, Purpose},
};
use crate::{items::people, link::Links};
use desk_core::{DeskError, event::DeskEvent, kill, problem::Problem};

/// Callbacks that may wait for their turn.
const WAITING_CALLS: usize = 64;

/// What a session is begun with.
#[derive(Clone)]
pub(super) struct Begin {
    pub(super) purpose: Purpose,
    pub(super) whom: Whom,
    pub(super) errand: Errand,
    pub(super) means: Means,
}

/// For whom.
#[derive(Clone)]
pub(super) enum Whom {
    Chosen(PersonChoice),
    /// The person of the Item that is repaired, or of the session that is begun anew.
    Of {
        person_id: String,
        client_user_id: String,
    },
}

impl Links {
    /// Writes a session down, before anything is asked of Plaid. Answers what Plaid knows its person by.
    pub(super) async fn store_new_session(
        &self,
        session_id: &str,
        begin: Begin,
    ) -> Result<String, DeskError> {
        let (session_id, now) = (session_id.to_owned(), self.session.now());
        let client_user_id = self
            .session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                let (person_id, client_user_id) = match begin.whom {
                    Whom::Chosen(choice) => {
                        let person = people::choose(transaction, &choice, now)?;
                        (person.person_id, person.client_user_id)
                    }
                    Whom::Of {
                        person_id,
                        client_user_id,
                    } => (person_id, client_user_id),
                };
                let link_session = NewSession {
                    session_id: &session_id,
                    person_id: &person_id,
                    purpose: begin.purpose,
                    errand: &begin.errand,
                    means: &begin.means,
                };
                table::insert(transaction, &link_session, now)?;
                Ok(client_user_id)
            })
            .await?;
        kill::point("link.written");
        Ok(client_user_id)
    }

    /// Ends a session without an Item.
    pub(super) async fn end_session(&self, session_id: &str, end: End) -> Result<Step, DeskError> {
        let (id, now) = (session_id.to_owned(), self.session.now());
        let step = self
            .session
            .store
            .write(move |transaction| table::end(transaction, &id, Whose::BeforeGrant, &end, now))
            .await?;
        if step == Step::Taken {
            self.end_link(session_id);
        }
        Ok(step)
    }

    /// Ends a session that could not be begun: with what is wrong, or, when there is nothing to repair, well.
    pub(super) async fn note_not_begun(&self, session_id: &str, error: &DeskError) {
        let ended = if matches!(error, DeskError::WorksAgain) {
            self.accept_repair(session_id).await
        } else {
            let failed = End::new(LinkState::Failed, Some(Problem::from(error)));
            self.end_session(session_id, failed).await
        };
        if let Err(error) = ended {
            tracing::error!(%error, "a Link session could not be ended; it is taken up at the next start");
        }
    }
}

/// A session while its page is served.
#[derive(Clone)]
pub(super) struct LinkSession {
    links: Links,
    session_id: String,
    errand: Errand,
}

impl LinkSession {
    pub(super) fn new(links: &Links, session_id: String, errand: Errand) -> Self {
        Self {
            links: links.clone(),
            session_id,
            errand,
        }
    }

    fn repairs(&self) -> Option<&ItemId> {
        self.errand.repairs()
    }

    /// Makes room for the next session.
    pub(super) fn give_up(&self) {
        self.links.live.release(&self.session_id);
    }

    pub(super) async fn start(
        &self,
        begin: Begin,
        stop: CancellationToken,
    ) -> Result<LinkStarted, DeskError> {
        let id = &self.session_id;
        let client_user_id = self.links.store_new_session(id, begin).await?;
        self.links.emit_changed(id, false);
        match self.open_page(client_user_id, stop).await {
            Ok((page, allowed_origins)) => Ok(LinkStarted {
                session: self.links.view_of(id).await?,
                page,
                allowed_origins,
            }),
            Err(error) => {
                self.links.note_not_begun(id, &error).await;
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
        let made = self.links.make_link_token(id, client_user_id, &self.errand);
        let link_token = made.await?;
        let origins = Origins::of(self.links.session.client.host());
        let (calls, waiting) = mpsc::channel(WAITING_CALLS);
        let (renewed, link_token) = watch::channel(link_token);
        let served = host::start(link_token, origins.clone(), calls, stop.clone());
        let page = served.await.map_err(|error| DeskError::disk(&error))?;
        let id = self.session_id.clone();
        let store = &self.links.session.store;
        let opened = store.write(move |transaction| table::opened(transaction, &id));
        // Given up while the link token was being made.
        if opened.await? == Step::TooLate {
            return Err(DeskError::Cancelled);
        }
        kill::point("link.page_open");
        let serving = Serving {
            link_session: self.clone(),
            renewed,
        };
        self.links
            .session
            .spawn(async move { serving.serve(waiting, stop).await });
        self.links.emit_changed(&self.session_id, false);
        let mut allowed = vec![
            page.origin().ascii_serialization(),
            origins.link,
            origins.api,
        ];
        allowed.dedup();
        Ok((page, allowed))
    }

    /// Whether Link has nothing left to do with the session.
    async fn is_over(&self) -> bool {
        match self.links.unfinished(&self.session_id).await {
            Ok(link_session) => {
                link_session.is_none_or(|link_session| link_session.state == LinkState::Held)
            }
            Err(_) => false,
        }
    }
}

/// A session with what its page needs.
struct Serving {
    link_session: LinkSession,
    /// Gives the page a new link token when the one it has is too old.
    renewed: watch::Sender<LinkToken>,
}

impl Serving {
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
        }
    }

    async fn take(&self, callback: Callback) -> Result<Taken, DeskError> {
        match callback {
            Callback::Event(post) => self.link_session.keep_event(post.into()).await,
            Callback::Success(post) => self.link_session.succeed(post.into()).await,
            Callback::Exit(post) => self.link_session.exit(post).await,
            Callback::Renew => self.renew().await,
            Callback::Browser => self.link_session.ask_for_browser().await,
        }
    }

    /// The link token has run out under the page: it gets another for the same session.
    async fn renew(&self) -> Result<Taken, DeskError> {
        let link_session = &self.link_session;
        match link_session
            .links
            .renew_link_token(&link_session.session_id)
            .await?
        {
            Renewed::With(link_token) => {
                // The page asks for it next. Nobody listening: it is gone.
                let _ = self.renewed.send(link_token);
                Ok(Taken::Yes)
            }
            Renewed::Granted => Ok(Taken::Yes),
            Renewed::Over => Ok(Taken::Ended),
        }
    }
}

/// What a session has got instead of a link token that has run out.
pub(super) enum Renewed {
    /// Another one.
    With(LinkToken),
    /// Its bank had agreed before.
    Granted,
    /// Nothing: it has ended.
    Over,
}

impl Links {
    /// Gets another link token for the same session, with everything as it was asked for at first.
    pub(super) async fn renew_link_token(&self, session_id: &str) -> Result<Renewed, DeskError> {
        let Some(found) = self.unfinished(session_id).await? else {
            return Ok(Renewed::Over);
        };
        // With the old one Plaid's answer about it goes: it is asked for once more.
        if let Some(link_token) = &found.link_token
            && let Some(status) = self.fetch_status(link_token).await?
            && let Some(grant) = callback::grant_found(&status.sessions)
        {
            let repairs = found.repairs;
            if self
                .accept_grant(session_id, grant, repairs.as_ref())
                .await?
                == Step::Taken
            {
                self.follow_up(session_id, repairs);
            }
            return Ok(Renewed::Granted);
        }
        let id = session_id.to_owned();
        let begun = self
            .session
            .store
            .read(move |connection| table::begun(connection, &id))
            .await?;
        let made = self.make_link_token(session_id, begun.client_user_id, &begun.errand);
        Ok(Renewed::With(made.await?))
    }

    /// Asks Plaid for a link token, and keeps it.
    async fn make_link_token(
        &self,
        session_id: &str,
        client_user_id: String,
        errand: &Errand,
    ) -> Result<LinkToken, DeskError> {
        let terms = token::Terms::default();
        let created = self
            .create_link_token(client_user_id, errand, terms)
            .await?;
        kill::point("link.token_made");
        let (id, link_token) = (session_id.to_owned(), created.link_token.clone());
        self.session
            .store
            .write(move |transaction| table::keep_link_token(transaction, &id, &created))
            .await?;
        kill::point("link.token_kept");
        Ok(link_token)
    }
}

impl LinkSession {
    /// The user wants to go on in the system browser: the shell, which can open one, is told.
    async fn ask_for_browser(&self) -> Result<Taken, DeskError> {
        if self.is_over().await {
            return Ok(Taken::Ended);
        }
        self.links.session.emit(DeskEvent::LinkInBrowser {
            session_id: self.session_id.clone(),
        });
        Ok(Taken::Yes)
    }

    async fn keep_event(&self, event: Event) -> Result<Taken, DeskError> {
        let (id, now) = (self.session_id.clone(), self.links.session.now());
        self.links
            .session
            .store
            .write(move |transaction| table::add_event(transaction, &id, &event, now))
            .await?;
        self.links.emit_changed(&self.session_id, false);
        Ok(Taken::Yes)
    }

    async fn succeed(&self, grant: Grant) -> Result<Taken, DeskError> {
        let id = &self.session_id;
        match self.links.accept_grant(id, grant, self.repairs()).await? {
            Step::Taken => {
                self.links.follow_up(id, self.repairs().cloned());
                Ok(Taken::Yes)
            }
            // Posted twice while it is being exchanged: it was taken the first time.
            Step::TooLate if !self.is_over().await => Ok(Taken::Yes),
            Step::TooLate => Ok(Taken::Ended),
        }
    }

    async fn exit(&self, post: ExitPost) -> Result<Taken, DeskError> {
        self.keep_event(callback::exit_event(&post)).await?;
        let id = &self.session_id;
        let exit = callback::exit_of(&post);
        let step = match self.despite(&exit).await {
            Ok(Found::Grant(grant)) => return self.succeed(*grant).await,
            Ok(Found::Repaired) => {
                let step = self.links.accept_repair(id).await?;
                if step == Step::Taken {
                    self.links.follow_up(id, self.repairs().cloned());
                }
                step
            }
            Ok(_) => self.links.end_session(id, exit).await?,
            Err(error) => {
                // As when the window is closed by hand: Plaid is asked until it answers.
                self.links.end_link(id);

                self.links
                    .clone()
                    .take_up_after(id.clone(), Err(error))
                    .await?;
                Step::Taken
            }
        };
        match step {
            Step::Taken => Ok(Taken::Yes),
            Step::TooLate => Ok(Taken::Ended),
        }
    }

    /// What the session has come to although the person left.
    async fn despite(&self, exit: &End) -> Result<Found, DeskError> {
        // Healed while Link was open: there is nothing to sign in for.
        if self.repairs().is_some() && callback::works_already(exit) {
            return Ok(Found::Repaired);
        }
        let Some(link_session) = self.links.unfinished(&self.session_id).await? else {
            return Ok(Found::Nothing);
        };
        if !matches!(link_session.state, LinkState::Created | LinkState::Opened) {
            return Ok(Found::Nothing);
        }
        let asked = self.links.look_up_despite_exit(&link_session);
        tokio::time::timeout(QUICK, asked)
            .await
            .unwrap_or(Err(DeskError::Cancelled))
    }
}
