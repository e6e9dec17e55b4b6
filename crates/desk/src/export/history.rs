//! Exports all readings of some accounts, account by account, oldest first.

use std::path::PathBuf;

use desk_files::table::TableCell;
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::{
    view::{ExportDone, ExportFormat},
    writer::RowWriter,
};
use crate::export::Exports;
use desk_banks::{
    balances::table::{COLUMNS, view},
    history::Cursor,
};
use desk_core::{
    DeskError,
    store::{blocking, single_column},
};

/// Read in pages, so that other reads can run in between.
const AT_ONCE: usize = 4_000;

const HEAD: [&str; 14] = [
    "person",
    "institution",
    "name",
    "mask",
    "account_id",
    "read_at",
    "last_updated_at",
    "source",
    "currency",
    "available",
    "current",
    "limit",
    "request_id",
    "reading_id",
];

impl Exports {
    /// `from` (inclusive) and `to` (exclusive) are in milliseconds since 1970. Skips readings stored after the export
    /// started.
    pub(super) async fn history(
        &self,
        account_ids: Vec<String>,
        (from, to): (Option<i64>, Option<i64>),
        format: ExportFormat,
        path: PathBuf,
    ) -> Result<ExportDone, DeskError> {
        let newest = self.session.store.read(newest).await?;
        let mut writer = blocking(move || RowWriter::begin(format, HEAD.to_vec(), path)).await?;
        for account_id in account_ids {
            let mut after = Cursor {
                read_at: from.unwrap_or(i64::MIN),
                ..Cursor::FIRST
            };
            loop {
                let part = ReadingsChunk {
                    account_id: account_id.clone(),
                    after,
                    before: to.unwrap_or(i64::MAX),
                    newest,
                };
                let rows = self
                    .session
                    .store
                    .read(move |connection| part.read(connection))
                    .await?;
                let Some((last, _)) = rows.last() else {
                    break;
                };
                after = *last;
                let whole = rows.len() < AT_ONCE;
                writer = blocking(move || {
                    for (_, cells) in &rows {
                        writer.row(cells)?;
                    }
                    Ok::<_, DeskError>(writer)
                })
                .await?;
                if whole {
                    break;
                }
            }
        }
        let (path, rows) = blocking(move || writer.finish()).await?;
        Ok(ExportDone {
            path: path.display().to_string(),
            rows,
        })
    }
}

fn newest(connection: &Connection) -> Result<i64, DeskError> {
    let newest: Option<i64> =
        connection.query_row("SELECT max(reading_id) FROM readings", [], single_column)?;
    Ok(newest.unwrap_or(0))
}

struct ReadingsChunk {
    account_id: String,
    after: Cursor,
    before: i64,
    newest: i64,
}

impl ReadingsChunk {
    fn read(&self, connection: &Connection) -> Result<Vec<(Cursor, Vec<TableCell>)>, DeskError> {
        let Some(owner) = self.owner(connection)? else {
            return Ok(Vec::new());
        };
        let sql = format!(
            "SELECT {COLUMNS}, t.reading_id, t.read_at
             FROM readings_over_time AS t CROSS JOIN readings AS r USING (reading_id)
             WHERE t.account = (SELECT number FROM accounts WHERE account_id = ?1)
               AND (t.read_at, t.reading_id) > (?2, ?3) AND t.read_at < ?4 AND t.reading_id <= ?5
             ORDER BY t.read_at, t.reading_id LIMIT {AT_ONCE}"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query((
            &self.account_id,
            self.after.read_at,
            self.after.reading_id,
            self.before,
            self.newest,
        ))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let cursor = Cursor {
                reading_id: row.get("reading_id")?,
                read_at: row.get("read_at")?,
            };
            found.push((cursor, self.cells(&owner, row, cursor)?));
        }
        Ok(found)
    }

    fn owner(&self, connection: &Connection) -> Result<Option<[TableCell; 4]>, DeskError> {
        let mut statement = connection.prepare_cached(
            "SELECT people.name, institution_name, coalesce(own_name, accounts.name) AS account_name, mask
             FROM accounts JOIN items USING (item_id) JOIN people USING (person_id) WHERE account_id = ?1",
        )?;
        let owner = statement.query_row([&self.account_id], |row| {
            Ok([
                TableCell::Text(row.get("name")?),
                TableCell::Text(row.get("institution_name")?),
                TableCell::Text(row.get("account_name")?),
                TableCell::text(row.get("mask")?),
            ])
        });
        Ok(owner.optional()?)
    }

    fn cells(
        &self,
        owner: &[TableCell; 4],
        row: &Row<'_>,
        cursor: Cursor,
    ) -> Result<Vec<TableCell>, DeskError> {
        let reading = view(row)?;
        let mut cells = owner.to_vec();
        cells.extend([
            TableCell::Text(self.account_id.clone()),
            TableCell::Exact(reading.read_at),
            TableCell::exact(reading.last_updated_at),
            TableCell::Exact(<&str>::from(reading.source).to_owned()),
            TableCell::text(reading.currency),
            TableCell::exact(reading.available),
            TableCell::exact(reading.current),
            TableCell::exact(reading.limit),
            TableCell::Text(reading.request_id),
            TableCell::Exact(cursor.reading_id.to_string()),
        ]);
        Ok(cells)
    }
}
