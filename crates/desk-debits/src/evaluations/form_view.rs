//! What the evaluation form and its settings show.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use desk_banks::balances::view::ReadingSource;

/// What is known before an evaluation is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
pub struct EvaluateFacts {
    /// Whose account it is.
    pub person_name: String,
    /// What names the person at Plaid now.
    pub client_user_id: String,
    /// How much could be debited.
    pub estimate: Estimate,
    /// Ruleset keys used so far, the last one first.
    pub ruleset_keys: Vec<String>,
    /// By how much the computer's clock is behind Plaid's (or ahead, where it is negative), when that is more than five
    /// minutes. Null also before Plaid was first heard of.
    pub clock_behind_seconds: Option<i32>,
}

/// The highest amount that the last balance known covers with the user's margin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "signal.ts")]
pub enum Estimate {
    /// It can be reckoned.
    #[serde(rename_all = "camelCase")]
    Known {
        /// Exact decimal text with two decimals; 0.00 when nothing is left.
        amount: String,
        /// Always USD.
        currency: String,
        /// Which balance it rests on.
        basis: Basis,
        /// Exact decimal text of that balance.
        balance: String,
        /// RFC 3339, UTC: when it was read.
        read_at: String,
        /// Where it came from.
        source: ReadingSource,
        /// What is kept back.
        margin: DebitMargin,
    },
    /// The bank reported neither balance.
    #[serde(rename_all = "camelCase")]
    NotReported {
        /// RFC 3339, UTC.
        read_at: String,
    },
    /// No balance was read yet.
    NotRead,
    /// Not a checking or savings account in US dollars: what is known of it says nothing about a debit.
    NotForThisKind,
}

/// Which balance an estimate rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
pub enum Basis {
    /// What can be spent.
    Available,
    /// What is there: the available balance was not reported.
    Current,
}

/// What is kept back of a balance: first the percentage, then the amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
pub struct DebitMargin {
    /// As typed: 0 to 100 with at most two decimals. Field `percent`.
    pub percent: String,
    /// As typed, like an amount, in US dollars; 0 for none. Field `amount`.
    pub amount: String,
}

/// What an action key of a ruleset means to the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
pub struct ActionKeyView {
    /// As it is written in the ruleset.
    pub custom_action_key: String,
    /// The user's words; null while it has none.
    pub meaning: Option<String>,
    /// Days of hold to suggest for a decision.
    pub days_to_hold: Option<u32>,
}

/// A meaning to store.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
pub struct ActionKeyInput {
    /// 1 to 200 characters. Field `customActionKey`.
    pub custom_action_key: String,
    /// 1 to 200 characters. Field `meaning`.
    pub meaning: String,
    /// As typed, 0 to 365; empty or absent for none. Field `daysToHold`.
    pub days_to_hold: Option<String>,
}

/// What a core attribute is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
pub struct AttributeWords {
    /// Plaid's name.
    pub name: String,
    /// In a few plain words.
    pub title: String,
    /// What its value counts.
    pub unit: AttributeUnit,
    /// Where it belongs.
    pub group: AttributeGroup,
    /// One or two plain sentences.
    pub meaning: String,
}

/// What the value of a core attribute counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
pub enum AttributeUnit {
    /// Whole days.
    Days,
    /// US dollars.
    Dollars,
    /// How often, or how many.
    Count,
    /// Yes or no.
    YesNo,
    /// A moment, RFC 3339.
    Moment,
    /// A quotient of two amounts.
    Ratio,
}

/// Groups of core attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
pub enum AttributeGroup {
    /// Balances now.
    Balances,
    /// Balances over time.
    BalanceHistory,
    /// Money in and out.
    Activity,
    /// Debits that came back or had no cover.
    Returns,
    /// The account itself.
    Account,
    /// Changes of the owner's contact data.
    Identity,
    /// Connections and sign-ins through Plaid.
    PlaidNetwork,
    /// Devices that signed in.
    Devices,
}
