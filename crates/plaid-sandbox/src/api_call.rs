//! One API call: its request, its time, and the transaction in which it is answered. A handler that fails changes
//! nothing, because its part of the transaction is rolled back.

use std::cell::RefCell;

use jiff::SignedDuration;
use rusqlite::Connection;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bank::institutions::{Health, Institution};
use crate::conditions::Conditions;
use crate::errors::{
    ErrorCode, INSTITUTION_DOWN, INSTITUTION_NO_LONGER_SUPPORTED, INTERNAL_SERVER_ERROR,
    INVALID_ACCESS_TOKEN, INVALID_FIELD, ITEM_LOGIN_REQUIRED, ITEM_NOT_FOUND, PlaidError,
};
use crate::rulesets::Rulesets;
use crate::store::SandboxTime;
use crate::store::items::{Item, ItemNotice, OAuthReason};
use crate::webhooks::{self, QueuedWebhook, WebhookSigner};

/// How long before the Item stops working Plaid announces it.
pub(crate) const NOTICE_PERIOD: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What a handler works with.
pub(crate) struct ApiCall<'a> {
    pub(crate) db: &'a Connection,
    pub(crate) now: SandboxTime,
    pub(crate) request_id: &'a str,
    /// JSON.
    pub(crate) body: &'a str,
    /// `http://127.0.0.1:PORT`
    pub(crate) origin: &'a str,
    pub(crate) conditions: &'a Conditions,
    pub(crate) rulesets: &'a Rulesets,
    pub(crate) signer: &'a WebhookSigner,
    /// Saved with the changes of the call and sent after the commit.
    pub(crate) webhooks: &'a RefCell<Vec<QueuedWebhook>>,
}

/// The JSON text of a response.
pub(crate) type CallResult = Result<String, CallFailure>;

