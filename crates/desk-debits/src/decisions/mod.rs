//! What the Decisions screen asks of the desk: decisions due, what was recorded, and its delivery to Plaid.

mod deliveries;
mod due;
pub mod outbox;
pub mod report;
pub mod report_files;
pub(crate) mod report_table;
pub mod view;

use std::sync::Arc;

use crate::decisions::{
    outbox::Bell,
    view::{DeliveriesView, DueQuery, DueView, ReportHistory},
};
use desk_core::{DeskError, Session, event::DeskEvent};

/// Decisions and returns, and their delivery to Plaid through the outbox. Clones share their state.
#[derive(Clone)]
pub struct Reports {
    pub(super) session: Session,
    pub(super) bell: Arc<Bell>,
}

impl Reports {
    pub fn new(session: Session) -> Self {
        Self {
            session,
            bell: Arc::default(),
        }
    }
}

impl Reports {
    /// Tries everything that waits in the outbox now.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn deliver_now(&self) -> Result<(), DeskError> {
        let now = self.session.now();
        self.session
            .store
            .write(move |transaction| report_table::all_due(transaction, now))
            .await?;
        self.bell.ring();
        self.session.emit(DeskEvent::EvaluationsChanged);
        Ok(())
    }

    /// Decisions due, those of one person or of all.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn due(&self, query: DueQuery) -> Result<DueView, DeskError> {
        let read = move |connection: &_| due::due(connection, &query);
        self.session.store.read(read).await
    }

    /// How many decisions are due.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn due_count(&self) -> Result<u32, DeskError> {
        self.session.store.read(due::count).await
    }

    /// Marks whether a debit was initiated, as the user says. Where that is against the result or the decision, a
    /// decision is due; recording it takes the mark away.
    ///
    /// # Errors
    /// `NotFound`; field `clientTransactionId` when the evaluation has no answer.
    pub async fn mark_debit(
        &self,
        client_transaction_id: &str,
        initiated: bool,
    ) -> Result<(), DeskError> {
        let id = report::id(client_transaction_id)?;
        let now = self.session.now();
        self.session
            .store
            .write(move |transaction| due::mark(transaction, &id, initiated, now))
            .await?;
        self.session.emit(DeskEvent::EvaluationsChanged);
        Ok(())
    }

    /// Every decision and return that was recorded of an evaluation.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn history(&self, client_transaction_id: &str) -> Result<ReportHistory, DeskError> {
        let id = report::id(client_transaction_id)?;
        let read = move |connection: &_| report_table::history(connection, id.as_str());
        self.session.store.read(read).await
    }

    /// What is on its way to Plaid, and what became of the rest.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn deliveries(&self) -> Result<DeliveriesView, DeskError> {
        let sending = self.bell.sending();
        self.session
            .store
            .read(move |connection| deliveries::view(connection, &sending))
            .await
    }

    /// Gives up on a report that Plaid has refused. It stays in the history.
    ///
    /// # Errors
    /// `NotFound` when it is not refused (any more).
    pub async fn skip_delivery(&self, delivery_id: i64) -> Result<(), DeskError> {
        let now = self.session.now();
        self.session
            .store
            .write(move |transaction| report_table::leave_out(transaction, delivery_id, now))
            .await?;
        self.session.emit(DeskEvent::EvaluationsChanged);
        Ok(())
    }

    /// The user says that Plaid has imported a file: its reports are not sent any more.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn mark_filed(&self, file_id: i64) -> Result<(), DeskError> {
        let now = self.session.now();
        self.session
            .store
            .write(move |transaction| report_files::filed(transaction, file_id, now))
            .await?;
        self.session.emit(DeskEvent::EvaluationsChanged);
        Ok(())
    }
}
