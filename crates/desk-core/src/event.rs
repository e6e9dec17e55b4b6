//! What the desk tells the shell and the screens while nobody is asking.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Something changed; the screens ask again for what they show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "event.ts")]
pub enum DeskEvent {
    /// The app status.
    StatusChanged,
    /// Items, accounts, readings or people.
    ItemsChanged,
    /// A Link session; the shell closes its window when it has nothing left to do.
    #[serde(rename_all = "camelCase")]
    LinkChanged {
        /// Which.
        session_id: String,
        /// True once Link has nothing left to do: the session has ended, however, or its grant waits for the user's
        /// decision (`held`); and when its environment was closed: then it is taken up when that is opened again.
        ended: bool,
    },
    /// The page of a Link session asks to go on in the system browser: the shell hands it over as if the user had asked
    /// in the main window.
    #[serde(rename_all = "camelCase")]
    LinkInBrowser {
        /// Which.
        session_id: String,
    },
    /// Evaluations, decisions, returns or their delivery.
    EvaluationsChanged,
    /// Batches of planned debits, or their rows.
    BatchesChanged,
    /// Balances went below their marks; the shell shows a notification. Told once for each time.
    #[serde(rename_all = "camelCase")]
    LowBalance {
        /// Which, and the marks.
        accounts: Vec<LowBalanceNotice>,
    },
}

/// What the UI caches, for saying what outdates it. `cargo xtask bindings` makes the UI's rules of this, of
/// [`DeskEvent::invalidates`], and of what the commands provide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheTag {
    /// Items, accounts and their readings.
    Items,
    /// Customers.
    People,
    /// Link sessions, invitations included.
    LinkSessions,
    /// Evaluations, decisions, returns and their delivery.
    Evaluations,
    /// Batches and their rows.
    Batches,
    /// Counts of billed calls.
    Billing,
    /// The Demo bank's state.
    Demo,
}

impl DeskEvent {
    /// What the UI must read again after this event.
    pub fn invalidates(&self) -> &'static [CacheTag] {
        match self {
            // The window reads the status itself, because another environment empties the cache. The Demo's bank may
            // have been started again.
            Self::StatusChanged => &[CacheTag::Demo],
            Self::ItemsChanged => &[
                CacheTag::Items,
                CacheTag::People,
                CacheTag::Billing,
                CacheTag::Demo,
            ],
            Self::LinkChanged { .. } => &[CacheTag::LinkSessions, CacheTag::Demo],
            Self::EvaluationsChanged => &[CacheTag::Evaluations, CacheTag::Billing, CacheTag::Demo],
            Self::BatchesChanged => &[CacheTag::Batches],
            Self::LinkInBrowser { .. } | Self::LowBalance { .. } => &[],
        }
    }
}

/// Balances that went below their marks, for a notification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "event.ts")]
pub struct LowBalanceNotice {
    /// Plaid's account_id.
    pub account_id: String,
    /// The user's own name of the account, or else the bank's.
    pub account_name: String,
    /// Name of the institution.
    pub institution_name: String,
    /// Exact decimal text.
    pub threshold: String,
    /// Of the threshold.
    pub currency: String,
}
