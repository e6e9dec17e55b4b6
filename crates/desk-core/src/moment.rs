//! Times as whole milliseconds since 1970 UTC, as the database stores them.

use jiff::Timestamp;
use rusqlite::{
    ToSql,
    types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(Timestamp);

impl Moment {
    pub fn timestamp(self) -> Timestamp {
        self.0
    }

    pub fn to_text(self) -> String {
        self.0.to_string()
    }

    pub fn after(self, wait: std::time::Duration) -> Self {
        Self(self.0.saturating_add(wait).unwrap_or(Timestamp::MAX))
    }

    pub fn before(self, wait: std::time::Duration) -> Self {
        Self(self.0.saturating_sub(wait).unwrap_or(Timestamp::MIN))
    }
}

impl From<Timestamp> for Moment {
    fn from(time: Timestamp) -> Self {
        Self(Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time))
    }
}

impl ToSql for Moment {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.as_millisecond().into())
    }
}

impl FromSql for Moment {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let milliseconds = value.as_i64()?;
        Timestamp::from_millisecond(milliseconds)
            .map(Self)
            .map_err(|_| FromSqlError::OutOfRange(milliseconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_comes_back() {
        let moment = Moment::from("2026-11-24T09:30:00.123456Z".parse::<Timestamp>().unwrap());
        let database = rusqlite::Connection::open_in_memory().unwrap();
        let read: Moment = database
            .query_row("SELECT ?1", [moment], crate::store::single_column)
            .unwrap();
        assert_eq!(read, moment);
        assert_eq!(read.to_text(), "2026-11-24T09:30:00.123Z");
    }
}
