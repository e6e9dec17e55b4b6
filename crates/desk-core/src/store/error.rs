use std::path::PathBuf;

use rusqlite::ErrorCode;

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error("{what} cannot be read back")]
    Unreadable { what: &'static str },
    #[error("the database is closed")]
    Closed,
    #[error("cancelled")]
    Cancelled,
    #[error("{} was written by a newer version", .path.display())]
    Newer { path: PathBuf },
    #[error("{} is not a database that the key opens", .path.display())]
    NotADatabase { path: PathBuf },
    #[error(transparent)]
    File(std::io::Error),
    #[error("the key could not be set")]
    Key,
    #[error("the operating system gave no random bytes")]
    NoRandomBytes,
    #[error("it could not be brought to the present schema")]
    Migration,
}

impl StoreError {
    pub fn unreadable(what: &'static str) -> Self {
        Self::Unreadable { what }
    }

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

    /// For the user. Doesn't use the error's own text, which may quote a value.
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
