//! An evaluation as it was: what was asked and answered, what was decided and what came back, and when.

use serde::Serialize;
use ts_rs::TS;

use crate::{decisions::view::ReportHistory, evaluations::view::EvaluationView};
use desk_core::environment::Environment;

/// Everything that is kept of one evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "audit.ts")]
pub struct AuditView {
    /// The evaluation, its answer, and what was last decided and came back.
    pub evaluation: EvaluationView,
    /// Every decision and return that was recorded.
    pub reports: ReportHistory,
    /// What crossed the wire, the first first: once for each time it was asked. Empty for evaluations of versions that
    /// did not keep it, and while it is being asked for the first time.
    pub exchanges: Vec<AuditExchange>,
    /// What happened, in the order of time.
    pub events: Vec<AuditEvent>,
    /// In which environment it is kept.
    pub environment: Environment,
    /// The version of Balance Desk that shows it.
    pub app_version: String,
}

/// A question and its answer as they crossed the wire, without secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "audit.ts")]
pub struct AuditExchange {
    /// RFC 3339: when the question left.
    pub asked_at: String,
    /// RFC 3339: when the answer, or the news that there is none, came.
    pub ended_at: String,
    /// The environment that was open.
    pub environment: String,
    /// The version of Balance Desk that asked.
    pub app_version: String,
    /// HTTP status; null when no answer came.
    pub http_status: Option<u16>,
    /// To quote to Plaid's support.
    pub request_id: Option<String>,
    /// JSON text of the fields that were sent, set out to be read; the value of the access token is left out.
    pub request: String,
    /// JSON text of the answer, set out to be read; numbers digit for digit.
    pub answer: Option<String>,
    /// Why there is no answer.
    pub failure: Option<String>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "audit.ts")]
pub struct AuditEvent {
    /// RFC 3339.
    pub at: String,
    /// What.
    pub what: AuditMoment,
    /// To quote to Plaid's support.
    pub request_id: Option<String>,
}

/// What can happen to an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "audit.ts")]
pub enum AuditMoment {
    /// It was written down, before it was sent.
    Written,
    /// It left for Plaid.
    Asked,
    /// Plaid answered.
    Answered,
    /// It ended without an answer that can be used.
    NoAnswer,
    /// A decision was recorded.
    DecisionRecorded,
    /// Plaid has the decision.
    DecisionDelivered,
    /// The decision was said to be in a file that Plaid got.
    DecisionFiled,
    /// The decision was given up after Plaid refused it.
    DecisionLeftOut,
    /// A return was recorded.
    ReturnRecorded,
    /// Plaid has the return.
    ReturnDelivered,
    /// The return was said to be in a file that Plaid got.
    ReturnFiled,
    /// The return was given up after Plaid refused it.
    ReturnLeftOut,
}
