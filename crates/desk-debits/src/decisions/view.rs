//! What the Decisions screen shows: decisions due, reports on their way to Plaid, and files for Plaid's Dashboard.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::evaluations::view::{DecisionView, EvaluationResult, ReturnView};

/// Which of the decisions due to show.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "decisions.ts")]
pub struct DueQuery {
    /// Only debits of the person of this name; absent: of all.
    pub person: Option<String>,
    /// So many rows, 1000 at most.
    pub most: u32,
}

/// Decisions due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "decisions.ts")]
pub struct DueView {
    /// All of them, by person, those with most first.
    pub people: Vec<DuePerson>,
    /// How many are due of those asked for.
    pub total: u32,
    /// The ones that are due longest.
    pub rows: Vec<DueRow>,
}

/// How many decisions are due of one person's debits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "decisions.ts")]
pub struct DuePerson {
    /// Name of the person.
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
    /// Name of the person.
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
    /// RFC 3339 of the question.
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
    /// The result is one this version does not know.
    Other,
    /// No ruleset was applied.
    NoResult,
    /// The user has marked that the debit was initiated, against the result or the decision.
    Initiated,
    /// The user has marked that the debit was not initiated, against the result or the decision.
    NotInitiated,
    /// The debit came back, and is not known as initiated.
    Returned,
    /// Plaid was told "not initiated" when it was found out what had become of the question; the result is ACCEPT.
    Told,
}

/// Everything that was recorded of one evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "decisions.ts")]
pub struct ReportHistory {
    /// The last first.
    pub decisions: Vec<DecisionView>,
    /// The last first.
    pub returns: Vec<ReturnView>,
}

/// What is on its way to Plaid, and what became of the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "decisions.ts")]
pub struct DeliveriesView {
    /// How many wait, those being sent included.
    pub waiting_count: u32,
    /// How many Plaid has refused.
    pub refused_count: u32,
    /// The first that wait, in the order in which they were recorded.
    pub waiting: Vec<DeliveryRow>,
    /// Refused ones, the last first.
    pub refused: Vec<DeliveryRow>,
    /// The last that were delivered, filed or left out, the last first.
    pub recent: Vec<DeliveryRow>,
    /// The last files, the last first.
    pub files: Vec<ReportFileView>,
}

/// One report on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "decisions.ts")]
pub struct DeliveryRow {
    /// The desk's own number of the delivery.
    #[ts(type = "number")]
    pub delivery_id: i64,
    /// The evaluation.
    pub client_transaction_id: String,
    /// Name of the person.
    pub person_name: String,
    /// Name of the account.
    pub account_name: String,
    /// Mask of the account.
    pub account_mask: Option<String>,
    /// Exact decimal text.
    pub amount: String,
    /// Always USD.
    pub currency: String,
    /// Whether it is being sent at this moment.
    pub sending: bool,
    /// What it says, and how it stands.
    pub report: RecordedReport,
}

/// A decision or a return, as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "decisions.ts")]
pub enum RecordedReport {
    /// For /signal/decision/report.
    Decision {
        /// What was decided.
        decision: DecisionView,
    },
    /// For /signal/return/report.
    Return {
        /// What came back.
        returned: ReturnView,
    },
}

/// A file in the form in which Plaid's Dashboard imports reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "decisions.ts")]
pub struct ReportFileView {
    /// The desk's own number of the file.
    #[ts(type = "number")]
    pub file_id: i64,
    /// What is in it.
    pub kind: ReportKind,
    /// Its name, without its folder.
    pub name: String,
    /// Rows, the head not counted.
    pub rows: u32,
    /// How many of them still wait or are refused, and would be marked as delivered.
    pub open_rows: u32,
    /// RFC 3339.
    pub written_at: String,
    /// RFC 3339 of when the user said that Plaid has imported it.
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
