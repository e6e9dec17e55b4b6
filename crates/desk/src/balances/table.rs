//! The table `readings`: rows are added and never changed. The present is the newest of them that tells the bank's
//! balances whole and of that moment.

use jiff::Timestamp;
use plaid::{AccountId, Decimal};
use rusqlite::{Connection, Row, Transaction};

use super::{
    marks,
    view::{ReadingSource, ReadingView},
};
use crate::{
    items::table::{self as items, AccountFacts, Listing},
    moment::Moment,
    store::StoreError,
};

/// How many of the newest readings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Newest(pub(crate) u32);

/// One reading to be added.
#[derive(Clone, Debug)]
pub(crate) struct NewReading<'a> {
    pub(crate) account_id: &'a AccountId,
    pub(crate) source: ReadingSource,
    pub(crate) available: Option<Decimal>,
    pub(crate) current: Option<Decimal>,
    pub(crate) limit: Option<Decimal>,
    pub(crate) iso_currency_code: Option<&'a str>,
    pub(crate) unofficial_currency_code: Option<&'a str>,
    pub(crate) last_updated_at: Option<Timestamp>,
    pub(crate) request_id: &'a str,
}

/// Adds one reading, which may become the account's present (a trigger sees to that) and cross its low-balance mark.
///
/// The balances of an evaluation tell the bank's whole and of that moment when both are reported and the ruleset is
/// Balance-only, which reads the bank live: scores may rest on older data. Its answer is stored before.
pub(crate) fn insert(
    transaction: &Transaction<'_>,
    reading: &NewReading<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO readings (account_id, source, available, current, credit_limit, iso_currency_code,
                               unofficial_currency_code, last_updated_at, read_at, request_id, whole)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,
                 ?2 <> 'signal'
                 OR (?3 IS NOT NULL AND ?4 IS NOT NULL
                     AND EXISTS (SELECT 1 FROM evaluation_answers AS answers
                                 WHERE answers.request_id = ?10 AND answers.result IS NOT NULL
                                   AND answers.customer_risk IS NULL AND answers.bank_risk IS NULL)))",
    )?;
    statement.execute((
        reading.account_id.as_str(),
        source_word(reading.source),
        reading.available.map(exact),
        reading.current.map(exact),
        reading.limit.map(exact),
        reading.iso_currency_code,
        reading.unofficial_currency_code,
        reading.last_updated_at.map(Moment::from),
        Moment::from(now),
        reading.request_id,
    ))?;
    let reading_id = transaction.last_insert_rowid();
    marks::hold(transaction, reading, reading_id, now)
}

/// Writes an answer of /accounts/get or /accounts/balance/get: accounts as they are now, and one reading each.
pub(crate) fn record(
    transaction: &Transaction<'_>,
    item_id: &plaid::ItemId,
    answer: &plaid::AccountsAnswer,
    source: ReadingSource,
    listing: Listing,
    now: Timestamp,
) -> Result<(), StoreError> {
    let facts: Vec<AccountFacts> = answer.accounts.iter().map(Into::into).collect();
    items::write_accounts(transaction, item_id, &facts, listing, now)?;
    for account in &answer.accounts {
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
        insert(transaction, &reading, now)?;
    }
    Ok(())
}

/// The columns of a reading as [`view`] reads them, of the table `readings` under the name `r`.
pub(crate) const COLUMNS: &str = "r.available, r.current, r.credit_limit, r.iso_currency_code,
    r.unofficial_currency_code, r.read_at, r.last_updated_at, r.source, r.request_id";

/// As [`COLUMNS`], for a reading that is shown as the present.
///
/// An evaluation says nothing of a limit, so the last one goes on that the bank reported in the same currency.
pub(crate) const PRESENT_COLUMNS: &str = "r.available, r.current,
    CASE r.source WHEN 'signal' THEN
        (SELECT bank.credit_limit FROM readings AS bank
         WHERE bank.account_id = r.account_id AND bank.source <> 'signal'
           AND bank.iso_currency_code = r.iso_currency_code
         ORDER BY bank.read_at DESC, bank.reading_id DESC LIMIT 1)
    ELSE r.credit_limit END,
    r.iso_currency_code, r.unofficial_currency_code, r.read_at, r.last_updated_at, r.source, r.request_id";

/// The newest readings of an account by the time they were read, the newest first.
pub(crate) fn newest(
    connection: &Connection,
    account_id: &str,
    how_many: Newest,
) -> Result<Vec<ReadingView>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM readings AS r WHERE account_id = ?1
         ORDER BY read_at DESC, reading_id DESC LIMIT ?2"
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
pub(crate) fn present(
    connection: &Connection,
    account_id: &str,
) -> Result<Option<ReadingView>, StoreError> {
    let sql = format!(
        "SELECT {PRESENT_COLUMNS} FROM accounts JOIN readings AS r ON r.reading_id = present_reading_id
         WHERE accounts.account_id = ?1"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([account_id])?;
    rows.next()?.map(view).transpose()
}

/// A reading whose columns are the first of the row.
pub(crate) fn view(row: &Row<'_>) -> Result<ReadingView, StoreError> {
    let iso: Option<String> = row.get(3)?;
    let unofficial: Option<String> = row.get(4)?;
    Ok(ReadingView {
        available: row.get(0)?,
        current: row.get(1)?,
        limit: row.get(2)?,
        unofficial_currency: iso.is_none() && unofficial.is_some(),
        currency: iso.or(unofficial),
        read_at: row.get::<_, Moment>(5)?.to_text(),
        last_updated_at: row.get::<_, Option<Moment>>(6)?.map(Moment::to_text),
        source: source(row.get_ref(7)?.as_str().unwrap_or_default())?,
        request_id: row.get(8)?,
    })
}

fn exact(amount: Decimal) -> String {
    amount.to_string()
}

pub(crate) fn source_word(source: ReadingSource) -> &'static str {
    match source {
        ReadingSource::Live => "live",
        ReadingSource::Cached => "cached",
        ReadingSource::Signal => "signal",
    }
}

pub(crate) fn source(word: &str) -> Result<ReadingSource, StoreError> {
    match word {
        "live" => Ok(ReadingSource::Live),
        "cached" => Ok(ReadingSource::Cached),
        "signal" => Ok(ReadingSource::Signal),
        _ => Err(StoreError::unreadable("the source of a reading")),
    }
}
