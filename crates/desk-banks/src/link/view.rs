//! IPC types for linking a bank.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::items::view::PersonView;
use desk_core::problem::Problem;

/// What a bank is linked for.
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
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "link.ts")]
#[strum(serialize_all = "snake_case")]
pub enum Purpose {
    /// Evaluate debits: products `["signal", "auth"]`.
    AchRisk,
    /// Read balances: products `["auth"]` unless chosen otherwise.
    BalancesOnly,
}

/// A bank to link.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "link.ts")]
pub struct LinkRequest {
    /// Why the bank is linked.
    pub purpose: Purpose,
    /// For `balancesOnly`: Plaid products, for example `["auth"]`, but never `balance`. Field `products`.
    pub products: Vec<String>,
    /// The customer. Field `personName`.
    pub person: PersonChoice,
}

/// The customer whose bank is linked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "link.ts")]
pub enum PersonChoice {
    /// A known customer.
    #[serde(rename_all = "camelCase")]
    Known {
        /// Which.
        person_id: String,
    },
    /// A new customer.
    New {
        /// 1 to 120 characters after trimming.
        name: String,
    },
}

/// Hosted Link for a customer to use on their own device.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "link.ts")]
pub struct InvitationRequest {
    /// What the invitation is for.
    pub aim: InvitationAim,
    /// The sender's note, at most 120 characters. Goes into the email draft, not to Plaid. Field `note`.
    pub note: Option<String>,
    /// How long the link works: 1 to 504 hours (21 days). Field `lifetimeHours`.
    pub lifetime_hours: u32,
    /// One of Link's languages. Field `language`.
    pub language: String,
}

/// What an invitation is for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "link.ts")]
pub enum InvitationAim {
    /// The customer links a bank.
    NewBank {
        /// Why the bank is linked.
        purpose: Purpose,
        /// For `balancesOnly`: Plaid products. Field `products`.
        products: Vec<String>,
        /// The customer. Field `personName`.
        person: PersonChoice,
    },
    /// The customer signs in to a linked bank again.
    #[serde(rename_all = "camelCase")]
    Repair {
        /// Which.
        item_id: String,
        /// Whether the customer can also choose other accounts.
        choose_accounts: bool,
    },
}

/// Where the customer links.
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
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "link.ts")]
#[strum(serialize_all = "snake_case")]
pub enum LinkWay {
    /// In the Link window.
    Window,
    /// In the system browser, continued from the Link window.
    Browser,
    /// On the customer's device, through a link sent to them.
    Invitation,
}

/// A customer's progress with an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "link.ts")]
pub enum InvitationProgress {
    /// Nobody has opened the link.
    NotOpened,
    /// Opened, but no Item yet. A customer who left can open it again.
    Started,
    /// The bank agreed.
    Finished,
    /// The link no longer works, and no bank was linked.
    Expired,
    /// Cancelled by the user.
    Cancelled,
}

/// An invitation as the screen shows it.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "link.ts")]
pub struct InvitationView {
    /// The link to send, while it works. Anyone who has it can use it.
    pub url: Option<String>,
    /// The sender's note.
    pub note: Option<String>,
    /// One of Link's languages.
    pub language: String,
    /// RFC 3339: when the link stops working.
    pub expires_at: String,
    /// The customer's progress.
    pub progress: InvitationProgress,
    /// RFC 3339: when Plaid last reported on it.
    pub checked_at: Option<String>,
}

/// Anyone who has the address can link in the customer's place, so it is never logged.
impl fmt::Debug for InvitationView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InvitationView")
            .field("url", &self.url.as_ref().map(|_| "[redacted]"))
            .field("language", &self.language)
            .field("expires_at", &self.expires_at)
            .field("progress", &self.progress)
            .field("checked_at", &self.checked_at)
            .finish_non_exhaustive()
    }
}

