//! The user's decision about a grant that looks like something linked already. Nobody has to be there: a bank that has
//! agreed is kept when the time for deciding is over, or when the environment is left.

use std::time::Duration;

use plaid::ItemId;

use super::{
    duplicates, finish,
    grants::{self, DECISION_TIME, Fate},
    table::Step,
    view::{DuplicateChoice, LinkSessionView},
    view_of,
};
use crate::{Desk, DeskError, Session, moment::Moment};

/// How often the time of day is looked at: a computer that slept has not waited.
const BETWEEN_LOOKS: Duration = Duration::from_secs(5);

impl Desk {
    /// Decides about a grant that is held because it looks like something linked already.
    ///
    /// # Errors
    /// `NotFound` when it waits for no decision (any more); field `itemId` when the grant does not look like that Item.
    pub async fn link_decide(
        &self,
        session_id: &str,
        choice: DuplicateChoice,
    ) -> Result<LinkSessionView, DeskError> {
        let session = self.open()?;
        let id = session_id.to_owned();
        let decided = session.store.write(move |transaction| {
            let fate = match choice {
                DuplicateChoice::KeepBoth => Fate::KeepBoth,
                DuplicateChoice::Discard => Fate::Withdraw,
                DuplicateChoice::Replace { item_id } => {
                    let alike = duplicates::of_session(transaction, &id)?;
                    if !alike.iter().any(|item| item.item_id == item_id) {
                        return Err(not_alike().into());
                    }
                    Fate::Replace(ItemId::new(item_id))
                }
            };
            grants::decide(transaction, &id, &fate)
        });
        match decided.await? {
            Step::Taken => {
                finish::tell(&session, session_id, false);
                finish::follow_up(&session, session_id, None);
                view_of(&session, session_id).await
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

/// Waits until the time for deciding about a grant is over, if it needs a decision, and keeps it then.
pub(crate) async fn wait(session: &Session, session_id: &str) -> Waited {
    let mut waiting = false;
    loop {
        match left(session, session_id).await {
            // It needs none. Once it was waited for, whoever decided goes on with it.
            Ok(None) if waiting => return Waited::NotOurs,
            Ok(None) => return Waited::Over,
            Ok(Some(left)) if left.is_zero() => match keep(session, session_id).await {
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
            () = session.cancel.cancelled() => return Waited::NotOurs,
            () = tokio::time::sleep(BETWEEN_LOOKS) => {}
        }
    }
}

/// How long the user may decide still; none when there is nothing to decide.
async fn left(session: &Session, session_id: &str) -> Result<Option<Duration>, DeskError> {
    let id = session_id.to_owned();
    let granted = session
        .store
        .read(move |connection| grants::granted(connection, &id))
        .await?;
    let held = granted.filter(|granted| granted.fate.is_none());
    let now = Moment::from(session.now()).timestamp();
    Ok(held.map(|held| {
        let until = held.succeeded_at.after(DECISION_TIME).timestamp();
        Duration::try_from(until.duration_since(now)).unwrap_or_default()
    }))
}

/// Keeps a grant about which nobody has decided; what it looks like is shown with the Items.
async fn keep(session: &Session, session_id: &str) -> Result<Step, DeskError> {
    let id = session_id.to_owned();
    let step = session
        .store
        .write(move |transaction| grants::decide(transaction, &id, &Fate::Keep))
        .await?;
    if step == Step::Taken {
        finish::tell(session, session_id, false);
    }
    Ok(step)
}

/// Keeps every grant about which nobody has decided, because the environment is left: its public token may be too old
/// when it is opened again.
pub(crate) async fn keep_all(session: &Session) -> Result<(), DeskError> {
    for session_id in session.store.read(grants::held).await? {
        if keep(session, &session_id).await? == Step::Taken {
            let task_session = session.clone();
            session.spawn(async move {
                if let Err(error) = finish::exchange_once(&task_session, &session_id).await {
                    tracing::info!(%error, "a grant is exchanged when its environment is opened again");
                }
            });
        }
    }
    Ok(())
}
