//! The tables of Signal: `evaluations` with their answers, `decisions`, `returns`, and the `outbox` of both.

use jiff::Timestamp;
use plaid::{AccountId, ClientTransactionId, Decimal};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use serde::de::DeserializeOwned;

use super::{
    return_codes,
    view::{
        CoreAttributeView, DecisionView, DeliveryView, EvaluationAnswer, EvaluationResult,
        EvaluationState, EvaluationView, ReturnView, WarningView,
    },
    warnings,
};
use crate::{
    DeskError,
    items::table::{from_json, to_json},
    moment::Moment,
    problem::Problem,
    store::StoreError,
};

/// The currency of Signal.
pub(crate) const CURRENCY: &str = "USD";

/// An evaluation that is about to be asked.
pub(crate) struct NewEvaluation {
    pub(crate) id: ClientTransactionId,
    pub(crate) account_id: AccountId,
    pub(crate) account_name: String,
    pub(crate) account_mask: Option<String>,
    pub(crate) institution_name: String,
    pub(crate) person_name: String,
    pub(crate) amount: Decimal,
    pub(crate) ruleset_key: Option<String>,
}

/// Writes an evaluation before it is sent.
///
/// # Errors
/// Field `clientTransactionId` when the id has been used.
pub(crate) fn insert(
    transaction: &Transaction<'_>,
    evaluation: &NewEvaluation,
    now: Timestamp,
) -> Result<(), StoreError> {
    let added = transaction.execute(
        "INSERT INTO evaluations (client_transaction_id, account_id, account_name, account_mask, institution_name,
                                  person_name, amount, ruleset_key, created_at, state)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'sending')
         ON CONFLICT (client_transaction_id) DO NOTHING",
        (
            evaluation.id.as_str(),
            evaluation.account_id.as_str(),
            &evaluation.account_name,
            &evaluation.account_mask,
            &evaluation.institution_name,
            &evaluation.person_name,
            evaluation.amount.to_string(),
            &evaluation.ruleset_key,
            Moment::from(now),
        ),
    )?;
    if added == 0 {
        return Err(DeskError::invalid(
            "clientTransactionId",
            "There is an evaluation of this name already. Each needs a name of its own.",
        )
        .into());
    }
    Ok(())
}

/// What asking again needs.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) id: ClientTransactionId,
    pub(crate) account_id: AccountId,
    pub(crate) amount: Decimal,
    pub(crate) ruleset_key: Option<String>,
}

/// Takes an evaluation without an answer up again, under its name. The caller has that name: one that is written as
/// being asked has lost its asker.
///
/// # Errors
/// `NotFound`; field `clientTransactionId` when it has been answered.
pub(crate) fn ask_again(
    transaction: &Transaction<'_>,
    id: &ClientTransactionId,
) -> Result<Question, StoreError> {
    let question = question(transaction, id)?;
    let changed = transaction.execute(
        "UPDATE evaluations SET state = 'sending', problem = NULL
         WHERE client_transaction_id = ?1 AND state <> 'answered'",
        [id.as_str()],
    )?;
    if changed == 0 {
        return Err(
            DeskError::invalid("clientTransactionId", "This evaluation has its answer.").into(),
        );
    }
    Ok(question)
}

fn question(connection: &Connection, id: &ClientTransactionId) -> Result<Question, StoreError> {
    let found = connection
        .query_row(
            "SELECT account_id, amount, ruleset_key FROM evaluations WHERE client_transaction_id = ?1",
            [id.as_str()],
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get(2)?)),
        )
        .optional()?;
    let (account_id, amount, ruleset_key) = found.ok_or(DeskError::NotFound("This evaluation"))?;
    Ok(Question {
        id: id.clone(),
        account_id: AccountId::new(account_id),
        amount: exact(&amount)?,
        ruleset_key,
    })
}

