//! Decisions and returns: which decisions are due, recording them, and delivering the reports to Plaid.

mod deliveries;
mod due;
pub mod outbox;
pub(crate) mod outbox_table;
pub mod report;
pub mod report_files;
pub(crate) mod report_table;
pub mod view;

use std::sync::Arc;

use crate::decisions::{
    outbox::OutboxSignal,
    view::{DeliveriesView, DueQuery, DueView, ReportHistory},
};
use desk_core::{DeskError, Session, event::DeskEvent};

/// Clones share their state.
#[derive(Clone)]
pub struct Reports {
    pub(super) session: Session,
    pub(super) outbox: Arc<OutboxSignal>,
}

impl Reports {
    pub fn new(session: Session) -> Self {
        Self {
            session,
            outbox: Arc::default(),
        }
    }

    /// Sends all waiting reports now.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn deliver_now(&self) -> Result<(), DeskError> {
        let now = self.session.now();
        self.session
            .store
            .write(move |transaction| outbox_table::all_due(transaction, now))
            .await?;
        self.outbox.notify();
        self.session.emit(DeskEvent::EvaluationsChanged);
        Ok(())
    }

    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn due(&self, query: DueQuery) -> Result<DueView, DeskError> {
        let read = move |connection: &_| due::due(connection, &query);
        self.session.store.read(read).await
    }

    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn due_count(&self) -> Result<u32, DeskError> {
        self.session.store.read(due::count).await
    }

    /// Saves whether the user says a debit was initiated. If that contradicts the result or the decision, a decision is
    /// due; recording the decision clears the mark.
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

    /// # Errors
    /// `NotFound`.
    pub async fn history(&self, client_transaction_id: &str) -> Result<ReportHistory, DeskError> {
        let id = report::id(client_transaction_id)?;
        let read = move |connection: &_| report_table::history(connection, id.as_str());
        self.session.store.read(read).await
    }

    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn deliveries(&self) -> Result<DeliveriesView, DeskError> {
        let sending = self.outbox.sending();
        self.session
            .store
            .read(move |connection| deliveries::view(connection, &sending))
            .await
    }

    /// Gives up on a report that Plaid rejected. The report stays in the history.
    ///
    /// # Errors
    /// `NotFound` when it is not in state refused.
    pub async fn skip_delivery(&self, delivery_id: i64) -> Result<(), DeskError> {
        let now = self.session.now();
        self.session
            .store
            .write(move |transaction| outbox_table::leave_out(transaction, delivery_id, now))
            .await?;
        self.session.emit(DeskEvent::EvaluationsChanged);
        Ok(())
    }

    /// The user says that Plaid imported a file, so its reports are not sent.
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
