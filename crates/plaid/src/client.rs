//! The transport: one POST with Plaid's headers, one answer, and a type for everything that can go wrong between.
//! It follows no redirect, reads no endless answer, retries nothing, and quotes nothing that may hold a secret.

use std::{
    fmt, io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use reqwest::{
    StatusCode,
    header::{CONTENT_TYPE, DATE, HeaderMap, HeaderValue, LOCATION},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use url::Url;

use crate::{
    ApiSecret, ConfigError, ConnectFailure, Credentials, Endpoint, Environment, Error, RequestId,
    TimeoutPhase,
    endpoint::{AnswerText, Pace},
    error::ApiErrorBody,
    observe::{Exchange, Observed, Observer, redacted, whole},
};

const API_VERSION: &str = "2020-09-14";
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;
const LONGEST_EXCERPT: usize = 200;

/// How long to wait before a call is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For the connection.
    pub connect: Duration,
    /// For a whole call that Plaid answers from what it has.
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

/// A client of one Plaid environment; cheap to clone.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use plaid::{AccessToken, ApiSecret, BalanceOptions, Client, ClientId, Credentials, Environment};
///
/// let credentials = Credentials {
///     client_id: ClientId::new("5f1e..."),
///     secret: ApiSecret::new("de5b..."),
/// };
/// let client = Client::new(Environment::Sandbox, credentials)?;
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
    environment: Environment,
    secret: ApiSecret,
    timeouts: Timeouts,
    observers: Vec<Arc<dyn Observer>>,
    clock: Arc<Mutex<Option<SignedDuration>>>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("environment", &self.environment)
            .finish_non_exhaustive()
    }
}

/// An answer that has been read to its end.
struct Reply {
    status: u16,
    content_type: Option<String>,
    request_id: Option<RequestId>,
    body: Vec<u8>,
}

impl Client {
    /// A client with the usual time-outs.
    ///
    /// # Errors
    /// When a key cannot be sent in a header, or TLS cannot be set up.
    pub fn new(environment: Environment, credentials: Credentials) -> Result<Self, ConfigError> {
        Self::with_timeouts(environment, credentials, Timeouts::default())
    }

