//! What the accounts screen shows of balances, and what it asks for.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use desk_core::{billing::view::Price, problem::Problem};

/// One reading of one account's balances. Amounts are exact decimal texts; null means "not reported".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "balances.ts")]
pub struct ReadingView {
    /// Exact decimal text.
    pub available: Option<String>,
    /// Exact decimal text.
    pub current: Option<String>,
    /// Exact decimal text.
    pub limit: Option<String>,
    /// ISO 4217 code, or Plaid's unofficial code; null when neither was reported.
    pub currency: Option<String>,
    /// True when `currency` is an unofficial code.
    pub unofficial_currency: bool,
    /// RFC 3339, UTC: when the desk received it.
    pub read_at: String,
    /// RFC 3339: when the bank last updated it, where the bank says so.
    pub last_updated_at: Option<String>,
    /// Where it came from.
    pub source: ReadingSource,
    /// Plaid's request_id.
    pub request_id: String,
}

/// Where a reading came from.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    TS,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "lowercase")]
#[ts(export, export_to = "balances.ts")]
#[strum(serialize_all = "snake_case")]
pub enum ReadingSource {
    /// /accounts/balance/get: asked of the bank.
    Live,
    /// /accounts/get: what Plaid had.
    Cached,
    /// Core attributes of /signal/evaluate.
    Signal,
}

/// What to refresh with live balances: one billed call for each Item of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "balances.ts")]
pub enum RefreshScope {
    /// One account.
    #[serde(rename_all = "camelCase")]
    Account {
        /// Which.
        account_id: String,
    },
    /// These accounts and no others of their Items. Those that are not there any more are left out.
    #[serde(rename_all = "camelCase")]
    Accounts {
        /// Which.
        account_ids: Vec<String>,
    },
    /// All accounts of one Item.
    #[serde(rename_all = "camelCase")]
    Item {
        /// Which.
        item_id: String,
    },
    /// All accounts of these Items. Those that are not there any more are left out.
    #[serde(rename_all = "camelCase")]
    Items {
        /// Which.
        item_ids: Vec<String>,
    },
    /// Every Item of one person.
    #[serde(rename_all = "camelCase")]
    Person {
        /// Who.
        person_id: String,
    },
    /// Every Item.
    All,
}

/// What a refresh will do, before it is begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "balances.ts")]
pub struct RefreshPlan {
    /// Billed calls: one for each Item.
    pub calls: u32,
    /// What they cost, if the user has said what one costs.
    pub cost: Option<Price>,
    /// Whether they are more than the user wants to have made without being asked.
    pub needs_confirmation: bool,
    /// About how long it takes, in seconds, by Plaid's limits and by how long answers have taken lately.
    pub seconds: u32,
    /// Whether another refresh is running: this one would be refused.
    pub running: bool,
}

/// Progress of a refresh, sent while it runs (Tauri channel). In each, `done` counts the Items finished so far, failures
/// included, `total` all of them, and `seconds_left` says about how long it still takes; null while that is not known.
#[allow(
    clippy::large_enum_variant,
    reason = "there are few of them, and none is kept"
)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "balances.ts")]
pub enum RefreshProgress {
    /// How many calls will be made.
    #[serde(rename_all = "camelCase")]
    Started {
        /// 0.
        done: u32,
        /// Items to read.
        total: u32,
        /// About how long it takes.
        seconds_left: Option<u32>,
    },
    /// One Item's reading is stored.
    #[serde(rename_all = "camelCase")]
    ItemDone {
        /// Which.
        item_id: String,
        /// Finished so far.
        done: u32,
        /// Items to read.
        total: u32,
        /// About how long it still takes.
        seconds_left: Option<u32>,
    },
    /// One Item failed; the others go on.
    #[serde(rename_all = "camelCase")]
    ItemFailed {
        /// Which.
        item_id: String,
        /// Why.
        problem: Problem,
        /// Finished so far.
        done: u32,
        /// Items to read.
        total: u32,
        /// About how long it still takes.
        seconds_left: Option<u32>,
    },
    /// No further call may leave yet: Plaid's limits, or a bank that is asked too often.
    #[serde(rename_all = "camelCase")]
    Paced {
        /// RFC 3339, UTC: when all that wait now will about have left (limits), or when the bank is asked again.
        until: String,
        /// The bank that is asked too often; null: Plaid's limits.
        institution_name: Option<String>,
        /// Finished so far.
        done: u32,
        /// Items to read.
        total: u32,
        /// About how long it still takes.
        seconds_left: Option<u32>,
    },
    /// Plaid cannot be reached. It is tried again with growing pauses, and the refresh goes on when it can be.
    #[serde(rename_all = "camelCase")]
    Offline {
        /// RFC 3339, UTC.
        since: String,
        /// Finished so far.
        done: u32,
        /// Items to read.
        total: u32,
        /// Null.
        seconds_left: Option<u32>,
    },
    /// Calls leave again, after `paced` or `offline`.
    #[serde(rename_all = "camelCase")]
    Resumed {
        /// Finished so far.
        done: u32,
        /// Items to read.
        total: u32,
        /// About how long it still takes.
        seconds_left: Option<u32>,
    },
}

/// The end of a refresh.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "balances.ts")]
pub struct RefreshOutcome {
    /// Items read and stored.
    pub refreshed: u32,
    /// Items that failed, with why.
    pub failed: Vec<RefreshFailure>,
    /// Whether the user cancelled before all were read.
    pub cancelled: bool,
}

/// One Item that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "balances.ts")]
pub struct RefreshFailure {
    /// Which.
    pub item_id: String,
    /// Its institution's name.
    pub institution_name: String,
    /// Why, with the next step.
    pub problem: Problem,
    /// Whether Plaid may bill the call although nothing came of it; said in the problem's message, too.
    pub may_be_billed: bool,
}

/// Sums of the newest readings within one currency, assets and debts apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "balances.ts")]
pub struct CurrencyTotal {
    /// ISO 4217 or unofficial code.
    pub currency: String,
    /// Sum of `current` over depository and investment accounts; exact decimal text.
    pub assets: String,
    /// Sum of `current` over credit and loan accounts; exact decimal text.
    pub debts: String,
    /// Accounts whose current balance is not reported, so not in the sums.
    pub not_reported: u32,
}

desk_core::store::sql_words!(ReadingSource);