/// Stores Plaid's answer, however late it comes to the disk. The first one stays.
pub(crate) fn answered(
    transaction: &Transaction<'_>,
    id: &ClientTransactionId,
    answer: &plaid::Evaluation,
    now: Timestamp,
) -> Result<(), StoreError> {
    let changed = transaction.execute(
        "UPDATE evaluations SET state = 'answered', problem = NULL
         WHERE client_transaction_id = ?1 AND state <> 'answered'",
        [id.as_str()],
    )?;
    if changed == 0 {
        return Ok(());
    }
    let ruleset = answer.ruleset.as_ref();
    let result = ruleset.and_then(|ruleset| ruleset.result.as_ref());
    let rule = ruleset.and_then(|ruleset| ruleset.triggered_rule.as_ref());
    let scores = answer.scores.as_ref();
    transaction.execute(
        "INSERT INTO evaluation_answers (client_transaction_id, result, result_text, ruleset_key, internal_note,
             custom_action_key, available_balance, current_balance, customer_risk, bank_risk, core_attributes,
             warnings, request_id, answered_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        rusqlite::params![
            id.as_str(),
            result.map(result_word),
            result.map(plaid::SignalResult::as_str),
            ruleset.and_then(|ruleset| ruleset.ruleset_key.as_deref()),
            rule.and_then(|rule| rule.internal_note.as_deref()),
            rule.and_then(|rule| rule.custom_action_key.as_deref()),
            answer.available_balance().map(|amount| amount.to_string()),
            answer.current_balance().map(|amount| amount.to_string()),
            scores.and_then(|scores| scores.customer_initiated_return_risk),
            scores.and_then(|scores| scores.bank_initiated_return_risk),
            json(&other_attributes(answer), "core attributes")?,
            json(&warning_views(answer), "warnings")?,
            answer.request_id.as_str(),
            Moment::from(now),
        ],
    )?;
    Ok(())
}

fn other_attributes(answer: &plaid::Evaluation) -> Vec<CoreAttributeView> {
    let balances = ["available_balance", "current_balance"];
    answer
        .core_attributes
        .iter()
        .filter(|attribute| !balances.contains(&attribute.name.as_str()))
        .map(|attribute| CoreAttributeView {
            name: attribute.name.clone(),
            value: match &attribute.value {
                plaid::AttributeValue::Decimal(number) => number.to_string(),
                plaid::AttributeValue::Integer(number) => number.to_string(),
                plaid::AttributeValue::Text(text) => text.clone(),
                plaid::AttributeValue::Bool(flag) => flag.to_string(),
            },
        })
        .collect()
}

fn warning_views(answer: &plaid::Evaluation) -> Vec<WarningView> {
    let said = |text: &String| (!text.is_empty()).then(|| text.clone());
    answer
        .warnings
        .iter()
        .map(|warning| WarningView {
            warning_type: said(&warning.warning_type),
            warning_code: said(&warning.warning_code),
            warning_message: said(&warning.warning_message),
            explanation: warnings::explanation(&warning.warning_type, &warning.warning_code)
                .to_owned(),
        })
        .collect()
}

/// Stores why there is no answer.
pub(crate) fn unanswered(
    transaction: &Transaction<'_>,
    id: &ClientTransactionId,
    state: EvaluationState,
    problem: &Problem,
) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE evaluations SET state = ?2, problem = ?3
         WHERE client_transaction_id = ?1 AND state = 'sending'",
        (id.as_str(), state_word(state), to_json(problem)?),
    )?;
    Ok(())
}

/// Marks evaluations that are written as being asked, and are not, as unknown: whoever asked is gone. Answers how many.
pub(crate) fn forget_sending(
    transaction: &Transaction<'_>,
    is_asked: impl Fn(&str) -> bool,
    problem: &Problem,
) -> Result<usize, StoreError> {
    let json = to_json(problem)?;
    let mut sending = transaction
        .prepare_cached("SELECT client_transaction_id FROM evaluations WHERE state = 'sending'")?;
    let ids: Vec<String> = sending
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut forgotten = 0;
    for id in ids.iter().filter(|id| !is_asked(id)) {
        forgotten += transaction.execute(
            "UPDATE evaluations SET state = 'unknown', problem = ?2 WHERE client_transaction_id = ?1",
            [id, &json],
        )?;
    }
    Ok(forgotten)
}