#[derive(Debug, thiserror::Error)]
pub(crate) enum CallFailure {
    #[error(transparent)]
    Plaid(#[from] PlaidError),
    #[error("cannot read or write the state: {0}")]
    Store(#[from] rusqlite::Error),
    #[error("cannot write the response as JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("an amount is not a decimal: {0}")]
    Amount(#[from] rust_decimal::Error),
    #[error("cannot commit the changes: {0}")]
    Commit(String),
    #[error("a handler panicked")]
    Panicked,
    #[error("the stand-in is shutting down")]
    Closed,
    #[error("cannot draw a logo: {0}")]
    Logo(#[from] png::EncodingError),
}

impl From<&'static ErrorCode> for CallFailure {
    fn from(code: &'static ErrorCode) -> Self {
        Self::Plaid(code.into())
    }
}

impl CallFailure {
    /// The HTTP status and body.
    pub(crate) fn response(&self, request_id: &str) -> (u16, String) {
        let unexpected;
        let error = if let Self::Plaid(error) = self {
            error
        } else {
            tracing::error!(request_id, error = %self, "a call failed");
            unexpected = PlaidError::from(&INTERNAL_SERVER_ERROR);
            &unexpected
        };
        let body = serde_json::to_string(&error.body(request_id));
        // An error body holds only strings and nulls, which always serialize.
        (error.code.status, body.unwrap_or_default())
    }
}

impl ApiCall<'_> {
    /// The request, whose fields were checked before.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, CallFailure> {
        serde_json::from_str(self.body)
            .map_err(|error| PlaidError::with_message(&INVALID_FIELD, error.to_string()).into())
    }

    /// The JSON of a response, with the `request_id` added.
    pub(crate) fn respond(&self, response: impl Serialize) -> CallResult {
        // `#[serde(flatten)]` would lose exact decimals, so the request_id is added as text.
        let body = serde_json::to_string(&response)?;
        let request_id = serde_json::to_string(self.request_id)?;
        Ok(match body.strip_suffix('}') {
            Some("{") => format!(r#"{{"request_id":{request_id}}}"#),
            Some(fields) => format!(r#"{fields},"request_id":{request_id}}}"#),
            None => body,
        })
    }

    /// The Item of an access token.
    pub(crate) fn item(&self, access_token: &str) -> Result<Item, CallFailure> {
        self.check_token_format(&INVALID_ACCESS_TOKEN, "access", access_token)?;
        let mut item =
            Item::by_access_token(self.db, access_token)?.ok_or(&INVALID_ACCESS_TOKEN)?;
        if item.removed_at.is_some() {
            return Err(CallFailure::from(&ITEM_NOT_FOUND));
        }
        self.end_notice_when_due(&mut item)?;
        Ok(item)
    }

    /// Rejects a token of another kind or another environment.
    pub(crate) fn check_token_format(
        &self,
        code: &'static ErrorCode,
        kind: &str,
        token: &str,
    ) -> Result<(), PlaidError> {
        let mut parts = token.splitn(3, '-');
        let message = match (parts.next(), parts.next(), parts.next()) {
            (Some(first), Some("sandbox"), Some(_)) if first == kind => return Ok(()),
            (Some(first), Some(other @ ("production" | "development")), Some(_))
                if first == kind =>
            {
                format!(
                    "provided {kind} token is for the wrong Plaid environment. expected \"sandbox\", got \"{other}\""
                )
            }
            _ => format!(
                "provided {kind} token is in an invalid format. expected format: {kind}-<environment>-<identifier>"
            ),
        };
        Err(PlaidError::with_message(code, message))
    }

    /// Why the bank cannot be read for an Item, if it cannot.
    pub(crate) fn live_read_error(&self, item: &Item) -> Option<PlaidError> {
        if let Some(code) = item.error {
            let reason = item.error_reason.map(Into::into);
            return Some(PlaidError::with_reason(code, reason));
        }
        let institution = Institution::find(&item.institution_id)?;
        self.check_health(institution).err()
    }

    pub(crate) fn check_health(&self, institution: &Institution) -> Result<(), PlaidError> {
        match self.conditions.health(institution) {
            Health::Healthy | Health::Degraded => Ok(()),
            Health::Down => Err(PlaidError::from(&INSTITUTION_DOWN)),
            Health::Unsupported => Err(PlaidError::from(&INSTITUTION_NO_LONGER_SUPPORTED)),
        }
    }

    /// Sets or clears the error of an Item and sends its webhook.
    pub(crate) fn set_item_error(
        &self,
        item: &mut Item,
        error: Option<&'static ErrorCode>,
        reason: Option<OAuthReason>,
    ) -> Result<(), CallFailure> {
        let before = item.error;
        if error.is_none() {
            item.clear_error_and_notice();
        }
        (item.error, item.error_reason) = (error, error.and(reason));
        item.save(self.db)?;
        if error.is_some() {
            webhooks::item_error(self, item);
        } else if before == Some(&ITEM_LOGIN_REQUIRED) {
            webhooks::login_repaired(self, item);
        }
        Ok(())
    }

    /// Sets or clears the notice of an Item and sends its webhook.
    pub(crate) fn set_item_notice(
        &self,
        item: &mut Item,
        notice: Option<ItemNotice>,
    ) -> Result<(), CallFailure> {
        item.notice = notice;
        item.notice_ends_at = notice
            .filter(|notice| *notice != ItemNotice::NewAccountsAvailable)
            .map(|_| self.time_after(NOTICE_PERIOD));
        item.save(self.db)?;
        webhooks::item_notice(self, item);
        Ok(())
    }

    /// Once the time announced by a notice has come, the Item requires a login.
    pub(crate) fn end_notice_when_due(&self, item: &mut Item) -> Result<(), CallFailure> {
        if item.notice_ends_at.is_none_or(|end| self.now < end) {
            return Ok(());
        }
        let expired = item.notice == Some(ItemNotice::PendingExpiration);
        (item.notice, item.notice_ends_at) = (None, None);
        let reason = expired.then_some(OAuthReason::OauthConsentExpired);
        self.set_item_error(item, Some(&ITEM_LOGIN_REQUIRED), reason)
    }

    pub(crate) fn time_after(&self, duration: SignedDuration) -> SandboxTime {
        let time = self.now.0.saturating_add(duration);
        SandboxTime(time.unwrap_or(jiff::Timestamp::MAX))
    }
}
