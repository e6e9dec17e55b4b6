//! Nacha files as banks and processors return them: 94 characters a record, checked against the counts, hashes and totals
//! of their own control records. Of an account number only the end leaves this file, and every fault is told by line and
//! column. (The crates `nacha` and `rs-ach` know neither addenda 98 and 99 nor check a control record.)

use std::fmt;

use jiff::civil::Date;
use rust_decimal::Decimal;

/// Characters of a record.
const WIDTH: usize = 94;

/// Records of a block; a file is filled up to whole blocks with records of nines.
const BLOCK: u64 = 10;

/// Faults that are told; a file that is not of this kind would have one in every line.
const MOST_FAULTS: usize = 50;

/// Digits of an entry hash: what goes over is cut off at the left.
const HASH: u64 = 10_000_000_000;

/// A file, read.
#[derive(Debug, Default)]
pub(crate) struct NachaFile {
    pub(crate) origin_name: String,
    pub(crate) created_on: Option<Date>,
    pub(crate) batches: u32,
    pub(crate) returns: Vec<ReturnedEntry>,
    pub(crate) changes: Vec<ChangedEntry>,
    /// Entries that are neither.
    pub(crate) other_entries: u32,
}

/// What an entry with addenda 98 or 99 has of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Line of the entry's own record.
    pub(crate) line: u64,
    /// The last characters of the account number; never more.
    pub(crate) account_ending: String,
    /// In US dollars.
    pub(crate) amount: Decimal,
    /// The originator's own number of the entry.
    pub(crate) identification: String,
    pub(crate) name: String,
    pub(crate) discretionary: String,
}

/// What the entry's batch says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct BatchWords {
    pub(crate) discretionary: String,
    pub(crate) description: String,
    /// When the first entry was to take effect.
    pub(crate) effective_on: Option<Date>,
    /// When the return settles, where the operator has filled it in.
    pub(crate) settled_on: Option<Date>,
}

/// An entry that came back (addenda 99).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReturnedEntry {
    pub(crate) entry: Entry,
    pub(crate) batch: BatchWords,
    /// Line of the addenda record.
    pub(crate) addenda_line: u64,
    /// For example `R01`; checked for its form only.
    pub(crate) code: String,
    pub(crate) original_trace: String,
    /// With R14 and R15.
    pub(crate) died_on: Option<Date>,
    /// What the bank adds.
    pub(crate) information: String,
}

/// A notification of change (addenda 98): the entry was paid, and something is to be changed before the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChangedEntry {
    pub(crate) entry: Entry,
    /// For example `C01`.
    pub(crate) code: String,
}

/// One thing that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// From 1.
    pub(crate) line: u64,
    /// From 1; the whole record where there is none.
    pub(crate) column: Option<usize>,
    pub(crate) message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line {}", self.line)?;
        if let Some(column) = self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// Why a file is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.words())]
pub(crate) struct NachaError {
    /// Never empty.
    pub(crate) faults: Vec<Fault>,
}

impl NachaError {
    fn words(&self) -> String {
        let told: Vec<String> = self.faults.iter().take(5).map(Fault::to_string).collect();
        let more = self.faults.len().saturating_sub(told.len());
        let mut words = told.join(" ");
        if more > 0 {
            words.push_str(&format!(" And {more} more."));
        }
        words
    }
}

/// Whether a text is meant as such a file.
pub(crate) fn looks_like(text: &str) -> bool {
    let first = text.trim_start_matches(['\r', '\n']);
    let line = first.lines().next().unwrap_or_default();
    line.starts_with("101") && line.len() > 40 && !line.contains([',', ';', '\t'])
}

/// Reads a file.
///
/// # Errors
/// All that is wrong with it, up to a bound: a file that is damaged or cut off is not taken in part.
pub(crate) fn parse(text: &str) -> Result<NachaFile, NachaError> {
    let mut reader = Reader::default();
    for record in records(text) {
        reader.take(&record);
        if reader.faults.len() >= MOST_FAULTS {
            break;
        }
    }
    reader.end()
}

/// One record with its line.
struct Record {
    line: u64,
    characters: Vec<char>,
    /// Whether a padding was added where an editor had cut blanks off.
    length: usize,
}

impl Record {
    fn new(line: u64, text: &[char]) -> Self {
        let mut characters = text.to_vec();
        let length = characters.len();
        // Headers and the file's control end in fields that may be blank, and blanks at a line's end get lost.
        if matches!(characters.first(), Some('1' | '9')) && length < WIDTH {
            characters.resize(WIDTH, ' ');
        }
        Self {
            line,
            characters,
            length,
        }
    }

    fn kind(&self) -> char {
        self.characters.first().copied().unwrap_or(' ')
    }

    /// The characters of a field, its first and last column from 1, without blanks around them.
    fn text(&self, first: usize, last: usize) -> String {
        let field: String = self.characters[first - 1..last].iter().collect();
        field.trim().to_owned()
    }

