//! What can go wrong inside a read or a write, and what of it the user is told.
//! SQLite's codes are sorted here once: a full disk, a file that is no database, and the rest.

use rusqlite::ErrorCode;

use crate::DeskError;

/// Why a read or a write failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite's answer.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// A stored value is not of the form in which it was written.
    #[error("{what} cannot be read back")]
    Unreadable {
        /// Which value, without its content.
        what: &'static str,
    },
    /// The closure decided against it; nothing was changed.
    #[error(transparent)]
    Refused(Box<DeskError>),
}

impl From<DeskError> for StoreError {
    fn from(error: DeskError) -> Self {
        Self::Refused(Box::new(error))
    }
}

impl StoreError {
    /// A stored value is not of the form in which it was written.
    pub fn unreadable(what: &'static str) -> Self {
        Self::Unreadable { what }
    }

    pub(crate) fn into_desk_error(self) -> DeskError {
        match self {
            Self::Sqlite(error) => sqlite(&error),
            Self::Unreadable { what } => DeskError::Database {
                reason: format!("{what} cannot be read back"),
            },
            Self::Refused(error) => *error,
        }
    }
}

fn sqlite(error: &rusqlite::Error) -> DeskError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => DeskError::Disk {
            reason: "it is full".to_owned(),
        },
        Some(ErrorCode::SystemIoFailure | ErrorCode::ReadOnly | ErrorCode::CannotOpen) => {
            DeskError::Disk {
                reason: code_text(error),
            }
        }
        _ => DeskError::Database {
            reason: code_text(error),
        },
    }
}

/// SQLite's text for its code. Not the error's own text: that may quote a value.
fn code_text(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(failure, _) => failure.to_string(),
        rusqlite::Error::QueryReturnedNoRows => "an expected row is not there".to_owned(),
        rusqlite::Error::InvalidColumnType(_, column, _) => {
            format!("column {column} has another type")
        }
        rusqlite::Error::FromSqlConversionFailure(index, ..) => {
            format!("column {index} cannot be read back")
        }
        _ => "a statement does not fit the database".to_owned(),
    }
}