/// An answered evaluation, as a report needs it.
pub(crate) struct Answered {
    pub(crate) amount: Decimal,
    pub(crate) created_at: Moment,
    /// Whether the debit was recorded as initiated; none while no decision is recorded.
    pub(crate) initiated: Option<bool>,
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
                     ORDER BY decision_id DESC LIMIT 1)
             FROM evaluations WHERE client_transaction_id = ?1",
            [id.as_str()],
            |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get(1)?,
                    row.get::<_, String>(2)?,
                    row.get(3)?,
                ))
            },
        )
        .optional()?;
    let (amount, created_at, state, initiated) =
        found.ok_or(DeskError::NotFound("This evaluation"))?;
    if state != state_word(EvaluationState::Answered) {
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
    pub(crate) initiated: bool,
    pub(crate) days_funds_on_hold: Option<u32>,
    pub(crate) decision_outcome: Option<String>,
    pub(crate) payment_method: Option<String>,
    pub(crate) amount_instantly_available: Option<Decimal>,
}

/// A return to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewReturn {
    pub(crate) return_code: String,
    pub(crate) returned_on: Option<String>,
}

/// Whether a report says something new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recorded {
    New,
    /// The last one says the same and is not refused: a second click.
    Same,
}

/// Writes a decision and its delivery. One that waits is superseded; the same one again is not written.
pub(crate) fn record_decision(
    transaction: &Transaction<'_>,
    id: &ClientTransactionId,
    new: &NewDecision,
    now: Timestamp,
) -> Result<Recorded, StoreError> {
    if let Some((last, delivery)) = last_decision(transaction, id)?
        && last == *new
        && delivery != "refused"
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
    Ok(Recorded::New)
}

/// Writes a return and its delivery. One that waits is superseded; the same one again is not written.
pub(crate) fn record_return(
    transaction: &Transaction<'_>,
    id: &ClientTransactionId,
    new: &NewReturn,
    now: Timestamp,
) -> Result<Recorded, StoreError> {
    if let Some((last, delivery)) = last_return(transaction, id)?
        && last == *new
        && delivery != "refused"
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

/// `kind` is one of this file's own words.
fn supersede(
    transaction: &Transaction<'_>,
    id: &ClientTransactionId,
    kind: &'static str,
) -> Result<(), StoreError> {
    let sql = format!(
        "UPDATE outbox SET state = 'superseded'
         WHERE client_transaction_id = ?1 AND state = 'waiting' AND {kind} IS NOT NULL"
    );
    transaction.execute(&sql, [id.as_str()])?;
    Ok(())
}

/// Puts the row just inserted into the outbox.
fn enqueue(
    transaction: &Transaction<'_>,
    id: &ClientTransactionId,
    kind: &'static str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO outbox (client_transaction_id, {kind}, state, attempts, next_attempt_at)
         VALUES (?1, ?2, 'waiting', 0, ?3)"
    );
    let row = transaction.last_insert_rowid();
    transaction.execute(&sql, (id.as_str(), row, Moment::from(now)))?;
    Ok(())
}

fn last_decision(
    connection: &Connection,
    id: &ClientTransactionId,
) -> Result<Option<(NewDecision, String)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT initiated, days_funds_on_hold, decision_outcome, payment_method, amount_instantly_available, state
         FROM decisions JOIN outbox USING (decision_id)
         WHERE decisions.client_transaction_id = ?1 ORDER BY decision_id DESC LIMIT 1",
    )?;
    let mut rows = statement.query([id.as_str()])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    Ok(Some((decision(row)?, row.get(5)?)))
}

fn decision(row: &Row<'_>) -> Result<NewDecision, StoreError> {
    let available: Option<String> = row.get(4)?;
    Ok(NewDecision {
        initiated: row.get(0)?,
        days_funds_on_hold: row.get(1)?,
        decision_outcome: row.get(2)?,
        payment_method: row.get(3)?,
        amount_instantly_available: available.as_deref().map(exact).transpose()?,
    })
}

