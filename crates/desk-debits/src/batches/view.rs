//! What the screen of batches shows, and what it asks for.

use desk_files::table::{Characters, Separator};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::evaluations::view::EvaluationResult;
use desk_core::{billing::view::Price, problem::Problem};

/// A file or a pasted text, read and not yet imported. Only the last one is at hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "batches.ts")]
pub struct ImportDraft {
    /// Names it in what follows.
    pub draft_id: String,
    /// The file's name, without its folder; null: pasted.
    pub file_name: Option<String>,
    /// How its characters were read.
    pub characters: Characters,
    /// What stands between its cells.
    pub separator: Separator,
    /// The names of its columns.
    pub headers: Vec<String>,
    /// Its first rows, a text for each column.
    pub first_rows: Vec<Vec<String>>,
    /// Its rows, without the header.
    pub row_count: u32,
    /// Which column is what: as it was for the last file with these headers, or else as the headers say.
    pub mapping: ImportMapping,
    /// Whether the mapping is that of an earlier file.
    pub remembered: bool,
}

/// What a column of a file can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "batches.ts")]
pub enum ImportField {
    /// Plaid's account_id, the user's own name of an account, or the bank's.
    Account,
    /// The name of the person it was linked for.
    Person,
    /// What Plaid gets instead of the person's name.
    ClientUserId,
    /// The last characters of the account's number.
    Mask,
    /// The amount in US dollars.
    Amount,
    /// The payment processor's or the user's own.
    Reference,
    /// When the debit is planned.
    Date,
}

/// Which column is what, by their places from 0. Null: the file has no such column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "batches.ts")]
pub struct ImportMapping {
    /// See [`ImportField::Account`].
    pub account: Option<u32>,
    /// See [`ImportField::Person`].
    pub person: Option<u32>,
    /// See [`ImportField::ClientUserId`].
    pub client_user_id: Option<u32>,
    /// See [`ImportField::Mask`].
    pub mask: Option<u32>,
    /// See [`ImportField::Amount`].
    pub amount: Option<u32>,
    /// See [`ImportField::Reference`].
    pub reference: Option<u32>,
    /// See [`ImportField::Date`].
    pub date: Option<u32>,
    /// Whether 03/04/2026 is the 3rd of April.
    pub day_first: bool,
}

/// What to check, and to import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "batches.ts")]
pub struct ImportRequest {
    /// Which draft.
    pub draft_id: String,
    /// Which column is what.
    pub mapping: ImportMapping,
    /// What the user has corrected in the table.
    pub corrections: Vec<ImportCorrection>,
    /// Rows that the user leaves out, from 0.
    pub left_out: Vec<u32>,
}

/// A cell as the user wants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "batches.ts")]
pub struct ImportCorrection {
    /// From 0.
    pub row: u32,
    /// Which cell. With `account`, the cells of person, client_user_id and mask do not count any more.
    pub field: ImportField,
    /// What stands there instead.
    pub text: String,
}

/// What checking a draft has found. Nothing was sent or written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "batches.ts")]
pub struct ImportCheck {
    /// Rows that can be imported, those with warnings included.
    pub ready: u32,
    /// Their sum in US dollars; exact decimal text.
    pub total: String,
    /// Rows that cannot, without those left out.
    pub with_errors: u32,
    /// Rows that can and have a warning.
    pub with_warnings: u32,
    /// Rows that the user leaves out.
    pub left_out: u32,
    /// What is wrong with the draft as a whole: nothing of it can be imported. Null: nothing is.
    pub refused: Option<String>,
    /// What evaluating the ready rows costs, if the user has said what one costs.
    pub cost: Option<Price>,
    /// Rows, those with errors first, then those with warnings, then the others, each in the order of the file. At most
    /// 500: the list of problems can be had whole as a file.
    pub rows: Vec<ImportRow>,
}

/// A row as it was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "batches.ts")]
pub struct ImportRow {
    /// From 0.
    pub row: u32,
    /// The line of the file where it begins, from 1.
    pub line: u32,
    /// Whether the user leaves it out.
    pub left_out: bool,
    /// The person of the account that was found, or else what the file says.
    pub person: String,
    /// The account that was found, or else what the file says.
    pub account: String,
    /// Exact decimal text, or else what the file says.
    pub amount: String,
    /// As the file says.
    pub reference: String,
    /// As 2026-11-30, or else what the file says.
    pub date: String,
    /// What is wrong with it, cell by cell.
    pub problems: Vec<ImportProblem>,
}

/// What is wrong with a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "batches.ts")]
pub struct ImportProblem {
    /// Whether the row can be imported all the same.
    pub severity: ImportSeverity,
    /// Which cell.
    pub field: ImportField,
    /// In a sentence.
    pub message: String,
    /// Accounts that may be meant. Choosing one is a correction of `account`.
    pub choices: Vec<ImportChoice>,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "batches.ts")]
pub enum ImportSeverity {
    /// It can be imported once the user has said so.
    Warning,
    /// It cannot.
    Error,
}

