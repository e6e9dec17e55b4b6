//! What was interrupted while linking is brought to its end: a granted Item is fetched, and a session without a window
//! is looked up at Plaid, when the environment is opened and when the window was closed by hand.

use std::time::Duration;

use super::{
    asked::Found,
    endings,
    finish::PUBLIC_TOKEN_LIFE,
    grants,
    table::{self, End, Step, Unfinished},
    view::{LinkState, LinkWay},
    watch::{self, RESULTS_KEPT},
};
use crate::link::Links;
use desk_core::{
    DeskError,
    moment::Moment,
    problem::{Problem, ProblemKind},
};

/// The first and the longest pause before Plaid is asked again after it could not be.
const PAUSES: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(60));

/// How often Plaid must say that a session without a window is under way before it is given up: what the bank decides
/// in the last moment is known to Plaid a little later.
const LOOKS: u32 = 3;

/// The pause between these.
const BETWEEN_LOOKS: Duration = Duration::from_secs(4);

/// How long somebody who waits lets Plaid be asked.
pub(super) const QUICK: Duration = Duration::from_secs(5);

/// A look at what became of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Somebody waits for it, and others follow.
    Quick,
    /// Others follow.
    Early,
    /// What is under way now is given up.
    Last,
}

/// What a look has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// The session has its end, or its grant.
    Settled,
    /// The bank may be deciding.
    UnderWay,
}

impl Links {
    /// Takes up every session that has not ended. First of all, public tokens that are too old are erased.
    pub(crate) async fn resume_sessions(self) {
        let sessions = match self.session.store.read(table::all_unfinished).await {
            Ok(sessions) => sessions,
            Err(error) => {
                tracing::error!(%error, "unfinished Link sessions could not be read");
                return;
            }
        };
        // One that the user has begun since is no interrupted one, though its link token may not have come yet.
        let interrupted =
            |link_session: &Unfinished| !self.live.was_begun(&link_session.session_id);
        let sessions: Vec<Unfinished> = sessions.into_iter().filter(interrupted).collect();
        for link_session in &sessions {
            if let Err(error) = self.erase_if_expired(link_session).await {
                tracing::error!(%error, "a public token that has expired could not be erased");
            }
        }
        let mut elsewhere = 0;
        for link_session in sessions {
            let id = link_session.session_id;
            if is_granted(link_session.state) {
                self.follow_up(&id, None);
            } else if link_session.way == LinkWay::Window {
                let task_session = self.clone();
                self.session
                    .spawn(async move { task_session.take_up(&id, 0).await });
            } else {
                self.watch_elsewhere(&id, watch::turn(elsewhere));
                elsewhere += 1;
            }
        }
    }
}

fn is_granted(state: LinkState) -> bool {
    matches!(state, LinkState::Succeeded | LinkState::Held)
}

impl Links {
    async fn erase_if_expired(&self, link_session: &Unfinished) -> Result<(), DeskError> {
        if !is_granted(link_session.state) {
            return Ok(());
        }
        let id = link_session.session_id.clone();
        let granted = self
            .session
            .store
            .read(move |connection| grants::granted(connection, &id))
            .await?;
        match granted {
            Some(granted)
                if Moment::from(self.session.now())
                    > granted.succeeded_at.after(PUBLIC_TOKEN_LIFE) =>
            {
                self.erase_expired(&link_session.session_id, &granted).await
            }
            _ => Ok(()),
        }
    }

    /// Goes on looking after a first look that settled nothing, in the background.
    ///
    /// # Errors
    /// `Database`, `Disk`.
    pub(crate) async fn take_up_after(
        self,
        session_id: String,
        first: Result<Seen, DeskError>,
    ) -> Result<(), DeskError> {
        let looks = match first {
            Ok(Seen::Settled) => return Ok(()),
            Ok(Seen::UnderWay) => 1,
            Err(error) => {
                tracing::info!(%error, "Plaid could not be asked about a Link session yet");
                0
            }
        };
        let shown = self.show_as_closed(&session_id).await;
        let tracked = self.clone();
        tracked.session.spawn(async move {
            if looks == 0 || self.pause(BETWEEN_LOOKS).await {
                self.take_up(&session_id, looks).await;
            }
        });
        shown
    }

