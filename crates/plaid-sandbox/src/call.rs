//! One call of the API in progress: what it asked, when, and the transaction in which it
//! is answered. A handler that fails leaves no trace, because its transaction ends with it.

use rusqlite::Transaction;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::errors::{INTERNAL_SERVER_ERROR, INVALID_ACCESS_TOKEN, ITEM_NOT_FOUND, PlaidError};
use crate::store::Moment;
use crate::store::items::{self, Item};

/// What a handler works with.
pub(crate) struct Call<'a> {
    pub(crate) db: &'a Transaction<'a>,
    pub(crate) now: Moment,
    pub(crate) request_id: &'a str,
    /// The JSON text of the request.
    pub(crate) body: &'a str,
    /// `http://127.0.0.1:PORT`
    pub(crate) origin: &'a str,
}

/// A JSON text, ready to be sent.
pub(crate) type Answer = Result<String, Failure>;

/// Why a call was not answered with success.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
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
    /// A logo could not be drawn.
    #[error("a logo could not be drawn: {0}")]
    Logo(#[from] png::EncodingError),
}

impl From<&'static crate::errors::Code> for Failure {
    fn from(code: &'static crate::errors::Code) -> Self {
        Self::Plaid(code.into())
    }
}

impl Failure {
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

impl Call<'_> {
    /// Reads the request, which the checker has already passed.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_str(self.body).map_err(|error| {
            PlaidError::worded(&crate::errors::INVALID_FIELD, error.to_string()).into()
        })
    }

    /// Writes an answer with this call's `request_id`.
    pub(crate) fn answer<T: Serialize>(&self, answer: T) -> Answer {
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
    pub(crate) fn item(&self, access_token: &str) -> Result<Item, Failure> {
        let item = items::by_access_token(self.db, access_token)?.ok_or(&INVALID_ACCESS_TOKEN)?;
        if item.removed_at.is_some() {
            return Err(Failure::from(&ITEM_NOT_FOUND));
        }
        Ok(item)
    }
}
