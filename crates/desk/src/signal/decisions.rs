//! What the Decisions screen asks of the desk: decisions due, what was recorded, and its delivery to Plaid.

use super::{
    decisions_view::{DeliveriesView, DueQuery, DueView, ReportHistory},
    deliveries, due, report, report_files, report_table,
};
use crate::{Desk, DeskError, start::event::DeskEvent};

impl Desk {
    /// Decisions due, those of one person or of all.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn decisions_due(&self, query: DueQuery) -> Result<DueView, DeskError> {
        let read = move |connection: &_| due::due(connection, &query);
        self.open()?.store.read(read).await
    }

    /// How many decisions are due.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn decisions_due_count(&self) -> Result<u32, DeskError> {
        self.open()?.store.read(due::count).await
    }

    /// Marks whether a debit was initiated, as the user says. Where that is against the result or the decision, a
    /// decision is due; recording it takes the mark away.
    ///
    /// # Errors
    /// `NotFound`; field `clientTransactionId` when the evaluation has no answer.
    pub async fn debit_mark(
        &self,
        client_transaction_id: &str,
        initiated: bool,
    ) -> Result<(), DeskError> {
        let session = self.open()?;
        let id = report::id(client_transaction_id)?;
        let now = self.now();
        session
            .store
            .write(move |transaction| due::mark(transaction, &id, initiated, now))
            .await?;
        self.emit(DeskEvent::EvaluationsChanged);
        Ok(())
    }

    /// Every decision and return that was recorded of an evaluation.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn report_history(
        &self,
        client_transaction_id: &str,
    ) -> Result<ReportHistory, DeskError> {
        let id = report::id(client_transaction_id)?;
        let read = move |connection: &_| report_table::history(connection, id.as_str());
        self.open()?.store.read(read).await
    }

    /// What is on its way to Plaid, and what became of the rest.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn deliveries(&self) -> Result<DeliveriesView, DeskError> {
        let session = self.open()?;
        let sending = session.work.outbox.sending();
        session
            .store
            .read(move |connection| deliveries::view(connection, &sending))
            .await
    }

    /// Gives up on a report that Plaid has refused. It stays in the history.
    ///
    /// # Errors
    /// `NotFound` when it is not refused (any more).
    pub async fn delivery_leave_out(&self, delivery_id: i64) -> Result<(), DeskError> {
        let session = self.open()?;
        let now = self.now();
        session
            .store
            .write(move |transaction| report_table::leave_out(transaction, delivery_id, now))
            .await?;
        self.emit(DeskEvent::EvaluationsChanged);
        Ok(())
    }

    /// The user says that Plaid has imported a file: its reports are not sent any more.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn report_file_filed(&self, file_id: i64) -> Result<(), DeskError> {
        let session = self.open()?;
        let now = self.now();
        session
            .store
            .write(move |transaction| report_files::filed(transaction, file_id, now))
            .await?;
        self.emit(DeskEvent::EvaluationsChanged);
        Ok(())
    }
}
