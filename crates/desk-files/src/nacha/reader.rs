//! Goes through the records in order and puts entries, addenda, and batches together. Collects faults instead of
//! stopping at the first, so that a person fixes a file once.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{
    BatchHeader, ChangedEntry, NachaEntry, NachaError, NachaFault, NachaFile, ReturnedEntry,
    account_ending,
    control::{ControlTotals, HASH, compare},
    record::{NachaRecord, WIDTH},
};

/// A file is filled up with records of nines to whole blocks of this many records.
const BLOCK: u64 = 10;

/// A batch that is being read.
struct OpenBatch {
    words: BatchHeader,
    class: String,
    service: String,
    number: String,
    sums: ControlTotals,
    entry: Option<OpenEntry>,
}

/// An entry whose addenda may follow.
struct OpenEntry {
    entry: NachaEntry,
    trace: String,
    wants_addenda: bool,
    has_addenda: bool,
    line: u64,
    meaning: AddendaKind,
}

enum AddendaKind {
    Other,
    Return(Box<ReturnedEntry>),
    Change(ChangedEntry),
}

#[derive(Default)]
pub(super) struct NachaReader {
    file: NachaFile,
    pub(super) faults: Vec<NachaFault>,
    header_read: bool,
    batch: Option<OpenBatch>,
    sums: ControlTotals,
    /// Records up to the file control, included.
    records: u64,
    blocks_told: Option<u64>,
    padding: u64,
    last_line: u64,
}

impl NachaReader {
    pub(super) fn take(&mut self, record: &NachaRecord) {
        self.last_line = record.line;
        if record.characters.len() != WIDTH {
            let length = record.length;
            let column = (length.min(WIDTH) + 1).min(WIDTH);
            self.faults.push(record.fault(
                column,
                format!("A record has {WIDTH} characters; this one has {length}."),
            ));
            return;
        }
        if self.blocks_told.is_some() {
            self.after_the_end(record);
            return;
        }
        self.records += 1;
        let taken = match record.kind() {
            '1' => self.file_header(record),
            _ if !self.header_read => {
                Err(record.fault(1, "A file begins with a file header record (1).".to_owned()))
            }
            '5' => self.batch_header(record),
            '6' => self.entry(record),
            '7' => self.addenda(record),
            '8' => self.batch_control(record),
            '9' => self.file_control(record),
            other => Err(record.fault(
                1,
                format!("There is no record type \"{other}\"; there are 1, 5, 6, 7, 8 and 9."),
            )),
        };
        if let Err(fault) = taken {
            self.faults.push(fault);
        }
    }

    fn after_the_end(&mut self, record: &NachaRecord) {
        if record.is_nines() {
            self.padding += 1;
        } else {
            self.faults.push(record.fault(
                1,
                "After the file control record only records of nines may follow.",
            ));
        }
    }

    fn file_header(&mut self, record: &NachaRecord) -> Result<(), NachaFault> {
        if self.header_read {
            return Err(record.fault(1, "A second file header. Take one file at a time."));
        }
        self.header_read = true;
        for (first, last, expected, what) in [
            (35, 37, "094", "The record size"),
            (38, 39, "10", "The blocking factor"),
            (40, 40, "1", "The format code"),
        ] {
            let found = record.text(first, last);
            if found != expected {
                return Err(record.fault(
                    first,
                    format!("{what} must be {expected}; here it is \"{found}\"."),
                ));
            }
        }
        self.file.created_on = record.date(24, "The date of the file")?;
        self.file.origin_name = record.text(64, 86);
        Ok(())
    }

    fn batch_header(&mut self, record: &NachaRecord) -> Result<(), NachaFault> {
        if let Some(open) = self.batch.take() {
            self.faults.push(record.fault(
                1,
                format!("Batch {} has no batch control record (8).", open.number),
            ));
        }
        let service = record.text(2, 4);
        if !matches!(service.as_str(), "200" | "220" | "225" | "280") {
            return Err(record.fault(
                2,
                format!("\"{service}\" is no service class code (200, 220, 225)."),
            ));
        }
        self.file.batches += 1;
        let settled = record.text(76, 78);
        self.batch = Some(OpenBatch {
            words: BatchHeader {
                discretionary: record.text(21, 40),
                description: record.text(54, 63),
                effective_on: record.date(70, "The effective entry date")?,
                settled_on: settlement(&settled, self.file.created_on),
            },
            class: record.text(51, 53),
            service,
            number: record.text(88, 94),
            sums: ControlTotals::default(),
            entry: None,
        });
        Ok(())
    }

    /// Closes the last entry of the open batch and returns the batch.
    fn open_batch(&mut self, record: &NachaRecord) -> Result<&mut OpenBatch, NachaFault> {
        self.close_entry();
        self.batch.as_mut().ok_or_else(|| {
            record.fault(
                1,
                format!("A record of type {} stands outside a batch.", record.kind()),
            )
        })
    }

