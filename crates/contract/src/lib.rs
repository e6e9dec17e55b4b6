//! Test support: checks requests and answers against Plaid's official API description.
//! Without the description, a small table made from it covers the fields that the client relies on.
//!
//! ```
//! let contract = contract::Contract::load()?;
//! contract.request("/item/get", &serde_json::json!({ "access_token": "access-sandbox-1" }))?;
//! let answer = serde_json::json!({ "request_id": 7 });
//! assert!(contract.answer("/item/remove", 200, &answer).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod description;
mod relied_on;
mod table;

use std::{
    collections::BTreeSet,
    fmt, fs, io,
    path::{Path, PathBuf},
};

use serde_json::Value;

pub use description::DescriptionError;
pub use relied_on::derive;
pub use table::{EndpointFields, FieldRule, FieldTable, JsonType};

use description::ApiDescription;

/// The environment variable that names the official description's file.
pub const DESCRIPTION_VARIABLE: &str = "PLAID_OPENAPI";

/// The JSON of the committed [`FieldTable`].
pub const COMMITTED_TABLE: &str = include_str!("../relied_on.json");

/// What Plaid's API accepts and answers.
#[derive(Debug)]
pub struct Contract {
    official: Option<ApiDescription>,
    table: FieldTable,
}

/// Why a [`Contract`] could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("the API description {} cannot be read", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("the API description {} is not JSON", path.display())]
    NotJson {
        path: PathBuf,
        source: serde_json::Error,
    },
    #[error(transparent)]
    Description(#[from] DescriptionError),
    #[error("crates/contract/relied_on.json is damaged")]
    Table(#[source] serde_json::Error),
}

/// Which body of a call is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BodyKind {
    Request,
    /// Of an answer with HTTP 200.
    Answer,
    /// Of an answer with any other status.
    ErrorAnswer,
}

impl BodyKind {
    fn of_status(status: u16) -> Self {
        if status == 200 {
            Self::Answer
        } else {
            Self::ErrorAnswer
        }
    }
}

impl fmt::Display for BodyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Request => "request",
            Self::Answer => "answer",
            Self::ErrorAnswer => "error answer",
        })
    }
}

/// One difference from the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// A JSON pointer; empty for the whole body.
    pub pointer: String,
    pub what: String,
}

/// All differences of one body; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violations {
    pub path: String,
    pub kind: BodyKind,
    pub all: Vec<Violation>,
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} does not fit:", self.kind, self.path)?;
        for violation in &self.all {
            write!(f, "\n  at '{}': {}", violation.pointer, violation.what)?;
        }
        Ok(())
    }
}

impl std::error::Error for Violations {}

impl Contract {
    /// The committed table, and the official description if there is one (see [`official_description`]).
    ///
    /// # Errors
    /// If a file exists and cannot be used: a broken description must not weaken the checks silently.
    pub fn load() -> Result<Self, LoadError> {
        Ok(Self {
            official: official_description()?
                .map(ApiDescription::new)
                .transpose()?,
            ..Self::table_only()?
        })
    }

    /// The committed table without the official description.
    ///
    /// # Errors
    /// If the committed table is damaged.
    pub fn table_only() -> Result<Self, LoadError> {
        Ok(Self {
            official: None,
            table: serde_json::from_str(COMMITTED_TABLE).map_err(LoadError::Table)?,
        })
    }

    /// Whether the official description was found.
    pub fn is_official(&self) -> bool {
        self.official.is_some()
    }

    /// The endpoints that can be checked: all of the description's, or else those that the client calls.
    pub fn paths(&self) -> BTreeSet<&str> {
        let official = self.official.iter().flat_map(ApiDescription::paths);
        official.chain(self.table.paths()).collect()
    }

    /// Checks a request body. Unknown fields are violations, because Plaid rejects them.
    ///
    /// # Errors
    /// All violations; a path outside [`paths`](Self::paths) is one.
    pub fn request(&self, path: &str, body: &Value) -> Result<(), Violations> {
        self.check(path, BodyKind::Request, body)
    }

    /// Checks the body of an answer with this HTTP status. Unknown fields are fine, because Plaid adds some.
    ///
    /// # Errors
    /// All violations; a path outside [`paths`](Self::paths) is one.
    pub fn answer(&self, path: &str, status: u16, body: &Value) -> Result<(), Violations> {
        self.check(path, BodyKind::of_status(status), body)
    }

    fn check(&self, path: &str, kind: BodyKind, body: &Value) -> Result<(), Violations> {
        let mut all = Vec::new();
        if !self.paths().contains(path) {
            all.push(Violation {
                pointer: String::new(),
                what: "no such endpoint in the contract".to_owned(),
            });
        }
        if let Some(official) = &self.official {
            all.extend(official.check(path, kind, body));
        }
        all.extend(self.table.check(path, kind, body));
        if self.official.is_none() && kind == BodyKind::Request {
            all.extend(self.table.unknown_fields(path, body));
        }
        if all.is_empty() {
            return Ok(());
        }
        Err(Violations {
            path: path.to_owned(),
            kind,
            all,
        })
    }
}

/// Reads the official description from the file that `PLAID_OPENAPI` names or from beside the project, if there is one.
///
/// # Errors
/// If the file that `PLAID_OPENAPI` names is missing, or a file cannot be read.
pub fn official_description() -> Result<Option<Value>, LoadError> {
    let path = match std::env::var_os(DESCRIPTION_VARIABLE) {
        Some(path) => PathBuf::from(path),
        None => {
            let beside =
                Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/plaid-balance.json");
            if !beside.exists() {
                return Ok(None);
            }
            beside
        }
    };
    let text = fs::read_to_string(&path).map_err(|source| LoadError::Read {
        path: path.clone(),
        source,
    })?;
    let json = serde_json::from_str(&text).map_err(|source| LoadError::NotJson { path, source })?;
    Ok(Some(json))
}
