//! Test support: does a request, or an answer, fit Plaid's official API description?
//! Where the description is not at hand, a small table made from it says at least what the client relies on.
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
pub use table::{Endpoint, JsonType, Row, Table};

use description::Description;

/// The variable that names the official description's file.
pub const DESCRIPTION_VARIABLE: &str = "PLAID_OPENAPI";

/// The table of this repository, as committed.
pub const COMMITTED_TABLE: &str = include_str!("../relied_on.json");

/// What Plaid's API promises and demands.
#[derive(Debug)]
pub struct Contract {
    official: Option<Description>,
    table: Table,
}

/// Why there is no contract to check against.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The description is there and cannot be read.
    #[error("the API description {} cannot be read", path.display())]
    Read {
        /// Its file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The description is not JSON.
    #[error("the API description {} is not JSON", path.display())]
    NotJson {
        /// Its file.
        path: PathBuf,
        /// What the parser says.
        source: serde_json::Error,
    },
    /// The description is not an API description.
    #[error(transparent)]
    Description(#[from] DescriptionError),
    /// The committed table is damaged.
    #[error("crates/contract/relied_on.json is damaged")]
    Table(#[source] serde_json::Error),
}

/// Which side of a call is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// What is sent to Plaid.
    Request,
    /// What Plaid answers with HTTP 200.
    Answer,
    /// What Plaid answers otherwise.
    ErrorAnswer,
}

impl Side {
    fn of_status(status: u16) -> Self {
        if status == 200 {
            Self::Answer
        } else {
            Self::ErrorAnswer
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Request => "request",
            Self::Answer => "answer",
            Self::ErrorAnswer => "error answer",
        })
    }
}

/// One thing that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where, as a JSON pointer; empty for the whole body.
    pub pointer: String,
    /// What is wrong.
    pub what: String,
}

/// Everything that does not fit in one body; at least one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violations {
    /// The endpoint's path.
    pub path: String,
    /// Which side of the call.
    pub side: Side,
    /// What does not fit.
    pub all: Vec<Violation>,
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} does not fit:", self.side, self.path)?;
        for violation in &self.all {
            write!(f, "\n  at '{}': {}", violation.pointer, violation.what)?;
        }
        Ok(())
    }
}

impl std::error::Error for Violations {}

impl Contract {
    /// The official description if it is at hand (in the file that `PLAID_OPENAPI` names, or beside the project), and
    /// the committed table in any case.
    ///
    /// # Errors
    /// When a file that is there cannot be used: a broken description is no reason to check less.
    pub fn load() -> Result<Self, LoadError> {
        Ok(Self {
            official: official_description()?.map(Description::new).transpose()?,
            ..Self::table_only()?
        })
    }

    /// The committed table alone, as where the official description is not at hand.
    ///
    /// # Errors
    /// When the committed table is damaged.
    pub fn table_only() -> Result<Self, LoadError> {
        Ok(Self {
            official: None,
            table: serde_json::from_str(COMMITTED_TABLE).map_err(LoadError::Table)?,
        })
    }

    /// Whether the official description is at hand.
    pub fn is_official(&self) -> bool {
        self.official.is_some()
    }

    /// The endpoints that can be checked: all of the description's, else those that the client calls.
    pub fn paths(&self) -> BTreeSet<&str> {
        let official = self.official.iter().flat_map(Description::paths);
        official.chain(self.table.paths()).collect()
    }

    /// Checks what is sent to Plaid. Fields that the endpoint does not know are refused, as Plaid does.
    ///
    /// # Errors
    /// With everything that does not fit; a path that is not in [`paths`](Self::paths) does not fit.
    pub fn request(&self, path: &str, body: &Value) -> Result<(), Violations> {
        self.check(path, Side::Request, body)
    }

    /// Checks what Plaid, or its stand-in, answers with this HTTP status.
    ///
    /// # Errors
    /// With everything that does not fit; a path that is not in [`paths`](Self::paths) does not fit.
    pub fn answer(&self, path: &str, status: u16, body: &Value) -> Result<(), Violations> {
        self.check(path, Side::of_status(status), body)
    }

    fn check(&self, path: &str, side: Side, body: &Value) -> Result<(), Violations> {
        let mut all = Vec::new();
        if !self.paths().contains(path) {
            all.push(Violation {
                pointer: String::new(),
                what: "no such endpoint in the contract".to_owned(),
            });
        }
        if let Some(official) = &self.official {
            all.extend(official.check(path, side, body));
        }
        all.extend(self.table.check(path, side, body));
        if self.official.is_none() && side == Side::Request {
            all.extend(self.table.unknown_fields(path, body));
        }
        if all.is_empty() {
            return Ok(());
        }
        Err(Violations {
            path: path.to_owned(),
            side,
            all,
        })
    }
}

/// Reads the official description, or nothing where it is not at hand.
///
/// # Errors
/// When the file that `PLAID_OPENAPI` names is missing, or a file that is there cannot be read.
pub fn official_description() -> Result<Option<Value>, LoadError> {
    let path = match std::env::var_os(DESCRIPTION_VARIABLE) {
        Some(named) => PathBuf::from(named),
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
