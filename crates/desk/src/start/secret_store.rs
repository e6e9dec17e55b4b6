//! Chooses, unlocks, and changes where secrets are stored. A change copies the secrets, names the new place in
//! `desk.json`, then empties the old place. `desk.json` always lists the other place that may hold copies, so the
//! next start knows what to empty.

use super::{
    desk_file::SecretPlace,
    state::{Secrets, UnlockPrompt, make_ready},
    view::{AppStatus, SecretStoreChoice},
};
use crate::desk::Desk;
use desk_core::{
    DeskError,
    error::KeyringFallback,
    event::DeskEvent,
    secrets::{
        KeyringState, Passphrase, SecretBytes, SecretSlot, SecretStore, Vault,
        vault::{KeyDerivation, VaultId},
    },
    store::blocking,
};

impl Desk {
    pub async fn choose_secret_store(
        &self,
        choice: SecretStoreChoice,
    ) -> Result<AppStatus, DeskError> {
        let gate = self.change().await;
        match (self.read_state(|state| state.secrets.clone()), choice) {
            (Secrets::NotChosen, SecretStoreChoice::Keyring) => self.choose_keyring().await?,
            (Secrets::NotChosen, SecretStoreChoice::Passphrase { passphrase }) => {
                self.choose_passphrase(passphrase).await?;
            }
            // A double click.
            (Secrets::Keyring(_), SecretStoreChoice::Keyring) => {}
            _ => {
                return Err(DeskError::invalid(
                    "choice",
                    "Where secrets are kept has been chosen already. It is changed in Settings.",
                ));
            }
        }
        drop(gate);
        self.emit(DeskEvent::StatusChanged);
        Ok(self.status().await)
    }

    pub async fn unlock(&self, passphrase: Passphrase) -> Result<AppStatus, DeskError> {
        let gate = self.change().await;
        match self.read_state(|state| state.secrets.clone()) {
            Secrets::Locked { vault, argon2id } => {
                let path = vault.path(self.dir()?.path());
                let vault = Vault::unlock(path, vault, argon2id, passphrase).await?;
                self.update_state(|state| state.secrets = Secrets::Vault(vault));
                self.finish_erasures(UnlockPrompt::Allowed).await;
                if self.open().is_err() {
                    self.open_last().await;
                }
            }
            Secrets::Vault(_) => {}
            Secrets::NotChosen | Secrets::Keyring(_) => {
                return Err(DeskError::invalid("passphrase", "No passphrase is in use."));
            }
        }
        drop(gate);
        self.emit(DeskEvent::StatusChanged);
        Ok(self.status().await)
    }

    pub async fn change_secret_store(
        &self,
        choice: SecretStoreChoice,
    ) -> Result<AppStatus, DeskError> {
        let gate = self.change_now()?;
        if let SecretStoreChoice::Passphrase { passphrase } = &choice {
            passphrase.check()?;
        }
        let from = self.read_state(|state| state.file.secrets);
        match (from, choice) {
            (None, SecretStoreChoice::Keyring) => self.choose_keyring().await?,
            (None, SecretStoreChoice::Passphrase { passphrase }) => {
                self.choose_passphrase(passphrase).await?;
            }
            (Some(SecretPlace::Keyring), SecretStoreChoice::Keyring) => {
                self.secret_store(UnlockPrompt::Allowed).await?;
            }
            (Some(from), choice) => self.move_secrets(from, choice).await?,
        }
        drop(gate);
        self.emit(DeskEvent::StatusChanged);
        Ok(self.status().await)
    }

    /// Chooses the keyring if no place is chosen yet, because the user's action needs one.
    pub(super) async fn ensure_chosen(&self, prompt: UnlockPrompt) -> Result<(), DeskError> {
        match self.read_state(|state| state.secrets.clone()) {
            Secrets::NotChosen if prompt == UnlockPrompt::Allowed => self.choose_keyring().await,
            Secrets::NotChosen => Err(DeskError::NothingOpen),
            _ => Ok(()),
        }
    }

