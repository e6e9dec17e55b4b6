use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "event.ts")]
pub enum DeskEvent {
    StatusChanged,
    ItemsChanged,
    #[serde(rename_all = "camelCase")]
    LinkChanged {
        session_id: String,
        /// True when Link is finished: the session ended, its grant awaits the user's decision (`held`), or its
        /// environment was closed.
        ended: bool,
    },
    #[serde(rename_all = "camelCase")]
    LinkInBrowser {
        session_id: String,
    },
    EvaluationsChanged,
    BatchesChanged,
    #[serde(rename_all = "camelCase")]
    LowBalance {
        accounts: Vec<LowBalanceNotice>,
    },
}

/// What the UI caches. `cargo xtask bindings` generates the UI's invalidation rules from this enum and
/// [`DeskEvent::invalidates`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheTag {
    Items,
    People,
    LinkSessions,
    Evaluations,
    Batches,
    Billing,
    Demo,
}

impl DeskEvent {
    pub fn invalidates(&self) -> &'static [CacheTag] {
        match self {
            // The window reads the status itself, because changing environments clears the cache. The Demo's bank may
            // have restarted.
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

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "event.ts")]
pub struct LowBalanceNotice {
    pub account_id: String,
    pub account_name: String,
    pub institution_name: String,
    pub threshold: String,
    pub currency: String,
}
