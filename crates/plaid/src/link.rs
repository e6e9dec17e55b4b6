//! Link: the token that opens a session, and the results of its sessions. See plaid.com/docs/api/link.
//!
//! A hosted session's public token is available only from `/link/token/get`, for six hours after the session ends.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::{
    AccessToken, AccountId, ApiError, Client, Endpoint, Error, InstitutionId, LinkSessionId,
    LinkToken, PublicToken, RequestId, Timestamp, wire,
};

/// Configures one Link session.
#[derive(Clone, Debug)]
pub struct LinkTokenCreateRequest {
    /// The app's name in Link. Plaid shows "This Application" if it is longer than 30 characters.
    pub client_name: String,
    /// Such as `en`.
    pub language: String,
    /// Whose banks Link offers, ISO 3166-1 alpha-2.
    pub country_codes: Vec<String>,
    /// Our name for the customer; no personal data.
    pub user_client_user_id: String,
    /// The new Item's products; never `balance`. Empty in update mode.
    pub products: Vec<String>,
    /// Where Plaid sends webhooks.
    pub webhook: Option<String>,
    /// Where OAuth returns to: https, and registered in the Dashboard.
    pub redirect_uri: Option<String>,
    /// The Item to repair or extend (update mode).
    pub access_token: Option<AccessToken>,
    /// In update mode, whether the customer may change the accounts.
    pub account_selection_enabled: bool,
    /// Requests a `hosted_link_url`, which opens the session in any browser.
    pub hosted_link: Option<HostedLinkOptions>,
}

/// Configures a hosted session.
#[skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct HostedLinkOptions {
    /// How long the URL works, in seconds: 30 minutes by default, at most 21 days.
    pub url_lifetime_seconds: Option<u32>,
    /// Where the browser goes when the session ends.
    pub completion_redirect_uri: Option<String>,
}

/// Answer of `/link/token/create`.
#[derive(Clone, Deserialize)]
pub struct LinkTokenCreateResponse {
    /// Opens the session.
    pub link_token: LinkToken,
    /// When the token expires.
    #[serde(deserialize_with = "wire::time")]
    pub expiration: Timestamp,
    /// Opens the session in any browser. As secret as the token: show it only to the customer it is for.
    pub hosted_link_url: Option<String>,
    /// Names the call for Plaid's support.
    pub request_id: RequestId,
}

impl fmt::Debug for LinkTokenCreateResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hosted_link_url = self.hosted_link_url.as_ref().map(|_| "[redacted]");
        f.debug_struct("LinkTokenCreateResponse")
            .field("link_token", &self.link_token)
            .field("expiration", &self.expiration)
            .field("hosted_link_url", &hosted_link_url)
            .field("request_id", &self.request_id)
            .finish()
    }
}

/// Answer of `/link/token/get`.
#[derive(Clone, Debug, Deserialize)]
pub struct LinkTokenGetResponse {
    /// When the token expires.
    #[serde(default, deserialize_with = "wire::optional_time")]
    pub expiration: Option<Timestamp>,
    /// The sessions opened with the token.
    #[serde(
        default,
        rename = "link_sessions",
        deserialize_with = "wire::nullable_list"
    )]
    pub sessions: Vec<LinkTokenSession>,
    /// Names the call for Plaid's support.
    pub request_id: RequestId,
}

/// One Link session.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "LinkTokenSessionBody")]
pub struct LinkTokenSession {
    /// Names the session.
    pub link_session_id: LinkSessionId,
    /// When it started.
    pub started_at: Option<Timestamp>,
    /// When it ended; `None` while it is open.
    pub finished_at: Option<Timestamp>,
    /// The Items it made; their public tokens can be exchanged.
    pub item_adds: Vec<ItemAddResult>,
    /// How the customer left, if without success.
    pub exit: Option<LinkExit>,
    /// Link's `onEvent` calls, oldest first. Only for hosted sessions.
    pub events: Vec<LinkSessionEvent>,
}

/// One `onEvent` call of a Link session.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct LinkSessionEvent {
    /// Names the event.
    pub event_id: String,
    /// `OPEN`, `TRANSITION_VIEW`, `HANDOFF`, and others; new names appear without notice.
    pub event_name: String,
    /// When it happened.
    #[serde(default, deserialize_with = "wire::optional_time")]
    pub timestamp: Option<Timestamp>,
    /// `view_name`, `institution_name`, `error_code`, and others.
    #[serde(default)]
    pub event_metadata: Option<serde_json::Map<String, serde_json::Value>>,
}

/// An Item that a session made.
#[derive(Clone, Debug)]
pub struct ItemAddResult {
    /// Can be exchanged once.
    pub public_token: PublicToken,
    /// The Item's institution.
    pub institution_id: Option<InstitutionId>,
    /// The institution's name.
    pub institution_name: Option<String>,
    /// The accounts that the customer chose.
    pub accounts: Vec<LinkAccount>,
}

/// An account as Link reports it, without balances.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct LinkAccount {
    /// Names the account within its Item.
    pub id: AccountId,
    /// Chosen by the customer or the institution.
    pub name: Option<String>,
    /// The last characters of the account number.
    pub mask: Option<String>,
    /// `depository` and others.
    pub r#type: Option<String>,
    /// `checking` and others.
    pub subtype: Option<String>,
}

/// How a customer left Link without success.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "LinkExitBody")]
pub struct LinkExit {
    /// `None` if the customer just left.
    pub error: Option<ApiError>,
    /// Where the customer was, such as `requires_credentials`.
    pub status: Option<String>,
    /// The institution that the customer had chosen.
    pub institution_id: Option<InstitutionId>,
    /// The institution's name.
    pub institution_name: Option<String>,
    /// Names the last call for Plaid's support.
    pub request_id: Option<RequestId>,
}

