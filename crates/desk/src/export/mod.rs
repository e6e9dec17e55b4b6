//! Exports to CSV and JSON. Each export is written to a temporary file, synced, and then renamed, so a failure leaves
//! the old file intact. Long exports are read in pages.

mod batches;
mod evaluations;
mod file;
mod history;
mod list;
mod reports;
pub mod view;
mod writer;

use std::path::PathBuf;

use self::view::{ExportDone, ExportFormat, ExportWhat};
use desk_core::{DeskError, Session};
use desk_debits::{batches::Batches, decisions::view::ReportKind};

#[derive(Clone)]
pub struct Exports {
    session: Session,
    batches: Batches,
}

impl Exports {
    pub(crate) fn new(session: Session, batches: Batches) -> Self {
        Self { session, batches }
    }
}

impl Exports {
    pub fn file_name(&self, what: &ExportWhat, format: ExportFormat) -> String {
        let what = match what {
            ExportWhat::List { .. } => "accounts",
            ExportWhat::History { .. } => "balance-history",
            ExportWhat::BatchProblems { .. } => "import-problems",
            ExportWhat::BatchDebits { .. } => "debits",
            ExportWhat::BatchReport { .. } => "batch-report",
            ExportWhat::Evaluations { .. } | ExportWhat::EvaluationsMatching { .. } => {
                "evaluations"
            }
            ExportWhat::Reports { reports, .. } => match reports {
                ReportKind::Decisions => "plaid-decisions",
                ReportKind::Returns => "plaid-returns",
            },
        };
        let today = self
            .session
            .now()
            .to_zoned_datetime(jiff::tz::TimeZone::system())
            .date();
        let ending = match format {
            ExportFormat::Csv => "csv",
            ExportFormat::Json => "json",
        };
        format!("{what}-{today}.{ending}")
    }

    pub async fn export(
        &self,
        what: ExportWhat,
        format: ExportFormat,
        path: PathBuf,
    ) -> Result<ExportDone, DeskError> {
        match what {
            ExportWhat::List {
                account_ids,
                columns,
            } => {
                self.accounts(account_ids, columns, self.session.now(), format, path)
                    .await
            }
            ExportWhat::History {
                account_ids,
                from,
                to,
            } => {
                let from = from.map(|text| moment("from", &text)).transpose()?;
                let to = to.map(|text| moment("to", &text)).transpose()?;
                self.history(account_ids, (from, to), format, path).await
            }
            ExportWhat::BatchProblems { request } => {
                self.batch_problems(request, format, path).await
            }
            ExportWhat::BatchDebits { batch_id } => self.batch_debits(batch_id, format, path).await,
            ExportWhat::BatchReport { batch_id } => self.batch_report(batch_id, format, path).await,
            ExportWhat::Evaluations {
                client_transaction_ids,
            } => {
                self.evaluations_by_id(client_transaction_ids, format, path)
                    .await
            }
            ExportWhat::EvaluationsMatching { filter } => {
                self.evaluations_matching(filter, format, path).await
            }
            ExportWhat::Reports { reports, scope } => {
                self.reports((reports, scope), format, path).await
            }
        }
    }
}

fn moment(field: &'static str, text: &str) -> Result<i64, DeskError> {
    text.parse::<jiff::Timestamp>()
        .map(jiff::Timestamp::as_millisecond)
        .map_err(|_| DeskError::invalid(field, "This is not a moment in RFC 3339."))
}

#[cfg(test)]
mod tests;
