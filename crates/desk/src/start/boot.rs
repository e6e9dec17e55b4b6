//! Startup: locks the data folder, finishes interrupted work, and opens the last environment. Startup never prompts
//! the user and never fails; the app status reports problems.

use std::sync::Arc;

use super::{
    data_dir::{DataDir, has_database},
    desk_file::{DeskFile, DeskFileContents, NextStart, SecretPlace},
    state::{DataDirProblem, Secrets, UnlockPrompt},
};
use crate::desk::Desk;
use desk_core::{
    DeskError,
    environment::Environment,
    problem::Problem,
    secrets::vault::{KeyDerivation, VaultId},
    store::blocking,
};

impl Desk {
    pub(crate) async fn boot(&self) {
        let _gate = self.change().await;
        if let Err(error) = self.restore().await {
            tracing::error!(%error, "couldn't use the data folder");
            self.update_state(|state| {
                state.open_problem = Some(Problem::from(&error));
                state.dir = Err(DataDirProblem::of(error));
            });
            return;
        }
        self.finish_erasures(UnlockPrompt::Never).await;
        self.sweep_leftovers().await;
        self.open_last().await;
    }

    async fn restore(&self) -> Result<(), DeskError> {
        let path = self.config().data_dir.clone();
        let (dir, file) = blocking(move || {
            let dir = DataDir::hold(&path)?;
            let file = match DeskFile::read(dir.path())? {
                DeskFileContents::File(file) => file,
                DeskFileContents::Nothing | DeskFileContents::Damaged => rebuild(&dir)?,
            };
            Ok::<_, DeskError>((dir, file))
        })
        .await?;
        let secrets = match file.secrets {
            None => Secrets::NotChosen,
            Some(SecretPlace::Keyring) => Secrets::Keyring(self.keyring()),
            Some(SecretPlace::Passphrase { vault, argon2id }) => {
                Secrets::Locked { vault, argon2id }
            }
        };
        self.update_state(|state| {
            state.dir = Ok(Arc::new(dir));
            state.file = file;
            state.secrets = secrets;
        });
        Ok(())
    }

    pub(super) async fn open_last(&self) {
        let last = self.read_state(|state| match state.file.next_start {
            NextStart::LastEnvironment => state.file.last_environment,
            NextStart::Doors => None,
        });
        let Some(environment) = last else { return };
        match self.switch_to(environment, UnlockPrompt::Never).await {
            // The status already reports that a passphrase is needed.
            Ok(()) | Err(DeskError::SecretsLocked) => {}
            Err(error) => {
                tracing::warn!(%environment, %error, "couldn't open the last environment");
                self.update_state(|state| state.open_problem = Some(Problem::from(&error)));
            }
        }
    }
}

/// Reconstructs a missing `desk.json`. If databases exist, this isn't the first start: their keys are in a passphrase
/// file if there is one, otherwise in the keyring.
fn rebuild(dir: &DataDir) -> Result<DeskFile, DeskError> {
    let any = Environment::ALL
        .into_iter()
        .any(|environment| has_database(&dir.database(environment)));
    if !any {
        return Ok(DeskFile::default());
    }
    let vaults = dir.vaults().map_err(|error| DeskError::disk(&error))?;
    let secrets = match newest(dir, vaults) {
        Some(vault) => SecretPlace::Passphrase {
            vault,
            argon2id: KeyDerivation::default(),
        },
        None => SecretPlace::Keyring,
    };
    tracing::warn!(
        ?secrets,
        "desk.json is missing; inferred where secrets are stored"
    );
    let mut file = DeskFile::default();
    file.secrets = Some(secrets);
    Ok(file)
}

fn newest(dir: &DataDir, vaults: Vec<VaultId>) -> Option<VaultId> {
    vaults
        .into_iter()
        .filter(|vault| has_database(&vault.path(dir.path())))
        .max_by_key(|vault| {
            std::fs::metadata(vault.path(dir.path()))
                .and_then(|file| file.modified())
                .ok()
        })
}
