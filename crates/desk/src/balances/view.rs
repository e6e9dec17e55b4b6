//! What the accounts screen shows of balances, and what it asks for.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::problem::Problem;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export, export_to = "balances.ts")]
pub enum ReadingSource {
    /// /accounts/balance/get: asked of the bank.
    Live,
    /// /accounts/get: what Plaid had.
    Cached,
    /// Core attributes of /signal/evaluate.
    Signal,
}

/// What to refresh with live balances (billed per Item call).
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
    /// All accounts of one Item.
    #[serde(rename_all = "camelCase")]
    Item {
        /// Which.
        item_id: String,
    },
    /// Every Item.
    All,
}

/// Progress of a refresh, sent while it runs (Tauri channel).
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
        /// Items to read.
        total: u32,
    },
    /// One Item's reading is stored.
    #[serde(rename_all = "camelCase")]
    ItemDone {
        /// Which.
        item_id: String,
        /// Finished so far, failures included.
        done: u32,
        /// Items to read.
        total: u32,
    },
    /// One Item failed; the others go on.
    #[serde(rename_all = "camelCase")]
    ItemFailed {
        /// Which.
        item_id: String,
        /// Why.
        problem: Problem,
        /// Finished so far, failures included.
        done: u32,
        /// Items to read.
        total: u32,
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
    /// Why.
    pub problem: Problem,
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
