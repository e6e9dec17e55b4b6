//! Checking a draft, row by row and cell by cell, before anything is sent or written. What is wrong is said where it
//! stands; what may be wrong is said, too, and is the user's to confirm.

use std::collections::{HashMap, HashSet};

use desk_files::{
    amount,
    date::{self, DateOrder},
    table::TableRow,
};
use jiff::{ToSpan as _, civil::Date};
use rusqlite::{Connection, OptionalExtension as _};

use super::{
    directory::{self, Directory, NotFound, Said},
    draft::Draft,
    view::{ImportCheck, ImportField, ImportProblem, ImportRequest, ImportRow, ImportSeverity},
};
use desk_core::{DeskError, billing::Prices, settings, store::single_column};

/// Rows of the answer at most.
const MOST_SHOWN: usize = 500;

/// The longest reference, in characters.
const LONGEST_REFERENCE: usize = 200;

/// What one batch of an ACH file can hold: its total has twelve digits of cents.
const LARGEST_TOTAL: i64 = 999_999_999_999;

/// A row as it was understood.
pub(super) struct CheckedRow<'a> {
    pub(super) row: u32,
    pub(super) source: &'a TableRow,
    pub(super) left_out: bool,
    /// Its place in the directory.
    pub(super) account: Option<usize>,
    pub(super) cents: Option<i64>,
    pub(super) planned_on: Option<Date>,
    pub(super) said: Cells<'a>,
    pub(super) problems: Vec<ImportProblem>,
}

/// The cells of a row, corrected.
#[derive(Clone, Copy, Default)]
pub(super) struct Cells<'a> {
    pub(super) whose: Said<'a>,
    pub(super) amount: &'a str,
    pub(super) reference: &'a str,
    pub(super) date: &'a str,
}

impl<'a> Cells<'a> {
    /// What a field says.
    pub(super) fn of(&self, field: ImportField) -> &'a str {
        match field {
            ImportField::Account => self.whose.account,
            ImportField::Person => self.whose.person,
            ImportField::ClientUserId => self.whose.client_user_id,
            ImportField::Mask => self.whose.mask,
            ImportField::Amount => self.amount,
            ImportField::Reference => self.reference,
            ImportField::Date => self.date,
        }
    }
}

/// A draft, checked.
pub(super) struct Checked<'a> {
    pub(super) rows: Vec<CheckedRow<'a>>,
    pub(super) directory: Directory,
    /// What is wrong with it as a whole.
    pub(super) refused: Option<String>,
    total: i64,
}

impl CheckedRow<'_> {
    /// The worst of it.
    pub(super) fn severity(&self) -> Option<ImportSeverity> {
        self.problems.iter().map(|problem| problem.severity).max()
    }

    pub(super) fn is_ready(&self) -> bool {
        !self.left_out && self.severity() != Some(ImportSeverity::Error)
    }

    fn error(&mut self, field: ImportField, message: String) {
        self.problem(ImportSeverity::Error, field, message);
    }

    fn warning(&mut self, field: ImportField, message: String) {
        self.problem(ImportSeverity::Warning, field, message);
    }

    fn problem(&mut self, severity: ImportSeverity, field: ImportField, message: String) {
        self.problems.push(ImportProblem {
            severity,
            field,
            message,
            choices: Vec::new(),
        });
    }
}

/// Checks all rows of a draft.
pub(super) fn check<'a>(
    connection: &Connection,
    draft: &'a Draft,
    request: &'a ImportRequest,
    today: Date,
) -> Result<Checked<'a>, DeskError> {
    request.mapping.usable(draft.table.headers.len())?;
    let directory = Directory::read(connection)?;
    let corrections: HashMap<(u32, ImportField), &str> = request
        .corrections
        .iter()
        .map(|correction| ((correction.row, correction.field), correction.text.trim()))
        .collect();
    let left_out: HashSet<u32> = request.left_out.iter().copied().collect();
    let reader = Reader {
        request,
        columns: draft.table.headers.len(),
        corrections,
        left_out,
        directory: &directory,
        today,
    };
    let mut rows: Vec<CheckedRow<'a>> = (0_u32..)
        .zip(&draft.table.rows)
        .map(|(row, source)| reader.row(row, source))
        .collect();
    tell_duplicates(connection, &mut rows)?;
    let (total, refused) = total(&rows);
    Ok(Checked {
        rows,
        directory,
        refused,
        total,
    })
}

