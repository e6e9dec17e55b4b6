//! The transport: one POST with Plaid's headers, one answer, and a type for everything that can go wrong.
//! It follows no redirect, limits the size of answers, and retries nothing.

use std::{
    fmt, io,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use reqwest::{
    Response,
    header::{CONTENT_TYPE, DATE, HeaderMap, HeaderValue, LOCATION},
};
use serde::{Serialize, de::DeserializeOwned};
use url::Url;

use crate::{
    ApiHost, ApiSecret, CallObserver, ConfigError, ConnectFailure, Credentials, Endpoint, Error,
    ObservedCall, RequestId, TimeoutPhase,
    answer::{AnswerSummary, RawAnswer, SecretFilter, recorded_exchange},
};

const API_VERSION: &str = "2020-09-14";
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;

/// How long a call may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For the connection.
    pub connect: Duration,
    /// For a whole call that Plaid answers from its own data.
    pub ordinary: Duration,
    /// For a whole call that asks the bank: `/accounts/balance/get` and `/signal/evaluate`.
    pub bank: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            ordinary: Duration::from_secs(30),
            bank: Duration::from_secs(90),
        }
    }
}

/// Calls one Plaid environment. Cheap to clone.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use plaid::{AccessToken, ApiHost, ApiSecret, BalanceOptions, Client, ClientId, Credentials};
///
/// let credentials = Credentials {
///     client_id: ClientId::new("5f1e..."),
///     secret: ApiSecret::new("de5b..."),
/// };
/// let client = Client::new(ApiHost::Sandbox, credentials)?;
/// let token = AccessToken::new("access-sandbox-...");
/// let answer = client.accounts_balance_get(&token, &BalanceOptions::default()).await?;
/// for account in answer.accounts {
///     println!("{}: {:?}", account.name, account.balances.available);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    host: ApiHost,
    secret: ApiSecret,
    timeouts: Timeouts,
    observers: Vec<Arc<dyn CallObserver>>,
    clock_offset: Arc<Mutex<Option<SignedDuration>>>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("host", &self.host)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client with the default [`Timeouts`].
    ///
    /// # Errors
    /// If a key cannot be sent in a header, or TLS cannot be set up.
    pub fn new(host: ApiHost, credentials: Credentials) -> Result<Self, ConfigError> {
        Self::with_timeouts(host, credentials, Timeouts::default())
    }

    /// A client with other timeouts.
    ///
    /// # Errors
    /// If a key cannot be sent in a header, or TLS cannot be set up.
    pub fn with_timeouts(
        host: ApiHost,
        credentials: Credentials,
        timeouts: Timeouts,
    ) -> Result<Self, ConfigError> {
        let mut builder = reqwest::Client::builder()
            .default_headers(headers(&credentials)?)
            .user_agent(concat!("balance-desk/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(timeouts.connect);
        builder = match host {
            ApiHost::Loopback(_) => builder.no_proxy(),
            ApiHost::Sandbox | ApiHost::Production => builder.https_only(true),
        };
        Ok(Self {
            http: builder.build().map_err(ConfigError::Transport)?,
            host,
            secret: credentials.secret,
            timeouts,
            observers: Vec::new(),
            clock_offset: Arc::default(),
        })
    }

    /// A clone whose calls `observer` sees too.
    #[must_use]
    pub fn observed_by(&self, observer: Arc<dyn CallObserver>) -> Self {
        let mut client = self.clone();
        client.observers.push(observer);
        client
    }

    /// How far this computer's clock was behind the server's at the last answer, to a second or two; negative if ahead.
    /// `None` before the first answer.
    pub fn clock_offset(&self) -> Option<SignedDuration> {
        *self
            .clock_offset
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn record_clock_offset(&self, headers: &HeaderMap) {
        let date = header_text(headers, DATE.as_str());
        if let Some(date) = date.and_then(|date| rfc2822::parse(&date).ok()) {
            let offset = date.timestamp().duration_since(Timestamp::now());
            let mut recorded = self
                .clock_offset
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            *recorded = Some(offset);
        }
    }

    /// The host that this client calls.
    pub fn host(&self) -> &ApiHost {
        &self.host
    }

    /// Sends `body` and reads the answer. `tokens` are the secrets in `body`, which no error may repeat.
    pub(crate) async fn call<B: Serialize, A: DeserializeOwned>(
        &self,
        endpoint: Endpoint,
        body: &B,
        tokens: &[&str],
    ) -> Result<A, Error> {
        let started = Instant::now();
        let answer = self.exchange(endpoint, body, tokens).await;
        let milliseconds = started.elapsed().as_millis();
        let path = endpoint.path();
        match &answer {
            Ok(_) => tracing::debug!(path, milliseconds, "Plaid answered"),
            Err(error) => tracing::debug!(path, milliseconds, %error, "Plaid call failed"),
        }
        answer
    }

    async fn exchange<B: Serialize, A: DeserializeOwned>(
        &self,
        endpoint: Endpoint,
        body: &B,
        tokens: &[&str],
    ) -> Result<A, Error> {
        let body = serde_json::to_vec(body).map_err(|_| Error::Request {
            what: "a field cannot be written as JSON",
        })?;
        let is_recorded = endpoint.is_recorded() && !self.observers.is_empty();
        let request = is_recorded.then(|| body.clone());
        let started = Instant::now();
        let answer = self.send(endpoint, body).await;
        let filter = SecretFilter {
            secrets: std::iter::once(self.secret.expose())
                .chain(tokens.iter().copied())
                .collect(),
            text: endpoint.answer_text(),
        };
        let summary = match &answer {
            Ok(answer) => answer.summary(&filter),
            Err(_) => Ok(AnswerSummary::default()),
        };
        if !self.observers.is_empty() {
            let request_id = summary.as_ref().ok().and_then(AnswerSummary::request_id);
            let call = ObservedCall {
                duration: started.elapsed(),
                exchange: request
                    .and_then(|request| recorded_exchange(&request, answer.as_ref().ok(), &filter)),
                ..observed_call(endpoint, &answer, request_id, &filter)
            };
            for observer in &self.observers {
                observer.on_call(call.clone());
            }
        }
        answer?.read(summary, &filter)
    }

    async fn send(&self, endpoint: Endpoint, body: Vec<u8>) -> Result<RawAnswer, Error> {
        let mut url = self.host.base_url().clone();
        url.set_path(endpoint.path());
        let allowed = if endpoint.asks_bank() {
            self.timeouts.bank
        } else {
            self.timeouts.ordinary
        };
        let mut response = self
            .http
            .post(url)
            .timeout(allowed)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .body(body)
            .send()
            .await
            .map_err(|error| self.send_error(&error, allowed))?;

        self.record_clock_offset(response.headers());
        let status = response.status().as_u16();
        if response.status().is_redirection() {
            return Err(Error::Redirect {
                status,
                location_host: redirect_host(response.headers()),
            });
        }
        let body = read_body(&mut response, allowed).await?;
        Ok(RawAnswer {
            status,
            content_type: header_text(response.headers(), CONTENT_TYPE.as_str()),
            request_id: request_id(response.headers()),
            body,
        })
    }

    /// Why no answer began. Drops reqwest's own text, which may contain the address.
    fn send_error(&self, error: &reqwest::Error, allowed: Duration) -> Error {
        if error.is_timeout() {
            return if error.is_connect() {
                Error::Timeout {
                    after: self.timeouts.connect.min(allowed),
                    phase: TimeoutPhase::Connect,
                }
            } else {
                Error::Timeout {
                    after: allowed,
                    phase: TimeoutPhase::Answer,
                }
            };
        }
        if let Some(tls) = cause::<rustls::Error>(error) {
            return Error::Tls {
                reason: tls.to_string(),
            };
        }
        if error.is_connect() {
            return Error::Connect {
                reason: connect_failure(error),
            };
        }
        if error.is_builder() {
            return Error::Request {
                what: "it is not a valid HTTP request",
            };
        }
        Error::ConnectionLost
    }
}

async fn read_body(response: &mut Response, allowed: Duration) -> Result<Vec<u8>, Error> {
    let status = response.status().as_u16();
    let too_large = || Error::TooLarge {
        status,
        limit: LARGEST_ANSWER,
    };
    let announced = response.content_length().unwrap_or(0);
    if announced > LARGEST_ANSWER as u64 {
        return Err(too_large());
    }
    let mut body = Vec::with_capacity(usize::try_from(announced).unwrap_or(0));
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > LARGEST_ANSWER => {
                return Err(too_large());
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body),
            Err(error) if error.is_timeout() => {
                return Err(Error::Timeout {
                    after: allowed,
                    phase: TimeoutPhase::Body,
                });
            }
            Err(_) => return Err(Error::Truncated { status }),
        }
    }
}