fn last_return(
    connection: &Connection,
    id: &ClientTransactionId,
) -> Result<Option<(NewReturn, String)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT return_code, returned_on, state FROM returns JOIN outbox USING (return_id)
         WHERE returns.client_transaction_id = ?1 ORDER BY return_id DESC LIMIT 1",
    )?;
    let mut rows = statement.query([id.as_str()])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let last = NewReturn {
        return_code: row.get(0)?,
        returned_on: row.get(1)?,
    };
    Ok(Some((last, row.get(2)?)))
}

/// Something to be delivered.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) delivery_id: i64,
    pub(crate) id: ClientTransactionId,
    pub(crate) attempts: u32,
    pub(crate) report: Report,
}

/// What it says.
#[derive(Clone, Debug)]
pub(crate) enum Report {
    Decision(NewDecision),
    Return(NewReturn),
}

/// The first delivery that waits of each evaluation, where its time has come.
pub(crate) fn due(
    connection: &Connection,
    now: Timestamp,
    most: u32,
) -> Result<Vec<Delivery>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT initiated, days_funds_on_hold, decision_outcome, payment_method, amount_instantly_available,
                outbox.delivery_id, outbox.client_transaction_id, attempts, outbox.decision_id, return_code, returned_on
         FROM outbox
         JOIN (SELECT min(delivery_id) AS delivery_id FROM outbox WHERE state = 'waiting' GROUP BY client_transaction_id)
              AS first USING (delivery_id)
         LEFT JOIN decisions USING (decision_id)
         LEFT JOIN returns USING (return_id)
         WHERE next_attempt_at <= ?1
         ORDER BY next_attempt_at, delivery_id LIMIT ?2",
    )?;
    let mut rows = statement.query((Moment::from(now), most))?;
    let mut deliveries = Vec::new();
    while let Some(row) = rows.next()? {
        let is_decision = row.get::<_, Option<i64>>(8)?.is_some();
        let id: String = row.get(6)?;
        deliveries.push(Delivery {
            delivery_id: row.get(5)?,
            id: ClientTransactionId::parse(&id)
                .map_err(|_| StoreError::unreadable("a client_transaction_id"))?,
            attempts: row.get(7)?,
            report: if is_decision {
                Report::Decision(decision(row)?)
            } else {
                Report::Return(NewReturn {
                    return_code: row.get(9)?,
                    returned_on: row.get(10)?,
                })
            },
        });
    }
    Ok(deliveries)
}

/// When the next delivery is due, if anything waits.
pub(crate) fn next_due(connection: &Connection) -> Result<Option<Moment>, StoreError> {
    Ok(connection.query_row(
        "SELECT min(next_attempt_at) FROM outbox
         WHERE delivery_id IN (SELECT min(delivery_id) FROM outbox WHERE state = 'waiting'
                               GROUP BY client_transaction_id)",
        [],
        |row| row.get(0),
    )?)
}

/// Everything that waits is due now.
pub(crate) fn all_due(transaction: &Transaction<'_>, now: Timestamp) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE outbox SET next_attempt_at = ?1 WHERE state = 'waiting'",
        [Moment::from(now)],
    )?;
    Ok(())
}

/// Plaid has it.
pub(crate) fn delivered(
    transaction: &Transaction<'_>,
    delivery_id: i64,
    request_id: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE outbox SET state = 'delivered', attempts = attempts + 1, problem = NULL, delivered_at = ?2,
                request_id = ?3
         WHERE delivery_id = ?1 AND state = 'waiting'",
        (delivery_id, Moment::from(now), request_id),
    )?;
    Ok(())
}

