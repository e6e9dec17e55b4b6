//! The table of readings, a page at a time.

use std::{fmt, str::FromStr};

use rusqlite::{Connection, Row};

use super::view::{ReadingRow, ReadingsPage};
use crate::{
    accounts::less,
    balances::{
        table::{AccountNumber, COLUMNS, view},
        view::ReadingView,
    },
};
use desk_core::DeskError;

/// The most readings of a page.
const MOST: u32 = 500;

/// The place of a reading among those of its account: by its time, and within one moment as it was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Milliseconds since 1970.
    pub read_at: i64,
    pub reading_id: i64,
}

impl Cursor {
    /// Before every reading.
    pub const FIRST: Self = Self {
        read_at: i64::MIN,
        reading_id: i64::MIN,
    };

    /// After every reading.
    pub const LAST: Self = Self {
        read_at: i64::MAX,
        reading_id: i64::MAX,
    };
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.read_at, self.reading_id)
    }
}

impl FromStr for Cursor {
    type Err = DeskError;

    fn from_str(text: &str) -> Result<Self, DeskError> {
        let parts = text.split_once('.');
        parts
            .and_then(|(read_at, reading_id)| {
                Some(Self {
                    read_at: read_at.parse().ok()?,
                    reading_id: reading_id.parse().ok()?,
                })
            })
            .ok_or_else(|| DeskError::invalid("before", "This is no place in a table of readings."))
    }
}

/// A page of readings, the newest first.
///
/// # Errors
/// `NotFound`.
pub(super) fn page(
    connection: &Connection,
    account_id: &str,
    before: Option<Cursor>,
    limit: u32,
) -> Result<ReadingsPage, DeskError> {
    let (present, number) = present_id(connection, account_id)?;
    let before = before.unwrap_or(Cursor::LAST);
    let limit = limit.clamp(1, MOST);
    let sql = format!(
        "SELECT {COLUMNS}, t.reading_id, t.read_at
         FROM readings_over_time AS t CROSS JOIN readings AS r USING (reading_id)
         WHERE t.account = ?1 AND (t.read_at, t.reading_id) < (?2, ?3)
         ORDER BY t.read_at DESC, t.reading_id DESC LIMIT ?4"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    // One more than is shown: the last row's change, and whether there is more.
    let mut rows = statement.query((number, before.read_at, before.reading_id, limit + 1))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push((view(row)?, place(row)?));
    }
    let shown = found.len().min(limit as usize);
    let next = (found.len() > shown).then(|| found[shown - 1].1.to_string());
    let mut readings = Vec::with_capacity(shown);
    for (index, (reading, place)) in found.iter().take(shown).enumerate() {
        let older = found.get(index + 1).map(|(older, _)| older);
        readings.push(ReadingRow {
            present: present == Some(place.reading_id),
            change: change(reading, older)?,
            reading: reading.clone(),
        });
    }
    Ok(ReadingsPage { readings, next })
}

fn place(row: &Row<'_>) -> rusqlite::Result<Cursor> {
    Ok(Cursor {
        reading_id: row.get("reading_id")?,
        read_at: row.get("read_at")?,
    })
}

fn present_id(
    connection: &Connection,
    account_id: &str,
) -> Result<(Option<i64>, AccountNumber), DeskError> {
    let mut statement = connection
        .prepare_cached("SELECT present_reading_id, number FROM accounts WHERE account_id = ?1")?;
    let mut rows = statement.query([account_id])?;
    let row = rows.next()?.ok_or(DeskError::NotFound("This account"))?;
    Ok((row.get("present_reading_id")?, row.get("number")?))
}

fn change(reading: &ReadingView, older: Option<&ReadingView>) -> Result<Option<String>, DeskError> {
    let older = older.filter(|older| older.currency == reading.currency);
    match (
        &reading.current,
        older.and_then(|older| older.current.as_ref()),
    ) {
        (Some(current), Some(before)) => Ok(Some(less(current, before)?)),
        _ => Ok(None),
    }
}
