//! Everything that can go wrong between us and Plaid.
//! Neither `Display` nor `Debug` of these types shows a secret: an answer is quoted only where it cannot hold one.

use std::{fmt, time::Duration};

use serde::Deserialize;

use crate::RequestId;

/// Why a [`Client`](crate::Client) could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The stand-in's address is not on this machine.
    #[error("{} is not on this machine, and only Plaid's own hosts may be elsewhere", host.as_deref().unwrap_or("the address"))]
    NotLoopback {
        /// The host of the rejected address.
        host: Option<String>,
    },
    /// The address has more than a scheme, a host, and a port.
    #[error("the address must be http or https with a host and a port, and nothing else")]
    NotABareAddress,
    /// The client_id is empty or has characters that an HTTP header cannot carry.
    #[error("the client_id is empty or has characters that a key cannot have")]
    BadClientId,
    /// The secret is empty or has characters that an HTTP header cannot carry.
    #[error("the secret is empty or has characters that a key cannot have")]
    BadSecret,
    /// TLS or the HTTP client could not be set up.
    #[error("the HTTP client could not be set up")]
    Transport(#[source] reqwest::Error),
}

/// Why a call to Plaid failed. [`retry`](Self::retry) and [`side_effect`](Self::side_effect) say what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Plaid answered with an error.
    #[error("{0}")]
    Api(Box<ApiError>),
    /// The answer is not JSON; most often a proxy's page.
    #[error("the answer (HTTP {status}) is not JSON but {}{}", content_type.as_deref().unwrap_or("of no named type"), QuotedExcerpt(excerpt.as_deref()))]
    NotJson {
        /// HTTP status.
        status: u16,
        /// The `Content-Type` header.
        content_type: Option<String>,
        /// From a header.
        request_id: Option<RequestId>,
        /// The first 200 characters, if the body is text and cannot hold a secret.
        excerpt: Option<String>,
    },
    /// The answer has no body.
    #[error("the answer (HTTP {status}) is empty")]
    Empty {
        /// HTTP status.
        status: u16,
        /// From a header.
        request_id: Option<RequestId>,
    },
    /// The answer ended before it was complete.
    #[error("the answer (HTTP {status}) ended early")]
    Truncated {
        /// HTTP status.
        status: u16,
    },
    /// The answer is larger than Plaid's answers ever are.
    #[error("the answer (HTTP {status}) is larger than {limit} bytes")]
    TooLarge {
        /// HTTP status.
        status: u16,
        /// The size limit in bytes.
        limit: usize,
    },
    /// The answer is JSON, but does not have Plaid's fields.
    #[error("the answer (HTTP {status}) has an unexpected shape: {what}")]
    UnexpectedShape {
        /// HTTP status.
        status: u16,
        /// From the body or a header.
        request_id: Option<RequestId>,
        /// What is wrong and where, without the value found there.
        what: String,
    },
    /// The answer is a redirect. Plaid never redirects, and keys are not sent elsewhere.
    #[error("the answer (HTTP {status}) redirects to {}, which is not followed", location_host.as_deref().unwrap_or("an unnamed host"))]
    Redirect {
        /// HTTP status.
        status: u16,
        /// The redirect's host; the rest of the address may hold anything.
        location_host: Option<String>,
    },
    /// The call exceeded one of its [`Timeouts`](crate::Timeouts).
    #[error("no answer within {} s ({phase})", after.as_secs_f32())]
    Timeout {
        /// The time allowed.
        after: Duration,
        /// What the call was waiting for.
        phase: TimeoutPhase,
    },
    /// No connection could be made, so nothing was sent.
    #[error("no connection: {reason}")]
    Connect {
        /// Why.
        reason: ConnectFailure,
    },
    /// The connection could not be secured, so nothing was sent.
    #[error("the connection cannot be trusted: {reason}")]
    Tls {
        /// The TLS library's words, about certificates and protocol only.
        reason: String,
    },
    /// The connection closed after the request was sent and before an answer began.
    #[error("the connection was closed before an answer came")]
    ConnectionLost,
    /// The request could not be written, so nothing was sent.
    #[error("the request could not be written: {what}")]
    Request {
        /// What is wrong, without the value.
        what: &'static str,
    },
}

/// What a call was waiting for when it timed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeoutPhase {
    /// The connection; nothing was sent.
    Connect,
    /// The start of the answer.
    Answer,
    /// The rest of the answer.
    Body,
}

