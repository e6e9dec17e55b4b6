use serde::{Deserialize, Serialize};
use ts_rs::TS;

use desk_core::{environment::Environment, problem::Problem, secrets::KeyringState};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "start.ts")]
pub struct AppStatus {
    pub version: String,
    pub secret_store: SecretStoreStatus,
    pub environments: Vec<EnvironmentStatus>,
    pub open: Option<Environment>,
    pub open_problem: Option<Problem>,
    pub data_dir: String,
    pub last_environment: Option<Environment>,
}

/// Exactly one place is in use. It is chosen once and changed only by the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "start.ts")]
pub enum SecretStoreStatus {
    #[serde(rename_all = "camelCase")]
    NotChosen { keyring: KeyringState },
    #[serde(rename_all = "camelCase")]
    Keyring { state: KeyringState },
    #[serde(rename_all = "camelCase")]
    Passphrase {
        /// True until the user enters the passphrase in this session.
        locked: bool,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "start.ts")]
pub struct EnvironmentStatus {
    pub environment: Environment,
    /// Whether API keys are stored (always true for the Demo). Absent while secrets are locked.
    pub has_keys: Option<bool>,
    pub client_id: Option<String>,
    pub has_database: bool,
}

#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "start.ts")]
pub enum SecretStoreChoice {
    Keyring,
    Passphrase {
        #[ts(type = "string")]
        passphrase: desk_core::secrets::Passphrase,
    },
}

#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "start.ts")]
pub struct KeysInput {
    pub environment: Environment,
    pub client_id: String,
    #[ts(type = "string")]
    pub secret: desk_core::secrets::TypedSecret,
}