struct Reader<'a, 'd> {
    request: &'a ImportRequest,
    columns: usize,
    corrections: HashMap<(u32, ImportField), &'a str>,
    left_out: HashSet<u32>,
    directory: &'d Directory,
    today: Date,
}

impl<'a> Reader<'a, '_> {
    fn row(&self, row: u32, source: &'a TableRow) -> CheckedRow<'a> {
        let said = self.cells(row, source);
        let mut checked = CheckedRow {
            row,
            source,
            left_out: self.left_out.contains(&row),
            account: None,
            cents: None,
            planned_on: None,
            said,
            problems: Vec::new(),
        };
        if checked.left_out {
            return checked;
        }
        // Its amount may have been cut in two; once the user has corrected it, what is left over does not matter.
        let corrected = self.corrections.contains_key(&(row, ImportField::Amount));
        if source.overflows(self.columns) && !corrected {
            let message = "The row has more cells than the header has columns: a cell with a separator in it has to stand in quotation marks.";
            checked.error(ImportField::Amount, message.to_owned());
        }
        self.account(&mut checked);
        match amount::parse_debit_cents(said.amount) {
            Ok(cents) => checked.cents = Some(cents),
            Err(error) => checked.error(ImportField::Amount, error.to_string()),
        }
        let length = said.reference.chars().count();
        if length > LONGEST_REFERENCE {
            let message = format!(
                "A reference has at most {LONGEST_REFERENCE} characters; this one has {length}."
            );
            checked.error(ImportField::Reference, message);
        }
        self.date(&mut checked);
        checked
    }

    fn cells(&self, row: u32, source: &'a TableRow) -> Cells<'a> {
        let cell = |field| match self.corrections.get(&(row, field)) {
            Some(text) => text,
            None => self
                .request
                .mapping
                .column(field)
                .map_or("", |column| source.cell(column)),
        };
        // An account that was chosen is meant, whatever else the row says.
        let chosen = self.corrections.contains_key(&(row, ImportField::Account));
        let unless_chosen = |field| if chosen { "" } else { cell(field) };
        Cells {
            whose: Said {
                account: cell(ImportField::Account),
                person: unless_chosen(ImportField::Person),
                client_user_id: unless_chosen(ImportField::ClientUserId),
                mask: unless_chosen(ImportField::Mask),
            },
            amount: cell(ImportField::Amount),
            reference: cell(ImportField::Reference),
            date: cell(ImportField::Date),
        }
    }

    fn account(&self, checked: &mut CheckedRow<'_>) {
        match self.directory.find(checked.said.whose) {
            Ok(place) => {
                checked.account = Some(place);
                if let Some(warning) = self.directory.warning(place) {
                    checked.warning(ImportField::Account, warning);
                }
            }
            Err(NotFound {
                field,
                message,
                choices,
            }) => checked.problems.push(ImportProblem {
                severity: ImportSeverity::Error,
                field,
                message,
                choices,
            }),
        }
    }

    fn date(&self, checked: &mut CheckedRow<'_>) {
        let order = if self.request.mapping.day_first {
            DateOrder::DayFirst
        } else {
            DateOrder::MonthFirst
        };
        match date::parse(checked.said.date, Some(order)) {
            Ok(day) => {
                checked.planned_on = day;
                if day.is_some_and(|day| day < self.today) {
                    let message = "This day is past.".to_owned();
                    checked.warning(ImportField::Date, message);
                } else if day.is_some_and(|day| day > self.today.saturating_add(1.year())) {
                    let message = "This day is more than a year ahead.".to_owned();
                    checked.warning(ImportField::Date, message);
                }
            }
            Err(error) => checked.error(ImportField::Date, error.to_string()),
        }
    }
}

/// Says which references stand twice in the file, or stood in an earlier batch.
fn tell_duplicates(connection: &Connection, rows: &mut [CheckedRow<'_>]) -> Result<(), DeskError> {
    let mut count: HashMap<&str, u32> = HashMap::new();
    for row in rows.iter().filter(|row| !row.left_out) {
        *count.entry(row.said.reference).or_default() += 1;
    }
    let mut earlier = connection.prepare_cached(
        "SELECT batches.name FROM planned_debits JOIN batches USING (batch_id)
         WHERE reference = ?1 AND fate = 'planned'
               AND (batches.state <> 'cancelled'
                    OR EXISTS (SELECT 1 FROM evaluations AS asked
                               WHERE asked.client_transaction_id = planned_debits.client_transaction_id))
         LIMIT 1",
    )?;
    for row in rows.iter_mut().filter(|row| !row.left_out) {
        let reference = row.said.reference;
        if reference.is_empty() {
            continue;
        }
        if let Some(times) = count.get(reference).filter(|times| **times > 1) {
            let message = format!("{times} rows have this reference.");
            row.warning(ImportField::Reference, message);
        }
        let batch: Option<String> = earlier.query_row([reference], single_column).optional()?;
        if let Some(batch) = batch {
            let message = format!("The batch “{batch}” has a row with this reference.");
            row.warning(ImportField::Reference, message);
        }
    }
    Ok(())
}

/// The sum of the rows that are ready, and why none of them can be imported.
fn total(rows: &[CheckedRow<'_>]) -> (i64, Option<String>) {
    let mut total: i64 = 0;
    for row in rows.iter().filter(|row| row.is_ready()) {
        let sum = total.checked_add(row.cents.unwrap_or_default());
        match sum.filter(|sum| *sum <= LARGEST_TOTAL) {
            Some(sum) => total = sum,
            None => {
                let message = format!(
                    "The rows up to line {} come to more than {} US dollars, the most that one batch of an ACH file can hold. Divide the file.",
                    row.source.line,
                    amount::format_cents(LARGEST_TOTAL)
                );
                return (total, Some(message));
            }
        }
    }
    (total, None)
}

impl Checked<'_> {
    /// What the screen shows of it.
    pub(super) fn view(&self, connection: &Connection) -> Result<ImportCheck, DeskError> {
        let with = |severity| {
            let of = |row: &&CheckedRow<'_>| !row.left_out && row.severity() == severity;
            u32::try_from(self.rows.iter().filter(of).count()).unwrap_or(u32::MAX)
        };
        let (with_errors, with_warnings) = (
            with(Some(ImportSeverity::Error)),
            with(Some(ImportSeverity::Warning)),
        );
        let ready = with_warnings + with(None);
        let left_out = self.rows.iter().filter(|row| row.left_out).count();
        let mut shown: Vec<&CheckedRow<'_>> = self.rows.iter().collect();
        // A stable sort: within a sort, the order of the file stays.
        shown.sort_by_key(|row| (std::cmp::Reverse(row.severity()), row.left_out));
        let cost = Prices::of(&settings::read(connection)?)?.of_evaluations(ready)?;
        Ok(ImportCheck {
            ready,
            total: amount::format_cents(self.total),
            with_errors,
            with_warnings,
            left_out: u32::try_from(left_out).unwrap_or(u32::MAX),
            refused: self.refused.clone(),
            cost,
            rows: shown
                .into_iter()
                .take(MOST_SHOWN)
                .map(|row| self.row(row))
                .collect(),
        })
    }

    fn row(&self, row: &CheckedRow<'_>) -> ImportRow {
        let account = row.account.map(|place| self.directory.get(place));
        let whose = row.said.whose;
        let person = match account {
            Some(account) => account.person_name.clone(),
            None if whose.person.is_empty() => whose.client_user_id.to_owned(),
            None => whose.person.to_owned(),
        };
        ImportRow {
            row: row.row,
            line: u32::try_from(row.source.line).unwrap_or(u32::MAX),
            left_out: row.left_out,
            person,
            account: match account {
                Some(account) => directory::label(account),
                None if whose.account.is_empty() => whose.mask.to_owned(),
                None => whose.account.to_owned(),
            },
            amount: row
                .cents
                .map_or_else(|| row.said.amount.to_owned(), amount::format_cents),
            reference: row.said.reference.to_owned(),
            date: row
                .planned_on
                .map_or_else(|| row.said.date.to_owned(), |day| day.to_string()),
            problems: row.problems.clone(),
        }
    }
}
