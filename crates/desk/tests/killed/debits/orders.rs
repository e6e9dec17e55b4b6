//! What the processes of a trial tell each other, a line of JSON each. What was told before a kill has arrived; a line
//! without its end was not told.

use std::{collections::BTreeMap, io::Write as _, path::PathBuf};

use serde::{Deserialize, Serialize};

/// The child that is killed.
pub const USE: &str = "use";

/// The child that brings everything to its end.
pub const FINISH: &str = "finish";

/// What a child is to know.
#[derive(Debug, Serialize, Deserialize)]
pub struct Orders {
    pub data_dir: PathBuf,
    /// Address of the bank, by way of the wire.
    pub bank: String,
    /// How much the clock is ahead of the machine's.
    pub ahead_seconds: i64,
    pub seed: u64,
    /// How many evaluations were begun before.
    pub asked: u32,
    /// How many batches were imported before.
    pub batches: u32,
    /// How many records were tried before, by evaluation and kind.
    pub tried: BTreeMap<String, [u32; 2]>,
}

/// Decision or return.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    Decision,
    Return,
}

/// What a user records. The number makes it the only one of its kind about its evaluation, also at the bank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub id: String,
    pub kind: Kind,
    pub number: u32,
    /// Of a decision.
    pub initiated: bool,
}

/// Codes that returns are numbered by.
pub const CODES: [&str; 17] = [
    "R01", "R02", "R03", "R04", "R05", "R06", "R07", "R08", "R09", "R10", "R11", "R12", "R13",
    "R14", "R15", "R16", "R17",
];

/// What a child tells.
#[derive(Debug, Serialize, Deserialize)]
pub enum News {
    /// An evaluation is about to be begun.
    Asks(Debit),
    /// The desk has shown its answer.
    Answered { id: String, request_id: String },
    /// A batch is about to be imported.
    Imports(Plan),
    /// The desk has said that it is, by its name.
    Imported(String),
    /// A batch is about to be cancelled, by its name.
    Cancels(String),
    /// The desk has said that it is.
    Cancelled(String),
    /// Rows that the desk shows as cancelled, by the names under which they would be evaluated.
    NeverAsked(Vec<String>),
    /// Something is about to be recorded, all of it or none.
    Records(Vec<Record>),
    /// The desk has said that it is.
    Recorded(Vec<Record>),
    /// All is at rest.
    Report(Report),
}

impl News {
    /// Whether the desk has just said that it has something.
    pub fn is_a_promise(&self) -> bool {
        matches!(
            self,
            Self::Answered { .. } | Self::Recorded(_) | Self::Imported(_) | Self::Cancelled(_)
        )
    }

    /// Tells the parent, all of it at once.
    pub fn tell(&self) {
        let mut line = serde_json::to_vec(self).unwrap();
        line.push(b'\n');
        let mut out = std::io::stdout().lock();
        out.write_all(&line).unwrap();
        out.flush().unwrap();
    }
}

/// What is evaluated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Debit {
    pub id: String,
    pub account_id: String,
    pub amount: String,
}

/// A batch as it is imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The only one of this name.
    pub name: String,
    pub rows: Vec<Row>,
}

/// A row of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub reference: String,
    pub account_id: String,
    pub amount: String,
}

/// A batch as the desk shows it.
#[derive(Debug, Serialize, Deserialize)]
pub struct ShownBatch {
    pub name: String,
    /// Whether nothing of it is left to be asked.
    pub ended: bool,
    pub cancelled: bool,
    pub rows: Vec<ShownRow>,
}

/// A row of it.
#[derive(Debug, Serialize, Deserialize)]
pub struct ShownRow {
    pub id: String,
    pub reference: String,
    pub amount: String,
    pub state: Option<State>,
    pub result: Option<String>,
}

/// What the desk shows at the end.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Report {
    pub evaluations: Vec<Shown>,
    pub batches: Vec<ShownBatch>,
    /// Calls that may be on the bill, as the desk counts them.
    pub billed: u64,
}

/// An evaluation as the desk shows it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Shown {
    pub debit: Debit,
    pub state: State,
    pub request_id: Option<String>,
    pub result: Option<String>,
    /// Why it has no answer.
    pub problem: Option<String>,
    /// The last decision and the last return.
    pub records: Vec<(Record, Delivery)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    Answered,
    Unknown,
    Failed,
    Sending,
    /// Of a row: never asked, since its batch was cancelled.
    Cancelled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delivery {
    Waiting,
    Delivered,
    Refused,
}
