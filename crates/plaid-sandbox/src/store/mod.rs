//! What the stand-in remembers: one SQLite file in its state directory, in plain text,
//! since nothing in it is real. One file per noun holds its table and its queries.

pub(crate) mod accounts;
pub(crate) mod items;
pub(crate) mod link;
pub(crate) mod signal;
pub(crate) mod webhooks;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

/// The name of the database file within the state directory.
const FILE: &str = "plaid-sandbox.sqlite3";

/// How long a stand-in that is just ending may still hold the state.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why the state cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory cannot be made.
    #[error("cannot make the state directory {}: {source}", path.display())]
    Directory {
        /// Where it was to be.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database cannot be opened or written.
    #[error("cannot write the state in {}: {source}", path.display())]
    Database {
        /// The database file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// Another stand-in has this state open.
    #[error("another plaid-sandbox is using {}", path.display())]
    InUse {
        /// The database file.
        path: PathBuf,
    },
    /// The database is not of this program, or of a newer version of it.
    #[error("cannot bring {} up to date: {source}", path.display())]
    Migration {
        /// The database file.
        path: PathBuf,
        /// What was wrong with it.
        source: rusqlite_migration::Error,
    },
}

/// Opens the state in a directory, making both when they are not there.
pub(crate) fn open(directory: &Path) -> Result<Connection, OpenError> {
    std::fs::create_dir_all(directory).map_err(|source| OpenError::Directory {
        path: directory.to_owned(),
        source,
    })?;
    let path = directory.join(FILE);
    let mut connection = connect(&path).map_err(|source| database_error(&path, source))?;
    migrations()
        .to_latest(&mut connection)
        .map_err(|source| OpenError::Migration { path, source })?;
    Ok(connection)
}

/// Opens the file for this process alone, durable at every commit.
fn connect(path: &Path) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // Takes the lock and proves that the file can be written.
    connection.execute_batch("BEGIN IMMEDIATE; COMMIT;")?;
    Ok(connection)
}

fn database_error(path: &Path, source: rusqlite::Error) -> OpenError {
    match source.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
            OpenError::InUse {
                path: path.to_owned(),
            }
        }
        _ => OpenError::Database {
            path: path.to_owned(),
            source,
        },
    }
}

fn migrations() -> Migrations<'static> {
    Migrations::new(vec![
        M::up(items::SCHEMA),
        M::up(accounts::SCHEMA),
        M::up(link::SCHEMA),
        M::up(signal::SCHEMA),
        M::up(items::ERRORS_AND_DESCRIPTIONS),
        M::up(webhooks::SCHEMA),
        M::up(items::NOTICES),
        M::up(accounts::CLOSURES_AND_CURRENCIES),
        M::up(webhooks::DELIVERIES),
        M::up(link::WAYS_IN),
        M::up(signal::TIMES),
    ])
}

/// Text columns that hold what a type says of itself.
macro_rules! text_column {
    ($type:ty) => {
        impl rusqlite::types::ToSql for $type {
            fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
                Ok(rusqlite::types::ToSqlOutput::from(self.to_string()))
            }
        }

        impl rusqlite::types::FromSql for $type {
            fn column_result(
                value: rusqlite::types::ValueRef<'_>,
            ) -> rusqlite::types::FromSqlResult<Self> {
                value
                    .as_str()?
                    .parse()
                    .map_err(|error| rusqlite::types::FromSqlError::Other(Box::new(error)))
            }
        }
    };
}
pub(crate) use text_column;

/// A time stamp in a column: RFC 3339 text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) jiff::Timestamp);

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for Moment {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// A list of words in a column: JSON text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct StringList(pub(crate) Vec<String>);

impl std::fmt::Display for StringList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&serde_json::to_string(&self.0).map_err(|_| std::fmt::Error)?)
    }
}

impl std::str::FromStr for StringList {
    type Err = serde_json::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        serde_json::from_str(text).map(Self)
    }
}

text_column!(Moment);
text_column!(StringList);
text_column!(crate::amount::Amount);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_migrations_run_and_leave_what_is_there() {
        migrations().validate().unwrap();
        let directory = tempfile::tempdir().unwrap();
        drop(open(directory.path()).unwrap());
        drop(open(directory.path()).unwrap());
    }

    #[test]
    fn a_file_in_the_way_is_an_error_that_names_it() {
        let directory = tempfile::tempdir().unwrap();
        let in_the_way = directory.path().join("state");
        std::fs::write(&in_the_way, "not a directory").unwrap();
        let error = open(&in_the_way).unwrap_err();
        assert!(error.to_string().contains("state"), "{error}");
    }
}
