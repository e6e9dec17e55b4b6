//! Balances: reading them live at Plaid's pace, counting what is billed, keeping every reading, summing the newest.

mod asking;
mod batch;
pub mod cached;
pub mod plan;
pub mod refresh;
pub mod table;
pub mod totals;
pub mod view;

use std::sync::Arc;

use jiff::tz::TimeZone;

use self::{table::Newest, view::ReadingView};
use crate::{
    balances::{plan::AnswerTimes, refresh::RefreshSlot},
    items::Items,
    support::Support,
};
use desk_core::{DeskError, Session, billing, billing::view::BillingView, calls::PlaidCalls};

/// The most readings answered at once.
const MOST_READINGS: u32 = 10_000;

/// Reads live and cached balances, and counts what Plaid bills. Clones share their state.
#[derive(Clone)]
pub struct Balances {
    session: Session,
    calls: PlaidCalls,
    support: Support,
    items: Items,
    answer_times: Arc<AnswerTimes>,
    slot: RefreshSlot,
}

impl Balances {
    pub fn new(session: Session, calls: PlaidCalls, support: Support, items: Items) -> Self {
        Self {
            session,
            calls,
            support,
            items,
            answer_times: Arc::default(),
            slot: RefreshSlot::default(),
        }
    }
}

impl Balances {
    /// The billed calls of the open environment, by the days and months of the computer's time zone.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn billing(&self) -> Result<BillingView, DeskError> {
        let now = self.session.now();
        self.session
            .store
            .read(move |connection| billing::view(connection, now, &TimeZone::system()))
            .await
    }

    /// Stops the refresh that is running, if one is. What is stored stays.
    pub fn cancel_refresh(&self) {
        self.slot.cancel();
    }

    /// The newest readings of an account, the newest first.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn readings(
        &self,
        account_id: &str,
        limit: u32,
    ) -> Result<Vec<ReadingView>, DeskError> {
        let account_id = account_id.to_owned();
        let how_many = Newest(limit.min(MOST_READINGS));
        self.session
            .store
            .read(move |connection| table::newest(connection, &account_id, how_many))
            .await
    }
}
