//! Signal: evaluations, the decisions made on them, the returns that came, and their delivery to Plaid.

mod action_keys;
pub mod asking;
mod core_attributes;
mod details;
pub(crate) mod estimate;
pub mod evaluate;
mod keeping;
mod preparation;
mod preparing;
pub(crate) mod settle;
pub mod table;
pub mod view;
mod warnings;

use std::sync::Arc;

use tokio::sync::Notify;

use self::{
    asking::AskedBy,
    view::{EvaluateRequest, EvaluationView, Settled},
};
use crate::evaluations::asking::Asking;
use desk_banks::{balances::plan::AnswerTimes, items::Items, support::Support};
use desk_core::{DeskError, Session, calls::PlaidCalls, event::DeskEvent};

/// Asks Plaid whether a debit would be returned (/signal/evaluate). Clones share their state.
#[derive(Clone)]
pub struct Evaluations {
    pub session: Session,
    pub calls: PlaidCalls,
    support: Support,
    items: Items,
    pub times: Arc<AnswerTimes>,
    in_flight: Asking,
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
            in_flight: Asking::default(),
            unsettled: Arc::default(),
        }
    }
}

impl Evaluations {
    /// Asks Plaid whether a debit would be returned (/signal/evaluate, billed). Opts in an Item that was linked for
    /// balances only (/signal/prepare). What Plaid refuses, and what did not get through, is returned as an evaluation
    /// in state failed or unknown.
    ///
    /// # Errors
    /// Fields of [`EvaluateRequest`], before anything is written; `AlreadyRunning` while one with the same ID, or
    /// without an ID the same debit, is in flight; `EvaluationAsked` when Plaid was asked and the outcome is not on the
    /// disk yet.
    pub async fn evaluate(&self, request: EvaluateRequest) -> Result<EvaluationView, DeskError> {
        self.evaluate_as(request, AskedBy::Batch).await
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
        self.evaluate_as(request, AskedBy::Hand).await
    }

    /// Stops asking: before Plaid was asked it fails, and nothing is charged; after that it is unknown, and is settled.
    ///
    /// # Errors
    /// `NotFound` when it is not being asked.
    pub async fn cancel(&self, client_transaction_id: &str) -> Result<(), DeskError> {
        if !self.in_flight.cancel(client_transaction_id) {
            return Err(DeskError::NotFound("What was to be cancelled"));
        }
        self.session.emit(DeskEvent::EvaluationsChanged);
        Ok(())
    }

    /// Finds out whether Plaid has an evaluation whose answer was lost (/signal/decision/report with `initiated: false`).
    /// Nothing is charged.
    ///
    /// # Errors
    /// `NotFound`; field `clientTransactionId` when it has its answer; why Plaid could not be asked.
    pub async fn settle(&self, client_transaction_id: &str) -> Result<Settled, DeskError> {
        self.settle_with_plaid(&crate::decisions::report::id(client_transaction_id)?)
            .await
    }

    /// Evaluates again under the same ID, where there is no answer.
    ///
    /// # Errors
    /// `NotFound`; field `clientTransactionId` when it has its answer; `AlreadyRunning` while it is in flight;
    /// `EvaluationAsked`.
    pub async fn evaluate_again(
        &self,
        client_transaction_id: &str,
    ) -> Result<EvaluationView, DeskError> {
        self.repeat(crate::decisions::report::id(client_transaction_id)?)
            .await
    }

    /// One evaluation.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn get(&self, client_transaction_id: &str) -> Result<EvaluationView, DeskError> {
        let id = crate::decisions::report::id(client_transaction_id)?;
        self.session
            .store
            .read(move |connection| table::view(connection, &id))
            .await
    }

    /// Marks evaluations that an earlier run left in flight as unknown, and starts settling them.
    pub async fn resume(self) {
        let asking = self.clone();
        let forgotten = self.session.store.write(move |transaction| {
            // One that the user has begun since is not among them: its name is taken before it is written.
            let is_asked = |id: &str| asking.in_flight.has(id);
            table::forget_sending(transaction, is_asked, &evaluate::interrupted())
        });
        match forgotten.await {
            Ok(0) => {}
            Ok(_) => self.session.emit(DeskEvent::EvaluationsChanged),
            Err(error) => tracing::error!(%error, "interrupted evaluations could not be marked"),
        }
        self.session.spawn(self.clone().settle_pending());
    }
}
