//! Link: the token that opens a session, and what became of the sessions it opened.
//! A hosted session's public token comes by `/link/token/get` only, kept there six hours after its end.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    AccessToken, AccountId, ApiError, Client, Endpoint, Error, InstitutionId, LinkSessionId,
    LinkToken, PublicToken, RequestId, Timestamp, wire,
};

/// What a Link session is to do.
#[derive(Clone, Debug)]
pub struct LinkTokenCreateRequest {
    /// The app's name in Link; more than 30 characters show as "This Application".
    pub client_name: String,
    /// Link's language, as `en`.
    pub language: String,
    /// The countries whose banks are offered, ISO 3166-1 alpha-2.
    pub country_codes: Vec<String>,
    /// Our own name for the user: no personal data in it.
    pub user_client_user_id: String,
    /// The products of the new Item; never `balance`. Empty in update mode.
    pub products: Vec<String>,
    /// Where webhooks go.
    pub webhook: Option<String>,
    /// Where OAuth returns to: https, and registered in the Dashboard.
    pub redirect_uri: Option<String>,
    /// The Item to repair or to extend: update mode.
    pub access_token: Option<AccessToken>,
    /// In update mode, whether the user may choose other accounts.
    pub account_selection_enabled: bool,
    /// Asks for an address that opens the session in any browser.
    pub hosted_link: Option<HostedLink>,
}

/// How long and how a hosted session may be opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct HostedLink {
    /// How long the address opens, in seconds; Plaid's default is 30 minutes, its limit 21 days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url_lifetime_seconds: Option<u32>,
    /// Where the browser goes when the session ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_redirect_uri: Option<String>,
}

/// Answer of `/link/token/create`.
#[derive(Clone, Deserialize)]
pub struct LinkTokenCreated {
    /// Opens the session.
    pub link_token: LinkToken,
    /// Until when.
    #[serde(deserialize_with = "wire::time")]
    pub expiration: Timestamp,
    /// Opens the session in any browser; as good as the token, so to be shown to its user only.
    pub hosted_link_url: Option<String>,
    /// Names the call for Plaid's support.
    pub request_id: RequestId,
}

impl fmt::Debug for LinkTokenCreated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hosted_link_url = self.hosted_link_url.as_ref().map(|_| "[redacted]");
        f.debug_struct("LinkTokenCreated")
            .field("link_token", &self.link_token)
            .field("expiration", &self.expiration)
            .field("hosted_link_url", &hosted_link_url)
            .field("request_id", &self.request_id)
            .finish()
    }
}

/// Answer of `/link/token/get`.
#[derive(Clone, Debug)]
pub struct LinkTokenStatus {
    /// Until when the token opens sessions.
    pub expiration: Option<Timestamp>,
    /// The sessions it opened so far.
    pub sessions: Vec<LinkSession>,
    /// Names the call for Plaid's support.
    pub request_id: RequestId,
}

/// One session of Link.
#[derive(Clone, Debug)]
pub struct LinkSession {
    /// Names the session.
    pub link_session_id: LinkSessionId,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended; `None` while it runs.
    pub finished_at: Option<Timestamp>,
    /// The Items it made, each waiting to be exchanged.
    pub item_adds: Vec<ItemAdd>,
    /// How the user left, if without success.
    pub exit: Option<SessionExit>,
    /// What happened in it, as Link tells it to `onEvent`, the oldest first. Of hosted sessions only.
    pub events: Vec<LinkSessionEvent>,
}

/// Something that happened in a session of Link.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct LinkSessionEvent {
    /// Names the event.
    pub event_id: String,
    /// `OPEN`, `TRANSITION_VIEW`, `HANDOFF`, ...; unknown names appear without notice.
    pub event_name: String,
    /// When it happened.
    #[serde(default, deserialize_with = "wire::optional_time")]
    pub timestamp: Option<Timestamp>,
    /// What is told of it: `view_name`, `institution_name`, `error_code` and others.
    #[serde(default)]
    pub event_metadata: Option<serde_json::Map<String, serde_json::Value>>,
}

/// An Item that a session made.
#[derive(Clone, Debug)]
pub struct ItemAdd {
    /// To be exchanged, once.
    pub public_token: PublicToken,
    /// Its institution.
    pub institution_id: Option<InstitutionId>,
    /// The institution's name.
    pub institution_name: Option<String>,
    /// The accounts that the user chose.
    pub accounts: Vec<LinkAccount>,
}

/// An account as Link tells of it, without balances.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct LinkAccount {
    /// Names the account within its Item.
    pub id: AccountId,
    /// Its name.
    pub name: Option<String>,
    /// The last characters of its number.
    pub mask: Option<String>,
    /// `depository` and others.
    pub r#type: Option<String>,
    /// `checking` and others.
    pub subtype: Option<String>,
}

/// How a user left Link without success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionExit {
    /// The error that ended it; `None` when the user just left.
    pub error: Option<ApiError>,
    /// Where the user was, as `requires_credentials`.
    pub status: Option<String>,
    /// The institution the user had chosen.
    pub institution_id: Option<InstitutionId>,
    /// The institution's name.
    pub institution_name: Option<String>,
    /// Names the last call for Plaid's support.
    pub request_id: Option<RequestId>,
}

