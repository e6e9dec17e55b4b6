//! The line of one account: the last reading of each bucket, one line per currency.

use rusqlite::{Connection, OptionalExtension as _};

use super::{
    extent,
    line::{self, Seen},
    view::{HistoryRange, HistorySeries, HistoryView},
    window::Window,
};
use crate::balances::table::AccountNumber;
use desk_core::{DeskError, moment::Moment};

/// The line of an account.
///
/// # Errors
/// `NotFound`.
pub fn history(
    connection: &Connection,
    account_id: &str,
    range: HistoryRange,
    now: Moment,
) -> Result<HistoryView, DeskError> {
    let extent = extent(connection, account_id)?;
    let window = Window::of(range, now, extent.first, extent.last);
    Ok(HistoryView {
        from: window.begins(),
        to: window.ends(),
        series: series(last_of_each_bucket(connection, extent.number, &window)?),
        first_at: extent.first.map(Moment::to_text),
        last_at: extent.last.map(Moment::to_text),
        readings: extent.count,
    })
}

/// What a currency is called: the code, and whether it is an unofficial one.
type Currency = (Option<String>, bool);

/// A reading with its currency.
type InCurrency = (Currency, Seen);

/// The last reading of each bucket, the oldest first. Each is one seek in the timeline, backwards from the start of the
/// bucket after it; empty buckets cost nothing.
fn last_of_each_bucket(
    connection: &Connection,
    account: AccountNumber,
    window: &Window,
) -> Result<Vec<InCurrency>, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT read_at, available, current, iso_currency_code, unofficial_currency_code, reading_id
         FROM readings_over_time WHERE account = ?1 AND read_at >= ?2 AND read_at < ?3 AND whole = 1
         ORDER BY read_at DESC, reading_id DESC LIMIT 1",
    )?;
    let mut found = Vec::new();
    let mut before = window.to;
    while before > window.from {
        let last = statement
            .query_row((account, window.from, before), |row| {
                let iso: Option<String> = row.get("iso_currency_code")?;
                let unofficial: Option<String> = row.get("unofficial_currency_code")?;
                let is_unofficial = iso.is_none() && unofficial.is_some();
                let seen = Seen {
                    at: row.get("read_at")?,
                    available: row.get("available")?,
                    current: row.get("current")?,
                    debts: None,
                };
                Ok(((iso.or(unofficial), is_unofficial), seen))
            })
            .optional()?;
        let Some(last) = last else {
            break;
        };
        before = window.bucket_start(last.1.at);
        found.push(last);
    }
    found.reverse();
    Ok(found)
}

/// One line per currency, that of the newest reading last.
fn series(found: Vec<InCurrency>) -> Vec<HistorySeries> {
    let mut lines: Vec<(Currency, Vec<Seen>)> = Vec::new();
    for (currency, seen) in found {
        match lines.iter().position(|(of, _)| *of == currency) {
            // Moved to the end: the line of the newest reading comes last.
            Some(place) => {
                let mut line = lines.remove(place);
                line.1.push(seen);
                lines.push(line);
            }
            None => lines.push((currency, vec![seen])),
        }
    }
    let series = lines
        .into_iter()
        .map(|((currency, unofficial_currency), seen)| HistorySeries {
            currency,
            unofficial_currency,
            points: line::points(seen),
        });
    series.collect()
}
