//! Calls that exist only in Sandbox; Production answers with `SANDBOX_ONLY`. See plaid.com/docs/api/sandbox.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::{AccessToken, Client, Endpoint, Error, InstitutionId, PublicToken, RequestId};

/// Describes the Item that `/sandbox/public_token/create` makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxPublicTokenCreateRequest {
    /// The Item's institution.
    pub institution_id: InstitutionId,
    /// At least one product; never `balance`.
    pub initial_products: Vec<String>,
    /// The Sandbox user; `user_good` if `None`.
    pub override_username: Option<String>,
    /// The Sandbox password; for `user_custom`, JSON that describes the accounts.
    pub override_password: Option<String>,
    /// Where Plaid sends webhooks.
    pub webhook: Option<String>,
}

/// Answer of `/sandbox/public_token/create`.
#[derive(Clone, Debug, Deserialize)]
pub struct SandboxPublicTokenCreateResponse {
    /// Can be exchanged like a token from Link.
    pub public_token: PublicToken,
    /// Names the call for Plaid's support.
    pub request_id: RequestId,
}

/// Answer of `/sandbox/item/reset_login`.
#[derive(Clone, Debug, Deserialize)]
pub struct SandboxItemResetLoginResponse {
    /// Whether the Item is now in `ITEM_LOGIN_REQUIRED`.
    pub reset_login: bool,
    /// Names the call for Plaid's support.
    pub request_id: RequestId,
}

#[derive(Serialize)]
struct SandboxPublicTokenCreateBody<'a> {
    institution_id: &'a InstitutionId,
    initial_products: &'a [String],
    options: SandboxPublicTokenOptions<'a>,
}

#[skip_serializing_none]
#[derive(Serialize)]
struct SandboxPublicTokenOptions<'a> {
    override_username: Option<&'a str>,
    override_password: Option<&'a str>,
    webhook: Option<&'a str>,
}

impl Client {
    /// `/sandbox/public_token/create`: makes an Item without Link.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn sandbox_public_token_create(
        &self,
        request: &SandboxPublicTokenCreateRequest,
    ) -> Result<SandboxPublicTokenCreateResponse, Error> {
        let body = SandboxPublicTokenCreateBody {
            institution_id: &request.institution_id,
            initial_products: &request.initial_products,
            options: SandboxPublicTokenOptions {
                override_username: request.override_username.as_deref(),
                override_password: request.override_password.as_deref(),
                webhook: request.webhook.as_deref(),
            },
        };
        self.call(Endpoint::SandboxPublicTokenCreate, &body, &[])
            .await
    }

    /// `/sandbox/item/reset_login`: puts the Item into `ITEM_LOGIN_REQUIRED`.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn sandbox_item_reset_login(
        &self,
        access_token: &AccessToken,
    ) -> Result<SandboxItemResetLoginResponse, Error> {
        self.item_call(Endpoint::SandboxItemResetLogin, access_token)
            .await
    }
}
