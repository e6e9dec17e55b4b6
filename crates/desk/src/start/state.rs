//! What stands at the moment: which place for secrets is in force, what is open, what is known of the keys.
//! Changes pass one gate, one after the other; looking never waits for a change in progress.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
};

use tokio::sync::{Mutex, MutexGuard};

use super::{data_dir::DataDir, desk_file::DeskFile};
use crate::{desk::Desk, features::Features};
use desk_core::{
    DeskError,
    environment::Environment,
    error::Instead,
    problem::Problem,
    secrets::{
        Keyring, KeyringState, SecretStore, Vault,
        vault::{Stretching, VaultId},
    },
    store::blocking,
};

/// The state behind the start screen.
pub(crate) struct Start {
    gate: Mutex<()>,
    standing: RwLock<Standing>,
}

/// What stands.
pub(crate) struct Standing {
    /// The data folder, or why it cannot be used.
    pub(crate) dir: Result<Arc<DataDir>, Refusal>,
    /// What `desk.json` says.
    pub(crate) file: DeskFile,
    /// The place for secrets in force.
    pub(crate) secrets: Secrets,
    /// The environment that is open.
    pub(crate) open: Option<Features>,
    /// Why the environment used last could not be opened at start.
    pub(crate) open_problem: Option<Problem>,
    /// What was seen of the API keys; absent means not looked yet.
    pub(crate) keys: HashMap<Environment, KnownKeys>,
}

/// Why nothing can be done with the data folder in this run.
#[derive(Debug, Clone)]
pub(crate) enum Refusal {
    /// Not looked at yet.
    NotStarted,
    /// Another process holds it.
    Held,
    /// A newer version wrote `desk.json`.
    Newer(String),
    /// It cannot be read or written.
    Disk(String),
}

impl Refusal {
    pub(crate) fn of(error: DeskError) -> Self {
        match error {
            DeskError::AlreadyRunning(_) => Self::Held,
            DeskError::DatabaseNewer { what } => Self::Newer(what),
            other => Self::Disk(match other {
                DeskError::Disk { reason } => reason,
                other => other.to_string(),
            }),
        }
    }

    pub(crate) fn to_error(&self) -> DeskError {
        match self {
            Self::NotStarted => DeskError::Internal("the desk was used before it was started"),
            Self::Held => DeskError::AlreadyRunning(
                "Balance Desk is already running with this data. Close the other one first.",
            ),
            Self::Newer(what) => DeskError::DatabaseNewer { what: what.clone() },
            Self::Disk(reason) => DeskError::Disk {
                reason: reason.clone(),
            },
        }
    }
}

/// The place for secrets in force, as far as it is open.
#[derive(Clone)]
pub(crate) enum Secrets {
    /// None yet.
    NotChosen,
    /// The keyring.
    Keyring(Keyring),
    /// A passphrase file that waits for its passphrase.
    Locked {
        /// Which file.
        vault: VaultId,
        /// How its key is made.
        argon2id: Stretching,
    },
    /// A passphrase file that is open.
    Vault(Vault),
}

/// What was seen of an environment's API keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KnownKeys {
    /// Both halves are stored.
    Stored {
        /// The client_id.
        client_id: String,
    },
    /// At least one half is missing.
    Missing,
}

/// Whether the user may be asked to unlock something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asking {
    /// The user is doing something that needs it.
    Allowed,
    /// Nobody asked for anything.
    Never,
}

impl Start {
    pub(crate) fn new() -> Self {
        Self {
            gate: Mutex::new(()),
            standing: RwLock::new(Standing {
                dir: Err(Refusal::NotStarted),
                file: DeskFile::default(),
                secrets: Secrets::NotChosen,
                open: None,
                open_problem: None,
                keys: HashMap::new(),
            }),
        }
    }
}

impl Desk {
    /// Waits until no other change is made, then holds them up.
    pub(super) async fn change(&self) -> MutexGuard<'_, ()> {
        self.start_state().gate.lock().await
    }

    /// Holds up other changes, unless one is being made: for what a second click must not do twice.
    pub(super) fn change_now(&self) -> Result<MutexGuard<'_, ()>, DeskError> {
        self.start_state().gate.try_lock().map_err(|_| {
            DeskError::AlreadyRunning("The last change is still being made. Wait for it to end.")
        })
    }

    /// Looks at what stands.
    pub(crate) fn see<T>(&self, f: impl FnOnce(&Standing) -> T) -> T {
        f(&self
            .start_state()
            .standing
            .read()
            .unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes what stands; the caller holds the gate, except for what is only remembered.
    pub(super) fn set<T>(&self, f: impl FnOnce(&mut Standing) -> T) -> T {
        f(&mut self
            .start_state()
            .standing
            .write()
            .unwrap_or_else(PoisonError::into_inner))
    }

    /// The data folder.
    pub(super) fn dir(&self) -> Result<Arc<DataDir>, DeskError> {
        self.see(|standing| standing.dir.clone())
            .map_err(|refusal| refusal.to_error())
    }

    /// Changes `desk.json`, durably, and then what stands. The caller holds the gate.
    pub(super) async fn record(
        &self,
        change: impl FnOnce(&mut DeskFile) + Send,
    ) -> Result<(), DeskError> {
        let dir = self.dir()?;
        let mut file = self.see(|standing| standing.file.clone());
        change(&mut file);
        let written = file.clone();
        blocking(move || written.write(dir.path())).await?;
        self.set(|standing| standing.file = file);
        Ok(())
    }

    /// The place for secrets in force, ready to be used.
    ///
    /// # Errors
    /// `KeyringUnavailable`, `KeyringLocked`, `SecretsLocked`.
    pub(super) async fn secret_store(&self, asking: Asking) -> Result<SecretStore, DeskError> {
        match self.see(|standing| standing.secrets.clone()) {
            Secrets::NotChosen => Err(DeskError::Internal("no place for secrets is in force")),
            Secrets::Keyring(keyring) => {
                make_ready(&keyring, asking, Instead::Nothing).await?;
                Ok(SecretStore::Keyring(keyring))
            }
            Secrets::Locked { .. } => Err(DeskError::SecretsLocked),
            Secrets::Vault(vault) => Ok(SecretStore::Vault(vault)),
        }
    }

    /// The keyring of this desk.
    pub(super) fn keyring(&self) -> Keyring {
        Keyring::new(&self.config().keyring_service)
    }

    /// Where an environment's database is.
    pub(super) fn database_path(&self, environment: Environment) -> PathBuf {
        super::data_dir::database(&self.config().data_dir, environment)
    }
}

/// Makes sure that the keyring can be used, asking the user to unlock it if that is allowed.
pub(super) async fn make_ready(
    keyring: &Keyring,
    asking: Asking,
    instead: Instead,
) -> Result<(), DeskError> {
    match keyring.state().await {
        KeyringState::Ready => Ok(()),
        KeyringState::Absent { reason } => Err(DeskError::KeyringUnavailable { reason, instead }),
        KeyringState::Locked { .. } if asking == Asking::Allowed => keyring.unlock().await,
        KeyringState::Locked { reason } => Err(DeskError::KeyringLocked { reason }),
    }
}
