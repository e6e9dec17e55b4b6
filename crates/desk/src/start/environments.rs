//! Opens and closes environments. The key of a new database is stored before the file is created: a key without a
//! database is reused, and a database without its key never gets a new one.

use plaid::{ApiSecret, ClientId, Credentials};
use secrecy::ExposeSecret;
use url::Url;
use zeroize::Zeroizing;

use super::{
    data_dir::has_database,
    desk_file::NextStart,
    state::{KnownKeys, UnlockPrompt},
    view::AppStatus,
};
use crate::{demo::view::DemoLatency, desk::Desk};
use desk_core::{
    DeskError,
    environment::Environment,
    event::DeskEvent,
    secrets::{SecretKind, SecretSlot, SecretStore},
    store::{DatabaseKey, Store},
};

/// The stand-in accepts only this pair. It is documented and opens nothing else.
const DEMO_CLIENT_ID: &str = "5f1e0c0ffee0de500c0ffee1";
const DEMO_SECRET: &str = "de5b0a7d1e5a4dbc0de0ba1a9ce0de";

impl Desk {
    /// Opens an environment, closes the previous one, and starts the Demo's stand-in if needed. On the first start,
    /// chooses the keyring if it is ready.
    pub async fn open_environment(&self, environment: Environment) -> Result<AppStatus, DeskError> {
        let gate = self.change().await;
        self.switch_to(environment, UnlockPrompt::Allowed).await?;
        drop(gate);
        self.emit(DeskEvent::StatusChanged);
        Ok(self.status().await)
    }

    pub async fn close_environment(&self) -> Result<AppStatus, DeskError> {
        let gate = self.change().await;
        self.close_current().await;
        self.record(|file| file.next_start = NextStart::Doors)
            .await?;
        drop(gate);
        self.emit(DeskEvent::StatusChanged);
        Ok(self.status().await)
    }

    pub async fn shut_down(&self) {
        let _gate = self.change().await;
        self.close_current().await;
        self.config().demo.stop();
    }

    /// Saves the Demo's latency for the next start of its stand-in; `None` is the default.
    pub(crate) async fn remember_demo_latency(
        &self,
        latency: Option<DemoLatency>,
    ) -> Result<(), DeskError> {
        let _gate = self.change().await;
        self.record(|file| file.demo_latency = latency).await
    }

    /// The caller holds the gate.
    pub(super) async fn switch_to(
        &self,
        environment: Environment,
        prompt: UnlockPrompt,
    ) -> Result<(), DeskError> {
        self.dir()?;
        self.ensure_chosen(prompt).await?;
        self.finish_erasure(environment, prompt).await?;
        if self.is_open_and_well(environment).await? {
            return Ok(());
        }
        let secrets = self.secret_store(prompt).await?;
        let client = self.client(environment, &secrets).await?;
        let key = self.database_key(environment, &secrets).await?;
        // Opened before the other environment closes, so that a failure changes nothing. Reopening the same one (its
        // stand-in has moved) closes it first.
        if self
            .open()
            .is_ok_and(|open| open.session.environment == environment)
        {
            self.close_current().await;
        }
        let store = Store::open(self.database_path(environment), key).await?;
        self.close_current().await;
        let features = self.features(environment, client, store);
        features.accounts.prepare_list();
        self.remember_last(environment).await;
        // Nothing slow may follow: until the event, screens show the previous environment's badge.
        self.update_state(|state| {
            state.open = Some(features.clone());
            state.open_problem = None;
        });
        tracing::info!(%environment, "opened");
        features.start();
        Ok(())
    }

    /// The caller holds the gate.
    pub(super) async fn close_current(&self) {
        if let Some(features) = self.update_state(|state| state.open.take()) {
            features.links.farewell().await;
            features.session.close().await;
            tracing::info!(environment = %features.session.environment, "closed");
        }
    }

    /// The Demo must also still run at the address that its client uses.
    async fn is_open_and_well(&self, environment: Environment) -> Result<bool, DeskError> {
        let Ok(open) = self.open() else {
            return Ok(false);
        };
        if open.session.environment != environment {
            return Ok(false);
        }
        if environment != Environment::Demo {
            return Ok(true);
        }
        let address = self.demo_address().await?;
        Ok(open.session.client.host().base_url() == &address)
    }

