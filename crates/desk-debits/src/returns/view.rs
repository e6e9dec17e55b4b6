//! What the screen of returns shows: the codes, the list, a file that is being imported, and accounts that return again.

use desk_files::{
    date::DateOrder,
    table::{Characters, Separator},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::evaluations::view::DeliveryView;

/// What of the returns is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "returns.ts")]
pub struct ReturnsRequest {
    /// Words that all have to be found in person, institution, account, amount, code or id.
    pub search: String,
    /// Which of them.
    pub filter: ReturnsFilter,
    /// At most so many, the newest first.
    pub limit: u32,
}

/// Some of the returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "returns.ts")]
pub enum ReturnsFilter {
    /// All.
    All,
    /// Of accounts that returned more than one debit of late.
    Repeated,
    /// Started by the account holder.
    Customer,
    /// Plaid does not have them yet.
    Waiting,
    /// Plaid refused them.
    Refused,
}

/// Returns, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "returns.ts")]
pub struct ReturnsList {
    /// So many as were asked for.
    pub rows: Vec<ReturnRow>,
    /// So many fit the search and the filter.
    pub found: u32,
    /// So many there are.
    pub all: u32,
}

/// One returned debit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "returns.ts")]
pub struct ReturnRow {
    /// The evaluation of the debit.
    pub client_transaction_id: String,
    /// Plaid's account_id.
    pub account_id: String,
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
    /// ISO code.
    pub currency: String,
    /// For example `R01`.
    pub return_code: String,
    /// YYYY-MM-DD, where it is known.
    pub returned_on: Option<String>,
    /// RFC 3339.
    pub recorded_at: String,
    /// Whether Plaid has it.
    pub delivery: DeliveryView,
    /// How many debits of this account were returned in the last [`AccountReturns::days`] days.
    pub of_account: u32,
}

/// The returns of one account of late: a note before the next debit, an alert after a second return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "returns.ts")]
pub struct AccountReturns {
    /// Plaid's account_id.
    pub account_id: String,
    /// Name of the person.
    pub person_name: String,
    /// Name of the institution.
    pub institution_name: String,
    /// Name of the account.
    pub account_name: String,
    /// Mask of the account.
    pub account_mask: Option<String>,
    /// The days that are looked back.
    pub days: u32,
    /// The debits that were returned, the newest first.
    pub returned: Vec<AccountReturn>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "returns.ts")]
pub struct AccountReturn {
    /// The evaluation of the debit.
    pub client_transaction_id: String,
    /// For example `R01`.
    pub return_code: String,
    /// YYYY-MM-DD: returned, or where that is not known, recorded.
    pub on: String,
    /// Exact decimal text, in US dollars.
    pub amount: String,
}

/// A return file, read and held against the evaluations. Nothing of it is recorded yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "returns.ts")]
pub struct ReturnImportView {
    /// Names this reading of the file: what is chosen for another one is refused.
    pub import_id: String,
    /// Name of the file.
    pub file_name: String,
    /// Present when returns of a file with the same content were recorded: RFC 3339 of the last time.
    pub recorded_before: Option<String>,
    /// How it was read.
    pub source: ReturnSource,
    /// Its rows, by what becomes of them.
    pub counts: ImportCounts,
}

/// The two kinds of files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "returns.ts")]
pub enum ReturnSource {
    /// A Nacha file.
    #[serde(rename_all = "camelCase")]
    Nacha {
        /// The bank that made it, as the file says.
        origin_name: String,
        /// YYYY-MM-DD.
        created_on: Option<String>,
        /// Batches of it.
        batches: u32,
        /// Entries that are neither returns nor changes, for example acknowledgments.
        other_entries: u32,
        /// Notifications of change (addenda 98): no returns, but to be acted on.
        changes: Vec<ChangeNotice>,
    },
    /// A table.
    Table(TableSource),
}

/// A table with the meaning of its columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "returns.ts")]
pub struct TableSource {
    /// How its characters were read.
    pub characters: Characters,
    /// What stood between its cells.
    pub separator: Separator,
    /// Names of the columns.
    pub headers: Vec<String>,
    /// The first rows, account numbers cut to their ends.
    pub sample: Vec<Vec<String>>,
    /// What the columns mean.
    pub mapping: ReturnMapping,
    /// Where that comes from.
    pub mapped_by: MappedBy,
    /// How its dates are read; none while that has to be asked.
    pub date_order: Option<DateOrder>,
    /// A date that can be read in two ways.
    pub ambiguous_date: Option<String>,
    /// What stands in the way of reading the rows, by field of [`ReturnMapping`] in camelCase.
    pub missing: Option<MissingColumn>,
}

/// A column that has to be chosen first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "returns.ts")]
pub struct MissingColumn {
    /// The field of [`ReturnMapping`] in camelCase.
    pub field: String,
    /// A sentence.
    pub message: String,
}

/// Who said what the columns mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "returns.ts")]
pub enum MappedBy {
    /// Guessed by the names of the columns.
    Names,
    /// The user, for a table with these columns before.
    Kept,
    /// The user, now.
    User,
}

/// What the columns of a table mean: the place of each, from 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "returns.ts")]
pub struct ReturnMapping {
    /// The return code. Needed.
    pub return_code: Option<u32>,
    /// The client_transaction_id.
    pub client_transaction_id: Option<u32>,
    /// Another reference of the debit.
    pub reference: Option<u32>,
    /// The amount of the debit.
    pub amount: Option<u32>,
    /// The day of the return.
    pub returned_on: Option<u32>,
    /// The account holder.
    pub name: Option<u32>,
    /// The account number, of which the last four characters are used.
    pub account: Option<u32>,
}

