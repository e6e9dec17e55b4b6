//! Cached balances when an environment is opened, for those who want it: /accounts/get of every Item, which is free.

use futures_util::{StreamExt, stream};
use plaid::ItemId;

use super::{table as readings, view::ReadingSource};
use crate::{
    balances::Balances,
    items::table::{self, ItemState, Listing},
};
use desk_core::{DeskError, calls::rate_limits::FreeRead, event::DeskEvent, settings};

/// Calls under way at the same time.
const AT_ONCE: usize = 4;

impl Balances {
    /// Reads the cached balances of every Item, if the user has chosen so.
    pub async fn read_cached_on_open(self) {
        let chosen = self
            .session
            .store
            .read(|connection| -> Result<_, DeskError> {
                if settings::read(connection)?.refresh_cached_on_open {
                    table::items_in(connection, ItemState::Active)
                } else {
                    Ok(Vec::new())
                }
            });
        let item_ids = match chosen.await {
            Ok(item_ids) => item_ids,
            Err(error) => {
                tracing::warn!(%error, "what is to be refreshed could not be read");
                return;
            }
        };
        let all = stream::iter(item_ids).for_each_concurrent(AT_ONCE, |item_id| {
            let this = &self;
            async move {
                if let Err(error) = this.read_cached(&item_id).await {
                    tracing::info!(%error, "cached balances could not be refreshed");
                }
            }
        });
        // It can be cut short anywhere: each Item is one question and one transaction.
        tokio::select! {
            biased;
            () = self.session.cancel.cancelled() => {}
            () = all => {}
        }
    }

    async fn read_cached(&self, item_id: &ItemId) -> Result<(), DeskError> {
        let _in_use = self.items.gates.shared(item_id).await;
        let key = self.items.active_key(item_id).await?;
        let client = self.support.client_for(item_id);
        let request = || client.accounts_get(&key.access_token);
        let asked = self
            .calls
            .pacing
            .read(FreeRead::Accounts, Some(item_id), request);
        let answer = match asked.await {
            Ok(answer) => answer,
            Err(error) => return Err(self.items.note_failure(item_id, error).await),
        };
        let (id, now) = (item_id.clone(), self.session.now());
        self.session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                let (source, listing) = (ReadingSource::Cached, Listing::Complete);
                readings::record(transaction, &id, &answer, source, listing, now)
            })
            .await?;
        self.session.emit(DeskEvent::ItemsChanged);
        Ok(())
    }
}
