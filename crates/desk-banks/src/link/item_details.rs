//! Loads what completes a new or repaired Item: accounts, health, and institution.

use plaid::{InstitutionOptions, ItemId};

use super::{
    duplicate_detection::{self, DuplicateNotice},
    settings_transfer,
};
use crate::{
    balances::{table as readings, view::ReadingSource},
    items::{table as items_table, table::Listing},
    link::Links,
};
use desk_core::{DeskError, calls::rate_limits::FreeRead, event::DeskEvent, settings};

impl Links {
    /// A failure here cannot lose the Item. The next check or refresh loads whatever is missing.
    pub(super) async fn load_item_details(&self, item_id: &ItemId) {
        let all = async {
            for (what, outcome) in [
                ("accounts", self.load_accounts(item_id).await),
                ("state", self.items.check(item_id).await),
                ("institution", self.load_institution(item_id).await),
            ] {
                if let Err(error) = outcome {
                    tracing::warn!(%error, "the {what} of an Item could not be read yet");
                }
            }
        };
        tokio::select! {
            biased;
            () = self.session.cancel.cancelled() => {}
            () = all => {}
        }
        self.session.emit(DeskEvent::ItemsChanged);
    }

    pub(super) async fn reload_repaired_item(&self, item_id: &ItemId) {
        // Plaid just confirmed the login. The check below reports anything else.
        if let Err(error) = self.items.note_repaired(item_id).await {
            tracing::warn!(%error, "the health of an Item could not be noted");
        }
        self.load_item_details(item_id).await;
    }

    /// Accounts and Plaid's cached balances (/accounts/get).
    async fn load_accounts(&self, item_id: &ItemId) -> Result<(), DeskError> {
        let _in_use = self.items.gates.shared(item_id).await;
        let key = self.items.active_key(item_id).await?;
        let client = self.support.client_for(item_id);
        let request = || client.accounts_get(&key.access_token);
        let called = self
            .calls
            .pacing
            .read(FreeRead::Accounts, Some(item_id), request);
        let answer = match called.await {
            Ok(answer) => answer,
            Err(error) => return Err(self.items.note_failure(item_id, error).await),
        };
        let (item_id, now) = (item_id.clone(), self.session.now());
        self.session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                let source = ReadingSource::Cached;
                readings::record(
                    transaction,
                    &item_id,
                    &answer,
                    source,
                    Listing::Complete,
                    now,
                )?;
                // Only this answer contains persistent_account_id, so more accounts may match now.
                if let Some(old) = settings_transfer::find_replaced_item(transaction, &item_id)? {
                    settings_transfer::transfer_settings(transaction, &old, &item_id)?;
                }
                duplicate_detection::record_duplicates(
                    transaction,
                    &item_id,
                    DuplicateNotice::Shown,
                    now,
                )
            })
            .await
    }

    /// Name, logo, and color (/institutions/get_by_id).
    async fn load_institution(&self, item_id: &ItemId) -> Result<(), DeskError> {
        let key = self.items.key(item_id).await?;
        let Some(institution_id) = key.institution_id else {
            return Ok(());
        };
        let settings = self.session.store.read(settings::read).await?;
        let options = InstitutionOptions {
            include_optional_metadata: true,
            include_status: false,
        };
        let request = || {
            self.session.client.institutions_get_by_id(
                &institution_id,
                &settings.country_codes,
                options,
            )
        };
        let answer = self
            .calls
            .pacing
            .read(FreeRead::Institution, None, request)
            .await?;
        self.session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                items_table::set_institution(transaction, &answer.institution)
            })
            .await
    }
}