    /// A client with time-outs of its own.
    ///
    /// # Errors
    /// When a key cannot be sent in a header, or TLS cannot be set up.
    pub fn with_timeouts(
        environment: Environment,
        credentials: Credentials,
        timeouts: Timeouts,
    ) -> Result<Self, ConfigError> {
        let mut builder = reqwest::Client::builder()
            .default_headers(headers(&credentials)?)
            .user_agent(concat!("balance-desk/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(timeouts.connect);
        builder = match environment {
            // A proxy is for the outside; this machine is reached directly.
            Environment::Loopback(_) => builder.no_proxy(),
            Environment::Sandbox | Environment::Production => builder.https_only(true),
        };
        Ok(Self {
            http: builder.build().map_err(ConfigError::Transport)?,
            environment,
            secret: credentials.secret,
            timeouts,
            observers: Vec::new(),
            clock: Arc::default(),
        })
    }

    /// The same client, whose answers `observer` learns of too.
    #[must_use]
    pub fn observed_by(&self, observer: Arc<dyn Observer>) -> Self {
        let mut client = self.clone();
        client.observers.push(observer);
        client
    }

    /// By how much the clock of this computer was behind the server's (ahead where it is negative) when an answer last
    /// came, to a second or two; none before the first.
    pub fn clock_offset(&self) -> Option<SignedDuration> {
        *self.clock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note_clock(&self, headers: &HeaderMap) {
        let date = header_text(headers, DATE.as_str());
        let date = date.and_then(|date| rfc2822::parse(&date).ok());
        if let Some(date) = date {
            let offset = date.timestamp().duration_since(Timestamp::now());
            *self.clock.lock().unwrap_or_else(PoisonError::into_inner) = Some(offset);
        }
    }

    /// The environment that this client talks to.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Sends `body` and reads the answer; `tokens` are the secrets in the body, so that no error repeats them.
    pub(crate) async fn call<B: Serialize, A: DeserializeOwned>(
        &self,
        endpoint: Endpoint,
        body: &B,
        tokens: &[&str],
    ) -> Result<A, Error> {
        let started = std::time::Instant::now();
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
        let mut url = self.environment.base_url().clone();
        url.set_path(endpoint.path());
        let kept = endpoint.is_kept_whole() && !self.observers.is_empty();
        let request = kept.then(|| body.clone());
        let started = std::time::Instant::now();
        let reply = self.send(url, endpoint.pace(), body).await;
        let scrub = Scrub {
            secrets: std::iter::once(self.secret.expose())
                .chain(tokens.iter().copied())
                .collect(),
            text: endpoint.answer_text(),
        };
        let outline = match &reply {
            Ok(reply) => reply.outline(&scrub),
            Err(_) => Ok(Outline::default()),
        };
        if !self.observers.is_empty() {
            let named = outline.as_ref().ok().and_then(Outline::named);
            let mut seen = observed(endpoint, started.elapsed(), &reply, named, &scrub);
            seen.exchange = request.and_then(|request| exchange(&request, &reply, &scrub));
            if let Some((last, others)) = self.observers.split_last() {
                for observer in others {
                    observer.answered(seen.clone());
                }
                last.answered(seen);
            }
        }
        reply?.read(outline, &scrub)
    }

    async fn send(&self, url: Url, pace: Pace, body: Vec<u8>) -> Result<Reply, Error> {
        let allowed = match pace {
            Pace::Ordinary => self.timeouts.ordinary,
            Pace::Bank => self.timeouts.bank,
        };
        let mut response = self
            .http
            .post(url)
            .timeout(allowed)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .body(body)
            .send()
            .await
            .map_err(|error| self.unsent(&error, allowed))?;

        self.note_clock(response.headers());
        let status = response.status();
        if status.is_redirection() {
            return Err(redirect(status, response.headers()));
        }
        let status = status.as_u16();
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
                Ok(None) => break,
                Err(error) if error.is_timeout() => {
                    return Err(Error::Timeout {
                        after: allowed,
                        phase: TimeoutPhase::Body,
                    });
                }
                Err(_) => return Err(Error::Truncated { status }),
            }
        }
        Ok(Reply {
            status,
            content_type: header_text(response.headers(), CONTENT_TYPE.as_str()),
            request_id: request_id(response.headers()),
            body,
        })
    }

    /// What it means that no answer began. Nothing of the error's own text is kept: it may name the address.
    fn unsent(&self, error: &reqwest::Error, allowed: Duration) -> Error {
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
                what: "it is no valid HTTP request",
            };
        }
        Error::ConnectionLost
    }
}

/// The headers of every call; the keys among them are marked, so that no log of headers shows them.
fn headers(credentials: &Credentials) -> Result<HeaderMap, ConfigError> {
    let mut headers = HeaderMap::new();
    let client_id = key(credentials.client_id.as_str()).ok_or(ConfigError::BadClientId)?;
    let secret = key(credentials.secret.expose()).ok_or(ConfigError::BadSecret)?;
    headers.insert("PLAID-CLIENT-ID", client_id);
    headers.insert("PLAID-SECRET", secret);
    headers.insert("Plaid-Version", HeaderValue::from_static(API_VERSION));
    Ok(headers)
}

/// A key as a header's value; a key has printable characters only, and no spaces.
fn key(text: &str) -> Option<HeaderValue> {
    let whole = !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
    let mut value = HeaderValue::from_str(text).ok().filter(|_| whole)?;
    value.set_sensitive(true);
    Some(value)
}

fn redirect(status: StatusCode, headers: &HeaderMap) -> Error {
    let location_host = header_text(headers, LOCATION.as_str())
        .and_then(|text| Url::parse(&text).ok())
        .and_then(|url| url.host_str().map(str::to_owned));
    Error::Redirect {
        status: status.as_u16(),
        location_host,
    }
}

fn header_text(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

/// The request's name from a header, for answers whose body has none.
fn request_id(headers: &HeaderMap) -> Option<RequestId> {
    ["plaid-request-id", "x-request-id"]
        .iter()
        .find_map(|name| RequestId::from_untrusted(&header_text(headers, name)?))
}

/// Finds a cause of this type, also inside the `io::Error`s that the layers between wrap around it.
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
    match cause::<io::Error>(error).map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => ConnectFailure::Refused,
        Some(io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable) => {
            ConnectFailure::Unreachable
        }
        Some(kind) => ConnectFailure::Other(kind),
        None => ConnectFailure::Other(io::ErrorKind::Other),
    }
}

