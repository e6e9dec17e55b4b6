//! The key that webhooks are signed with. It is made once, so that whoever verifies
//! webhooks may keep its public half for as long as the state lives.

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::Moment;

pub(super) const SCHEMA: &str = "
    CREATE TABLE webhook_keys (
        key_id TEXT PRIMARY KEY,
        scalar BLOB NOT NULL,
        created_at TEXT NOT NULL
    ) STRICT;
";

/// One key, as it is kept.
#[derive(Debug)]
pub(crate) struct KeptKey {
    pub(crate) key_id: String,
    /// The private scalar of P-256, big endian. It guards nothing real.
    pub(crate) scalar: Vec<u8>,
    pub(crate) created_at: Moment,
}

pub(crate) fn key(db: &Connection) -> Result<Option<KeptKey>> {
    db.query_row(
        "SELECT key_id, scalar, created_at FROM webhook_keys LIMIT 1",
        [],
        |row| {
            Ok(KeptKey {
                key_id: row.get(0)?,
                scalar: row.get(1)?,
                created_at: row.get(2)?,
            })
        },
    )
    .optional()
}

pub(crate) fn insert(db: &Connection, key: &KeptKey) -> Result<()> {
    db.execute(
        "INSERT INTO webhook_keys (key_id, scalar, created_at) VALUES (?1, ?2, ?3)",
        params![key.key_id, key.scalar, key.created_at],
    )?;
    Ok(())
}
