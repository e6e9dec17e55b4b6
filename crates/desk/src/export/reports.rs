//! The two files that Plaid's Dashboard imports, exactly in its schema. These CSVs don't escape spreadsheet formulas
//! with an apostrophe, because Plaid would read it as part of the value.

use std::path::PathBuf;

use desk_files::table::TableCell;
use jiff::{ToSpan as _, civil::Date, tz::TimeZone};

use super::{
    view::{ExportDone, ExportFormat, ReportScope},
    writer::RowWriter,
};
use crate::export::Exports;
use desk_core::{DeskError, event::DeskEvent, store::blocking};
use desk_debits::decisions::{
    report_files::{self, ReportFileRow, ReportFileScope},
    view::ReportKind,
};

impl Exports {
    pub(super) async fn reports(
        &self,
        (kind, scope): (ReportKind, ReportScope),
        format: ExportFormat,
        path: PathBuf,
    ) -> Result<ExportDone, DeskError> {
        if format != ExportFormat::Csv {
            return Err(DeskError::invalid(
                "format",
                "Plaid's Dashboard imports CSV only.",
            ));
        }
        let which = report_file_scope(scope, &TimeZone::system())?;
        let rows = self
            .session
            .store
            .read(move |connection| report_files::rows(connection, kind, which))
            .await?;
        let (path, rows) = blocking(move || write(kind, rows, path)).await?;
        let done = ExportDone {
            rows: u32::try_from(rows.len()).unwrap_or(u32::MAX),
            path: path.display().to_string(),
        };
        if !rows.is_empty() {
            let name = path.file_name().unwrap_or_default();
            let (name, now) = (name.to_string_lossy().into_owned(), self.session.now());
            self.session
                .store
                .write(move |transaction| -> Result<_, DeskError> {
                    report_files::written(transaction, kind, &name, &rows, now)
                })
                .await?;
            self.session.emit(DeskEvent::EvaluationsChanged);
        }
        Ok(done)
    }
}

fn write(
    kind: ReportKind,
    rows: Vec<ReportFileRow>,
    path: PathBuf,
) -> Result<(PathBuf, Vec<ReportFileRow>), DeskError> {
    let mut writer = RowWriter::begin(ExportFormat::Csv, report_files::header(kind), path)?;
    for row in &rows {
        let cells: Vec<TableCell> = row.cells.iter().cloned().map(TableCell::Exact).collect();
        writer.row(&cells)?;
    }
    Ok((writer.finish()?.0, rows))
}

fn report_file_scope(scope: ReportScope, here: &TimeZone) -> Result<ReportFileScope, DeskError> {
    match scope {
        ReportScope::Undelivered => Ok(ReportFileScope::Undelivered),
        ReportScope::Recorded { from, to } => {
            let (first, last) = (day("from", &from)?, day("to", &to)?);
            if last < first {
                return Err(DeskError::invalid(
                    "to",
                    "The last day is before the first.",
                ));
            }
            let too_far = || DeskError::invalid("to", "No report can be as late as that.");
            let after = last.checked_add(1.day()).map_err(|_| too_far())?;
            let beginning = |day: Date| here.to_timestamp(day.at(0, 0, 0, 0));
            Ok(ReportFileScope::Recorded(
                beginning(first).map_err(|_| too_far())?.into(),
                beginning(after).map_err(|_| too_far())?.into(),
            ))
        }
    }
}

fn day(field: &'static str, text: &str) -> Result<Date, DeskError> {
    text.parse()
        .map_err(|_| DeskError::invalid(field, "Enter a date as YYYY-MM-DD."))
}
