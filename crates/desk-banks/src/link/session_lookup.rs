//! Recovers interrupted sessions when the environment opens or the window closes: exchanges what was granted, and
//! asks Plaid about sessions without a window.

use std::time::Duration;

use super::{
    grants_table,
    public_token_exchange::PUBLIC_TOKEN_LIFE,
    remote_sessions::{self, RESULTS_KEPT},
    session_ends,
    session_outcome::SessionOutcome,
    sessions_table::{self, StateChange, UnfinishedSession},
    view::{LinkState, LinkWay},
};
use crate::link::Links;
use desk_core::{
    DeskError,
    moment::Moment,
    problem::{Problem, ProblemKind},
};

/// First and longest pause after Plaid could not be asked.
const RETRY_PAUSES: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(60));

/// How often Plaid must report a session without a window as open before we give it up. Plaid learns of the bank's
/// last decision with a delay.
const MAX_LOOKUPS: u32 = 3;

const LOOKUP_INTERVAL: Duration = Duration::from_secs(4);

/// The limit while someone is waiting for the answer.
pub(super) const QUICK_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookupAttempt {
    /// Someone is waiting, and more attempts follow.
    Quick,
    /// More attempts follow.
    Early,
    /// Gives up a session that is still open.
    Last,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LookupStatus {
    /// The session has ended or has a grant.
    Settled,
    /// The bank may still be deciding.
    UnderWay,
}

impl Links {
    /// Continues every session that has not ended. Erases expired public tokens first.
    pub async fn resume(self) {
        let sessions = match self
            .session
            .store
            .read(sessions_table::all_unfinished)
            .await
        {
            Ok(sessions) => sessions,
            Err(error) => {
                tracing::error!(%error, "unfinished Link sessions could not be read");
                return;
            }
        };
        // Skip sessions the user has started since: their link token may not have arrived yet.
        let interrupted = |link_session: &UnfinishedSession| {
            !self.window_slot.was_started(&link_session.session_id)
        };
        let sessions: Vec<UnfinishedSession> = sessions.into_iter().filter(interrupted).collect();
        for link_session in &sessions {
            if let Err(error) = self.expire_old_grant(link_session).await {
                tracing::error!(%error, "a public token that has expired could not be erased");
            }
        }
        let mut elsewhere = 0;
        for link_session in sessions {
            let id = link_session.session_id;
            if is_granted(link_session.state) {
                self.finish_in_background(&id, None);
            } else if link_session.way == LinkWay::Window {
                let links = self.clone();
                self.session
                    .spawn(async move { links.look_up_until_settled(&id, 0).await });
            } else {
                self.watch_remote_session(&id, remote_sessions::start_delay(elsewhere));
                elsewhere += 1;
            }
        }
    }

    async fn expire_old_grant(&self, link_session: &UnfinishedSession) -> Result<(), DeskError> {
        if !is_granted(link_session.state) {
            return Ok(());
        }
        let id = link_session.session_id.clone();
        let granted = self
            .session
            .store
            .read(move |connection| grants_table::find_pending_grant(connection, &id))
            .await?;
        match granted {
            Some(granted)
                if Moment::from(self.session.now())
                    > granted.succeeded_at.after(PUBLIC_TOKEN_LIFE) =>
            {
                self.expire_grant(&link_session.session_id, &granted).await
            }
            _ => Ok(()),
        }
    }

    /// Continues in the background after a first lookup.
    pub(crate) async fn continue_lookup(
        self,
        session_id: String,
        first: Result<LookupStatus, DeskError>,
    ) -> Result<(), DeskError> {
        let lookups = match first {
            Ok(LookupStatus::Settled) => return Ok(()),
            Ok(LookupStatus::UnderWay) => 1,
            Err(error) => {
                tracing::info!(%error, "Plaid could not be asked about a Link session yet");
                0
            }
        };
        let marked = self.mark_window_closed(&session_id).await;
        let session = self.session.clone();
        session.spawn(async move {
            if lookups == 0 || self.sleep_while_open(LOOKUP_INTERVAL).await {
                self.look_up_until_settled(&session_id, lookups).await;
            }
        });
        marked
    }

    /// Repeats until the session is settled. `lookups` counts how often Plaid already reported it as open.
    async fn look_up_until_settled(&self, session_id: &str, mut lookups: u32) {
        if let Err(error) = self.mark_window_closed(session_id).await {
            tracing::warn!(%error, "a Link session could not be shown as closed");
        }
        let (mut longer, longest) = RETRY_PAUSES;
        loop {
            let attempt = if lookups + 1 < MAX_LOOKUPS {
                LookupAttempt::Early
            } else {
                LookupAttempt::Last
            };
            let wait = match self.look_up_session(session_id, attempt).await {
                Ok(LookupStatus::Settled) | Err(DeskError::NothingOpen) => return,
                Ok(LookupStatus::UnderWay) => {
                    lookups += 1;
                    LOOKUP_INTERVAL
                }
                Err(error) => {
                    tracing::info!(%error, "Plaid could not be asked about a Link session yet");
                    let wait = longer;
                    longer = (longer * 2).min(longest);
                    wait
                }
            };
            if !self.sleep_while_open(wait).await {
                return;
            }
        }
    }

    /// Returns false when the environment closed during the pause.
    pub(super) async fn sleep_while_open(&self, wait: Duration) -> bool {
        tokio::select! {
            () = self.session.cancel.cancelled() => false,
            () = tokio::time::sleep(wait) => true,
        }
    }

    /// Finds out how a session in the window ended, and records that. Fails when Plaid cannot be asked. The session
    /// is unchanged then.
    pub(crate) async fn look_up_session(
        &self,
        session_id: &str,
        attempt: LookupAttempt,
    ) -> Result<LookupStatus, DeskError> {
        let Some(link_session) = self.find_unfinished(session_id).await? else {
            return Ok(LookupStatus::Settled);
        };
        // Others continue with grants and with sessions outside the window.
        if is_granted(link_session.state) || link_session.way != LinkWay::Window {
            return Ok(LookupStatus::Settled);
        }
        let Some(link_token) = &link_session.link_token else {
            self.end_session(
                &link_session.session_id,
                session_ends::window_closed(link_session.repairs.as_ref()),
            )
            .await?;
            return Ok(LookupStatus::Settled);
        };
        let now = Moment::from(self.session.now());
        let expires_at = link_session.link_token_expires_at.unwrap_or(now);
        // Plaid no longer knows how the session ended.
        if now > expires_at.after(RESULTS_KEPT) {
            let expired = session_ends::time_ran_out(link_session.repairs.as_ref());
            self.end_session(&link_session.session_id, expired).await?;
            return Ok(LookupStatus::Settled);
        }
        let asked = self.look_up_outcome(&link_session, link_token);
        let found = match attempt {
            LookupAttempt::Quick => tokio::time::timeout(QUICK_TIMEOUT, asked)
                .await
                .unwrap_or(Err(DeskError::Cancelled))?,
            LookupAttempt::Early | LookupAttempt::Last => asked.await?,
        };
        self.apply_outcome(&link_session, found, attempt).await
    }

    async fn apply_outcome(
        &self,
        link_session: &UnfinishedSession,
        found: SessionOutcome,
        attempt: LookupAttempt,
    ) -> Result<LookupStatus, DeskError> {
        let id = &link_session.session_id;
        match found {
            SessionOutcome::Grant(grant) => {
                self.accept_grant(id, *grant, link_session.repairs.as_ref())
                    .await?;
            }
            SessionOutcome::Repaired(item_id) => {
                self.accept_repair(id, &item_id).await?;
            }
            SessionOutcome::Exit(exit) => {
                self.end_session(&link_session.session_id, *exit).await?;
            }
            SessionOutcome::UnderWay if attempt != LookupAttempt::Last => {
                return Ok(LookupStatus::UnderWay);
            }
            SessionOutcome::UnderWay | SessionOutcome::Nothing => {
                let now = Moment::from(self.session.now());
                let ran_out = link_session
                    .link_token_expires_at
                    .is_some_and(|at| at < now);
                let repairs = link_session.repairs.as_ref();
                let nothing = if ran_out {
                    session_ends::time_ran_out(repairs)
                } else {
                    session_ends::window_closed(repairs)
                };
                self.end_session(&link_session.session_id, nothing).await?;
            }
        }
        Ok(LookupStatus::Settled)
    }

    /// Tells the user that the window is closed and the result is being looked up.
    async fn mark_window_closed(&self, session_id: &str) -> Result<(), DeskError> {
        let id = session_id.to_owned();
        let step = self
            .session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                sessions_table::set_problem(transaction, &id, &window_closed_problem())
            })
            .await?;
        if step == StateChange::Applied {
            self.emit_session_changed(session_id, false);
        }
        Ok(())
    }
}

fn is_granted(state: LinkState) -> bool {
    matches!(state, LinkState::Succeeded | LinkState::Held)
}

fn window_closed_problem() -> Problem {
    Problem::new(
        ProblemKind::Cancelled,
        "The Link window was closed. Balance Desk asks Plaid whether the bank agreed, until Plaid answers; what was granted is not lost.",
    )
}
