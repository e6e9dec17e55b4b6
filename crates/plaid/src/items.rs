//! Items: exchange, state, token rotation, and removal. See plaid.com/docs/api/items.
//!
//! Exchange and rotation return the only copy of an access token: store it before anything else can fail.

use serde::{Deserialize, Serialize};

use crate::{
    AccessToken, ApiError, Client, Endpoint, Error, InstitutionId, ItemId, PublicToken, RequestId,
    Timestamp, wire,
};

/// Answer of `/item/public_token/exchange`.
#[derive(Clone, Debug, Deserialize)]
pub struct ItemPublicTokenExchangeResponse {
    /// Gives access to the new Item. This is the only copy.
    pub access_token: AccessToken,
    /// Names the new Item.
    pub item_id: ItemId,
    /// Names the call for Plaid's support.
    pub request_id: RequestId,
}

/// Answer of `/item/get`.
#[derive(Clone, Debug, Deserialize)]
pub struct ItemGetResponse {
    /// The Item.
    pub item: Item,
    /// What Plaid last did for the Item.
    pub status: Option<ItemStatus>,
    /// Names the call for Plaid's support.
    pub request_id: RequestId,
}

/// One login at one institution.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Item {
    /// Names the Item.
    pub item_id: ItemId,
    /// Absent if the Item was made with micro-deposits.
    pub institution_id: Option<InstitutionId>,
    /// The institution's name.
    pub institution_name: Option<String>,
    /// Why the Item doesn't work, until it is repaired.
    #[serde(default, deserialize_with = "wire::inner_error")]
    pub error: Option<ApiError>,
    /// When the customer's consent ends.
    #[serde(default, deserialize_with = "wire::optional_time")]
    pub consent_expiration_time: Option<Timestamp>,
    /// Products requested at linking or added since.
    #[serde(default, deserialize_with = "wire::nullable_list")]
    pub products: Vec<String>,
    /// Products that could be added.
    #[serde(default, deserialize_with = "wire::nullable_list")]
    pub available_products: Vec<String>,
    /// Products that Plaid charges for.
    #[serde(default, deserialize_with = "wire::nullable_list")]
    pub billed_products: Vec<String>,
    /// Where Plaid sends webhooks; an empty string if nowhere.
    pub webhook: Option<String>,
    /// `background` or `user_present_required`.
    pub update_type: Option<String>,
}

/// What Plaid last did for an Item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ItemStatus {
    /// The last webhook that Plaid sent.
    pub last_webhook: Option<LastWebhook>,
}

/// The last webhook that Plaid sent for an Item.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct LastWebhook {
    /// When Plaid sent it.
    #[serde(default, deserialize_with = "wire::optional_time")]
    pub sent_at: Option<Timestamp>,
    /// Its `webhook_code`.
    pub code_sent: Option<String>,
}

/// Answer of `/item/remove`.
#[derive(Clone, Debug, Deserialize)]
pub struct ItemRemoveResponse {
    /// Names the call for Plaid's support.
    pub request_id: RequestId,
}

/// Answer of `/item/access_token/invalidate`.
#[derive(Clone, Debug, Deserialize)]
pub struct ItemAccessTokenInvalidateResponse {
    /// Gives access to the Item from now on. This is the only copy, and the old token no longer works.
    pub new_access_token: AccessToken,
    /// Names the call for Plaid's support.
    pub request_id: RequestId,
}

#[derive(Serialize)]
struct PublicTokenBody<'a> {
    public_token: &'a str,
}

#[derive(Serialize)]
struct AccessTokenBody<'a> {
    access_token: &'a str,
}

impl Client {
    /// `/item/public_token/exchange`: turns a public token into a new Item. Works once.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn item_public_token_exchange(
        &self,
        public_token: &PublicToken,
    ) -> Result<ItemPublicTokenExchangeResponse, Error> {
        let public_token = public_token.expose();
        let body = PublicTokenBody { public_token };
        self.call(Endpoint::ItemPublicTokenExchange, &body, &[public_token])
            .await
    }

    /// `/item/get`: the state of an Item.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn item_get(&self, access_token: &AccessToken) -> Result<ItemGetResponse, Error> {
        self.item_call(Endpoint::ItemGet, access_token).await
    }

    /// `/item/remove`: ends the Item and its subscriptions; its access token no longer works.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn item_remove(
        &self,
        access_token: &AccessToken,
    ) -> Result<ItemRemoveResponse, Error> {
        self.item_call(Endpoint::ItemRemove, access_token).await
    }

    /// `/item/access_token/invalidate`: replaces the access token; the old one stops working at once.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn item_access_token_invalidate(
        &self,
        access_token: &AccessToken,
    ) -> Result<ItemAccessTokenInvalidateResponse, Error> {
        self.item_call(Endpoint::ItemAccessTokenInvalidate, access_token)
            .await
    }

    /// A call whose only field is the access token.
    pub(crate) async fn item_call<A: serde::de::DeserializeOwned>(
        &self,
        endpoint: Endpoint,
        access_token: &AccessToken,
    ) -> Result<A, Error> {
        let access_token = access_token.expose();
        let body = AccessTokenBody { access_token };
        self.call(endpoint, &body, &[access_token]).await
    }
}