    fn is_nines(&self) -> bool {
        self.characters.iter().all(|c| *c == '9')
    }

    fn fault(&self, column: usize, message: impl Into<String>) -> Fault {
        Fault {
            line: self.line,
            column: Some(column),
            message: message.into(),
        }
    }

    /// A field of digits only.
    fn number(&self, first: usize, last: usize, what: &str) -> Result<u64, Fault> {
        let mut number = 0_u64;
        for (at, c) in self.characters[first - 1..last].iter().enumerate() {
            let digit = c.to_digit(10).ok_or_else(|| {
                self.fault(first + at, format!("{what} must be digits, not \"{c}\"."))
            })?;
            // At most twelve digits, which fit.
            number = number * 10 + u64::from(digit);
        }
        Ok(number)
    }

    fn date(&self, first: usize, what: &str) -> Result<Option<Date>, Fault> {
        let text = self.text(first, first + 5);
        if text.is_empty() || text == "000000" {
            return Ok(None);
        }
        let number = self.number(first, first + 5, what)?;
        let part = |divisor: u64| i8::try_from(number / divisor % 100).unwrap_or(0);
        let year = 2000 + i16::from(part(10_000));
        Date::new(year, part(100), part(1))
            .map(Some)
            .map_err(|_| self.fault(first, format!("{what} \"{text}\" is no date (YYMMDD).")))
    }
}

/// The records of a text: lines, or 94 characters after each other.
fn records(text: &str) -> Vec<Record> {
    let text = text.trim_end_matches(['\r', '\n', ' ', '\u{1a}']);
    if text.contains(['\n', '\r']) {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        return text
            .split('\n')
            .zip(1..)
            .filter(|(line, _)| !line.trim().is_empty())
            .map(|(line, number)| {
                let characters: Vec<char> = line.chars().collect();
                Record::new(number, &characters)
            })
            .collect();
    }
    let characters: Vec<char> = text.chars().collect();
    characters
        .chunks(WIDTH)
        .zip(1..)
        .map(|(record, number)| Record::new(number, record))
        .collect()
}

/// Counts and totals, as the records themselves give them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sums {
    records: u64,
    hash: u64,
    debits: u64,
    credits: u64,
}

impl Sums {
    fn add(&mut self, other: Self) {
        self.records += other.records;
        self.hash = (self.hash + other.hash) % HASH;
        self.debits += other.debits;
        self.credits += other.credits;
    }
}

/// A batch that is being read.
struct Batch {
    words: BatchWords,
    class: String,
    service: String,
    number: String,
    sums: Sums,
    entry: Option<Open>,
}

/// An entry whose addenda may follow.
struct Open {
    entry: Entry,
    trace: String,
    wants_addenda: bool,
    has_addenda: bool,
    line: u64,
    meaning: Meaning,
}

enum Meaning {
    Other,
    Return(Box<ReturnedEntry>),
    Change(ChangedEntry),
}

#[derive(Default)]
struct Reader {
    file: NachaFile,
    faults: Vec<Fault>,
    header_read: bool,
    batch: Option<Batch>,
    sums: Sums,
    /// Records up to the file's control, with it.
    records: u64,
    blocks_told: Option<u64>,
    padding: u64,
    last_line: u64,
}

impl Reader {
    fn take(&mut self, record: &Record) {
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

    fn after_the_end(&mut self, record: &Record) {
        if record.is_nines() {
            self.padding += 1;
        } else {
            self.faults.push(record.fault(
                1,
                "After the file control record only records of nines may follow.",
            ));
        }
    }

    fn file_header(&mut self, record: &Record) -> Result<(), Fault> {
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

    fn batch_header(&mut self, record: &Record) -> Result<(), Fault> {
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
        self.batch = Some(Batch {
            words: BatchWords {
                discretionary: record.text(21, 40),
                description: record.text(54, 63),
                effective_on: record.date(70, "The effective entry date")?,
                settled_on: settlement(&settled, self.file.created_on),
            },
            class: record.text(51, 53),
            service,
            number: record.text(88, 94),
            sums: Sums::default(),
            entry: None,
        });
        Ok(())
    }

    /// The batch that is open, its last entry put away.
    fn open_batch(&mut self, record: &Record) -> Result<&mut Batch, Fault> {
        self.close_entry();
        self.batch.as_mut().ok_or_else(|| {
            record.fault(
                1,
                format!("A record of type {} stands outside a batch.", record.kind()),
            )
        })
    }

    fn entry(&mut self, record: &Record) -> Result<(), Fault> {
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
        batch.entry = Some(Open {
            entry: entry_of(record, &batch.class, cents),
            trace,
            wants_addenda,
            has_addenda: false,
            line: record.line,
            meaning: Meaning::Other,
        });
        Ok(())
    }

    fn addenda(&mut self, record: &Record) -> Result<(), Fault> {
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
                open.meaning = Meaning::Return(Box::new(returned));
            }
            "98" => {
                let code = reason(record, 'C', "The change code")?;
                same_trace(record, open)?;
                open.meaning = Meaning::Change(ChangedEntry {
                    entry: open.entry.clone(),
                    code,
                });
            }
            // Those of the first entry, as international returns repeat them.
            _ => {}
        }
        Ok(())
    }

