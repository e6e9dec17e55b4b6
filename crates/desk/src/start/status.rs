//! Data for the start screen and the badge. Reading the status never prompts the user.

use super::{
    data_dir::has_database,
    state::{KnownKeys, Secrets},
    view::{AppStatus, EnvironmentStatus, SecretStoreStatus},
};
use crate::desk::Desk;
use desk_core::{
    DeskError,
    environment::Environment,
    secrets::{KeyringState, SecretKind, SecretSlot, SecretStore},
};

impl Desk {
    pub async fn status(&self) -> AppStatus {
        let secrets = self.read_state(|state| state.secrets.clone());
        let (secret_store, usable) = self.look_at(secrets).await;
        let mut environments = Vec::with_capacity(Environment::ALL.len());
        for environment in Environment::ALL {
            environments.push(self.door(environment, &secret_store, usable.as_ref()).await);
        }
        self.read_state(|state| AppStatus {
            version: self.config().version.clone(),
            secret_store,
            environments,
            open: state.open.as_ref().map(|open| open.session.environment),
            open_problem: state.open_problem.clone(),
            data_dir: self.config().data_dir.display().to_string(),
            last_environment: state.file.last_environment,
        })
    }

    async fn look_at(&self, secrets: Secrets) -> (SecretStoreStatus, Option<SecretStore>) {
        match secrets {
            Secrets::NotChosen => {
                let keyring = self.keyring_state().await;
                (SecretStoreStatus::NotChosen { keyring }, None)
            }
            Secrets::Keyring(keyring) => {
                let state = keyring.state().await;
                let usable =
                    (state == KeyringState::Ready).then_some(SecretStore::Keyring(keyring));
                (SecretStoreStatus::Keyring { state }, usable)
            }
            Secrets::Locked { .. } => (SecretStoreStatus::Passphrase { locked: true }, None),
            Secrets::Vault(vault) => (
                SecretStoreStatus::Passphrase { locked: false },
                Some(SecretStore::Vault(vault)),
            ),
        }
    }

    async fn door(
        &self,
        environment: Environment,
        secret_store: &SecretStoreStatus,
        usable: Option<&SecretStore>,
    ) -> EnvironmentStatus {
        let keys = match (environment, secret_store, usable) {
            (Environment::Demo, ..) => None,
            (_, SecretStoreStatus::NotChosen { .. }, _) => Some(KnownKeys::Missing),
            (_, _, Some(secrets)) => self.keys_known(environment, secrets).await,
            (_, _, None) => None,
        };
        EnvironmentStatus {
            environment,
            has_keys: match keys {
                _ if environment == Environment::Demo => Some(true),
                Some(KnownKeys::Stored { .. }) => Some(true),
                Some(KnownKeys::Missing) => Some(false),
                None => None,
            },
            client_id: match keys {
                Some(KnownKeys::Stored { client_id }) => Some(client_id),
                _ => None,
            },
            has_database: has_database(&self.database_path(environment)),
        }
    }

    /// Cached, because only this process changes the keys.
    async fn keys_known(
        &self,
        environment: Environment,
        secrets: &SecretStore,
    ) -> Option<KnownKeys> {
        if let Some(known) = self.read_state(|state| state.keys.get(&environment).cloned()) {
            return Some(known);
        }
        match look_up(environment, secrets).await {
            Ok(found) => {
                self.update_state(|state| {
                    state
                        .keys
                        .entry(environment)
                        .or_insert_with(|| found.clone());
                });
                Some(found)
            }
            Err(error) => {
                tracing::warn!(%environment, %error, "couldn't look up the API keys");
                None
            }
        }
    }
}

async fn look_up(environment: Environment, secrets: &SecretStore) -> Result<KnownKeys, DeskError> {
    use secrecy::ExposeSecret;

    let client_id = secrets
        .get_text(SecretSlot::new(environment, SecretKind::ClientId))
        .await?;
    let secret = secrets
        .get(SecretSlot::new(environment, SecretKind::ApiSecret))
        .await?;
    Ok(match (client_id, secret) {
        (Some(client_id), Some(_)) => KnownKeys::Stored {
            client_id: client_id.expose_secret().to_owned(),
        },
        _ => KnownKeys::Missing,
    })
}