/// Plaid refused it.
pub(crate) fn refused(
    transaction: &Transaction<'_>,
    delivery_id: i64,
    problem: &Problem,
) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE outbox SET state = 'refused', attempts = attempts + 1, problem = ?2
         WHERE delivery_id = ?1 AND state = 'waiting'",
        (delivery_id, to_json(problem)?),
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
        (delivery_id, to_json(problem)?, next),
    )?;
    Ok(())
}

const VIEW: &str = "SELECT evaluations.client_transaction_id, account_id, account_name, account_mask,
       institution_name, person_name, amount, evaluations.ruleset_key, created_at, state, problem,
       result, result_text, answers.ruleset_key, internal_note, custom_action_key, available_balance,
       current_balance, customer_risk, bank_risk, core_attributes, warnings, request_id, answered_at
  FROM evaluations LEFT JOIN evaluation_answers AS answers USING (client_transaction_id)";

/// One evaluation with what became of it.
///
/// # Errors
/// `NotFound`.
pub(crate) fn view(
    connection: &Connection,
    id: &ClientTransactionId,
) -> Result<EvaluationView, StoreError> {
    let sql = format!("{VIEW} WHERE evaluations.client_transaction_id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([id.as_str()])?;
    match rows.next()? {
        Some(row) => evaluation(connection, row),
        None => Err(DeskError::NotFound("This evaluation").into()),
    }
}

/// All evaluations, the newest first.
pub(crate) fn views(connection: &Connection) -> Result<Vec<EvaluationView>, StoreError> {
    let sql = format!("{VIEW} ORDER BY created_at DESC, evaluations.rowid DESC");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([])?;
    let mut evaluations = Vec::new();
    while let Some(row) = rows.next()? {
        evaluations.push(evaluation(connection, row)?);
    }
    Ok(evaluations)
}

fn evaluation(connection: &Connection, row: &Row<'_>) -> Result<EvaluationView, StoreError> {
    let id: String = row.get(0)?;
    let problem: Option<String> = row.get(10)?;
    Ok(EvaluationView {
        account_id: row.get(1)?,
        account_name: row.get(2)?,
        account_mask: row.get(3)?,
        institution_name: row.get(4)?,
        person_name: row.get(5)?,
        amount: row.get(6)?,
        currency: CURRENCY.to_owned(),
        ruleset_key: row.get(7)?,
        created_at: row.get::<_, Moment>(8)?.to_text(),
        state: state(&row.get::<_, String>(9)?)?,
        answer: answer(row)?,
        problem: problem.as_deref().map(from_json).transpose()?,
        decision: decision_view(connection, &id)?,
        returned: return_view(connection, &id)?,
        client_transaction_id: id,
    })
}

fn answer(row: &Row<'_>) -> Result<Option<EvaluationAnswer>, StoreError> {
    let Some(request_id) = row.get::<_, Option<String>>(22)? else {
        return Ok(None);
    };
    let result: Option<String> = row.get(11)?;
    let result = result.as_deref().map(self::result).transpose()?;
    let result_text: Option<String> = row.get(12)?;
    Ok(Some(EvaluationAnswer {
        result,
        result_text: result_text.filter(|_| result == Some(EvaluationResult::Other)),
        ruleset_key: row.get(13)?,
        internal_note: row.get(14)?,
        custom_action_key: row.get(15)?,
        available_balance: row.get(16)?,
        current_balance: row.get(17)?,
        customer_initiated_return_risk: row.get(18)?,
        bank_initiated_return_risk: row.get(19)?,
        core_attributes: read_json(&row.get::<_, String>(20)?, "core attributes")?,
        warnings: read_json(&row.get::<_, String>(21)?, "warnings")?,
        request_id,
        answered_at: row.get::<_, Moment>(23)?.to_text(),
    }))
}

fn decision_view(connection: &Connection, id: &str) -> Result<Option<DecisionView>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT initiated, days_funds_on_hold, decision_outcome, payment_method, amount_instantly_available,
                recorded_at, state, attempts, next_attempt_at, problem, delivered_at, request_id
         FROM decisions JOIN outbox USING (decision_id)
         WHERE decisions.client_transaction_id = ?1 ORDER BY decision_id DESC LIMIT 1",
    )?;
    let mut rows = statement.query([id])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    Ok(Some(DecisionView {
        initiated: row.get(0)?,
        days_funds_on_hold: row.get(1)?,
        decision_outcome: row.get(2)?,
        payment_method: row.get(3)?,
        amount_instantly_available: row.get(4)?,
        recorded_at: row.get::<_, Moment>(5)?.to_text(),
        delivery: delivery_view(row, 6)?,
    }))
}

