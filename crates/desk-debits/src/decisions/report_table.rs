//! The tables of what is reported to Plaid: `decisions`, `returns`, and the `outbox` of both.

use std::time::Duration;

use desk_files::return_codes::ReturnReason;
use jiff::Timestamp;
use plaid::{ClientTransactionId, Decimal};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use crate::{
    decisions::view::ReportHistory,
    evaluations::{
        table::exact,
        view::{DecisionView, DeliveryView, EvaluationState, ReturnView},
    },
};
use desk_core::{
    DeskError,
    moment::Moment,
    problem::Problem,
    store::{StoreError, single_column, sql_words},
};

/// An answered evaluation, as a report needs it.
pub(crate) struct Answered {
    pub amount: Decimal,
    pub created_at: Moment,
    /// Whether the debit was recorded as initiated; none while no decision is recorded.
    pub initiated: Option<bool>,
}

/// An evaluation that has its answer.
///
/// # Errors
/// `NotFound`; field `clientTransactionId` when it has no answer.
pub(crate) fn answered_evaluation(
    connection: &Connection,
    id: &ClientTransactionId,
) -> Result<Answered, StoreError> {
    let found = connection
        .query_row(
            "SELECT amount, created_at, state,
                    (SELECT initiated FROM decisions
                     WHERE decisions.client_transaction_id = evaluations.client_transaction_id
                     ORDER BY decision_id DESC LIMIT 1) AS initiated
             FROM evaluations WHERE client_transaction_id = ?1",
            [id.as_str()],
            |row| {
                Ok((
                    row.get::<_, String>("amount")?,
                    row.get("created_at")?,
                    row.get::<_, EvaluationState>("state")?,
                    row.get("initiated")?,
                ))
            },
        )
        .optional()?;
    let (amount, created_at, state, initiated) =
        found.ok_or(DeskError::NotFound("This evaluation"))?;
    if state != EvaluationState::Answered {
        return Err(DeskError::invalid(
            "clientTransactionId",
            "This evaluation has no answer yet, so there is nothing to report about it.",
        )
        .into());
    }
    Ok(Answered {
        amount: exact(&amount)?,
        created_at,
        initiated,
    })
}

/// A decision to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewDecision {
    pub initiated: bool,
    pub days_funds_on_hold: Option<u32>,
    pub decision_outcome: Option<String>,
    pub payment_method: Option<String>,
    pub(crate) amount_instantly_available: Option<Decimal>,
}

/// A return to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewReturn {
    pub return_code: String,
    pub returned_on: Option<String>,
}

/// Whether a report says something new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    New,
    /// The last one says the same, and is at Plaid or on its way: a second click.
    Same,
}

/// Writes a decision and its delivery. One that waits or is refused is superseded, the user's mark is settled, and a
/// return that Plaid does not have goes after it; the same one again is not written.
pub(crate) fn record_decision(
    transaction: &Transaction<'_>,
    id: &ClientTransactionId,
    new: &NewDecision,
    now: Timestamp,
) -> Result<Recorded, StoreError> {
    transaction.execute(
        "DELETE FROM debit_marks WHERE client_transaction_id = ?1",
        [id.as_str()],
    )?;
    if let Some((last, delivery)) = last_decision(transaction, id)?
        && last == *new
        && delivery.is_under_way()
    {
        return Ok(Recorded::Same);
    }
    supersede(transaction, id, "decision_id")?;
    transaction.execute(
        "INSERT INTO decisions (client_transaction_id, initiated, days_funds_on_hold, decision_outcome,
                                payment_method, amount_instantly_available, recorded_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        (
            id.as_str(),
            new.initiated,
            new.days_funds_on_hold,
            &new.decision_outcome,
            &new.payment_method,
            new.amount_instantly_available
                .map(|amount| amount.to_string()),
            Moment::from(now),
        ),
    )?;
    enqueue(transaction, id, "decision_id", now)?;
    return_goes_after(transaction, id, now)?;
    Ok(Recorded::New)
}

/// Writes a return and its delivery. One that waits or is refused is superseded; the same one again is not written.
pub(crate) fn record_return(
    transaction: &Transaction<'_>,
    id: &ClientTransactionId,
    new: &NewReturn,
    now: Timestamp,
) -> Result<Recorded, StoreError> {
    if let Some((last, delivery)) = last_return(transaction, id)?
        && last == *new
        && delivery.is_under_way()
    {
        return Ok(Recorded::Same);
    }
    supersede(transaction, id, "return_id")?;
    transaction.execute(
        "INSERT INTO returns (client_transaction_id, return_code, returned_on, recorded_at) VALUES (?1, ?2, ?3, ?4)",
        (id.as_str(), &new.return_code, &new.returned_on, Moment::from(now)),
    )?;
    enqueue(transaction, id, "return_id", now)?;
    Ok(Recorded::New)
}

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum DeliveryState {
    Waiting,
    Delivered,
    Refused,
    Superseded,
    Filed,
    LeftOut,
}

