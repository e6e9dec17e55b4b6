//! The rows of a return file in one form, whichever kind of file they come from: what is needed to find the debit, and
//! what is wrong with the row. Of account numbers only the end is taken along.

use desk_files::{
    amount,
    date::{self, DateError, DateOrder},
    nacha::{self, NachaFile, ReturnedEntry},
    return_codes::ReturnReason,
    table::{TableFile, TableRow},
};
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::view::{MissingColumn, ReturnMapping, RowFault};

/// Longest text that is taken from a cell, in characters.
const LONGEST_TEXT: usize = 200;

/// A row.
#[derive(Debug, Clone, Default)]
pub struct FileRow {
    /// Line of the file, from 1.
    pub line: u64,
    /// The code as the file has it, in capitals.
    pub code: String,
    pub returned_on: Option<Date>,
    /// In US dollars.
    pub amount: Option<Decimal>,
    pub name: Option<String>,
    /// What names the debit, the surest first.
    pub(crate) references: Vec<String>,
    pub(crate) account_ending: Option<String>,
    pub(crate) information: Option<String>,
    /// Never empty when the row cannot be recorded.
    pub faults: Vec<RowFault>,
}

impl FileRow {
    /// A return of a day to come is none.
    pub(crate) fn refuse_after(&mut self, today: Date) {
        if self.faults.is_empty() && self.returned_on.is_some_and(|day| day > today) {
            self.fault(None, "The date of a return cannot be in the future.");
        }
    }

    fn fault(&mut self, column: Option<&str>, message: impl Into<String>) {
        self.faults.push(RowFault {
            column: column.map(str::to_owned),
            message: message.into(),
        });
    }
}

fn fault_of_code(code: &str) -> Option<String> {
    if code.is_empty() {
        Some("There is no return code.".to_owned())
    } else if ReturnReason::find(code).is_none() {
        Some(format!(
            "\"{code}\" is not in the Nacha list of return codes, R01 to R85."
        ))
    } else {
        None
    }
}

/// The returns of a Nacha file.
pub(crate) fn of_nacha(file: &NachaFile, today: Date) -> Vec<FileRow> {
    let of = |entry: &ReturnedEntry| {
        // A file may come before the day on which its returns settle.
        let settled_on = entry.batch.settled_on.filter(|day| *day <= today);
        of_entry(entry, settled_on.or(file.created_on))
    };
    file.returns.iter().map(of).collect()
}

fn of_entry(returned: &ReturnedEntry, returned_on: Option<Date>) -> FileRow {
    let ReturnedEntry {
        entry,
        batch,
        addenda_line,
        code,
        original_trace: _,
        died_on,
        information,
    } = returned;
    let words = [
        &entry.identification,
        &batch.discretionary,
        &batch.description,
    ];
    let died = died_on.map(|day| format!("Died {day}."));
    let information: Vec<String> = died.into_iter().chain(text(information)).collect();
    let mut row = FileRow {
        line: entry.line,
        code: code.clone(),
        returned_on,
        amount: (!entry.amount.is_zero()).then_some(entry.amount),
        name: text(&entry.name),
        references: words.into_iter().filter_map(|word| text(word)).collect(),
        account_ending: text(&entry.account_ending),
        information: (!information.is_empty()).then(|| information.join(" ")),
        faults: Vec::new(),
    };
    if let Some(message) = fault_of_code(code) {
        row.fault(Some(&format!("line {addenda_line}, column 4")), message);
    }
    row
}

fn text(text: &str) -> Option<String> {
    let text: String = text.trim().chars().take(LONGEST_TEXT).collect();
    (!text.is_empty()).then_some(text)
}

/// What stands in the way of reading a table's rows.
pub fn missing(mapping: &ReturnMapping) -> Option<MissingColumn> {
    let missing = |field: &str, message: &str| {
        Some(MissingColumn {
            field: field.to_owned(),
            message: message.to_owned(),
        })
    };
    if mapping.return_code.is_none() {
        return missing(
            "returnCode",
            "Choose the column with the return code, for example R01.",
        );
    }
    let found_by = [
        mapping.client_transaction_id,
        mapping.reference,
        mapping.amount,
    ];
    if found_by.iter().all(Option::is_none) {
        return missing(
            "clientTransactionId",
            "Choose a column by which the debit is found: client_transaction_id, reference or amount.",
        );
    }
    None
}

