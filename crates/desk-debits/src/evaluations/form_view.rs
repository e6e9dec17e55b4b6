//! What the evaluation form and its settings show.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use desk_banks::balances::view::ReadingSource;

/// What is known before an evaluation is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
pub struct EvaluateFacts {
    /// Name of the customer.
    pub person_name: String,
    /// Identifies the customer at Plaid.
    pub client_user_id: String,
    /// How much could be debited.
    pub estimate: Estimate,
    /// Ruleset keys used so far, most recent first.
    pub ruleset_keys: Vec<String>,
    /// How far the computer's clock is behind Plaid's (ahead if negative), if that is more than five
    /// minutes. Null before the first call to Plaid.
    pub clock_behind_seconds: Option<i32>,
}

/// The largest debit that the last known balance covers, less the user's margin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "signal.ts")]
pub enum Estimate {
    /// An estimate is possible.
    #[serde(rename_all = "camelCase")]
    Known {
        /// Exact decimal text with two decimals; 0.00 when nothing is left.
        amount: String,
        /// Always USD.
        currency: String,
        /// The balance the estimate is based on.
        basis: Basis,
        /// Exact decimal text of that balance.
        balance: String,
        /// RFC 3339, UTC: when it was read.
        read_at: String,
        /// Where it came from.
        source: ReadingSource,
        /// The user's margin.
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
    /// Not a checking or savings account in US dollars, so no estimate.
    NotForThisKind,
}

/// The balance an estimate is based on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
pub enum Basis {
    /// The available balance.
    Available,
    /// The current balance, because the bank didn't report the available balance.
    Current,
}

/// The part of a balance that an estimate leaves untouched: first the percentage, then the amount.
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

/// Describes a core attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
pub struct AttributeWords {
    /// Plaid's name.
    pub name: String,
    /// In a few plain words.
    pub title: String,
    /// The unit of its value.
    pub unit: AttributeUnit,
    /// Where it belongs.
    pub group: AttributeGroup,
    /// One or two plain sentences.
    pub meaning: String,
}

/// The unit of a core attribute.
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
    /// Returned and uncovered debits.
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
