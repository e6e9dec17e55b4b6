//! Everything that can go wrong between us and Plaid, as types.
//! Neither `Display` nor `Debug` of any of them carries a secret: an answer is quoted only where it cannot hold one.

use std::{fmt, time::Duration};

use serde::Deserialize;

use crate::RequestId;

/// Why a client cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The address of a stand-in is not on this machine.
    #[error("{} is not on this machine, and only this machine is reached without Plaid's own address", host.as_deref().unwrap_or("the address"))]
    NotLoopback {
        /// The host of the refused address.
        host: Option<String>,
    },
    /// The address has more than scheme, host and port.
    #[error("the address must be http or https with a host and a port, and nothing else")]
    NotABareAddress,
    /// The client_id is empty or has characters that no HTTP header carries.
    #[error("the client_id is empty or has characters that a key cannot have")]
    BadClientId,
    /// The secret is empty or has characters that no HTTP header carries.
    #[error("the secret is empty or has characters that a key cannot have")]
    BadSecret,
    /// The HTTP client could not be set up.
    #[error("the HTTP client could not be set up")]
    Transport(#[source] reqwest::Error),
}

/// Why a call has no good answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Plaid answered with an error of its own.
    #[error("{0}")]
    Api(Box<ApiError>),
    /// The answer is not JSON: a proxy's page, most often.
    #[error("the answer (HTTP {status}) is not JSON but {}{}", content_type.as_deref().unwrap_or("of no named type"), Quoted(excerpt.as_deref()))]
    NotJson {
        /// HTTP status.
        status: u16,
        /// The content type that came with it.
        content_type: Option<String>,
        /// The request's name, when a header gave one.
        request_id: Option<RequestId>,
        /// The first 200 characters of a readable body that can hold no secret.
        excerpt: Option<String>,
    },
    /// The answer has no body.
    #[error("the answer (HTTP {status}) is empty")]
    Empty {
        /// HTTP status.
        status: u16,
        /// The request's name, when a header gave one.
        request_id: Option<RequestId>,
    },
    /// The answer ended before it was complete.
    #[error("the answer (HTTP {status}) ended early")]
    Truncated {
        /// HTTP status.
        status: u16,
    },
    /// The answer is larger than any good answer.
    #[error("the answer (HTTP {status}) is larger than {limit} bytes")]
    TooLarge {
        /// HTTP status.
        status: u16,
        /// The most that is read, in bytes.
        limit: usize,
    },
    /// The answer is JSON of a shape that is not Plaid's.
    #[error("the answer (HTTP {status}) has an unexpected shape: {what}")]
    UnexpectedShape {
        /// HTTP status.
        status: u16,
        /// The request's name, when the answer gave one.
        request_id: Option<RequestId>,
        /// What is wrong and where, without the value found there.
        what: String,
    },
    /// The answer sends us elsewhere; Plaid never does, and keys are not carried elsewhere.
    #[error("the answer (HTTP {status}) redirects to {}, which is not followed", location_host.as_deref().unwrap_or("an unnamed place"))]
    Redirect {
        /// HTTP status.
        status: u16,
        /// The host it points to; the rest of the address may hold anything.
        location_host: Option<String>,
    },
    /// No complete answer came in time.
    #[error("no answer within {} s ({phase})", after.as_secs_f32())]
    Timeout {
        /// The time allowed.
        after: Duration,
        /// What was being waited for.
        phase: TimeoutPhase,
    },
    /// No connection could be made, so nothing was sent.
    #[error("no connection: {reason}")]
    Connect {
        /// What stood in the way.
        reason: ConnectFailure,
    },
    /// The connection could not be secured, so nothing was sent.
    #[error("the connection cannot be trusted: {reason}")]
    Tls {
        /// What the TLS library says: about certificates and protocol, never about content.
        reason: String,
    },
    /// The connection was lost after the request went out and before an answer began.
    #[error("the connection was closed before an answer came")]
    ConnectionLost,
    /// The request could not be written.
    #[error("the request could not be written: {what}")]
    Request {
        /// What is wrong, without the value.
        what: &'static str,
    },
}

/// What a call was waiting for when its time ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeoutPhase {
    /// The connection: nothing was sent.
    Connect,
    /// The beginning of the answer.
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
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectFailure {
    /// The host's name has no address: no network, most often.
    HostNotFound,
    /// Nothing listens there.
    Refused,
    /// The network has no way there.
    Unreachable,
    /// Another fault of the network.
    Other(std::io::ErrorKind),
}

impl fmt::Display for ConnectFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HostNotFound => f.write_str("the host's name is not found"),
            Self::Refused => f.write_str("refused"),
            Self::Unreachable => f.write_str("the network is unreachable"),
            Self::Other(kind) => write!(f, "{kind}"),
        }
    }
}

/// Whether Plaid can have done what the failed call asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CarriedOut {
    /// It cannot: the request was refused or never arrived.
    No,
    /// It is not known: the request went out and the answer is missing or unreadable.
    Unknown,
}

/// Shows an excerpt, if there is one.
struct Quoted<'a>(Option<&'a str>);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(text) => write!(f, ": {text:?}"),
            None => Ok(()),
        }
    }
}

