//! Doors for the benchmarks: an encrypted database of any size, and the statements whose time is promised.
//! The app is never built with them.

pub mod outcomes;
pub mod stage;

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use plaid::AccountId;
use rusqlite::Connection;

use desk_banks::{
    accounts,
    balances::{
        table::{self, NewReading},
        view::ReadingSource,
    },
    history::{self, view::HistoryRange},
};
use desk_core::{
    DeskError,
    moment::Moment,
    store::{DatabaseKey, Store},
};

const ACCOUNTS_OF_AN_ITEM: u32 = 5;

/// A database filled with accounts that were all read equally often over one year.
pub struct BenchDatabase {
    store: Store,
    accounts: u32,
    now: Timestamp,
}

impl BenchDatabase {
    /// Opens the database of this size in `folder`, and fills it first if it is not there yet.
    ///
    /// # Errors
    /// `Disk`, `Database`.
    pub async fn open(folder: &Path, accounts: u32, readings: u32) -> Result<Self, DeskError> {
        // One that is there is brought to the latest shape when it is opened, as people's are.
        let whole = folder.join(format!("{accounts}-{readings}.db"));
        if !whole.exists() {
            let draft = whole.with_extension("part");
            remove(&draft);
            fill(&draft, accounts, readings).await?;
            std::fs::rename(&draft, &whole).map_err(|error| DeskError::disk(&error))?;
        }
        Ok(Self {
            store: Store::open(whole, key()?).await?,
            accounts,
            now: newest(),
        })
    }

    /// The whole list of accounts; the number of its rows.
    ///
    /// # Errors
    /// `Database`.
    pub async fn list(&self) -> Result<usize, DeskError> {
        let now = self.now;
        self.store
            .read(move |connection| Ok::<_, DeskError>(accounts::list(connection, now)?.rows.len()))
            .await
    }

    /// A year of one account's history; the number of its points.
    ///
    /// # Errors
    /// `Database`.
    pub async fn year(&self, account: u32) -> Result<usize, DeskError> {
        let (id, now) = (account_id(account % self.accounts), Moment::from(self.now));
        self.store
            .read(move |connection| -> Result<_, DeskError> {
                let view = history::account::history(connection, &id, HistoryRange::Year, now)?;
                Ok(view.series.iter().map(|of| of.points.len()).sum())
            })
            .await
    }

    /// Stores one reading of each of `how_many` accounts from `first` on, in one transaction.
    ///
    /// # Errors
    /// `Disk`, `Database`.
    pub async fn insert(&self, first: u32, how_many: u32) -> Result<(), DeskError> {
        let (accounts, now) = (self.accounts, self.now);
        self.store
            .write(move |transaction| -> Result<_, DeskError> {
                for account in first..first + how_many {
                    let id = AccountId::new(account_id(account % accounts));
                    let reading = NewReading {
                        account_id: &id,
                        source: ReadingSource::Live,
                        available: Some(plaid::Decimal::new(123_456, 2)),
                        current: Some(plaid::Decimal::new(i64::from(account), 2)),
                        limit: None,
                        iso_currency_code: Some("USD"),
                        unofficial_currency_code: None,
                        last_updated_at: None,
                        request_id: "m8MDnv9okwxFNBV",
                    };
                    table::insert(transaction, &reading, now)?;
                }
                Ok(())
            })
            .await
    }
}

/// Every run finds the file of the one before.
fn key() -> Result<DatabaseKey, DeskError> {
    DatabaseKey::from_bytes(&[7; 32]).ok_or(DeskError::Internal("a key has 32 bytes"))
}

fn newest() -> Timestamp {
    // A moment of which there is no doubt: 24 November 2026.
    Timestamp::from_second(1_795_478_400).unwrap_or_default()
}

fn remove(draft: &Path) {
    for ending in ["part", "part-wal", "part-shm"] {
        let file: PathBuf = draft.with_extension(ending);
        if let Err(error) = std::fs::remove_file(&file)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "an unfinished database could not be removed");
        }
    }
}

