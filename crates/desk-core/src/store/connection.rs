//! Opens an encrypted SQLite file. A wrong key or an incompatible file is detected before anything is written.

use std::{fmt, path::Path, time::Duration};

use rusqlite::{Connection, ErrorCode, OpenFlags, config::DbConfig};
use rusqlite_migration::MigrationDefinitionError;
use zeroize::{Zeroize, Zeroizing};

use super::{StoreError, schema, single_column};

const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Clone)]
pub struct DatabaseKey(Zeroizing<[u8; 32]>);

impl DatabaseKey {
    pub fn random() -> Result<Self, StoreError> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut()).map_err(|_| StoreError::NoRandomBytes)?;
        Ok(Self(bytes))
    }

    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut key = Zeroizing::new([0; 32]);
        if bytes.len() != key.len() {
            return None;
        }
        key.copy_from_slice(bytes);
        Some(Self(key))
    }

    pub fn expose(&self) -> &[u8] {
        self.0.as_ref()
    }

    fn pragma(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(96));
        text.push_str("PRAGMA key = \"x'");
        for byte in self.0.iter() {
            for digit in [byte >> 4, byte & 15] {
                // A digit below 16 always has a hexadecimal character.
                text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            }
        }
        text.push_str("'\"");
        text
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseKey([redacted])")
    }
}

/// Writes nothing to an existing file.
pub fn open_encrypted(path: &Path, key: &DatabaseKey) -> Result<Connection, StoreError> {
    create_private(path).map_err(StoreError::File)?;
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // Don't checkpoint on close until we know that the file is ours to change.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    apply_key(&connection, key)?;
    match connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())) {
        Ok(()) => Ok(connection),
        Err(error) if is_unreadable(&error) => Err(StoreError::NotADatabase {
            path: path.to_owned(),
        }),
        Err(error) => Err(error.into()),
    }
}

/// Turns off SQLCipher's log, which goes to standard error. The statement is wiped, and SQLite's error text isn't
/// used because it may quote the statement.
fn apply_key(connection: &Connection, key: &DatabaseKey) -> Result<(), StoreError> {
    connection.pragma_update(None, "cipher_log_level", "NONE")?;
    let mut statement = key.pragma();
    let done = connection.execute_batch(&statement);
    statement.zeroize();
    done.map_err(|_| StoreError::Key)
}

fn is_unreadable(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt)
    )
}

fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Refuses a file whose schema is newer than this program's.
pub(super) fn refuse_newer(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let found: i64 = connection.pragma_query_value(None, "user_version", single_column)?;
    let newer = usize::try_from(found).is_ok_and(|found| found > schema::VERSION);
    if newer { Err(newer_file(path)) } else { Ok(()) }
}

fn newer_file(path: &Path) -> StoreError {
    StoreError::Newer {
        path: path.to_owned(),
    }
}

pub(super) fn prepare(connection: &Connection) -> Result<(), StoreError> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // Commits reach the disk before they return: decisions and tokens must survive a power cut.
    connection.pragma_update(None, "synchronous", "full")?;
    // In KiB. Lists of ten thousand accounts touch about this many pages; evicted pages must be decrypted again.
    connection.pragma_update(None, "cache_size", -8_192)?;
    // In pages. With the default, each large write would be copied into the file.
    connection.pragma_update(None, "wal_autocheckpoint", 4_000)?;
    // A refresh uses more statements than the default of 16.
    connection.set_prepared_statement_cache_capacity(128);
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(())
}

pub(super) fn migration_failed(error: rusqlite_migration::Error, path: &Path) -> StoreError {
    match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => err.into(),
        rusqlite_migration::Error::MigrationDefinition(
            MigrationDefinitionError::DatabaseTooFarAhead,
        ) => newer_file(path),
        _ => StoreError::Migration,
    }
}
