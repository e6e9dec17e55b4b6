//! The operating system's keyring. Calls run on their own threads with a timeout, because a keyring may prompt the
//! user or hang.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use keyring::{CredentialStore, Entry, Error};
use tokio::{sync::oneshot, time::timeout};
use zeroize::Zeroizing;

use super::{SecretBytes, SecretSlot};
use crate::{DeskError, error::KeyringFallback, secrets::KeyringState};

const CALL_LIMIT: Duration = Duration::from_secs(120);
const PROBE_LIMIT: Duration = Duration::from_secs(4);

#[derive(Debug, Clone)]
pub struct Keyring(Arc<KeyringClient>);

#[derive(Debug)]
struct KeyringClient {
    service: String,
    /// Reused because connecting is slow; `None` while a call uses it.
    connection: Mutex<Option<Arc<CredentialStore>>>,
}

#[derive(Debug)]
enum KeyringError {
    Absent(String),
    Locked(String),
    Unreadable(String),
}

impl Keyring {
    pub fn new(service: &str) -> Self {
        Self(Arc::new(KeyringClient {
            service: service.to_owned(),
            connection: Mutex::new(None),
        }))
    }

    pub async fn state(&self) -> KeyringState {
        match on_thread(PROBE_LIMIT, platform::probe).await {
            Ok(()) => KeyringState::Ready,
            Err(KeyringError::Locked(reason)) => KeyringState::Locked { reason },
            Err(KeyringError::Absent(reason) | KeyringError::Unreadable(reason)) => {
                KeyringState::Absent { reason }
            }
        }
    }

    pub async fn unlock(&self) -> Result<(), DeskError> {
        on_thread(CALL_LIMIT, platform::unlock)
            .await
            .map_err(|failure| match failure {
                KeyringError::Absent(reason) => DeskError::KeyringUnavailable {
                    reason,
                    instead: KeyringFallback::Nothing,
                },
                KeyringError::Locked(reason) | KeyringError::Unreadable(reason) => {
                    DeskError::KeyringLocked { reason }
                }
            })
    }

    pub(super) async fn get(&self, slot: SecretSlot) -> Result<Option<SecretBytes>, DeskError> {
        self.call(slot, |entry| match entry.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }

    pub(super) async fn put(&self, slot: SecretSlot, value: SecretBytes) -> Result<(), DeskError> {
        self.call(slot, move |entry| entry.set_secret(&value)).await
    }

    pub(super) async fn remove(&self, slot: SecretSlot) -> Result<(), DeskError> {
        self.call(slot, |entry| match entry.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(error),
        })
        .await
    }

    async fn call<T, F>(&self, slot: SecretSlot, f: F) -> Result<T, DeskError>
    where
        T: Send + 'static,
        F: Fn(&Entry) -> Result<T, Error> + Send + 'static,
    {
        let inner = Arc::clone(&self.0);
        let user = slot.to_string();
        on_thread(CALL_LIMIT, move || inner.call(&user, f))
            .await
            .map_err(|failure| failure.into_error(slot))
    }
}

impl KeyringClient {
    /// Uses the saved connection, or reconnects if the keyring restarted. `f` may run twice and must be idempotent.
    fn call<T>(
        &self,
        user: &str,
        f: impl Fn(&Entry) -> Result<T, Error>,
    ) -> Result<T, KeyringError> {
        let on = |connection: &Arc<CredentialStore>| {
            let entry = Entry::new_in_store(connection, &self.service, user).map_err(classify)?;
            f(&entry).map_err(classify)
        };
        // Taken rather than borrowed, so that a hung call doesn't block others.
        let cached = self.cached().take();
        if let Some(cached) = cached {
            let answer = on(&cached);
            if !matches!(answer, Err(KeyringError::Absent(_))) {
                *self.cached() = Some(cached);
                return answer;
            }
        }
        let made = platform::connect().map_err(classify)?;
        let answer = on(&made);
        *self.cached() = Some(made);
        answer
    }

    fn cached(&self) -> MutexGuard<'_, Option<Arc<CredentialStore>>> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl KeyringError {
    fn into_error(self, slot: SecretSlot) -> DeskError {
        match self {
            Self::Absent(reason) => DeskError::KeyringUnavailable {
                reason,
                instead: KeyringFallback::Nothing,
            },
            Self::Locked(reason) => DeskError::KeyringLocked { reason },
            Self::Unreadable(reason) => DeskError::SecretUnreadable {
                slot: slot.to_string(),
                place: "keyring",
                reason,
            },
        }
    }
}