#[derive(Serialize)]
struct CreateBody<'a> {
    client_name: &'a str,
    language: &'a str,
    country_codes: &'a [String],
    user: UserBody<'a>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    products: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_uri: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    update: Option<UpdateBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hosted_link: Option<&'a HostedLink>,
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
struct GetBody<'a> {
    link_token: &'a str,
}

/// `/link/token/get` as Plaid writes it.
#[derive(Deserialize)]
struct WireStatus {
    #[serde(default, deserialize_with = "wire::optional_time")]
    expiration: Option<Timestamp>,
    #[serde(default, deserialize_with = "wire::list")]
    link_sessions: Vec<WireSession>,
    request_id: RequestId,
}

#[derive(Deserialize)]
struct WireSession {
    link_session_id: LinkSessionId,
    #[serde(default, deserialize_with = "wire::optional_time")]
    started_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "wire::optional_time")]
    finished_at: Option<Timestamp>,
    results: Option<WireResults>,
    on_success: Option<WireSuccess>,
    exit: Option<WireExit>,
    on_exit: Option<WireExit>,
    #[serde(default, deserialize_with = "wire::list")]
    events: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct WireResults {
    #[serde(default, deserialize_with = "wire::list")]
    item_add_results: Vec<WireItemAdd>,
}

#[derive(Deserialize)]
struct WireItemAdd {
    public_token: PublicToken,
    #[serde(default, deserialize_with = "wire::list")]
    accounts: Vec<LinkAccount>,
    institution: Option<WireInstitution>,
}

#[derive(Deserialize)]
struct WireSuccess {
    public_token: PublicToken,
    metadata: Option<WireSuccessMetadata>,
}

#[derive(Default, Deserialize)]
struct WireSuccessMetadata {
    institution: Option<WireInstitution>,
    #[serde(default, deserialize_with = "wire::list")]
    accounts: Vec<LinkAccount>,
}

#[derive(Default, Deserialize)]
struct WireInstitution {
    name: Option<String>,
    institution_id: Option<InstitutionId>,
}

#[derive(Deserialize)]
struct WireExit {
    #[serde(default, deserialize_with = "wire::inner_error")]
    error: Option<ApiError>,
    metadata: Option<WireExitMetadata>,
}

#[derive(Default, Deserialize)]
struct WireExitMetadata {
    institution: Option<WireInstitution>,
    status: Option<String>,
    request_id: Option<RequestId>,
}

impl From<WireStatus> for LinkTokenStatus {
    fn from(wire: WireStatus) -> Self {
        Self {
            expiration: wire.expiration,
            sessions: wire.link_sessions.into_iter().map(Into::into).collect(),
            request_id: wire.request_id,
        }
    }
}

impl From<WireSession> for LinkSession {
    /// Reads the present fields, and the ones they replaced where those are all there is.
    fn from(wire: WireSession) -> Self {
        let mut item_adds: Vec<ItemAdd> = wire
            .results
            .map(|results| {
                results
                    .item_add_results
                    .into_iter()
                    .map(Into::into)
                    .collect()
            })
            .unwrap_or_default();
        if item_adds.is_empty() {
            item_adds.extend(wire.on_success.map(ItemAdd::from));
        }
        Self {
            link_session_id: wire.link_session_id,
            started_at: wire.started_at,
            finished_at: wire.finished_at,
            item_adds,
            exit: wire.exit.or(wire.on_exit).map(Into::into),
            // An event of another shape is not worth the grant beside it.
            events: wire
                .events
                .into_iter()
                .filter_map(|event| serde_json::from_value(event).ok())
                .collect(),
        }
    }
}

impl From<WireItemAdd> for ItemAdd {
    fn from(wire: WireItemAdd) -> Self {
        let institution = wire.institution.unwrap_or_default();
        Self {
            public_token: wire.public_token,
            institution_id: institution.institution_id,
            institution_name: institution.name,
            accounts: wire.accounts,
        }
    }
}

impl From<WireSuccess> for ItemAdd {
    fn from(wire: WireSuccess) -> Self {
        let metadata = wire.metadata.unwrap_or_default();
        WireItemAdd {
            public_token: wire.public_token,
            accounts: metadata.accounts,
            institution: metadata.institution,
        }
        .into()
    }
}

impl From<WireExit> for SessionExit {
    fn from(wire: WireExit) -> Self {
        let metadata = wire.metadata.unwrap_or_default();
        let institution = metadata.institution.unwrap_or_default();
        Self {
            error: wire.error,
            status: metadata.status,
            institution_id: institution.institution_id,
            institution_name: institution.name,
            request_id: metadata.request_id,
        }
    }
}

impl Client {
    /// `/link/token/create`: a token that opens one session of Link.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn link_token_create(
        &self,
        request: &LinkTokenCreateRequest,
    ) -> Result<LinkTokenCreated, Error> {
        let access_token = request.access_token.as_ref().map(AccessToken::expose);
        let body = CreateBody {
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

    /// `/link/token/get`: what became of the sessions that this token opened.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn link_token_get(&self, link_token: &LinkToken) -> Result<LinkTokenStatus, Error> {
        let body = GetBody {
            link_token: link_token.expose(),
        };
        let status: WireStatus = self
            .call(Endpoint::LinkTokenGet, &body, &[link_token.expose()])
            .await?;
        Ok(status.into())
    }
}
