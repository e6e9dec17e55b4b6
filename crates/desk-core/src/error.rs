//! The error type of the desk and how each error is shown. No variant carries a secret: texts come from our own
//! tables, the operating system, or Plaid.

use plaid::{ClientTransactionId, ItemId};

use crate::{
    environment::Environment,
    explain::{self, Help},
    problem::{NextAction, PlaidProblem, Problem, ProblemKind},
    store::StoreError,
};

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeskError {
    #[error("{message}")]
    InvalidInput {
        field: &'static str,
        message: String,
    },
    #[error("Plaid: {error}")]
    Plaid {
        #[source]
        error: Box<plaid::Error>,
        item: Option<ItemId>,
    },
    #[error("{message}")]
    KeysRefused {
        field: &'static str,
        message: String,
        #[source]
        error: Box<plaid::Error>,
    },
    #[error("The keys could not be checked, so nothing was saved: {error}")]
    KeysNotChecked {
        #[source]
        error: Box<plaid::Error>,
    },
    #[error("There are no API keys for {0} yet. Enter them first.")]
    NoKeys(Environment),
    #[error("A connection to Plaid cannot be set up: {0}.")]
    Client(#[from] plaid::ConfigError),
    #[error("Cancelled.")]
    Cancelled,
    #[error("The keyring cannot be used: {reason}.")]
    KeyringUnavailable {
        reason: String,
        instead: KeyringFallback,
    },
    #[error("The keyring is locked: {reason}. Unlock it and try again.")]
    KeyringLocked { reason: String },
    #[error("The secret {slot} cannot be read back from the {place}: {reason}.")]
    SecretUnreadable {
        slot: String,
        place: &'static str,
        reason: String,
    },
    #[error(
        "The passphrase file {path} is not there. It holds the keys of the databases: restore it from a backup."
    )]
    VaultMissing { path: String },
    #[error("This is not the passphrase the secrets were stored with.")]
    WrongPassphrase,
    #[error("The secrets are locked. Enter the passphrase first.")]
    SecretsLocked,
    #[error(
        "The database of {environment} is here, but its key is not in the {place}. Without the key it cannot be read by anyone. Restore the {place} from a backup, or erase {environment} to start anew."
    )]
    KeyMissing {
        environment: Environment,
        place: &'static str,
    },
    #[error(
        "{what} was written by a newer version of Balance Desk. It was left untouched; install the newer version to open it."
    )]
    DatabaseNewer { what: String },
    #[error(
        "The database {path} cannot be read: it is damaged, or its key does not fit. It was left as it is; restore it from a backup, or erase the environment to start anew."
    )]
    DatabaseUnreadable { path: String },
    #[error("The database failed: {reason}.")]
    Database { reason: String },
    #[error("The disk refused: {reason}. Nothing was changed.")]
    Disk { reason: String },
    #[error("The file was not written: {reason}. Nothing of it was left behind.")]
    NotExported { reason: String },
    /// Plaid returned a token that it gives only once, and Balance Desk couldn't save it yet. It retries from memory.
    #[error(
        "Plaid has given {what}, but it could not be saved yet: {reason} Balance Desk keeps trying. Make room on the disk, and do not close the app until then."
    )]
    TokenNotSaved { what: &'static str, reason: String },
    /// The evaluation was sent and may be billed, but its answer is unavailable. It must not look unsent: entered
    /// again, it would get a new ID and be billed again.
    #[error(
        "The evaluation {id} was asked, but {trouble}. {reason} Do not enter it anew, which would be billed again: it is under Activity, and if it stays without an answer, ask again there, under the same client_transaction_id."
    )]
    EvaluationAsked {
        id: ClientTransactionId,
        trouble: &'static str,
        reason: String,
    },
    #[error("No environment is open.")]
    NothingOpen,
    #[error("{0} is not there any more.")]
    NotFound(&'static str),
    #[error("{0}")]
    AlreadyRunning(&'static str),
    #[error(
        "This bank works again: it was signed in to elsewhere, or the trouble has passed. There is nothing to repair."
    )]
    WorksAgain,
    #[error("The Demo could not be started: {0}")]
    Demo(String),
    #[error("The Demo's bank cannot be set: {0}.")]
    DemoControl(String),
    #[error("Balance Desk made a mistake: {0}")]
    Internal(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyringFallback {
    Passphrase,
    Nothing,
}

impl DeskError {
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::InvalidInput {
            field,
            message: message.into(),
        }
    }

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

    pub fn plaid(&self) -> Option<&plaid::Error> {
        match self {
            Self::Plaid { error, .. }
            | Self::KeysRefused { error, .. }
            | Self::KeysNotChecked { error } => Some(error),
            _ => None,
        }
    }

    pub fn unreadable(what: &'static str) -> Self {
        StoreError::unreadable(what).into()
    }

    pub fn is_of_the_store(&self) -> bool {
        matches!(self, Self::Database { .. } | Self::Disk { .. })
    }

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
            KeyringFallback::Passphrase => NextAction::ChoosePassphrase,
            KeyringFallback::Nothing => NextAction::Retry,
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