/// Doesn't use the runtime's blocking threads, because the runtime waits for those on shutdown.
async fn on_thread<T, F>(limit: Duration, f: F) -> Result<T, KeyringError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, KeyringError> + Send + 'static,
{
    let (answer, waiting) = oneshot::channel();
    thread::Builder::new()
        .name("keyring".to_owned())
        .spawn(move || {
            // Nobody receives after the timeout.
            let _ = answer.send(f());
        })
        .map_err(|error| KeyringError::Absent(format!("no thread can be started ({error})")))?;
    match timeout(limit, waiting).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => Err(KeyringError::Absent("it failed while answering".to_owned())),
        Err(_) => Err(KeyringError::Locked(format!(
            "it did not answer within {} seconds",
            limit.as_secs()
        ))),
    }
}

/// Some of these errors, such as `BadEncoding`, contain the secret, so their text is never quoted.
fn classify(error: Error) -> KeyringError {
    match error {
        Error::NoStorageAccess(source) | Error::PlatformFailure(source) => {
            platform::classify(&*source)
        }
        Error::NoDefaultStore | Error::NotSupportedByStore(_) => {
            KeyringError::Absent("this system has no keyring that can be used".to_owned())
        }
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::BadStoreFormat(_) => {
            KeyringError::Unreadable("it has another form than it was stored in".to_owned())
        }
        Error::Ambiguous(entries) => {
            KeyringError::Unreadable(format!("there are {} of that name", entries.len()))
        }
        Error::TooLong(name, limit) => {
            KeyringError::Unreadable(format!("{name} is longer than {limit} characters"))
        }
        _ => KeyringError::Unreadable("the keyring refused it".to_owned()),
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
mod platform {
    use std::{error::Error as StdError, sync::Arc};

    use keyring::{CredentialStore, Error};
    use secret_service::{EncryptionType, Error as ServiceError, blocking::SecretService};

    use super::KeyringError;

    pub(super) fn connect() -> Result<Arc<CredentialStore>, Error> {
        Ok(zbus_secret_service_keyring_store::Store::new()?)
    }

    pub(super) fn probe() -> Result<(), KeyringError> {
        let locked = SecretService::connect(EncryptionType::Plain)
            .and_then(|service| service.get_default_collection()?.is_locked())
            .map_err(|error| classify(&error))?;
        if locked {
            return Err(KeyringError::Locked(
                "it waits for the login password".to_owned(),
            ));
        }
        Ok(())
    }

    pub(super) fn unlock() -> Result<(), KeyringError> {
        SecretService::connect(EncryptionType::Plain)
            .and_then(|service| service.get_default_collection()?.unlock())
            .map_err(|error| classify(&error))?;
        probe()
    }

    pub(super) fn classify(error: &(dyn StdError + Send + Sync + 'static)) -> KeyringError {
        match error.downcast_ref::<ServiceError>() {
            Some(ServiceError::Prompt) => {
                KeyringError::Locked("the request to unlock it was dismissed".to_owned())
            }
            Some(ServiceError::Locked) => {
                KeyringError::Locked("it waits for the login password".to_owned())
            }
            Some(ServiceError::NoResult) => {
                KeyringError::Absent("the keyring service has no default keyring".to_owned())
            }
            Some(ServiceError::Unavailable) => {
                KeyringError::Absent("no keyring service is running".to_owned())
            }
            // The service reports this error on the bus instead of returning a prompt.
            Some(_) if error.to_string().contains("Secret.Error.IsLocked") => {
                KeyringError::Locked("it waits for the login password".to_owned())
            }
            _ => {
                tracing::info!(%error, "no keyring service responds");
                KeyringError::Absent("no keyring service answers".to_owned())
            }
        }
    }
}

#[cfg(target_os = "macos")]
mod platform {
    use std::{error::Error as StdError, sync::Arc};

    use keyring::{CredentialStore, Error};

    use super::KeyringError;

    pub(super) fn connect() -> Result<Arc<CredentialStore>, Error> {
        Ok(apple_native_keyring_store::keychain::Store::new()?)
    }

    pub(super) fn probe() -> Result<(), KeyringError> {
        connect().map(drop).map_err(super::classify)
    }

    pub(super) fn unlock() -> Result<(), KeyringError> {
        probe()
    }

    pub(super) fn classify(error: &(dyn StdError + Send + Sync + 'static)) -> KeyringError {
        KeyringError::Locked(error.to_string())
    }
}

#[cfg(target_os = "windows")]
mod platform {
    use std::{error::Error as StdError, sync::Arc};

    use keyring::{CredentialStore, Error};

    use super::KeyringError;

    pub(super) fn connect() -> Result<Arc<CredentialStore>, Error> {
        Ok(windows_native_keyring_store::Store::new()?)
    }

    pub(super) fn probe() -> Result<(), KeyringError> {
        connect().map(drop).map_err(super::classify)
    }

    pub(super) fn unlock() -> Result<(), KeyringError> {
        probe()
    }

    pub(super) fn classify(error: &(dyn StdError + Send + Sync + 'static)) -> KeyringError {
        KeyringError::Absent(error.to_string())
    }
}