/// The headers of every call. Keys are marked as sensitive, so that no log of headers shows them.
fn headers(credentials: &Credentials) -> Result<HeaderMap, ConfigError> {
    let mut headers = HeaderMap::new();
    let client_id = key_header(credentials.client_id.as_str()).ok_or(ConfigError::BadClientId)?;
    let secret = key_header(credentials.secret.expose()).ok_or(ConfigError::BadSecret)?;
    headers.insert("PLAID-CLIENT-ID", client_id);
    headers.insert("PLAID-SECRET", secret);
    headers.insert("Plaid-Version", HeaderValue::from_static(API_VERSION));
    Ok(headers)
}

/// A key has printable ASCII characters only, and no spaces.
fn key_header(text: &str) -> Option<HeaderValue> {
    let is_key = !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
    let mut value = HeaderValue::from_str(text).ok().filter(|_| is_key)?;
    value.set_sensitive(true);
    Some(value)
}

fn redirect_host(headers: &HeaderMap) -> Option<String> {
    let url = Url::parse(&header_text(headers, LOCATION.as_str())?).ok()?;
    url.host_str().map(str::to_owned)
}

fn header_text(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

/// From a header, for answers whose body has none.
fn request_id(headers: &HeaderMap) -> Option<RequestId> {
    ["plaid-request-id", "x-request-id"]
        .iter()
        .find_map(|name| RequestId::from_untrusted(&header_text(headers, name)?))
}

/// Finds a cause of this type, also inside the `io::Error`s that other layers wrap around it.
fn cause<'a, E: std::error::Error + 'static>(
    error: &'a (dyn std::error::Error + 'static),
) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        next = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
            .map(|inner| inner as &(dyn std::error::Error + 'static))
            .or_else(|| error.source());
    }
    None
}