/// What an observer learns of an answer.
fn observed(
    endpoint: Endpoint,
    duration: Duration,
    reply: &Result<Reply, Error>,
    named: Option<&RequestId>,
    scrub: &Scrub<'_>,
) -> Observed {
    let seen = Observed {
        endpoint,
        duration,
        status: None,
        request_id: None,
        body: None,
        failure: None,
        exchange: None,
    };
    match reply {
        Ok(reply) => Observed {
            status: Some(reply.status),
            request_id: named.or(reply.request_id.as_ref()).cloned(),
            body: match scrub.text {
                AnswerText::CarriesToken => None,
                AnswerText::Quotable => redacted(&reply.body, &scrub.secrets),
            },
            ..seen
        },
        Err(error) => Observed {
            failure: Some(scrub.clean(error.to_string())),
            ..seen
        },
    }
}

/// What is kept of a call as a whole.
fn exchange(
    request: &[u8],
    reply: &Result<Reply, Error>,
    scrub: &Scrub<'_>,
) -> Option<Box<Exchange>> {
    let answer = reply.as_ref().ok();
    Some(Box::new(Exchange {
        request: whole(request, &scrub.secrets)?,
        answer: answer.and_then(|reply| whole(&reply.body, &scrub.secrets)),
    }))
}

/// Keeps what a call must not repeat out of error texts.
struct Scrub<'a> {
    secrets: Vec<&'a str>,
    text: AnswerText,
}

impl Scrub<'_> {
    /// The text without the secrets that this call sent.
    fn clean(&self, mut text: String) -> String {
        for secret in self.secrets.iter().filter(|secret| !secret.is_empty()) {
            if text.contains(secret) {
                text = text.replace(secret, "[redacted]");
            }
        }
        text
    }

    /// The beginning of a readable page, if it can hold no token.
    fn excerpt(&self, body: &[u8]) -> Option<String> {
        if self.text == AnswerText::CarriesToken {
            return None;
        }
        // Cleaned whole before it is cut, so that no half of a secret is left.
        let text = self.clean(std::str::from_utf8(body).ok()?.to_owned());
        Some(printable(&text, LONGEST_EXCERPT))
    }
}

/// The first characters, with every run of spaces and control characters made one space.
fn printable(text: &str, longest: usize) -> String {
    let words: Vec<_> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ").chars().take(longest).collect()
}

impl Reply {
    fn read<A: DeserializeOwned>(
        self,
        outline: Result<Outline, Error>,
        scrub: &Scrub<'_>,
    ) -> Result<A, Error> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Err(Error::Empty {
                status: self.status,
                request_id: self.request_id,
            });
        }
        let outline = outline?;
        if let Some(error) = outline.error {
            let mut error = error.map_texts(|text| scrub.clean(text));
            error.request_id = error.request_id.or(self.request_id);
            return Err(Error::Api(Box::new(error)));
        }
        let request_id = outline.request_id.or_else(|| self.request_id.clone());
        let wrong = |what: String| Error::UnexpectedShape {
            status: self.status,
            request_id: request_id.clone(),
            what: scrub.clean(printable(&what, LONGEST_EXCERPT)),
        };
        if !(200..300).contains(&self.status) {
            return Err(wrong("an error that does not name its code".to_owned()));
        }
        // serde would read a list as the fields of a struct in their order.
        if !self.begins_as_object() {
            return Err(wrong("not an object".to_owned()));
        }
        if let Ok(answer) = serde_json::from_slice(&self.body) {
            return Ok(answer);
        }
        // Read once more, to say where it does not fit.
        let mut json = serde_json::Deserializer::from_slice(&self.body);
        serde_path_to_error::deserialize(&mut json).map_err(|error| {
            wrong(misfit(
                &error.path().to_string(),
                &error.inner().to_string(),
            ))
        })
    }

    /// Reads what every JSON answer may have: an error or a request_id.
    fn outline(&self, scrub: &Scrub<'_>) -> Result<Outline, Error> {
        if self.begins_as_object()
            && let Ok(body) = serde_json::from_slice::<ApiErrorBody>(&self.body)
        {
            return Ok(Outline::from_body(body, self.status));
        }
        // What is no JSON, or has a field of that name in another shape.
        let not_json = || Error::NotJson {
            status: self.status,
            content_type: self.content_type.as_deref().map(|text| printable(text, 80)),
            request_id: self.request_id.clone(),
            excerpt: scrub.excerpt(&self.body),
        };
        match serde_json::from_slice::<serde::de::IgnoredAny>(&self.body) {
            Ok(_) if self.begins_as_object() => Ok(Outline::of(&self.body, self.status)),
            Ok(_) => Ok(Outline::default()),
            Err(error) if error.is_eof() && self.begins_as_object() => Err(Error::Truncated {
                status: self.status,
            }),
            Err(_) => Err(not_json()),
        }
    }

    fn begins_as_object(&self) -> bool {
        self.body.trim_ascii_start().first() == Some(&b'{')
    }
}

