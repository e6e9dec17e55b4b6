//! The table `readings`: rows are added and never changed. The present is the newest of them that tells the bank's
//! balances whole and of that moment. Beside it the same readings stand in the order of time, account by account.

use jiff::Timestamp;
use plaid::{AccountId, Decimal};
use rusqlite::{
    Connection, OptionalExtension as _, Row, Transaction,
    types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef},
};

use super::view::{ReadingSource, ReadingView};
use crate::{
    accounts::marks,
    items::{
        table as items,
        table::{AccountFacts, AccountPlace, Listing},
    },
};
use desk_core::{DeskError, moment::Moment, store::single_column};

/// How many of the newest readings.
#[derive(Clone, Copy, Debug)]
pub struct Newest(pub(crate) u32);

/// Names an account in `timeline` and `timeline_recent`, the two parts of the view `readings_over_time`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountNumber(i64);

impl FromSql for AccountNumber {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(Self)
    }
}

impl ToSql for AccountNumber {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

/// Readings of an account that go over from `timeline_recent` to `timeline` together.
const GO_OVER: i64 = 16;

/// Neighbours whose readings go over at the same count: while their histories are short, these share pages.
const NEIGHBOURS: i64 = 16;

/// One reading to be added.
#[derive(Clone, Debug)]
pub struct NewReading<'a> {
    pub account_id: &'a AccountId,
    pub source: ReadingSource,
    pub available: Option<Decimal>,
    pub current: Option<Decimal>,
    pub limit: Option<Decimal>,
    pub iso_currency_code: Option<&'a str>,
    pub unofficial_currency_code: Option<&'a str>,
    pub last_updated_at: Option<Timestamp>,
    pub request_id: &'a str,
}

/// Adds one reading, which may become the account's present and cross its low-balance mark.
///
/// The balances of an evaluation tell the bank's whole and of that moment when both are reported and the ruleset is
/// Balance-only, which reads the bank live: scores may rest on older data. Its answer is stored before.
pub fn insert(
    transaction: &Transaction<'_>,
    reading: &NewReading<'_>,
    now: Timestamp,
) -> Result<(), DeskError> {
    let place = place_of(transaction, reading.account_id)?;
    insert_at(transaction, place, reading, now)
}

/// Finds the row of an account.
fn place_of(connection: &Connection, account_id: &AccountId) -> Result<AccountPlace, DeskError> {
    let sql = format!(
        "SELECT {} FROM accounts WHERE account_id = ?1",
        AccountPlace::COLUMNS
    );
    let found = connection
        .prepare_cached(&sql)?
        .query_row([account_id.as_str()], AccountPlace::from_row)
        .optional()?;
    found.ok_or(DeskError::NotFound("This account"))
}

/// As [`insert`], for an account whose row is known.
fn insert_at(
    transaction: &Transaction<'_>,
    place: AccountPlace,
    reading: &NewReading<'_>,
    now: Timestamp,
) -> Result<(), DeskError> {
    let row = NewRow {
        available: reading.available.map(exact),
        current: reading.current.map(exact),
        whole: is_whole(transaction, reading)?,
        read_at: Moment::from(now),
    };
    let reading_id = insert_row(transaction, reading, &row)?;
    count(transaction, place, reading_id, row.whole)?;
    insert_in_order(transaction, reading, &row, reading_id, place)?;
    if row.whole && place.has_mark {
        marks::hold(transaction, reading, reading_id, now)?;
    }
    Ok(())
}

/// What a reading becomes in the tables.
struct NewRow {
    available: Option<String>,
    current: Option<String>,
    whole: bool,
    read_at: Moment,
}

/// Whether a reading tells the bank's balances whole and of that moment.
fn is_whole(transaction: &Transaction<'_>, reading: &NewReading<'_>) -> Result<bool, DeskError> {
    if reading.source != ReadingSource::Signal {
        return Ok(true);
    }
    if reading.available.is_none() || reading.current.is_none() {
        return Ok(false);
    }
    let mut statement = transaction.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM evaluation_answers
                        WHERE request_id = ?1 AND result IS NOT NULL
                          AND customer_risk IS NULL AND bank_risk IS NULL)",
    )?;
    Ok(statement.query_row([reading.request_id], single_column)?)
}

fn insert_row(
    transaction: &Transaction<'_>,
    reading: &NewReading<'_>,
    row: &NewRow,
) -> Result<i64, DeskError> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO readings (account_id, source, available, current, credit_limit, iso_currency_code,
                               unofficial_currency_code, last_updated_at, read_at, request_id, whole)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?;
    Ok(statement.insert((
        reading.account_id.as_str(),
        reading.source,
        &row.available,
        &row.current,
        reading.limit.map(exact),
        reading.iso_currency_code,
        reading.unofficial_currency_code,
        reading.last_updated_at.map(Moment::from),
        row.read_at,
        reading.request_id,
        row.whole,
    ))?)
}

/// Counts the reading, and makes it the account's present when it is whole.
fn count(
    transaction: &Transaction<'_>,
    place: AccountPlace,
    reading_id: i64,
    whole: bool,
) -> Result<(), DeskError> {
    let sql = if whole {
        "UPDATE accounts SET reading_count = ?2, previous_reading_id = present_reading_id, present_reading_id = ?3
         WHERE rowid = ?1"
    } else {
        "UPDATE accounts SET reading_count = ?2 WHERE rowid = ?1 AND ?3 > 0"
    };
    transaction
        .prepare_cached(sql)?
        .execute((place.row, place.readings + 1, reading_id))?;
    Ok(())
}

