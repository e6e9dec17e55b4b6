//! Signal: evaluations, the decisions made on them, the returns that came, and their delivery to Plaid.

mod action_keys;
pub(crate) mod asking;
mod core_attributes;
mod decisions;
pub mod decisions_view;
mod deliveries;
mod details;
mod due;
pub(crate) mod estimate;
pub(crate) mod evaluate;
mod keeping;
pub(crate) mod outbox;
mod preparation;
mod preparing;
pub(crate) mod report;
pub(crate) mod report_files;
pub(crate) mod report_table;
pub(crate) mod settle;
pub(crate) mod table;
pub mod view;
mod warnings;

use self::{
    asking::AskedBy,
    view::{
        DecisionInput, EvaluateRequest, EvaluationView, ReturnInput, RunningEvaluation, Settled,
    },
};
use crate::{Desk, DeskError, Session, start::event::DeskEvent};

impl Desk {
    /// Asks Plaid whether a debit would be returned (/signal/evaluate, billed), opting an Item in that was linked for
    /// balances only (/signal/prepare). What Plaid refuses, and what did not
    /// get through, is answered as an evaluation in state failed or unknown.
    ///
    /// # Errors
    /// Fields of [`EvaluateRequest`], before anything is written; `AlreadyRunning` while one of the same id, or without
    /// an id the same debit, is being asked; `EvaluationAsked` when it was asked and what came of it is not on the disk
    /// yet.
    pub async fn evaluate(&self, request: EvaluateRequest) -> Result<EvaluationView, DeskError> {
        let session = self.open()?;
        evaluate::evaluate(session, request, AskedBy::Batch).await
    }

    /// As [`evaluate`](Self::evaluate), for somebody who waits for it: it is among
    /// [`evaluations_running`](Self::evaluations_running), and the same debit is not asked twice at a time.
    ///
    /// # Errors
    /// As [`evaluate`](Self::evaluate).
    pub async fn evaluate_by_hand(
        &self,
        request: EvaluateRequest,
    ) -> Result<EvaluationView, DeskError> {
        let session = self.open()?;
        evaluate::evaluate(session, request, AskedBy::Hand).await
    }

    /// What is being asked by hand, and how far it is; the one begun last comes first.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn evaluations_running(&self) -> Result<Vec<RunningEvaluation>, DeskError> {
        let session = self.open()?;
        evaluate::running(&session).await
    }

    /// Stops asking: before Plaid was asked it fails, and nothing is charged; after that it is unknown, and is settled.
    ///
    /// # Errors
    /// `NotFound` when it is not being asked.
    pub async fn evaluation_cancel(&self, client_transaction_id: &str) -> Result<(), DeskError> {
        let session = self.open()?;
        if !session.work.asking.cancel(client_transaction_id) {
            return Err(DeskError::NotFound("What was to be cancelled"));
        }
        self.emit(DeskEvent::EvaluationsChanged);
        Ok(())
    }

    /// Finds out whether Plaid has an evaluation whose answer never came (/signal/decision/report with `initiated:
    /// false`). Nothing is charged.
    ///
    /// # Errors
    /// `NotFound`; field `clientTransactionId` when it has its answer; why Plaid could not be asked.
    pub async fn evaluation_settle(
        &self,
        client_transaction_id: &str,
    ) -> Result<Settled, DeskError> {
        let session = self.open()?;
        settle::settle(&session, &report::id(client_transaction_id)?).await
    }

    /// Asks again under the same name, where there is no answer.
    ///
    /// # Errors
    /// `NotFound`; field `clientTransactionId` when it has its answer; `AlreadyRunning` while it is being asked;
    /// `EvaluationAsked`.
    pub async fn evaluation_ask_again(
        &self,
        client_transaction_id: &str,
    ) -> Result<EvaluationView, DeskError> {
        let session = self.open()?;
        evaluate::again(session, report::id(client_transaction_id)?).await
    }

    /// One evaluation.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn evaluation(
        &self,
        client_transaction_id: &str,
    ) -> Result<EvaluationView, DeskError> {
        let session = self.open()?;
        let id = report::id(client_transaction_id)?;
        session
            .store
            .read(move |connection| table::view(connection, &id))
            .await
    }

    /// Records what was decided and hands it to the outbox (/signal/decision/report).
    ///
    /// # Errors
    /// Fields of [`DecisionInput`], `NotFound`.
    pub async fn decision_record(
        &self,
        decision: DecisionInput,
    ) -> Result<EvaluationView, DeskError> {
        let session = self.open()?;
        report::decide(&session, decision).await
    }

    /// Records many decisions in one transaction and hands them to the outbox. Answers for each whether it was recorded.
    ///
    /// # Errors
    /// `NothingOpen`, `Disk`, `Database`; of each: fields of [`DecisionInput`], `NotFound`.
    pub async fn decisions_record(
        &self,
        decisions: Vec<DecisionInput>,
    ) -> Result<Vec<Result<(), DeskError>>, DeskError> {
        let session = self.open()?;
        report::decide_many(&session, decisions).await
    }

    /// Records a return and hands it to the outbox (/signal/return/report).
    ///
    /// # Errors
    /// Fields of [`ReturnInput`], `NotFound`.
    pub async fn return_record(&self, returned: ReturnInput) -> Result<EvaluationView, DeskError> {
        let session = self.open()?;
        report::returned(&session, returned).await
    }

    /// Tries everything that waits in the outbox now.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn deliver_now(&self) -> Result<(), DeskError> {
        let session = self.open()?;
        let now = self.now();
        session
            .store
            .write(move |transaction| report_table::all_due(transaction, now))
            .await?;
        session.work.outbox.ring();
        self.emit(DeskEvent::EvaluationsChanged);
        Ok(())
    }
}

/// Marks what was being asked as unknown, and starts the outbox.
pub(crate) async fn resume(session: Session) {
    let asking = session.clone();
    let forgotten = session.store.write(move |transaction| {
        // One that the user has begun since is not among them: its name is taken before it is written.
        let is_asked = |id: &str| asking.work.asking.has(id);
        table::forget_sending(transaction, is_asked, &evaluate::interrupted())
    });
    match forgotten.await {
        Ok(0) => {}
        Ok(_) => session.emit(DeskEvent::EvaluationsChanged),
        Err(error) => tracing::error!(%error, "interrupted evaluations could not be marked"),
    }
    session.spawn(settle::run(session.clone()));
    let tracked = session.clone();
    tracked.spawn(outbox::run(session));
}
