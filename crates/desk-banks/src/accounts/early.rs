//! The beginning of the list, read as soon as an environment is opened: a window that is being made meanwhile finds it
//! ready. It is given out once, and only if nothing has been written since.

use std::sync::{Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::accounts::{Accounts, view::AccountsList};
use desk_core::{DeskError, Session, store};

/// As many rows as are kept: more than a window shows at once.
const ROWS: usize = 100;

/// What was read, and what the database was then.
struct Read {
    list: AccountsList,
    version: i64,
}

/// Where the beginning of the list waits, or is waited for.
#[derive(Default)]
pub(crate) struct Early(Mutex<Option<oneshot::Receiver<Result<Read, DeskError>>>>);

impl Early {
    fn put(&self, read: oneshot::Receiver<Result<Read, DeskError>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(read);
    }

    /// The first rows, if they were read and are as they would be read now.
    pub(super) async fn take(&self, session: &Session, rows: usize) -> Option<AccountsList> {
        if rows > ROWS {
            return None;
        }
        let waiting = {
            let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            slot.take()?
        };
        let Read { list, version } = waiting.await.ok()?.ok()?;
        let now = session.store.read(store::data_version).await.ok()?;
        (now == version).then(|| super::begin(list, rows))
    }
}

impl Accounts {
    /// Begins to read.
    pub fn prepare_list(&self) {
        let (tell, told) = oneshot::channel();
        self.early.put(told);
        let (now, reading) = (self.session.now(), self.session.clone());
        self.session.spawn(async move {
            let read = reading
                .store
                .read(move |connection| -> Result<_, DeskError> {
                    let version = store::data_version(connection)?;
                    let list = super::begin(super::list(connection, now)?, ROWS);
                    Ok(Read { list, version })
                });
            // Nobody has to want it.
            let _ = tell.send(read.await);
        });
    }
}
