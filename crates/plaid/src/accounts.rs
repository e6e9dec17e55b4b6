//! Accounts and their balances: `/accounts/get` (cached, free) and `/accounts/balance/get` (live, billed).
//! An amount that the institution does not report is `None`, never zero.

use serde::{Deserialize, Serialize};

use crate::{
    AccessToken, AccountId, Client, Decimal, Endpoint, Error, Item, PersistentAccountId, RequestId,
    Timestamp, decimal, wire,
};

/// What a balance call asks for beyond the Item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BalanceOptions {
    /// Only these accounts; empty for all of the Item's. An account of another Item is an error.
    pub account_ids: Vec<AccountId>,
    /// The oldest balance that will do, sent in whole seconds. Capital One (`ins_128026`) requires it for accounts
    /// other than depository ones; elsewhere it does nothing.
    pub min_last_updated_datetime: Option<Timestamp>,
}

/// Answer of `/accounts/get` and `/accounts/balance/get`.
#[derive(Clone, Debug, Deserialize)]
pub struct AccountsAnswer {
    /// The accounts asked for.
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
    /// The name the user or the institution gave it.
    pub name: String,
    /// The institution's product name.
    pub official_name: Option<String>,
    /// The last 2 to 4 characters of the account number, not unique.
    pub mask: Option<String>,
    /// `depository`, `credit`, `loan`, `investment` and others.
    pub r#type: String,
    /// `checking`, `savings`, `credit card` and many others.
    pub subtype: Option<String>,
    /// Names the same account across Items, where the institution has such a name.
    pub persistent_account_id: Option<PersistentAccountId>,
    /// `business`, `personal` or `unrecognized`.
    pub holder_category: Option<String>,
    /// Its balances as of this answer.
    pub balances: Balances,
}

/// The balances of one account, in one currency.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Balances {
    /// What can be spent or withdrawn.
    #[serde(default, deserialize_with = "decimal::optional")]
    pub available: Option<Decimal>,
    /// What is there, or for credit and loans what is owed.
    #[serde(default, deserialize_with = "decimal::optional")]
    pub current: Option<Decimal>,
    /// The credit limit or the agreed overdraft.
    #[serde(default, deserialize_with = "decimal::optional")]
    pub limit: Option<Decimal>,
    /// The ISO 4217 code of all three amounts.
    pub iso_currency_code: Option<String>,
    /// The code of a currency that ISO does not name, when that one is absent.
    pub unofficial_currency_code: Option<String>,
    /// How old the balances are, where the institution says so.
    #[serde(default, deserialize_with = "wire::optional_time")]
    pub last_updated_datetime: Option<Timestamp>,
}

#[derive(Serialize)]
struct BalanceGetBody<'a> {
    access_token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<BalanceOptionsBody<'a>>,
}

#[derive(Serialize)]
struct BalanceOptionsBody<'a> {
    #[serde(skip_serializing_if = "<[AccountId]>::is_empty")]
    account_ids: &'a [AccountId],
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "wire::serialize_optional_time"
    )]
    min_last_updated_datetime: Option<Timestamp>,
}

impl Client {
    /// `/accounts/get`: the accounts with cached balances, without charge.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn accounts_get(&self, access_token: &AccessToken) -> Result<AccountsAnswer, Error> {
        self.item_call(Endpoint::AccountsGet, access_token).await
    }

    /// `/accounts/balance/get`: balances fetched from the bank now. Billed for each success; takes 3 to 30 s and more.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn accounts_balance_get(
        &self,
        access_token: &AccessToken,
        options: &BalanceOptions,
    ) -> Result<AccountsAnswer, Error> {
        let body = BalanceGetBody {
            access_token: access_token.expose(),
            options: (*options != BalanceOptions::default()).then_some(BalanceOptionsBody {
                account_ids: &options.account_ids,
                min_last_updated_datetime: options.min_last_updated_datetime,
            }),
        };
        self.call(
            Endpoint::AccountsBalanceGet,
            &body,
            &[access_token.expose()],
        )
        .await
    }
}