sql_words!(DeliveryState);

impl DeliveryState {
    /// Whether Plaid has the report, or gets it without an act of the user.
    fn is_under_way(self) -> bool {
        matches!(self, Self::Waiting | Self::Delivered)
    }
}

/// `kind` is one of this file's own words.
fn supersede(
    transaction: &Transaction<'_>,
    id: &ClientTransactionId,
    kind: &'static str,
) -> Result<(), StoreError> {
    let sql = format!(
        "UPDATE outbox SET state = 'superseded'
         WHERE client_transaction_id = ?1 AND state IN ('waiting', 'refused') AND {kind} IS NOT NULL"
    );
    transaction.execute(&sql, [id.as_str()])?;
    Ok(())
}

/// Puts the row just inserted into the outbox, behind all others.
fn enqueue(
    transaction: &Transaction<'_>,
    id: &ClientTransactionId,
    kind: &'static str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO outbox (client_transaction_id, {kind}, place, state, attempts, next_attempt_at)
         VALUES (?1, ?2, (SELECT coalesce(max(place), 0) + 1 FROM outbox), 'waiting', 0, ?3)"
    );
    let row = transaction.last_insert_rowid();
    transaction.execute(&sql, (id.as_str(), row, Moment::from(now)))?;
    Ok(())
}

/// Puts the return that Plaid does not have behind the decision just recorded. One that Plaid refused because it had
/// the debit as not initiated is sent again: the decision may be what was missing.
fn return_goes_after(
    transaction: &Transaction<'_>,
    id: &ClientTransactionId,
    now: Timestamp,
) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE outbox SET place = (SELECT max(place) + 1 FROM outbox), state = 'waiting', attempts = 0,
                next_attempt_at = ?2
         WHERE client_transaction_id = ?1 AND return_id IS NOT NULL
           AND (state = 'waiting'
                OR (state = 'refused'
                    AND json_extract(problem, '$.plaid.errorCode') = 'SIGNAL_TRANSACTION_NOT_INITIATED'))",
        (id.as_str(), Moment::from(now)),
    )?;
    Ok(())
}

fn last_decision(
    connection: &Connection,
    id: &ClientTransactionId,
) -> Result<Option<(NewDecision, DeliveryState)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT initiated, days_funds_on_hold, decision_outcome, payment_method, amount_instantly_available, state
         FROM decisions JOIN outbox USING (decision_id)
         WHERE decisions.client_transaction_id = ?1 ORDER BY decision_id DESC LIMIT 1",
    )?;
    let mut rows = statement.query([id.as_str()])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    Ok(Some((decision(row)?, row.get("state")?)))
}

fn decision(row: &Row<'_>) -> Result<NewDecision, StoreError> {
    let available: Option<String> = row.get("amount_instantly_available")?;
    Ok(NewDecision {
        initiated: row.get("initiated")?,
        days_funds_on_hold: row.get("days_funds_on_hold")?,
        decision_outcome: row.get("decision_outcome")?,
        payment_method: row.get("payment_method")?,
        amount_instantly_available: available.as_deref().map(exact).transpose()?,
    })
}

fn last_return(
    connection: &Connection,
    id: &ClientTransactionId,
) -> Result<Option<(NewReturn, DeliveryState)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT return_code, returned_on, state FROM returns JOIN outbox USING (return_id)
         WHERE returns.client_transaction_id = ?1 ORDER BY return_id DESC LIMIT 1",
    )?;
    let mut rows = statement.query([id.as_str()])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let last = NewReturn {
        return_code: row.get("return_code")?,
        returned_on: row.get("returned_on")?,
    };
    Ok(Some((last, row.get("state")?)))
}

/// Something to be delivered.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) delivery_id: i64,
    pub id: ClientTransactionId,
    pub attempts: u32,
    pub report: Report,
}

/// What it says.
#[derive(Clone, Debug)]
pub(crate) enum Report {
    Decision(NewDecision),
    Return(NewReturn),
}

/// Whose time has come: what was never tried, what was put off until now, and what was put off for longer than is ever
/// done, because the clock has been set back since.
const TIME_HAS_COME: &str =
    "(outbox.attempts = 0 OR next_attempt_at <= ?1 OR next_attempt_at > ?2)";

/// Nothing else of the evaluation is to be sent first.
const IS_FIRST: &str = "NOT EXISTS (SELECT 1 FROM outbox AS earlier
       WHERE earlier.client_transaction_id = outbox.client_transaction_id AND earlier.state = 'waiting'
         AND earlier.place < outbox.place)";

