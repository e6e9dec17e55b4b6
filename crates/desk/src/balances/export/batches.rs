//! Batches as files: the list of what is wrong with a draft, the debits for the payment processor, and the report that
//! is kept.

use crate::balances::export::Exports;
use std::path::PathBuf;

use super::{
    view::{ExportDone, ExportFormat},
    writer::{Cell, RowWriter},
};
use crate::{
    DeskError,
    batches::{
        self,
        view::{BatchFilter, BatchRow, BatchRowState, ImportRequest, ImportSeverity},
    },
    signal::view::EvaluationResult,
};

impl Exports {
    /// Writes what is wrong with a draft, a line for each cell.
    pub(super) async fn batch_problems(
        &self,
        request: ImportRequest,
        format: ExportFormat,
        path: PathBuf,
    ) -> Result<ExportDone, DeskError> {
        let problems = self.batches.draft_problems(request).await?;
        crate::store::blocking(move || {
            let head = vec!["line", "severity", "column", "value", "problem"];
            let mut writer = RowWriter::begin(format, head, path)?;
            for problem in problems {
                let severity = match problem.severity {
                    ImportSeverity::Error => "error",
                    ImportSeverity::Warning => "warning",
                };
                writer.row(&[
                    Cell::Exact(problem.line.to_string()),
                    Cell::Exact(severity.to_owned()),
                    Cell::Text(problem.column),
                    Cell::Text(problem.value),
                    Cell::Text(problem.message),
                ])?;
            }
            done(writer)
        })
        .await
    }

    /// Writes the debits that are to be made, as decided.
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
                    Cell::text(row.reference),
                    Cell::Text(row.person_name),
                    Cell::Text(row.account_name),
                    Cell::text(row.account_mask),
                    Cell::Text(row.institution_name),
                    Cell::exact(row.amount),
                    Cell::Exact("USD".to_owned()),
                    Cell::exact(row.planned_on),
                    Cell::exact(row.client_transaction_id),
                    Cell::exact(row.days_funds_on_hold.map(|days| days.to_string())),
                    Cell::exact(row.payment_method),
                ]
            },
        )
        .await
    }

    /// Writes all rows with what became of them.
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
                Cell::Exact(row.line.to_string()),
                Cell::text(row.reference),
                Cell::Text(row.person_name),
                Cell::Text(row.account_name),
                Cell::text(row.account_mask),
                Cell::Text(row.institution_name),
                Cell::exact(row.amount),
                Cell::Exact("USD".to_owned()),
                Cell::exact(row.planned_on),
                Cell::Exact(state(row.state).to_owned()),
                Cell::exact(row.result.map(|result| self::result(result).to_owned())),
                Cell::text(row.custom_action_key),
                row.initiated.map_or(Cell::Missing, Cell::Flag),
                Cell::exact(row.decision_outcome),
                Cell::exact(row.days_funds_on_hold.map(|days| days.to_string())),
                Cell::exact(row.payment_method),
                Cell::exact(row.client_transaction_id),
                Cell::text(why),
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
        cells: impl Fn(BatchRow) -> Vec<Cell> + Send + 'static,
    ) -> Result<ExportDone, DeskError> {
        self.session
            .store
            .read(move |connection| {
                let mut writer = RowWriter::begin(format, head, path)?;
                batches::each_row(connection, &batch_id, filter, |row| writer.row(&cells(row)))?;
                Ok(done(writer)?)
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

const fn state(state: BatchRowState) -> &'static str {
    match state {
        BatchRowState::Planned => "planned",
        BatchRowState::Asking => "asking",
        BatchRowState::Answered => "answered",
        BatchRowState::Failed => "failed",
        BatchRowState::Unknown => "unknown",
        BatchRowState::LeftOut => "left_out",
        BatchRowState::Cancelled => "cancelled",
    }
}

const fn result(result: EvaluationResult) -> &'static str {
    match result {
        EvaluationResult::Accept => "ACCEPT",
        EvaluationResult::Review => "REVIEW",
        EvaluationResult::Reroute => "REROUTE",
        EvaluationResult::Other => "OTHER",
    }
}
