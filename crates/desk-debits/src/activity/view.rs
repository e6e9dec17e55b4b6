//! What the activity screen shows, and what it asks for.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    evaluations::view::{EvaluationResult, EvaluationState},
    outcomes::view::ScoreKind,
};

/// Which evaluations. What is empty or null does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export, export_to = "activity.ts")]
pub struct ActivityFilter {
    /// Words that all are in the person, institution, account, purpose, reference, client_transaction_id, amount, action
    /// key, request_id or R-code.
    pub search: String,
    /// Answered with one of these.
    pub results: Vec<ResultFilter>,
    /// In one of these states.
    pub states: Vec<EvaluationState>,
    /// What was decided.
    pub decided: Option<DecidedFilter>,
    /// Whether it came back.
    pub returned: Option<ReturnedFilter>,
    /// Came back with one of these.
    pub return_codes: Vec<String>,
    /// Name of the institution.
    pub institution: Option<String>,
    /// Key of the ruleset; empty: answered without a ruleset.
    pub ruleset: Option<String>,
    /// `YYYY-MM-DD`: asked on this day or later. Field `from`.
    pub from: Option<String>,
    /// `YYYY-MM-DD`: asked on this day or earlier. Field `to`.
    pub to: Option<String>,
    /// `YYYY-MM-DD`: came back on this day or later. Field `returnedFrom`.
    pub returned_from: Option<String>,
    /// `YYYY-MM-DD`: came back on this day or earlier. Field `returnedTo`.
    pub returned_to: Option<String>,
    /// Answered with a score in a band.
    pub score: Option<ScoreFilter>,
}

/// Results to filter by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "activity.ts")]
pub enum ResultFilter {
    /// ACCEPT.
    Accept,
    /// REVIEW.
    Review,
    /// REROUTE.
    Reroute,
    /// Answered without a ruleset, or with a result this version does not know.
    Other,
}

/// Decisions to filter by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "activity.ts")]
pub enum DecidedFilter {
    /// Decided: initiated.
    Initiated,
    /// Decided: not initiated.
    NotInitiated,
    /// No decision is recorded.
    Nothing,
    /// Plaid needs a decision.
    Due,
    /// The debit was initiated: so decided, or an ACCEPT without a decision, or one that came back.
    Debited,
}

/// Returns to filter by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "activity.ts")]
pub enum ReturnedFilter {
    /// It came back.
    Returned,
    /// No return is recorded.
    NotReturned,
}

/// A band of a score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "activity.ts")]
pub struct ScoreFilter {
    /// Which score.
    pub kind: ScoreKind,
    /// The lowest.
    pub from: u32,
    /// The highest, counted.
    pub to: u32,
}

/// A page of evaluations.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "activity.ts")]
pub struct ActivityRequest {
    /// Which evaluations.
    pub filter: ActivityFilter,
    /// Where the page before ended; null: from the newest on.
    pub after: Option<String>,
    /// Rows, at most 500.
    pub limit: u32,
}

/// Evaluations, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "activity.ts")]
pub struct ActivityPage {
    /// The rows.
    pub rows: Vec<ActivityRow>,
    /// Where the next page goes on; null when this is the last one.
    pub next: Option<String>,
    /// What holds for all pages; on the first one only.
    pub all: Option<ActivityTotals>,
}

/// What holds for all pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "activity.ts")]
pub struct ActivityTotals {
    /// Evaluations that the filter lets through.
    pub matching: u32,
    /// All evaluations.
    pub evaluations: u32,
    /// Exact decimal text in US dollars: the sum of those the filter lets through.
    pub amount: String,
    /// Institutions to choose from.
    pub institutions: Vec<String>,
    /// Rulesets to choose from.
    pub rulesets: Vec<String>,
}

/// One evaluation in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "activity.ts")]
pub struct ActivityRow {
    /// Names the evaluation for ever.
    pub client_transaction_id: String,
    /// RFC 3339.
    pub created_at: String,
    /// Name of the person.
    pub person_name: String,
    /// Name of the institution.
    pub institution_name: String,
    /// Name of the account.
    pub account_name: String,
    /// Mask of the account.
    pub account_mask: Option<String>,
    /// Reference of its planned debit, or else its purpose.
    pub reference: Option<String>,
    /// Exact decimal text.
    pub amount: String,
    /// Always USD: Signal evaluates US dollars.
    pub currency: String,
    /// Where it stands.
    pub state: EvaluationState,
    /// Null: no answer, or one without a ruleset.
    pub result: Option<EvaluationResult>,
    /// Plaid's own word when `result` is `other`.
    pub result_text: Option<String>,
    /// Action key of the rule that matched.
    pub custom_action_key: Option<String>,
    /// What was decided last.
    pub decision: Option<DecisionMark>,
    /// What came back last.
    pub returned: Option<ReturnMark>,
}

/// A decision in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "activity.ts")]
pub struct DecisionMark {
    /// Whether the debit was or will be initiated.
    pub initiated: bool,
    /// Whether Plaid has it: a word of the outbox, as `waiting` or `delivered`.
    pub delivery: String,
}

/// A return in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "activity.ts")]
pub struct ReturnMark {
    /// For example `R01`.
    pub return_code: String,
    /// Its meaning in a few words.
    pub meaning: String,
    /// `YYYY-MM-DD`.
    pub returned_on: Option<String>,
    /// Whether Plaid has it: a word of the outbox, as `waiting` or `delivered`.
    pub delivery: String,
}
