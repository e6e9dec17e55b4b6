//! What can go wrong in the database.

use std::path::PathBuf;

use rusqlite::ErrorCode;

/// Why the database could not be opened, read, or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// SQLite's answer.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// A stored value does not have the form in which it was written.
    #[error("{what} cannot be read back")]
    Unreadable {
        /// Which value, without its content.
        what: &'static str,
    },
    /// The store was closed.
    #[error("the database is closed")]
    Closed,
    /// The app is shutting down.
    #[error("cancelled")]
    Cancelled,
    /// A newer version of the program wrote the file, which was left untouched.
    #[error("{} was written by a newer version", .path.display())]
    Newer {
        /// Which file.
        path: PathBuf,
    },
    /// The file is not a database, the key does not fit, or the file is damaged.
    #[error("{} is not a database that the key opens", .path.display())]
    NotADatabase {
        /// Which file.
        path: PathBuf,
    },
    /// The file could not be created.
    #[error(transparent)]
    File(std::io::Error),
    /// SQLCipher refused the key, whose text is not quoted.
    #[error("the key could not be set")]
    Key,
    /// The operating system gave no random bytes for a key.
    #[error("the operating system gave no random bytes")]
    NoRandomBytes,
    /// A migration failed.
    #[error("it could not be brought to the present schema")]
    Migration,
}

impl StoreError {
    /// A stored value does not have the form in which it was written.
    pub fn unreadable(what: &'static str) -> Self {
        Self::Unreadable { what }
    }

    /// Whether the disk refused, as opposed to the database.
    pub(crate) fn is_of_the_disk(&self) -> bool {
        match self {
            Self::File(_) => true,
            Self::Sqlite(error) => matches!(
                error.sqlite_error_code(),
                Some(
                    ErrorCode::DiskFull
                        | ErrorCode::SystemIoFailure
                        | ErrorCode::ReadOnly
                        | ErrorCode::CannotOpen
                )
            ),
            _ => false,
        }
    }

    /// What happened, for the user. Not the error's own text: SQLite's may quote a value.
    pub(crate) fn reason(&self) -> String {
        let Self::Sqlite(error) = self else {
            return self.to_string();
        };
        match error {
            error if error.sqlite_error_code() == Some(ErrorCode::DiskFull) => {
                "it is full".to_owned()
            }
            rusqlite::Error::SqliteFailure(failure, _) => failure.to_string(),
            rusqlite::Error::QueryReturnedNoRows => "an expected row is not there".to_owned(),
            rusqlite::Error::InvalidColumnType(_, column, _) => {
                format!("column {column} has another type")
            }
            rusqlite::Error::InvalidColumnName(column) => format!("there is no column {column}"),
            rusqlite::Error::FromSqlConversionFailure(index, ..) => {
                format!("column {index} cannot be read back")
            }
            _ => "a statement does not fit the database".to_owned(),
        }
    }
}
