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
    use rusqlite::Connection;

    #[test]
    fn every_step_can_be_taken() {
        super::all().validate().unwrap();
    }

    #[test]
    fn words_are_checked_without_a_table_for_each_row() {
        let mut connection = Connection::open_in_memory().unwrap();
        super::all().to_latest(&mut connection).unwrap();
        connection
            .pragma_update(None, "foreign_keys", false)
            .unwrap();
        let reading = |source: &str| {
            format!(
                "INSERT INTO readings (account_id, source, read_at, request_id) VALUES ('a', '{source}', 0, 'r')"
            )
        };
        let call = |outcome: &str| {
            format!(
                "INSERT INTO billed_calls (endpoint, item_id, at, outcome) VALUES ('balances', 'i', 0, '{outcome}')"
            )
        };
        let good = ["live", "cached", "signal"].map(reading).into_iter();
        for sql in good.chain(["asked", "answered", "refused", "unknown"].map(call)) {
            connection.execute(&sql, []).unwrap();
            let mut plan = connection.prepare(&format!("EXPLAIN {sql}")).unwrap();
            let steps = plan.query_map([], |row| row.get::<_, String>(1)).unwrap();
            let steps: Vec<String> = steps.map(Result::unwrap).collect();
            assert!(!steps.iter().any(|step| step == "OpenEphemeral"), "{sql}");
        }
        for sql in [reading("Live"), reading(""), call("billed")] {
            let refused = connection.execute(&sql, []).unwrap_err();
            assert!(refused.to_string().contains("CHECK"), "{refused}");
        }
        let intact: String = connection
            .pragma_query_value(None, "integrity_check", |row| row.get(0))
            .unwrap();
        assert_eq!(intact, "ok");
    }
}
