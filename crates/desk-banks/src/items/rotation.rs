//! The rotation of an Item's access token. The answer holds the only copy of the new token, and the old one is dead by
//! then: so the database is tried before Plaid is asked, and the answer is stored before anything else is done.

use plaid::{ItemId, SideEffect};

use super::table;
use crate::items::Items;
use desk_core::{DeskError, event::DeskEvent, kill, persist::keep_trying};

impl Items {
    pub(super) async fn run_rotation(self, item_id: ItemId) -> Result<(), DeskError> {
        // Held until the new token is stored.
        let alone = (
            self.gates.alone_soon(&item_id).await?,
            self.session.token_call(),
        );
        let key = self.active_key(&item_id).await?;
        // A start after a crash can tell by this what became of the token; and a disk that takes nothing is seen before
        // Plaid is asked.
        let (id, now) = (item_id.clone(), self.session.now());
        self.session
            .store
            .write(move |transaction| table::begin_rotation(transaction, &id, now))
            .await?;
        kill::point("rotate.asked");
        let rotated = self
            .session
            .client
            .item_access_token_invalidate(&key.access_token)
            .await;
        kill::point("rotate.answered");
        let new_token = match rotated {
            Ok(rotated) => rotated.new_access_token,
            Err(error) => {
                let unknown = error.side_effect() == SideEffect::Possible;
                let error = self.note_failure(&item_id, error).await;
                drop(alone);
                return Err(self.note_failed_rotation(&item_id, unknown, error).await);
            }
        };
        let stored = keep_trying(
            &self.session,
            "the new access token",
            alone,
            move |transaction| table::replace_token(transaction, &item_id, &new_token),
        );
        stored.await?;
        kill::point("rotate.stored");
        self.session.emit(DeskEvent::ItemsChanged);
        Ok(())
    }

    /// After a rotation without an answer the old token may be dead and the new one lost: what can be known is found out
    /// and noted.
    async fn note_failed_rotation(
        &self,
        item_id: &ItemId,
        unknown: bool,
        error: DeskError,
    ) -> DeskError {
        let outcome = if unknown {
            self.check(item_id).await
        } else {
            let id = item_id.clone();
            self.session
                .store
                .write(move |transaction| table::end_rotation(transaction, &id))
                .await
        };
        if let Err(error) = outcome {
            tracing::warn!(%error, "what became of a rotation is not known yet");
        }
        error
    }
}
