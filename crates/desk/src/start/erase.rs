//! Erases environments so that an interrupted erasure can be finished. `desk.json` first records the erasure; then
//! the keys go, which makes the database unreadable, then the files, then the record. The next start finishes what is
//! left, or waits until the keyring or passphrase file is open. Starting over is the way out if the secrets can never
//! be opened again: `desk.json` resets the choice, marks every environment for erasure, and lists the places that
//! still hold copies of secrets. A keyring that becomes available later is emptied then, at the latest before it is
//! chosen again.

use super::{
    desk_file::{NextStart, SecretPlace},
    state::{KnownKeys, Secrets, UnlockPrompt},
    view::AppStatus,
};
use crate::desk::Desk;
use desk_core::{
    DeskError,
    environment::Environment,
    event::DeskEvent,
    secrets::{SecretKind, SecretSlot},
    store::blocking,
};

const START_OVER: &str = "start over";

impl Desk {
    /// Deletes the database, its key, the API keys, and the Demo's simulated bank. Items stay linked at Plaid.
    pub async fn erase_environment(
        &self,
        environment: Environment,
        confirmation: &str,
    ) -> Result<AppStatus, DeskError> {
        if !confirmation.trim().eq_ignore_ascii_case(environment.name()) {
            return Err(DeskError::invalid(
                "confirmation",
                format!(
                    "To erase {environment}, type its name: {}.",
                    environment.name()
                ),
            ));
        }
        let gate = self.change_now()?;
        self.begin_erasure(environment).await?;
        let erased = self
            .finish_erasure(environment, UnlockPrompt::Allowed)
            .await;
        drop(gate);
        self.emit(DeskEvent::StatusChanged);
        erased?;
        tracing::info!(%environment, "erased");
        Ok(self.status().await)
    }

    /// Erases all environments and secrets, even if the secrets can't be opened. Keys in an unavailable keyring are
    /// deleted as soon as it is available.
    pub async fn start_over(&self, confirmation: &str) -> Result<AppStatus, DeskError> {
        if !confirmation.trim().eq_ignore_ascii_case(START_OVER) {
            return Err(DeskError::invalid(
                "confirmation",
                format!("To delete everything, type: {START_OVER}."),
            ));
        }
        let gate = self.change_now()?;
        self.begin_starting_over().await?;
        let erased = self.erase_everything().await;
        drop(gate);
        self.emit(DeskEvent::StatusChanged);
        erased?;
        tracing::info!("erased everything to start over");
        Ok(self.status().await)
    }

    /// Records the whole erasure in one step. The caller holds the gate.
    pub(super) async fn begin_starting_over(&self) -> Result<(), DeskError> {
        let dir = self.dir()?;
        let vaults =
            blocking(move || dir.vaults().map_err(|error| DeskError::disk(&error))).await?;
        if let Some(features) = self.update_state(|state| state.open.take()) {
            features.links.close_window();
            features.session.close_now().await;
        }
        self.record(|file| {
            let old = file.secrets.take();
            let files = vaults.into_iter().map(SecretPlace::of_vault);
            for place in old.into_iter().chain(files) {
                if !file.leftovers.iter().any(|other| other.is_same(place)) {
                    file.leftovers.push(place);
                }
            }
            file.erasing = Environment::ALL.to_vec();
            file.last_environment = None;
            file.next_start = NextStart::default();
            file.demo_latency = None;
        })
        .await?;
        self.update_state(|state| {
            state.secrets = Secrets::NotChosen;
            state.keys.clear();
        });
        Ok(())
    }

    /// Erases the keys that are available, then the files. The caller holds the gate.
    async fn erase_everything(&self) -> Result<(), DeskError> {
        self.sweep_leftovers().await;
        let mut failed = None;
        for environment in Environment::ALL {
            if let Err(error) = self.finish_erasure(environment, UnlockPrompt::Never).await {
                tracing::warn!(%environment, %error, "couldn't erase the files yet");
                failed.get_or_insert(error);
            }
        }
        failed.map_or(Ok(()), Err)
    }

    pub(super) async fn begin_erasure(&self, environment: Environment) -> Result<(), DeskError> {
        self.dir()?;
        if self.read_state(|state| state.file.secrets.is_some()) {
            self.secret_store(UnlockPrompt::Allowed).await?;
        }
        if let Some(features) = self.update_state(|state| {
            state
                .open
                .take_if(|open| open.session.environment == environment)
        }) {
            features.links.close_window();
            features.session.close_now().await;
        }
        self.record(|file| {
            file.erasing.retain(|other| *other != environment);
            file.erasing.push(environment);
            if file.last_environment == Some(environment) {
                file.last_environment = None;
            }
            // The latency was a choice for the Demo that is being erased.
            if environment == Environment::Demo {
                file.demo_latency = None;
            }
        })
        .await
    }

    /// The caller holds the gate.
    pub(super) async fn finish_erasure(
        &self,
        environment: Environment,
        prompt: UnlockPrompt,
    ) -> Result<(), DeskError> {
        if !self.read_state(|state| state.file.erasing.contains(&environment)) {
            return Ok(());
        }
        self.erase_secrets(environment, prompt).await?;
        self.erase_files(environment).await?;
        self.record(|file| file.erasing.retain(|other| *other != environment))
            .await?;
        self.update_state(|state| state.open_problem = None);
        Ok(())
    }

    /// Finishes all pending erasures as far as possible without prompting. Files can always be deleted.
    pub(super) async fn finish_erasures(&self, prompt: UnlockPrompt) {
        for environment in self.read_state(|state| state.file.erasing.clone()) {
            if let Err(error) = self.finish_erasure(environment, prompt).await {
                tracing::warn!(%environment, %error, "couldn't erase the keys yet");
                if let Err(error) = self.erase_files(environment).await {
                    tracing::warn!(%environment, %error, "couldn't erase the files yet");
                }
            }
        }
    }

    /// The database key goes first, which makes the database unreadable at once.
    async fn erase_secrets(
        &self,
        environment: Environment,
        prompt: UnlockPrompt,
    ) -> Result<(), DeskError> {
        if matches!(
            self.read_state(|state| state.secrets.clone()),
            Secrets::NotChosen
        ) {
            return Ok(());
        }
        let secrets = self.secret_store(prompt).await?;
        for kind in SecretKind::ALL {
            secrets.remove(SecretSlot::new(environment, kind)).await?;
        }
        self.update_state(|state| state.keys.insert(environment, KnownKeys::Missing));
        Ok(())
    }

    async fn erase_files(&self, environment: Environment) -> Result<(), DeskError> {
        let dir = self.dir()?;
        if environment == Environment::Demo {
            self.config().demo.stop();
        }
        blocking(move || {
            dir.delete_database(&dir.database(environment))?;
            if environment == Environment::Demo {
                dir.delete_demo_bank()?;
            }
            Ok(())
        })
        .await
    }
}