    fn entry(&mut self, record: &NachaRecord) -> Result<(), NachaFault> {
        let batch = self.open_batch(record)?;
        let code = record.number(2, 3, "The transaction code")?;
        let bank = record.number(4, 11, "The routing number")?;
        record.number(12, 12, "The check digit of the routing number")?;
        let cents = record.number(30, 39, "The amount")?;
        batch.sums.records += 1;
        batch.sums.hash = (batch.sums.hash + bank) % HASH;
        // Of the second digit, 1 to 4 are credits and 5 to 9 debits: 26 is the return of a debit.
        if code % 10 >= 5 {
            batch.sums.debits += cents;
        } else {
            batch.sums.credits += cents;
        }
        let wants_addenda = match record.text(79, 79).as_str() {
            "0" => false,
            "1" => true,
            other => {
                return Err(record.fault(
                    79,
                    format!("The addenda record indicator is 0 or 1, not \"{other}\"."),
                ));
            }
        };
        let trace = record.text(80, 94);
        record.number(80, 94, "The trace number")?;
        batch.entry = Some(OpenEntry {
            entry: entry_of(record, &batch.class, cents),
            trace,
            wants_addenda,
            has_addenda: false,
            line: record.line,
            meaning: AddendaKind::Other,
        });
        Ok(())
    }

    fn addenda(&mut self, record: &NachaRecord) -> Result<(), NachaFault> {
        let no_entry = || record.fault(1, "An addenda record (7) without an entry before it.");
        let batch = self.batch.as_mut().ok_or_else(no_entry)?;
        batch.sums.records += 1;
        let open = batch.entry.as_mut().ok_or_else(no_entry)?;
        if !open.wants_addenda {
            return Err(record.fault(
                1,
                format!(
                    "The entry in line {} says that no addenda follow.",
                    open.line
                ),
            ));
        }
        open.has_addenda = true;
        match record.text(2, 3).as_str() {
            "99" => {
                let returned = returned_entry(record, open, &batch.words)?;
                open.meaning = AddendaKind::Return(Box::new(returned));
            }
            "98" => {
                let code = reason(record, 'C', "The change code")?;
                same_trace(record, open)?;
                open.meaning = AddendaKind::Change(ChangedEntry {
                    entry: open.entry.clone(),
                    code,
                });
            }
            // International returns repeat the addenda of the original entry.
            _ => {}
        }
        Ok(())
    }

    fn close_entry(&mut self) {
        let Some(open) = self.batch.as_mut().and_then(|batch| batch.entry.take()) else {
            return;
        };
        match open.meaning {
            AddendaKind::Return(returned) => self.file.returns.push(*returned),
            AddendaKind::Change(change) => self.file.changes.push(change),
            AddendaKind::Other if open.wants_addenda && !open.has_addenda => {
                self.faults.push(NachaFault {
                    line: open.line,
                    column: Some(79),
                    message: "The entry says that addenda follow, and none does.".to_owned(),
                })
            }
            AddendaKind::Other => self.file.other_entries += 1,
        }
    }

    fn batch_control(&mut self, record: &NachaRecord) -> Result<(), NachaFault> {
        self.open_batch(record)?;
        let Some(batch) = self.batch.take() else {
            return Ok(());
        };
        self.sums.add(batch.sums);
        for (first, last, expected, what) in [
            (2, 4, &batch.service, "service class code"),
            (88, 94, &batch.number, "batch number"),
        ] {
            let found = record.text(first, last);
            if found != *expected {
                return Err(record.fault(
                    first,
                    format!(
                        "The batch control's {what} is {found}, the batch header's {expected}."
                    ),
                ));
            }
        }
        let told = ControlTotals {
            records: record.number(5, 10, "The count of entries and addenda")?,
            hash: record.number(11, 20, "The entry hash")?,
            debits: record.number(21, 32, "The total of debits")?,
            credits: record.number(33, 44, "The total of credits")?,
        };
        self.compare(record, &told, &batch.sums, "batch", [5, 11, 21, 33])
    }

    fn file_control(&mut self, record: &NachaRecord) -> Result<(), NachaFault> {
        self.close_entry();
        if let Some(open) = self.batch.take() {
            self.faults.push(record.fault(
                1,
                format!("Batch {} has no batch control record (8).", open.number),
            ));
        }
        self.blocks_told = Some(0);
        let batches = record.number(2, 7, "The count of batches")?;
        self.blocks_told = Some(record.number(8, 13, "The count of blocks")?);
        if batches != u64::from(self.file.batches) {
            return Err(record.fault(
                2,
                format!(
                    "The file control counts {batches} batches; the file has {}. It may be cut off.",
                    self.file.batches
                ),
            ));
        }
        let told = ControlTotals {
            records: record.number(14, 21, "The count of entries and addenda")?,
            hash: record.number(22, 31, "The entry hash")?,
            debits: record.number(32, 43, "The total of debits")?,
            credits: record.number(44, 55, "The total of credits")?,
        };
        self.compare(record, &told, &self.sums, "file", [14, 22, 32, 44])
    }

