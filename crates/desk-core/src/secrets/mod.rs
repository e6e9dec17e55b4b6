//! Secrets are stored in the operating system's keyring or in a passphrase file, never both. Nothing falls back from
//! one to the other.

pub mod keyring;
pub mod vault;

use serde::Serialize;
use std::fmt;
use ts_rs::TS;

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::{DeskError, environment::Environment};

pub use keyring::Keyring;
pub use vault::Vault;

pub const PASSPHRASE_MIN_CHARS: usize = 10;

#[derive(Clone, serde::Deserialize)]
#[serde(transparent)]
pub struct Passphrase(pub SecretString);

impl Passphrase {
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    pub fn check(&self) -> Result<(), DeskError> {
        if self.0.expose_secret().chars().count() < PASSPHRASE_MIN_CHARS {
            return Err(DeskError::invalid(
                "passphrase",
                format!("The passphrase needs at least {PASSPHRASE_MIN_CHARS} characters."),
            ));
        }
        Ok(())
    }
}

#[derive(Clone, serde::Deserialize)]
#[serde(transparent)]
pub struct TypedSecret(pub SecretString);

impl TypedSecret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }
}

pub type SecretBytes = Zeroizing<Vec<u8>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretSlot {
    pub environment: Environment,
    pub kind: SecretKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretKind {
    DatabaseKey,
    /// Not a secret itself, but stored with its counterpart.
    ClientId,
    ApiSecret,
}

impl SecretKind {
    pub const ALL: [Self; 3] = [Self::DatabaseKey, Self::ClientId, Self::ApiSecret];
}

impl SecretSlot {
    pub const fn new(environment: Environment, kind: SecretKind) -> Self {
        Self { environment, kind }
    }

    pub fn all() -> impl Iterator<Item = Self> {
        Environment::ALL
            .into_iter()
            .flat_map(|environment| SecretKind::ALL.map(|kind| Self::new(environment, kind)))
    }
}

impl fmt::Display for SecretSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            SecretKind::DatabaseKey => "database-key",
            SecretKind::ClientId => "client-id",
            SecretKind::ApiSecret => "secret",
        };
        write!(f, "{}/{kind}", self.environment.name())
    }
}

#[derive(Clone)]
pub enum SecretStore {
    Keyring(Keyring),
    Vault(Vault),
}

impl SecretStore {
    pub fn place(&self) -> &'static str {
        match self {
            Self::Keyring(_) => "keyring",
            Self::Vault(_) => "passphrase file",
        }
    }

    pub async fn get(&self, slot: SecretSlot) -> Result<Option<SecretBytes>, DeskError> {
        match self {
            Self::Keyring(keyring) => keyring.get(slot).await,
            Self::Vault(vault) => vault.get(slot).await,
        }
    }

    /// Stores a secret and reads it back, to detect a store that silently drops writes.
    pub async fn put(&self, slot: SecretSlot, value: SecretBytes) -> Result<(), DeskError> {
        match self {
            Self::Keyring(keyring) => keyring.put(slot, value.clone()).await?,
            Self::Vault(vault) => vault.put(slot, value.clone()).await?,
        }
        if self.get(slot).await?.as_deref() == Some(&*value) {
            return Ok(());
        }
        Err(DeskError::SecretUnreadable {
            slot: slot.to_string(),
            place: self.place(),
            reason: "it is not what was just stored".to_owned(),
        })
    }

    pub async fn remove(&self, slot: SecretSlot) -> Result<(), DeskError> {
        match self {
            Self::Keyring(keyring) => keyring.remove(slot).await,
            Self::Vault(vault) => vault.remove(slot).await,
        }
    }

    pub async fn get_text(&self, slot: SecretSlot) -> Result<Option<SecretString>, DeskError> {
        let Some(bytes) = self.get(slot).await? else {
            return Ok(None);
        };
        match std::str::from_utf8(&bytes) {
            Ok(text) => Ok(Some(SecretString::from(text))),
            Err(_) => Err(DeskError::SecretUnreadable {
                slot: slot.to_string(),
                place: self.place(),
                reason: "it is not text".to_owned(),
            }),
        }
    }

    pub async fn put_text(&self, slot: SecretSlot, text: &str) -> Result<(), DeskError> {
        self.put(slot, Zeroizing::new(text.as_bytes().to_vec()))
            .await
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase", tag = "state")]
#[ts(export, export_to = "secrets.ts")]
pub enum KeyringState {
    Ready,
    Locked { reason: String },
    Absent { reason: String },
}
