//! Stores data that exists only in memory and retries while the disk fails.

use std::{io, sync::Arc, time::Duration};

use rusqlite::Transaction;
use tokio::runtime::{Builder, Runtime};

use crate::{DeskError, Session};

pub const BETWEEN_TRIES: Duration = Duration::from_secs(1);

/// One thread runs all async work; blocking and CPU-heavy work has its own threads. A second async thread would only
/// add wakeups.
pub fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
}

/// Stores the only copy of a value. If the disk fails, returns the error and keeps retrying in the background while
/// holding `guard`.
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
        // The log reports failures, because the caller is gone.
        let _ = store_at_last(&later, what, again).await;
    });
    Err(DeskError::TokenNotSaved {
        what,
        reason: first.to_string(),
    })
}

/// Retries until the value is stored. Returns `NothingOpen` if the database closes first; the value is then lost.
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
                    "{what} is lost: the database closed before Balance Desk could save it"
                );
                return Err(DeskError::NothingOpen);
            }
            Err(error) => {
                tracing::error!(%error, "couldn't save {what}; retrying from memory");
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