/// Puts the reading where charts look. The last few of an account stand with those of its neighbours on one page; each
/// 16th takes them over to where the whole history stands, at another count for each group of neighbours. So a refresh of
/// many accounts changes a sixteenth of the pages of their histories.
fn insert_in_order(
    transaction: &Transaction<'_>,
    reading: &NewReading<'_>,
    row: &NewRow,
    reading_id: i64,
    place: AccountPlace,
) -> Result<(), DeskError> {
    let mut insert = transaction.prepare_cached(
        "INSERT INTO timeline_recent (account, read_at, reading_id, whole, available, current, iso_currency_code,
                                      unofficial_currency_code)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    insert.execute((
        place.number,
        row.read_at,
        reading_id,
        row.whole,
        &row.available,
        &row.current,
        reading.iso_currency_code,
        reading.unofficial_currency_code,
    ))?;
    if (place.readings + 1 + place.number.0 / NEIGHBOURS) % GO_OVER == 0 {
        for sql in [
            "INSERT INTO timeline SELECT * FROM timeline_recent WHERE account = ?1",
            "DELETE FROM timeline_recent WHERE account = ?1",
        ] {
            transaction.prepare_cached(sql)?.execute([place.number])?;
        }
    }
    Ok(())
}

/// Writes an answer of /accounts/get or /accounts/balance/get: accounts as they are now, and one reading each.
pub fn record(
    transaction: &Transaction<'_>,
    item_id: &plaid::ItemId,
    answer: &plaid::AccountsResponse,
    source: ReadingSource,
    listing: Listing,
    now: Timestamp,
) -> Result<(), DeskError> {
    let facts: Vec<AccountFacts> = answer.accounts.iter().map(Into::into).collect();
    let places = items::write_accounts(transaction, item_id, &facts, listing, now)?;
    for (account, place) in answer.accounts.iter().zip(places) {
        let balances = &account.balances;
        let reading = NewReading {
            account_id: &account.account_id,
            source,
            available: balances.available,
            current: balances.current,
            limit: balances.limit,
            iso_currency_code: balances.iso_currency_code.as_deref(),
            unofficial_currency_code: balances.unofficial_currency_code.as_deref(),
            last_updated_at: balances.last_updated_datetime,
            request_id: answer.request_id.as_str(),
        };
        let place = match place {
            Some(place) => place,
            None => place_of(transaction, reading.account_id)?,
        };
        insert_at(transaction, place, &reading, now)?;
    }
    Ok(())
}

/// The columns of a reading as [`view`] reads them, of the table `readings` under the name `r`.
pub const COLUMNS: &str = "r.available, r.current, r.credit_limit, r.iso_currency_code,
    r.unofficial_currency_code, r.read_at, r.last_updated_at, r.source, r.request_id";

/// As [`COLUMNS`], for a reading that is shown as the present of the table `accounts`.
///
/// An evaluation says nothing of a limit, so the last one goes on that the bank reported in the same currency.
pub(crate) const PRESENT_COLUMNS: &str = "r.available, r.current,
    CASE r.source WHEN 'signal' THEN
        (SELECT credit_limit FROM
            (SELECT bank.credit_limit, t.read_at, t.reading_id
             FROM readings_over_time AS t CROSS JOIN readings AS bank USING (reading_id)
             WHERE t.account = accounts.number AND t.iso_currency_code = r.iso_currency_code
               AND bank.source <> 'signal'
             ORDER BY t.read_at DESC, t.reading_id DESC LIMIT 1))
    ELSE r.credit_limit END AS credit_limit,
    r.iso_currency_code, r.unofficial_currency_code, r.read_at, r.last_updated_at, r.source, r.request_id";

/// The newest readings of an account by the time they were read, the newest first.
pub fn newest(
    connection: &Connection,
    account_id: &str,
    how_many: Newest,
) -> Result<Vec<ReadingView>, DeskError> {
    let sql = format!(
        "SELECT {COLUMNS}, t.read_at, t.reading_id
         FROM readings_over_time AS t CROSS JOIN readings AS r USING (reading_id)
         WHERE t.account = (SELECT number FROM accounts WHERE account_id = ?1)
         ORDER BY t.read_at DESC, t.reading_id DESC LIMIT ?2"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query((account_id, how_many.0))?;
    let mut readings = Vec::new();
    while let Some(row) = rows.next()? {
        readings.push(view(row)?);
    }
    Ok(readings)
}

/// The reading that is shown as the account's present, in lists and totals alike: the last one stored that tells the
/// bank's balances whole and of that moment. See [`insert`].
pub fn present(
    connection: &Connection,
    account_id: &str,
) -> Result<Option<ReadingView>, DeskError> {
    let sql = format!(
        "SELECT {PRESENT_COLUMNS} FROM accounts JOIN readings AS r ON r.reading_id = present_reading_id
         WHERE accounts.account_id = ?1"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([account_id])?;
    rows.next()?.map(view).transpose()
}

/// A reading from a row with [`COLUMNS`] or [`PRESENT_COLUMNS`].
pub fn view(row: &Row<'_>) -> Result<ReadingView, DeskError> {
    let iso: Option<String> = row.get("iso_currency_code")?;
    let unofficial: Option<String> = row.get("unofficial_currency_code")?;
    Ok(ReadingView {
        available: row.get("available")?,
        current: row.get("current")?,
        limit: row.get("credit_limit")?,
        unofficial_currency: iso.is_none() && unofficial.is_some(),
        currency: iso.or(unofficial),
        read_at: row.get::<_, Moment>("read_at")?.to_text(),
        last_updated_at: row
            .get::<_, Option<Moment>>("last_updated_at")?
            .map(Moment::to_text),
        source: row.get("source")?,
        request_id: row.get("request_id")?,
    })
}

fn exact(amount: Decimal) -> String {
    amount.to_string()
}
