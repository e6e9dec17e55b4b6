//! Whether a failed call can be retried, and whether Plaid may already have done what it asked.
//!
//! These are the facts that Plaid's errors and the network state. How often and how long to retry is the caller's policy.
//! Sources: plaid.com/docs/errors/api, plaid.com/docs/errors/institution, plaid.com/docs/errors/rate-limit-exceeded.

use crate::{ApiError, Error, TimeoutPhase};

/// Whether the same request can succeed later, and what has to pass first.
///
/// A call that changes or bills something must also look at [`Error::side_effect`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// The same request fails the same way until somebody changes something.
    Never,
    /// Plaid could not be reached, so nothing was sent.
    WhenOnline,
    /// The request was sent, and its answer took too long.
    AfterTimeout,
    /// The request was sent, and what came back is not Plaid's answer: a closed connection, or a gateway's page.
    AfterLostAnswer,
    /// Too many calls (HTTP 429); nothing was done or billed.
    AfterRateLimit(RateLimitScope),
    /// Plaid answered that it failed (5xx or `API_ERROR`); usually over within minutes.
    AfterPlaidOutage,
    /// The institution is down or does not answer Plaid; usually over within hours.
    AfterInstitutionOutage,
}

/// Whose calls a rate limit counts, and so which calls have to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateLimitScope {
    /// All calls made with these API keys. Also every code that does not say whose limit it is.
    Client,
    /// Calls for this Item.
    Item,
    /// Calls for this institution, perhaps those of other Plaid customers.
    Institution,
}

impl Retry {
    /// Classifies Plaid's own error by its HTTP status, `error_type`, and `error_code`; absent parts are 0 and `""`.
    pub fn from_plaid_error(status: u16, error_type: &str, error_code: &str) -> Self {
        match error_code {
            // The team may not have more Items: only Plaid can raise this limit.
            "ADDITION_LIMIT" => return Self::Never,
            "INSTITUTION_DOWN" | "INSTITUTION_NOT_AVAILABLE" | "INSTITUTION_NOT_RESPONDING" => {
                return Self::AfterInstitutionOutage;
            }
            _ => {}
        }
        if status == 429 || error_type == "RATE_LIMIT_EXCEEDED" {
            return Self::AfterRateLimit(match error_code {
                "INSTITUTION_RATE_LIMIT" => RateLimitScope::Institution,
                "BALANCE_LIMIT" => RateLimitScope::Item,
                _ => RateLimitScope::Client,
            });
        }
        if status >= 500 || error_type == "API_ERROR" {
            return Self::AfterPlaidOutage;
        }
        Self::Never
    }

    /// Classifies an answer that is not Plaid's, most often a gateway's page.
    fn from_foreign_answer(status: u16) -> Self {
        match status {
            429 => Self::AfterRateLimit(RateLimitScope::Client),
            500.. => Self::AfterLostAnswer,
            _ => Self::Never,
        }
    }
}

/// Whether Plaid can have done what a failed call asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SideEffect {
    /// Plaid rejected the request or never received it.
    None,
    /// The request was sent, and the answer is missing, unreadable, or a 5xx that may follow the deed.
    Possible,
}

impl ApiError {
    /// Whether the same request can succeed later.
    pub fn retry(&self) -> Retry {
        Retry::from_plaid_error(self.status, &self.error_type, &self.error_code)
    }
}