    /// A failure to save this doesn't close the environment.
    async fn remember_last(&self, environment: Environment) {
        let same = self.read_state(|state| {
            state.file.last_environment == Some(environment)
                && state.file.next_start == NextStart::LastEnvironment
                && state.file.secrets.is_some()
        });
        if same && super::desk_file::DeskFile::path(&self.config().data_dir).is_file() {
            return;
        }
        let recorded = self
            .record(|file| {
                file.last_environment = Some(environment);
                file.next_start = NextStart::LastEnvironment;
            })
            .await;
        if let Err(error) = recorded {
            tracing::warn!(%error, "couldn't write desk.json");
        }
    }

    async fn client(
        &self,
        environment: Environment,
        secrets: &SecretStore,
    ) -> Result<plaid::Client, DeskError> {
        let credentials = match environment {
            Environment::Demo => Credentials {
                client_id: ClientId::new(DEMO_CLIENT_ID),
                secret: ApiSecret::new(DEMO_SECRET),
            },
            _ => self.stored_credentials(environment, secrets).await?,
        };
        let at = self.plaid_environment(environment).await?;
        Ok(plaid::Client::new(at, credentials)?)
    }

    async fn stored_credentials(
        &self,
        environment: Environment,
        secrets: &SecretStore,
    ) -> Result<Credentials, DeskError> {
        let client_id = secrets
            .get_text(SecretSlot::new(environment, SecretKind::ClientId))
            .await?;
        let secret = secrets
            .get_text(SecretSlot::new(environment, SecretKind::ApiSecret))
            .await?;
        let (Some(client_id), Some(secret)) = (client_id, secret) else {
            self.update_state(|state| state.keys.insert(environment, KnownKeys::Missing));
            return Err(DeskError::NoKeys(environment));
        };
        let client_id = client_id.expose_secret().to_owned();
        self.update_state(|state| {
            let stored = KnownKeys::Stored {
                client_id: client_id.clone(),
            };
            state.keys.insert(environment, stored)
        });
        Ok(Credentials {
            client_id: ClientId::new(client_id),
            secret: ApiSecret::new(secret.expose_secret()),
        })
    }

    pub(super) async fn plaid_environment(
        &self,
        environment: Environment,
    ) -> Result<plaid::ApiHost, DeskError> {
        let urls = &self.config().plaid_urls;
        let elsewhere = match environment {
            Environment::Demo => Some(self.demo_address().await?),
            Environment::Sandbox => urls.sandbox.clone(),
            Environment::Production => urls.production.clone(),
        };
        match (elsewhere, environment) {
            (Some(url), _) => Ok(plaid::ApiHost::loopback(url)?),
            (None, Environment::Production) => Ok(plaid::ApiHost::Production),
            (None, _) => Ok(plaid::ApiHost::Sandbox),
        }
    }

    async fn demo_address(&self) -> Result<Url, DeskError> {
        let state = self.dir()?.demo_bank();
        let latency = self.read_state(|state| state.file.demo_latency);
        Ok(self.config().demo.start(state, latency).await?)
    }

    async fn database_key(
        &self,
        environment: Environment,
        secrets: &SecretStore,
    ) -> Result<DatabaseKey, DeskError> {
        let slot = SecretSlot::new(environment, SecretKind::DatabaseKey);
        if let Some(bytes) = secrets.get(slot).await? {
            return DatabaseKey::from_bytes(&bytes).ok_or(DeskError::SecretUnreadable {
                slot: slot.to_string(),
                place: secrets.place(),
                reason: "it is not 32 bytes long".to_owned(),
            });
        }
        if has_database(&self.database_path(environment)) {
            return Err(DeskError::KeyMissing {
                environment,
                place: secrets.place(),
            });
        }
        let key = DatabaseKey::random()?;
        secrets
            .put(slot, Zeroizing::new(key.expose().to_vec()))
            .await?;
        Ok(key)
    }
}
