//! Opts an Item in to Signal before the first evaluation of one of its accounts. Only an Item linked for balances
//! needs this, once.

use crate::evaluations::Evaluations;
use desk_banks::items::table::{self, ForSignal, ItemKey};

impl Evaluations {
    /// Calls /signal/prepare if needed. An error from Plaid itself doesn't stop the evaluation.
    ///
    /// # Errors
    /// Plaid could not be reached.
    pub(super) async fn opt_in_item(&self, key: &ItemKey) -> Result<(), plaid::Error> {
        if key.signal == ForSignal::OptedIn {
            return Ok(());
        }
        match self.session.client.signal_prepare(&key.access_token).await {
            Ok(_) => {}
            Err(error @ (plaid::Error::Api(_) | plaid::Error::UnexpectedShape { .. })) => {
                tracing::warn!(%error, "could not opt an Item in to Signal; evaluating anyway");
                return Ok(());
            }
            Err(error) => return Err(error),
        }
        let (item_id, now) = (key.item_id.clone(), self.session.now());
        let saved = self
            .session
            .store
            .write(move |transaction| table::set_prepared(transaction, &item_id, now));
        if let Err(error) = saved.await {
            // The next evaluation opts the Item in again, which changes nothing at Plaid.
            tracing::warn!(%error, "could not save that an Item is opted in to Signal");
        }
        Ok(())
    }
}