/// An account that may be meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "batches.ts")]
pub struct ImportChoice {
    /// Plaid's account_id.
    pub account_id: String,
    /// Person, bank, name and mask.
    pub label: String,
}

/// How a draft becomes a batch.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "batches.ts")]
pub struct ImportSettings {
    /// What the batch is called, 1 to 120 characters. Field `name`.
    pub name: String,
    /// Absent: the ruleset named `default`. Field `rulesetKey`.
    pub ruleset_key: Option<String>,
    /// SAME_DAY_ACH, STANDARD_ACH, MULTIPLE_PAYMENT_METHODS; absent: not said. Field `paymentMethod`.
    pub payment_method: Option<String>,
    /// Whether the debits are part of a series; absent: not said.
    pub is_recurring: Option<bool>,
    /// What becomes of rows with errors. Field `rows`.
    pub errors: ErrorRows,
    /// Whether the user has confirmed the warnings. Field `warnings`.
    pub warnings_confirmed: bool,
}

/// What becomes of rows with errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "batches.ts")]
pub enum ErrorRows {
    /// One of them, and nothing is imported.
    Refuse,
    /// They are left out, and the batch says so.
    LeaveOut,
}

/// A batch with what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "batches.ts")]
pub struct BatchView {
    /// The desk's own name of it.
    pub batch_id: String,
    /// The user's.
    pub name: String,
    /// The file's name; null: pasted.
    pub file_name: Option<String>,
    /// Null: the ruleset named `default`.
    pub ruleset_key: Option<String>,
    /// As in [`ImportSettings`].
    pub payment_method: Option<String>,
    /// As in [`ImportSettings`].
    pub is_recurring: Option<bool>,
    /// Where it stands.
    pub state: BatchState,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339: when it was first run.
    pub started_at: Option<String>,
    /// RFC 3339: when it finished or was cancelled.
    pub ended_at: Option<String>,
    /// Why it paused by itself.
    pub problem: Option<Problem>,
    /// How many rows there are of each sort.
    pub tallies: BatchTallies,
    /// How it is going, while it runs.
    pub progress: Option<BatchProgress>,
}

/// States of a batch.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, TS, strum::EnumString, strum::IntoStaticStr,
)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "batches.ts")]
#[strum(serialize_all = "snake_case")]
pub enum BatchState {
    /// Imported, nothing asked.
    Ready,
    /// Rows are being asked.
    Running,
    /// Rows remain, and nothing is asked before the user resumes it.
    Paused,
    /// Every row has been asked.
    Finished,
    /// The user ended it; what was asked stays.
    Cancelled,
}

/// Rows of one sort.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "batches.ts")]
pub struct Tally {
    /// How many.
    pub count: u32,
    /// Their sum in US dollars; exact decimal text.
    pub total: String,
}

/// How many rows there are of each sort.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "batches.ts")]
pub struct BatchTallies {
    /// All that were imported; those left out are not among them.
    pub rows: Tally,
    /// Not asked yet, or to be asked again.
    pub planned: Tally,
    /// Being asked.
    pub asking: Tally,
    /// Answered with ACCEPT.
    pub accept: Tally,
    /// Answered with REVIEW.
    pub review: Tally,
    /// Answered with REROUTE.
    pub reroute: Tally,
    /// Answered with another result, or with none.
    pub other: Tally,
    /// Plaid refused or could not be reached.
    pub failed: Tally,
    /// Plaid was asked and the answer is lost.
    pub unknown: Tally,
    /// Cancelled before they were asked.
    pub cancelled: Tally,
    /// Left out at the import.
    pub left_out: Tally,
    /// Answered, and no decision is recorded.
    pub undecided: Tally,
    /// To be debited, as decided: the rows of the processor's file.
    pub to_debit: Tally,
}

/// How a run is going.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "batches.ts")]
pub struct BatchProgress {
    /// Rows that this run has ended, well or not.
    pub done: u32,
    /// Rows of this run.
    pub total: u32,
    /// About how long it still takes; null while Plaid cannot be reached.
    pub seconds_left: Option<u32>,
    /// Whether no further row is begun: those under way are waited for.
    pub stopping: bool,
    /// Why no call leaves at this moment.
    pub waits_for: Option<BatchWait>,
}

/// Why no call leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "batches.ts")]
pub enum BatchWait {
    /// Plaid's limits, or a pause after Plaid refused.
    Limit,
    /// A bank that is asked too often.
    #[serde(rename_all = "camelCase")]
    Bank {
        /// Its name.
        institution_name: String,
    },
    /// Plaid cannot be reached.
    Network,
}

/// What running a batch does, before it is begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "batches.ts")]
pub struct BatchPlan {
    /// Billed calls: one for each row that is not asked yet.
    pub calls: u32,
    /// What they cost, if the user has said what one costs.
    pub cost: Option<Price>,
    /// Whether they are more than the user wants to have made without being asked.
    pub needs_confirmation: bool,
    /// About how long it takes, in seconds.
    pub seconds: u32,
    /// The name of another batch that is running: this one would be refused.
    pub other_running: Option<String>,
}