    /// Looks until a session is settled. `looks` have found it under way already.
    async fn take_up(&self, session_id: &str, mut looks: u32) {
        if let Err(error) = self.show_as_closed(session_id).await {
            tracing::warn!(%error, "a Link session could not be shown as closed");
        }
        let (mut longer, longest) = PAUSES;
        loop {
            let look = if looks + 1 < LOOKS {
                Look::Early
            } else {
                Look::Last
            };
            let wait = match self.look_up(session_id, look).await {
                Ok(Seen::Settled) | Err(DeskError::NothingOpen) => return,
                Ok(Seen::UnderWay) => {
                    looks += 1;
                    BETWEEN_LOOKS
                }
                Err(error) => {
                    tracing::info!(%error, "Plaid could not be asked about a Link session yet");
                    let wait = longer;
                    longer = (longer * 2).min(longest);
                    wait
                }
            };
            if !self.pause(wait).await {
                return;
            }
        }
    }

    /// Whether the environment is open still after a pause.
    pub(super) async fn pause(&self, wait: Duration) -> bool {
        tokio::select! {
            () = self.session.cancel.cancelled() => false,
            () = tokio::time::sleep(wait) => true,
        }
    }

    /// Finds out how a session ended, and ends it so here.
    ///
    /// # Errors
    /// Why Plaid could not be asked: the session stays as it is.
    pub(crate) async fn look_up(&self, session_id: &str, look: Look) -> Result<Seen, DeskError> {
        let Some(link_session) = self.unfinished(session_id).await? else {
            return Ok(Seen::Settled);
        };
        // Whoever took the grant sees to it, and what goes on elsewhere is watched there.
        if is_granted(link_session.state) || link_session.way != LinkWay::Window {
            return Ok(Seen::Settled);
        }
        let Some(link_token) = &link_session.link_token else {
            self.end_lookup(
                &link_session,
                endings::closed(link_session.repairs.as_ref()),
            )
            .await?;
            return Ok(Seen::Settled);
        };
        let now = Moment::from(self.session.now());
        let expires_at = link_session.link_token_expires_at.unwrap_or(now);
        // Plaid knows so much longer what became of it.
        if now > expires_at.after(RESULTS_KEPT) {
            let expired = endings::expired(link_session.repairs.as_ref());
            self.end_lookup(&link_session, expired).await?;
            return Ok(Seen::Settled);
        }
        let asked = self.look_up_result(&link_session, link_token);
        let found = match look {
            Look::Quick => tokio::time::timeout(QUICK, asked)
                .await
                .unwrap_or(Err(DeskError::Cancelled))?,
            Look::Early | Look::Last => asked.await?,
        };
        self.settle_lookup(&link_session, found, look).await
    }

    /// Ends a session as Plaid knows it.
    async fn settle_lookup(
        &self,
        link_session: &Unfinished,
        found: Found,
        look: Look,
    ) -> Result<Seen, DeskError> {
        let id = &link_session.session_id;
        match found {
            Found::Grant(grant) => {
                let step = self
                    .accept_grant(id, *grant, link_session.repairs.as_ref())
                    .await?;
                if step == Step::Taken {
                    self.follow_up(id, link_session.repairs.clone());
                }
            }
            Found::Repaired => {
                if self.accept_repair(id).await? == Step::Taken {
                    self.follow_up(id, link_session.repairs.clone());
                }
            }
            Found::Exit(exit) => self.end_lookup(link_session, *exit).await?,
            Found::UnderWay if look != Look::Last => return Ok(Seen::UnderWay),
            Found::UnderWay | Found::Nothing => {
                let now = Moment::from(self.session.now());
                let ran_out = link_session
                    .link_token_expires_at
                    .is_some_and(|at| at < now);
                let repairs = link_session.repairs.as_ref();
                let nothing = if ran_out {
                    endings::expired(repairs)
                } else {
                    endings::closed(repairs)
                };
                self.end_lookup(link_session, nothing).await?;
            }
        }
        Ok(Seen::Settled)
    }

    /// Ends a session that came to nothing.
    async fn end_lookup(&self, link_session: &Unfinished, end: End) -> Result<(), DeskError> {
        self.end_session(&link_session.session_id, end).await?;
        Ok(())
    }

    /// Says on the screen that the window is gone and the end is being found out.
    async fn show_as_closed(&self, session_id: &str) -> Result<(), DeskError> {
        let id = session_id.to_owned();
        let step = self
            .session
            .store
            .write(move |transaction| table::look_up(transaction, &id, &looked_up()))
            .await?;
        if step == Step::Taken {
            self.emit_changed(session_id, false);
        }
        Ok(())
    }
}

fn looked_up() -> Problem {
    Problem::new(
        ProblemKind::Cancelled,
        "The Link window was closed. Balance Desk asks Plaid whether the bank agreed, until Plaid answers; what was granted is not lost.",
    )
}
