//! The end of an Item. It is noted before Plaid is told, told until Plaid agrees, however often the app is closed
//! meanwhile, and only then the token is erased.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use plaid::ItemId;

use super::{
    table,
    view::{ItemRemoved, RemovalOutcome},
};
use crate::items::Items;
use desk_core::{
    DeskError,
    event::DeskEvent,
    kill,
    problem::{NextAction, Problem, ProblemKind},
};

/// The first and the longest pause before a removal is asked of Plaid again.
const PAUSES: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(10 * 60));

/// The removals that are being asked for again and again.
#[derive(Default)]
pub(crate) struct Removals(Mutex<HashSet<ItemId>>);

impl Removals {
    /// Whether nobody settles this one yet.
    fn take(&self, item_id: &ItemId) -> bool {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        taken.insert(item_id.clone())
    }

    fn give_back(&self, item_id: &ItemId) {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        taken.remove(item_id);
    }
}

impl Items {
    /// Removes an Item, or has it removed as soon as Plaid can be told.
    pub(super) async fn run_removal(self, item_id: ItemId) -> Result<ItemRemoved, DeskError> {
        let _alone = self.gates.alone_soon(&item_id).await?;
        let (id, now) = (item_id.clone(), self.session.now());
        let institution_name = self
            .session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                table::begin_removal(transaction, &id, now)?;
                Ok(table::item_key(transaction, &id)?.institution_name)
            })
            .await?;
        self.session.emit(DeskEvent::ItemsChanged);
        kill::point("remove.begun");
        match self.finish_removal(&item_id).await {
            Ok(removed) => Ok(removed),
            Err(error) => {
                let problem = self.note_delayed_removal(&item_id, &error).await;
                self.spawn_removal(item_id.clone(), PAUSES.0);
                Ok(ItemRemoved {
                    item_id: item_id.to_string(),
                    institution_name,
                    outcome: RemovalOutcome::Queued { problem },
                })
            }
        }
    }

    /// Tells Plaid, and then ends the Item here. An Item that Plaid does not know any more is removed; one whose token
    /// Plaid does not take can only be ended here. To be called with the Item alone.
    async fn finish_removal(&self, item_id: &ItemId) -> Result<ItemRemoved, DeskError> {
        let key = self.key(item_id).await?;
        let outcome = match self.session.client.item_remove(&key.access_token).await {
            Ok(_) => RemovalOutcome::Removed,
            Err(error) => match error.error_code() {
                Some("ITEM_NOT_FOUND") => RemovalOutcome::Removed,
                Some("INVALID_ACCESS_TOKEN") => {
                    tracing::warn!(%error, "an Item was ended here; Plaid may hold it still");
                    RemovalOutcome::EndedHere
                }
                _ => return Err(DeskError::from(error).for_item(item_id)),
            },
        };
        kill::point("remove.answered");
        let (id, now) = (item_id.clone(), self.session.now());
        self.session
            .store
            .write(move |transaction| table::end_removal(transaction, &id, now))
            .await?;
        kill::point("remove.recorded");
        self.session.emit(DeskEvent::ItemsChanged);
        Ok(ItemRemoved {
            item_id: key.item_id.to_string(),
            institution_name: key.institution_name,
            outcome,
        })
    }

    /// Notes why a removal is not at its end, and answers that in the words of a removal.
    async fn note_delayed_removal(&self, item_id: &ItemId, error: &DeskError) -> Problem {
        let problem = words(error);
        let (id, noted) = (item_id.clone(), problem.clone());
        let written = self
            .session
            .store
            .write(move |transaction| table::hinder_removal(transaction, &id, Some(&noted)))
            .await;
        if let Err(error) = written {
            tracing::warn!(%error, "why an Item could not be removed yet could not be noted");
        }
        self.session.emit(DeskEvent::ItemsChanged);
        problem
    }
}

fn words(error: &DeskError) -> Problem {
    let problem = Problem::from(error);
    let message = match problem.kind {
        ProblemKind::Disk | ProblemKind::Database => {
            "It is not on the disk yet that the Item is removed, because the disk refused. It is tried again by itself."
                .to_owned()
        }
        _ => format!(
            "Plaid could not be told yet. {} It is told again by itself, also after a restart.",
            problem.message
        ),
    };
    Problem {
        message,
        action: problem.action.clone().or(Some(NextAction::Retry)),
        ..problem
    }
}

impl Items {
    /// Asks Plaid to remove the Item until it agrees, with growing pauses. The removal has been noted before.
    pub(crate) fn remove_in_background(&self, item_id: ItemId) {
        self.spawn_removal(item_id, Duration::ZERO);
    }

    fn spawn_removal(&self, item_id: ItemId, first_pause: Duration) {
        if !self.removals.take(&item_id) {
            return;
        }
        let this = self.clone();
        self.session.spawn(async move {
            this.retry_removal(&item_id, first_pause).await;
            this.removals.give_back(&item_id);
        });
    }

    async fn retry_removal(&self, item_id: &ItemId, first_pause: Duration) {
        let (first, longest) = PAUSES;
        let (mut before, mut after) = (first_pause, first);
        loop {
            tokio::select! {
                () = self.session.cancel.cancelled() => return,
                () = tokio::time::sleep(before) => {}
            }
            (before, after) = (after, (after * 2).min(longest));
            let settled = match self.gates.alone(item_id) {
                Ok(_alone) => self.finish_removal(item_id).await,
                Err(busy) => Err(busy),
            };
            match settled {
                Ok(_) | Err(DeskError::NotFound(_) | DeskError::NothingOpen) => return,
                Err(DeskError::AlreadyRunning(_)) => {}
                Err(error) => {
                    tracing::info!(%error, "an Item could not be removed yet");
                    self.note_delayed_removal(item_id, &error).await;
                }
            }
        }
    }
}
