//! Writes rows as CSV (RFC 4180: UTF-8, CRLF, a header row) or as a JSON list of objects.
//!
//! Amounts are written digit for digit. In JSON they are texts, because most programs read a JSON number as a binary
//! float. In CSV a text that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, a tab or a
//! carriage return) gets an apostrophe in front, unless it is a number: names come from banks and people, and a formula
//! can send what else is in the sheet elsewhere. JSON is not read by spreadsheets in this way and keeps texts as they are.

use std::io::{self, Write};

use rust_decimal::Decimal;
use serde::ser::{Error as _, Serialize, SerializeMap as _, Serializer};
use serde_json::value::RawValue;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableCell {
    /// Unknown or not reported.
    Missing,
    /// Text from a bank, a person, or Plaid.
    Text(String),
    /// An exact amount, a time, or a word of ours: never a formula.
    Exact(String),
    Flag(bool),
    /// JSON of ours: part of the row in JSON, text in CSV.
    Json(String),
}

impl TableCell {
    pub fn text(text: Option<String>) -> Self {
        text.map_or(Self::Missing, Self::Text)
    }

    pub fn exact(text: Option<String>) -> Self {
        text.map_or(Self::Missing, Self::Exact)
    }
}

impl Serialize for TableCell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Missing => serializer.serialize_none(),
            Self::Text(text) | Self::Exact(text) => serializer.serialize_str(text),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Json(json) => serde_json::from_str::<&RawValue>(json)
                .map_err(S::Error::custom)?
                .serialize(serializer),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFormat {
    Csv,
    Json,
}

/// A table that is written row by row.
pub struct TableWriter<W: Write> {
    head: Vec<&'static str>,
    rows: u32,
    output: Output<W>,
}

enum Output<W: Write> {
    Csv(Box<csv::Writer<W>>),
    Json(W),
}

impl<W: Write> TableWriter<W> {
    /// # Errors
    /// `to` can't be written to.
    pub fn begin(format: TableFormat, head: Vec<&'static str>, mut to: W) -> io::Result<Self> {
        let output = match format {
            TableFormat::Csv => {
                let mut writer = csv::WriterBuilder::new()
                    .terminator(csv::Terminator::CRLF)
                    .from_writer(to);
                writer.write_record(&head)?;
                Output::Csv(Box::new(writer))
            }
            TableFormat::Json => {
                to.write_all(b"[")?;
                Output::Json(to)
            }
        };
        Ok(Self {
            head,
            rows: 0,
            output,
        })
    }

    /// Writes one row, a cell for each column.
    ///
    /// # Errors
    /// It can't be written, or its cells don't fit the columns.
    pub fn row(&mut self, cells: &[TableCell]) -> io::Result<()> {
        match &mut self.output {
            Output::Csv(writer) => {
                for cell in cells {
                    writer.write_field(field(cell).as_bytes())?;
                }
                writer.write_record(None::<&[u8]>)?;
            }
            Output::Json(to) => {
                let between: &[u8] = if self.rows == 0 { b"\n" } else { b",\n" };
                let row = Row {
                    head: &self.head,
                    cells,
                };
                to.write_all(between)?;
                serde_json::to_writer(to, &row)?;
            }
        }
        self.rows = self.rows.saturating_add(1);
        Ok(())
    }

    /// Ends the table; answers what it was written to, and the number of rows.
    ///
    /// # Errors
    /// The last of it can't be written.
    pub fn finish(self) -> io::Result<(W, u32)> {
        let to = match self.output {
            Output::Csv(writer) => writer
                .into_inner()
                .map_err(csv::IntoInnerError::into_error)?,
            Output::Json(mut to) => {
                to.write_all(b"\n]\n")?;
                to
            }
        };
        Ok((to, self.rows))
    }
}

/// A row as a JSON object, its keys in the order of the columns.
struct Row<'a> {
    head: &'a [&'static str],
    cells: &'a [TableCell],
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.cells.len()))?;
        for (name, cell) in self.head.iter().zip(self.cells) {
            map.serialize_entry(name, cell)?;
        }
        map.end()
    }
}

fn field(cell: &TableCell) -> std::borrow::Cow<'_, str> {
    match cell {
        TableCell::Missing => "".into(),
        TableCell::Exact(text) | TableCell::Json(text) => text.into(),
        TableCell::Flag(flag) => if *flag { "true" } else { "false" }.into(),
        TableCell::Text(text) if is_formula(text) => format!("'{text}").into(),
        TableCell::Text(text) => text.into(),
    }
}

/// Whether a spreadsheet would compute the text instead of showing it. The full-width signs count in some languages.
fn is_formula(text: &str) -> bool {
    const SIGNS: [char; 10] = [
        '=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ];
    text.starts_with(SIGNS) && Decimal::from_str_exact(text).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> TableCell {
        TableCell::Text(text.to_owned())
    }

    fn write(format: TableFormat, rows: &[[TableCell; 3]]) -> (Vec<u8>, u32) {
        let head = vec!["name", "current", "hidden"];
        let mut writer = TableWriter::begin(format, head, Vec::new()).unwrap();
        for row in rows {
            writer.row(row).unwrap();
        }
        writer.finish().unwrap()
    }

    #[test]
    fn csv_is_read_back_as_it_was_and_computes_nothing() {
        let amount = |amount: &str| TableCell::Exact(amount.to_owned());
        let names_in = [
            "Plain",
            "Comma, \"quoted\"",
            "two\r\nlines",
            "Åsa 🦆",
            "=HYPERLINK(\"http://x\")",
            "+1",
            "-5",
            "-cmd",
            "@SUM(A1)",
            "\tx",
            "\u{ff1d}1+1",
        ];
        let mut rows: Vec<[TableCell; 3]> = names_in
            .iter()
            .map(|name| [text(name), amount("-10.50"), TableCell::Flag(true)])
            .collect();
        rows.push([text(""), TableCell::Missing, TableCell::Missing]);
        let (bytes, count) = write(TableFormat::Csv, &rows);
        assert_eq!(count, 12);
        assert!(bytes.starts_with(b"name,current,hidden\r\nPlain,-10.50,true\r\n"));
        assert!(bytes.ends_with(b",,\r\n"), "a last row of nothing is a row");
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let read: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let names: Vec<&str> = read.iter().map(|record| &record[0]).collect();
        assert_eq!(
            names,
            [
                "Plain",
                "Comma, \"quoted\"",
                "two\r\nlines",
                "Åsa 🦆",
                "'=HYPERLINK(\"http://x\")",
                "+1",
                "-5",
                "'-cmd",
                "'@SUM(A1)",
                "'\tx",
                "'\u{ff1d}1+1",
                "",
            ]
        );
        assert!(read[..11].iter().all(|record| &record[1] == "-10.50"));
    }

    #[test]
    fn json_keeps_amounts_digit_for_digit_and_columns_in_order() {
        let rows = [
            [
                text("=1"),
                TableCell::Exact("23631.9805".to_owned()),
                TableCell::Flag(false),
            ],
            [text("\"\n"), TableCell::Missing, TableCell::Missing],
        ];
        assert_eq!(
            String::from_utf8(write(TableFormat::Json, &rows).0).unwrap(),
            "[\n{\"name\":\"=1\",\"current\":\"23631.9805\",\"hidden\":false},\n\
             {\"name\":\"\\\"\\n\",\"current\":null,\"hidden\":null}\n]\n"
        );
        let (empty, _) = write(TableFormat::Json, &[]);
        let list: Vec<u8> = serde_json::from_slice(&empty).unwrap();
        assert!(list.is_empty());
    }
}
