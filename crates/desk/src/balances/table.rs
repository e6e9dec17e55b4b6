//! The table `readings`: rows are added and never changed. The present is the newest of them that tells the bank's
//! balances whole and of that moment.

use jiff::Timestamp;
use plaid::{AccountId, Decimal};
use rusqlite::{Connection, Row, Transaction};

use super::view::{ReadingSource, ReadingView};
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

/// Adds one reading.
pub(crate) fn insert(
    transaction: &Transaction<'_>,
    reading: &NewReading<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO readings (account_id, source, available, current, credit_limit, iso_currency_code,
                               unofficial_currency_code, last_updated_at, read_at, request_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
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
    Ok(())
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

/// The newest readings of an account, the newest first.
pub(crate) fn newest(
    connection: &Connection,
    account_id: &str,
    how_many: Newest,
) -> Result<Vec<ReadingView>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT available, current, credit_limit, iso_currency_code, unofficial_currency_code,
                read_at, last_updated_at, source, request_id
         FROM readings WHERE account_id = ?1 ORDER BY reading_id DESC LIMIT ?2",
    )?;
    let mut rows = statement.query((account_id, how_many.0))?;
    let mut readings = Vec::new();
    while let Some(row) = rows.next()? {
        readings.push(view(row)?);
    }
    Ok(readings)
}

/// The reading that is shown as the account's present, in lists and totals alike.
///
/// That is the newest answer of /accounts/get or /accounts/balance/get. The balances of an evaluation take its place
/// when they are newer, both reported, and of a Balance-only ruleset, which reads the bank live: scores may rest on
/// older data. An evaluation says nothing of a limit, so the last one reported in the same currency goes on.
pub(crate) fn present(
    connection: &Connection,
    account_id: &str,
) -> Result<Option<ReadingView>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT available, current,
                CASE source WHEN 'signal' THEN
                    (SELECT bank.credit_limit FROM readings AS bank
                     WHERE bank.account_id = readings.account_id AND bank.source <> 'signal'
                       AND bank.iso_currency_code = readings.iso_currency_code
                     ORDER BY bank.reading_id DESC LIMIT 1)
                ELSE credit_limit END,
                iso_currency_code, unofficial_currency_code, read_at, last_updated_at, source, request_id
         FROM readings
         WHERE account_id = ?1
           AND (source <> 'signal'
                OR (available IS NOT NULL AND current IS NOT NULL
                    AND EXISTS (SELECT 1 FROM evaluation_answers AS answers
                                WHERE answers.request_id = readings.request_id AND answers.result IS NOT NULL
                                  AND answers.customer_risk IS NULL AND answers.bank_risk IS NULL)))
         ORDER BY reading_id DESC LIMIT 1",
    )?;
    let mut rows = statement.query([account_id])?;
    rows.next()?.map(view).transpose()
}

fn view(row: &Row<'_>) -> Result<ReadingView, StoreError> {
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
        source: source(&row.get::<_, String>(7)?)?,
        request_id: row.get(8)?,
    })
}

fn exact(amount: Decimal) -> String {
    amount.to_string()
}

fn source_word(source: ReadingSource) -> &'static str {
    match source {
        ReadingSource::Live => "live",
        ReadingSource::Cached => "cached",
        ReadingSource::Signal => "signal",
    }
}

fn source(word: &str) -> Result<ReadingSource, StoreError> {
    match word {
        "live" => Ok(ReadingSource::Live),
        "cached" => Ok(ReadingSource::Cached),
        "signal" => Ok(ReadingSource::Signal),
        _ => Err(StoreError::unreadable("the source of a reading")),
    }
}
