//! What the accounts screen shows of Items and accounts.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    accounts::view::{Change, LowBalance},
    balances::view::{CurrencyTotal, ReadingView},
    link::view::{DuplicateItem, Purpose},
};
use desk_core::problem::Problem;

/// Everything the accounts screen shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "items.ts")]
pub struct ItemsView {
    /// Items, the newest linked last.
    pub items: Vec<ItemView>,
    /// One row per currency.
    pub totals: Vec<CurrencyTotal>,
}

/// One Item: one login of one person at one institution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "items.ts")]
pub struct ItemView {
    /// Plaid's item_id.
    pub item_id: String,
    /// Plaid's institution_id.
    pub institution_id: Option<String>,
    /// Name of the institution.
    pub institution_name: String,
    /// Base64 PNG, 152 x 152.
    pub institution_logo: Option<String>,
    /// CSS colour such as `#095aa6`.
    pub institution_color: Option<String>,
    /// For whom it was linked.
    pub person: PersonView,
    /// What it is for.
    pub purpose: Purpose,
    /// RFC 3339.
    pub linked_at: String,
    /// RFC 3339: when the bank's consent ends, where it does.
    pub consent_expires_at: Option<String>,
    /// Whether it works.
    pub health: ItemHealth,
    /// What it needs soon, although it works.
    pub advice: Option<Advice>,
    /// RFC 3339: when Plaid last answered /item/get for it.
    pub checked_at: Option<String>,
    /// How its institution is, as Plaid last saw it.
    pub institution_status: Option<InstitutionStatusView>,
    /// An Item linked before that has accounts in common with it, as was seen after it was linked. The user may remove
    /// one of the two, or say that they are different.
    pub duplicate_of: Option<DuplicateItem>,
    /// Its accounts, in Plaid's order.
    pub accounts: Vec<AccountView>,
}

/// Whether an Item works, as last seen.
#[allow(
    clippy::large_enum_variant,
    reason = "there are few of them, and none is kept"
)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase", tag = "state")]
#[ts(export, export_to = "items.ts")]
pub enum ItemHealth {
    /// No error known.
    Healthy,
    /// Plaid reported an error for it.
    #[serde(rename_all = "camelCase")]
    NeedsAttention {
        /// What, and what to do.
        problem: Problem,
        /// RFC 3339.
        since: String,
    },
    /// A removal was asked for and Plaid has not confirmed it yet. Plaid is asked again by itself.
    #[serde(rename_all = "camelCase")]
    Removing {
        /// Why Plaid could not be told; absent while it is being told.
        problem: Option<Problem>,
        /// RFC 3339: when the removal was asked for.
        since: String,
    },
}

/// What an Item that works needs soon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "items.ts")]
pub struct Advice {
    /// What, and what to do.
    pub problem: Problem,
    /// RFC 3339: since when it is known.
    pub since: String,
}

/// How an institution is, told apart from what is wrong with one login there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "items.ts")]
pub struct InstitutionStatusView {
    /// Well, badly or not at all.
    pub state: InstitutionState,
    /// What it means, in a sentence or two.
    pub message: String,
    /// RFC 3339: when Plaid last answered about it.
    pub checked_at: String,
}

/// How well an institution works through Plaid.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, TS, strum::EnumString, strum::IntoStaticStr,
)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "items.ts")]
#[strum(serialize_all = "snake_case")]
pub enum InstitutionState {
    /// As usual.
    Healthy,
    /// Slowly, or not every time.
    Degraded,
    /// Not at all for now.
    Down,
}

/// One account of an Item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "items.ts")]
pub struct AccountView {
    /// Plaid's account_id.
    pub account_id: String,
    /// The Item it belongs to.
    pub item_id: String,
    /// Name as the bank or the person gave it.
    pub name: String,
    /// The bank's official name.
    pub official_name: Option<String>,
    /// Last 2 to 4 characters of the number; not unique.
    pub mask: Option<String>,
    /// `depository`, `credit`, `loan`, `investment`, ...
    pub account_type: String,
    /// `checking`, `savings`, ...
    pub subtype: Option<String>,
    /// True for checking and savings accounts in US dollars: an ACH debit from them can be evaluated.
    pub can_evaluate: bool,
    /// The newest reading.
    pub reading: Option<ReadingView>,
    /// The user's own name for it, to be shown instead of the bank's.
    pub own_name: Option<String>,
    /// Whether the user has taken it out of the list.
    pub hidden: bool,
    /// The low-balance mark, where one is set.
    pub low_balance: Option<LowBalance>,
    /// How the current balance moved since the reading before, where both report it in one currency.
    pub change: Option<Change>,
}

/// A person banks are linked for. The name stays on this computer; Plaid gets a random client_user_id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "items.ts")]
pub struct PersonView {
    /// The desk's own id.
    pub person_id: String,
    /// 1 to 120 characters.
    pub name: String,
}

/// What removing an Item came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "items.ts")]
pub struct ItemRemoved {
    /// Plaid's item_id.
    pub item_id: String,
    /// Name of the institution.
    pub institution_name: String,
    /// How far the removal is.
    pub outcome: RemovalOutcome,
}

/// How far a removal is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[ts(export, export_to = "items.ts")]
pub enum RemovalOutcome {
    /// Plaid has removed the Item, or does not know it any more.
    Removed,
    /// Plaid refused the access token instead of removing the Item: it is ended here, and Plaid may hold it still. Its
    /// Dashboard or its support can tell.
    EndedHere,
    /// Plaid could not be told. The Item stays as being removed, and Plaid is asked again until it agrees.
    Queued {
        /// Why not.
        problem: Problem,
    },
}

desk_core::store::sql_words!(InstitutionState);
