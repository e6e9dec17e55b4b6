use serde::Serialize;
use ts_rs::TS;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "billing.ts")]
pub struct Price {
    pub amount: String,
    pub currency: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "billing.ts")]
pub struct BillingView {
    pub today: BilledCount,
    pub month: BilledCount,
    /// The last 31 days, newest first, including days without calls.
    pub days: Vec<BilledDay>,
    /// The last 24 months, newest first, including months without calls.
    pub months: Vec<BilledMonth>,
    pub price_per_balance_call: Option<Price>,
    pub price_per_evaluation: Option<Price>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "billing.ts")]
pub struct BilledDay {
    pub day: String,
    pub count: BilledCount,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "billing.ts")]
pub struct BilledMonth {
    pub month: String,
    pub count: BilledCount,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "billing.ts")]
pub struct BilledCount {
    pub balances: u32,
    pub evaluations: u32,
    /// Calls without an answer. Plaid may bill them; the other two counts exclude them.
    pub may_be_billed: u32,
    /// Cost of `balances` and `evaluations`; null while a price is missing.
    pub cost: Option<Price>,
}