/// What is looked for in a JSON answer before its own shape is.
#[derive(Default)]
struct Outline {
    error: Option<crate::ApiError>,
    request_id: Option<RequestId>,
}

impl Outline {
    fn from_body(body: ApiErrorBody, status: u16) -> Self {
        let request_id = body.request_id();
        Self {
            error: body.into_error(status),
            request_id,
        }
    }

    /// The call's name for Plaid's support.
    fn named(&self) -> Option<&RequestId> {
        let of_error = || self.error.as_ref()?.request_id.as_ref();
        self.request_id.as_ref().or_else(of_error)
    }

    fn of(body: &[u8], status: u16) -> Self {
        #[derive(Deserialize)]
        struct Named {
            request_id: Option<String>,
        }
        let error = serde_json::from_slice::<ApiErrorBody>(body)
            .ok()
            .and_then(|body| body.into_error(status));
        let request_id = serde_json::from_slice::<Named>(body)
            .ok()
            .and_then(|named| RequestId::from_untrusted(&named.request_id?));
        Self { error, request_id }
    }
}

/// Says what is wrong and where, from serde's message, without the value that it quotes.
fn misfit(path: &str, message: &str) -> String {
    let what = message.split(" at line ").next().unwrap_or_default();
    let what = match what.split_once(": ") {
        // "invalid type: string "…", expected u32": the first word is a kind, the last part is ours.
        Some((fault @ ("invalid type" | "invalid value" | "invalid length"), found)) => {
            let kind = found.split([' ', ',']).next().unwrap_or_default();
            let expected = found.rsplit(", expected ").next().unwrap_or_default();
            format!("{fault}: {kind}, expected {expected}")
        }
        _ if what.starts_with("missing field `") || what.starts_with("duplicate field `") => {
            what.to_owned()
        }
        _ if what.starts_with("an amount ") || what == "not an ISO 8601 time" => what.to_owned(),
        _ => "a value that does not fit".to_owned(),
    };
    format!("{what} at {path}")
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
    fn keys_that_no_header_carries_are_refused() {
        for bad in ["", " ", "with space", "line\nbreak", "é"] {
            let client_id = Client::new(Environment::Sandbox, credentials(bad, "secret"));
            assert!(
                matches!(client_id, Err(ConfigError::BadClientId)),
                "{bad:?}"
            );
            let secret = Client::new(Environment::Sandbox, credentials("id", bad));
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
    fn a_misfit_names_the_place_and_never_the_value() {
        let message = r#"invalid type: string "access-sandbox-1, expected x: y", expected u32 at line 1 column 9"#;
        assert_eq!(
            misfit("scores.a", message),
            "invalid type: string, expected u32 at scores.a"
        );
        assert_eq!(
            misfit("item", "missing field `item_id` at line 3 column 1"),
            "missing field `item_id` at item"
        );
        assert_eq!(
            misfit("x", "something access-sandbox-1 new"),
            "a value that does not fit at x"
        );
    }

    #[test]
    fn an_excerpt_is_cleaned_before_it_is_cut() {
        let scrub = Scrub {
            secrets: vec!["s3cr3t-value"],
            text: AnswerText::Quotable,
        };
        let page = format!("{}s3cr3t-value\u{7}\n  tail", "x".repeat(193));
        let excerpt = scrub.excerpt(page.as_bytes()).unwrap();
        assert_eq!(excerpt, format!("{}[redact", "x".repeat(193)));
        assert_eq!(scrub.excerpt(b"\xff\xfe"), None);
    }

    #[test]
    fn a_client_shows_no_key() {
        let client = Client::new(Environment::Sandbox, credentials("id", "secret-0123")).unwrap();
        assert!(!format!("{client:#?}").contains("secret-0123"));
    }
}
