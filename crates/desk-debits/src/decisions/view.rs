//! What the Decisions screen shows: decisions due, reports on their way to Plaid, and files for Plaid's Dashboard.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::evaluations::view::{DecisionView, EvaluationResult, ReturnView};

/// Which decisions due to show.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "decisions.ts")]
pub struct DueQuery {
    /// Only debits of the customer with this name; absent for all.
    pub person: Option<String>,
    /// Number of rows, at most 1000.
    pub most: u32,
}

/// Decisions due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "decisions.ts")]
pub struct DueView {
    /// Counts by customer, largest first.
    pub people: Vec<DuePerson>,
    /// How many decisions match the query.
    pub total: u32,
    /// The oldest ones.
    pub rows: Vec<DueRow>,
}

/// How many decisions are due for one customer's debits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "decisions.ts")]
pub struct DuePerson {
    /// Name of the customer.
    pub name: String,
    /// How many.
    pub count: u32,
}

/// One decision due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "decisions.ts")]
pub struct DueRow {
    /// The evaluation.
    pub client_transaction_id: String,
    /// Name of the customer.
    pub person_name: String,
    /// Name of the institution.
    pub institution_name: String,
    /// Name of the account.
    pub account_name: String,
    /// Mask of the account.
    pub account_mask: Option<String>,
    /// Exact decimal text.
    pub amount: String,
    /// Always USD.
    pub currency: String,
    /// RFC 3339 of when it was sent.
    pub evaluated_at: String,
    /// Null when no ruleset was applied.
    pub result: Option<EvaluationResult>,
    /// Plaid's own word when `result` is `other`.
    pub result_text: Option<String>,
    /// Action key of the rule that matched.
    pub custom_action_key: Option<String>,
    /// Why a decision is due.
    pub reason: DueReason,
    /// RFC 3339: since when.
    pub since: String,
    /// The last return recorded, for example `R01`.
    pub return_code: Option<String>,
}

/// Why a decision is due.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, TS, strum::EnumString, strum::IntoStaticStr,
)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "decisions.ts")]
#[strum(serialize_all = "snake_case")]
pub enum DueReason {
    /// The result is REVIEW.
    Review,
    /// This version doesn't know the result.
    Other,
    /// No ruleset was applied.
    NoResult,
    /// The user says the debit was initiated, against the result or the decision.
    Initiated,
    /// The user says the debit was not initiated, against the result or the decision.
    NotInitiated,
    /// The debit was returned but is not recorded as initiated.
    Returned,
    /// Settling reported "not initiated" to Plaid, but the result is ACCEPT.
    Told,
}

/// All recorded decisions and returns of one evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "decisions.ts")]
pub struct ReportHistory {
    /// Newest first.
    pub decisions: Vec<DecisionView>,
    /// Newest first.
    pub returns: Vec<ReturnView>,
}

/// Reports that wait for Plaid, and what became of the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "decisions.ts")]
pub struct DeliveriesView {
    /// How many wait, including those being sent.
    pub waiting_count: u32,
    /// How many Plaid rejected.
    pub refused_count: u32,
    /// The first waiting ones, in the order of recording.
    pub waiting: Vec<DeliveryRow>,
    /// Rejected ones, newest first.
    pub refused: Vec<DeliveryRow>,
    /// The last ones delivered, filed, or left out, newest first.
    pub recent: Vec<DeliveryRow>,
    /// The last files, newest first.
    pub files: Vec<ReportFileView>,
}

/// One report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "decisions.ts")]
pub struct DeliveryRow {
    /// Balance Desk's ID of the delivery.
    #[ts(type = "number")]
    pub delivery_id: i64,
    /// The evaluation.
    pub client_transaction_id: String,
    /// Name of the customer.
    pub person_name: String,
    /// Name of the account.
    pub account_name: String,
    /// Mask of the account.
    pub account_mask: Option<String>,
    /// Exact decimal text.
    pub amount: String,
    /// Always USD.
    pub currency: String,
    /// Whether it is being sent now.
    pub sending: bool,
    /// Its content and delivery.
    pub report: RecordedReport,
}

/// A recorded decision or return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "decisions.ts")]
pub enum RecordedReport {
    /// For /signal/decision/report.
    Decision {
        /// The decision.
        decision: DecisionView,
    },
    /// For /signal/return/report.
    Return {
        /// The return.
        returned: ReturnView,
    },
}

/// A file of reports for import in Plaid's Dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "decisions.ts")]
pub struct ReportFileView {
    /// Balance Desk's ID of the file.
    #[ts(type = "number")]
    pub file_id: i64,
    /// What is in it.
    pub kind: ReportKind,
    /// Its name, without its folder.
    pub name: String,
    /// Rows without the header.
    pub rows: u32,
    /// How many of them wait or were rejected, and would be marked as delivered.
    pub open_rows: u32,
    /// RFC 3339.
    pub written_at: String,
    /// RFC 3339 of when the user said Plaid imported it.
    pub filed_at: Option<String>,
}

/// Kinds of reports.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    TS,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "decisions.ts")]
#[strum(serialize_all = "snake_case")]
pub enum ReportKind {
    /// Decisions.
    Decisions,
    /// Returns.
    Returns,
}

desk_core::store::sql_words!(DueReason, ReportKind);
