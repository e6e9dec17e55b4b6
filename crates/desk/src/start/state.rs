//! State behind the start screen. Changes hold a gate and run one at a time; reads never wait for a change.

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
    error::KeyringFallback,
    problem::Problem,
    secrets::{
        Keyring, KeyringState, SecretStore, Vault,
        vault::{KeyDerivation, VaultId},
    },
    store::blocking,
};

pub(crate) struct Start {
    gate: Mutex<()>,
    state: RwLock<StartState>,
}

pub(crate) struct StartState {
    pub(crate) dir: Result<Arc<DataDir>, DataDirProblem>,
    pub(crate) file: DeskFile,
    pub(crate) secrets: Secrets,
    pub(crate) open: Option<Features>,
    pub(crate) open_problem: Option<Problem>,
    /// Results of earlier lookups.
    pub(crate) keys: HashMap<Environment, KnownKeys>,
}

#[derive(Debug, Clone)]
pub(crate) enum DataDirProblem {
    NotStarted,
    InUse,
    Newer(String),
    Disk(String),
}

impl DataDirProblem {
    pub(crate) fn of(error: DeskError) -> Self {
        match error {
            DeskError::AlreadyRunning(_) => Self::InUse,
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
            Self::InUse => DeskError::AlreadyRunning(
                "Balance Desk is already running with this data. Close the other one first.",
            ),
            Self::Newer(what) => DeskError::DatabaseNewer { what: what.clone() },
            Self::Disk(reason) => DeskError::Disk {
                reason: reason.clone(),
            },
        }
    }
}

#[derive(Clone)]
pub(crate) enum Secrets {
    NotChosen,
    Keyring(Keyring),
    Locked {
        vault: VaultId,
        argon2id: KeyDerivation,
    },
    Vault(Vault),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KnownKeys {
    Stored { client_id: String },
    Missing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnlockPrompt {
    Allowed,
    Never,
}

impl Start {
    pub(crate) fn new() -> Self {
        Self {
            gate: Mutex::new(()),
            state: RwLock::new(StartState {
                dir: Err(DataDirProblem::NotStarted),
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
    pub(super) async fn change(&self) -> MutexGuard<'_, ()> {
        self.start_state().gate.lock().await
    }

    pub(super) fn change_now(&self) -> Result<MutexGuard<'_, ()>, DeskError> {
        self.start_state().gate.try_lock().map_err(|_| {
            DeskError::AlreadyRunning("The last change is still being made. Wait for it to end.")
        })
    }

    pub(crate) fn read_state<T>(&self, f: impl FnOnce(&StartState) -> T) -> T {
        f(&self
            .start_state()
            .state
            .read()
            .unwrap_or_else(PoisonError::into_inner))
    }

    /// The caller holds the gate, except for cached values.
    pub(super) fn update_state<T>(&self, f: impl FnOnce(&mut StartState) -> T) -> T {
        f(&mut self
            .start_state()
            .state
            .write()
            .unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn dir(&self) -> Result<Arc<DataDir>, DeskError> {
        self.read_state(|state| state.dir.clone())
            .map_err(|refusal| refusal.to_error())
    }

    /// Saves a change to `desk.json`, then updates the state. The caller holds the gate.
    pub(super) async fn record(
        &self,
        change: impl FnOnce(&mut DeskFile) + Send,
    ) -> Result<(), DeskError> {
        let dir = self.dir()?;
        let mut file = self.read_state(|state| state.file.clone());
        change(&mut file);
        let written = file.clone();
        blocking(move || written.write(dir.path())).await?;
        self.update_state(|state| state.file = file);
        Ok(())
    }

    pub(super) async fn secret_store(
        &self,
        prompt: UnlockPrompt,
    ) -> Result<SecretStore, DeskError> {
        match self.read_state(|state| state.secrets.clone()) {
            Secrets::NotChosen => Err(DeskError::Internal("no place for secrets is in force")),
            Secrets::Keyring(keyring) => {
                make_ready(&keyring, prompt, KeyringFallback::Nothing).await?;
                Ok(SecretStore::Keyring(keyring))
            }
            Secrets::Locked { .. } => Err(DeskError::SecretsLocked),
            Secrets::Vault(vault) => Ok(SecretStore::Vault(vault)),
        }
    }

    pub(super) fn keyring(&self) -> Keyring {
        Keyring::new(&self.config().keyring_service)
    }

    pub(super) fn database_path(&self, environment: Environment) -> PathBuf {
        super::data_dir::database(&self.config().data_dir, environment)
    }
}

/// Checks that the keyring is usable; prompts the user to unlock it if allowed.
pub(super) async fn make_ready(
    keyring: &Keyring,
    prompt: UnlockPrompt,
    instead: KeyringFallback,
) -> Result<(), DeskError> {
    match keyring.state().await {
        KeyringState::Ready => Ok(()),
        KeyringState::Absent { reason } => Err(DeskError::KeyringUnavailable { reason, instead }),
        KeyringState::Locked { .. } if prompt == UnlockPrompt::Allowed => keyring.unlock().await,
        KeyringState::Locked { reason } => Err(DeskError::KeyringLocked { reason }),
    }
}
