//! Items, the access tokens that open them and the public tokens that lead to those.
//! A removed Item keeps its row and its token, so that using it can be answered aptly.

use rusqlite::{Connection, OptionalExtension, Result, Row, params};
use serde::{Deserialize, Serialize};

use super::{Moment, StringList};
use crate::errors::{self, ErrorCode};

pub(super) const SCHEMA: &str = "
    CREATE TABLE items (
        item_id TEXT PRIMARY KEY,
        institution_id TEXT NOT NULL,
        username TEXT NOT NULL,
        products TEXT NOT NULL,
        consented_products TEXT NOT NULL,
        webhook TEXT,
        created_at TEXT NOT NULL,
        login_required INTEGER NOT NULL DEFAULT 0,
        live_reads INTEGER NOT NULL DEFAULT 0,
        removed_at TEXT
    ) STRICT;
    CREATE TABLE access_tokens (
        access_token TEXT PRIMARY KEY,
        item_id TEXT NOT NULL UNIQUE REFERENCES items
    ) STRICT;
    CREATE TABLE public_tokens (
        public_token TEXT PRIMARY KEY,
        item_id TEXT NOT NULL REFERENCES items,
        created_at TEXT NOT NULL,
        exchanged_at TEXT
    ) STRICT;
";

/// From a login that is required or not to any error of an Item; and what a customer of
/// one's own is described by.
pub(super) const ERRORS_AND_DESCRIPTIONS: &str = "
    ALTER TABLE items ADD COLUMN error_code TEXT;
    UPDATE items SET error_code = 'ITEM_LOGIN_REQUIRED' WHERE login_required;
    ALTER TABLE items DROP COLUMN login_required;
    ALTER TABLE items ADD COLUMN description TEXT;
    ALTER TABLE link_sessions ADD COLUMN description TEXT;
";

/// Why an Item is in its error, what is about to happen to it, and what was told of it last.
pub(super) const NOTICES: &str = "
    ALTER TABLE items ADD COLUMN error_reason TEXT;
    ALTER TABLE items ADD COLUMN notice TEXT;
    ALTER TABLE items ADD COLUMN notice_ends_at TEXT;
    ALTER TABLE items ADD COLUMN last_webhook_code TEXT;
    ALTER TABLE items ADD COLUMN last_webhook_at TEXT;
";

/// The reason Plaid gives for some errors of Items at OAuth banks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum OAuthReason {
    #[serde(rename = "OAUTH_INVALID_TOKEN")]
    InvalidToken,
    #[serde(rename = "OAUTH_CONSENT_EXPIRED")]
    ConsentExpired,
    #[serde(rename = "OAUTH_USER_REVOKED")]
    UserRevoked,
}

impl OAuthReason {
    pub(crate) const ALL: [Self; 3] = [Self::InvalidToken, Self::ConsentExpired, Self::UserRevoked];

    /// As Plaid writes it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::InvalidToken => "OAUTH_INVALID_TOKEN",
            Self::ConsentExpired => "OAUTH_CONSENT_EXPIRED",
            Self::UserRevoked => "OAUTH_USER_REVOKED",
        }
    }
}

/// What Plaid announces of an Item that still works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ItemNotice {
    /// The consent runs out at a time that /item/get tells.
    PendingExpiration,
    /// The bank is about to disconnect it.
    PendingDisconnect,
    /// The person has an account that is not shared yet.
    NewAccountsAvailable,
}

impl ItemNotice {
    pub(crate) const ALL: [Self; 3] = [
        Self::PendingExpiration,
        Self::PendingDisconnect,
        Self::NewAccountsAvailable,
    ];

    /// As Plaid writes it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::PendingExpiration => "PENDING_EXPIRATION",
            Self::PendingDisconnect => "PENDING_DISCONNECT",
            Self::NewAccountsAvailable => "NEW_ACCOUNTS_AVAILABLE",
        }
    }
}