/// The first delivery that waits of each evaluation, where its time has come. None waits for longer than `longest`.
pub(crate) fn due(
    connection: &Connection,
    now: Timestamp,
    longest: Duration,
    most: u32,
) -> Result<Vec<Delivery>, StoreError> {
    let sql = format!(
        "SELECT initiated, days_funds_on_hold, decision_outcome, payment_method, amount_instantly_available,
                outbox.delivery_id, outbox.client_transaction_id, attempts, outbox.decision_id, return_code, returned_on
         FROM outbox
         LEFT JOIN decisions USING (decision_id)
         LEFT JOIN returns USING (return_id)
         WHERE outbox.state = 'waiting' AND {TIME_HAS_COME} AND {IS_FIRST}
         ORDER BY next_attempt_at, place LIMIT ?3"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let now = Moment::from(now);
    let mut rows = statement.query((now, now.after(longest), most))?;
    let mut deliveries = Vec::new();
    while let Some(row) = rows.next()? {
        let is_decision = row.get::<_, Option<i64>>("decision_id")?.is_some();
        let id: String = row.get("client_transaction_id")?;
        deliveries.push(Delivery {
            delivery_id: row.get("delivery_id")?,
            id: ClientTransactionId::parse(&id)
                .map_err(|_| StoreError::unreadable("a client_transaction_id"))?,
            attempts: row.get("attempts")?,
            report: if is_decision {
                Report::Decision(decision(row)?)
            } else {
                Report::Return(NewReturn {
                    return_code: row.get("return_code")?,
                    returned_on: row.get("returned_on")?,
                })
            },
        });
    }
    Ok(deliveries)
}

/// When the next delivery is due, if anything waits.
pub(crate) fn next_due(connection: &Connection) -> Result<Option<Moment>, StoreError> {
    let sql =
        format!("SELECT min(next_attempt_at) FROM outbox WHERE state = 'waiting' AND {IS_FIRST}");
    Ok(connection.query_row(&sql, [], single_column)?)
}

/// Everything that waits is due now.
pub(crate) fn all_due(transaction: &Transaction<'_>, now: Timestamp) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE outbox SET next_attempt_at = ?1 WHERE state = 'waiting'",
        [Moment::from(now)],
    )?;
    Ok(())
}

/// Plaid has it, also where a later one has taken its place meanwhile.
pub fn delivered(
    transaction: &Transaction<'_>,
    delivery_id: i64,
    request_id: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE outbox SET state = 'delivered', attempts = attempts + 1, problem = NULL, delivered_at = ?2,
                request_id = ?3
         WHERE delivery_id = ?1 AND state IN ('waiting', 'superseded')",
        (delivery_id, Moment::from(now), request_id),
    )?;
    Ok(())
}

/// Plaid refused it. One that a later one has taken the place of meanwhile stays superseded.
pub fn refused(
    transaction: &Transaction<'_>,
    delivery_id: i64,
    problem: &Problem,
) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE outbox SET state = iif(state = 'waiting', 'refused', state), attempts = attempts + 1, problem = ?2
         WHERE delivery_id = ?1 AND state IN ('waiting', 'superseded')",
        (delivery_id, problem),
    )?;
    Ok(())
}

/// It did not arrive, as far as is known; it is tried again.
pub(crate) fn postponed(
    transaction: &Transaction<'_>,
    delivery_id: i64,
    problem: &Problem,
    next: Moment,
) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE outbox SET attempts = attempts + 1, problem = ?2, next_attempt_at = ?3
         WHERE delivery_id = ?1 AND state = 'waiting'",
        (delivery_id, problem, next),
    )?;
    Ok(())
}

/// Gives up on what Plaid refused.
///
/// # Errors
/// `NotFound` when it is not refused (any more).
pub(crate) fn leave_out(
    transaction: &Transaction<'_>,
    delivery_id: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let changed = transaction.execute(
        "UPDATE outbox SET state = 'left_out', set_aside_at = ?2 WHERE delivery_id = ?1 AND state = 'refused'",
        (delivery_id, Moment::from(now)),
    )?;
    if changed == 0 {
        return Err(DeskError::NotFound("This refused report").into());
    }
    Ok(())
}

/// The columns that [`decision_of`] reads besides [`DELIVERY`].
pub(crate) const DECISION: &str =
    "initiated, days_funds_on_hold, decision_outcome, payment_method, amount_instantly_available,
     decisions.recorded_at AS decision_recorded_at";

/// The columns that [`return_of`] reads besides [`DELIVERY`].
pub(crate) const RETURN: &str =
    "return_code, returned_on, returns.recorded_at AS return_recorded_at";

