//! What the UI shows of billed calls.

use serde::Serialize;
use ts_rs::TS;

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "billing.ts")]
pub struct Price {
    /// Exact decimal text.
    pub amount: String,
    /// ISO 4217 code.
    pub currency: String,
}

/// The calls that Plaid bills, by the days and months of the computer's time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "billing.ts")]
pub struct BillingView {
    /// The present day.
    pub today: BilledCount,
    /// The present month.
    pub month: BilledCount,
    /// The last 31 days, the present one first; days without calls too.
    pub days: Vec<BilledDay>,
    /// The last 24 months, the present one first; months without calls too.
    pub months: Vec<BilledMonth>,
    /// What a call for live balances costs, if the user has said so.
    pub price_per_balance_call: Option<Price>,
    /// What an evaluation costs, if the user has said so.
    pub price_per_evaluation: Option<Price>,
}

/// One day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "billing.ts")]
pub struct BilledDay {
    /// As `2026-11-24`.
    pub day: String,
    /// Its calls.
    pub count: BilledCount,
}

/// One month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "billing.ts")]
pub struct BilledMonth {
    /// As `2026-11`.
    pub month: String,
    /// Its calls.
    pub count: BilledCount,
}

/// Billed calls of a day or a month.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "billing.ts")]
pub struct BilledCount {
    /// /accounts/balance/get that were answered.
    pub balances: u32,
    /// /signal/evaluate that were answered.
    pub evaluations: u32,
    /// Calls of both whose answer was lost, or is being waited for: Plaid may bill them, and they are in neither number.
    pub may_be_billed: u32,
    /// What `balances` and `evaluations` cost; null while a price it needs is not known.
    pub cost: Option<Price>,
}
