//! How good the answers were: accepted, reviewed, rerouted, returned, and the return rates that Nacha watches.
//! Everything is counted from the narrow rows that triggers keep beside the evaluations.

pub mod days;
pub(crate) mod facts;
mod rates;
mod tally;
pub mod view;

use jiff::{Timestamp, tz::TimeZone};
use rusqlite::Connection;

use self::{
    days::Days,
    view::{MonthOutcome, OutcomesRange, OutcomesView},
};
use desk_core::{DeskError, Session};

/// What became of evaluated debits, counted.
#[derive(Clone)]
pub struct Outcomes {
    session: Session,
}

impl Outcomes {
    pub fn new(session: Session) -> Self {
        Self { session }
    }
}

impl Outcomes {
    /// What became of the evaluations of a range.
    ///
    /// # Errors
    /// Fields `from`, `to` of [`OutcomesRange::Own`]; `NothingOpen`, `Database`.
    pub async fn view(&self, range: OutcomesRange) -> Result<OutcomesView, DeskError> {
        let now = self.session.now();
        self.session
            .store
            .read(move |connection| outcomes(connection, &range, now, &TimeZone::system()))
            .await
    }
}

/// Counts a range.
pub fn outcomes(
    connection: &Connection,
    range: &OutcomesRange,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<OutcomesView, DeskError> {
    let seen = facts::seen(connection, zone)?;
    let today = zone.to_datetime(now).date();
    let days = days::of_range(range, today, seen)?;
    let months = days.months(seen);
    let tally = facts::count(connection, days, &months, zone)?;
    // Days to come have no returns yet.
    let watched = Days::ending(days.to.min(today), rates::NACHA_DAYS);
    let month = |(days, counts): (&Days, _)| MonthOutcome {
        month: days.from.strftime("%Y-%m").to_string(),
        from: days.from.to_string(),
        to: days.to.to_string(),
        counts,
    };
    Ok(OutcomesView {
        from: days.from.to_string(),
        to: days.to.to_string(),
        total: tally.total(),
        months: months.iter().zip(tally.months()).map(month).collect(),
        rulesets: tally.rulesets(&facts::rulesets(connection)?),
        institutions: tally.institutions(&facts::institutions(connection)?),
        codes: tally.codes(),
        results: tally.results(),
        scores: tally.scores(),
        nacha: facts::nacha(connection, watched, zone)?,
    })
}

#[cfg(test)]
mod tests;
