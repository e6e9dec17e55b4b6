//! Saves what an evaluation led to. Plaid bills each answer and doesn't repeat it, so an answer that can't be saved
//! stays in memory, with the evaluation's ID reserved, until a retry succeeds.

use std::sync::Arc;

use jiff::Timestamp;
use plaid::ClientTransactionId;
use rusqlite::Transaction;

use super::{
    in_flight::InFlightGuard,
    table::{self, Question},
    view::EvaluationState,
};
use crate::{audit::AuditDocument, evaluations::Evaluations};
use desk_banks::balances::{table as readings, table::NewReading, view::ReadingSource};
use desk_core::{
    DeskError,
    billing::{self, BillingOutcome},
    event::DeskEvent,
    persist::BETWEEN_TRIES,
    problem::{Problem, ProblemKind},
};

/// Attempts when the database itself refuses the write. Disk errors are retried forever: a disk may get room again.
const MOST_REFUSALS: u32 = 30;

const NOT_SAVED: &str = "what came of it could not be saved yet. Balance Desk keeps trying: make room on the disk, and do not close the app until then";

/// The outcome is saved, but reading it back failed.
pub(super) const NOT_READ: &str = "what came of it cannot be read from the disk";

pub(super) struct EvaluationOutcome {
    pub(super) question: Question,
    pub(super) reply: EvaluationReply,
    /// The exchange with Plaid, for the audit; none when nothing was sent or nobody waited for the answer.
    pub(super) document: Option<AuditDocument>,
    pub(super) at: Timestamp,
}

pub(super) enum EvaluationReply {
    Answer(Box<plaid::SignalEvaluateResponse>),
    NoAnswer(MissingAnswer),
}

/// Why there is no answer.
pub(super) struct MissingAnswer {
    pub(super) state: EvaluationState,
    pub(super) problem: Problem,
}

impl Evaluations {
    /// Saves an outcome. If that fails, a background task keeps `guard` and retries.
    ///
    /// # Errors
    /// `EvaluationAsked`: the outcome is not saved yet.
    pub(super) async fn store_outcome(
        &self,
        guard: InFlightGuard,
        outcome: EvaluationOutcome,
    ) -> Result<(), DeskError> {
        let outcome = Arc::new(outcome);
        let Err(first) = self.try_store_outcome(&outcome).await else {
            self.emit_outcome(&outcome);
            return Ok(());
        };
        let answer = outcome_unavailable(outcome.question.id.clone(), NOT_SAVED, first);
        let later = self.clone();
        self.session.spawn(async move {
            let _guard = guard;
            later.retry_storing_outcome(&outcome).await;
            later.emit_outcome(&outcome);
        });
        Err(answer)
    }

    /// Retries until the outcome is saved, the database is closed, or the database has refused too often.
    async fn retry_storing_outcome(&self, outcome: &Arc<EvaluationOutcome>) {
        let id = &outcome.question.id;
        let mut refusals = 0;
        loop {
            tokio::time::sleep(BETWEEN_TRIES).await;
            match self.try_store_outcome(outcome).await {
                Ok(()) => return,
                Err(DeskError::NothingOpen) => {
                    tracing::error!(%id, "lost the outcome of an evaluation: the database was closed before it was saved");
                    return;
                }
                Err(error) => {
                    tracing::error!(%id, %error, "could not save the outcome of an evaluation yet; keeping it in memory");
                    let disk = matches!(error, DeskError::Disk { .. });
                    refusals += u32::from(!disk);
                }
            }
            if refusals == MOST_REFUSALS {
                return self.mark_no_result(id.clone()).await;
            }
        }
    }

    /// The answer can't be saved, so at least record that Plaid may have answered.
    async fn mark_no_result(&self, id: ClientTransactionId) {
        let problem = Problem::new(
            ProblemKind::Database,
            "What Plaid answered could not be saved, and is lost. Plaid has charged for it; asking again is charged a second time.",
        );
        let state = EvaluationState::Unknown;
        let marked = self
            .session
            .store
            .write(move |transaction| table::unanswered(transaction, &id, state, &problem))
            .await;
        if let Err(error) = marked {
            // The user can still evaluate again: the ID is not reserved any more.
            tracing::error!(%error, "could not mark an evaluation as having no result");
        }
    }

    async fn try_store_outcome(&self, outcome: &Arc<EvaluationOutcome>) -> Result<(), DeskError> {
        let outcome = Arc::clone(outcome);
        self.session
            .store
            .write(move |transaction| outcome.write(transaction))
            .await
    }

    fn emit_outcome(&self, outcome: &EvaluationOutcome) {
        self.session.emit(DeskEvent::EvaluationsChanged);
        match &outcome.reply {
            EvaluationReply::Answer(_) => self.session.emit(DeskEvent::ItemsChanged),
            EvaluationReply::NoAnswer(no_answer) if no_answer.state == EvaluationState::Unknown => {
                self.unsettled.notify_one();
            }
            EvaluationReply::NoAnswer(_) => {}
        }
    }
}

/// Plaid was called but the outcome can't be shown. The error must not read as if nothing was sent.
pub(super) fn outcome_unavailable(
    id: ClientTransactionId,
    trouble: &'static str,
    error: DeskError,
) -> DeskError {
    match error {
        DeskError::NothingOpen => DeskError::NothingOpen,
        error => DeskError::EvaluationAsked {
            id,
            trouble,
            reason: error.to_string(),
        },
    }
}

impl EvaluationOutcome {
    fn write(&self, transaction: &Transaction<'_>) -> Result<(), DeskError> {
        if let Some(document) = &self.document {
            document.write(transaction, self.question.id.as_str(), self.at)?;
        }
        match &self.reply {
            EvaluationReply::Answer(answer) => self.write_answer(transaction, answer),
            EvaluationReply::NoAnswer(no_answer) => {
                let ended = match no_answer.state {
                    EvaluationState::Failed => BillingOutcome::Refused,
                    _ => BillingOutcome::Unknown,
                };
                billing::record_evaluation_outcome(transaction, &self.question.id, ended, None)?;
                table::unanswered(
                    transaction,
                    &self.question.id,
                    no_answer.state,
                    &no_answer.problem,
                )
            }
        }
    }

    /// Saves the answer, and the balances in it as a reading of the account.
    fn write_answer(
        &self,
        transaction: &Transaction<'_>,
        answer: &plaid::SignalEvaluateResponse,
    ) -> Result<(), DeskError> {
        table::answered(transaction, &self.question.id, answer, self.at)?;
        let request_id = Some(answer.request_id.as_str());
        billing::record_evaluation_outcome(
            transaction,
            &self.question.id,
            BillingOutcome::Answered,
            request_id,
        )?;
        let (available, current) = (answer.available_balance(), answer.current_balance());
        if available.is_none() && current.is_none() {
            return Ok(());
        }
        let reading = NewReading {
            account_id: &self.question.account_id,
            source: ReadingSource::Signal,
            available,
            current,
            limit: None,
            iso_currency_code: Some(table::CURRENCY),
            unofficial_currency_code: None,
            last_updated_at: None,
            request_id: answer.request_id.as_str(),
        };
        readings::insert(transaction, &reading, self.at)
    }
}

#[cfg(test)]
#[path = "outcome_tests.rs"]
mod tests;