/// A notification of change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "returns.ts")]
pub struct ChangeNotice {
    /// Line of the file.
    #[ts(type = "number")]
    pub line: u64,
    /// For example `C01`.
    pub code: String,
    /// What has to be changed.
    pub meaning: String,
    /// The account holder, as the file says.
    pub name: String,
    /// The originator's own number of the entry, as the file says.
    pub identification: String,
    /// The last characters of the account number.
    pub account_ending: String,
}

/// Rows by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "returns.ts")]
pub struct ImportCounts {
    /// All.
    pub all: u32,
    /// To be recorded.
    pub ready: u32,
    /// Of those, rows whose debit needs a decision first: see [`CandidateView::needs_decision`].
    pub needs_decision: u32,
    /// The user has to choose.
    pub open: u32,
    /// Of those, rows with one likely debit.
    pub suggested: u32,
    /// No debit fits.
    pub unmatched: u32,
    /// Left out by the user.
    pub skipped: u32,
    /// Recorded before.
    pub already: u32,
    /// They cannot be read.
    pub faulty: u32,
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "returns.ts")]
pub enum ImportState {
    /// It is recorded, for the chosen debit.
    Ready,
    /// The user has to choose.
    Open,
    /// No debit fits.
    Unmatched,
    /// The user leaves it out.
    Skipped,
    /// It was recorded before.
    Already,
    /// It cannot be read.
    Faulty,
}

/// A page of rows of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "returns.ts")]
pub struct ImportRows {
    /// The rows.
    pub rows: Vec<ImportRow>,
    /// So many rows have the state that was asked for.
    pub found: u32,
}

/// A row of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "returns.ts")]
pub struct ImportRow {
    /// The place of the row, from 0: what is chosen names it.
    pub row: u32,
    /// Line of the file, from 1.
    #[ts(type = "number")]
    pub line: u64,
    /// What becomes of it.
    pub state: ImportState,
    /// The code as the file has it.
    pub return_code: String,
    /// YYYY-MM-DD.
    pub returned_on: Option<String>,
    /// Exact decimal text, in US dollars.
    pub amount: Option<String>,
    /// The account holder.
    pub name: Option<String>,
    /// What names the debit: client_transaction_id, identification number, reference.
    pub references: Vec<String>,
    /// The last characters of the account number.
    pub account_ending: Option<String>,
    /// What the bank adds.
    pub information: Option<String>,
    /// Why it cannot be recorded, or what to know.
    pub faults: Vec<RowFault>,
    /// The debit for which it is recorded.
    pub chosen: Option<String>,
    /// The one likely debit, where there is one.
    pub suggested: Option<String>,
    /// Debits that it may be, the likeliest first.
    pub candidates: Vec<CandidateView>,
    /// So many more fit by amount and date.
    pub more_candidates: u32,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "returns.ts")]
pub struct RowFault {
    /// The column, by its name, or by its place in a Nacha record.
    pub column: Option<String>,
    /// A sentence.
    pub message: String,
}

/// A debit that may have been returned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "returns.ts")]
pub struct CandidateView {
    /// Its evaluation.
    pub client_transaction_id: String,
    /// Name of the person.
    pub person_name: String,
    /// Name of the institution.
    pub institution_name: String,
    /// Name of the account.
    pub account_name: String,
    /// Mask of the account.
    pub account_mask: Option<String>,
    /// Exact decimal text, in US dollars.
    pub amount: String,
    /// YYYY-MM-DD, here.
    pub evaluated_on: String,
    /// Why it fits.
    pub reasons: Vec<MatchReason>,
    /// The amount is another one than the file says.
    pub other_amount: bool,
    /// The code of the return that is recorded for it; recording another corrects it.
    pub returned: Option<String>,
    /// Plaid has it as not initiated and refuses the return until the decision "initiated" is recorded.
    pub needs_decision: bool,
    /// Why it cannot be chosen.
    pub hindrance: Option<String>,
}

/// Why a debit fits a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "returns.ts")]
pub enum MatchReason {
    /// The file names its client_transaction_id.
    TransactionId,
    /// The file has the beginning of its client_transaction_id.
    PartOfTransactionId,
    /// The file names its reference.
    Reference,
    /// The amounts are the same.
    Amount,
    /// The account's last digits are the same.
    AccountEnding,
    /// The names are the same.
    Name,
    /// It was evaluated in the weeks before the return.
    Date,
}

/// What the user says about one row.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "returns.ts")]
pub enum RowChoice {
    /// It is this debit.
    #[serde(rename_all = "camelCase")]
    Debit {
        /// Its evaluation, one of the candidates or any other.
        client_transaction_id: String,
    },
    /// Leave it out.
    Skip,
    /// As it was before anything was chosen.
    Undo,
}

/// What came of recording a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "returns.ts")]
pub struct ReturnsRecorded {
    /// Returns that were recorded.
    pub recorded: u32,
    /// Rows that had been recorded before.
    pub already: u32,
    /// Other rows.
    pub left_out: u32,
    /// Accounts of these returns that have returned more than one debit of late.
    pub again: Vec<AccountReturns>,
}
