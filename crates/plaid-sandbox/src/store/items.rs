//! Items with their access tokens, and the public tokens that are exchanged for those.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Result, ToSql, params};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use super::columns::{table_row, text_column};
use super::{SandboxTime, StringList};
use crate::errors::{self, ErrorBody, ErrorCode};

/// Plaid's `error_code_reason` for Items at OAuth banks.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[expect(clippy::enum_variant_names, reason = "the names are Plaid's")]
pub(crate) enum OAuthReason {
    OauthInvalidToken,
    OauthConsentExpired,
    OauthUserRevoked,
}

/// What Plaid announces about an Item that still works.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ItemNotice {
    PendingExpiration,
    PendingDisconnect,
    NewAccountsAvailable,
}

text_column!(OAuthReason);
text_column!(ItemNotice);

impl ToSql for ErrorCode {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(self.error_code.into())
    }
}

impl FromSql for &'static ErrorCode {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        errors::forcible(value.as_str()?).ok_or(FromSqlError::InvalidType)
    }
}

table_row! {
    #[derive(Clone, Debug)]
    struct Item in "items" {
        item_id: String,
        institution_id: String,
        username: String,
        /// The account description with which `user_custom` signed in last.
        description: Option<String>,
        products: StringList,
        /// Consented to in Link in addition to `products`.
        consented_products: StringList,
        webhook: Option<String>,
        created_at: SandboxTime,
        access_token: Option<String>,
        error: Option<&'static ErrorCode>,
        error_reason: Option<OAuthReason>,
        notice: Option<ItemNotice>,
        /// When the Item starts to require a login because of the notice.
        notice_ends_at: Option<SandboxTime>,
        last_webhook_code: Option<String>,
        last_webhook_at: Option<SandboxTime>,
        /// Live reads since the Item was created.
        live_reads: u32,
        removed_at: Option<SandboxTime>,
    }
}

impl Item {
    pub(crate) fn find(db: &Connection, item_id: &str) -> Result<Option<Self>> {
        Self::select(db, "WHERE item_id = ?1", [item_id]).map(|mut rows| rows.pop())
    }

    pub(crate) fn by_access_token(db: &Connection, access_token: &str) -> Result<Option<Self>> {
        Self::select(db, "WHERE access_token = ?1", [access_token]).map(|mut rows| rows.pop())
    }

    /// All Items that were not removed, newest first.
    pub(crate) fn list(db: &Connection) -> Result<Vec<Self>> {
        Self::select(db, "WHERE removed_at IS NULL ORDER BY rowid DESC", [])
    }

    pub(crate) fn clear_error_and_notice(&mut self) {
        (self.error, self.error_reason) = (None, None);
        (self.notice, self.notice_ends_at) = (None, None);
    }

    /// Plaid's `error` object for this Item.
    pub(crate) fn error_body(&self) -> Option<ErrorBody<'static>> {
        self.error
            .map(|code| code.embedded(self.error_reason.map(Into::into)))
    }
}

table_row! {
    #[derive(Debug)]
    struct PublicToken in "public_tokens" {
        public_token: String,
        item_id: String,
        created_at: SandboxTime,
        exchanged_at: Option<SandboxTime>,
    }
}

impl PublicToken {
    pub(crate) fn find(db: &Connection, public_token: &str) -> Result<Option<Self>> {
        Self::select(db, "WHERE public_token = ?1", [public_token]).map(|mut rows| rows.pop())
    }
}

pub(crate) fn set_last_webhook(
    db: &Connection,
    item_id: &str,
    code: &str,
    now: SandboxTime,
) -> Result<()> {
    db.execute(
        "UPDATE items SET last_webhook_code = ?2, last_webhook_at = ?3 WHERE item_id = ?1",
        params![item_id, code, now],
    )
    .map(drop)
}

/// Counts one more live read and returns the new count.
pub(crate) fn count_live_read(db: &Connection, item_id: &str) -> Result<u32> {
    db.prepare_cached(
        "UPDATE items SET live_reads = live_reads + 1 WHERE item_id = ?1 RETURNING live_reads",
    )?
    .query_row([item_id], |row| row.get("live_reads"))
}
