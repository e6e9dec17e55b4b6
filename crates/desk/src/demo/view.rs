use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "demo.ts")]
pub struct DemoView {
    pub latency: DemoLatency,
    pub limits: DemoLimits,
    pub faults: Vec<PendingFault>,
    pub institutions: Vec<DemoInstitution>,
    pub items: Vec<DemoItem>,
    #[ts(type = "number")]
    pub ahead_seconds: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "demo.ts")]
pub enum DemoLatency {
    Instant,
    /// As Plaid documents: median 3 s, 95th percentile 11 s, occasionally 30 s.
    Lifelike,
    Fixed {
        millis: u32,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "demo.ts")]
pub enum DemoLimits {
    Off,
    Sandbox,
    Production,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "demo.ts")]
pub enum DemoCall {
    LiveBalances,
    Accounts,
    CheckItem,
    LinkToken,
    Exchange,
    RotateToken,
    RemoveItem,
    Evaluate,
    ReportDecision,
    ReportReturn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "demo.ts")]
pub enum DemoFault {
    RateLimit,
    ClientRateLimit,
    InstitutionRateLimit,
    InstitutionNotResponding,
    InternalServerError,
    Unavailable,
    ConnectionReset,
    AnswerLost,
    TruncatedBody,
}

/// Calls that will go wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "demo.ts")]
pub struct PendingFault {
    pub path: String,
    pub call: Option<DemoCall>,
    pub fault: DemoFault,
    pub times: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "demo.ts")]
pub enum DemoHealth {
    Healthy,
    Degraded,
    Down,
    Unsupported,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "demo.ts")]
pub struct DemoInstitution {
    pub institution_id: String,
    pub name: String,
    pub health: DemoHealth,
    /// Whether the user changed `health`.
    pub changed: bool,
    pub linked: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "demo.ts")]
pub struct DemoItem {
    pub item_id: String,
    pub institution_name: String,
    pub person_name: String,
    /// An [`ItemTrouble`], or another Plaid code set from outside.
    pub code: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[ts(export, export_to = "demo.ts")]
pub enum ItemTrouble {
    ItemLoginRequired,
    /// A consent from the bank's own page expired (Plaid's `error_code_reason`).
    OauthConsentExpired,
    OauthUserRevoked,
    OauthInvalidToken,
    ItemLocked,
    UserSetupRequired,
    NoAccounts,
    UserPermissionRevoked,
    PendingExpiration,
    PendingDisconnect,
    NewAccountsAvailable,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    tag = "kind"
)]
#[ts(export, export_to = "demo.ts")]
pub enum DemoChange {
    /// Saved, unlike the other changes.
    Latency {
        latency: DemoLatency,
    },
    Limits {
        limits: DemoLimits,
    },
    Fail {
        call: DemoCall,
        fault: DemoFault,
        /// From 1 to 100. Problem field: `times`.
        times: u32,
    },
    ClearFaults,
    Institution {
        institution_id: String,
        health: DemoHealth,
    },
    Item {
        item_id: String,
        trouble: Option<ItemTrouble>,
    },
    Clock {
        advance_seconds: u32,
    },
}