    async fn choose_keyring(&self) -> Result<(), DeskError> {
        let keyring = self.keyring();
        make_ready(&keyring, UnlockPrompt::Allowed, KeyringFallback::Passphrase).await?;
        // Secrets from before the user started over must not reappear.
        if self.read_state(|state| state.file.leftovers.contains(&SecretPlace::Keyring)) {
            self.empty_place(SecretPlace::Keyring).await?;
        }
        self.record(|file| {
            file.secrets = Some(SecretPlace::Keyring);
            file.leftovers
                .retain(|place| *place != SecretPlace::Keyring);
        })
        .await?;
        self.update_state(|state| state.secrets = Secrets::Keyring(keyring));
        tracing::info!("storing secrets in the keyring");
        Ok(())
    }

    async fn choose_passphrase(&self, passphrase: Passphrase) -> Result<(), DeskError> {
        passphrase.check()?;
        let (place, vault) = self.create_vault(passphrase, Vec::new()).await?;
        self.record(|file| file.secrets = Some(place)).await?;
        self.update_state(|state| state.secrets = Secrets::Vault(vault));
        tracing::info!("storing secrets in a passphrase file");
        Ok(())
    }

    async fn create_vault(
        &self,
        passphrase: Passphrase,
        secrets: Vec<(SecretSlot, SecretBytes)>,
    ) -> Result<(SecretPlace, Vault), DeskError> {
        let place = SecretPlace::new_passphrase();
        let vault = self.fill_vault(place, passphrase, secrets).await?;
        Ok((place, vault))
    }

    async fn fill_vault(
        &self,
        place: SecretPlace,
        passphrase: Passphrase,
        secrets: Vec<(SecretSlot, SecretBytes)>,
    ) -> Result<Vault, DeskError> {
        let SecretPlace::Passphrase { vault, argon2id } = place else {
            return Err(DeskError::Internal("a passphrase file has no id"));
        };
        let path = vault.path(self.dir()?.path());
        Vault::create(path, vault, argon2id, passphrase, secrets).await
    }

    async fn move_secrets(
        &self,
        from: SecretPlace,
        choice: SecretStoreChoice,
    ) -> Result<(), DeskError> {
        let old = self.secret_store(UnlockPrompt::Allowed).await?;
        let to = match &choice {
            SecretStoreChoice::Keyring => {
                make_ready(
                    &self.keyring(),
                    UnlockPrompt::Allowed,
                    KeyringFallback::Nothing,
                )
                .await?;
                SecretPlace::Keyring
            }
            SecretStoreChoice::Passphrase { .. } => SecretPlace::new_passphrase(),
        };
        self.announce_move(to).await?;
        match self.copy_secrets(&old, to, choice).await {
            Ok(new) => self.switch_place(from, to, new).await?,
            Err(error) => {
                self.sweep_leftovers().await;
                return Err(error);
            }
        }
        // Some systems can't delete an open file.
        drop(old);
        self.sweep_leftovers().await;
        Ok(())
    }

    /// Step 1: record in `desk.json` that the new place may hold copies.
    pub(super) async fn announce_move(&self, to: SecretPlace) -> Result<(), DeskError> {
        self.record(|file| {
            file.leftovers.retain(|place| *place != to);
            file.leftovers.push(to);
        })
        .await
    }

    /// Step 2: copy every secret and read it back.
    pub(super) async fn copy_secrets(
        &self,
        old: &SecretStore,
        to: SecretPlace,
        choice: SecretStoreChoice,
    ) -> Result<Secrets, DeskError> {
        let mut secrets = Vec::new();
        let mut empty = Vec::new();
        for slot in SecretSlot::all() {
            match old.get(slot).await? {
                Some(value) => secrets.push((slot, value)),
                None => empty.push(slot),
            }
        }
        let (new, secrets_now) = match choice {
            SecretStoreChoice::Keyring => {
                let keyring = self.keyring();
                let store = SecretStore::Keyring(keyring.clone());
                for (slot, value) in &secrets {
                    store.put(*slot, value.clone()).await?;
                }
                // Secrets left by an earlier run must not reappear.
                for slot in empty {
                    store.remove(slot).await?;
                }
                (store, Secrets::Keyring(keyring))
            }
            SecretStoreChoice::Passphrase { passphrase } => {
                let vault = self.fill_vault(to, passphrase, secrets.clone()).await?;
                (SecretStore::Vault(vault.clone()), Secrets::Vault(vault))
            }
        };
        for (slot, value) in &secrets {
            if new.get(*slot).await?.as_ref() != Some(value) {
                return Err(DeskError::SecretUnreadable {
                    slot: slot.to_string(),
                    place: new.place(),
                    reason: "it is not what was just stored".to_owned(),
                });
            }
        }
        Ok(secrets_now)
    }

