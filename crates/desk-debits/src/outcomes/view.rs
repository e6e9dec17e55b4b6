//! What the outcomes screen shows, and what it asks for.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which evaluations are counted: by the day on which they were asked, in the computer's time zone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "outcomes.ts")]
pub enum OutcomesRange {
    /// From the first of this month to today.
    ThisMonth,
    /// This month and the two before it.
    Last3Months,
    /// This month and the eleven before it.
    Last12Months,
    /// Everything.
    All,
    /// Days of the user's own, both counted.
    Own {
        /// `YYYY-MM-DD`. Field `from`.
        from: String,
        /// `YYYY-MM-DD`, not before `from`. Field `to`.
        to: String,
    },
}

/// How good the answers were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "outcomes.ts")]
pub struct OutcomesView {
    /// `YYYY-MM-DD`: the first day that is counted.
    pub from: String,
    /// `YYYY-MM-DD`: the last day that is counted.
    pub to: String,
    /// All of the range.
    pub total: OutcomeCounts,
    /// By month, the oldest first; months without an evaluation are among them.
    pub months: Vec<MonthOutcome>,
    /// By ruleset, the one with most evaluations first.
    pub rulesets: Vec<NamedOutcome>,
    /// By institution, the one with most evaluations first.
    pub institutions: Vec<NamedOutcome>,
    /// By R-code, the most frequent first.
    pub codes: Vec<CodeOutcome>,
    /// What was done about each result, and what came of it.
    pub results: Vec<ResultOutcome>,
    /// Returns by score, where there are scores.
    pub scores: Vec<ScoreOutcomes>,
    /// The return rates that Nacha watches, for the 60 days that end with the range.
    pub nacha: NachaView,
}

/// What became of some evaluations. The first five numbers that follow `evaluations` add up to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "outcomes.ts")]
pub struct OutcomeCounts {
    /// How many.
    pub evaluations: u32,
    /// Answered ACCEPT.
    pub accepted: u32,
    /// Answered REVIEW.
    pub reviewed: u32,
    /// Answered REROUTE.
    pub rerouted: u32,
    /// Answered without a ruleset, or with a result this version does not know.
    pub other: u32,
    /// Not answered (yet).
    pub unanswered: u32,
    /// Debits that were initiated: so decided, or an ACCEPT without a decision, or one that came back.
    pub initiated: u32,
    /// Debits that came back.
    pub returned: u32,
    /// Exact decimal text in US dollars: the debits that were initiated.
    pub initiated_amount: String,
    /// Exact decimal text in US dollars: the debits that came back.
    pub returned_amount: String,
    /// `returned` of `initiated`.
    pub return_rate: Rate,
}

/// A part of a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "outcomes.ts")]
pub struct Rate {
    /// How many of them.
    pub part: u32,
    /// Of how many.
    pub whole: u32,
    /// Decimal text with two decimals; null when there is nothing to divide by.
    pub percent: Option<String>,
    /// The whole is too small to judge by.
    pub too_few: bool,
}

/// One month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "outcomes.ts")]
pub struct MonthOutcome {
    /// `YYYY-MM`.
    pub month: String,
    /// `YYYY-MM-DD`: its first day within the range.
    pub from: String,
    /// `YYYY-MM-DD`: its last day within the range.
    pub to: String,
    /// What became of its evaluations.
    pub counts: OutcomeCounts,
}

/// One ruleset or institution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "outcomes.ts")]
pub struct NamedOutcome {
    /// Its name; null: answered without a ruleset.
    pub name: Option<String>,
    /// What became of its evaluations.
    pub counts: OutcomeCounts,
}

/// One R-code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "outcomes.ts")]
pub struct CodeOutcome {
    /// For example `R01`.
    pub code: String,
    /// Its meaning in a few words.
    pub title: String,
    /// Which of Nacha's rates it counts for, beside the overall one.
    pub counts_for: Option<NachaKind>,
    /// Debits that came back with it.
    pub returned: u32,
    /// Exact decimal text in US dollars.
    pub amount: String,
}

/// What was done about one result, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "outcomes.ts")]
pub struct ResultOutcome {
    /// Null: answered without a ruleset, or with a result this version does not know.
    pub result: Option<KnownResult>,
    /// Answers with it.
    pub answered: u32,
    /// Decided: initiated.
    pub decided_initiated: u32,
    /// Decided: not initiated.
    pub decided_not_initiated: u32,
    /// Nothing was recorded.
    pub undecided: u32,
    /// Came back, of those that were initiated.
    pub return_rate: Rate,
}

/// Results that are counted by their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "outcomes.ts")]
pub enum KnownResult {
    /// Debit the account.
    Accept,
    /// A person should look first.
    Review,
    /// Ask for another way to pay.
    Reroute,
}

/// Which score of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "outcomes.ts")]
pub enum ScoreKind {
    /// The risk that the customer has the debit returned (R05, R07, R10, R11, R29 and others).
    Customer,
    /// The risk that the bank returns the debit (R01 and others).
    Bank,
}

/// Returns by one score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "outcomes.ts")]
pub struct ScoreOutcomes {
    /// Which score.
    pub kind: ScoreKind,
    /// The returns that this score is about.
    pub codes: Vec<String>,
    /// From the lowest risk to the highest.
    pub bands: Vec<ScoreBand>,
}

/// Evaluations whose score lies in a band.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "outcomes.ts")]
pub struct ScoreBand {
    /// The lowest score, 1 to 99.
    pub from: u32,
    /// The highest score, counted.
    pub to: u32,
    /// How many.
    pub evaluations: u32,
    /// Returns that this score is about, of the debits that were initiated.
    pub return_rate: Rate,
}

/// The return rates that Nacha watches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "outcomes.ts")]
pub struct NachaView {
    /// `YYYY-MM-DD`: the first of the 60 days.
    pub from: String,
    /// `YYYY-MM-DD`: the last of the 60 days.
    pub to: String,
    /// Debits that were initiated in these days.
    pub initiated: u32,
    /// Unauthorized, administrative, overall.
    pub rates: Vec<NachaRate>,
}

/// Kinds of return rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "outcomes.ts")]
pub enum NachaKind {
    /// The customer did not authorize the debit.
    Unauthorized,
    /// The account data were wrong.
    Administrative,
    /// Whatever the reason.
    Overall,
}

/// One return rate beside its threshold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "outcomes.ts")]
pub struct NachaRate {
    /// Which.
    pub kind: NachaKind,
    /// The codes that count; empty: all.
    pub codes: Vec<String>,
    /// Decimal text: more than this many percent is over the threshold.
    pub threshold: String,
    /// Debits that came back in the 60 days, of those initiated in them.
    pub rate: Rate,
    /// Fewer debits than this are too few to judge.
    pub least: u32,
    /// What that means.
    pub verdict: NachaVerdict,
}

/// A rate beside its threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "outcomes.ts")]
pub enum NachaVerdict {
    /// Nothing was initiated.
    Nothing,
    /// Too few debits to judge.
    TooFew,
    /// Below four fifths of the threshold.
    Within,
    /// At four fifths of it or more, and not over it.
    Near,
    /// Over it.
    Over,
}
