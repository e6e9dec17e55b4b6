//! The audit view: the full history of an evaluation.

use serde::Serialize;
use ts_rs::TS;

use crate::{decisions::view::ReportHistory, evaluations::view::EvaluationView};
use desk_core::environment::Environment;

/// The full history of one evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "audit.ts")]
pub struct AuditView {
    /// The evaluation, its answer, and the last decision and return.
    pub evaluation: EvaluationView,
    /// Every recorded decision and return.
    pub reports: ReportHistory,
    /// Calls to Plaid, oldest first, one for each attempt. Empty for evaluations of versions that
    /// didn't save calls, and during the first attempt.
    pub exchanges: Vec<AuditExchange>,
    /// Events, oldest first.
    pub events: Vec<AuditEvent>,
    /// The environment it belongs to.
    pub environment: Environment,
    /// The version of Balance Desk that reads it.
    pub app_version: String,
}

/// A request and its answer as sent over the network, without secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "audit.ts")]
pub struct AuditExchange {
    /// RFC 3339 of when the request was sent.
    pub asked_at: String,
    /// RFC 3339 of when the call ended.
    pub ended_at: String,
    /// The environment that was open.
    pub environment: String,
    /// The version of Balance Desk that sent it.
    pub app_version: String,
    /// HTTP status; null when no answer came.
    pub http_status: Option<u16>,
    /// Plaid's support asks for this ID.
    pub request_id: Option<String>,
    /// The request as indented JSON, without the value of the access token.
    pub request: String,
    /// The answer as indented JSON, with every digit of its numbers.
    pub answer: Option<String>,
    /// Why there is no answer.
    pub failure: Option<String>,
}

/// An event of an evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "audit.ts")]
pub struct AuditEvent {
    /// RFC 3339.
    pub at: String,
    /// What happened.
    pub what: AuditMoment,
    /// Plaid's support asks for this ID.
    pub request_id: Option<String>,
}

/// What can happen to an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "audit.ts")]
pub enum AuditMoment {
    /// The evaluation was saved, before it was sent.
    Written,
    /// The request was sent.
    Asked,
    /// Plaid answered.
    Answered,
    /// The call ended without a usable answer.
    NoAnswer,
    /// A decision was recorded.
    DecisionRecorded,
    /// Plaid has the decision.
    DecisionDelivered,
    /// The user said Plaid got the decision in a file.
    DecisionFiled,
    /// The user gave up the decision after Plaid rejected it.
    DecisionLeftOut,
    /// A return was recorded.
    ReturnRecorded,
    /// Plaid has the return.
    ReturnDelivered,
    /// The user said Plaid got the return in a file.
    ReturnFiled,
    /// The user gave up the return after Plaid rejected it.
    ReturnLeftOut,
}
