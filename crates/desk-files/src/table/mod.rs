//! Takes tables apart that come in files or are pasted, and writes tables for export. What a column means is the
//! importer's business.

mod decode;
#[cfg(test)]
mod tests;
mod writer;

use csv::{ReaderBuilder, StringRecord};
use serde::Serialize;

pub use decode::{Characters, decode};
pub use writer::{TableCell, TableFormat, TableWriter};

/// 64 MiB.
pub const LARGEST_FILE: usize = 64 * 1024 * 1024;

const MOST_COLUMNS: usize = 200;

/// In bytes.
const LONGEST_CELL: usize = 10_000;

/// Records from which the separator is guessed.
const LOOKED_AT: usize = 50;

/// Added as the last row. If the parser does not return it as a row, a quotation mark was left open.
const SENTINEL: &str = "\u{1}";

/// The character between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(export, export_to = "tableFile.ts"))]
pub enum Separator {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    Tab,
    /// `|`
    Bar,
}

impl Separator {
    const ALL: [Self; 4] = [Self::Comma, Self::Semicolon, Self::Tab, Self::Bar];

    const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Bar => b'|',
        }
    }
}

/// Why a file is not a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TableFileError {
    /// More than [`LARGEST_FILE`].
    #[error("This file is larger than 64 MiB. Divide it.")]
    TooLarge,
    /// Nothing in it, or only blanks.
    #[error("There is nothing in it.")]
    Empty,
    /// A workbook, a picture, a program.
    #[error(
        "This is not a text file. If it is a spreadsheet, save it as CSV and choose that file."
    )]
    NotText,
    /// A byte-order mark promises Unicode, and the bytes are not.
    #[error("Its characters cannot be read: it begins as Unicode and goes on as something else.")]
    NotUnicode,
    /// One row, or none: no data below the header.
    #[error("It has a header row and no rows below it.")]
    NoRows,
    /// More rows than the reader takes.
    #[error("It has more than {most} rows. Divide it.")]
    TooManyRows {
        /// How many are taken.
        most: usize,
    },
    /// A wider table than any.
    #[error("It has more than 200 columns.")]
    TooManyColumns,
    /// From here on everything is one cell.
    #[error("A quotation mark that is opened in line {line} is never closed.")]
    OpenQuote {
        /// The line where the row begins, from 1.
        line: u64,
    },
    /// More than a cell can hold.
    #[error("Line {line} has a cell of more than 10,000 characters.")]
    CellTooLong {
        /// The line where the row begins, from 1.
        line: u64,
    },
}

#[derive(Debug)]
pub struct TableFile {
    pub characters: Characters,
    pub separator: Separator,
    /// The first row, trimmed. A column without a name is called `Column 3`, after its place.
    pub headers: Vec<String>,
    /// The rows below the headers, without empty ones.
    pub rows: Vec<TableRow>,
}

#[derive(Debug)]
pub struct TableRow {
    /// The line where the row begins, from 1.
    pub line: u64,
    cells: StringRecord,
}

impl TableRow {
    /// The trimmed cell of a column; empty if the row is too short.
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", str::trim)
    }

    /// Whether the row has content beyond the last column. The usual cause is a separator in an unquoted cell, and then
    /// no cell after it can be trusted.
    pub fn overflows(&self, columns: usize) -> bool {
        self.cells
            .iter()
            .skip(columns)
            .any(|cell| !cell.trim().is_empty())
    }
}

/// # Errors
/// Says what is wrong with the file as a whole.
pub fn read(bytes: &[u8], most_rows: usize) -> Result<TableFile, TableFileError> {
    let (text, characters) = decode(bytes)?;
    if text.trim().is_empty() {
        return Err(TableFileError::Empty);
    }
    let (text, lines_before, told) = told_separator(&text);
    let separator = told.unwrap_or_else(|| sniff(text));
    let mut records = records(text, separator, most_rows, lines_before)?;
    let headers = headers(&records.remove(0).cells)?;
    if records.is_empty() {
        return Err(TableFileError::NoRows);
    }
    Ok(TableFile {
        characters,
        separator,
        headers,
        rows: records,
    })
}

/// Some spreadsheets name the separator in a first line, `sep=;`. Returns the text after it and the number of lines
/// skipped.
fn told_separator(text: &str) -> (&str, u64, Option<Separator>) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let told = first.trim_end_matches('\r').strip_prefix("sep=");
    let separator = Separator::ALL
        .into_iter()
        .find(|separator| told.is_some_and(|told| told.as_bytes() == [separator.byte()]));
    match separator {
        Some(separator) => (rest, 1, Some(separator)),
        None => (text, 0, None),
    }
}