    fn close_entry(&mut self) {
        let Some(open) = self.batch.as_mut().and_then(|batch| batch.entry.take()) else {
            return;
        };
        match open.meaning {
            Meaning::Return(returned) => self.file.returns.push(*returned),
            Meaning::Change(change) => self.file.changes.push(change),
            Meaning::Other if open.wants_addenda && !open.has_addenda => self.faults.push(Fault {
                line: open.line,
                column: Some(79),
                message: "The entry says that addenda follow, and none does.".to_owned(),
            }),
            Meaning::Other => self.file.other_entries += 1,
        }
    }

    fn batch_control(&mut self, record: &Record) -> Result<(), Fault> {
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
        let told = Sums {
            records: record.number(5, 10, "The count of entries and addenda")?,
            hash: record.number(11, 20, "The entry hash")?,
            debits: record.number(21, 32, "The total of debits")?,
            credits: record.number(33, 44, "The total of credits")?,
        };
        self.compare(record, &told, &batch.sums, "batch", [5, 11, 21, 33])
    }

    fn file_control(&mut self, record: &Record) -> Result<(), Fault> {
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
        let told = Sums {
            records: record.number(14, 21, "The count of entries and addenda")?,
            hash: record.number(22, 31, "The entry hash")?,
            debits: record.number(32, 43, "The total of debits")?,
            credits: record.number(44, 55, "The total of credits")?,
        };
        self.compare(record, &told, &self.sums, "file", [14, 22, 32, 44])
    }

    /// What a batch or a file counts and adds up, against what there is. Where a record is wrong the sums are wrong with
    /// it, and are not worth telling.
    fn compare(
        &self,
        record: &Record,
        told: &Sums,
        found: &Sums,
        whose: &str,
        columns: [usize; 4],
    ) -> Result<(), Fault> {
        if self.faults.is_empty() {
            compare(record, told, found, whose, columns)
        } else {
            Ok(())
        }
    }

    fn end(mut self) -> Result<NachaFile, NachaError> {
        match self.blocks_told {
            None if self.faults.is_empty() => self.faults.push(Fault {
                line: self.last_line.max(1),
                column: None,
                message: "The file ends without a file control record (9). It may be cut off."
                    .to_owned(),
            }),
            Some(told) if self.faults.is_empty() => {
                // Some banks leave the filling out; their count of blocks includes it in any case.
                let blocks = self.records.div_ceil(BLOCK);
                let filled = self.padding == 0 || self.records + self.padding == blocks * BLOCK;
                if told != blocks || !filled {
                    self.faults.push(Fault {
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

fn compare(
    record: &Record,
    told: &Sums,
    found: &Sums,
    whose: &str,
    columns: [usize; 4],
) -> Result<(), Fault> {
    let cents = |cents: u64| format!("{}.{:02}", cents / 100, cents % 100);
    let pairs = [
        (told.records, found.records, "count of entries and addenda"),
        (told.hash, found.hash, "entry hash"),
        (told.debits, found.debits, "total of debits"),
        (told.credits, found.credits, "total of credits"),
    ];
    for ((told, found, what), column) in pairs.into_iter().zip(columns) {
        if told != found {
            let (told, found) = if what.starts_with("total") {
                (cents(told), cents(found))
            } else {
                (told.to_string(), found.to_string())
            };
            return Err(record.fault(
                column,
                format!("The {whose} control's {what} is {told}; its entries give {found}."),
            ));
        }
    }
    Ok(())
}

/// The fields of an entry, where its class has them.
fn entry_of(record: &Record, class: &str, cents: u64) -> Entry {
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
    Entry {
        line: record.line,
        account_ending: ending(&account),
        // Ten digits fit.
        amount: Decimal::new(i64::try_from(cents).unwrap_or(i64::MAX), 2),
        identification,
        name,
        discretionary: record.text(77, 78),
    }
}

/// The last four characters of an account number.
pub(crate) fn ending(account: &str) -> String {
    let characters: Vec<char> = account.chars().filter(|c| c.is_alphanumeric()).collect();
    characters[characters.len().saturating_sub(4)..]
        .iter()
        .collect()
}

fn returned_entry(
    record: &Record,
    open: &Open,
    words: &BatchWords,
) -> Result<ReturnedEntry, Fault> {
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
fn reason(record: &Record, letter: char, what: &str) -> Result<String, Fault> {
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
fn same_trace(record: &Record, open: &Open) -> Result<(), Fault> {
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

/// The day of the year on which a batch settles; the year is that which brings it closest to the file's date.
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

/// What a change code asks for.
pub(crate) fn change_meaning(code: &str) -> &'static str {
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

#[cfg(test)]
mod tests;
