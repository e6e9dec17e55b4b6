//! The tables `decisions` and `returns`. Recording one also puts its report into the `outbox`.

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
    store::{single_column, sql_words},
};

/// What a report needs of an answered evaluation.
pub(crate) struct AnsweredEvaluation {
    pub amount: Decimal,
    pub created_at: Moment,
    /// Whether the debit was recorded as initiated; none before a decision is recorded.
    pub initiated: Option<bool>,
}

/// # Errors
/// `NotFound`; field `clientTransactionId` when it has no answer.
pub(crate) fn answered_evaluation(
    connection: &Connection,
    id: &ClientTransactionId,
) -> Result<AnsweredEvaluation, DeskError> {
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
        ));
    }
    Ok(AnsweredEvaluation {
        amount: exact(&amount)?,
        created_at,
        initiated,
    })
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewDecision {
    pub initiated: bool,
    pub days_funds_on_hold: Option<u32>,
    pub decision_outcome: Option<String>,
    pub payment_method: Option<String>,
    pub(crate) amount_instantly_available: Option<Decimal>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewReturn {
    pub return_code: String,
    pub returned_on: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordResult {
    New,
    /// The last report says the same, and Plaid has it or will get it: a second click.
    Same,
}

/// Saves a decision and its delivery. It supersedes an earlier decision that Plaid doesn't have, clears the user's mark,
/// and moves a return that Plaid doesn't have behind itself. Repeating the last decision saves nothing.
pub(crate) fn record_decision(
    transaction: &Transaction<'_>,
    id: &ClientTransactionId,
    new: &NewDecision,
    now: Timestamp,
) -> Result<RecordResult, DeskError> {
    transaction.execute(
        "DELETE FROM debit_marks WHERE client_transaction_id = ?1",
        [id.as_str()],
    )?;
    if let Some((last, delivery)) = last_decision(transaction, id)?
        && last == *new
        && delivery.is_under_way()
    {
        return Ok(RecordResult::Same);
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
    move_return_behind(transaction, id, now)?;
    Ok(RecordResult::New)
}

/// Saves a return and its delivery. It supersedes an earlier return that Plaid doesn't have. Repeating the last return
/// saves nothing.
pub(crate) fn record_return(
    transaction: &Transaction<'_>,
    id: &ClientTransactionId,
    new: &NewReturn,
    now: Timestamp,
) -> Result<RecordResult, DeskError> {
    if let Some((last, delivery)) = last_return(transaction, id)?
        && last == *new
        && delivery.is_under_way()
    {
        return Ok(RecordResult::Same);
    }
    supersede(transaction, id, "return_id")?;
    transaction.execute(
        "INSERT INTO returns (client_transaction_id, return_code, returned_on, recorded_at) VALUES (?1, ?2, ?3, ?4)",
        (id.as_str(), &new.return_code, &new.returned_on, Moment::from(now)),
    )?;
    enqueue(transaction, id, "return_id", now)?;
    Ok(RecordResult::New)
}

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
    /// Whether Plaid has the report, or gets it without help from the user.
    fn is_under_way(self) -> bool {
        matches!(self, Self::Waiting | Self::Delivered)
    }
}

/// `kind` is a column name.
fn supersede(
    transaction: &Transaction<'_>,
    id: &ClientTransactionId,
    kind: &'static str,
) -> Result<(), DeskError> {
    let sql = format!(
        "UPDATE outbox SET state = 'superseded'
         WHERE client_transaction_id = ?1 AND state IN ('waiting', 'refused') AND {kind} IS NOT NULL"
    );
    transaction.execute(&sql, [id.as_str()])?;
    Ok(())
}

/// Appends the row just inserted to the outbox.
fn enqueue(
    transaction: &Transaction<'_>,
    id: &ClientTransactionId,
    kind: &'static str,
    now: Timestamp,
) -> Result<(), DeskError> {
    let sql = format!(
        "INSERT INTO outbox (client_transaction_id, {kind}, place, state, attempts, next_attempt_at)
         VALUES (?1, ?2, (SELECT coalesce(max(place), 0) + 1 FROM outbox), 'waiting', 0, ?3)"
    );
    let row = transaction.last_insert_rowid();
    transaction.execute(&sql, (id.as_str(), row, Moment::from(now)))?;
    Ok(())
}

/// Moves the return that Plaid doesn't have behind the decision just recorded. If Plaid rejected the return because the
/// debit was not initiated, it is sent again: the decision may have been missing.
fn move_return_behind(
    transaction: &Transaction<'_>,
    id: &ClientTransactionId,
    now: Timestamp,
) -> Result<(), DeskError> {
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
) -> Result<Option<(NewDecision, DeliveryState)>, DeskError> {
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

pub(super) fn decision(row: &Row<'_>) -> Result<NewDecision, DeskError> {
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
) -> Result<Option<(NewReturn, DeliveryState)>, DeskError> {
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

pub(crate) fn decision_view(
    connection: &Connection,
    id: &str,
) -> Result<Option<DecisionView>, DeskError> {
    Ok(decisions_of(connection, id, 1)?.pop())
}

pub(crate) fn return_view(
    connection: &Connection,
    id: &str,
) -> Result<Option<ReturnView>, DeskError> {
    Ok(returns_of(connection, id, 1)?.pop())
}

/// Every recorded decision and return of an evaluation, newest first.
///
/// # Errors
/// `NotFound` when there is no such evaluation.
pub fn history(connection: &Connection, id: &str) -> Result<ReportHistory, DeskError> {
    let known: bool = connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM evaluations WHERE client_transaction_id = ?1)",
        [id],
        single_column,
    )?;
    if !known {
        return Err(DeskError::NotFound("This evaluation"));
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
) -> Result<Vec<DecisionView>, DeskError> {
    let sql = format!(
        "SELECT {DECISION}, {DELIVERY} FROM decisions JOIN outbox USING (decision_id)
         WHERE decisions.client_transaction_id = ?1 ORDER BY decision_id DESC LIMIT ?2"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query((id, most))?;
    rows.and_then(decision_of).collect()
}

fn returns_of(connection: &Connection, id: &str, most: i64) -> Result<Vec<ReturnView>, DeskError> {
    let sql = format!(
        "SELECT {RETURN}, {DELIVERY} FROM returns JOIN outbox USING (return_id)
         WHERE returns.client_transaction_id = ?1 ORDER BY return_id DESC LIMIT ?2"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query((id, most))?;
    rows.and_then(return_of).collect()
}

pub(crate) fn decision_of(row: &Row<'_>) -> Result<DecisionView, DeskError> {
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

pub(crate) fn return_of(row: &Row<'_>) -> Result<ReturnView, DeskError> {
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

pub(crate) fn delivery_view(row: &Row<'_>) -> Result<DeliveryView, DeskError> {
    let problem: Option<Problem> = row.get("problem")?;
    let refusal =
        |problem: Option<Problem>| problem.ok_or_else(|| DeskError::unreadable("a refusal"));
    let set_aside_at = || Ok::<_, DeskError>(row.get::<_, Moment>("set_aside_at")?.to_text());
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
