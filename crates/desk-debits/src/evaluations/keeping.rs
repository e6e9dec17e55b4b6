//! What came of an evaluation, on its way to the disk. An answer is billed and there is one copy of it: when the disk
//! refuses, it stays in memory, with the name of the evaluation taken, and is tried again.

use std::sync::Arc;

use jiff::Timestamp;
use plaid::ClientTransactionId;
use rusqlite::Transaction;

use super::{
    asking::Asked,
    table::{self, Question},
    view::EvaluationState,
};
use crate::{audit::Document, evaluations::Evaluations};
use desk_banks::balances::{table as readings, table::NewReading, view::ReadingSource};
use desk_core::{
    DeskError,
    billing::{self, Ended},
    event::DeskEvent,
    persist::BETWEEN_TRIES,
    problem::{Problem, ProblemKind},
    store::StoreError,
};

/// Tries of a write that the database refuses. A disk may have room again at any time, so it is tried without end.
const MOST_REFUSALS: u32 = 30;

const NOT_SAVED: &str = "what came of it could not be saved yet. Balance Desk keeps trying: make room on the disk, and do not close the app until then";

/// It is stored, and the disk does not give it back.
pub(super) const NOT_READ: &str = "what came of it cannot be read from the disk";

/// What came of a question, and when.
pub(super) struct Outcome {
    pub(super) question: Question,
    pub(super) came_of_it: CameOfIt,
    /// What crossed the wire, kept for an audit; none when nothing was sent, or the answer was not waited for.
    pub(super) document: Option<Document>,
    pub(super) at: Timestamp,
}

/// Plaid's answer, or why there is none.
pub(super) enum CameOfIt {
    Answer(Box<plaid::SignalEvaluateResponse>),
    NoAnswer(NoAnswer),
}

/// Why there is no answer.
pub(super) struct NoAnswer {
    pub(super) state: EvaluationState,
    pub(super) problem: Problem,
}

impl Evaluations {
    /// Stores what came of a question. When the disk refuses, it is tried again in the background, which holds `asked`.
    ///
    /// # Errors
    /// `EvaluationAsked`: it is not stored yet.
    pub(super) async fn store_outcome(
        &self,
        asked: Asked,
        outcome: Outcome,
    ) -> Result<(), DeskError> {
        let outcome = Arc::new(outcome);
        let Err(first) = self.try_store_outcome(&outcome).await else {
            self.emit_outcome(&outcome);
            return Ok(());
        };
        let answer = not_at_hand(outcome.question.id.clone(), NOT_SAVED, first);
        let later = self.clone();
        self.session.spawn(async move {
            let _asked = asked;
            later.retry_storing_outcome(&outcome).await;
            later.emit_outcome(&outcome);
        });
        Err(answer)
    }

    /// Tries until it is stored, the database is closed, or the database refuses for good.
    async fn retry_storing_outcome(&self, outcome: &Arc<Outcome>) {
        let id = &outcome.question.id;
        let mut refusals = 0;
        loop {
            tokio::time::sleep(BETWEEN_TRIES).await;
            match self.try_store_outcome(outcome).await {
                Ok(()) => return,
                Err(DeskError::NothingOpen) => {
                    tracing::error!(%id, "what came of an evaluation is lost: the database was closed before it could be stored");
                    return;
                }
                Err(error) => {
                    tracing::error!(%id, %error, "what came of an evaluation could not be stored yet; it is held in memory");
                    let disk = matches!(error, DeskError::Disk { .. });
                    refusals += u32::from(!disk);
                }
            }
            if refusals == MOST_REFUSALS {
                return self.mark_no_result(id.clone()).await;
            }
        }
    }

    /// The answer cannot be stored as it is: at least it is stored that there may be one.
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
            // It can be asked again all the same, since nobody holds its name any more.
            tracing::error!(%error, "an evaluation could not be marked as unknown");
        }
    }

    fn emit_outcome(&self, outcome: &Outcome) {
        self.session.emit(DeskEvent::EvaluationsChanged);
        match &outcome.came_of_it {
            CameOfIt::Answer(_) => self.session.emit(DeskEvent::ItemsChanged),
            CameOfIt::NoAnswer(no_answer) if no_answer.state == EvaluationState::Unknown => {
                self.unsettled.notify_one();
            }
            CameOfIt::NoAnswer(_) => {}
        }
    }
}

/// An evaluation was asked, and the screen gets nothing of it: nobody may take that for "not asked".
pub(super) fn not_at_hand(
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

impl Evaluations {
    async fn try_store_outcome(&self, outcome: &Arc<Outcome>) -> Result<(), DeskError> {
        let outcome = Arc::clone(outcome);
        self.session
            .store
            .write(move |transaction| outcome.write(transaction))
            .await
    }
}

impl Outcome {
    fn write(&self, transaction: &Transaction<'_>) -> Result<(), StoreError> {
        if let Some(document) = &self.document {
            document.write(transaction, self.question.id.as_str(), self.at)?;
        }
        match &self.came_of_it {
            CameOfIt::Answer(answer) => self.write_answer(transaction, answer),
            CameOfIt::NoAnswer(no_answer) => {
                let ended = match no_answer.state {
                    EvaluationState::Failed => Ended::Refused,
                    _ => Ended::Unknown,
                };
                billing::evaluation_ended(transaction, &self.question.id, ended, None)?;
                table::unanswered(
                    transaction,
                    &self.question.id,
                    no_answer.state,
                    &no_answer.problem,
                )
            }
        }
    }

    /// The answer, and the balances it used as a reading of the account.
    fn write_answer(
        &self,
        transaction: &Transaction<'_>,
        answer: &plaid::SignalEvaluateResponse,
    ) -> Result<(), StoreError> {
        table::answered(transaction, &self.question.id, answer, self.at)?;
        let request_id = Some(answer.request_id.as_str());
        billing::evaluation_ended(transaction, &self.question.id, Ended::Answered, request_id)?;
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
#[path = "keeping_tests.rs"]
mod tests;