/// A grant that may already be linked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "link.ts")]
pub struct DuplicateView {
    /// RFC 3339. Without a decision by then, both banks are kept, so that none is lost.
    pub decide_by: String,
    /// The granted accounts.
    pub granted_accounts: Vec<SameAccount>,
    /// The likely duplicates. Items of the same customer come first.
    pub items: Vec<DuplicateItem>,
}

/// An Item that has accounts in common with another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "link.ts")]
pub struct DuplicateItem {
    /// Which.
    pub item_id: String,
    /// Name of the institution.
    pub institution_name: String,
    /// Its customer.
    pub person: PersonView,
    /// Whether it is broken: then the user may want to sign in again instead.
    pub needs_attention: bool,
    /// Accounts that match.
    pub same_accounts: Vec<SameAccount>,
    /// How many accounts do not match.
    pub other_accounts: u32,
}

/// What a matching account is recognized by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "link.ts")]
pub struct SameAccount {
    /// Its name.
    pub name: String,
    /// The last characters of its number.
    pub mask: Option<String>,
}

/// What to do with a grant that may already be linked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "link.ts")]
pub enum DuplicateChoice {
    /// Keep both Items. Plaid bills both.
    KeepBoth,
    /// Remove an Item once the new one is stored.
    #[serde(rename_all = "camelCase")]
    Replace {
        /// The Item to remove.
        item_id: String,
    },
    /// Exchange the new Item and remove it at once, so that nothing remains at Plaid.
    Discard,
}

/// One Link session as the screen shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "link.ts")]
pub struct LinkSessionView {
    /// Our own ID.
    pub session_id: String,
    /// The session's state.
    pub state: LinkState,
    /// Why the bank is linked.
    pub purpose: Purpose,
    /// The customer's name.
    pub person_name: String,
    /// Where the customer links.
    pub way: LinkWay,
    /// The Item being repaired, in update mode.
    pub repairs_item_id: Option<String>,
    /// In update mode: whether the customer can choose other accounts.
    pub choose_accounts: bool,
    /// Whether the session can continue in the system browser.
    pub can_continue_in_browser: bool,
    /// Only for an invitation.
    pub invitation: Option<InvitationView>,
    /// The likely duplicates, while the user has to decide (`held`).
    pub duplicate: Option<DuplicateView>,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub ended_at: Option<String>,
    /// Chosen in Link.
    pub institution_name: Option<String>,
    /// The Item that was linked or repaired.
    pub item_id: Option<String>,
    /// Why the session ended without an Item, or what is delaying it.
    pub problem: Option<Problem>,
    /// The step at which the customer left (`requires_credentials`, ...).
    pub exit_status: Option<String>,
    /// Plaid's link_session_id, for support.
    pub link_session_id: Option<String>,
    /// onEvent, onSuccess, and onExit, oldest first.
    pub events: Vec<LinkEventView>,
}

/// States of a Link session.
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
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "link.ts")]
#[strum(serialize_all = "snake_case")]
pub enum LinkState {
    /// Saved. The link token may not have arrived yet.
    Created,
    /// Link can be used: in its window, in the system browser, or through an invitation.
    Opened,
    /// The bank granted access. The public token is stored encrypted until it is exchanged.
    Succeeded,
    /// The bank granted access that may duplicate a linked bank, and the user has to decide. The public token is
    /// stored encrypted.
    Held,
    /// The Item is stored (or, in update mode, repaired).
    Exchanged,
    /// The bank granted access that is no longer wanted. The Item was exchanged only to be removed.
    Withdrawn,
    /// The customer left Link, or the window was closed.
    Exited,
    /// The link token or public token expired.
    Expired,
    /// The session could not start, or the exchange failed.
    Failed,
}

/// One callback of Link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "link.ts")]
pub struct LinkEventView {
    /// RFC 3339: when the app received it.
    pub at: String,
    /// `OPEN`, `TRANSITION_VIEW`, `HANDOFF`, ... or an unknown name, unchanged.
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

desk_core::store::sql_words!(Purpose, LinkWay, LinkState);
