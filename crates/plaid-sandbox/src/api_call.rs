//! One call of the API in progress: what it asked, when, and the transaction in which it
//! is answered. A handler that fails leaves no trace, because its transaction ends with it.

use std::cell::RefCell;

use jiff::SignedDuration;
use rusqlite::Connection;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bank::institutions::{Health, Institution};
use crate::conditions::Conditions;
use crate::errors::{
    ErrorCode, INSTITUTION_DOWN, INSTITUTION_NO_LONGER_SUPPORTED, INTERNAL_SERVER_ERROR,
    INVALID_ACCESS_TOKEN, ITEM_LOGIN_REQUIRED, ITEM_NOT_FOUND, PlaidError,
};
use crate::rulesets::Rulesets;
use crate::store::Moment;
use crate::store::items::{self, Item, ItemNotice, OAuthReason};
use crate::webhooks::{self, QueuedWebhook, WebhookSigner};

/// How long before its end Plaid announces it.
const NOTICE_TIME: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What a handler works with.
pub(crate) struct ApiCall<'a> {
    pub(crate) db: &'a Connection,
    pub(crate) now: Moment,
    pub(crate) request_id: &'a str,
    /// The JSON text of the request.
    pub(crate) body: &'a str,
    /// `http://127.0.0.1:PORT`
    pub(crate) origin: &'a str,
    pub(crate) control: &'a Conditions,
    pub(crate) rulesets: &'a Rulesets,
    pub(crate) signer: &'a WebhookSigner,
    /// To be sent when what the call changes is kept.
    pub(crate) webhooks: &'a RefCell<Vec<QueuedWebhook>>,
}

/// A JSON text, ready to be sent.
pub(crate) type CallResult = Result<String, CallFailure>;

