//! The key that signs webhooks, and the webhooks that still have to be delivered. The key is created once, so that
//! receivers can cache its public half.

use rusqlite::{Connection, Result, params};
use serde::{Deserialize, Serialize};

use super::SandboxTime;
use super::columns::table_row;

table_row! {
    #[derive(Debug)]
    struct WebhookKey in "webhook_keys" {
        key_id: String,
        /// The private scalar of P-256, big endian.
        scalar: Vec<u8>,
        created_at: SandboxTime,
    }
}

impl WebhookKey {
    pub(crate) fn find(db: &Connection) -> Result<Option<Self>> {
        Self::select(db, "LIMIT 1", []).map(|mut rows| rows.pop())
    }
}

table_row! {
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    struct WebhookDelivery in "webhook_deliveries" {
        delivery: i64,
        url: String,
        /// JSON.
        body: String,
        /// Like `next_at` in seconds since 1970.
        created_at: i64,
        attempts: u32,
        next_at: i64,
    }
}

impl WebhookDelivery {
    /// Oldest first.
    pub(crate) fn list(db: &Connection) -> Result<Vec<Self>> {
        Self::select(db, "ORDER BY delivery", [])
    }
}

/// Adds a webhook that is due at once.
pub(crate) fn enqueue(db: &Connection, url: &str, body: &str, now: SandboxTime) -> Result<()> {
    db.execute(
        "INSERT INTO webhook_deliveries (url, body, created_at, next_at) VALUES (?1, ?2, ?3, ?3)",
        params![url, body, now.0.as_second()],
    )
    .map(drop)
}

pub(crate) fn remove(db: &Connection, delivery: i64) -> Result<()> {
    db.execute(
        "DELETE FROM webhook_deliveries WHERE delivery = ?1",
        [delivery],
    )
    .map(drop)
}
