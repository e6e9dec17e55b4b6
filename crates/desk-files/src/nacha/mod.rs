//! Reads Nacha files as banks and processors return them: records of 94 characters, checked against the counts, hashes,
//! and totals of the file's own control records. Only the end of an account number leaves this module, and every fault
//! names its line and column. (The crates `nacha` and `rs-ach` read neither addenda 98 nor 99 and check no control
//! record.)

mod control;
mod reader;
mod record;
#[cfg(test)]
mod tests;

use std::fmt;

use jiff::civil::Date;
use rust_decimal::Decimal;

use reader::NachaReader;

/// More would not help: a file of another kind has a fault in every line.
const MOST_FAULTS: usize = 50;

#[derive(Debug, Default)]
pub struct NachaFile {
    pub origin_name: String,
    pub created_on: Option<Date>,
    pub batches: u32,
    pub returns: Vec<ReturnedEntry>,
    pub changes: Vec<ChangedEntry>,
    /// Entries that are neither returns nor changes, for example acknowledgments.
    pub other_entries: u32,
}

/// The entry that addenda 98 or 99 are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NachaEntry {
    /// Line of the entry detail record, from 1.
    pub line: u64,
    /// The last characters of the account number; never more.
    pub account_ending: String,
    /// In US dollars.
    pub amount: Decimal,
    /// The originator's own ID for the entry.
    pub identification: String,
    pub name: String,
    pub discretionary: String,
}

/// The fields of a batch header that help to find the debit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BatchHeader {
    pub discretionary: String,
    pub description: String,
    /// When the original entry was to take effect.
    pub effective_on: Option<Date>,
    /// When the return settles, where the operator has filled it in.
    pub settled_on: Option<Date>,
}

/// A returned entry (addenda 99).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnedEntry {
    pub entry: NachaEntry,
    pub batch: BatchHeader,
    /// Line of the addenda record.
    pub addenda_line: u64,
    /// For example `R01`. Only its form is checked.
    pub code: String,
    pub original_trace: String,
    /// Banks fill it in for R14 and R15.
    pub died_on: Option<Date>,
    /// Free text from the bank.
    pub information: String,
}

/// A notification of change (addenda 98): the entry was paid, but something must change before the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedEntry {
    pub entry: NachaEntry,
    /// For example `C01`.
    pub code: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NachaFault {
    /// From 1.
    pub line: u64,
    /// From 1. `None` means the whole record.
    pub column: Option<usize>,
    pub message: String,
}

impl fmt::Display for NachaFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line {}", self.line)?;
        if let Some(column) = self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// A file with any fault is refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.words())]
pub struct NachaError {
    /// Never empty.
    pub faults: Vec<NachaFault>,
}

impl NachaError {
    fn words(&self) -> String {
        let told: Vec<String> = self
            .faults
            .iter()
            .take(5)
            .map(NachaFault::to_string)
            .collect();
        let more = self.faults.len().saturating_sub(told.len());
        let mut words = told.join(" ");
        if more > 0 {
            words.push_str(&format!(" And {more} more."));
        }
        words
    }
}

/// Whether a text is meant to be a Nacha file.
pub fn looks_like(text: &str) -> bool {
    let first = text.trim_start_matches(['\r', '\n']);
    let line = first.lines().next().unwrap_or_default();
    line.starts_with("101") && line.len() > 40 && !line.contains([',', ';', '\t'])
}

/// # Errors
/// Lists all faults up to a limit. A damaged or truncated file is never read in part.
pub fn parse(text: &str) -> Result<NachaFile, NachaError> {
    let mut reader = NachaReader::default();
    for record in record::records(text) {
        reader.take(&record);
        if reader.faults.len() >= MOST_FAULTS {
            break;
        }
    }
    reader.end()
}

/// The last four characters of an account number.
pub fn account_ending(account: &str) -> String {
    let characters: Vec<char> = account.chars().filter(|c| c.is_alphanumeric()).collect();
    characters[characters.len().saturating_sub(4)..]
        .iter()
        .collect()
}

/// The meaning of a change code, in a sentence.
pub fn change_meaning(code: &str) -> &'static str {
    match code {
        "C01" => "The account number is to be changed.",
        "C02" => "The routing number is to be changed.",
        "C03" => "Routing and account number are to be changed.",
        "C04" => "The name of the account holder is to be changed.",
        "C05" => "The transaction code is to be changed: checking or savings.",
        "C06" => "Account number and transaction code are to be changed.",
        "C07" => "Routing number, account number and transaction code are to be changed.",
        "C08" => "The identification of the receiving foreign bank is to be changed.",
        "C09" => "The individual identification number is to be changed.",
        "C10" => "The name of the company is to be changed.",
        "C11" => "The identification of the company is to be changed.",
        "C12" => "Name and identification of the company are to be changed.",
        "C13" => "The form of the addenda is to be changed.",
        "C14" => "The entry class of outbound international payments is to be changed.",
        _ => "Something is to be changed. Ask your bank or processor what this code means.",
    }
}
