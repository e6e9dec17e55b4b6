//! Decisions due: debits Plaid waits for a decision on. The SQL view `decisions_due` defines which they are; this file
//! reads it and saves what the user says was done.

use jiff::Timestamp;
use plaid::ClientTransactionId;
use rusqlite::{Connection, Row, Transaction};

use super::report_table;
use crate::{
    decisions::view::{DuePerson, DueQuery, DueRow, DueView},
    evaluations::{table::CURRENCY, view::EvaluationResult},
};
use desk_core::{DeskError, moment::Moment, store::single_column};

const MOST: u32 = 1_000;

pub fn count(connection: &Connection) -> Result<u32, DeskError> {
    let mut statement = connection.prepare_cached("SELECT count(*) FROM decisions_due")?;
    Ok(statement.query_row([], single_column)?)
}

/// Oldest first.
pub(crate) fn due(connection: &Connection, query: &DueQuery) -> Result<DueView, DeskError> {
    let people = people(connection)?;
    let of_those = |person: &&DuePerson| {
        query
            .person
            .as_ref()
            .is_none_or(|name| person.name == *name)
    };
    let total = people
        .iter()
        .filter(of_those)
        .map(|person| person.count)
        .sum();
    Ok(DueView {
        rows: rows(connection, query)?,
        total,
        people,
    })
}

fn people(connection: &Connection) -> Result<Vec<DuePerson>, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT person_name, count(*) AS due FROM decisions_due JOIN evaluations USING (client_transaction_id)
         GROUP BY person_name ORDER BY due DESC, person_name",
    )?;
    let people = statement.query_map([], |row| {
        Ok(DuePerson {
            name: row.get("person_name")?,
            count: row.get("due")?,
        })
    })?;
    Ok(people.collect::<Result<_, _>>()?)
}

fn rows(connection: &Connection, query: &DueQuery) -> Result<Vec<DueRow>, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT e.client_transaction_id, person_name, institution_name, account_name, account_mask, amount, created_at,
                result, result_text, custom_action_key, reason, since,
                (SELECT return_code FROM returns AS r WHERE r.client_transaction_id = e.client_transaction_id
                  ORDER BY return_id DESC LIMIT 1) AS return_code
         FROM decisions_due JOIN evaluations AS e USING (client_transaction_id)
         JOIN evaluation_answers USING (client_transaction_id)
         WHERE ?1 IS NULL OR person_name = ?1
         ORDER BY since, e.client_transaction_id LIMIT ?2",
    )?;
    let rows = statement.query((&query.person, query.most.min(MOST)))?;
    rows.and_then(due_row).collect()
}

fn due_row(row: &Row<'_>) -> Result<DueRow, DeskError> {
    let result: Option<EvaluationResult> = row.get("result")?;
    let result_text: Option<String> = row.get("result_text")?;
    Ok(DueRow {
        client_transaction_id: row.get("client_transaction_id")?,
        person_name: row.get("person_name")?,
        institution_name: row.get("institution_name")?,
        account_name: row.get("account_name")?,
        account_mask: row.get("account_mask")?,
        amount: row.get("amount")?,
        currency: CURRENCY.to_owned(),
        evaluated_at: row.get::<_, Moment>("created_at")?.to_text(),
        result,
        result_text: result_text.filter(|_| result == Some(EvaluationResult::Other)),
        custom_action_key: row.get("custom_action_key")?,
        reason: row.get("reason")?,
        since: row.get::<_, Moment>("since")?.to_text(),
        return_code: row.get("return_code")?,
    })
}

/// Saves what the user says was done with a debit, until a decision is recorded.
///
/// # Errors
/// `NotFound`; field `clientTransactionId` when the evaluation has no answer.
pub fn mark(
    transaction: &Transaction<'_>,
    id: &ClientTransactionId,
    initiated: bool,
    now: Timestamp,
) -> Result<(), DeskError> {
    report_table::answered_evaluation(transaction, id)?;
    transaction.execute(
        "INSERT INTO debit_marks (client_transaction_id, initiated, marked_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (client_transaction_id)
         DO UPDATE SET initiated = excluded.initiated, marked_at = excluded.marked_at
         WHERE initiated <> excluded.initiated",
        (id.as_str(), initiated, Moment::from(now)),
    )?;
    Ok(())
}

#[cfg(test)]
#[path = "due_tests.rs"]
mod tests;
