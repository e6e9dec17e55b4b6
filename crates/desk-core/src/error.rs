//! Everything that can go wrong at the desk, as one type, and how each of it is told to the user.
//! No variant carries a secret: texts come from our own tables, from the operating system, or from Plaid.

use plaid::{ClientTransactionId, ItemId};

use crate::{
    environment::Environment,
    explain::{self, Help},
    problem::{NextAction, PlaidProblem, Problem, ProblemKind},
    store::StoreError,
};

/// Why the desk could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeskError {
    /// Something the user typed cannot be used.
    #[error("{message}")]
    InvalidInput {
        /// The camelCase name of the request's field.
        field: &'static str,
        /// What is wrong with it, in a sentence.
        message: String,
    },
    /// Plaid answered with an error, or could not be reached.
    #[error("Plaid: {error}")]
    Plaid {
        /// What happened.
        #[source]
        error: Box<plaid::Error>,
        /// The Item the call was about, if any.
        item: Option<ItemId>,
    },
    /// Plaid refused API keys that were being checked. Nothing was stored.
    #[error("{message}")]
    KeysRefused {
        /// `clientId` or `secret`.
        field: &'static str,
        /// What to look at.
        message: String,
        /// Plaid's answer.
        #[source]
        error: Box<plaid::Error>,
    },
    /// API keys could not be checked. Nothing was stored.
    #[error("The keys could not be checked, so nothing was saved: {error}")]
    KeysNotChecked {
        /// What happened.
        #[source]
        error: Box<plaid::Error>,
    },
    /// An environment needs API keys and has none.
    #[error("There are no API keys for {0} yet. Enter them first.")]
    NoKeys(Environment),
    /// No client can be made from what is configured.
    #[error("A connection to Plaid cannot be set up: {0}.")]
    Client(#[from] plaid::ConfigError),
    /// The user cancelled it.
    #[error("Cancelled.")]
    Cancelled,
    /// No keyring service answers.
    #[error("The keyring cannot be used: {reason}.")]
    KeyringUnavailable {
        /// What was seen.
        reason: String,
        /// Whether a passphrase may be chosen instead: only as long as no place for secrets is in force.
        instead: Instead,
    },
    /// The keyring is locked, or unlocking it was refused.
    #[error("The keyring is locked: {reason}. Unlock it and try again.")]
    KeyringLocked {
        /// What was seen.
        reason: String,
    },
    /// A secret is there and cannot be used.
    #[error("The secret {slot} cannot be read back from the {place}: {reason}.")]
    SecretUnreadable {
        /// Which slot.
        slot: String,
        /// `keyring` or `passphrase file`.
        place: &'static str,
        /// What is wrong, without the value.
        reason: String,
    },
    /// The file that the passphrase opens is gone.
    #[error(
        "The passphrase file {path} is not there. It holds the keys of the databases: restore it from a backup."
    )]
    VaultMissing {
        /// Which file.
        path: String,
    },
    /// The passphrase does not open the secrets.
    #[error("This is not the passphrase the secrets were stored with.")]
    WrongPassphrase,
    /// A passphrase is needed first.
    #[error("The secrets are locked. Enter the passphrase first.")]
    SecretsLocked,
    /// A database is there and its key is not.
    #[error(
        "The database of {environment} is here, but its key is not in the {place}. Without the key it cannot be read by anyone. Restore the {place} from a backup, or erase {environment} to start anew."
    )]
    KeyMissing {
        /// Which environment.
        environment: Environment,
        /// `keyring` or `passphrase file`.
        place: &'static str,
    },
    /// A file was written by a newer version.
    #[error(
        "{what} was written by a newer version of Balance Desk. It was left untouched; install the newer version to open it."
    )]
    DatabaseNewer {
        /// Which file.
        what: String,
    },
    /// The file is not a database, or its key does not fit, or it is damaged.
    #[error(
        "The database {path} cannot be read: it is damaged, or its key does not fit. It was left as it is; restore it from a backup, or erase the environment to start anew."
    )]
    DatabaseUnreadable {
        /// Which file.
        path: String,
    },
    /// The database failed.
    #[error("The database failed: {reason}.")]
    Database {
        /// What SQLite says; never a value.
        reason: String,
    },
    /// The disk refused a read or a write.
    #[error("The disk refused: {reason}. Nothing was changed.")]
    Disk {
        /// What the operating system says.
        reason: String,
    },
    /// A file that the user asked for could not be written.
    #[error("The file was not written: {reason}. Nothing of it was left behind.")]
    NotExported {
        /// What the operating system says.
        reason: String,
    },
    /// Plaid has given a token of which there is one copy, and it could not be saved yet. It is held in memory and
    /// tried again.
    #[error(
        "Plaid has given {what}, but it could not be saved yet: {reason} Balance Desk keeps trying. Make room on the disk, and do not close the app until then."
    )]
    TokenNotSaved {
        /// Which token.
        what: &'static str,
        /// What the disk or the database says, as a sentence.
        reason: String,
    },
    /// An evaluation was asked, and may be billed, but what came of it is not at hand. It must not look as if it had
    /// not been asked: entered anew it would have another name and be billed again.
    #[error(
        "The evaluation {id} was asked, but {trouble}. {reason} Do not enter it anew, which would be billed again: it is under Activity, and if it stays without an answer, ask again there, under the same client_transaction_id."
    )]
    EvaluationAsked {
        /// Its name.
        id: ClientTransactionId,
        /// What went wrong afterwards, as the end of a sentence.
        trouble: &'static str,
        /// What the disk or the database says, as a sentence.
        reason: String,
    },
    /// No environment is open.
    #[error("No environment is open.")]
    NothingOpen,
    /// What was asked for is not there (any more).
    #[error("{0} is not there any more.")]
    NotFound(&'static str),
    /// It is being done already.
    #[error("{0}")]
    AlreadyRunning(&'static str),
    /// An Item was to be repaired, and Plaid says that it works.
    #[error(
        "This bank works again: it was signed in to elsewhere, or the trouble has passed. There is nothing to repair."
    )]
    WorksAgain,
    /// The Demo's stand-in failed.
    #[error("The Demo could not be started: {0}")]
    Demo(String),
    /// The Demo's stand-in does not do what its menu asks.
    #[error("The Demo's bank cannot be set: {0}.")]
    DemoControl(String),
    /// A defect in Balance Desk.
    #[error("Balance Desk made a mistake: {0}")]
    Internal(&'static str),
}

