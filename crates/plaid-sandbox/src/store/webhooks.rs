//! The key that webhooks are signed with, and the webhooks that were not taken yet. The key is
//! made once, so that whoever verifies webhooks may keep its public half as long as the state
//! lives.

use rusqlite::{Connection, OptionalExtension, Result, params};
use serde::{Deserialize, Serialize};

use super::Moment;

pub(super) const SCHEMA: &str = "
    CREATE TABLE webhook_keys (
        key_id TEXT PRIMARY KEY,
        scalar BLOB NOT NULL,
        created_at TEXT NOT NULL
    ) STRICT;
";

/// Times are seconds since 1970, so that they can be compared.
pub(super) const DELIVERIES: &str = "
    CREATE TABLE webhook_deliveries (
        delivery INTEGER PRIMARY KEY AUTOINCREMENT,
        url TEXT NOT NULL,
        body TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        next_at INTEGER NOT NULL
    ) STRICT;
";

/// One key, as it is kept.
#[derive(Debug)]
pub(crate) struct WebhookKey {
    pub(crate) key_id: String,
    /// The private scalar of P-256, big endian. It guards nothing real.
    pub(crate) scalar: Vec<u8>,
    pub(crate) created_at: Moment,
}

/// One webhook that is still to be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WebhookDelivery {
    pub(crate) delivery: i64,
    pub(crate) url: String,
    /// The JSON text that is sent.
    pub(crate) body: String,
    /// When it was sent first, in seconds since 1970.
    pub(crate) created_at: i64,
    /// How often it was sent.
    pub(crate) attempts: u32,
    /// When it is sent next, in seconds since 1970.
    pub(crate) next_at: i64,
}

pub(crate) fn key(db: &Connection) -> Result<Option<WebhookKey>> {
    db.query_row(
        "SELECT key_id, scalar, created_at FROM webhook_keys LIMIT 1",
        [],
        |row| {
            Ok(WebhookKey {
                key_id: row.get(0)?,
                scalar: row.get(1)?,
                created_at: row.get(2)?,
            })
        },
    )
    .optional()
}

pub(crate) fn insert(db: &Connection, key: &WebhookKey) -> Result<()> {
    db.execute(
        "INSERT INTO webhook_keys (key_id, scalar, created_at) VALUES (?1, ?2, ?3)",
        params![key.key_id, key.scalar, key.created_at],
    )?;
    Ok(())
}

/// Adds a webhook that is to be sent at once.
pub(crate) fn enqueue(db: &Connection, url: &str, body: &str, now: Moment) -> Result<()> {
    db.execute(
        "INSERT INTO webhook_deliveries (url, body, created_at, next_at) VALUES (?1, ?2, ?3, ?3)",
        params![url, body, now.0.as_second()],
    )?;
    Ok(())
}

/// Everything that is still to be taken, in the order in which it came.
pub(crate) fn waiting(db: &Connection) -> Result<Vec<WebhookDelivery>> {
    let mut query = db.prepare_cached(
        "SELECT delivery, url, body, created_at, attempts, next_at FROM webhook_deliveries
         ORDER BY delivery",
    )?;
    query
        .query_map([], |row| {
            Ok(WebhookDelivery {
                delivery: row.get(0)?,
                url: row.get(1)?,
                body: row.get(2)?,
                created_at: row.get(3)?,
                attempts: row.get(4)?,
                next_at: row.get(5)?,
            })
        })?
        .collect()
}

/// Keeps that a webhook is being sent, and when it is sent again should nobody take it.
pub(crate) fn mark_sent(db: &Connection, delivery: i64, next_at: i64) -> Result<()> {
    db.execute(
        "UPDATE webhook_deliveries SET attempts = attempts + 1, next_at = ?2 WHERE delivery = ?1",
        params![delivery, next_at],
    )?;
    Ok(())
}

/// Takes a webhook off the list: it was taken, or is given up.
pub(crate) fn remove(db: &Connection, delivery: i64) -> Result<()> {
    db.execute(
        "DELETE FROM webhook_deliveries WHERE delivery = ?1",
        [delivery],
    )?;
    Ok(())
}
