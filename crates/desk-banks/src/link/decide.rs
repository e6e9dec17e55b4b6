//! The user's decision about a grant that looks like something linked already. Nobody has to be there: a bank that has
//! agreed is kept when the time for deciding is over, or when the environment is left.

use std::time::Duration;

use plaid::ItemId;

use super::{
    duplicates,
    grants::{self, DECISION_TIME, Fate},
    table::Step,
    view::{DuplicateChoice, LinkSessionView},
};
use crate::link::Links;
use desk_core::{DeskError, moment::Moment};

/// How often the time of day is looked at: a computer that slept has not waited.
const BETWEEN_LOOKS: Duration = Duration::from_secs(5);

impl Links {
    /// Decides about a grant that is held because it looks like something linked already.
    ///
    /// # Errors
    /// `NotFound` when it waits for no decision (any more); field `itemId` when the grant does not look like that Item.
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
                let fate = match choice {
                    DuplicateChoice::KeepBoth => Fate::KeepBoth,
                    DuplicateChoice::Discard => Fate::Withdraw,
                    DuplicateChoice::Replace { item_id } => {
                        let alike = duplicates::of_session(transaction, &id)?;
                        if !alike.iter().any(|item| item.item_id == item_id) {
                            return Err(not_alike());
                        }
                        Fate::Replace(ItemId::new(item_id))
                    }
                };
                grants::decide(transaction, &id, &fate)
            });
        match decided.await? {
            Step::Taken => {
                self.emit_changed(session_id, false);
                self.follow_up(session_id, None);
                self.view_of(session_id).await
            }
            Step::TooLate => Err(DeskError::NotFound("A bank to decide about")),
        }
    }
}

fn not_alike() -> DeskError {
    DeskError::invalid(
        "itemId",
        "This bank is not one of those the new one looks like.",
    )
}

/// Whether a grant may be exchanged now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waited {
    /// It may.
    Over,
    /// Somebody else sees to it, or it is seen to at the next start.
    NotOurs,
}

impl Links {
    /// Waits until the time for deciding about a grant is over, if it needs a decision, and keeps it then.
    pub(crate) async fn wait_for_decision(&self, session_id: &str) -> Waited {
        let mut waiting = false;
        loop {
            match self.decision_time_left(session_id).await {
                // It needs none. Once it was waited for, whoever decided goes on with it.
                Ok(None) if waiting => return Waited::NotOurs,
                Ok(None) => return Waited::Over,
                Ok(Some(left)) if left.is_zero() => match self.keep_grant(session_id).await {
                    Ok(Step::Taken) => return Waited::Over,
                    Ok(Step::TooLate) => return Waited::NotOurs,
                    Err(error) => tracing::error!(%error, "a grant could not be kept yet"),
                },
                Ok(Some(_)) => {}
                Err(DeskError::NothingOpen) => return Waited::NotOurs,
                Err(error) => tracing::error!(%error, "a grant could not be read"),
            }
            waiting = true;
            tokio::select! {
                () = self.session.cancel.cancelled() => return Waited::NotOurs,
                () = tokio::time::sleep(BETWEEN_LOOKS) => {}
            }
        }
    }

    /// How long the user may decide still; none when there is nothing to decide.
    async fn decision_time_left(&self, session_id: &str) -> Result<Option<Duration>, DeskError> {
        let id = session_id.to_owned();
        let granted = self
            .session
            .store
            .read(move |connection| grants::granted(connection, &id))
            .await?;
        let held = granted.filter(|granted| granted.fate.is_none());
        let now = Moment::from(self.session.now()).timestamp();
        Ok(held.map(|held| {
            let until = held.succeeded_at.after(DECISION_TIME).timestamp();
            Duration::try_from(until.duration_since(now)).unwrap_or_default()
        }))
    }

    /// Keeps a grant about which nobody has decided; what it looks like is shown with the Items.
    async fn keep_grant(&self, session_id: &str) -> Result<Step, DeskError> {
        let id = session_id.to_owned();
        let step = self
            .session
            .store
            .write(move |transaction| grants::decide(transaction, &id, &Fate::Keep))
            .await?;
        if step == Step::Taken {
            self.emit_changed(session_id, false);
        }
        Ok(step)
    }

    /// Keeps every grant about which nobody has decided, because the environment is left: its public token may be too old
    /// when it is opened again.
    pub(crate) async fn keep_all_grants(&self) -> Result<(), DeskError> {
        for session_id in self.session.store.read(grants::held).await? {
            if self.keep_grant(&session_id).await? == Step::Taken {
                let task_session = self.clone();
                self.session.spawn(async move {
                    if let Err(error) = task_session.exchange_once(&session_id).await {
                        tracing::info!(%error, "a grant is exchanged when its environment is opened again");
                    }
                });
            }
        }
        Ok(())
    }
}
