//! The stand-in's state: one SQLite file in its state directory. The file isn't encrypted, since nothing in it is real.

pub(crate) mod accounts;
mod columns;
pub(crate) mod items;
pub(crate) mod link;
pub(crate) mod signal;
pub(crate) mod webhooks;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

pub(crate) use columns::{SandboxTime, StringList};

const FILE_NAME: &str = "plaid-sandbox.sqlite3";

/// How long to wait for another stand-in that is just ending.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("cannot create the state directory {}: {source}", path.display())]
    Directory {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("cannot write the state in {}: {source}", path.display())]
    Database {
        path: PathBuf,
        source: rusqlite::Error,
    },
    #[error("another plaid-sandbox is using {}", path.display())]
    InUse { path: PathBuf },
    #[error("{} was not written by this version of plaid-sandbox: {source}", path.display())]
    Migration {
        path: PathBuf,
        source: rusqlite_migration::Error,
    },
}

pub(crate) fn open(directory: &Path) -> Result<Connection, OpenError> {
    std::fs::create_dir_all(directory).map_err(|source| OpenError::Directory {
        path: directory.to_owned(),
        source,
    })?;
    let path = directory.join(FILE_NAME);
    let mut connection = connect(&path).map_err(|source| database_error(&path, source))?;
    migrations()
        .to_latest(&mut connection)
        .map_err(|source| OpenError::Migration { path, source })?;
    Ok(connection)
}

/// Opens the file for this process alone, durable at every commit.
fn connect(path: &Path) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(LOCK_TIMEOUT)?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // Takes the lock and proves that the file is writable.
    connection.execute_batch("BEGIN IMMEDIATE; COMMIT;")?;
    Ok(connection)
}

fn database_error(path: &Path, source: rusqlite::Error) -> OpenError {
    let path = path.to_owned();
    match source.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
            OpenError::InUse { path }
        }
        _ => OpenError::Database { path, source },
    }
}

fn migrations() -> Migrations<'static> {
    Migrations::new(vec![M::up(include_str!("schema.sql"))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_valid_and_the_state_opens_again() {
        migrations().validate().unwrap();
        let directory = tempfile::tempdir().unwrap();
        drop(open(directory.path()).unwrap());
        drop(open(directory.path()).unwrap());
    }

    #[test]
    fn a_file_in_place_of_the_directory_is_named_in_the_error() {
        let directory = tempfile::tempdir().unwrap();
        let in_the_way = directory.path().join("state");
        std::fs::write(&in_the_way, "not a directory").unwrap();
        let error = open(&in_the_way).unwrap_err();
        assert!(error.to_string().contains("state"), "{error}");
    }
}