    /// Step 3: switch to the new place; the old place may now hold copies.
    pub(super) async fn switch_place(
        &self,
        from: SecretPlace,
        to: SecretPlace,
        new: Secrets,
    ) -> Result<(), DeskError> {
        self.record(|file| {
            file.secrets = Some(to);
            file.leftovers.retain(|place| *place != to);
            file.leftovers.push(from);
        })
        .await?;
        self.update_state(|state| state.secrets = new);
        tracing::info!("moved the secrets");
        Ok(())
    }

    /// Step 4, also at every start: empty the other places where that needs no prompt.
    pub(super) async fn sweep_leftovers(&self) {
        let (leftovers, in_force) =
            self.read_state(|state| (state.file.leftovers.clone(), state.file.secrets));
        let mut remaining = Vec::new();
        for place in leftovers
            .iter()
            .copied()
            .filter(|place| Some(*place) != in_force)
        {
            if let Err(error) = self.empty_place(place).await {
                tracing::warn!(%error, "couldn't delete the old copies of secrets yet");
                remaining.push(place);
            }
        }
        if remaining != leftovers
            && let Err(error) = self.record(|file| file.leftovers = remaining).await
        {
            tracing::warn!(%error, "couldn't write desk.json");
        }
        self.delete_stray_vaults(in_force).await;
    }

    async fn empty_place(&self, place: SecretPlace) -> Result<(), DeskError> {
        match place {
            SecretPlace::Keyring => {
                let keyring = self.keyring();
                make_ready(&keyring, UnlockPrompt::Never, KeyringFallback::Nothing).await?;
                let store = SecretStore::Keyring(keyring);
                for slot in SecretSlot::all() {
                    store.remove(slot).await?;
                }
                Ok(())
            }
            SecretPlace::Passphrase { vault, .. } => {
                let dir = self.dir()?;
                blocking(move || dir.delete_database(&vault.path(dir.path()))).await
            }
        }
    }

    /// Deletes unreferenced passphrase files. Does nothing unless `desk.json` itself names the place in use, because
    /// a file may be the only copy.
    async fn delete_stray_vaults(&self, in_force: Option<SecretPlace>) {
        let (Some(in_force), Ok(dir)) = (in_force, self.dir()) else {
            return;
        };
        let named = move |id: VaultId| matches!(in_force, SecretPlace::Passphrase { vault, .. } if vault == id);
        let swept = blocking(move || {
            let written = super::desk_file::DeskFile::path(dir.path()).is_file();
            for id in dir.vaults().map_err(|error| DeskError::disk(&error))? {
                if written && !named(id) {
                    dir.delete_database(&id.path(dir.path()))?;
                }
            }
            Ok::<_, DeskError>(())
        });
        if let Err(error) = swept.await {
            tracing::warn!(%error, "couldn't delete old passphrase files");
        }
    }

    pub(super) async fn keyring_state(&self) -> KeyringState {
        self.keyring().state().await
    }
}

impl SecretPlace {
    pub(super) fn new_passphrase() -> Self {
        Self::of_vault(VaultId::random())
    }

    pub(super) fn of_vault(vault: VaultId) -> Self {
        Self::Passphrase {
            vault,
            argon2id: KeyDerivation::default(),
        }
    }

    /// Ignores how the key is derived.
    pub(super) fn is_same(self, other: Self) -> bool {
        match (self, other) {
            (Self::Passphrase { vault, .. }, Self::Passphrase { vault: second, .. }) => {
                vault == second
            }
            _ => self == other,
        }
    }
}
