//! Tables that come in files or are pasted: their characters, their separator, their header and their rows.
//! What a column means is the reader's to say; here a file is only taken apart, or refused in words.

use csv::{ReaderBuilder, StringRecord};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use serde::Serialize;
use ts_rs::TS;

use crate::DeskError;

/// The largest file that is read, in bytes: 64 MiB.
pub const LARGEST_FILE: usize = 64 * 1024 * 1024;

/// Columns of the widest table that is read.
const MOST_COLUMNS: usize = 200;

/// Bytes of the longest cell that is read.
const LONGEST_CELL: usize = 10_000;

/// Records that are looked at to find the separator.
const LOOKED_AT: usize = 50;

/// Stands after the last row: when it does not come out as a row of its own, a quotation mark was left open.
const SENTINEL: &str = "\u{1}";

/// How the characters of a file were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "tableFile.ts")]
pub enum Characters {
    /// UTF-8, with a byte-order mark or without.
    Utf8,
    /// UTF-16, as "Unicode text" of spreadsheets.
    Utf16,
    /// Not Unicode: read as Windows-1252, so that letters other than A to Z may be wrong. The user is told.
    Windows1252,
}

/// What stands between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "tableFile.ts")]
pub enum Separator {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// A tabulator.
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

impl From<TableFileError> for DeskError {
    fn from(error: TableFileError) -> Self {
        Self::invalid("file", error.to_string())
    }
}

/// A table, taken apart.
#[derive(Debug)]
pub struct TableFile {
    /// How its characters were read.
    pub characters: Characters,
    /// What stood between its cells.
    pub separator: Separator,
    /// The names in the first row, trimmed; a column without one is named by its place, `Column 3`.
    pub headers: Vec<String>,
    /// The rows below, without those that are empty.
    pub rows: Vec<TableRow>,
}

/// A row below the header.
#[derive(Debug)]
pub struct TableRow {
    /// The line of the file where it begins, from 1.
    pub line: u64,
    cells: StringRecord,
}

impl TableRow {
    /// The cell of a column, trimmed; empty where the row is too short.
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", str::trim)
    }

    /// Whether it has something beyond the last column. Most often that is a separator inside a cell without quotation
    /// marks, and then no cell after it can be trusted.
    pub fn overflows(&self, columns: usize) -> bool {
        self.cells
            .iter()
            .skip(columns)
            .any(|cell| !cell.trim().is_empty())
    }
}

/// Takes a file apart, or a pasted text.
///
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

/// The text of a file, whatever its characters are.
///
/// # Errors
/// It is too large, no text, or broken Unicode.
pub fn decode(bytes: &[u8]) -> Result<(String, Characters), TableFileError> {
    if bytes.len() > LARGEST_FILE {
        return Err(TableFileError::TooLarge);
    }
    if bytes.is_empty() {
        return Err(TableFileError::Empty);
    }
    let (encoding, characters) = match Encoding::for_bom(bytes) {
        Some((encoding, _)) if encoding == UTF_8 => (UTF_8, Characters::Utf8),
        Some((encoding, _)) => (encoding, Characters::Utf16),
        None => without_mark(bytes),
    };
    let (text, broken) = encoding.decode_with_bom_removal(bytes);
    if broken {
        return Err(TableFileError::NotUnicode);
    }
    // A text has tabulators and line ends, and no other control characters worth the name.
    if text.contains('\0') || bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"%PDF-") {
        return Err(TableFileError::NotText);
    }
    Ok((text.into_owned(), characters))
}

