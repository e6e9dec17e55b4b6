//! What is to be written to a file, and what was.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use desk_debits::{
    activity::view::ActivityFilter, batches::view::ImportRequest, decisions::view::ReportKind,
};

/// What to write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "export.ts")]
pub enum ExportWhat {
    /// Accounts as the list shows them.
    #[serde(rename_all = "camelCase")]
    List {
        /// In the order in which they are written. Those that are gone are left out.
        account_ids: Vec<String>,
        /// In the order in which they are written.
        columns: Vec<ListColumn>,
    },
    /// Every reading, account by account, the oldest first.
    #[serde(rename_all = "camelCase")]
    History {
        /// In the order in which they are written.
        account_ids: Vec<String>,
        /// RFC 3339: from this moment on; absent: from the first.
        from: Option<String>,
        /// RFC 3339: before this moment; absent: to the last.
        to: Option<String>,
    },
    /// What is wrong with a file of planned debits that was read and is not imported yet.
    #[serde(rename_all = "camelCase")]
    BatchProblems {
        /// As it is checked.
        request: ImportRequest,
    },
    /// The debits of a batch that are to be made, for the payment processor.
    #[serde(rename_all = "camelCase")]
    BatchDebits {
        /// Which batch.
        batch_id: String,
    },
    /// All rows of a batch with what became of them.
    #[serde(rename_all = "camelCase")]
    BatchReport {
        /// Which batch.
        batch_id: String,
    },
    /// Evaluations as they were: request, answer, decisions, returns and times.
    #[serde(rename_all = "camelCase")]
    Evaluations {
        /// In the order in which they are written.
        client_transaction_ids: Vec<String>,
    },
    /// The same, of all evaluations that a filter lets through, the newest first.
    #[serde(rename_all = "camelCase")]
    EvaluationsMatching {
        /// Which.
        filter: ActivityFilter,
    },
    /// Decisions or returns in the form in which Plaid's Dashboard imports them. CSV only.
    #[serde(rename_all = "camelCase")]
    Reports {
        /// Which of the two files.
        reports: ReportKind,
        /// Which of them.
        scope: ReportScope,
    },
}

/// Which decisions or returns go into a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "which")]
#[ts(export, export_to = "export.ts")]
pub enum ReportScope {
    /// All that Plaid does not have.
    Undelivered,
    /// The last one of each evaluation, where it was recorded on one of these days.
    #[serde(rename_all = "camelCase")]
    Recorded {
        /// `YYYY-MM-DD` in the computer's time zone: the first day. Field `from`.
        from: String,
        /// `YYYY-MM-DD`: the last day. Field `to`.
        to: String,
    },
}

/// A column of the list. Its name in the file is the same in `snake_case`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "export.ts")]
pub enum ListColumn {
    /// The person it was linked for.
    Person,
    /// Name of the institution.
    Institution,
    /// The user's own name of the account, or else the bank's.
    Name,
    /// The bank's name of the account.
    BankName,
    /// The bank's official name of it.
    OfficialName,
    /// Last characters of the number.
    Mask,
    /// `depository`, `credit`, ...
    Type,
    /// `checking`, `savings`, ...
    Subtype,
    /// ISO 4217 or unofficial code.
    Currency,
    /// Exact amount.
    Available,
    /// Exact amount.
    Current,
    /// Exact amount.
    Limit,
    /// Exact amount: how the current balance moved since the reading before.
    Change,
    /// When it was read.
    ReadAt,
    /// When the bank last updated it.
    LastUpdatedAt,
    /// `live`, `cached` or `signal`.
    Source,
    /// `healthy`, `needs_attention` or `removing`.
    Health,
    /// Exact amount of the low-balance mark.
    Threshold,
    /// Since when the balance is below it.
    BelowSince,
    /// Whether the user has hidden it.
    Hidden,
    /// Plaid's account_id.
    AccountId,
    /// Plaid's item_id.
    ItemId,
}

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "export.ts")]
pub enum ExportFormat {
    /// RFC 4180 in UTF-8.
    Csv,
    /// A list of objects. Amounts are texts: a JSON number is read as a binary float by most programs.
    Json,
}

/// A file was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "export.ts")]
pub struct ExportDone {
    /// Where it is.
    pub path: String,
    /// Rows, the head not counted.
    pub rows: u32,
}