/// One Item.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) item_id: String,
    pub(crate) institution_id: String,
    pub(crate) username: String,
    /// What `user_custom` signed in with: the accounts, as JSON.
    pub(crate) description: Option<String>,
    pub(crate) products: StringList,
    /// Agreed to in Link beyond `products`.
    pub(crate) consented_products: StringList,
    pub(crate) webhook: Option<String>,
    pub(crate) created_at: Moment,
    /// What keeps it from being read.
    pub(crate) error: Option<&'static ErrorCode>,
    pub(crate) reason: Option<OAuthReason>,
    pub(crate) notice: Option<ItemNotice>,
    /// When what is announced comes true.
    pub(crate) notice_ends_at: Option<Moment>,
    /// The code of the webhook sent last, and when it was.
    pub(crate) last_webhook: Option<(String, Moment)>,
    /// How often the bank was asked for balances since linking.
    pub(crate) live_reads: u64,
    pub(crate) removed_at: Option<Moment>,
}

/// A public token and how far it got.
#[derive(Debug)]
pub(crate) struct PublicToken {
    pub(crate) item_id: String,
    pub(crate) created_at: Moment,
    pub(crate) exchanged_at: Option<Moment>,
}

const COLUMNS: &str = "items.item_id, institution_id, username, products, consented_products, webhook, created_at, \
                       error_code, live_reads, removed_at, description, error_reason, notice, notice_ends_at, \
                       last_webhook_code, last_webhook_at";

/// The one of these that a column names.
fn word<T: Copy>(
    row: &Row<'_>,
    column: usize,
    all: &[T],
    named: fn(T) -> &'static str,
) -> Result<Option<T>> {
    let word: Option<String> = row.get(column)?;
    Ok(word.and_then(|word| all.iter().copied().find(|one| named(*one) == word)))
}

fn read(row: &Row<'_>) -> Result<Item> {
    Ok(Item {
        item_id: row.get(0)?,
        institution_id: row.get(1)?,
        username: row.get(2)?,
        products: row.get(3)?,
        consented_products: row.get(4)?,
        webhook: row.get(5)?,
        created_at: row.get(6)?,
        error: row
            .get::<_, Option<String>>(7)?
            .as_deref()
            .and_then(errors::forced),
        live_reads: row.get::<_, i64>(8)?.unsigned_abs(),
        removed_at: row.get(9)?,
        description: row.get(10)?,
        reason: word(row, 11, &OAuthReason::ALL, OAuthReason::word)?,
        notice: word(row, 12, &ItemNotice::ALL, ItemNotice::word)?,
        notice_ends_at: row.get(13)?,
        last_webhook: row
            .get::<_, Option<String>>(14)?
            .zip(row.get::<_, Option<Moment>>(15)?),
    })
}

pub(crate) fn insert(db: &Connection, item: &Item) -> Result<()> {
    db.execute(
        "INSERT INTO items (item_id, institution_id, username, products, consented_products, webhook, created_at,
             description)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            item.item_id,
            item.institution_id,
            item.username,
            item.products,
            item.consented_products,
            item.webhook,
            item.created_at,
            item.description
        ],
    )?;
    Ok(())
}

pub(crate) fn find(db: &Connection, item_id: &str) -> Result<Option<Item>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM items WHERE item_id = ?1"))?
        .query_row([item_id], read)
        .optional()
}

/// The Item an access token opens, removed or not.
pub(crate) fn by_access_token(db: &Connection, access_token: &str) -> Result<Option<Item>> {
    let query = format!(
        "SELECT {COLUMNS} FROM items JOIN access_tokens USING (item_id) WHERE access_token = ?1"
    );
    db.prepare_cached(&query)?
        .query_row([access_token], read)
        .optional()
}

/// The access token of an Item, once it has one.
pub(crate) fn access_token(db: &Connection, item_id: &str) -> Result<Option<String>> {
    db.query_row(
        "SELECT access_token FROM access_tokens WHERE item_id = ?1",
        [item_id],
        |row| row.get(0),
    )
    .optional()
}

/// Makes this the access token of the Item; one it had before is dead from here on.
pub(crate) fn set_access_token(db: &Connection, item_id: &str, access_token: &str) -> Result<()> {
    db.execute("DELETE FROM access_tokens WHERE item_id = ?1", [item_id])?;
    db.execute(
        "INSERT INTO access_tokens (access_token, item_id) VALUES (?1, ?2)",
        [access_token, item_id],
    )?;
    Ok(())
}

pub(crate) fn insert_public_token(
    db: &Connection,
    public_token: &str,
    item_id: &str,
    now: Moment,
) -> Result<()> {
    db.execute(
        "INSERT INTO public_tokens (public_token, item_id, created_at) VALUES (?1, ?2, ?3)",
        params![public_token, item_id, now],
    )?;
    Ok(())
}

