//! What the list of accounts shows: one compact row per account, and what many rows share once.

use serde::Serialize;
use ts_rs::TS;

use crate::{
    balances::view::{CurrencyTotal, ReadingSource},
    items::view::{Advice, InstitutionStatusView, ItemHealth, PersonView},
    link::view::{DuplicateItem, Purpose},
};

/// Every account of every Item that is not removed, those that the user has hidden included. Rows name their Item,
/// Items their institution and person, by the place in the lists here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "accounts.ts")]
pub struct AccountsList {
    /// In the order of their Items, and within one in Plaid's order.
    pub rows: Vec<AccountRow>,
    /// The newest linked last.
    pub items: Vec<ItemRow>,
    /// Each once, with its logo.
    pub institutions: Vec<InstitutionRow>,
    /// Those that have Items.
    pub people: Vec<PersonView>,
    /// One per currency, over the accounts that are not hidden.
    pub totals: Vec<CurrencyTotal>,
    /// How many accounts are not hidden, whether their rows are here or not.
    pub accounts: u32,
}

/// One account. What is not known is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "accounts.ts", optional_fields)]
pub struct AccountRow {
    /// Plaid's account_id.
    pub account_id: String,
    /// Its Item, by the place in `items`.
    pub item: u32,
    /// Name as the bank or the person gave it.
    pub name: String,
    /// The user's own name for it, to be shown instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_name: Option<String>,
    /// The bank's official name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub official_name: Option<String>,
    /// Last 2 to 4 characters of the number; not unique.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask: Option<String>,
    /// `depository`, `credit`, `loan`, `investment`, ...
    pub account_type: String,
    /// `checking`, `savings`, ...
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtype: Option<String>,
    /// True for checking and savings accounts in US dollars: an ACH debit from them can be evaluated.
    pub can_evaluate: bool,
    /// Whether the user has taken it out of the list.
    pub hidden: bool,
    /// The present reading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reading: Option<RowReading>,
    /// The low-balance mark, where one is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low_balance: Option<LowBalance>,
    /// How the current balance moved since the reading before, where both report it in one currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
}

/// The present reading of a row. An amount that is left out is "not reported".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "accounts.ts", optional_fields)]
pub struct RowReading {
    /// Exact decimal text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<String>,
    /// Exact decimal text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
    /// Exact decimal text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// ISO 4217 code, or Plaid's unofficial code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// True when `currency` is an unofficial code.
    pub unofficial_currency: bool,
    /// RFC 3339, UTC: when the desk received it.
    pub read_at: String,
    /// RFC 3339: when the bank last updated it, where the bank says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_updated_at: Option<String>,
    /// Where it came from.
    pub source: ReadingSource,
}

/// One Item as the list needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "accounts.ts")]
pub struct ItemRow {
    /// Plaid's item_id.
    pub item_id: String,
    /// By the place in `institutions`.
    pub institution: u32,
    /// By the place in `people`.
    pub person: u32,
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
    /// An Item linked before that has accounts in common with it.
    pub duplicate_of: Option<DuplicateItem>,
}

/// One institution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "accounts.ts")]
pub struct InstitutionRow {
    /// Plaid's institution_id.
    pub institution_id: Option<String>,
    /// Its name.
    pub name: String,
    /// Base64 PNG, 152 x 152.
    pub logo: Option<String>,
    /// CSS colour such as `#095aa6`.
    pub color: Option<String>,
}

/// A low-balance mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "accounts.ts")]
pub struct LowBalance {
    /// The balance is low when it is less than this; exact decimal text, may be negative.
    pub threshold: String,
    /// The currency of the threshold: the account's when it was set. A reading in another one is not compared.
    pub currency: String,
    /// Which number of the present reading is compared.
    pub counts: Counted,
    /// RFC 3339: since when the balance is below; absent when it is not.
    pub below_since: Option<String>,
}

/// The number that is held against a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "accounts.ts")]
pub enum Counted {
    /// What can be spent: it is reported, so it counts.
    Available,
    /// What is there: the available balance is not reported.
    Current,
    /// Neither counts: nothing is reported, or only what is owed on a credit card or loan, which is no balance to run
    /// low. Nothing is compared.
    Nothing,
}

/// How a balance moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "accounts.ts")]
pub struct Change {
    /// Exact decimal text; negative when the balance fell.
    pub amount: String,
    /// RFC 3339: when the balance it is compared with was read.
    pub since: String,
}
