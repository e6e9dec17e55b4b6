//! What the screens show of linking a bank, and what they ask for.

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

/// A link for somebody else to use on a device of their own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "link.ts")]
pub struct InvitationRequest {
    /// What it is to do.
    pub aim: InvitationAim,
    /// What it is for, in the sender's words: at most 120 characters. It goes into the e-mail draft, and Plaid does not
    /// get it. Field `note`.
    pub note: Option<String>,
    /// How long the link opens: 1 to 504 hours (21 days). Field `lifetimeHours`.
    pub lifetime_hours: u32,
    /// One of Link's languages. Field `language`.
    pub language: String,
}

/// What an invitation is to do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "link.ts")]
pub enum InvitationAim {
    /// The customer links a bank.
    NewBank {
        /// What for.
        purpose: Purpose,
        /// For `balancesOnly`: Plaid products. Field `products`.
        products: Vec<String>,
        /// For whom. Field `personName`.
        person: PersonChoice,
    },
    /// The customer signs in to a linked bank again.
    #[serde(rename_all = "camelCase")]
    Repair {
        /// Which.
        item_id: String,
        /// Whether they may choose other accounts, too.
        choose_accounts: bool,
    },
}

/// Where the person links.
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
    /// In the system browser, to which the Link window was handed over.
    Browser,
    /// Elsewhere, through a link that was sent.
    Invitation,
}

/// How far a customer has got with an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "link.ts")]
pub enum InvitationProgress {
    /// Nobody has opened the link.
    NotOpened,
    /// It was opened, and has not come to an Item yet. Who leaves may open it again.
    Started,
    /// The bank agreed.
    Finished,
    /// It opens no more, and nothing came of it.
    Expired,
    /// It was taken back.
    Cancelled,
}

/// An invitation as the screen shows it.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "link.ts")]
pub struct InvitationView {
    /// What to send, while it can be used. It opens Link for whoever has it.
    pub url: Option<String>,
    /// What it is for, in the sender's words.
    pub note: Option<String>,
    /// One of Link's languages.
    pub language: String,
    /// RFC 3339: until when it opens.
    pub expires_at: String,
    /// How far the customer has got.
    pub progress: InvitationProgress,
    /// RFC 3339: when Plaid last answered about it.
    pub checked_at: Option<String>,
}

/// The address is all that keeps others from linking in the customer's place.
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

/// What a grant looks like that may be linked already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "link.ts")]
pub struct DuplicateView {
    /// RFC 3339. Without a decision until then the bank is kept beside the others, so that it is not lost.
    pub decide_by: String,
    /// The accounts that were granted.
    pub granted_accounts: Vec<SameAccount>,
    /// What it looks like, the Items of the same person first.
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
    /// Whose it is.
    pub person: PersonView,
    /// Whether it does not work at the moment: then signing in again may be what is wanted.
    pub needs_attention: bool,
    /// Accounts that look the same.
    pub same_accounts: Vec<SameAccount>,
    /// How many others it has.
    pub other_accounts: u32,
}

/// An account, by what the same one is recognised by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "link.ts")]
pub struct SameAccount {
    /// Its name.
    pub name: String,
    /// Last characters of its number.
    pub mask: Option<String>,
}

/// What is to become of a grant that looks like something linked already.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "link.ts")]
pub enum DuplicateChoice {
    /// Both stay: two Items, billed as two.
    KeepBoth,
    /// The new one takes the place of an Item, which is removed once the new one is stored.
    #[serde(rename_all = "camelCase")]
    Replace {
        /// Which Item goes.
        item_id: String,
    },
    /// The new one goes: it is exchanged and removed at once, so that nothing stays at Plaid.
    Discard,
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
    /// Where the person links.
    pub way: LinkWay,
    /// The Item being repaired, in update mode.
    pub repairs_item_id: Option<String>,
    /// In update mode: whether other accounts may be chosen.
    pub choose_accounts: bool,
    /// Whether the Link window can be handed over to the system browser.
    pub can_continue_in_browser: bool,
    /// Of a link that was sent.
    pub invitation: Option<InvitationView>,
    /// What the grant looks like, while it is for the user to decide (`held`).
    pub duplicate: Option<DuplicateView>,
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
    /// Written; the link token may not have come yet.
    Created,
    /// Link can be used: in its window, in the system browser, or by whoever an invitation was sent to.
    Opened,
    /// The bank granted access; the public token is held encrypted until it is exchanged.
    Succeeded,
    /// The bank granted access to what may be linked already: the user decides. The public token is held encrypted.
    Held,
    /// The Item is stored (or, in update mode, repaired).
    Exchanged,
    /// The bank granted access that is not wanted (any more): the Item was exchanged only to be removed.
    Withdrawn,
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

desk_core::store::sql_words!(Purpose, LinkWay, LinkState);
