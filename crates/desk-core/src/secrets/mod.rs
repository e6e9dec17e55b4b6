//! Where secrets are kept: the operating system's keyring, or a file that a passphrase opens. Exactly one of them is
//! in force, and nothing here ever falls back from one to the other.

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

/// The fewest characters of a passphrase.
pub const PASSPHRASE_MIN_CHARS: usize = 10;

/// A passphrase as typed. Never printed, never serialised.
#[derive(Clone, serde::Deserialize)]
#[serde(transparent)]
pub struct Passphrase(pub SecretString);

impl Passphrase {
    /// Takes the text over; it is wiped from memory when dropped.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// Whether it is long enough to protect anything.
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

/// An API secret as typed. Never printed, never serialised.
#[derive(Clone, serde::Deserialize)]
#[serde(transparent)]
pub struct TypedSecret(pub SecretString);

impl TypedSecret {
    /// Takes the text over; it is wiped from memory when dropped.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }
}

/// The bytes of a secret, wiped when dropped.
pub type SecretBytes = Zeroizing<Vec<u8>>;

/// One secret's place, the same in every store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Slot {
    /// Whose.
    pub environment: Environment,
    /// Which of its secrets.
    pub kind: SlotKind,
}

/// The secrets that an environment has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SlotKind {
    /// The 32 bytes that open its database.
    DatabaseKey,
    /// The client_id of its API keys: no secret, but half of a pair.
    ClientId,
    /// The secret of its API keys.
    ApiSecret,
}

impl SlotKind {
    pub const ALL: [Self; 3] = [Self::DatabaseKey, Self::ClientId, Self::ApiSecret];
}

impl Slot {
    pub const fn new(environment: Environment, kind: SlotKind) -> Self {
        Self { environment, kind }
    }

    /// Every slot there is.
    pub fn all() -> impl Iterator<Item = Self> {
        Environment::ALL
            .into_iter()
            .flat_map(|environment| SlotKind::ALL.map(|kind| Self::new(environment, kind)))
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            SlotKind::DatabaseKey => "database-key",
            SlotKind::ClientId => "client-id",
            SlotKind::ApiSecret => "secret",
        };
        write!(f, "{}/{kind}", self.environment.name())
    }
}

/// A store of secrets that can be used now.
#[derive(Clone)]
pub enum SecretStore {
    /// The operating system's keyring.
    Keyring(Keyring),
    /// The file that the passphrase has opened.
    Vault(Vault),
}

impl SecretStore {
    /// What it is called in messages.
    pub fn place(&self) -> &'static str {
        match self {
            Self::Keyring(_) => "keyring",
            Self::Vault(_) => "passphrase file",
        }
    }

    /// The secret in a slot; none if nothing is stored there.
    pub async fn get(&self, slot: Slot) -> Result<Option<SecretBytes>, DeskError> {
        match self {
            Self::Keyring(keyring) => keyring.get(slot).await,
            Self::Vault(vault) => vault.get(slot).await,
        }
    }

    /// Stores a secret and reads it back: a store that only pretends is found out before anything depends on it.
    pub async fn put(&self, slot: Slot, value: SecretBytes) -> Result<(), DeskError> {
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

    /// Empties a slot; an empty one stays empty.
    pub async fn remove(&self, slot: Slot) -> Result<(), DeskError> {
        match self {
            Self::Keyring(keyring) => keyring.remove(slot).await,
            Self::Vault(vault) => vault.remove(slot).await,
        }
    }

    /// Text in a slot.
    pub async fn get_text(&self, slot: Slot) -> Result<Option<SecretString>, DeskError> {
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

    /// Stores text.
    pub async fn put_text(&self, slot: Slot, text: &str) -> Result<(), DeskError> {
        self.put(slot, Zeroizing::new(text.as_bytes().to_vec()))
            .await
    }
}

/// Whether the keyring can be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase", tag = "state")]
#[ts(export, export_to = "secrets.ts")]
pub enum KeyringState {
    /// It answers.
    Ready,
    /// It is there and locked.
    Locked {
        /// In words.
        reason: String,
    },
    /// There is none.
    Absent {
        /// In words.
        reason: String,
    },
}
