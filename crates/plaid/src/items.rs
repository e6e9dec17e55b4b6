//! Items: the exchange that makes one ours, its state, the rotation of its token, and its end.
//! Exchange and rotation are done once: their answers hold the only copy of a token.

use serde::{Deserialize, Serialize};

use crate::{
    AccessToken, ApiError, Client, Endpoint, Error, InstitutionId, ItemId, PublicToken, RequestId,
    Timestamp, wire,
};

/// Answer of `/item/public_token/exchange`.
#[derive(Clone, Debug, Deserialize)]
pub struct Exchanged {
    /// Opens the Item. Store it before anything else.
    pub access_token: AccessToken,
    /// Names the Item.
    pub item_id: ItemId,
    /// Names the call for Plaid's support.
    pub request_id: RequestId,
}

/// Answer of `/item/get`.
#[derive(Clone, Debug, Deserialize)]
pub struct ItemAnswer {
    /// The Item.
    pub item: Item,
    /// When it was last updated and notified.
    pub status: Option<ItemStatus>,
    /// Names the call for Plaid's support.
    pub request_id: RequestId,
}

/// One login at one institution.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Item {
    /// Names the Item.
    pub item_id: ItemId,
    /// Its institution; none for an Item made by micro-deposits.
    pub institution_id: Option<InstitutionId>,
    /// The institution's name.
    pub institution_name: Option<String>,
    /// What keeps it from working, until it is repaired.
    #[serde(default, deserialize_with = "wire::inner_error")]
    pub error: Option<ApiError>,
    /// When the user's consent ends, if it does.
    #[serde(default, deserialize_with = "wire::optional_time")]
    pub consent_expiration_time: Option<Timestamp>,
    /// The products it was made with or that were added since.
    #[serde(default, deserialize_with = "wire::list")]
    pub products: Vec<String>,
    /// Products that it could have.
    #[serde(default, deserialize_with = "wire::list")]
    pub available_products: Vec<String>,
    /// Products that it is billed for.
    #[serde(default, deserialize_with = "wire::list")]
    pub billed_products: Vec<String>,
    /// Where Plaid sends its webhooks.
    pub webhook: Option<String>,
    /// `background` or `user_present_required`.
    pub update_type: Option<String>,
}

/// When Plaid last did something for an Item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ItemStatus {
    /// The last webhook sent.
    pub last_webhook: Option<LastWebhook>,
}

/// The last webhook sent for an Item.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct LastWebhook {
    /// When it was sent.
    #[serde(default, deserialize_with = "wire::optional_time")]
    pub sent_at: Option<Timestamp>,
    /// What it said.
    pub code_sent: Option<String>,
}

/// Answer of `/item/remove`.
#[derive(Clone, Debug, Deserialize)]
pub struct Removed {
    /// Names the call for Plaid's support.
    pub request_id: RequestId,
}

/// Answer of `/item/access_token/invalidate`.
#[derive(Clone, Debug, Deserialize)]
pub struct Rotated {
    /// Opens the Item from now on. Store it before anything else: the old one is dead.
    pub new_access_token: AccessToken,
    /// Names the call for Plaid's support.
    pub request_id: RequestId,
}

#[derive(Serialize)]
struct ExchangeBody<'a> {
    public_token: &'a str,
}

#[derive(Serialize)]
struct ItemBody<'a> {
    access_token: &'a str,
}

impl Client {
    /// `/item/public_token/exchange`: the access token of a new Item. A public token is exchanged once.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn item_public_token_exchange(
        &self,
        public_token: &PublicToken,
    ) -> Result<Exchanged, Error> {
        let body = ExchangeBody {
            public_token: public_token.expose(),
        };
        self.call(
            Endpoint::ItemPublicTokenExchange,
            &body,
            &[public_token.expose()],
        )
        .await
    }

    /// `/item/get`: the state of an Item.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn item_get(&self, access_token: &AccessToken) -> Result<ItemAnswer, Error> {
        self.item_call(Endpoint::ItemGet, access_token).await
    }

    /// `/item/remove`: ends the Item and what it is billed for; its access token opens nothing any more.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn item_remove(&self, access_token: &AccessToken) -> Result<Removed, Error> {
        self.item_call(Endpoint::ItemRemove, access_token).await
    }

    /// `/item/access_token/invalidate`: a new access token; the old one dies at once.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn item_access_token_invalidate(
        &self,
        access_token: &AccessToken,
    ) -> Result<Rotated, Error> {
        self.item_call(Endpoint::ItemAccessTokenInvalidate, access_token)
            .await
    }

    /// A call that says nothing but which Item.
    pub(crate) async fn item_call<A: serde::de::DeserializeOwned>(
        &self,
        endpoint: Endpoint,
        access_token: &AccessToken,
    ) -> Result<A, Error> {
        let body = ItemBody {
            access_token: access_token.expose(),
        };
        self.call(endpoint, &body, &[access_token.expose()]).await
    }
}
