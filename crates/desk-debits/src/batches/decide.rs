//! One decision for many rows, in one transaction; and taking it back, which is a correction: what was reported before
//! is reported again, and where nothing was, that the debit is not initiated.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension as _};

use super::{
    table,
    view::{BatchDecided, BatchDecision, BatchFilter, BatchSelection},
};
use crate::{batches::Batches, evaluations::view::DecisionInput};
use desk_core::{DeskError, event::DeskEvent, problem::Problem};

/// Refusals that are told.
const MOST_REFUSALS: usize = 20;

impl Batches {
    /// Records the decision on all rows of the selection that have an answer.
    pub async fn decide(&self, decision: BatchDecision) -> Result<BatchDecided, DeskError> {
        let (batch_id, rows) = (decision.batch_id.clone(), decision.rows.clone());
        let (ids, passed_over) = self
            .session
            .store
            .read(move |connection| selected(connection, &batch_id, &rows))
            .await?;
        let inputs = ids
            .into_iter()
            .map(|client_transaction_id| DecisionInput {
                client_transaction_id,
                initiated: decision.initiated,
                days_funds_on_hold: decision.days_funds_on_hold.clone(),
                decision_outcome: decision.decision_outcome.clone(),
                payment_method: decision.payment_method.clone(),
                amount_instantly_available: None,
            })
            .collect();
        let mut decided = self.record_decisions(inputs).await?;
        decided.passed_over = passed_over;
        Ok(decided)
    }

    /// Takes the last decision on these back.
    pub async fn undo_decisions(
        &self,
        client_transaction_ids: Vec<String>,
    ) -> Result<BatchDecided, DeskError> {
        let inputs = self
            .session
            .store
            .read(move |connection| -> Result<_, DeskError> {
                client_transaction_ids
                    .into_iter()
                    .map(|id| before_the_last(connection, id))
                    .collect::<Result<Vec<_>, DeskError>>()
            })
            .await?;
        self.record_decisions(inputs).await
    }

    async fn record_decisions(
        &self,
        inputs: Vec<DecisionInput>,
    ) -> Result<BatchDecided, DeskError> {
        let ids: Vec<String> = inputs
            .iter()
            .map(|input| input.client_transaction_id.clone())
            .collect();
        let mut refused = Vec::new();
        let mut recorded = Vec::new();
        let outcomes = self.reports.record_decisions(inputs).await?;
        for (id, outcome) in ids.into_iter().zip(outcomes) {
            match outcome {
                Ok(()) => recorded.push(id),
                // A field that is wrong is wrong for all of them.
                Err(error @ DeskError::InvalidInput { .. }) if recorded.is_empty() => {
                    return Err(error);
                }
                Err(error) => refused.push(Problem::from(error)),
            }
        }
        refused.truncate(MOST_REFUSALS);
        self.session.emit(DeskEvent::BatchesChanged);
        Ok(BatchDecided {
            client_transaction_ids: recorded,
            passed_over: 0,
            refused,
        })
    }
}

fn selected(
    connection: &Connection,
    batch_id: &str,
    rows: &BatchSelection,
) -> Result<(Vec<String>, u32), DeskError> {
    match rows {
        BatchSelection::AcceptUndecided => {
            table::answered(connection, batch_id, BatchFilter::Accept, "", None, true)
        }
        BatchSelection::Positions { positions } => {
            let among: HashSet<u32> = positions.iter().copied().collect();
            let filter = BatchFilter::All;
            table::answered(connection, batch_id, filter, "", Some(&among), false)
        }
        BatchSelection::Shown { filter, search } => {
            table::answered(connection, batch_id, *filter, search, None, false)
        }
    }
}

/// What was decided before the last decision.
fn before_the_last(connection: &Connection, id: String) -> Result<DecisionInput, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT initiated, days_funds_on_hold, decision_outcome, payment_method, amount_instantly_available
         FROM decisions WHERE client_transaction_id = ?1 ORDER BY decision_id DESC LIMIT 1 OFFSET 1",
    )?;
    let before = statement
        .query_row([&id], |row| {
            Ok(DecisionInput {
                client_transaction_id: id.clone(),
                initiated: row.get("initiated")?,
                days_funds_on_hold: row
                    .get::<_, Option<u32>>("days_funds_on_hold")?
                    .map(|days| days.to_string()),
                decision_outcome: row.get("decision_outcome")?,
                payment_method: row.get("payment_method")?,
                amount_instantly_available: row.get("amount_instantly_available")?,
            })
        })
        .optional()?;
    Ok(before.unwrap_or(DecisionInput {
        client_transaction_id: id,
        initiated: false,
        days_funds_on_hold: None,
        decision_outcome: None,
        payment_method: None,
        amount_instantly_available: None,
    }))
}