/// The rows of a table.
pub(crate) fn of_table(
    table: &TableFile,
    mapping: &ReturnMapping,
    date_order: Option<DateOrder>,
) -> Vec<FileRow> {
    table
        .rows
        .iter()
        .map(|row| of_row(table, row, mapping, date_order))
        .collect()
}

fn of_row(
    table: &TableFile,
    cells: &TableRow,
    mapping: &ReturnMapping,
    date_order: Option<DateOrder>,
) -> FileRow {
    let cell = |column: Option<u32>| column.map_or("", |column| cells.cell(column as usize));
    let header = |column: Option<u32>| {
        column.and_then(|column| table.headers.get(column as usize).map(String::as_str))
    };
    let mut row = FileRow {
        line: cells.line,
        code: code(cell(mapping.return_code)),
        name: text(cell(mapping.name)),
        references: [mapping.client_transaction_id, mapping.reference]
            .into_iter()
            .filter_map(|column| text(cell(column)))
            .collect(),
        account_ending: text(&nacha::account_ending(cell(mapping.account))),
        ..FileRow::default()
    };
    if cells.overflows(table.headers.len()) {
        row.fault(
            None,
            "The row has more cells than the header. A separator may stand inside a cell without quotation marks.",
        );
        return row;
    }
    if let Some(message) = fault_of_code(&row.code) {
        row.fault(header(mapping.return_code), message);
    }
    match amount::parse_return_amount(cell(mapping.amount)) {
        Ok(amount) => row.amount = amount,
        Err(error) => row.fault(header(mapping.amount), error.to_string()),
    }
    match date::parse(cell(mapping.returned_on), date_order) {
        Ok(day) => row.returned_on = day,
        // The whole column is asked about.
        Err(DateError::TwoDays(_)) => {}
        Err(error) => row.fault(header(mapping.returned_on), error.to_string()),
    }
    row
}

/// The code in a cell: `R01`, `r1`, `01`, `R01 - Insufficient Funds`.
fn code(cell: &str) -> String {
    let first = cell
        .split(|c: char| c.is_whitespace() || matches!(c, '-' | ':' | ',' | '/'))
        .find(|word| !word.is_empty())
        .unwrap_or_default();
    let word = first.to_uppercase();
    let digits = word.strip_prefix('R').unwrap_or(&word);
    let is_number = (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if is_number {
        format!("R{digits:0>2}")
    } else {
        shortened(&word)
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_with_or_without_words() {
        for cell in [
            "R01",
            "r01",
            "R1",
            "01",
            "1",
            "R01 - Insufficient Funds",
            "R01: NSF",
            " R01 ",
        ] {
            assert_eq!(code(cell), "R01", "{cell}");
        }
        assert_eq!(code("insufficient"), "INSUFFICIENT");
        assert_eq!(code(""), "");
    }

    fn table(text: &str) -> TableFile {
        desk_files::table::read(text.as_bytes(), 1_000).unwrap()
    }

    #[test]
    fn a_row_says_what_is_wrong_in_which_column() {
        let table = table(
            "id;code;amt;day\na;R01;$5.00;2026-11-24\nb;R99;x;24.11.26x\nc;;5;11/24/2026\nd;R02;5;1;2\n",
        );
        let mapping = ReturnMapping {
            client_transaction_id: Some(0),
            return_code: Some(1),
            amount: Some(2),
            returned_on: Some(3),
            ..ReturnMapping::default()
        };
        let rows = of_table(&table, &mapping, None);
        assert!(rows[0].faults.is_empty());
        assert_eq!(rows[0].line, 2);
        let columns = |row: &FileRow| -> Vec<Option<String>> {
            row.faults
                .iter()
                .map(|fault| fault.column.clone())
                .collect()
        };
        let named = |name: &str| Some(name.to_owned());
        assert_eq!(
            columns(&rows[1]),
            [named("code"), named("amt"), named("day")]
        );
        assert_eq!(columns(&rows[2]), [named("code")]);
        assert_eq!(rows[2].returned_on, Some(jiff::civil::date(2026, 11, 24)));
        assert!(rows[3].faults[0].message.contains("more cells"));
    }

    #[test]
    fn a_code_and_something_to_find_the_debit_by_are_needed() {
        let mut mapping = ReturnMapping::default();
        assert_eq!(missing(&mapping).unwrap().field, "returnCode");
        mapping.return_code = Some(0);
        assert_eq!(missing(&mapping).unwrap().field, "clientTransactionId");
        mapping.amount = Some(1);
        assert_eq!(missing(&mapping), None);
    }
}
