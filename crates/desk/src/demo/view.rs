//! What the Demo's menu shows and sends: how the stand-in behaves, in the words of Plaid's Sandbox.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How the Demo's bank behaves at the moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "demo.ts")]
pub struct DemoView {
    /// How long live balances take.
    pub latency: DemoLatency,
    /// Which of Plaid's rate limits hold.
    pub limits: DemoLimits,
    /// What goes wrong next, by endpoint and in order.
    pub faults: Vec<PendingFault>,
    /// Every institution there is, the linked ones first.
    pub institutions: Vec<DemoInstitution>,
    /// The linked Items, the newest last.
    pub items: Vec<DemoItem>,
    /// Seconds by which its clock is ahead of this computer's.
    #[ts(type = "number")]
    pub ahead_seconds: i64,
}

/// How long live balances take in the Demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "demo.ts")]
pub enum DemoLatency {
    /// No time at all.
    Instant,
    /// As Plaid documents it: 3 s in the median, 11 s at the 95th percentile, now and then 30 s.
    Lifelike,
    /// Always the same.
    Fixed {
        /// From 1 to 120,000.
        millis: u32,
    },
}

/// Which of Plaid's documented rate limits the Demo keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "demo.ts")]
pub enum DemoLimits {
    /// None.
    Off,
    /// Those of Plaid's Sandbox.
    Sandbox,
    /// Those of Plaid's Production.
    Production,
}

/// The calls of Balance Desk that can be made to go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "demo.ts")]
pub enum DemoCall {
    /// /accounts/balance/get
    LiveBalances,
    /// /accounts/get
    Accounts,
    /// /item/get
    CheckItem,
    /// /link/token/create
    LinkToken,
    /// /item/public_token/exchange
    Exchange,
    /// /item/access_token/invalidate
    RotateToken,
    /// /item/remove
    RemoveItem,
    /// /signal/evaluate
    Evaluate,
    /// /signal/decision/report
    ReportDecision,
    /// /signal/return/report
    ReportReturn,
}

/// What goes wrong with a call, named as the stand-in's control endpoint names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "demo.ts")]
pub enum DemoFault {
    /// HTTP 429 with Plaid's error for one Item, where it has one, else for the client.
    RateLimit,
    /// HTTP 429 with Plaid's error for the client.
    ClientRateLimit,
    /// HTTP 429, INSTITUTION_RATE_LIMIT: the bank is asked too often.
    InstitutionRateLimit,
    /// HTTP 400, INSTITUTION_NOT_RESPONDING.
    InstitutionNotResponding,
    /// HTTP 500 with Plaid's error.
    InternalServerError,
    /// HTTP 503 with a page of HTML.
    Unavailable,
    /// The connection is reset before anything is done.
    ConnectionReset,
    /// The connection is reset after the call took effect.
    AnswerLost,
    /// The call takes effect, and half of its answer arrives.
    TruncatedBody,
}

/// Calls that will go wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "demo.ts")]
pub struct PendingFault {
    /// Plaid's endpoint, such as `/accounts/balance/get`.
    pub path: String,
    /// The call, if it is one of those the menu offers.
    pub call: Option<DemoCall>,
    /// What goes wrong.
    pub fault: DemoFault,
    /// With how many calls in a row.
    pub times: u32,
}

/// How well an institution works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "demo.ts")]
pub enum DemoHealth {
    /// Well.
    Healthy,
    /// Slowly and not always; what it answers is right.
    Degraded,
    /// Not at all for now (INSTITUTION_DOWN).
    Down,
    /// Not any more (INSTITUTION_NO_LONGER_SUPPORTED).
    Unsupported,
}

/// One of the Demo's institutions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "demo.ts")]
pub struct DemoInstitution {
    /// Plaid's institution_id.
    pub institution_id: String,
    /// Its name.
    pub name: String,
    /// How well it works now.
    pub health: DemoHealth,
    /// Whether that was set, rather than being how the institution always is.
    pub changed: bool,
    /// Whether an Item of the desk is there.
    pub linked: bool,
}

/// One linked Item, as the Demo's bank sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "demo.ts")]
pub struct DemoItem {
    /// Plaid's item_id.
    pub item_id: String,
    /// Name of its institution.
    pub institution_name: String,
    /// For whom it was linked.
    pub person_name: String,
    /// What is the matter with it: a [`ItemTrouble`], or another of Plaid's codes set from outside.
    pub code: Option<String>,
}

/// What can be the matter with an Item, named by Plaid's codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[ts(export, export_to = "demo.ts")]
pub enum ItemTrouble {
    /// The person has to sign in again.
    ItemLoginRequired,
    /// The same, because a consent given on the bank's own page has run out (Plaid's `error_code_reason`).
    OauthConsentExpired,
    /// The same, because the person ended it on the bank's own page.
    OauthUserRevoked,
    /// The same, because the bank does not take what it gave Plaid.
    OauthInvalidToken,
    /// The bank has locked the login.
    ItemLocked,
    /// The person has to finish something at the bank.
    UserSetupRequired,
    /// No account is left.
    NoAccounts,
    /// The person has withdrawn the permission.
    UserPermissionRevoked,
    /// It works, and its consent ends in a week.
    PendingExpiration,
    /// It works, and the bank is about to disconnect it.
    PendingDisconnect,
    /// It works, and there is an account that is not shared.
    NewAccountsAvailable,
}

/// What the user sets.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    tag = "kind"
)]
#[ts(export, export_to = "demo.ts")]
pub enum DemoChange {
    /// How long live balances take. Remembered, unlike everything else.
    Latency {
        /// Problem field: `latency`.
        latency: DemoLatency,
    },
    /// Which rate limits hold.
    Limits {
        /// Which.
        limits: DemoLimits,
    },
    /// The next calls of a kind go wrong.
    Fail {
        /// Which calls.
        call: DemoCall,
        /// What goes wrong.
        fault: DemoFault,
        /// How many of them, from 1 to 100. Problem field: `times`.
        times: u32,
    },
    /// Nothing goes wrong any more.
    ClearFaults,
    /// How well an institution works.
    Institution {
        /// Plaid's institution_id.
        institution_id: String,
        /// How well.
        health: DemoHealth,
    },
    /// Something is the matter with an Item, or nothing any more.
    Item {
        /// Plaid's item_id.
        item_id: String,
        /// What; absent makes it well.
        trouble: Option<ItemTrouble>,
    },
    /// The clock of the Demo's bank moves forward.
    Clock {
        /// By so much.
        advance_seconds: u32,
    },
}
