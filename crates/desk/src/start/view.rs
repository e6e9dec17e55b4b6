//! What the start screen and the badge need to know.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use desk_core::{environment::Environment, problem::Problem, secrets::KeyringState};

/// The state of the whole desk: answered to `app_status` and to every command that changes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "start.ts")]
pub struct AppStatus {
    /// Version of Balance Desk.
    pub version: String,
    /// Where secrets are kept, and whether they can be reached now.
    pub secret_store: SecretStoreStatus,
    /// Demo, Sandbox, Production, in this order.
    pub environments: Vec<EnvironmentStatus>,
    /// The environment that is open now.
    pub open: Option<Environment>,
    /// Why the environment used last time could not be opened at start, if so.
    pub open_problem: Option<Problem>,
    /// The folder that holds the databases and logs.
    pub data_dir: String,
    /// True when the Demo's stand-in is the base of calls (also badge text).
    pub last_environment: Option<Environment>,
}

/// Where secrets are kept. Exactly one place is in force; it is chosen once and changed only by the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "start.ts")]
pub enum SecretStoreStatus {
    /// Nothing has been stored yet (first start).
    #[serde(rename_all = "camelCase")]
    NotChosen {
        /// Whether a keyring service answers and is unlocked.
        keyring: KeyringState,
    },
    /// The operating system's keyring is in force.
    #[serde(rename_all = "camelCase")]
    Keyring {
        /// Whether it can be reached now.
        state: KeyringState,
    },
    /// A passphrase is in force (Argon2id, encrypted file).
    #[serde(rename_all = "camelCase")]
    Passphrase {
        /// True until the passphrase has been entered in this session.
        locked: bool,
    },
}

/// One door of the start screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "start.ts")]
pub struct EnvironmentStatus {
    /// Which.
    pub environment: Environment,
    /// Whether API keys are stored (always true for the Demo). Absent while secrets are locked.
    pub has_keys: Option<bool>,
    /// The client_id in use, when stored and readable (it is not a secret).
    pub client_id: Option<String>,
    /// Whether a database file exists.
    pub has_database: bool,
}

/// Where the user wants secrets to be kept.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "start.ts")]
pub enum SecretStoreChoice {
    /// The operating system's keyring.
    Keyring,
    /// A passphrase; at least 10 characters.
    Passphrase {
        /// The passphrase.
        #[ts(type = "string")]
        passphrase: desk_core::secrets::Passphrase,
    },
}

/// API keys as typed by the user. Checked by a call before they are stored.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "start.ts")]
pub struct KeysInput {
    /// Sandbox or Production.
    pub environment: Environment,
    /// Plaid's client_id: 24 hexadecimal characters. Problem field: `clientId`.
    pub client_id: String,
    /// The secret of that environment: 30 hexadecimal characters. Problem field: `secret`.
    #[ts(type = "string")]
    pub secret: desk_core::secrets::TypedSecret,
}
