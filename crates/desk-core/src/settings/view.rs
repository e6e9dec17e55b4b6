use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Settings of the open environment. Defaults: appName "Balance Desk", language "en", countryCodes ["US"],
/// healthCheckHours 24, consentNoticeDays 14, confirmAboveCalls 20, priceCurrency "USD", refreshCachedOnOpen false.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "settings.ts")]
pub struct Settings {
    pub app_name: String,
    pub language: String,
    pub country_codes: Vec<String>,
    /// Registered in the Dashboard; https without query or fragment (http on localhost only in Sandbox and Demo).
    pub redirect_uri: Option<String>,
    /// https address that Plaid calls.
    pub webhook: Option<String>,
    /// Hours between checks of an Item (/item/get), 1 to 168; absent checks only after a failed call.
    pub health_check_hours: Option<u32>,
    pub consent_notice_days: u32,
    pub confirm_above_calls: u32,
    /// Exact decimal text.
    pub price_per_balance_call: Option<String>,
    /// Exact decimal text.
    pub price_per_evaluation: Option<String>,
    pub price_currency: String,
    /// Whether opening the environment reads cached balances (/accounts/get, free).
    pub refresh_cached_on_open: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "settings.ts")]
pub struct SettingsView {
    pub settings: Settings,
    pub languages: Vec<Choice>,
    pub countries: Vec<Choice>,
    pub database_path: String,
    pub log_dir: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "settings.ts")]
pub struct Choice {
    pub code: String,
    pub name: String,
}
