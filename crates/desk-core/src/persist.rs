//! What the features keep in memory while an environment is open: what is running, and at which pace.
//! Nothing here has to survive; what has to is in the database.

use std::{io, sync::Arc, time::Duration};

use rusqlite::Transaction;
use tokio::runtime::{Builder, Runtime};

use crate::{DeskError, Session};

/// The pause before something that must be stored is tried again.
pub const BETWEEN_TRIES: Duration = Duration::from_secs(1);

/// The runtime that the app runs on. One thread does everything that waits, since what blocks or reckons for long has
/// threads of its own; with a second one the threads would wake each other for every answer of a bank.
///
/// # Errors
/// When the operating system gives no thread.
pub fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
}

/// Stores the only copy of something. When the disk refuses, it stays in memory and is tried until it is stored,
/// holding `guard` all the while; the caller is told at once.
pub async fn keep_trying<G, F>(
    session: &Session,
    what: &'static str,
    guard: G,
    write: F,
) -> Result<(), DeskError>
where
    G: Send + 'static,
    F: Fn(&Transaction<'_>) -> Result<(), DeskError> + Send + Sync + 'static,
{
    let write = Arc::new(write);
    let Err(first) = attempt(session, &write).await else {
        return Ok(());
    };
    let later = session.clone();
    session.spawn(async move {
        let _guard = guard;
        let again = move |transaction: &Transaction<'_>| write(transaction);
        // Told in the log: the caller has gone.
        let _ = store_at_last(&later, what, again).await;
    });
    Err(DeskError::TokenNotSaved {
        what,
        reason: first.to_string(),
    })
}

/// Stores the only copy of something, however long the disk refuses.
///
/// # Errors
/// `NothingOpen` when the database was closed meanwhile: then it is lost.
pub async fn store_at_last<F>(
    session: &Session,
    what: &'static str,
    write: F,
) -> Result<(), DeskError>
where
    F: Fn(&Transaction<'_>) -> Result<(), DeskError> + Send + Sync + 'static,
{
    let write = Arc::new(write);
    loop {
        match attempt(session, &write).await {
            Ok(()) => return Ok(()),
            Err(DeskError::NothingOpen) => {
                tracing::error!(
                    "{what} is lost: the database was closed before it could be stored"
                );
                return Err(DeskError::NothingOpen);
            }
            Err(error) => {
                tracing::error!(%error, "{what} could not be stored yet; it is held in memory and tried again");
            }
        }
        tokio::time::sleep(BETWEEN_TRIES).await;
    }
}

async fn attempt<F>(session: &Session, write: &Arc<F>) -> Result<(), DeskError>
where
    F: Fn(&Transaction<'_>) -> Result<(), DeskError> + Send + Sync + 'static,
{
    let write = Arc::clone(write);
    session
        .store
        .write(move |transaction| write(transaction))
        .await
}
