//! Accounts and balances: `/accounts/get` (cached, free) and `/accounts/balance/get` (live, billed).
//! See plaid.com/docs/api/products/balance. `None` means that the institution doesn't report an amount, never zero.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::{
    AccessToken, AccountId, Client, Decimal, Endpoint, Error, Item, PersistentAccountId, RequestId,
    Timestamp, decimal, wire,
};

/// Optional parts of `/accounts/balance/get`.
#[skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BalanceOptions {
    /// Which accounts to read; empty for all. An account of another Item is an error.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub account_ids: Vec<AccountId>,
    /// The oldest acceptable balance, sent in whole seconds. Required at Capital One (`ins_128026`) if the Item has a
    /// non-depository account, and always at Apple Card (`ins_136439`); ignored elsewhere.
    #[serde(serialize_with = "wire::serialize_optional_time")]
    pub min_last_updated_datetime: Option<Timestamp>,
}

/// Answer of `/accounts/get` and `/accounts/balance/get`.
#[derive(Clone, Debug, Deserialize)]
pub struct AccountsResponse {
    /// The requested accounts.
    pub accounts: Vec<Account>,
    /// The Item they belong to.
    pub item: Item,
    /// Names the call for Plaid's support.
    pub request_id: RequestId,
}

/// One account of an Item.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Account {
    /// Names the account within its Item.
    pub account_id: AccountId,
    /// Chosen by the customer or the institution.
    pub name: String,
    /// The institution's product name.
    pub official_name: Option<String>,
    /// The last 2 to 4 characters of the account number; not unique.
    pub mask: Option<String>,
    /// `depository`, `credit`, `loan`, `investment`, and others.
    pub r#type: String,
    /// `checking`, `savings`, `credit card`, and many others.
    pub subtype: Option<String>,
    /// Names the same account across Items, where the institution supports it.
    pub persistent_account_id: Option<PersistentAccountId>,
    /// `business`, `personal`, or `unrecognized`.
    pub holder_category: Option<String>,
    /// The balances in this answer.
    pub balances: Balances,
}

/// The balances of one account, in one currency.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Balances {
    /// The amount that can be withdrawn.
    #[serde(default, deserialize_with = "decimal::optional")]
    pub available: Option<Decimal>,
    /// The amount in the account. For credit and loans, the amount owed.
    #[serde(default, deserialize_with = "decimal::optional")]
    pub current: Option<Decimal>,
    /// The credit limit; in Europe, also the overdraft limit.
    #[serde(default, deserialize_with = "decimal::optional")]
    pub limit: Option<Decimal>,
    /// The ISO 4217 code of all three amounts.
    pub iso_currency_code: Option<String>,
    /// Set instead of `iso_currency_code` for a currency without an ISO code.
    pub unofficial_currency_code: Option<String>,
    /// When the institution updated the balances; only at Capital One and Apple Card.
    #[serde(default, deserialize_with = "wire::optional_time")]
    pub last_updated_datetime: Option<Timestamp>,
}

#[skip_serializing_none]
#[derive(Serialize)]
struct AccountsBalanceGetBody<'a> {
    access_token: &'a str,
    options: Option<&'a BalanceOptions>,
}

impl Client {
    /// `/accounts/get`: the accounts with cached balances. Free.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn accounts_get(
        &self,
        access_token: &AccessToken,
    ) -> Result<AccountsResponse, Error> {
        self.item_call(Endpoint::AccountsGet, access_token).await
    }

    /// `/accounts/balance/get`: live balances from the bank. Billed per success; takes 3 to 30 s, sometimes longer.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn accounts_balance_get(
        &self,
        access_token: &AccessToken,
        options: &BalanceOptions,
    ) -> Result<AccountsResponse, Error> {
        let access_token = access_token.expose();
        let body = AccountsBalanceGetBody {
            access_token,
            options: (*options != BalanceOptions::default()).then_some(options),
        };
        self.call(Endpoint::AccountsBalanceGet, &body, &[access_token])
            .await
    }
}