/// What the user may do about a keyring that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instead {
    /// Nothing is in force yet: a passphrase may be chosen.
    Passphrase,
    /// The keyring holds the secrets: it has to come back.
    Nothing,
}

impl DeskError {
    /// Something the user typed cannot be used; `field` in camelCase.
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::InvalidInput {
            field,
            message: message.into(),
        }
    }

    /// Says which Item a failed call to Plaid was about, so that the next step can name it.
    #[must_use]
    pub fn for_item(self, item_id: &ItemId) -> Self {
        match self {
            Self::Plaid { error, .. } => Self::Plaid {
                error,
                item: Some(item_id.clone()),
            },
            other => other,
        }
    }

    /// Plaid's error, when a call to Plaid is what failed.
    pub fn plaid(&self) -> Option<&plaid::Error> {
        match self {
            Self::Plaid { error, .. }
            | Self::KeysRefused { error, .. }
            | Self::KeysNotChecked { error } => Some(error),
            _ => None,
        }
    }

    /// A stored value does not have the form in which it was written.
    pub fn unreadable(what: &'static str) -> Self {
        StoreError::unreadable(what).into()
    }

    /// Whether the database or the disk failed, rather than what was asked of them.
    pub fn is_of_the_store(&self) -> bool {
        matches!(self, Self::Database { .. } | Self::Disk { .. })
    }

    /// An error of the file system.
    pub fn disk(error: &std::io::Error) -> Self {
        Self::Disk {
            reason: error.to_string(),
        }
    }
}

impl From<desk_files::table::TableFileError> for DeskError {
    fn from(error: desk_files::table::TableFileError) -> Self {
        Self::invalid("file", error.to_string())
    }
}