#[skip_serializing_none]
#[derive(Serialize)]
struct LinkTokenCreateBody<'a> {
    client_name: &'a str,
    language: &'a str,
    country_codes: &'a [String],
    user: UserBody<'a>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    products: &'a [String],
    webhook: Option<&'a str>,
    redirect_uri: Option<&'a str>,
    access_token: Option<&'a str>,
    update: Option<UpdateBody>,
    hosted_link: Option<&'a HostedLinkOptions>,
}

#[derive(Serialize)]
struct UserBody<'a> {
    client_user_id: &'a str,
}

#[derive(Serialize)]
struct UpdateBody {
    account_selection_enabled: bool,
}

#[derive(Serialize)]
struct LinkTokenGetBody<'a> {
    link_token: &'a str,
}

#[derive(Deserialize)]
struct LinkTokenSessionBody {
    link_session_id: LinkSessionId,
    #[serde(default, deserialize_with = "wire::optional_time")]
    started_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "wire::optional_time")]
    finished_at: Option<Timestamp>,
    results: Option<ResultsBody>,
    on_success: Option<OnSuccessBody>,
    exit: Option<LinkExit>,
    on_exit: Option<LinkExit>,
    #[serde(default, deserialize_with = "wire::nullable_list")]
    events: Vec<serde_json::Value>,
}

#[derive(Default, Deserialize)]
struct ResultsBody {
    #[serde(default, deserialize_with = "wire::nullable_list")]
    item_add_results: Vec<ItemAddBody>,
}

#[derive(Deserialize)]
struct ItemAddBody {
    public_token: PublicToken,
    #[serde(flatten)]
    metadata: OnSuccessMetadata,
}

#[derive(Deserialize)]
struct OnSuccessBody {
    public_token: PublicToken,
    metadata: Option<OnSuccessMetadata>,
}

#[derive(Default, Deserialize)]
struct OnSuccessMetadata {
    institution: Option<LinkInstitutionBody>,
    #[serde(default, deserialize_with = "wire::nullable_list")]
    accounts: Vec<LinkAccount>,
}

#[derive(Default, Deserialize)]
struct LinkInstitutionBody {
    name: Option<String>,
    institution_id: Option<InstitutionId>,
}

#[derive(Deserialize)]
struct LinkExitBody {
    #[serde(default, deserialize_with = "wire::inner_error")]
    error: Option<ApiError>,
    metadata: Option<LinkExitMetadata>,
}

#[derive(Default, Deserialize)]
struct LinkExitMetadata {
    institution: Option<LinkInstitutionBody>,
    status: Option<String>,
    request_id: Option<RequestId>,
}

impl From<LinkTokenSessionBody> for LinkTokenSession {
    /// Falls back to the deprecated `on_success` and `on_exit`.
    fn from(body: LinkTokenSessionBody) -> Self {
        let results = body.results.unwrap_or_default().item_add_results;
        let mut item_adds: Vec<_> = results
            .into_iter()
            .map(|add| item_add(add.public_token, add.metadata))
            .collect();
        if item_adds.is_empty()
            && let Some(success) = body.on_success
        {
            let metadata = success.metadata.unwrap_or_default();
            item_adds.push(item_add(success.public_token, metadata));
        }
        Self {
            link_session_id: body.link_session_id,
            started_at: body.started_at,
            finished_at: body.finished_at,
            item_adds,
            exit: body.exit.or(body.on_exit),
            // An event of an unknown shape must not cost the public token next to it.
            events: body
                .events
                .into_iter()
                .filter_map(|event| serde_json::from_value(event).ok())
                .collect(),
        }
    }
}

fn item_add(public_token: PublicToken, metadata: OnSuccessMetadata) -> ItemAddResult {
    let institution = metadata.institution.unwrap_or_default();
    ItemAddResult {
        public_token,
        institution_id: institution.institution_id,
        institution_name: institution.name,
        accounts: metadata.accounts,
    }
}

impl From<LinkExitBody> for LinkExit {
    fn from(body: LinkExitBody) -> Self {
        let metadata = body.metadata.unwrap_or_default();
        let institution = metadata.institution.unwrap_or_default();
        Self {
            error: body.error,
            status: metadata.status,
            institution_id: institution.institution_id,
            institution_name: institution.name,
            request_id: metadata.request_id,
        }
    }
}

impl Client {
    /// `/link/token/create`: a token that opens one Link session.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn link_token_create(
        &self,
        request: &LinkTokenCreateRequest,
    ) -> Result<LinkTokenCreateResponse, Error> {
        let access_token = request.access_token.as_ref().map(AccessToken::expose);
        let body = LinkTokenCreateBody {
            client_name: &request.client_name,
            language: &request.language,
            country_codes: &request.country_codes,
            user: UserBody {
                client_user_id: &request.user_client_user_id,
            },
            products: &request.products,
            webhook: request.webhook.as_deref(),
            redirect_uri: request.redirect_uri.as_deref(),
            access_token,
            update: request.account_selection_enabled.then_some(UpdateBody {
                account_selection_enabled: true,
            }),
            hosted_link: request.hosted_link.as_ref(),
        };
        self.call(Endpoint::LinkTokenCreate, &body, access_token.as_slice())
            .await
    }

    /// `/link/token/get`: the results of the sessions opened with this token.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn link_token_get(
        &self,
        link_token: &LinkToken,
    ) -> Result<LinkTokenGetResponse, Error> {
        let link_token = link_token.expose();
        let body = LinkTokenGetBody { link_token };
        self.call(Endpoint::LinkTokenGet, &body, &[link_token])
            .await
    }
}
