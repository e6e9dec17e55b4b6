//! The one shape in which anything that went wrong crosses to the screen. It keeps Plaid's own
//! words and identifiers, names the field that was wrong, and says what the user can do next.

use serde::Serialize;
use ts_rs::TS;

/// What went wrong, in words for the user, with what they can do next. Never carries a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "problem.ts", optional_fields)]
pub struct Problem {
    /// The kind of problem, for the screen to branch on.
    pub kind: ProblemKind,
    /// One or two plain sentences.
    pub message: String,
    /// The input field the message belongs to, in the camelCase name of the request's field.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<String>,
    /// What Plaid said, when Plaid said it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub plaid: Option<Box<PlaidProblem>>,
    /// The one next step that helps most.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub action: Option<NextAction>,
}

impl Problem {
    /// A problem that needs no more than words.
    pub fn new(kind: ProblemKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            field: None,
            plaid: None,
            action: None,
        }
    }

    /// The same, with a next step to offer.
    #[must_use]
    pub fn with_action(mut self, action: NextAction) -> Self {
        self.action = Some(action);
        self
    }
}

/// Kinds of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "problem.ts")]
pub enum ProblemKind {
    /// Something the user typed cannot be used; `field` says which.
    InvalidInput,
    /// Plaid answered with an error.
    Plaid,
    /// Plaid (or the Demo) could not be reached, or what answered was not Plaid.
    Network,
    /// The call took longer than allowed.
    TimedOut,
    /// The user cancelled it.
    Cancelled,
    /// No keyring service answers.
    KeyringUnavailable,
    /// The keyring is there but locked, or the user refused to unlock it.
    KeyringLocked,
    /// The passphrase is not the one the secrets were stored with.
    WrongPassphrase,
    /// The secrets are locked: a passphrase is needed first.
    SecretsLocked,
    /// The database exists but its key is gone from where secrets are kept.
    KeyMissing,
    /// The database was written by a newer version of Balance Desk.
    DatabaseNewer,
    /// The database cannot be opened, read or written.
    Database,
    /// The disk refused a write.
    Disk,
    /// No environment is open.
    NothingOpen,
    /// What was asked for is not there (any more).
    NotFound,
    /// It is being done already.
    AlreadyRunning,
    /// An Item was to be repaired, and works again already: good news.
    WorksAgain,
    /// The Demo's stand-in could not be started or has stopped.
    Demo,
    /// A defect in Balance Desk.
    Internal,
}

/// Plaid's own account of an error. Branch on `error_type` and `error_code` only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "problem.ts")]
pub struct PlaidProblem {
    /// For example `ITEM_ERROR`; absent when what answered was not Plaid's error body.
    pub error_type: Option<String>,
    /// For example `ITEM_LOGIN_REQUIRED`.
    pub error_code: Option<String>,
    /// For developers.
    pub error_message: Option<String>,
    /// For end users; often absent.
    pub display_message: Option<String>,
    /// To quote to Plaid's support.
    pub request_id: Option<String>,
    /// Where Plaid explains the error.
    pub documentation_url: Option<String>,
    /// HTTP status, when there was an answer.
    pub status: Option<u16>,
}

/// The next step a screen offers beside a problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "problem.ts")]
pub enum NextAction {
    /// Do the same again, now or in a moment.
    Retry,
    /// Sign in to the bank again through Link's update mode.
    #[serde(rename_all = "camelCase")]
    RepairItem {
        /// The Item to repair.
        item_id: String,
    },
    /// Choose in Link's update mode which accounts of the Item are shared.
    #[serde(rename_all = "camelCase")]
    ChooseAccounts {
        /// The Item whose accounts are chosen.
        item_id: String,
    },
    /// Go on with a Link session in the system browser.
    #[serde(rename_all = "camelCase")]
    ContinueInBrowser {
        /// The desk's own id of the session.
        session_id: String,
    },
    /// Link the bank again.
    LinkAgain,
    /// Check the API keys in Settings.
    CheckKeys,
    /// Unlock the keyring, then try again.
    UnlockKeyring,
    /// Enter the passphrase.
    EnterPassphrase,
    /// Use a passphrase, since there is no keyring.
    ChoosePassphrase,
    /// Open a page of Plaid's Dashboard or documentation in the system browser.
    OpenPage {
        /// An https address.
        url: String,
        /// What the page is called.
        label: String,
    },
    /// Install a newer version of Balance Desk.
    Update,
}
