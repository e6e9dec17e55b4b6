//! Returns: the Nacha list of codes, the list of what came back, and files of returns from banks and processors.

pub(crate) mod importing;
mod list;
mod mapping;
mod matching;
mod rows;
pub mod view;

use std::sync::Arc;

use desk_files::return_codes::ReturnReason;

use self::view::{AccountReturns, ReturnsList, ReturnsRequest};
use crate::{decisions::Reports, returns::importing::ImportSlot};
use desk_core::{DeskError, Session};

/// Returned debits, and the import of return files. Clones share their state.
#[derive(Clone)]
pub struct Returns {
    session: Session,
    reports: Reports,
    import: Arc<ImportSlot>,
}

impl Returns {
    pub fn new(session: Session, reports: Reports) -> Self {
        Self {
            session,
            reports,
            import: Arc::default(),
        }
    }
}

impl Returns {
    /// The Nacha list of return codes.
    pub fn codes(&self) -> Vec<ReturnReason> {
        ReturnReason::all().to_vec()
    }

    /// Returned debits, the newest first.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn list(&self, request: ReturnsRequest) -> Result<ReturnsList, DeskError> {
        let now = self.session.now();
        self.session
            .store
            .read(move |connection| list::list(connection, &request, now))
            .await
    }

    /// The returns of an account in the last 90 days; none where it had none.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn of_account(&self, account_id: &str) -> Result<Option<AccountReturns>, DeskError> {
        let now = self.session.now();
        let account_id = account_id.to_owned();
        self.session
            .store
            .read(move |connection| list::of_account(connection, &account_id, now))
            .await
    }
}