    /// Compares control totals unless there are faults already: a wrong record makes every sum wrong.
    fn compare(
        &self,
        record: &NachaRecord,
        told: &ControlTotals,
        found: &ControlTotals,
        whose: &str,
        columns: [usize; 4],
    ) -> Result<(), NachaFault> {
        if self.faults.is_empty() {
            compare(record, told, found, whose, columns)
        } else {
            Ok(())
        }
    }

    pub(super) fn end(mut self) -> Result<NachaFile, NachaError> {
        match self.blocks_told {
            None if self.faults.is_empty() => self.faults.push(NachaFault {
                line: self.last_line.max(1),
                column: None,
                message: "The file ends without a file control record (9). It may be cut off."
                    .to_owned(),
            }),
            Some(told) if self.faults.is_empty() => {
                // Some banks leave the padding out, but count it among the blocks.
                let blocks = self.records.div_ceil(BLOCK);
                let filled = self.padding == 0 || self.records + self.padding == blocks * BLOCK;
                if told != blocks || !filled {
                    self.faults.push(NachaFault {
                        line: self.last_line,
                        column: None,
                        message: format!(
                            "The file control counts {told} blocks of {BLOCK} records; the file has {blocks}, filled up with {} records of nines.",
                            self.padding
                        ),
                    });
                }
            }
            _ => {}
        }
        if self.faults.is_empty() {
            Ok(self.file)
        } else {
            Err(NachaError {
                faults: self.faults,
            })
        }
    }
}

/// The columns of some fields depend on the entry class.
fn entry_of(record: &NachaRecord, class: &str, cents: u64) -> NachaEntry {
    let (account, identification, name) = match class {
        "IAT" => (record.text(40, 74), String::new(), String::new()),
        "CTX" | "ENR" => (
            record.text(13, 29),
            record.text(40, 54),
            record.text(59, 74),
        ),
        _ => (
            record.text(13, 29),
            record.text(40, 54),
            record.text(55, 76),
        ),
    };
    NachaEntry {
        line: record.line,
        account_ending: account_ending(&account),
        // Ten digits fit.
        amount: Decimal::new(i64::try_from(cents).unwrap_or(i64::MAX), 2),
        identification,
        name,
        discretionary: record.text(77, 78),
    }
}

fn returned_entry(
    record: &NachaRecord,
    open: &OpenEntry,
    words: &BatchHeader,
) -> Result<ReturnedEntry, NachaFault> {
    let code = reason(record, 'R', "The return reason code")?;
    record.number(7, 21, "The original trace number")?;
    same_trace(record, open)?;
    Ok(ReturnedEntry {
        entry: open.entry.clone(),
        batch: words.clone(),
        addenda_line: record.line,
        code,
        original_trace: record.text(7, 21),
        died_on: record.date(22, "The date of death")?,
        information: record.text(36, 79),
    })
}

/// A code like `R01` in columns 4 to 6.
fn reason(record: &NachaRecord, letter: char, what: &str) -> Result<String, NachaFault> {
    let code = record.text(4, 6);
    let is_code = code.len() == 3
        && code.starts_with(letter)
        && code[1..].bytes().all(|byte| byte.is_ascii_digit());
    if is_code {
        Ok(code)
    } else {
        Err(record.fault(
            4,
            format!("{what} is {letter} and two digits, not \"{code}\"."),
        ))
    }
}

/// Addenda 98 and 99 repeat the trace number of their entry.
fn same_trace(record: &NachaRecord, open: &OpenEntry) -> Result<(), NachaFault> {
    let trace = record.text(80, 94);
    if trace == open.trace {
        return Ok(());
    }
    Err(record.fault(
        80,
        format!(
            "The trace number {trace} is not that of the entry in line {}.",
            open.line
        ),
    ))
}

/// Nacha gives the settlement date as a day of the year. The year is the one closest to the date of the file.
fn settlement(day_of_year: &str, created_on: Option<Date>) -> Option<Date> {
    let created_on = created_on?;
    let day: i16 = day_of_year
        .parse()
        .ok()
        .filter(|day| (1..=366).contains(day))?;
    let away = |date: &Date| (*date - created_on).get_days().abs();
    (created_on.year() - 1..=created_on.year() + 1)
        .filter_map(|year| {
            let first = Date::new(year, 1, 1).ok()?;
            first.with().day_of_year(day).build().ok()
        })
        .min_by_key(away)
}
