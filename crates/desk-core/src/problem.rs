use serde::Serialize;
use ts_rs::TS;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "problem.ts", optional_fields)]
pub struct Problem {
    pub kind: ProblemKind,
    pub message: String,
    /// The request field in camelCase.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub plaid: Option<Box<PlaidProblem>>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub action: Option<NextAction>,
}

impl Problem {
    pub fn new(kind: ProblemKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            field: None,
            plaid: None,
            action: None,
        }
    }

    #[must_use]
    pub fn with_action(mut self, action: NextAction) -> Self {
        self.action = Some(action);
        self
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "problem.ts")]
pub enum ProblemKind {
    InvalidInput,
    Plaid,
    Network,
    TimedOut,
    Cancelled,
    KeyringUnavailable,
    KeyringLocked,
    WrongPassphrase,
    SecretsLocked,
    KeyMissing,
    DatabaseNewer,
    Database,
    Disk,
    NothingOpen,
    NotFound,
    AlreadyRunning,
    WorksAgain,
    Demo,
    Internal,
}

/// Plaid's error. Branch only on `error_type` and `error_code`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "problem.ts")]
pub struct PlaidProblem {
    pub error_type: Option<String>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
    pub display_message: Option<String>,
    pub request_id: Option<String>,
    pub documentation_url: Option<String>,
    pub status: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "problem.ts")]
pub enum NextAction {
    Retry,
    #[serde(rename_all = "camelCase")]
    RepairItem {
        item_id: String,
    },
    #[serde(rename_all = "camelCase")]
    ChooseAccounts {
        item_id: String,
    },
    #[serde(rename_all = "camelCase")]
    ContinueInBrowser {
        session_id: String,
    },
    LinkAgain,
    CheckKeys,
    UnlockKeyring,
    EnterPassphrase,
    ChoosePassphrase,
    OpenPage {
        url: String,
        label: String,
    },
    Update,
}
