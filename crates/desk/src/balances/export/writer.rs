//! Rows as CSV (RFC 4180: UTF-8, CRLF, a head) or as a JSON list of objects.
//!
//! Amounts are written digit for digit. In JSON they are texts, because most programs read a JSON number as a binary
//! float. In CSV a text that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, a tab or a
//! carriage return) gets an apostrophe in front, unless it is a number: names come from banks and people, and a formula
//! can send what else is in the sheet elsewhere. JSON is not read by spreadsheets in this way and keeps texts as they are.

use std::{io::Write, path::PathBuf};

use rust_decimal::Decimal;
use serde::ser::{Error as _, Serialize, SerializeMap as _, Serializer};
use serde_json::value::RawValue;

use super::{
    file::{Draft, failed},
    view::ExportFormat,
};
use crate::DeskError;

/// One value of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// Not known, not reported, or not so.
    Missing,
    /// Words of somebody else: a bank, a person, Plaid.
    Text(String),
    /// An exact amount, a moment, or a word of ours: never a formula.
    Exact(String),
    /// Yes or no.
    Flag(bool),
    /// JSON text of ours: in JSON a part of the row, in CSV a text.
    Json(String),
}

impl Cell {
    pub(super) fn text(text: Option<String>) -> Self {
        text.map_or(Self::Missing, Self::Text)
    }

    pub(super) fn exact(text: Option<String>) -> Self {
        text.map_or(Self::Missing, Self::Exact)
    }
}

impl Serialize for Cell {
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

/// A file that is written row by row.
pub(super) struct RowWriter {
    head: Vec<&'static str>,
    rows: u32,
    form: Form,
}

enum Form {
    Csv(Box<csv::Writer<Draft>>),
    Json(Draft),
}

impl RowWriter {
    /// Begins a file with these columns.
    pub(super) fn begin(
        format: ExportFormat,
        head: Vec<&'static str>,
        path: PathBuf,
    ) -> Result<Self, DeskError> {
        let mut draft = Draft::begin(path)?;
        let form = match format {
            ExportFormat::Csv => {
                let mut writer = csv::WriterBuilder::new()
                    .terminator(csv::Terminator::CRLF)
                    .from_writer(draft);
                writer
                    .write_record(&head)
                    .map_err(|error| csv_failed(&error))?;
                Form::Csv(Box::new(writer))
            }
            ExportFormat::Json => {
                draft.write_all(b"[").map_err(|error| failed(&error))?;
                Form::Json(draft)
            }
        };
        Ok(Self {
            head,
            rows: 0,
            form,
        })
    }

    /// Writes one row, a cell for each column.
    pub(super) fn row(&mut self, cells: &[Cell]) -> Result<(), DeskError> {
        match &mut self.form {
            Form::Csv(writer) => {
                for cell in cells {
                    writer
                        .write_field(field(cell).as_bytes())
                        .map_err(|error| csv_failed(&error))?;
                }
                writer
                    .write_record(None::<&[u8]>)
                    .map_err(|error| csv_failed(&error))?;
            }
            Form::Json(draft) => {
                let between: &[u8] = if self.rows == 0 { b"\n" } else { b",\n" };
                let row = Row {
                    head: &self.head,
                    cells,
                };
                draft.write_all(between).map_err(|error| failed(&error))?;
                serde_json::to_writer(draft, &row).map_err(|error| failed(&error.into()))?;
            }
        }
        self.rows = self.rows.saturating_add(1);
        Ok(())
    }

    /// Ends the file and puts it in its place; the path and the number of rows.
    pub(super) fn finish(self) -> Result<(PathBuf, u32), DeskError> {
        let draft = match self.form {
            Form::Csv(writer) => writer.into_inner().map_err(|error| failed(error.error()))?,
            Form::Json(mut draft) => {
                draft.write_all(b"\n]\n").map_err(|error| failed(&error))?;
                draft
            }
        };
        Ok((draft.finish()?, self.rows))
    }
}

/// A row as a JSON object, its keys in the order of the columns.
struct Row<'a> {
    head: &'a [&'static str],
    cells: &'a [Cell],
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

fn field(cell: &Cell) -> std::borrow::Cow<'_, str> {
    match cell {
        Cell::Missing => "".into(),
        Cell::Exact(text) | Cell::Json(text) => text.into(),
        Cell::Flag(flag) => if *flag { "true" } else { "false" }.into(),
        Cell::Text(text) if is_formula(text) => format!("'{text}").into(),
        Cell::Text(text) => text.into(),
    }
}

/// Whether a spreadsheet would compute the text instead of showing it. The full-width signs count in some languages.
fn is_formula(text: &str) -> bool {
    const SIGNS: [char; 10] = [
        '=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ];
    text.starts_with(SIGNS) && Decimal::from_str_exact(text).is_err()
}

fn csv_failed(error: &csv::Error) -> DeskError {
    match error.kind() {
        csv::ErrorKind::Io(error) => failed(error),
        _ => DeskError::Internal("a row does not fit its table"),
    }
}
