//! What the screens show of linking a bank, and what they ask for.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::problem::Problem;

/// What a bank is linked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "link.ts")]
pub enum Purpose {
    /// Debits are evaluated: products `["signal", "auth"]`.
    AchRisk,
    /// Balances are looked at: products `["auth"]` unless chosen otherwise.
    BalancesOnly,
}

/// A bank to link.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "link.ts")]
pub struct LinkRequest {
    /// What for.
    pub purpose: Purpose,
    /// For `balancesOnly`: Plaid products, for example `["auth"]`; never `balance`. Field `products`.
    pub products: Vec<String>,
    /// For whom. Field `personName`.
    pub person: PersonChoice,
}

/// For whom a bank is linked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "link.ts")]
pub enum PersonChoice {
    /// Somebody known.
    #[serde(rename_all = "camelCase")]
    Known {
        /// Which.
        person_id: String,
    },
    /// Somebody new.
    New {
        /// 1 to 120 characters after trimming.
        name: String,
    },
}

/// One Link session as the screen shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "link.ts")]
pub struct LinkSessionView {
    /// The desk's own id.
    pub session_id: String,
    /// Where it stands.
    pub state: LinkState,
    /// What for.
    pub purpose: Purpose,
    /// For whom.
    pub person_name: String,
    /// The Item being repaired, in update mode.
    pub repairs_item_id: Option<String>,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub ended_at: Option<String>,
    /// Chosen in Link.
    pub institution_name: Option<String>,
    /// The Item that came of it (or was repaired).
    pub item_id: Option<String>,
    /// Why it ended without an Item, or what is in the way.
    pub problem: Option<Problem>,
    /// Where the person stood when they left (`requires_credentials`, ...).
    pub exit_status: Option<String>,
    /// Plaid's link_session_id, for support.
    pub link_session_id: Option<String>,
    /// onEvent, onSuccess and onExit as they came, oldest first.
    pub events: Vec<LinkEventView>,
}

/// States of a Link session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "link.ts")]
pub enum LinkState {
    /// Written; the link token may not have come yet.
    Created,
    /// The Link window is open.
    Opened,
    /// The bank granted access; the public token is held encrypted until it is exchanged.
    Succeeded,
    /// The Item is stored (or, in update mode, repaired).
    Exchanged,
    /// The person left Link, or the window was closed.
    Exited,
    /// The link token or public token ran out.
    Expired,
    /// It could not be started or exchanged.
    Failed,
}

/// One callback of Link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "link.ts")]
pub struct LinkEventView {
    /// RFC 3339, when the desk received it.
    pub at: String,
    /// `OPEN`, `TRANSITION_VIEW`, `HANDOFF`, ...; unknown names come as they are.
    pub name: String,
    /// Link's view name, when the event names one.
    pub view_name: Option<String>,
    /// Institution named in the event.
    pub institution_name: Option<String>,
    /// Error code named in the event.
    pub error_code: Option<String>,
    /// Request id named in the event.
    pub request_id: Option<String>,
}