impl From<plaid::Error> for DeskError {
    fn from(error: plaid::Error) -> Self {
        Self::Plaid {
            error: Box::new(error),
            item: None,
        }
    }
}

impl From<StoreError> for DeskError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Closed => Self::NothingOpen,
            StoreError::Cancelled => Self::Cancelled,
            StoreError::Newer { path } => Self::DatabaseNewer {
                what: format!("The database {}", path.display()),
            },
            StoreError::NotADatabase { path } => Self::DatabaseUnreadable {
                path: path.display().to_string(),
            },
            error if error.is_of_the_disk() => Self::Disk {
                reason: error.reason(),
            },
            error => Self::Database {
                reason: error.reason(),
            },
        }
    }
}

impl From<rusqlite::Error> for DeskError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        Self::from(&error)
    }
}

impl From<&DeskError> for Problem {
    fn from(error: &DeskError) -> Self {
        let field = match error {
            DeskError::InvalidInput { field, .. } | DeskError::KeysRefused { field, .. } => {
                Some(*field)
            }
            DeskError::NoKeys(_) => Some("clientId"),
            DeskError::WrongPassphrase => Some("passphrase"),
            _ => None,
        };
        Self {
            kind: kind(error),
            message: message(error),
            field: field.map(str::to_owned),
            plaid: error.plaid().and_then(plaid_part).map(Box::new),
            action: action(error),
        }
    }
}

fn kind(error: &DeskError) -> ProblemKind {
    match error {
        DeskError::InvalidInput { .. } | DeskError::KeysRefused { .. } | DeskError::NoKeys(_) => {
            ProblemKind::InvalidInput
        }
        DeskError::Plaid { error, .. } | DeskError::KeysNotChecked { error } => match **error {
            plaid::Error::Api(_) => ProblemKind::Plaid,
            plaid::Error::Timeout { .. } => ProblemKind::TimedOut,
            _ => ProblemKind::Network,
        },
        DeskError::Cancelled => ProblemKind::Cancelled,
        DeskError::KeyringUnavailable { .. } => ProblemKind::KeyringUnavailable,
        DeskError::KeyringLocked { .. } => ProblemKind::KeyringLocked,
        DeskError::WrongPassphrase => ProblemKind::WrongPassphrase,
        DeskError::SecretsLocked => ProblemKind::SecretsLocked,
        DeskError::KeyMissing { .. }
        | DeskError::SecretUnreadable { .. }
        | DeskError::VaultMissing { .. } => ProblemKind::KeyMissing,
        DeskError::DatabaseNewer { .. } => ProblemKind::DatabaseNewer,
        DeskError::DatabaseUnreadable { .. } | DeskError::Database { .. } => ProblemKind::Database,
        DeskError::Disk { .. }
        | DeskError::NotExported { .. }
        | DeskError::TokenNotSaved { .. }
        | DeskError::EvaluationAsked { .. } => ProblemKind::Disk,
        DeskError::NothingOpen => ProblemKind::NothingOpen,
        DeskError::NotFound(_) => ProblemKind::NotFound,
        DeskError::AlreadyRunning(_) => ProblemKind::AlreadyRunning,
        DeskError::WorksAgain => ProblemKind::WorksAgain,
        DeskError::Demo(_) | DeskError::DemoControl(_) => ProblemKind::Demo,
        DeskError::Client(_) | DeskError::Internal(_) => ProblemKind::Internal,
    }
}

fn message(error: &DeskError) -> String {
    match error {
        DeskError::Plaid { error, .. } => plaid_message(error),
        DeskError::KeysNotChecked { error } => format!(
            "The keys could not be checked, so nothing was saved. {}",
            plaid_message(error)
        ),
        other => other.to_string(),
    }
}

