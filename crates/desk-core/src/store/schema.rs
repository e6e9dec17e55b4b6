//! Schema migrations. After the first release, only add migrations: users' databases already have the earlier ones.

use rusqlite_migration::{M, Migrations};

const MIGRATIONS: &[M<'static>] = &[M::up(include_str!("schema.sql"))];

pub const VERSION: usize = MIGRATIONS.len();

pub(super) fn migrations() -> Migrations<'static> {
    Migrations::from_slice(MIGRATIONS)
}

pub fn in_memory() -> rusqlite::Connection {
    let mut connection = rusqlite::Connection::open_in_memory().unwrap();
    migrations().to_latest(&mut connection).unwrap();
    connection
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_migration_can_be_applied() {
        super::migrations().validate().unwrap();
    }

    #[test]
    fn words_are_checked_without_a_table_for_each_row() {
        let connection = super::in_memory();
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
            let steps = plan
                .query_map([], |row| row.get::<_, String>("opcode"))
                .unwrap();
            let steps: Vec<String> = steps.map(Result::unwrap).collect();
            assert!(!steps.iter().any(|step| step == "OpenEphemeral"), "{sql}");
        }
        for sql in [reading("Live"), reading(""), call("billed")] {
            let refused = connection.execute(&sql, []).unwrap_err();
            assert!(refused.to_string().contains("CHECK"), "{refused}");
        }
        let intact: String = connection
            .pragma_query_value(None, "integrity_check", crate::store::single_column)
            .unwrap();
        assert_eq!(intact, "ok");
    }
}