fn account_id(account: u32) -> String {
    // As long as Plaid's.
    format!("{account:08}BxBXxLj1m4HMXBm9WZZmCWVbPjX16")
}

async fn fill(path: &Path, accounts: u32, readings: u32) -> Result<(), DeskError> {
    let store = Store::open(path.to_owned(), key()?).await?;
    store
        .write(move |transaction| bulk(transaction, accounts, readings))
        .await?;
    store.close().await;
    Ok(())
}

/// Fills the tables with one statement each, in the order of their keys.
fn bulk(connection: &Connection, accounts: u32, readings: u32) -> Result<(), DeskError> {
    let items = accounts.div_ceil(ACCOUNTS_OF_AN_ITEM);
    let a_row = accounts.max(1);
    let rounds = readings.div_ceil(a_row).max(1);
    let span = SignedDuration::from_hours(24 * 364).as_millis();
    let step = i64::try_from(span).unwrap_or(i64::MAX) / i64::from(rounds);
    let first = newest().as_millisecond() - step * i64::from(rounds - 1);
    let logo = "iVBORw0KGgo".repeat(900);
    // Of reading `i`, counted from nothing.
    let available = "printf('%d.%02d', i % 90001, i % 100)";
    let current = "printf('%d.%02d', i % 100003, i % 100)";
    let read_at = format!("{first} + (i / {a_row}) * {step}");
    connection.execute_batch(&format!(
        "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < 200)
         INSERT INTO people (person_id, name, name_key, client_user_id, created_at)
         SELECT 'person-' || i, 'Person ' || i, 'person ' || i, 'user-' || i, 0 FROM n;
         WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < 20)
         INSERT INTO institution_looks (institution_id, logo, color) SELECT 'ins_' || i, '{logo}', '#095aa6' FROM n;
         WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {items})
         INSERT INTO items (item_id, person_id, purpose, institution_id, institution_name, access_token, state, linked_at)
         SELECT 'item-' || i, 'person-' || (i % 200), 'ach_risk', 'ins_' || (i % 20), 'Bank ' || (i % 20),
                'access-sandbox-' || i, 'active', i FROM n;
         WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {accounts})
         INSERT INTO accounts (account_id, item_id, position, name, official_name, mask, account_type, subtype,
                               present_reading_id, previous_reading_id, reading_count)
         SELECT printf('%08d', i) || 'BxBXxLj1m4HMXBm9WZZmCWVbPjX16', 'item-' || (i / {ACCOUNTS_OF_AN_ITEM}),
                i % {ACCOUNTS_OF_AN_ITEM}, 'Plaid Checking ' || i, 'Plaid Gold Standard 0% Interest Checking',
                printf('%04d', i % 10000), 'depository', 'checking',
                {a_row} * ({rounds} - 1) + i + 1, nullif({a_row} * ({rounds} - 2) + i + 1, i + 1 - {a_row}), {rounds}
         FROM n;
         WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {a_row} * {rounds})
         INSERT INTO readings (reading_id, account_id, source, available, current, iso_currency_code, read_at,
                               request_id)
         SELECT i + 1, printf('%08d', i % {a_row}) || 'BxBXxLj1m4HMXBm9WZZmCWVbPjX16', 'live',
                {available}, {current}, 'USD', {read_at}, 'm8MDnv9okwxFNBV'
         FROM n;
         WITH RECURSIVE a (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM a WHERE number < {a_row}),
              n (round) AS (SELECT 0 UNION ALL SELECT round + 1 FROM n WHERE round + 1 < {rounds}),
              r (number, i) AS (SELECT number, round * {a_row} + number - 1 FROM a CROSS JOIN n)
         INSERT INTO timeline (account, read_at, reading_id, whole, available, current, iso_currency_code)
         SELECT number, {read_at}, i + 1, 1, {available}, {current}, 'USD' FROM r;"
    ))?;
    Ok(())
}
