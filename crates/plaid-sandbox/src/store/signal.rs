//! Evaluations, and the decisions and returns reported on them. Reports are added,
//! never overwritten: the newest is in force.

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::Moment;
use crate::amount::Amount;

pub(super) const SCHEMA: &str = "
    CREATE TABLE evaluations (
        client_transaction_id TEXT PRIMARY KEY,
        item_id TEXT NOT NULL REFERENCES items,
        account_id TEXT NOT NULL,
        amount TEXT NOT NULL,
        ruleset_key TEXT NOT NULL,
        result TEXT NOT NULL,
        request_id TEXT NOT NULL,
        evaluated_at TEXT NOT NULL
    ) STRICT;
    CREATE TABLE decisions (
        position INTEGER PRIMARY KEY,
        client_transaction_id TEXT NOT NULL REFERENCES evaluations,
        initiated INTEGER NOT NULL,
        report TEXT NOT NULL,
        reported_at TEXT NOT NULL
    ) STRICT;
    CREATE TABLE returns (
        position INTEGER PRIMARY KEY,
        client_transaction_id TEXT NOT NULL REFERENCES evaluations,
        return_code TEXT NOT NULL,
        report TEXT NOT NULL,
        reported_at TEXT NOT NULL
    ) STRICT;
";

/// How often an evaluation was made under one name: each one is a charge.
pub(super) const TIMES: &str = "
    ALTER TABLE evaluations ADD COLUMN times INTEGER NOT NULL DEFAULT 1;
";

/// One evaluation as it was answered.
#[derive(Debug)]
pub(crate) struct Evaluation {
    pub(crate) client_transaction_id: String,
    pub(crate) item_id: String,
    pub(crate) account_id: String,
    pub(crate) amount: Amount,
    pub(crate) ruleset_key: String,
    pub(crate) result: String,
    pub(crate) request_id: String,
    pub(crate) evaluated_at: Moment,
}

pub(crate) fn put(db: &Connection, evaluation: &Evaluation) -> Result<()> {
    db.execute(
        "INSERT INTO evaluations (client_transaction_id, item_id, account_id, amount, ruleset_key, result,
             request_id, evaluated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (client_transaction_id) DO UPDATE SET ruleset_key = excluded.ruleset_key,
             result = excluded.result, request_id = excluded.request_id, evaluated_at = excluded.evaluated_at,
             times = times + 1",
        params![
            evaluation.client_transaction_id,
            evaluation.item_id,
            evaluation.account_id,
            evaluation.amount,
            evaluation.ruleset_key,
            evaluation.result,
            evaluation.request_id,
            evaluation.evaluated_at
        ],
    )?;
    Ok(())
}

pub(crate) fn find(db: &Connection, client_transaction_id: &str) -> Result<Option<Evaluation>> {
    db.query_row(
        "SELECT client_transaction_id, item_id, account_id, amount, ruleset_key, result, request_id, evaluated_at
         FROM evaluations WHERE client_transaction_id = ?1",
        [client_transaction_id],
        |row| {
            Ok(Evaluation {
                client_transaction_id: row.get(0)?,
                item_id: row.get(1)?,
                account_id: row.get(2)?,
                amount: row.get(3)?,
                ruleset_key: row.get(4)?,
                result: row.get(5)?,
                request_id: row.get(6)?,
                evaluated_at: row.get(7)?,
            })
        },
    )
    .optional()
}

pub(crate) fn add_decision(
    db: &Connection,
    client_transaction_id: &str,
    initiated: bool,
    report: &str,
    now: Moment,
) -> Result<()> {
    db.execute(
        "INSERT INTO decisions (client_transaction_id, initiated, report, reported_at) VALUES (?1, ?2, ?3, ?4)",
        params![client_transaction_id, initiated, report, now],
    )?;
    Ok(())
}

/// Whether the newest decision says that the debit was initiated; none when there is no decision.
pub(crate) fn initiated(db: &Connection, client_transaction_id: &str) -> Result<Option<bool>> {
    db.query_row(
        "SELECT initiated FROM decisions WHERE client_transaction_id = ?1 ORDER BY position DESC LIMIT 1",
        [client_transaction_id],
        |row| row.get(0),
    )
    .optional()
}

pub(crate) fn add_return(
    db: &Connection,
    client_transaction_id: &str,
    return_code: &str,
    report: &str,
    now: Moment,
) -> Result<()> {
    db.execute(
        "INSERT INTO returns (client_transaction_id, return_code, report, reported_at) VALUES (?1, ?2, ?3, ?4)",
        params![client_transaction_id, return_code, report, now],
    )?;
    Ok(())
}
