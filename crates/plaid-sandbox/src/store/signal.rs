//! Evaluations, and the decisions and returns reported on them.

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::SandboxTime;
use super::columns::{table_row, text_column};
use crate::amount::Amount;
use crate::rulesets::SignalResult;

text_column!(SignalResult);

table_row! {
    #[derive(Debug)]
    struct Evaluation in "evaluations" {
        client_transaction_id: String,
        item_id: String,
        account_id: String,
        amount: Amount,
        ruleset_key: String,
        result: SignalResult,
        request_id: String,
        evaluated_at: SandboxTime,
        /// How many evaluations were made with this ID. Each is billed.
        times: u32,
    }
}

impl Evaluation {
    pub(crate) fn find(db: &Connection, client_transaction_id: &str) -> Result<Option<Self>> {
        let clauses = "WHERE client_transaction_id = ?1";
        Self::select(db, clauses, [client_transaction_id]).map(|mut rows| rows.pop())
    }
}

pub(crate) fn add_decision(
    db: &Connection,
    client_transaction_id: &str,
    initiated: bool,
    report: &str,
    now: SandboxTime,
) -> Result<()> {
    db.execute(
        "INSERT INTO decisions (client_transaction_id, initiated, report, reported_at) VALUES (?1, ?2, ?3, ?4)",
        params![client_transaction_id, initiated, report, now],
    )
    .map(drop)
}

/// Whether the newest decision says that the debit was initiated; None without a decision.
pub(crate) fn initiated(db: &Connection, client_transaction_id: &str) -> Result<Option<bool>> {
    db.query_row(
        "SELECT initiated FROM decisions WHERE client_transaction_id = ?1 ORDER BY position DESC LIMIT 1",
        [client_transaction_id],
        |row| row.get("initiated"),
    )
    .optional()
}

pub(crate) fn add_return(
    db: &Connection,
    client_transaction_id: &str,
    return_code: &str,
    report: &str,
    now: SandboxTime,
) -> Result<()> {
    db.execute(
        "INSERT INTO returns (client_transaction_id, return_code, report, reported_at) VALUES (?1, ?2, ?3, ?4)",
        params![client_transaction_id, return_code, report, now],
    )
    .map(drop)
}
