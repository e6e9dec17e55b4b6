//! Exports of batches: draft problems, debits for the payment processor, and the full report.

use std::path::PathBuf;

use desk_files::table::TableCell;

use super::{
    view::{ExportDone, ExportFormat},
    writer::RowWriter,
};
use crate::export::Exports;
use desk_core::DeskError;
use desk_debits::batches::{
    self,
    view::{BatchFilter, BatchRow, ImportRequest, ImportSeverity},
};

impl Exports {
    pub(super) async fn batch_problems(
        &self,
        request: ImportRequest,
        format: ExportFormat,
        path: PathBuf,
    ) -> Result<ExportDone, DeskError> {
        let problems = self.batches.draft_problems(request).await?;
        desk_core::store::blocking(move || {
            let head = vec!["line", "severity", "column", "value", "problem"];
            let mut writer = RowWriter::begin(format, head, path)?;
            for problem in problems {
                let severity = match problem.severity {
                    ImportSeverity::Error => "error",
                    ImportSeverity::Warning => "warning",
                };
                writer.row(&[
                    TableCell::Exact(problem.line.to_string()),
                    TableCell::Exact(severity.to_owned()),
                    TableCell::Text(problem.column),
                    TableCell::Text(problem.value),
                    TableCell::Text(problem.message),
                ])?;
            }
            done(writer)
        })
        .await
    }

    pub(super) async fn batch_debits(
        &self,
        batch_id: String,
        format: ExportFormat,
        path: PathBuf,
    ) -> Result<ExportDone, DeskError> {
        let head = vec![
            "reference",
            "person",
            "account_name",
            "account_mask",
            "institution",
            "amount",
            "currency",
            "date",
            "client_transaction_id",
            "hold_days",
            "payment_method",
        ];
        self.write_batch(
            batch_id,
            BatchFilter::ToDebit,
            format,
            (head, path),
            |row| {
                vec![
                    TableCell::text(row.reference),
                    TableCell::Text(row.person_name),
                    TableCell::Text(row.account_name),
                    TableCell::text(row.account_mask),
                    TableCell::Text(row.institution_name),
                    TableCell::exact(row.amount),
                    TableCell::Exact("USD".to_owned()),
                    TableCell::exact(row.planned_on),
                    TableCell::exact(row.client_transaction_id),
                    TableCell::exact(row.days_funds_on_hold.map(|days| days.to_string())),
                    TableCell::exact(row.payment_method),
                ]
            },
        )
        .await
    }

    pub(super) async fn batch_report(
        &self,
        batch_id: String,
        format: ExportFormat,
        path: PathBuf,
    ) -> Result<ExportDone, DeskError> {
        let head = vec![
            "line",
            "reference",
            "person",
            "account_name",
            "account_mask",
            "institution",
            "amount",
            "currency",
            "date",
            "state",
            "result",
            "custom_action_key",
            "initiated",
            "decision_outcome",
            "hold_days",
            "payment_method",
            "client_transaction_id",
            "why",
        ];
        self.write_batch(batch_id, BatchFilter::All, format, (head, path), |row| {
            let why = row.why.or(row.problem.map(|problem| problem.message));
            vec![
                TableCell::Exact(row.line.to_string()),
                TableCell::text(row.reference),
                TableCell::Text(row.person_name),
                TableCell::Text(row.account_name),
                TableCell::text(row.account_mask),
                TableCell::Text(row.institution_name),
                TableCell::exact(row.amount),
                TableCell::Exact("USD".to_owned()),
                TableCell::exact(row.planned_on),
                TableCell::Exact(<&str>::from(row.state).to_owned()),
                TableCell::exact(row.result.map(|result| <&str>::from(result).to_uppercase())),
                TableCell::text(row.custom_action_key),
                row.initiated.map_or(TableCell::Missing, TableCell::Flag),
                TableCell::exact(row.decision_outcome),
                TableCell::exact(row.days_funds_on_hold.map(|days| days.to_string())),
                TableCell::exact(row.payment_method),
                TableCell::exact(row.client_transaction_id),
                TableCell::text(why),
            ]
        })
        .await
    }

    async fn write_batch(
        &self,
        batch_id: String,
        filter: BatchFilter,
        format: ExportFormat,
        (head, path): (Vec<&'static str>, PathBuf),
        cells: impl Fn(BatchRow) -> Vec<TableCell> + Send + 'static,
    ) -> Result<ExportDone, DeskError> {
        self.session
            .store
            .read(move |connection| -> Result<_, DeskError> {
                let mut writer = RowWriter::begin(format, head, path)?;
                batches::each_row(connection, &batch_id, filter, |row| writer.row(&cells(row)))?;
                done(writer)
            })
            .await
    }
}

fn done(writer: RowWriter) -> Result<ExportDone, DeskError> {
    let (path, rows) = writer.finish()?;
    Ok(ExportDone {
        path: path.display().to_string(),
        rows,
    })
}