/// What a file without a byte-order mark is. Every second byte of Western text in UTF-16 is zero.
fn without_mark(bytes: &[u8]) -> (&'static Encoding, Characters) {
    let start = &bytes[..bytes.len().min(1_000)];
    let zeros = |odd: usize| {
        start
            .iter()
            .skip(odd)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    let many = start.len() / 4;
    if bytes.len().is_multiple_of(2) && odd > many && even == 0 {
        (UTF_16LE, Characters::Utf16)
    } else if bytes.len().is_multiple_of(2) && even > many && odd == 0 {
        (UTF_16BE, Characters::Utf16)
    } else if std::str::from_utf8(bytes).is_ok() {
        (UTF_8, Characters::Utf8)
    } else {
        (WINDOWS_1252, Characters::Windows1252)
    }
}

/// Some spreadsheets name the separator in a line of its own, `sep=;`. Answers the text below it, and how many lines
/// stand above that.
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
    // The first of those that fit alike: `max_by_key` would take the last.
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
    // What is read is text in memory, so that no read fails; were one to, the sentinel would be missing.
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
        // An open quotation mark makes long cells, too, and is the better explanation.
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

/// Counts lines while going through the text once.
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

    /// The line of the record that begins at this byte, or after the line ends that stand there. Only ever asked for
    /// later bytes.
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

/// A header as it is compared: its letters and digits, in small letters.
pub(crate) fn bare(header: &str) -> String {
    header
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The name under which is kept what the user said of the columns of a table with these headers.
pub(crate) fn remembered_as(headers: &[String]) -> String {
    let small: Vec<String> = headers.iter().map(|name| name.to_lowercase()).collect();
    serde_json::Value::from(small).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(bytes: &[u8]) -> TableFile {
        read(bytes, 1_000).unwrap()
    }

    fn cells(table: &TableFile) -> Vec<Vec<&str>> {
        table
            .rows
            .iter()
            .map(|row| (0..table.headers.len()).map(|i| row.cell(i)).collect())
            .collect()
    }

    #[test]
    fn marks_and_characters_are_read() {
        let utf16 = |big: bool, mark: bool| {
            let text = format!(
                "{}name,amount\nJürgen,5\n",
                if mark { "\u{feff}" } else { "" }
            );
            text.encode_utf16()
                .flat_map(|unit| {
                    if big {
                        unit.to_be_bytes()
                    } else {
                        unit.to_le_bytes()
                    }
                })
                .collect::<Vec<u8>>()
        };
        for (bytes, characters) in [
            (
                "name,amount\nJürgen,5\n".as_bytes().to_vec(),
                Characters::Utf8,
            ),
            (
                "\u{feff}name,amount\nJürgen,5".as_bytes().to_vec(),
                Characters::Utf8,
            ),
            (utf16(false, true), Characters::Utf16),
            (utf16(true, true), Characters::Utf16),
            (utf16(false, false), Characters::Utf16),
            (utf16(true, false), Characters::Utf16),
            (
                b"name,amount\r\nJ\xfcrgen,5\r\n".to_vec(),
                Characters::Windows1252,
            ),
        ] {
            let table = taken(&bytes);
            assert_eq!(table.characters, characters);
            assert_eq!(table.headers, ["name", "amount"]);
            assert_eq!(cells(&table), [["Jürgen", "5"]]);
        }
    }

    #[test]
    fn the_separator_is_found() {
        for (text, separator) in [
            ("a,b\n1,2\n", Separator::Comma),
            ("a;b\n1,5;2,5\n3,5;4,5\n", Separator::Semicolon),
            ("a\tb, c\n1\t2\n", Separator::Tab),
            ("a|b|c\n1|2,3|4\n", Separator::Bar),
            (
                "name,amount\n\"Doe; Jane\",5\n\"Roe; Rick\",6\n",
                Separator::Comma,
            ),
            ("sep=;\r\na;b\r\n1;2\r\n", Separator::Semicolon),
            ("only\n1\n2\n", Separator::Comma),
        ] {
            assert_eq!(taken(text.as_bytes()).separator, separator, "{text:?}");
        }
    }

    #[test]
    fn quotes_and_line_ends_are_read() {
        let table = taken(b"\r\nname,note\r\n\"Doe, Jane\",\"two\r\nlines\"\r\n,,\r\n\r\n\"say \"\"hi\"\"\", x \r\n");
        assert_eq!(
            cells(&table),
            [["Doe, Jane", "two\r\nlines"], ["say \"hi\"", "x"]]
        );
        let lines: Vec<u64> = table.rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [3, 7]);
        let old = taken(b"a,b\r1,2\r3,4");
        assert_eq!(cells(&old), [["1", "2"], ["3", "4"]]);
        assert_eq!(old.rows[1].line, 3);
    }

    #[test]
    fn short_and_long_rows_are_told() {
        let table = taken(b"a,,c,\n1\n1,234.50,x,,\n1,2,3,4\n");
        assert_eq!(table.headers, ["a", "Column 2", "c"]);
        assert_eq!(table.rows[0].cell(2), "");
        let overflowing: Vec<bool> = table.rows.iter().map(|row| row.overflows(3)).collect();
        assert_eq!(overflowing, [false, false, true]);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let refused = |bytes: &[u8]| read(bytes, 3).unwrap_err();
        assert_eq!(refused(b""), TableFileError::Empty);
        assert_eq!(refused(b" \r\n \n"), TableFileError::Empty);
        assert_eq!(refused(b",,\n,,\n"), TableFileError::Empty);
        assert_eq!(refused(b"a,b\n"), TableFileError::NoRows);
        assert_eq!(refused(b"PK\x03\x04\x14rest"), TableFileError::NotText);
        assert_eq!(refused(b"a,b\n1,\0\0\0\n"), TableFileError::NotText);
        assert_eq!(
            refused(b"\xef\xbb\xbfa,b\n\xff,1\n"),
            TableFileError::NotUnicode
        );
        assert_eq!(
            refused(b"a,b\n1,2\n3,\"4\n5,6\n"),
            TableFileError::OpenQuote { line: 3 }
        );
        assert_eq!(
            refused(b"a\n1\n2\n3\n4\n"),
            TableFileError::TooManyRows { most: 3 }
        );
        assert!(read(b"a\n1\n2\n3\n", 3).is_ok());
        let long = format!("a,b\n1,{}\n2,3\n", "x".repeat(LONGEST_CELL + 1));
        assert_eq!(
            refused(long.as_bytes()),
            TableFileError::CellTooLong { line: 2 }
        );
        assert_eq!(
            refused(&b"a".repeat(LARGEST_FILE + 1)),
            TableFileError::TooLarge
        );
        assert_eq!(
            refused(",".repeat(250).replace(',', "x,").as_bytes()),
            TableFileError::TooManyColumns
        );
    }
}