fn return_view(connection: &Connection, id: &str) -> Result<Option<ReturnView>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT return_code, returned_on, recorded_at,
                state, attempts, next_attempt_at, problem, delivered_at, request_id
         FROM returns JOIN outbox USING (return_id)
         WHERE returns.client_transaction_id = ?1 ORDER BY return_id DESC LIMIT 1",
    )?;
    let mut rows = statement.query([id])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let return_code: String = row.get(0)?;
    Ok(Some(ReturnView {
        meaning: return_codes::find(&return_code)
            .map_or_else(String::new, |code| code.title.to_owned()),
        return_code,
        returned_on: row.get(1)?,
        recorded_at: row.get::<_, Moment>(2)?.to_text(),
        delivery: delivery_view(row, 3)?,
    }))
}

/// `first` is the column of the outbox's state; the others follow it.
fn delivery_view(row: &Row<'_>, first: usize) -> Result<DeliveryView, StoreError> {
    let state: String = row.get(first)?;
    let problem: Option<String> = row.get(first + 3)?;
    let problem = problem.as_deref().map(from_json).transpose()?;
    match state.as_str() {
        "delivered" => Ok(DeliveryView::Delivered {
            at: row.get::<_, Moment>(first + 4)?.to_text(),
            request_id: row.get(first + 5)?,
        }),
        "refused" => Ok(DeliveryView::Refused {
            problem: problem.ok_or_else(|| StoreError::unreadable("a refusal"))?,
        }),
        "waiting" => Ok(DeliveryView::Waiting {
            attempts: row.get(first + 1)?,
            next_attempt_at: Some(row.get::<_, Moment>(first + 2)?.to_text()),
            problem,
        }),
        _ => Err(StoreError::unreadable("the state of a delivery")),
    }
}

fn exact(amount: &str) -> Result<Decimal, StoreError> {
    Decimal::from_str_exact(amount).map_err(|_| StoreError::unreadable("an amount"))
}

fn json<T: serde::Serialize>(value: &T, what: &'static str) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::unreadable(what))
}

fn read_json<T: DeserializeOwned>(json: &str, what: &'static str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|_| StoreError::unreadable(what))
}

fn result_word(result: &plaid::SignalResult) -> &'static str {
    match result {
        plaid::SignalResult::Accept => "accept",
        plaid::SignalResult::Review => "review",
        plaid::SignalResult::Reroute => "reroute",
        plaid::SignalResult::Other(_) => "other",
    }
}

fn result(word: &str) -> Result<EvaluationResult, StoreError> {
    match word {
        "accept" => Ok(EvaluationResult::Accept),
        "review" => Ok(EvaluationResult::Review),
        "reroute" => Ok(EvaluationResult::Reroute),
        "other" => Ok(EvaluationResult::Other),
        _ => Err(StoreError::unreadable("the result of an evaluation")),
    }
}

fn state_word(state: EvaluationState) -> &'static str {
    match state {
        EvaluationState::Sending => "sending",
        EvaluationState::Answered => "answered",
        EvaluationState::Failed => "failed",
        EvaluationState::Unknown => "unknown",
    }
}

fn state(word: &str) -> Result<EvaluationState, StoreError> {
    match word {
        "sending" => Ok(EvaluationState::Sending),
        "answered" => Ok(EvaluationState::Answered),
        "failed" => Ok(EvaluationState::Failed),
        "unknown" => Ok(EvaluationState::Unknown),
        _ => Err(StoreError::unreadable("the state of an evaluation")),
    }
}
