//! What charts and tables of readings show, and what they ask for.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::balances::view::ReadingView;

/// Whose history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "history.ts")]
pub enum HistoryOf {
    /// One account's.
    #[serde(rename_all = "camelCase")]
    Account {
        /// Which.
        account_id: String,
    },
    /// That of all accounts together within one currency, those left out that the user has hidden.
    #[serde(rename_all = "camelCase")]
    Total {
        /// ISO 4217 or unofficial code.
        currency: String,
    },
}

/// How far back, from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "history.ts")]
pub enum HistoryRange {
    /// 7 days.
    Week,
    /// One calendar month.
    Month,
    /// One calendar year.
    Year,
    /// From the first reading on.
    All,
}

/// What a chart asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "history.ts")]
pub struct HistoryRequest {
    /// Whose.
    pub of: HistoryOf,
    /// How far back.
    pub range: HistoryRange,
}

/// What a chart draws.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "history.ts")]
pub struct HistoryView {
    /// RFC 3339: where the axis of time begins.
    pub from: String,
    /// RFC 3339: where it ends.
    pub to: String,
    /// One per currency, that of the newest reading last: amounts of two currencies never share an axis. Empty when
    /// nothing was read in this time.
    pub series: Vec<HistorySeries>,
    /// RFC 3339: the first reading ever kept.
    pub first_at: Option<String>,
    /// RFC 3339: the last.
    pub last_at: Option<String>,
    /// How many readings are kept in all; of a total, those of its accounts.
    pub readings: u32,
}

/// One line, in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "history.ts")]
pub struct HistorySeries {
    /// ISO 4217 or unofficial code; absent when neither was reported.
    pub currency: Option<String>,
    /// True when `currency` is an unofficial code.
    pub unofficial_currency: bool,
    /// In the order of time: at most 480 readings, and gaps between them.
    pub points: Vec<HistoryPoint>,
}

/// One point of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "history.ts")]
pub struct HistoryPoint {
    /// RFC 3339: when it was read; of a gap, its middle.
    pub at: String,
    /// What stands here.
    pub kind: PointKind,
    /// Exact decimal text; null is "not reported". Always null in a total: where some banks do not report it, a sum
    /// of the others would say something else.
    pub available: Option<String>,
    /// Exact decimal text; null is "not reported". In a total: the sum over deposit and investment accounts.
    pub current: Option<String>,
    /// Exact decimal text. In a total: the sum over credit cards and loans. Null for an account.
    pub debts: Option<String>,
}

/// What a point of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "history.ts")]
pub enum PointKind {
    /// Something that was read.
    Reading,
    /// Nothing was read for at least four times the usual interval: the line is broken here.
    Gap,
}

/// A page of readings, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "history.ts")]
pub struct ReadingsPage {
    /// By the time they were read.
    pub readings: Vec<ReadingRow>,
    /// To be given as `before` for the next page; absent on the last one.
    pub next: Option<String>,
}

/// One row of a table of readings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "history.ts")]
pub struct ReadingRow {
    /// The reading.
    pub reading: ReadingView,
    /// Whether it is the one that is shown as the present. That is the last one stored, which is not the newest by its
    /// time when the computer's clock was set back.
    pub present: bool,
    /// How the current balance moved since the reading before, where both report it in one currency; exact decimal text.
    pub change: Option<String>,
}

/// Asks how a balance moved since a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "history.ts")]
pub struct ChangeRequest {
    /// Whose balance.
    pub of: HistoryOf,
    /// YYYY-MM-DD: compared is what was last known when that day began, in this computer's time zone.
    pub date: String,
}

/// How a balance moved since a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "history.ts")]
pub struct ChangeSince {
    /// Exact decimal text: the present less what was. Of a total: assets less debts.
    pub amount: String,
    /// The currency of all amounts here.
    pub currency: Option<String>,
    /// Exact decimal text: what was.
    pub from: String,
    /// Exact decimal text: what is.
    pub to: String,
    /// RFC 3339: when what was, was read; of a total the latest of its readings. Later than the date when the account
    /// has no reading that old.
    pub since: String,
    /// Accounts that are compared.
    pub accounts: u32,
    /// Accounts of the total that have no reading that old, and so are in neither amount.
    pub left_out: u32,
}