impl fmt::Display for TimeoutPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connecting",
            Self::Answer => "waiting for the answer",
            Self::Body => "reading the answer",
        })
    }
}

/// Why there is no connection.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectFailure {
    /// The host's name has no address; most often there is no network.
    #[error("the host's name is not found")]
    HostNotFound,
    /// Nothing listens at the address.
    #[error("refused")]
    Refused,
    /// The network has no route to the host.
    #[error("the network is unreachable")]
    Unreachable,
    /// Any other network error.
    #[error("{0}")]
    Other(std::io::ErrorKind),
}

struct QuotedExcerpt<'a>(Option<&'a str>);

impl fmt::Display for QuotedExcerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |text| write!(f, ": {text:?}"))
    }
}

/// An error from Plaid: a failed call, `item.error`, or the exit of a Link session.
///
/// Branch on [`error_type`](Self::error_type) and [`error_code`](Self::error_code) only; the messages change.
/// See plaid.com/docs/errors.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error_type} {error_code}: {error_message}")]
pub struct ApiError {
    /// HTTP status; 0 in `item.error` and in the exit of a Link session.
    pub status: u16,
    /// Such as `ITEM_ERROR`. New types appear without notice.
    pub error_type: String,
    /// Such as `ITEM_LOGIN_REQUIRED`. New codes appear without notice.
    pub error_code: String,
    /// Detail for OAuth Items, such as `OAUTH_CONSENT_EXPIRED`.
    pub error_code_reason: Option<String>,
    /// For developers.
    pub error_message: String,
    /// For end users; often absent.
    pub display_message: Option<String>,
    /// Absent in `item.error`.
    pub request_id: Option<RequestId>,
    /// Plaid's page about the error.
    pub documentation_url: Option<String>,
    /// What Plaid suggests to do.
    pub suggested_action: Option<String>,
}

/// Plaid's error object, with every field optional so that reading it never fails.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ApiErrorBody {
    error_type: Option<String>,
    error_code: Option<String>,
    error_code_reason: Option<String>,
    error_message: Option<String>,
    display_message: Option<String>,
    request_id: Option<String>,
    documentation_url: Option<String>,
    suggested_action: Option<String>,
}

impl ApiErrorBody {
    pub(crate) fn request_id(&self) -> Option<RequestId> {
        RequestId::from_untrusted(self.request_id.as_deref()?)
    }

    /// The error, or `None` if the object has neither a type nor a code.
    pub(crate) fn into_error(self, status: u16) -> Option<ApiError> {
        let request_id = self.request_id();
        let error_type = self.error_type.unwrap_or_default();
        let error_code = self.error_code.unwrap_or_default();
        if error_type.is_empty() && error_code.is_empty() {
            return None;
        }
        Some(ApiError {
            status,
            error_type,
            error_code,
            error_code_reason: self.error_code_reason,
            error_message: self.error_message.unwrap_or_default(),
            display_message: self.display_message,
            request_id,
            documentation_url: self.documentation_url,
            suggested_action: self.suggested_action,
        })
    }
}

impl ApiError {
    /// Applies `clean` to every text that Plaid or a proxy wrote.
    pub(crate) fn map_texts(mut self, clean: impl Fn(String) -> String) -> Self {
        self.error_type = clean(self.error_type);
        self.error_code = clean(self.error_code);
        self.error_message = clean(self.error_message);
        for text in [
            &mut self.error_code_reason,
            &mut self.display_message,
            &mut self.documentation_url,
            &mut self.suggested_action,
        ] {
            *text = text.take().map(&clean);
        }
        self
    }
}

impl Error {
    /// Names the call for Plaid's support, if the answer did.
    pub fn request_id(&self) -> Option<&RequestId> {
        match self {
            Self::Api(error) => error.request_id.as_ref(),
            Self::NotJson { request_id, .. }
            | Self::Empty { request_id, .. }
            | Self::UnexpectedShape { request_id, .. } => request_id.as_ref(),
            _ => None,
        }
    }

    /// Plaid's error, if Plaid answered.
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) => Some(error),
            _ => None,
        }
    }

    /// Plaid's error code, if Plaid answered.
    pub fn error_code(&self) -> Option<&str> {
        self.api().map(|error| error.error_code.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_without_type_and_code_is_not_an_error() {
        let body: ApiErrorBody = serde_json::from_str(r#"{"error_message":"x"}"#).unwrap();
        assert!(body.into_error(0).is_none());
    }
}