/// Plaid's own error, from an answer or from `item.error`.
///
/// Branch on [`error_type`](Self::error_type) and [`error_code`](Self::error_code) only; the messages change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// HTTP status; 0 inside `item.error` and the exit of a Link session.
    pub status: u16,
    /// The group, as `ITEM_ERROR`. New ones appear without notice.
    pub error_type: String,
    /// The code, as `ITEM_LOGIN_REQUIRED`. New ones appear without notice.
    pub error_code: String,
    /// More on an OAuth Item's error, as `OAUTH_CONSENT_EXPIRED`.
    pub error_code_reason: Option<String>,
    /// For developers.
    pub error_message: String,
    /// For end users; often absent.
    pub display_message: Option<String>,
    /// Names the call for Plaid's support.
    pub request_id: Option<RequestId>,
    /// Where Plaid explains the error.
    pub documentation_url: Option<String>,
    /// What Plaid suggests to do.
    pub suggested_action: Option<String>,
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}: {}",
            self.error_type, self.error_code, self.error_message
        )
    }
}

impl std::error::Error for ApiError {}

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
    /// The name of the call that it is part of.
    pub(crate) fn request_id(&self) -> Option<RequestId> {
        RequestId::from_untrusted(self.request_id.as_deref()?)
    }

    /// The error it names; an object with neither type nor code names none.
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
    /// Applies `clean` to every text that Plaid or somebody in between wrote freely.
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
    /// Names the call for Plaid's support, when the answer did.
    pub fn request_id(&self) -> Option<&RequestId> {
        match self {
            Self::Api(error) => error.request_id.as_ref(),
            Self::NotJson { request_id, .. }
            | Self::Empty { request_id, .. }
            | Self::UnexpectedShape { request_id, .. } => request_id.as_ref(),
            _ => None,
        }
    }

    /// Plaid's error code, when Plaid answered.
    pub fn error_code(&self) -> Option<&str> {
        match self {
            Self::Api(error) => Some(&error.error_code),
            _ => None,
        }
    }

    /// Plaid's error, when Plaid answered.
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) => Some(error),
            _ => None,
        }
    }

    /// Whether the fault may pass by itself, so that a call that only reads may be sent again after a pause.
    ///
    /// A call that changes something asks [`carried_out`](Self::carried_out) too.
    pub fn is_safe_to_retry(&self) -> bool {
        match self {
            Self::Api(error) => error.is_passing(),
            Self::NotJson { status, .. }
            | Self::Empty { status, .. }
            | Self::UnexpectedShape { status, .. } => passing_status(*status),
            Self::Truncated { .. }
            | Self::Timeout { .. }
            | Self::Connect { .. }
            | Self::ConnectionLost => true,
            Self::TooLarge { .. }
            | Self::Redirect { .. }
            | Self::Tls { .. }
            | Self::Request { .. } => false,
        }
    }

    /// Whether Plaid can have done what the call asked, although it failed.
    pub fn carried_out(&self) -> CarriedOut {
        match self {
            Self::Connect { .. }
            | Self::Tls { .. }
            | Self::Request { .. }
            | Self::Redirect { .. }
            | Self::Timeout {
                phase: TimeoutPhase::Connect,
                ..
            } => CarriedOut::No,
            // A 5xx of Plaid's own may come after the deed.
            Self::Api(error) if error.status < 500 => CarriedOut::No,
            Self::NotJson { status, .. }
            | Self::Empty { status, .. }
            | Self::UnexpectedShape { status, .. }
                if (400..500).contains(status) =>
            {
                CarriedOut::No
            }
            _ => CarriedOut::Unknown,
        }
    }
}

impl ApiError {
    /// Whether Plaid's error passes by itself.
    fn is_passing(&self) -> bool {
        passing_status(self.status)
            || self.error_type == "RATE_LIMIT_EXCEEDED"
            || matches!(
                self.error_code.as_str(),
                "INTERNAL_SERVER_ERROR"
                    | "PLANNED_MAINTENANCE"
                    | "INSTITUTION_DOWN"
                    | "INSTITUTION_NOT_AVAILABLE"
                    | "INSTITUTION_NOT_RESPONDING"
            )
    }
}

/// Too many requests, or the server's own trouble.
fn passing_status(status: u16) -> bool {
    status == 429 || status >= 500
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api(status: u16, error_type: &str, error_code: &str) -> Error {
        let body = ApiErrorBody {
            error_type: Some(error_type.to_owned()),
            error_code: Some(error_code.to_owned()),
            ..ApiErrorBody::default()
        };
        Error::Api(Box::new(body.into_error(status).unwrap()))
    }

    #[test]
    fn what_passes_by_itself() {
        assert!(api(429, "RATE_LIMIT_EXCEEDED", "BALANCE_LIMIT").is_safe_to_retry());
        assert!(api(500, "API_ERROR", "INTERNAL_SERVER_ERROR").is_safe_to_retry());
        assert!(api(400, "INSTITUTION_ERROR", "INSTITUTION_DOWN").is_safe_to_retry());
        assert!(!api(400, "ITEM_ERROR", "ITEM_LOGIN_REQUIRED").is_safe_to_retry());
        assert!(!api(400, "SOMETHING_NEW", "NEVER_SEEN").is_safe_to_retry());
    }

    #[test]
    fn what_may_have_been_carried_out() {
        assert_eq!(
            api(400, "INVALID_INPUT", "INVALID_API_KEYS").carried_out(),
            CarriedOut::No
        );
        assert_eq!(
            api(500, "API_ERROR", "INTERNAL_SERVER_ERROR").carried_out(),
            CarriedOut::Unknown
        );
        assert_eq!(
            Error::Truncated { status: 200 }.carried_out(),
            CarriedOut::Unknown
        );
        let connect = Error::Connect {
            reason: ConnectFailure::Refused,
        };
        assert_eq!(connect.carried_out(), CarriedOut::No);
    }

    #[test]
    fn an_object_that_names_no_error_is_none() {
        let body: ApiErrorBody = serde_json::from_str(r#"{"error_message":"x"}"#).unwrap();
        assert!(body.into_error(0).is_none());
    }
}
