//! Opting an Item in to Signal. One that was linked for balances only is opted in by the user's first evaluation of
//! one of its accounts, once.

use crate::evaluations::Evaluations;
use desk_banks::items::table::{self, ForSignal, ItemKey};

impl Evaluations {
    /// Calls /signal/prepare if it is needed. What Plaid itself refuses is no reason not to evaluate.
    ///
    /// # Errors
    /// Plaid could not be reached.
    pub(super) async fn prepare_item(&self, key: &ItemKey) -> Result<(), plaid::Error> {
        if key.signal == ForSignal::OptedIn {
            return Ok(());
        }
        match self.session.client.signal_prepare(&key.access_token).await {
            Ok(_) => {}
            Err(error @ (plaid::Error::Api(_) | plaid::Error::UnexpectedShape { .. })) => {
                tracing::warn!(%error, "an Item could not be opted in to Signal; it is evaluated all the same");
                return Ok(());
            }
            Err(error) => return Err(error),
        }
        let (item_id, now) = (key.item_id.clone(), self.session.now());
        let noted = self
            .session
            .store
            .write(move |transaction| table::set_prepared(transaction, &item_id, now));
        if let Err(error) = noted.await {
            // Then it is opted in once more, which changes nothing.
            tracing::warn!(%error, "it could not be noted that an Item is opted in to Signal");
        }
        Ok(())
    }
}