/// Rows to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "batches.ts")]
pub struct BatchRowsQuery {
    /// Which batch.
    pub batch_id: String,
    /// Of which sort.
    pub filter: BatchFilter,
    /// A part of a person's name, a reference, an account's name or mask, or an amount; empty: all.
    pub search: String,
    /// The first row, from 0.
    pub offset: u32,
    /// How many at most; 1,000 at the most.
    pub limit: u32,
}

/// Sorts of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "batches.ts")]
pub enum BatchFilter {
    /// All.
    All,
    /// See [`BatchTallies`].
    Planned,
    /// See [`BatchTallies`].
    Asking,
    /// See [`BatchTallies`].
    Accept,
    /// See [`BatchTallies`].
    Review,
    /// See [`BatchTallies`].
    Reroute,
    /// See [`BatchTallies`].
    Other,
    /// See [`BatchTallies`].
    Failed,
    /// See [`BatchTallies`].
    Unknown,
    /// See [`BatchTallies`].
    Cancelled,
    /// See [`BatchTallies`].
    LeftOut,
    /// See [`BatchTallies`].
    Undecided,
    /// See [`BatchTallies`].
    ToDebit,
}

/// Some of a batch's rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "batches.ts")]
pub struct BatchRowsPage {
    /// Rows that fit the query.
    pub total: u32,
    /// Those of the page.
    pub rows: Vec<BatchRow>,
}

/// One planned debit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "batches.ts")]
pub struct BatchRow {
    /// In the order of the file, from 0.
    pub position: u32,
    /// The line of the file, from 1.
    pub line: u32,
    /// Names its evaluation; null for a row left out.
    pub client_transaction_id: Option<String>,
    /// Name of the person.
    pub person_name: String,
    /// Name of the account.
    pub account_name: String,
    /// Mask of the account.
    pub account_mask: Option<String>,
    /// Name of the institution.
    pub institution_name: String,
    /// Exact decimal text; null where a row was left out because of it.
    pub amount: Option<String>,
    /// As in the file.
    pub reference: Option<String>,
    /// As 2026-11-30.
    pub planned_on: Option<String>,
    /// Where it stands.
    pub state: BatchRowState,
    /// What the ruleset says, once answered.
    pub result: Option<EvaluationResult>,
    /// Action key of the rule that matched.
    pub custom_action_key: Option<String>,
    /// Whether it is to be debited; null while no decision is recorded.
    pub initiated: Option<bool>,
    /// As in a decision.
    pub decision_outcome: Option<String>,
    /// As in a decision.
    pub days_funds_on_hold: Option<u32>,
    /// As in a decision.
    pub payment_method: Option<String>,
    /// Why it has no answer, or has to be looked at.
    pub problem: Option<Problem>,
    /// Why it was left out.
    pub why: Option<String>,
}

/// States of a row.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, TS, strum::EnumString, strum::IntoStaticStr,
)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "batches.ts")]
#[strum(serialize_all = "snake_case")]
pub enum BatchRowState {
    /// Not asked yet, or to be asked again.
    Planned,
    /// Being asked.
    Asking,
    /// Plaid answered.
    Answered,
    /// Plaid refused or could not be reached.
    Failed,
    /// Plaid was asked and the answer is lost.
    Unknown,
    /// Left out at the import.
    LeftOut,
    /// Cancelled before it was asked.
    Cancelled,
}

/// One decision for many rows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "batches.ts")]
pub struct BatchDecision {
    /// Which batch.
    pub batch_id: String,
    /// Which rows; those without an answer are passed over.
    pub rows: BatchSelection,
    /// Whether the debits are or will be initiated.
    pub initiated: bool,
    /// As in a single decision. Field `daysFundsOnHold`.
    pub days_funds_on_hold: Option<String>,
    /// As in a single decision. Field `decisionOutcome`.
    pub decision_outcome: Option<String>,
    /// As in a single decision. Field `paymentMethod`.
    pub payment_method: Option<String>,
}

/// Which rows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "batches.ts")]
pub enum BatchSelection {
    /// Those answered with ACCEPT on which no decision is recorded.
    AcceptUndecided,
    /// These.
    #[serde(rename_all = "camelCase")]
    Positions {
        /// From 0.
        positions: Vec<u32>,
    },
    /// Those that a search shows.
    #[serde(rename_all = "camelCase")]
    Shown {
        /// Of which sort.
        filter: BatchFilter,
        /// As in [`BatchRowsQuery`].
        search: String,
    },
}

/// What came of many decisions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "batches.ts")]
pub struct BatchDecided {
    /// The evaluations whose decision was recorded: to take it back, name them.
    pub client_transaction_ids: Vec<String>,
    /// Rows that were passed over: they have no answer.
    pub passed_over: u32,
    /// Why some were refused; the first few.
    pub refused: Vec<Problem>,
}

desk_core::store::sql_words!(BatchState, BatchRowState);
