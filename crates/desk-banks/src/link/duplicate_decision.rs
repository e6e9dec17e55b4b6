//! Asks the user about a grant that looks like a linked bank. Without an answer, the grant is kept when the decision
//! time is over or when the environment closes, so a granted bank is never lost.

use std::time::Duration;

use plaid::ItemId;

use super::{
    duplicate_detection,
    grants_table::{self, DECISION_TIME, GrantDecision},
    sessions_table::StateChange,
    view::{DuplicateChoice, LinkSessionView},
};
use crate::link::Links;
use desk_core::{DeskError, moment::Moment};

/// Compare with the wall clock this often, because a sleeping computer's timers do not advance.
const POLL_INTERVAL: Duration = Duration::from_secs(5);

impl Links {
    pub async fn decide(
        &self,
        session_id: &str,
        choice: DuplicateChoice,
    ) -> Result<LinkSessionView, DeskError> {
        let id = session_id.to_owned();
        let decided = self
            .session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                let decision = match choice {
                    DuplicateChoice::KeepBoth => GrantDecision::KeepBoth,
                    DuplicateChoice::Discard => GrantDecision::Withdraw,
                    DuplicateChoice::Replace { item_id } => {
                        let duplicates = duplicate_detection::find_for_session(transaction, &id)?;
                        if !duplicates.iter().any(|item| item.item_id == item_id) {
                            return Err(not_a_duplicate());
                        }
                        GrantDecision::Replace(ItemId::new(item_id))
                    }
                };
                grants_table::store_decision(transaction, &id, &decision)
            });
        match decided.await? {
            StateChange::Applied => {
                self.emit_session_changed(session_id, false);
                self.finish_in_background(session_id, None);
                self.get(session_id).await
            }
            StateChange::TooLate => Err(DeskError::NotFound("A bank to decide about")),
        }
    }

    /// Waits until the user has decided, or keeps the grant when the decision time is over.
    pub(crate) async fn wait_for_decision(&self, session_id: &str) -> DecisionWait {
        let mut waiting = false;
        loop {
            match self.get_decision_time_left(session_id).await {
                // No decision needed. If we waited, then whoever decided also continues with the grant.
                Ok(None) if waiting => return DecisionWait::Skip,
                Ok(None) => return DecisionWait::Exchange,
                Ok(Some(left)) if left.is_zero() => match self.keep_grant(session_id).await {
                    Ok(StateChange::Applied) => return DecisionWait::Exchange,
                    Ok(StateChange::TooLate) => return DecisionWait::Skip,
                    Err(error) => tracing::error!(%error, "a grant could not be kept yet"),
                },
                Ok(Some(_)) => {}
                Err(DeskError::NothingOpen) => return DecisionWait::Skip,
                Err(error) => tracing::error!(%error, "a grant could not be read"),
            }
            waiting = true;
            tokio::select! {
                () = self.session.cancel.cancelled() => return DecisionWait::Skip,
                () = tokio::time::sleep(POLL_INTERVAL) => {}
            }
        }
    }

    /// Returns None when there is nothing to decide.
    async fn get_decision_time_left(
        &self,
        session_id: &str,
    ) -> Result<Option<Duration>, DeskError> {
        let id = session_id.to_owned();
        let granted = self
            .session
            .store
            .read(move |connection| grants_table::find_pending_grant(connection, &id))
            .await?;
        let held = granted.filter(|granted| granted.decision.is_none());
        let now = Moment::from(self.session.now()).timestamp();
        Ok(held.map(|held| {
            let until = held.succeeded_at.after(DECISION_TIME).timestamp();
            Duration::try_from(until.duration_since(now)).unwrap_or_default()
        }))
    }

    /// Keeps an undecided grant. The likely duplicates are shown with the Items.
    async fn keep_grant(&self, session_id: &str) -> Result<StateChange, DeskError> {
        let id = session_id.to_owned();
        let step = self
            .session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                grants_table::store_decision(transaction, &id, &GrantDecision::Keep)
            })
            .await?;
        if step == StateChange::Applied {
            self.emit_session_changed(session_id, false);
        }
        Ok(step)
    }

    /// Keeps every undecided grant before the environment closes: by the next start its public token may be too old.
    pub(crate) async fn keep_undecided_grants(&self) -> Result<(), DeskError> {
        for session_id in self
            .session
            .store
            .read(grants_table::list_undecided)
            .await?
        {
            if self.keep_grant(&session_id).await? == StateChange::Applied {
                let links = self.clone();
                self.session.spawn(async move {
                    if let Err(error) = links.exchange_public_token(&session_id).await {
                        tracing::info!(%error, "a grant is exchanged when its environment is opened again");
                    }
                });
            }
        }
        Ok(())
    }
}

fn not_a_duplicate() -> DeskError {
    DeskError::invalid(
        "itemId",
        "This bank is not one of those the new one looks like.",
    )
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DecisionWait {
    Exchange,
    /// Someone else handles the grant, or the next start does.
    Skip,
}
