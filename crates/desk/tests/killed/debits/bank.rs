//! What the bank has, read from the stand-in's own database after it has stopped.

use std::{collections::BTreeMap, path::Path};

use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use super::orders::{CODES, Kind};

/// An evaluation that the bank has made.
#[derive(Debug)]
pub struct Evaluated {
    pub account_id: String,
    pub amount: String,
    pub result: String,
    pub request_id: String,
    /// Each is a charge.
    pub times: u32,
}

/// A report that has reached the bank, by what makes it the only one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrived {
    Report {
        kind: Kind,
        number: u32,
        initiated: bool,
    },
    /// `initiated: false` and nothing else: the desk has asked whether the evaluation is known.
    Probe,
}

/// All of it, by client_transaction_id.
#[derive(Debug, Default)]
pub struct Kept {
    pub evaluations: BTreeMap<String, Evaluated>,
    /// In the order of their arrival.
    pub reports: BTreeMap<String, Vec<Arrived>>,
}

pub fn read(state: &Path) -> Kept {
    let path = state.join("plaid-sandbox.sqlite3");
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut kept = Kept::default();
    let mut statement = db
        .prepare("SELECT client_transaction_id, account_id, amount, result, request_id, times FROM evaluations")
        .unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let evaluated = Evaluated {
            account_id: row.get(1).unwrap(),
            amount: row.get(2).unwrap(),
            result: row.get(3).unwrap(),
            request_id: row.get(4).unwrap(),
            times: row.get(5).unwrap(),
        };
        kept.evaluations.insert(row.get(0).unwrap(), evaluated);
    }
    // Its moments are exact to the nanosecond, and are taken by the one thread that writes.
    let mut statement = db
        .prepare(
            "SELECT client_transaction_id, report, reported_at, position FROM decisions
             UNION ALL SELECT client_transaction_id, report, reported_at, position FROM returns
             ORDER BY 3, 4",
        )
        .unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let text: String = row.get(1).unwrap();
        let of_one = kept.reports.entry(row.get(0).unwrap()).or_default();
        of_one.push(arrived(&serde_json::from_str(&text).unwrap()));
    }
    kept
}

fn arrived(report: &Value) -> Arrived {
    if let Some(code) = report["return_code"].as_str() {
        let number = CODES.iter().position(|known| *known == code);
        return Arrived::Report {
            kind: Kind::Return,
            number: u32::try_from(number.unwrap()).unwrap(),
            initiated: true,
        };
    }
    let initiated = report["initiated"].as_bool().unwrap();
    match report["days_funds_on_hold"].as_u64() {
        Some(days) => Arrived::Report {
            kind: Kind::Decision,
            number: u32::try_from(days).unwrap(),
            initiated,
        },
        None => {
            assert!(!initiated, "nobody has decided this: {report}");
            Arrived::Probe
        }
    }
}
