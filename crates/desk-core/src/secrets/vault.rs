//! A passphrase file: a small SQLCipher database whose key Argon2id derives from the passphrase. The file name holds
//! the salt.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use argon2::{Algorithm, Argon2, Params, Version};
use rusqlite::{Connection, OptionalExtension, params};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Passphrase, SecretBytes, SecretSlot};
use crate::{
    DeskError,
    store::{DatabaseKey, StoreError, blocking, open_encrypted, single_column},
};

const SHAPE: i64 = 1;

/// Identifies the file `vault-<id>.db` and is the salt of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VaultId(Uuid);

impl VaultId {
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    pub fn of_file_name(name: &str) -> Option<Self> {
        let id = name.strip_prefix("vault-")?.strip_suffix(".db")?;
        Uuid::try_parse(id).ok().map(Self)
    }

    pub fn path(self, data_dir: &Path) -> PathBuf {
        data_dir.join(format!("vault-{}.db", self.0.hyphenated()))
    }
}

impl fmt::Display for VaultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyDerivation {
    pub(crate) memory_kib: u32,
    pub passes: u32,
    pub(crate) lanes: u32,
}

impl Default for KeyDerivation {
    /// RFC 9106's second recommendation (64 MiB, three passes), with one lane because one thread computes it.
    fn default() -> Self {
        Self {
            memory_kib: 64 * 1024,
            passes: 3,
            lanes: 1,
        }
    }
}

#[derive(Clone)]
pub struct Vault(Arc<Mutex<Connection>>);

impl Vault {
    /// Writes a new file with all of these secrets or none.
    pub async fn create(
        path: PathBuf,
        id: VaultId,
        stretching: KeyDerivation,
        passphrase: Passphrase,
        secrets: Vec<(SecretSlot, SecretBytes)>,
    ) -> Result<Self, DeskError> {
        blocking(move || {
            let key = stretch(&passphrase, id, stretching)?;
            let mut connection = open_encrypted(&path, &key)?;
            prepare(&connection)?;
            fill(&mut connection, &secrets)?;
            Ok(Self(Arc::new(Mutex::new(connection))))
        })
        .await
    }

    pub async fn unlock(
        path: PathBuf,
        id: VaultId,
        stretching: KeyDerivation,
        passphrase: Passphrase,
    ) -> Result<Self, DeskError> {
        blocking(move || {
            if !path.is_file() {
                return Err(DeskError::VaultMissing {
                    path: path.display().to_string(),
                });
            }
            let key = stretch(&passphrase, id, stretching)?;
            let connection = open_encrypted(&path, &key).map_err(|error| match error {
                StoreError::NotADatabase { .. } => DeskError::WrongPassphrase,
                other => other.into(),
            })?;
            let shape: i64 = connection
                .pragma_query_value(None, "user_version", single_column)
                .map_err(StoreError::from)?;
            if shape > SHAPE {
                return Err(DeskError::DatabaseNewer {
                    what: format!("The passphrase file {}", path.display()),
                });
            }
            prepare(&connection)?;
            Ok(Self(Arc::new(Mutex::new(connection))))
        })
        .await
    }

    pub(super) async fn get(&self, slot: SecretSlot) -> Result<Option<SecretBytes>, DeskError> {
        self.with(move |connection| {
            connection
                .query_row(
                    "SELECT value FROM secrets WHERE slot = ?1",
                    [slot.to_string()],
                    |row| row.get("value").map(Zeroizing::new),
                )
                .optional()
        })
        .await
    }

    pub(super) async fn put(&self, slot: SecretSlot, value: SecretBytes) -> Result<(), DeskError> {
        self.with(move |connection| insert(connection, slot, &value))
            .await
    }

    pub(super) async fn remove(&self, slot: SecretSlot) -> Result<(), DeskError> {
        self.with(move |connection| {
            connection
                .execute("DELETE FROM secrets WHERE slot = ?1", [slot.to_string()])
                .map(drop)
        })
        .await
    }

    async fn with<T, F>(&self, f: F) -> Result<T, DeskError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let connection = Arc::clone(&self.0);
        blocking(move || {
            let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            f(&connection).map_err(|error| StoreError::from(error).into())
        })
        .await
    }
}

fn prepare(connection: &Connection) -> Result<(), StoreError> {
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "secure_delete", true)?;
    Ok(())
}

fn fill(
    connection: &mut Connection,
    secrets: &[(SecretSlot, SecretBytes)],
) -> Result<(), StoreError> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(
        "CREATE TABLE secrets (slot TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID",
    )?;
    transaction.pragma_update(None, "user_version", SHAPE)?;
    for (slot, value) in secrets {
        insert(&transaction, *slot, value)?;
    }
    transaction.commit()?;
    Ok(())
}

fn insert(connection: &Connection, slot: SecretSlot, value: &[u8]) -> rusqlite::Result<()> {
    connection
        .execute(
            "INSERT INTO secrets (slot, value) VALUES (?1, ?2)
             ON CONFLICT (slot) DO UPDATE SET value = excluded.value",
            params![slot.to_string(), value],
        )
        .map(drop)
}

/// Deliberately takes a noticeable fraction of a second.
fn stretch(
    passphrase: &Passphrase,
    id: VaultId,
    stretching: KeyDerivation,
) -> Result<DatabaseKey, DeskError> {
    const REFUSED: DeskError =
        DeskError::Internal("the passphrase's settings in desk.json cannot be used");
    let params = Params::new(
        stretching.memory_kib,
        stretching.passes,
        stretching.lanes,
        Some(32),
    )
    .map_err(|_| REFUSED)?;
    let mut key = Zeroizing::new([0_u8; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(
            passphrase.0.expose_secret().as_bytes(),
            id.0.as_bytes(),
            key.as_mut(),
        )
        .map_err(|_| REFUSED)?;
    DatabaseKey::from_bytes(key.as_ref()).ok_or(REFUSED)
}