pub(crate) fn public_token(db: &Connection, public_token: &str) -> Result<Option<PublicToken>> {
    db.query_row(
        "SELECT item_id, created_at, exchanged_at FROM public_tokens WHERE public_token = ?1",
        [public_token],
        |row| {
            Ok(PublicToken {
                item_id: row.get(0)?,
                created_at: row.get(1)?,
                exchanged_at: row.get(2)?,
            })
        },
    )
    .optional()
}

pub(crate) fn mark_exchanged(db: &Connection, public_token: &str, now: Moment) -> Result<()> {
    db.execute(
        "UPDATE public_tokens SET exchanged_at = ?2 WHERE public_token = ?1",
        params![public_token, now],
    )?;
    Ok(())
}

/// Puts an Item into an error, or out of it. Out of it, nothing is announced any more either.
pub(crate) fn set_error(
    db: &Connection,
    item_id: &str,
    error: Option<&'static ErrorCode>,
) -> Result<()> {
    set_error_for(db, item_id, error, None)?;
    if error.is_none() {
        set_notice(db, item_id, None, None)?;
    }
    Ok(())
}

/// Puts an Item into an error for a reason.
pub(crate) fn set_error_for(
    db: &Connection,
    item_id: &str,
    error: Option<&'static ErrorCode>,
    reason: Option<OAuthReason>,
) -> Result<()> {
    db.execute(
        "UPDATE items SET error_code = ?2, error_reason = ?3 WHERE item_id = ?1",
        params![
            item_id,
            error.map(|code| code.error_code),
            reason.map(OAuthReason::word)
        ],
    )?;
    Ok(())
}

/// Announces something of an Item, or nothing any more.
pub(crate) fn set_notice(
    db: &Connection,
    item_id: &str,
    notice: Option<ItemNotice>,
    ends_at: Option<Moment>,
) -> Result<()> {
    db.execute(
        "UPDATE items SET notice = ?2, notice_ends_at = ?3 WHERE item_id = ?1",
        params![item_id, notice.map(ItemNotice::word), ends_at],
    )?;
    Ok(())
}

/// Keeps which webhook was sent last.
pub(crate) fn set_last_webhook(
    db: &Connection,
    item_id: &str,
    code: &str,
    now: Moment,
) -> Result<()> {
    db.execute(
        "UPDATE items SET last_webhook_code = ?2, last_webhook_at = ?3 WHERE item_id = ?1",
        params![item_id, code, now],
    )?;
    Ok(())
}

/// All Items that were not removed, the newest first.
pub(crate) fn all(db: &Connection) -> Result<Vec<Item>> {
    let query =
        format!("SELECT {COLUMNS} FROM items WHERE removed_at IS NULL ORDER BY items.rowid DESC");
    db.prepare_cached(&query)?.query_map([], read)?.collect()
}

/// What `user_custom` described the accounts with at the last sign-in.
pub(crate) fn set_description(db: &Connection, item_id: &str, description: &str) -> Result<()> {
    db.execute(
        "UPDATE items SET description = ?2 WHERE item_id = ?1",
        [item_id, description],
    )?;
    Ok(())
}

/// Where the webhooks of an Item go from now on.
pub(crate) fn set_webhook(db: &Connection, item_id: &str, webhook: Option<&str>) -> Result<()> {
    db.execute(
        "UPDATE items SET webhook = ?2 WHERE item_id = ?1",
        params![item_id, webhook],
    )?;
    Ok(())
}

pub(crate) fn set_products(db: &Connection, item_id: &str, products: &StringList) -> Result<()> {
    db.execute(
        "UPDATE items SET products = ?2 WHERE item_id = ?1",
        params![item_id, products],
    )?;
    Ok(())
}

/// Counts one more live read and says how many there were.
pub(crate) fn count_live_read(db: &Connection, item_id: &str) -> Result<u64> {
    db.prepare_cached(
        "UPDATE items SET live_reads = live_reads + 1 WHERE item_id = ?1 RETURNING live_reads",
    )?
    .query_row([item_id], |row| row.get::<_, i64>(0).map(i64::unsigned_abs))
}

pub(crate) fn mark_removed(db: &Connection, item_id: &str, now: Moment) -> Result<()> {
    db.execute(
        "UPDATE items SET removed_at = ?2 WHERE item_id = ?1",
        params![item_id, now],
    )?;
    Ok(())
}
