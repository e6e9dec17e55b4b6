//! The calls that exist in Sandbox only: an Item without Link, and an Item that has lost its login.
//! Production answers them with SANDBOX_ONLY.

use serde::{Deserialize, Serialize};

use crate::{AccessToken, Client, Endpoint, Error, InstitutionId, PublicToken, RequestId};

/// What Item `/sandbox/public_token/create` makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxPublicTokenRequest {
    /// At which institution.
    pub institution_id: InstitutionId,
    /// With which products; at least one, never `balance`.
    pub initial_products: Vec<String>,
    /// As which Sandbox user; `None` is `user_good`.
    pub override_username: Option<String>,
    /// With which Sandbox password; for `user_custom`, the JSON that describes the accounts.
    pub override_password: Option<String>,
    /// Where webhooks go.
    pub webhook: Option<String>,
}

/// Answer of `/sandbox/public_token/create`.
#[derive(Clone, Debug, Deserialize)]
pub struct SandboxPublicToken {
    /// To be exchanged as one that came from Link.
    pub public_token: PublicToken,
    /// Names the call for Plaid's support.
    pub request_id: RequestId,
}

/// Answer of `/sandbox/item/reset_login`.
#[derive(Clone, Debug, Deserialize)]
pub struct LoginReset {
    /// Whether the Item is now in ITEM_LOGIN_REQUIRED.
    pub reset_login: bool,
    /// Names the call for Plaid's support.
    pub request_id: RequestId,
}

#[derive(Serialize)]
struct PublicTokenBody<'a> {
    institution_id: &'a InstitutionId,
    initial_products: &'a [String],
    options: PublicTokenOptions<'a>,
}

#[derive(Serialize)]
struct PublicTokenOptions<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    override_username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    override_password: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook: Option<&'a str>,
}

impl Client {
    /// `/sandbox/public_token/create`: an Item without Link.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn sandbox_public_token_create(
        &self,
        request: &SandboxPublicTokenRequest,
    ) -> Result<SandboxPublicToken, Error> {
        let body = PublicTokenBody {
            institution_id: &request.institution_id,
            initial_products: &request.initial_products,
            options: PublicTokenOptions {
                override_username: request.override_username.as_deref(),
                override_password: request.override_password.as_deref(),
                webhook: request.webhook.as_deref(),
            },
        };
        self.call(Endpoint::SandboxPublicTokenCreate, &body, &[])
            .await
    }

    /// `/sandbox/item/reset_login`: puts the Item into ITEM_LOGIN_REQUIRED.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn sandbox_item_reset_login(
        &self,
        access_token: &AccessToken,
    ) -> Result<LoginReset, Error> {
        self.item_call(Endpoint::SandboxItemResetLogin, access_token)
            .await
    }
}
