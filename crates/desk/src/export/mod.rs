//! Files to take along: the list as it is shown, and every reading, as CSV or JSON.
//!
//! A file is written beside its place under another name, brought to the disk, and only then put in its place: what was
//! there before stays until the new file is whole, and a failure leaves nothing behind. A history is read and written
//! some thousand readings at a time, so its length does not matter.

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

/// Writes files for the user: accounts, history, evaluations, batches, reports.
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
    /// What a file is to be called, unless the user calls it otherwise: what it holds, and today's date in the
    /// computer's time zone.
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

    /// Writes a file. The path is one that the user has chosen in the system's own dialog.
    ///
    /// # Errors
    /// `NotExported`, and then there is no new file; `InvalidInput` on `columns`, `from`, `to`; `NothingOpen`,
    /// `Database`.
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

/// A moment as the screen gives it, in milliseconds since 1970.
fn moment(field: &'static str, text: &str) -> Result<i64, DeskError> {
    text.parse::<jiff::Timestamp>()
        .map(jiff::Timestamp::as_millisecond)
        .map_err(|_| DeskError::invalid(field, "This is not a moment in RFC 3339."))
}

#[cfg(test)]
mod tests;
