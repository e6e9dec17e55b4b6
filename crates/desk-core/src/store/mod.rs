//! The encrypted database of one environment. Each feature keeps its own SQL.

mod connection;
mod error;
mod row;
pub mod schema;
mod values;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rusqlite::{Connection, Transaction, TransactionBehavior};

pub use connection::{DatabaseKey, open_encrypted};
pub use error::StoreError;
pub use row::{columns, single_column};
pub use values::sql_words;

#[derive(Clone)]
pub struct Store(Arc<StoreConnections>);

struct StoreConnections {
    path: PathBuf,
    writer: StoreConnection,
    reader: StoreConnection,
}

struct StoreConnection(Mutex<Option<Connection>>);

impl StoreConnection {
    fn new(connection: Connection) -> Self {
        Self(Mutex::new(Some(connection)))
    }

    /// A panicking closure rolled its transaction back, so the connection is still usable.
    fn lock(&self) -> MutexGuard<'_, Option<Connection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    pub async fn open(path: PathBuf, key: DatabaseKey) -> Result<Self, StoreError> {
        blocking(move || Self::open_blocking(path, &key)).await
    }

    fn open_blocking(path: PathBuf, key: &DatabaseKey) -> Result<Self, StoreError> {
        let mut writer = open_encrypted(&path, key)?;
        connection::refuse_newer(&writer, &path)?;
        connection::prepare(&writer)?;
        schema::migrations()
            .to_latest(&mut writer)
            .map_err(|error| connection::migration_failed(error, &path))?;
        let reader = open_encrypted(&path, key)?;
        connection::prepare(&reader)?;
        reader.pragma_update(None, "query_only", true)?;
        Ok(Self(Arc::new(StoreConnections {
            path,
            writer: StoreConnection::new(writer),
            reader: StoreConnection::new(reader),
        })))
    }

    pub fn path(&self) -> &Path {
        &self.0.path
    }

    pub async fn read<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    {
        let inner = Arc::clone(&self.0);
        blocking(move || {
            let mut slot = inner.reader.lock();
            let connection = slot.as_mut().ok_or(StoreError::Closed)?;
            let snapshot = connection.transaction().map_err(StoreError::from)?;
            f(&snapshot)
        })
        .await
    }

    /// Runs one transaction, which is on disk when this returns. Dropping the future doesn't undo a write that has
    /// started.
    pub async fn write<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        let inner = Arc::clone(&self.0);
        blocking(move || {
            let mut slot = inner.writer.lock();
            let connection = slot.as_mut().ok_or(StoreError::Closed)?;
            let transaction = connection
                .transaction_with_behavior(TransactionBehavior::Immediate)
                .map_err(StoreError::from)?;
            let answer = f(&transaction)?;
            transaction.commit().map_err(StoreError::from)?;
            Ok(answer)
        })
        .await
    }

    /// Waits for running work; later calls return `Closed`.
    pub async fn close(&self) {
        let inner = Arc::clone(&self.0);
        let closing = blocking(move || {
            // The writer last: closing the last connection checkpoints the write-ahead log.
            drop(inner.reader.lock().take());
            drop(inner.writer.lock().take());
            Ok::<_, StoreError>(())
        });
        if let Err(error) = closing.await {
            tracing::warn!(%error, "couldn't close the database cleanly");
        }
    }
}

/// Lets readers detect that the write connection committed a transaction.
pub fn data_version(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.pragma_query_value(None, "data_version", single_column)?)
}

pub async fn blocking<T, E, F>(f: F) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
    F: FnOnce() -> Result<T, E> + Send + 'static,
{
    match tokio::task::spawn_blocking(f).await {
        Ok(answer) => answer,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(StoreError::Cancelled.into()),
    }
}

#[cfg(test)]
mod tests;
