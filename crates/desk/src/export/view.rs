use serde::{Deserialize, Serialize};
use ts_rs::TS;

use desk_debits::{
    activity::view::ActivityFilter, batches::view::ImportRequest, decisions::view::ReportKind,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "export.ts")]
pub enum ExportWhat {
    #[serde(rename_all = "camelCase")]
    List {
        /// In file order. Accounts that no longer exist are skipped.
        account_ids: Vec<String>,
        columns: Vec<ListColumn>,
    },
    #[serde(rename_all = "camelCase")]
    History {
        account_ids: Vec<String>,
        /// RFC 3339, inclusive; absent starts at the first reading.
        from: Option<String>,
        /// RFC 3339, exclusive; absent ends at the last reading.
        to: Option<String>,
    },
    #[serde(rename_all = "camelCase")]
    BatchProblems { request: ImportRequest },
    #[serde(rename_all = "camelCase")]
    BatchDebits { batch_id: String },
    #[serde(rename_all = "camelCase")]
    BatchReport { batch_id: String },
    #[serde(rename_all = "camelCase")]
    Evaluations { client_transaction_ids: Vec<String> },
    /// All evaluations that match a filter, newest first.
    #[serde(rename_all = "camelCase")]
    EvaluationsMatching { filter: ActivityFilter },
    /// Decisions or returns for import in Plaid's Dashboard. CSV only.
    #[serde(rename_all = "camelCase")]
    Reports {
        reports: ReportKind,
        scope: ReportScope,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "which")]
#[ts(export, export_to = "export.ts")]
pub enum ReportScope {
    Undelivered,
    /// The last report of each evaluation recorded on these days (`YYYY-MM-DD`, local time zone, inclusive).
    #[serde(rename_all = "camelCase")]
    Recorded {
        from: String,
        to: String,
    },
}

/// The file uses the same names in `snake_case`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "export.ts")]
pub enum ListColumn {
    Person,
    Institution,
    Name,
    BankName,
    OfficialName,
    Mask,
    Type,
    Subtype,
    Currency,
    Available,
    Current,
    Limit,
    /// How far the current balance moved since the previous reading.
    Change,
    ReadAt,
    LastUpdatedAt,
    Source,
    Health,
    Threshold,
    BelowSince,
    Hidden,
    AccountId,
    ItemId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "export.ts")]
pub enum ExportFormat {
    Csv,
    /// A list of objects. Amounts are strings, because most programs read JSON numbers as binary floats.
    Json,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "export.ts")]
pub struct ExportDone {
    pub path: String,
    pub rows: u32,
}
