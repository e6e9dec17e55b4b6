//! Balances: reading them live at Plaid's pace, counting what is billed, keeping every reading, summing the newest.

mod asking;
mod batch;
pub(crate) mod billing;
pub(crate) mod cached;
pub(crate) mod early;
pub mod export;
pub mod history;
pub(crate) mod list;
pub mod list_view;
pub(crate) mod marks;
pub(crate) mod pacing;
pub(crate) mod plan;
pub(crate) mod queue;
pub(crate) mod refresh;
pub mod support;
pub(crate) mod table;
pub(crate) mod totals;
pub mod view;

use jiff::tz::TimeZone;

use self::{
    table::Newest,
    view::{BillingView, ReadingView, RefreshOutcome, RefreshPlan, RefreshProgress, RefreshScope},
};
use crate::{Desk, DeskError};

/// The most readings answered at once.
const MOST_READINGS: u32 = 10_000;

impl Desk {
    /// Reads live balances (/accounts/balance/get, billed per Item) and stores each Item's before telling its
    /// progress. Items that fail are listed in the outcome; the others go on. It runs to its end, or until it is
    /// cancelled or the environment is closed, even when the caller stops waiting.
    ///
    /// # Errors
    /// `AlreadyRunning` while any refresh is running, or `NotFound` when what is to be refreshed is not there.
    pub async fn balances_refresh(
        &self,
        scope: RefreshScope,
        progress: impl Fn(RefreshProgress) + Send + Sync + 'static,
    ) -> Result<RefreshOutcome, DeskError> {
        let session = self.open()?;
        refresh::run(session.clone(), scope, progress).await
    }

    /// What a refresh would ask for, cost and take; nothing is asked.
    ///
    /// # Errors
    /// `NotFound` when what is to be refreshed is not there; `NothingOpen`, `Database`.
    pub async fn balances_plan(&self, scope: RefreshScope) -> Result<RefreshPlan, DeskError> {
        let session = self.open()?;
        plan::plan(&session, scope).await
    }

    /// The billed calls of the open environment, by the days and months of the computer's time zone.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn billing_view(&self) -> Result<BillingView, DeskError> {
        let now = self.now();
        self.open()?
            .store
            .read(move |connection| billing::view(connection, now, &TimeZone::system()))
            .await
    }

    /// Stops the refresh that is running, if one is. What is stored stays.
    pub fn balances_cancel(&self) {
        if let Ok(session) = self.open() {
            session.work.refresh.cancel();
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
