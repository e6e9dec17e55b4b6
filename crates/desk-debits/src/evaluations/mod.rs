//! Evaluations: whether Plaid expects a debit to be returned. Start reading at [`Evaluations::evaluate`].

mod action_keys;
mod core_attributes;
mod debit_estimate;
pub mod evaluate;
mod form;
pub mod form_view;
pub(crate) mod in_flight;
mod outcome;
mod request_details;
pub(crate) mod settle;
mod signal_opt_in;
pub mod table;
pub mod view;
mod warnings;

use std::sync::Arc;

use tokio::sync::Notify;

use self::{
    in_flight::{EvaluationOrigin, InFlightEvaluations},
    view::{EvaluateRequest, EvaluationView, Settled},
};
use desk_banks::{balances::plan::AnswerTimes, items::Items, support::Support};
use desk_core::{DeskError, Session, calls::PlaidCalls, event::DeskEvent};

/// Clones share their state.
#[derive(Clone)]
pub struct Evaluations {
    pub session: Session,
    pub calls: PlaidCalls,
    support: Support,
    items: Items,
    pub times: Arc<AnswerTimes>,
    in_flight: InFlightEvaluations,
    unsettled: Arc<Notify>,
}

impl Evaluations {
    pub fn new(session: Session, calls: PlaidCalls, support: Support, items: Items) -> Self {
        Self {
            session,
            calls,
            support,
            items,
            times: Arc::default(),
            in_flight: InFlightEvaluations::default(),
            unsettled: Arc::default(),
        }
    }

    /// Asks Plaid whether a debit would be returned (/signal/evaluate, billed). First opts in an Item that was linked for
    /// balances only (/signal/prepare). A failed call returns an evaluation in state failed or unknown.
    ///
    /// # Errors
    /// Fields of [`EvaluateRequest`], before anything is written; `AlreadyRunning` while one with the same ID, or
    /// without an ID the same debit, is in flight; `EvaluationAsked` when Plaid was called and the outcome
    /// is not saved yet.
    pub async fn evaluate(&self, request: EvaluateRequest) -> Result<EvaluationView, DeskError> {
        self.evaluate_as(request, EvaluationOrigin::Batch).await
    }

    /// Like [`evaluate`](Self::evaluate), for a user who waits: [`running`](Self::running) lists the evaluation, and the
    /// same debit is not sent twice at a time.
    pub async fn evaluate_by_hand(
        &self,
        request: EvaluateRequest,
    ) -> Result<EvaluationView, DeskError> {
        self.evaluate_as(request, EvaluationOrigin::User).await
    }

    /// Cancels an evaluation. If nothing was sent yet, it fails at no charge; otherwise its state is unknown until settled.
    ///
    /// # Errors
    /// `NotFound` when it is not in flight.
    pub async fn cancel(&self, client_transaction_id: &str) -> Result<(), DeskError> {
        if !self.in_flight.cancel(client_transaction_id) {
            return Err(DeskError::NotFound("What was to be cancelled"));
        }
        self.session.emit(DeskEvent::EvaluationsChanged);
        Ok(())
    }

    /// Finds out whether Plaid has evaluated a debit whose answer was lost (/signal/decision/report with `initiated: false`).
    /// Nothing is charged.
    ///
    /// # Errors
    /// `NotFound`; field `clientTransactionId` when it has an answer; why the call failed.
    pub async fn settle(&self, client_transaction_id: &str) -> Result<Settled, DeskError> {
        self.settle_with_plaid(&crate::decisions::report::id(client_transaction_id)?)
            .await
    }

    /// Evaluates again under the same ID if there is no answer.
    ///
    /// # Errors
    /// `NotFound`; field `clientTransactionId` when it has an answer; `AlreadyRunning` while it is in flight;
    /// `EvaluationAsked`.
    pub async fn evaluate_again(
        &self,
        client_transaction_id: &str,
    ) -> Result<EvaluationView, DeskError> {
        self.repeat(crate::decisions::report::id(client_transaction_id)?)
            .await
    }

    /// # Errors
    /// `NotFound`.
    pub async fn get(&self, client_transaction_id: &str) -> Result<EvaluationView, DeskError> {
        let id = crate::decisions::report::id(client_transaction_id)?;
        self.session
            .store
            .read(move |connection| table::view(connection, &id))
            .await
    }

    /// Marks evaluations that an earlier run of the app left in flight as unknown, and starts settling them.
    pub async fn resume(self) {
        let evaluations = self.clone();
        let interrupted = self
            .session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                // An evaluation that the user has just started is not among them: its ID is reserved before it is saved.
                let is_in_flight = |id: &str| evaluations.in_flight.contains(id);
                table::mark_interrupted(transaction, is_in_flight, &evaluate::interrupted())
            });
        match interrupted.await {
            Ok(0) => {}
            Ok(_) => self.session.emit(DeskEvent::EvaluationsChanged),
            Err(error) => tracing::error!(%error, "could not mark interrupted evaluations"),
        }
        self.session.spawn(self.clone().settle_pending());
    }
}