impl Error {
    /// Whether the same request can succeed later.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Api(error) => error.retry(),
            Self::NotJson { status, .. }
            | Self::Empty { status, .. }
            | Self::UnexpectedShape { status, .. } => Retry::from_foreign_answer(*status),
            Self::Connect { .. }
            | Self::Timeout {
                phase: TimeoutPhase::Connect,
                ..
            } => Retry::WhenOnline,
            Self::Timeout { .. } => Retry::AfterTimeout,
            Self::Truncated { .. } | Self::ConnectionLost => Retry::AfterLostAnswer,
            Self::TooLarge { .. }
            | Self::Redirect { .. }
            | Self::Tls { .. }
            | Self::Request { .. } => Retry::Never,
        }
    }

    /// Whether Plaid can have done what the call asked, although the call failed.
    pub fn side_effect(&self) -> SideEffect {
        let of_error_status = |status| match status {
            0..500 => SideEffect::None,
            500.. => SideEffect::Possible,
        };
        match self {
            Self::Connect { .. }
            | Self::Tls { .. }
            | Self::Request { .. }
            | Self::Redirect { .. }
            | Self::Timeout {
                phase: TimeoutPhase::Connect,
                ..
            } => SideEffect::None,
            Self::Api(error) => of_error_status(error.status),
            Self::NotJson { status, .. }
            | Self::Empty { status, .. }
            | Self::UnexpectedShape { status, .. }
                if *status >= 400 =>
            {
                of_error_status(*status)
            }
            _ => SideEffect::Possible,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{RateLimitScope::*, Retry::*, *};
    use crate::ConnectFailure;

    fn api(status: u16, error_type: &str, error_code: &str) -> Error {
        Error::Api(Box::new(ApiError {
            status,
            error_type: error_type.to_owned(),
            error_code: error_code.to_owned(),
            error_code_reason: None,
            error_message: String::new(),
            display_message: None,
            request_id: None,
            documentation_url: None,
            suggested_action: None,
        }))
    }

    fn check(error: &Error, retry: Retry, side_effect: SideEffect) {
        assert_eq!(error.retry(), retry, "{error:?}");
        assert_eq!(error.side_effect(), side_effect, "{error:?}");
    }

    #[test]
    fn rate_limits_by_code() {
        let limited = |code: &str, scope| {
            let error = api(429, "RATE_LIMIT_EXCEEDED", code);
            check(&error, AfterRateLimit(scope), SideEffect::None);
        };
        limited("BALANCE_LIMIT", Item);
        limited("INSTITUTION_RATE_LIMIT", Institution);
        for code in [
            "ACCOUNTS_BALANCE_GET_LIMIT",
            "ACCOUNTS_LIMIT",
            "ITEM_GET_LIMIT",
            "INSTITUTIONS_GET_LIMIT",
            "INSTITUTIONS_GET_BY_ID_LIMIT",
            "RATE_LIMIT",
            "NEVER_SEEN",
        ] {
            limited(code, Client);
        }
        let items = api(429, "RATE_LIMIT_EXCEEDED", "ADDITION_LIMIT");
        check(&items, Never, SideEffect::None);
        for error in [
            api(400, "RATE_LIMIT_EXCEEDED", "NEVER_SEEN"),
            api(429, "SOMETHING_NEW", "NEVER_SEEN"),
        ] {
            check(&error, AfterRateLimit(Client), SideEffect::None);
        }
    }

    #[test]
    fn outages_by_status_type_and_code() {
        for (status, error_type, error_code) in [
            (500, "API_ERROR", "INTERNAL_SERVER_ERROR"),
            (503, "API_ERROR", "PLANNED_MAINTENANCE"),
            (502, "SOMETHING_NEW", "NEVER_SEEN"),
        ] {
            let error = api(status, error_type, error_code);
            check(&error, AfterPlaidOutage, SideEffect::Possible);
        }
        let answered = api(400, "API_ERROR", "INTERNAL_SERVER_ERROR");
        check(&answered, AfterPlaidOutage, SideEffect::None);
        for code in [
            "INSTITUTION_DOWN",
            "INSTITUTION_NOT_RESPONDING",
            "INSTITUTION_NOT_AVAILABLE",
        ] {
            for (status, side_effect) in [
                (0, SideEffect::None),
                (400, SideEffect::None),
                (503, SideEffect::Possible),
            ] {
                let error = api(status, "INSTITUTION_ERROR", code);
                check(&error, AfterInstitutionOutage, side_effect);
            }
        }
    }

    #[test]
    fn other_plaid_errors_need_a_change() {
        for (error_type, error_code) in [
            ("INSTITUTION_ERROR", "INSTITUTION_NO_LONGER_SUPPORTED"),
            ("ITEM_ERROR", "ITEM_LOGIN_REQUIRED"),
            ("INVALID_INPUT", "INVALID_API_KEYS"),
            ("SOMETHING_NEW", "NEVER_SEEN"),
        ] {
            check(&api(400, error_type, error_code), Never, SideEffect::None);
        }
    }

    #[test]
    fn calls_that_plaid_did_not_answer() {
        let timeout = |phase| Error::Timeout {
            after: Duration::from_secs(90),
            phase,
        };
        let unreachable = Error::Connect {
            reason: ConnectFailure::Refused,
        };
        let redirect = Error::Redirect {
            status: 307,
            location_host: None,
        };
        let untrusted = Error::Tls {
            reason: String::new(),
        };
        let huge = Error::TooLarge {
            status: 200,
            limit: 1,
        };
        check(&unreachable, WhenOnline, SideEffect::None);
        check(
            &timeout(TimeoutPhase::Connect),
            WhenOnline,
            SideEffect::None,
        );
        for phase in [TimeoutPhase::Answer, TimeoutPhase::Body] {
            check(&timeout(phase), AfterTimeout, SideEffect::Possible);
        }
        for error in [
            Error::ConnectionLost,
            Error::Truncated { status: 200 },
            Error::Truncated { status: 400 },
        ] {
            check(&error, AfterLostAnswer, SideEffect::Possible);
        }
        for error in [redirect, untrusted, Error::Request { what: "" }] {
            check(&error, Never, SideEffect::None);
        }
        check(&huge, Never, SideEffect::Possible);
    }

    #[test]
    fn answers_that_are_not_plaids() {
        for (status, retry, side_effect) in [
            (200, Never, SideEffect::Possible),
            (403, Never, SideEffect::None),
            (429, AfterRateLimit(Client), SideEffect::None),
            (502, AfterLostAnswer, SideEffect::Possible),
        ] {
            let not_json = Error::NotJson {
                status,
                content_type: None,
                request_id: None,
                excerpt: None,
            };
            let empty = Error::Empty {
                status,
                request_id: None,
            };
            let unexpected = Error::UnexpectedShape {
                status,
                request_id: None,
                what: String::new(),
            };
            for error in [not_json, empty, unexpected] {
                check(&error, retry, side_effect);
            }
        }
    }
}