fn reader(text: &str, separator: Separator) -> csv::Reader<impl std::io::Read + '_> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator.byte())
        .from_reader(std::io::Read::chain(text.as_bytes(), &b"\n\x01"[..]))
}

/// The separator under which most of the first rows have as many cells as the header, and more than one.
fn sniff(text: &str) -> Separator {
    let fit = |separator: Separator| {
        let widths: Vec<usize> = reader(text, separator)
            .into_records()
            .take(LOOKED_AT)
            .filter_map(Result::ok)
            .filter(|record| record.get(0) != Some(SENTINEL))
            .map(|record| record.len())
            .collect();
        let header = widths.first().copied().unwrap_or_default();
        let alike = widths.iter().filter(|width| **width == header).count();
        if header < 2 { (0, 0) } else { (alike, header) }
    };
    // Reversed, because `max_by_key` returns the last of equals.
    Separator::ALL
        .into_iter()
        .rev()
        .max_by_key(|separator| fit(*separator))
        .unwrap_or(Separator::Comma)
}

/// All records that are not empty, the header first.
fn records(
    text: &str,
    separator: Separator,
    most_rows: usize,
    lines_before: u64,
) -> Result<Vec<TableRow>, TableFileError> {
    let mut reader = reader(text, separator);
    let mut lines = Lines::new(text, lines_before);
    let mut records = Vec::new();
    let mut closed = false;
    let mut last_line = 1;
    let mut record = StringRecord::new();
    // Reading text from memory does not fail. If it did, the sentinel would be missing.
    while reader.read_record(&mut record).unwrap_or(false) {
        let start = record.position().map_or(0, csv::Position::byte);
        let line = lines.at(usize::try_from(start).unwrap_or(usize::MAX));
        last_line = line;
        if record.len() == 1 && record.get(0) == Some(SENTINEL) {
            closed = true;
            break;
        }
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if records.len() > most_rows {
            return Err(TableFileError::TooManyRows { most: most_rows });
        }
        // An open quotation mark also makes long cells, and is the better explanation.
        if record.iter().any(|cell| cell.len() > LONGEST_CELL) && !reader.is_done() {
            return Err(TableFileError::CellTooLong { line });
        }
        records.push(TableRow {
            line,
            cells: std::mem::take(&mut record),
        });
    }
    match (closed, records.is_empty()) {
        (false, _) => Err(TableFileError::OpenQuote { line: last_line }),
        (true, true) => Err(TableFileError::Empty),
        (true, false) => Ok(records),
    }
}

fn headers(cells: &StringRecord) -> Result<Vec<String>, TableFileError> {
    if cells.len() > MOST_COLUMNS {
        return Err(TableFileError::TooManyColumns);
    }
    let filled = (0..cells.len())
        .rev()
        .find(|place| {
            cells
                .get(*place)
                .is_some_and(|cell| !cell.trim().is_empty())
        })
        .map_or(0, |last| last + 1);
    Ok(cells
        .iter()
        .take(filled)
        .enumerate()
        .map(|(place, name)| match name.trim() {
            "" => format!("Column {}", place + 1),
            name => name.to_owned(),
        })
        .collect())
}

/// Turns byte positions into line numbers in one pass over the text.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str, lines_before: u64) -> Self {
        Self {
            text: text.as_bytes(),
            at: 0,
            line: lines_before + 1,
        }
    }

    /// The line of the record that begins at this byte, or after line ends at this byte. Positions must increase.
    fn at(&mut self, start: usize) -> u64 {
        while let Some(byte) = self.text.get(self.at) {
            let line_end = matches!(byte, b'\n' | b'\r');
            if self.at >= start && !line_end {
                break;
            }
            let first_of_two = *byte == b'\r' && self.text.get(self.at + 1) == Some(&b'\n');
            if line_end && !first_of_two {
                self.line += 1;
            }
            self.at += 1;
        }
        self.line
    }
}

/// The key under which the meaning of the columns is stored for tables with these headers.
pub fn headers_key(headers: &[String]) -> String {
    let small: Vec<String> = headers.iter().map(|name| name.to_lowercase()).collect();
    serde_json::Value::from(small).to_string()
}
