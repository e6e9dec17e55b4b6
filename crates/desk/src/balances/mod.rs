//! Balances: reading them live at Plaid's pace, keeping every reading, summing the newest.

pub(crate) mod pacing;
pub(crate) mod refresh;
pub(crate) mod table;
pub(crate) mod totals;
pub mod view;

use self::{
    table::Newest,
    view::{ReadingView, RefreshOutcome, RefreshProgress, RefreshScope},
};
use crate::{Desk, DeskError};

/// The most readings answered at once.
const MOST_READINGS: u32 = 10_000;

impl Desk {
    /// Reads live balances (/accounts/balance/get, billed per Item) and stores each Item's before telling its
    /// progress. Items that fail are listed in the outcome; the others go on.
    ///
    /// # Errors
    /// `AlreadyRunning`, or `NotFound` when what is to be refreshed is not there.
    pub async fn balances_refresh(
        &self,
        scope: RefreshScope,
        progress: impl Fn(RefreshProgress) + Send + Sync,
    ) -> Result<RefreshOutcome, DeskError> {
        let env = self.open()?;
        refresh::run(self, &env, scope, &progress).await
    }

    /// Stops the refresh that is running, if one is. What is stored stays.
    pub fn balances_cancel(&self) {
        if let Ok(env) = self.open() {
            env.work.refresh.cancel();
        }
    }

    /// The newest readings of an account, the newest first.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn account_readings(
        &self,
        account_id: &str,
        limit: u32,
    ) -> Result<Vec<ReadingView>, DeskError> {
        let account_id = account_id.to_owned();
        let how_many = Newest(limit.min(MOST_READINGS));
        self.open()?
            .store
            .read(move |connection| table::newest(connection, &account_id, how_many))
            .await
    }
}
