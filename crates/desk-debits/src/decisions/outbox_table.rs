//! The table `outbox`: which report is sent next, and what became of each.

use std::time::Duration;

use jiff::Timestamp;
use plaid::ClientTransactionId;
use rusqlite::{Connection, Transaction};

use super::report_table::{NewDecision, NewReturn, decision};
use desk_core::{DeskError, moment::Moment, problem::Problem, store::single_column};

#[derive(Clone, Debug)]
pub(crate) struct OutboxDelivery {
    pub(crate) delivery_id: i64,
    pub id: ClientTransactionId,
    pub attempts: u32,
    pub report: OutboxReport,
}

#[derive(Clone, Debug)]
pub(crate) enum OutboxReport {
    Decision(NewDecision),
    Return(NewReturn),
}

/// Due: never tried, postponed until now, or postponed for longer than Balance Desk ever does, because the clock was set
/// back since.
const IS_DUE: &str = "(outbox.attempts = 0 OR next_attempt_at <= ?1 OR next_attempt_at > ?2)";

/// No other report of the evaluation goes first.
const IS_FIRST: &str = "NOT EXISTS (SELECT 1 FROM outbox AS earlier
       WHERE earlier.client_transaction_id = outbox.client_transaction_id AND earlier.state = 'waiting'
         AND earlier.place < outbox.place)";

/// The first waiting delivery of each evaluation, if due. No delivery is ever postponed for longer than `longest`.
pub(crate) fn due(
    connection: &Connection,
    now: Timestamp,
    longest: Duration,
    most: u32,
) -> Result<Vec<OutboxDelivery>, DeskError> {
    let sql = format!(
        "SELECT initiated, days_funds_on_hold, decision_outcome, payment_method, amount_instantly_available,
                outbox.delivery_id, outbox.client_transaction_id, attempts, outbox.decision_id, return_code, returned_on
         FROM outbox
         LEFT JOIN decisions USING (decision_id)
         LEFT JOIN returns USING (return_id)
         WHERE outbox.state = 'waiting' AND {IS_DUE} AND {IS_FIRST}
         ORDER BY next_attempt_at, place LIMIT ?3"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let now = Moment::from(now);
    let mut rows = statement.query((now, now.after(longest), most))?;
    let mut deliveries = Vec::new();
    while let Some(row) = rows.next()? {
        let is_decision = row.get::<_, Option<i64>>("decision_id")?.is_some();
        let id: String = row.get("client_transaction_id")?;
        deliveries.push(OutboxDelivery {
            delivery_id: row.get("delivery_id")?,
            id: ClientTransactionId::parse(&id)
                .map_err(|_| DeskError::unreadable("a client_transaction_id"))?,
            attempts: row.get("attempts")?,
            report: if is_decision {
                OutboxReport::Decision(decision(row)?)
            } else {
                OutboxReport::Return(NewReturn {
                    return_code: row.get("return_code")?,
                    returned_on: row.get("returned_on")?,
                })
            },
        });
    }
    Ok(deliveries)
}

/// When the next waiting delivery is due.
pub(crate) fn next_due(connection: &Connection) -> Result<Option<Moment>, DeskError> {
    let sql =
        format!("SELECT min(next_attempt_at) FROM outbox WHERE state = 'waiting' AND {IS_FIRST}");
    Ok(connection.query_row(&sql, [], single_column)?)
}

/// Makes all waiting deliveries due now.
pub(crate) fn all_due(transaction: &Transaction<'_>, now: Timestamp) -> Result<(), DeskError> {
    transaction.execute(
        "UPDATE outbox SET next_attempt_at = ?1 WHERE state = 'waiting'",
        [Moment::from(now)],
    )?;
    Ok(())
}

/// Plaid accepted the report. This also holds for one that a later report has superseded in the meantime.
pub fn delivered(
    transaction: &Transaction<'_>,
    delivery_id: i64,
    request_id: &str,
    now: Timestamp,
) -> Result<(), DeskError> {
    transaction.execute(
        "UPDATE outbox SET state = 'delivered', attempts = attempts + 1, problem = NULL, delivered_at = ?2,
                request_id = ?3
         WHERE delivery_id = ?1 AND state IN ('waiting', 'superseded')",
        (delivery_id, Moment::from(now), request_id),
    )?;
    Ok(())
}

/// Plaid rejected the report. One that a later report has superseded in the meantime stays superseded.
pub fn refused(
    transaction: &Transaction<'_>,
    delivery_id: i64,
    problem: &Problem,
) -> Result<(), DeskError> {
    transaction.execute(
        "UPDATE outbox SET state = iif(state = 'waiting', 'refused', state), attempts = attempts + 1, problem = ?2
         WHERE delivery_id = ?1 AND state IN ('waiting', 'superseded')",
        (delivery_id, problem),
    )?;
    Ok(())
}

/// The attempt failed, and Balance Desk retries at `next`.
pub(crate) fn postponed(
    transaction: &Transaction<'_>,
    delivery_id: i64,
    problem: &Problem,
    next: Moment,
) -> Result<(), DeskError> {
    transaction.execute(
        "UPDATE outbox SET attempts = attempts + 1, problem = ?2, next_attempt_at = ?3
         WHERE delivery_id = ?1 AND state = 'waiting'",
        (delivery_id, problem, next),
    )?;
    Ok(())
}

/// Gives up on a rejected report.
///
/// # Errors
/// `NotFound` when it is not in state refused.
pub(crate) fn leave_out(
    transaction: &Transaction<'_>,
    delivery_id: i64,
    now: Timestamp,
) -> Result<(), DeskError> {
    let changed = transaction.execute(
        "UPDATE outbox SET state = 'left_out', set_aside_at = ?2 WHERE delivery_id = ?1 AND state = 'refused'",
        (delivery_id, Moment::from(now)),
    )?;
    if changed == 0 {
        return Err(DeskError::NotFound("This refused report"));
    }
    Ok(())
}
