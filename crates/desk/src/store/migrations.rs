//! The shape of an environment's database, in steps that are only ever added to.
//! A file that has been released is never edited: its step has been taken on people's machines.

use rusqlite_migration::{M, Migrations};

/// Each step, oldest first. `PRAGMA user_version` counts the steps taken.
const STEPS: &[&str] = &[
    include_str!("migrations/0001_settings.sql"),
    include_str!("migrations/0002_items.sql"),
    include_str!("migrations/0003_link.sql"),
    include_str!("migrations/0004_balances.sql"),
    include_str!("migrations/0005_signal.sql"),
    include_str!("migrations/0006_evaluations_of_readings.sql"),
    include_str!("migrations/0007_prepared_items.sql"),
    include_str!("migrations/0008_ways_of_linking.sql"),
    include_str!("migrations/0009_item_health.sql"),
    include_str!("migrations/0010_billed_calls.sql"),
    include_str!("migrations/0011_accounts_list.sql"),
    include_str!("migrations/0012_answers.sql"),
    include_str!("migrations/0013_readings.sql"),
    include_str!("migrations/0014_evaluations.sql"),
    include_str!("migrations/0015_decisions.sql"),
    include_str!("migrations/0016_returns.sql"),
    include_str!("migrations/0017_batches.sql"),
    include_str!("migrations/0018_outcomes.sql"),
    include_str!("migrations/0019_pages_of_a_refresh.sql"),
];

/// The schema version this program writes.
pub(crate) const LATEST: usize = STEPS.len();

/// All steps, for `rusqlite_migration`.
pub(crate) fn all() -> Migrations<'static> {
    Migrations::new(STEPS.iter().map(|sql| M::up(sql)).collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_step_can_be_taken() {
        super::all().validate().unwrap();
    }
}