/// A failed call in words for the user.
fn plaid_message(error: &plaid::Error) -> String {
    match error {
        plaid::Error::Api(api) => match (explain::of(api), &api.display_message) {
            (Some(explanation), _) => explanation.message.to_owned(),
            (None, Some(display)) => display.clone(),
            (None, None) => format!("Plaid refused: {}", api.error_message),
        },
        plaid::Error::Timeout { after, .. } => format!(
            "No answer came within {} seconds.",
            after.as_secs_f32().ceil()
        ),
        plaid::Error::Connect { reason } => {
            format!("Plaid cannot be reached: {reason}. Check the internet connection.")
        }
        plaid::Error::Tls { reason } => format!(
            "The connection to Plaid cannot be trusted, so nothing was sent: {reason}. A proxy or a wrong clock on this computer may be the cause."
        ),
        plaid::Error::ConnectionLost | plaid::Error::Truncated { .. } => {
            "The connection was lost before the answer was complete.".to_owned()
        }
        plaid::Error::NotJson { status, .. } | plaid::Error::Empty { status, .. }
            if *status >= 500 =>
        {
            format!(
                "Something on the way answered instead of Plaid (HTTP {status}), as happens while it is overloaded or being repaired. It usually passes within minutes."
            )
        }
        other => format!("What answered was not Plaid as expected: {other}."),
    }
}

fn plaid_part(error: &plaid::Error) -> Option<PlaidProblem> {
    let empty = PlaidProblem {
        error_type: None,
        error_code: None,
        error_message: None,
        display_message: None,
        request_id: error.request_id().map(ToString::to_string),
        documentation_url: None,
        status: None,
    };
    match error {
        plaid::Error::Api(api) => Some(PlaidProblem {
            error_type: Some(api.error_type.clone()),
            error_code: Some(api.error_code.clone()),
            error_message: Some(api.error_message.clone()),
            display_message: api.display_message.clone(),
            documentation_url: api.documentation_url.clone(),
            status: (api.status != 0).then_some(api.status),
            ..empty
        }),
        plaid::Error::NotJson { status, .. }
        | plaid::Error::Empty { status, .. }
        | plaid::Error::Truncated { status }
        | plaid::Error::TooLarge { status, .. }
        | plaid::Error::UnexpectedShape { status, .. }
        | plaid::Error::Redirect { status, .. } => Some(PlaidProblem {
            status: Some(*status),
            ..empty
        }),
        _ => None,
    }
}

fn action(error: &DeskError) -> Option<NextAction> {
    match error {
        DeskError::Plaid { error, item } => plaid_action(error, item.as_ref()),
        DeskError::KeysNotChecked { .. }
        | DeskError::Demo(_)
        | DeskError::DemoControl(_)
        | DeskError::Disk { .. } => Some(NextAction::Retry),
        DeskError::KeysRefused { .. } | DeskError::NoKeys(_) => Some(NextAction::CheckKeys),
        DeskError::KeyringUnavailable { instead, .. } => Some(match instead {
            Instead::Passphrase => NextAction::ChoosePassphrase,
            Instead::Nothing => NextAction::Retry,
        }),
        DeskError::KeyringLocked { .. } => Some(NextAction::UnlockKeyring),
        DeskError::WrongPassphrase | DeskError::SecretsLocked => Some(NextAction::EnterPassphrase),
        DeskError::DatabaseNewer { .. } => Some(NextAction::Update),
        _ => None,
    }
}

fn plaid_action(error: &plaid::Error, item: Option<&ItemId>) -> Option<NextAction> {
    let plaid::Error::Api(api) = error else {
        return (error.retry() != plaid::Retry::Never).then_some(NextAction::Retry);
    };
    match explain::of(api)?.help {
        Help::None => None,
        Help::Retry => Some(NextAction::Retry),
        Help::RepairItem => item.map(|item_id| NextAction::RepairItem {
            item_id: item_id.to_string(),
        }),
        Help::ChooseAccounts => item.map(|item_id| NextAction::ChooseAccounts {
            item_id: item_id.to_string(),
        }),
        Help::LinkAgain => Some(NextAction::LinkAgain),
        Help::CheckKeys => Some(NextAction::CheckKeys),
        Help::Page { url, label } => Some(NextAction::OpenPage {
            url: url.to_owned(),
            label: label.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests;