fn connect_failure(error: &reqwest::Error) -> ConnectFailure {
    if error.is_dns() {
        return ConnectFailure::HostNotFound;
    }
    match cause::<io::Error>(error).map_or(io::ErrorKind::Other, io::Error::kind) {
        io::ErrorKind::ConnectionRefused => ConnectFailure::Refused,
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable => {
            ConnectFailure::Unreachable
        }
        kind => ConnectFailure::Other(kind),
    }
}

fn observed_call(
    endpoint: Endpoint,
    answer: &Result<RawAnswer, Error>,
    request_id: Option<&RequestId>,
    filter: &SecretFilter<'_>,
) -> ObservedCall {
    let call = ObservedCall {
        endpoint,
        duration: Duration::ZERO,
        status: None,
        request_id: None,
        body: None,
        failure: None,
        exchange: None,
    };
    match answer {
        Ok(answer) => ObservedCall {
            status: Some(answer.status),
            request_id: request_id.or(answer.request_id.as_ref()).cloned(),
            body: answer.redacted_body(filter),
            ..call
        },
        Err(error) => ObservedCall {
            failure: Some(filter.clean(error.to_string())),
            ..call
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ClientId;

    fn credentials(client_id: &str, secret: &str) -> Credentials {
        Credentials {
            client_id: ClientId::new(client_id),
            secret: ApiSecret::new(secret),
        }
    }

    #[test]
    fn keys_that_a_header_cannot_carry_are_rejected() {
        for bad in ["", " ", "with space", "line\nbreak", "é"] {
            let client_id = Client::new(ApiHost::Sandbox, credentials(bad, "secret"));
            assert!(
                matches!(client_id, Err(ConfigError::BadClientId)),
                "{bad:?}"
            );
            let secret = Client::new(ApiHost::Sandbox, credentials("id", bad));
            assert!(matches!(secret, Err(ConfigError::BadSecret)), "{bad:?}");
        }
    }

    #[test]
    fn keys_are_marked_in_the_headers() {
        let headers = headers(&credentials("id", "secret-0123")).unwrap();
        assert!(headers["PLAID-SECRET"].is_sensitive());
        assert!(headers["PLAID-CLIENT-ID"].is_sensitive());
        assert!(!format!("{headers:?}").contains("secret-0123"));
    }

    #[test]
    fn debug_of_a_client_shows_no_key() {
        let client = Client::new(ApiHost::Sandbox, credentials("id", "secret-0123")).unwrap();
        assert!(!format!("{client:#?}").contains("secret-0123"));
    }
}
