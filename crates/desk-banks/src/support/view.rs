//! What the support view of an account shows.

use serde::Serialize;
use ts_rs::TS;

/// The last answers of Plaid that concern an account, and what its support asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "support.ts")]
pub struct AccountSupport {
    /// Plaid's account_id.
    pub account_id: String,
    /// Plaid's item_id.
    pub item_id: String,
    /// Plaid's institution_id.
    pub institution_id: Option<String>,
    /// At most 20, the newest first.
    pub answers: Vec<PlaidAnswer>,
}

/// One answer of Plaid, or what came instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "support.ts")]
pub struct PlaidAnswer {
    /// Path of the endpoint.
    pub endpoint: String,
    /// RFC 3339: when it came.
    pub at: String,
    /// To quote to Plaid's support.
    pub request_id: Option<String>,
    /// Absent when no answer came.
    pub http_status: Option<u16>,
    /// Milliseconds from the question to the answer's end.
    pub duration_ms: u32,
    /// JSON text with what Plaid said of this account; tokens and what is not known to be harmless are left out.
    pub body: Option<String>,
    /// Why no answer came.
    pub failure: Option<String>,
}