/// Why a call was not answered with success.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallFailure {
    /// Plaid would refuse it, too.
    #[error(transparent)]
    Plaid(#[from] PlaidError),
    /// The state cannot be read or written.
    #[error("the state could not be read or written: {0}")]
    Store(#[from] rusqlite::Error),
    /// An answer could not be written as JSON.
    #[error("JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// An amount in the catalogue or the state is not a decimal.
    #[error("an amount is not a decimal: {0}")]
    Amount(#[from] rust_decimal::Error),
    /// The transaction was not kept.
    #[error("what was changed could not be kept: {0}")]
    NotKept(String),
    /// A handler panicked.
    #[error("a handler panicked")]
    Panicked,
    /// The stand-in is ending.
    #[error("the state has been closed")]
    Closed,
    /// A logo could not be drawn.
    #[error("a logo could not be drawn: {0}")]
    Logo(#[from] png::EncodingError),
}

impl From<&'static crate::errors::ErrorCode> for CallFailure {
    fn from(code: &'static crate::errors::ErrorCode) -> Self {
        Self::Plaid(code.into())
    }
}

impl CallFailure {
    /// The HTTP status and body to answer with.
    pub(crate) fn answer(&self, request_id: &str) -> (u16, String) {
        let (status, body) = match self {
            Self::Plaid(error) => (
                error.code.status,
                serde_json::to_string(&error.body(request_id)),
            ),
            unexpected => {
                tracing::error!(request_id, error = %unexpected, "a call failed");
                let error = PlaidError::from(&INTERNAL_SERVER_ERROR);
                (
                    error.code.status,
                    serde_json::to_string(&error.body(request_id)),
                )
            }
        };
        // An error body is made of texts and nulls only, which always serialise.
        (status, body.unwrap_or_default())
    }
}

impl ApiCall<'_> {
    /// Reads the request, which the checker has already passed.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, CallFailure> {
        serde_json::from_str(self.body).map_err(|error| {
            PlaidError::worded(&crate::errors::INVALID_FIELD, error.to_string()).into()
        })
    }

    /// Writes an answer with this call's `request_id`.
    pub(crate) fn answer<T: Serialize>(&self, answer: T) -> CallResult {
        // `#[serde(flatten)]` would lose exact decimals, so the request_id is joined as text.
        let body = serde_json::to_string(&answer)?;
        let request_id = serde_json::to_string(self.request_id)?;
        Ok(match body.strip_suffix('}') {
            Some("{") => format!(r#"{{"request_id":{request_id}}}"#),
            Some(fields) => format!(r#"{fields},"request_id":{request_id}}}"#),
            None => body,
        })
    }

    /// The Item an access token opens.
    pub(crate) fn item(&self, access_token: &str) -> Result<Item, CallFailure> {
        self.check_form(&INVALID_ACCESS_TOKEN, "access", access_token)?;
        let item = items::by_access_token(self.db, access_token)?.ok_or(&INVALID_ACCESS_TOKEN)?;
        if item.removed_at.is_some() {
            return Err(CallFailure::from(&ITEM_NOT_FOUND));
        }
        self.lapsed(item)
    }

    /// Refuses a token of another form, or of another environment, in Plaid's words.
    pub(crate) fn check_form(
        &self,
        code: &'static ErrorCode,
        kind: &str,
        token: &str,
    ) -> Result<(), PlaidError> {
        let mut parts = token.splitn(3, '-');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(first), Some("sandbox"), Some(_)) if first == kind => Ok(()),
            (Some(first), Some(other @ ("production" | "development")), Some(_))
                if first == kind =>
            {
                let message = format!(
                    "provided {kind} token is for the wrong Plaid environment. expected \"sandbox\", got \"{other}\""
                );
                Err(PlaidError::worded(code, message))
            }
            _ => {
                let message = format!(
                    "provided {kind} token is in an invalid format. expected format: \
                     {kind}-<environment>-<identifier>"
                );
                Err(PlaidError::worded(code, message))
            }
        }
    }

    /// What keeps the bank from being read for an Item.
    pub(crate) fn obstacle(&self, item: &Item) -> Option<PlaidError> {
        if let Some(code) = item.error {
            return Some(PlaidError::because(
                code,
                item.reason.map(OAuthReason::word),
            ));
        }
        let institution = Institution::find(&item.institution_id)?;
        unhealthy(self.control.health(institution)).map(PlaidError::from)
    }

    /// Refuses an institution where nobody can sign in at this moment.
    pub(crate) fn check_health(&self, institution: &Institution) -> Result<(), PlaidError> {
        unhealthy(self.control.health(institution)).map_or(Ok(()), |code| Err(code.into()))
    }

    /// Puts an Item into an error, which its webhook is told, or out of it.
    pub(crate) fn break_item(
        &self,
        mut item: Item,
        error: Option<&'static ErrorCode>,
        reason: Option<OAuthReason>,
    ) -> Result<(), CallFailure> {
        let before = item.error;
        match error {
            Some(_) => items::set_error_for(self.db, &item.item_id, error, reason)?,
            None => items::set_error(self.db, &item.item_id, None)?,
        }
        (item.error, item.reason) = (error, reason);
        if error.is_some() {
            webhooks::item_error(self, &item);
        } else if before == Some(&ITEM_LOGIN_REQUIRED) {
            webhooks::login_repaired(self, &item);
        }
        Ok(())
    }

    /// Announces something of an Item, which its webhook is told, or nothing any more.
    pub(crate) fn announce(
        &self,
        item: &Item,
        notice: Option<ItemNotice>,
    ) -> Result<(), CallFailure> {
        let ends_at = match notice {
            Some(ItemNotice::PendingExpiration | ItemNotice::PendingDisconnect) => {
                Some(self.now_and(NOTICE_TIME))
            }
            Some(ItemNotice::NewAccountsAvailable) | None => None,
        };
        items::set_notice(self.db, &item.item_id, notice, ends_at)?;
        if let Some(notice) = notice {
            webhooks::announced(self, item, notice, ends_at);
        }
        Ok(())
    }

    /// The Item as it is once what was announced has come true.
    pub(crate) fn lapsed(&self, mut item: Item) -> Result<Item, CallFailure> {
        if item.notice_ends_at.is_none_or(|end| self.now < end) {
            return Ok(item);
        }
        let reason = (item.notice == Some(ItemNotice::PendingExpiration))
            .then_some(OAuthReason::ConsentExpired);
        (item.notice, item.notice_ends_at) = (None, None);
        items::set_notice(self.db, &item.item_id, None, None)?;
        self.break_item(item.clone(), Some(&ITEM_LOGIN_REQUIRED), reason)?;
        (item.error, item.reason) = (Some(&ITEM_LOGIN_REQUIRED), reason);
        Ok(item)
    }

    /// So much later than now.
    pub(crate) fn now_and(&self, time: SignedDuration) -> Moment {
        Moment(
            self.now
                .0
                .saturating_add(time)
                .unwrap_or(jiff::Timestamp::MAX),
        )
    }
}

fn unhealthy(health: Health) -> Option<&'static ErrorCode> {
    match health {
        Health::Healthy | Health::Degraded => None,
        Health::Down => Some(&INSTITUTION_DOWN),
        Health::Unsupported => Some(&INSTITUTION_NO_LONGER_SUPPORTED),
    }
}