/// The columns that [`delivery_view`] reads.
pub(crate) const DELIVERY: &str =
    "outbox.state, attempts, next_attempt_at, outbox.problem, delivered_at,
     outbox.request_id, set_aside_at";

/// The last decision.
pub(crate) fn decision_view(
    connection: &Connection,
    id: &str,
) -> Result<Option<DecisionView>, StoreError> {
    Ok(decisions_of(connection, id, 1)?.pop())
}

/// The last return.
pub(crate) fn return_view(
    connection: &Connection,
    id: &str,
) -> Result<Option<ReturnView>, StoreError> {
    Ok(returns_of(connection, id, 1)?.pop())
}

/// Every decision and return that was recorded of an evaluation, the last first.
///
/// # Errors
/// `NotFound` when there is no such evaluation.
pub fn history(connection: &Connection, id: &str) -> Result<ReportHistory, StoreError> {
    let known: bool = connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM evaluations WHERE client_transaction_id = ?1)",
        [id],
        single_column,
    )?;
    if !known {
        return Err(DeskError::NotFound("This evaluation").into());
    }
    Ok(ReportHistory {
        decisions: decisions_of(connection, id, i64::MAX)?,
        returns: returns_of(connection, id, i64::MAX)?,
    })
}

fn decisions_of(
    connection: &Connection,
    id: &str,
    most: i64,
) -> Result<Vec<DecisionView>, StoreError> {
    let sql = format!(
        "SELECT {DECISION}, {DELIVERY} FROM decisions JOIN outbox USING (decision_id)
         WHERE decisions.client_transaction_id = ?1 ORDER BY decision_id DESC LIMIT ?2"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query((id, most))?;
    rows.and_then(decision_of).collect()
}

fn returns_of(connection: &Connection, id: &str, most: i64) -> Result<Vec<ReturnView>, StoreError> {
    let sql = format!(
        "SELECT {RETURN}, {DELIVERY} FROM returns JOIN outbox USING (return_id)
         WHERE returns.client_transaction_id = ?1 ORDER BY return_id DESC LIMIT ?2"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query((id, most))?;
    rows.and_then(return_of).collect()
}

pub(crate) fn decision_of(row: &Row<'_>) -> Result<DecisionView, StoreError> {
    Ok(DecisionView {
        initiated: row.get("initiated")?,
        days_funds_on_hold: row.get("days_funds_on_hold")?,
        decision_outcome: row.get("decision_outcome")?,
        payment_method: row.get("payment_method")?,
        amount_instantly_available: row.get("amount_instantly_available")?,
        recorded_at: row.get::<_, Moment>("decision_recorded_at")?.to_text(),
        delivery: delivery_view(row)?,
    })
}

pub(crate) fn return_of(row: &Row<'_>) -> Result<ReturnView, StoreError> {
    let return_code: String = row.get("return_code")?;
    Ok(ReturnView {
        meaning: ReturnReason::find(&return_code)
            .map_or_else(String::new, |code| code.title.to_owned()),
        return_code,
        returned_on: row.get("returned_on")?,
        recorded_at: row.get::<_, Moment>("return_recorded_at")?.to_text(),
        delivery: delivery_view(row)?,
    })
}

pub(crate) fn delivery_view(row: &Row<'_>) -> Result<DeliveryView, StoreError> {
    let problem: Option<Problem> = row.get("problem")?;
    let refusal =
        |problem: Option<Problem>| problem.ok_or_else(|| StoreError::unreadable("a refusal"));
    let set_aside_at = || Ok::<_, StoreError>(row.get::<_, Moment>("set_aside_at")?.to_text());
    match row.get("state")? {
        DeliveryState::Delivered => Ok(DeliveryView::Delivered {
            at: row.get::<_, Moment>("delivered_at")?.to_text(),
            request_id: row.get("request_id")?,
        }),
        DeliveryState::Refused => Ok(DeliveryView::Refused {
            problem: refusal(problem)?,
        }),
        DeliveryState::Waiting => Ok(DeliveryView::Waiting {
            attempts: row.get("attempts")?,
            next_attempt_at: Some(row.get::<_, Moment>("next_attempt_at")?.to_text()),
            problem,
        }),
        DeliveryState::Superseded => Ok(DeliveryView::Superseded { problem }),
        DeliveryState::Filed => Ok(DeliveryView::Filed {
            at: set_aside_at()?,
        }),
        DeliveryState::LeftOut => Ok(DeliveryView::LeftOut {
            at: set_aside_at()?,
            problem: refusal(problem)?,
        }),
    }
}

#[cfg(test)]
#[path = "report_table_tests.rs"]
pub(crate) mod tests;
