//! What the settings screen shows and sends.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Settings of the open environment. Defaults: appName "Balance Desk", language "en", countryCodes ["US"],
/// healthCheckHours 24, consentNoticeDays 14, confirmAboveCalls 20, priceCurrency "USD", refreshCachedOnOpen false.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "settings.ts")]
pub struct Settings {
    /// `client_name` of Link, 1 to 30 characters (longer shows as "This Application").
    pub app_name: String,
    /// One of Link's languages, for example `en`.
    pub language: String,
    /// ISO 3166-1 alpha-2 codes, at least one.
    pub country_codes: Vec<String>,
    /// Registered in the Dashboard; https, no query or fragment (http localhost only in Sandbox and Demo). Absent: none.
    pub redirect_uri: Option<String>,
    /// https address that Plaid calls. Absent: none.
    pub webhook: Option<String>,
    /// Hours between two checks of an Item (/item/get), 1 to 168. Absent: only when a call has failed.
    pub health_check_hours: Option<u32>,
    /// How many days before a bank's consent ends it is said, 1 to 90.
    pub consent_notice_days: u32,
    /// A refresh of more calls than this is confirmed first, 0 to 100000.
    pub confirm_above_calls: u32,
    /// What one call for live balances costs, as the user's contract with Plaid has it: exact decimal text. Absent: not
    /// said.
    pub price_per_balance_call: Option<String>,
    /// What one evaluation costs: exact decimal text. Absent: not said.
    pub price_per_evaluation: Option<String>,
    /// ISO 4217 code of both prices.
    pub price_currency: String,
    /// Whether cached balances (/accounts/get, free) are read when the environment is opened.
    pub refresh_cached_on_open: bool,
}

/// What the settings screen may offer: the closed lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "settings.ts")]
pub struct SettingsView {
    /// The stored settings.
    pub settings: Settings,
    /// Languages Link speaks (code, English name).
    pub languages: Vec<Choice>,
    /// Countries Plaid supports (code, English name).
    pub countries: Vec<Choice>,
    /// Path of the open environment's database file.
    pub database_path: String,
    /// Path of the log folder.
    pub log_dir: String,
}

/// One entry of a closed list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "settings.ts")]
pub struct Choice {
    /// What is stored and sent.
    pub code: String,
    /// What is shown.
    pub name: String,
}
