//! The two files that Plaid's Dashboard imports instead of reports (plaid.com/docs/signal/reporting-returns): their
//! rows, which reports they contain, and whether the user says Plaid imported them.

use jiff::Timestamp;
use plaid::Decimal;
use rusqlite::{Connection, Row, Transaction};

use super::outbox::beginning_of;
use crate::{
    decisions::view::{ReportFileView, ReportKind},
    evaluations::table::exact,
};
use desk_core::{DeskError, moment::Moment};

const MOST: u32 = 20;

/// Column names by Plaid's schema.
pub fn header(kind: ReportKind) -> Vec<&'static str> {
    match kind {
        ReportKind::Decisions => vec![
            "client_transaction_id",
            "initiated",
            "days_funds_on_hold",
            "amount_instantly_available",
        ],
        ReportKind::Returns => vec!["client_transaction_id", "return_code", "returned_at"],
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFileScope {
    /// Reports that Plaid doesn't have.
    Undelivered,
    /// The last report of each evaluation, if recorded from the first moment and before the second. Left-out reports are
    /// not included.
    Recorded(Moment, Moment),
}

/// One row of a file: its delivery, and its cells exactly as written. An empty cell says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportFileRow {
    pub(crate) delivery_id: i64,
    pub cells: Vec<String>,
}

/// In the order of recording.
pub fn rows(
    connection: &Connection,
    kind: ReportKind,
    scope: ReportFileScope,
) -> Result<Vec<ReportFileRow>, DeskError> {
    let (table, id, columns) = match kind {
        ReportKind::Decisions => (
            "decisions",
            "decision_id",
            "initiated, days_funds_on_hold, amount_instantly_available",
        ),
        ReportKind::Returns => ("returns", "return_id", "return_code, returned_on"),
    };
    let (condition, bounds) = match scope {
        ReportFileScope::Undelivered => {
            ("outbox.state IN ('waiting', 'refused')".to_owned(), vec![])
        }
        ReportFileScope::Recorded(from, to) => (
            format!(
                "recorded_at >= ? AND recorded_at < ? AND outbox.state <> 'left_out'
                 AND {id} = (SELECT max({id}) FROM {table} AS later
                             WHERE later.client_transaction_id = {table}.client_transaction_id)"
            ),
            vec![from, to],
        ),
    };
    let sql = format!(
        "SELECT delivery_id, {table}.client_transaction_id, {columns}
         FROM {table} JOIN outbox USING ({id})
         WHERE {condition} ORDER BY {id}"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query(rusqlite::params_from_iter(bounds))?;
    rows.and_then(|row| {
        Ok(ReportFileRow {
            delivery_id: row.get("delivery_id")?,
            cells: match kind {
                ReportKind::Decisions => decision_cells(row)?,
                ReportKind::Returns => return_cells(row)?,
            },
        })
    })
    .collect()
}

fn decision_cells(row: &Row<'_>) -> Result<Vec<String>, DeskError> {
    let initiated: bool = row.get("initiated")?;
    let days: Option<u32> = row.get("days_funds_on_hold")?;
    let available: Option<String> = row.get("amount_instantly_available")?;
    Ok(vec![
        row.get("client_transaction_id")?,
        initiated.to_string(),
        days.map(|days| days.to_string()).unwrap_or_default(),
        available
            .as_deref()
            .map(cents)
            .transpose()?
            .unwrap_or_default(),
    ])
}

/// An amount in whole cents.
fn cents(amount: &str) -> Result<String, DeskError> {
    let unreadable = || DeskError::unreadable("an amount");
    let cents = exact(amount)?
        .checked_mul(Decimal::ONE_HUNDRED)
        .ok_or_else(unreadable)?
        .normalize();
    if cents.scale() != 0 {
        return Err(unreadable());
    }
    Ok(cents.to_string())
}

fn return_cells(row: &Row<'_>) -> Result<Vec<String>, DeskError> {
    let returned_on: Option<String> = row.get("returned_on")?;
    let at = returned_on.as_deref().and_then(beginning_of);
    Ok(vec![
        row.get("client_transaction_id")?,
        row.get("return_code")?,
        at.map(|at| at.to_string()).unwrap_or_default(),
    ])
}

/// Saves which reports a file contains.
pub fn written(
    transaction: &Transaction<'_>,
    kind: ReportKind,
    name: &str,
    rows: &[ReportFileRow],
    now: Timestamp,
) -> Result<(), DeskError> {
    let kind = match kind {
        ReportKind::Decisions => "decisions",
        ReportKind::Returns => "returns",
    };
    transaction.execute(
        "INSERT INTO report_files (kind, name, written_at) VALUES (?1, ?2, ?3)",
        (kind, name, Moment::from(now)),
    )?;
    let file_id = transaction.last_insert_rowid();
    let mut statement = transaction
        .prepare_cached("INSERT INTO report_file_rows (file_id, delivery_id) VALUES (?1, ?2)")?;
    for row in rows {
        statement.execute((file_id, row.delivery_id))?;
    }
    Ok(())
}

/// The user says that Plaid imported a file, so its waiting and rejected reports are not sent.
///
/// # Errors
/// `NotFound`.
pub(crate) fn filed(
    transaction: &Transaction<'_>,
    file_id: i64,
    now: Timestamp,
) -> Result<(), DeskError> {
    let now = Moment::from(now);
    let known = transaction.execute(
        "UPDATE report_files SET filed_at = coalesce(filed_at, ?2) WHERE file_id = ?1",
        (file_id, now),
    )?;
    if known == 0 {
        return Err(DeskError::NotFound("This file"));
    }
    transaction.execute(
        "UPDATE outbox SET state = 'filed', set_aside_at = ?2
         WHERE delivery_id IN (SELECT delivery_id FROM report_file_rows WHERE file_id = ?1)
           AND state IN ('waiting', 'refused')",
        (file_id, now),
    )?;
    Ok(())
}

/// Newest first.
pub fn newest(connection: &Connection) -> Result<Vec<ReportFileView>, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT file_id, kind, name, written_at, filed_at, count(*) AS rows,
                count(*) FILTER (WHERE outbox.state IN ('waiting', 'refused')) AS open_rows
         FROM (SELECT * FROM report_files ORDER BY file_id DESC LIMIT ?1)
         JOIN report_file_rows USING (file_id) JOIN outbox USING (delivery_id)
         GROUP BY file_id ORDER BY file_id DESC",
    )?;
    let rows = statement.query([MOST])?;
    rows.and_then(|row| {
        Ok(ReportFileView {
            file_id: row.get("file_id")?,
            kind: row.get("kind")?,
            name: row.get("name")?,
            written_at: row.get::<_, Moment>("written_at")?.to_text(),
            filed_at: row
                .get::<_, Option<Moment>>("filed_at")?
                .map(Moment::to_text),
            rows: row.get("rows")?,
            open_rows: row.get("open_rows")?,
        })
    })
    .collect()
}
