//! What statistics and lists ask of the database: the narrow rows that triggers keep beside the evaluations.

use std::collections::HashMap;

use jiff::{civil::Date, tz::TimeZone};
use rusqlite::{Connection, Row};

use super::{
    days::{Days, day_of},
    rates::WATCHED,
    tally::{Answer, Fact, Tally},
    view::{KnownResult, NachaView},
};
use desk_core::DeskError;
use desk_core::store::{columns, single_column};

/// In SQL, of a row of `evaluation_facts`: whether the debit was initiated. So decided, or an ACCEPT without a decision,
/// or one that came back.
pub(crate) const ORIGINATED: &str =
    "(return_code IS NOT NULL OR initiated IS 1 OR (initiated IS NULL AND result IS 'accept'))";

/// In SQL, of a row of `evaluation_facts`: that it came back within days, by the day that is given with the return, or
/// else by when it was recorded. The parameters are the first and the last day as texts, and the same as moments, the
/// last one excluded.
pub(crate) const RETURNED_WITHIN: &str =
    "(return_code IS NOT NULL AND return_recorded_at >= :returned_begin
      AND CASE WHEN returned_on IS NULL THEN return_recorded_at < :returned_end
               ELSE returned_on BETWEEN :returned_from AND :returned_to END)";

/// The days of the first and the last evaluation.
pub(super) fn seen(
    connection: &Connection,
    zone: &TimeZone,
) -> Result<Option<(Date, Date)>, DeskError> {
    let sql = "SELECT (SELECT min(created_at) FROM evaluation_facts) AS oldest,
                      (SELECT max(created_at) FROM evaluation_facts) AS newest";
    let (oldest, newest): (Option<i64>, Option<i64>) =
        connection.query_row(sql, [], |row| Ok((row.get("oldest")?, row.get("newest")?)))?;
    Ok(oldest
        .zip(newest)
        .map(|(oldest, newest)| (day_of(oldest, zone), day_of(newest, zone))))
}

columns!(FactColumns {
    created_at,
    state,
    result,
    ruleset_id,
    institution_id,
    cents,
    initiated,
    return_code,
    customer_risk,
    bank_risk,
});

/// Counts the evaluations of these days; `months` are those of the days, in their order.
pub(super) fn count(
    connection: &Connection,
    days: Days,
    months: &[Days],
    zone: &TimeZone,
) -> Result<Tally, DeskError> {
    let ends: Vec<i64> = months.iter().map(|month| month.moments(zone).1).collect();
    let mut tally = Tally::new(months.len());
    let mut statement = connection.prepare_cached(
        "SELECT created_at, state, result, ruleset_id, institution_id, cents, initiated, return_code, customer_risk,
                bank_risk
           FROM evaluation_facts INDEXED BY facts_over_time WHERE created_at >= ?1 AND created_at < ?2
          ORDER BY created_at",
    )?;
    let columns = FactColumns::of(&statement)?;
    let mut rows = statement.query(days.moments(zone))?;
    let mut month = 0;
    while let Some(row) = rows.next()? {
        let at: i64 = row.get(columns.created_at)?;
        while ends.get(month).is_some_and(|end| at >= *end) {
            month += 1;
        }
        tally.add(month, &fact(row, columns)?);
    }
    Ok(tally)
}

fn fact(row: &Row<'_>, at: FactColumns) -> Result<Fact, DeskError> {
    let answered = text(row, at.state)?.is_some_and(|state| state == b"answered");
    let answer = match text(row, at.result)? {
        _ if !answered => Answer::None,
        Some(b"accept") => Answer::Known(KnownResult::Accept),
        Some(b"review") => Answer::Known(KnownResult::Review),
        Some(b"reroute") => Answer::Known(KnownResult::Reroute),
        _ => Answer::Other,
    };
    let code = text(row, at.return_code)?
        .map(|code| {
            code.try_into()
                .map_err(|_| DeskError::unreadable("a return code"))
        })
        .transpose()?;
    Ok(Fact {
        answer,
        ruleset: row.get(at.ruleset_id)?,
        institution: row.get(at.institution_id)?,
        cents: row.get(at.cents)?,
        initiated: row.get(at.initiated)?,
        code,
        customer_risk: row.get(at.customer_risk)?,
        bank_risk: row.get(at.bank_risk)?,
    })
}

/// A text as its bytes, without a copy.
fn text<'a>(row: &'a Row<'_>, column: usize) -> Result<Option<&'a [u8]>, DeskError> {
    row.get_ref(column)?
        .as_bytes_or_null()
        .map_err(|_| DeskError::unreadable("a word of an evaluation"))
}

/// The names of rulesets, by number.
pub(super) fn rulesets(connection: &Connection) -> Result<HashMap<i64, String>, DeskError> {
    names(
        connection,
        "SELECT ruleset_id AS id, name FROM fact_rulesets",
    )
}

/// The names of institutions, by number.
pub(super) fn institutions(connection: &Connection) -> Result<HashMap<i64, String>, DeskError> {
    names(
        connection,
        "SELECT institution_id AS id, name FROM fact_institutions",
    )
}

fn names(connection: &Connection, sql: &str) -> Result<HashMap<i64, String>, DeskError> {
    let mut statement = connection.prepare_cached(sql)?;
    let names = statement.query_map([], |row| Ok((row.get("id")?, row.get("name")?)))?;
    Ok(names.collect::<Result<_, _>>()?)
}

/// The rates that Nacha watches, of these days.
pub(super) fn nacha(
    connection: &Connection,
    days: Days,
    zone: &TimeZone,
) -> Result<NachaView, DeskError> {
    let (begin, end) = days.moments(zone);
    let sql = format!(
        "SELECT count(*) FROM evaluation_facts INDEXED BY facts_over_time
          WHERE created_at >= ?1 AND created_at < ?2 AND {ORIGINATED}"
    );
    let initiated: u32 = connection
        .prepare_cached(&sql)?
        .query_row((begin, end), single_column)?;
    let sql = format!(
        "SELECT return_code, count(*) AS returns FROM evaluation_facts INDEXED BY facts_returned
          WHERE {RETURNED_WITHIN} GROUP BY return_code"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let (from, to) = (days.from.to_string(), days.to.to_string());
    let parameters = rusqlite::named_params! {
        ":returned_begin": begin, ":returned_end": end, ":returned_from": from, ":returned_to": to,
    };
    let returned: Vec<(String, u32)> = statement
        .query_map(parameters, |row| {
            Ok((row.get("return_code")?, row.get("returns")?))
        })?
        .collect::<Result<_, _>>()?;
    let rates = WATCHED.iter().map(|watched| {
        let counted = returned.iter().filter(|(code, _)| watched.counts(code));
        watched.rate(counted.map(|(_, number)| number).sum(), initiated)
    });
    Ok(NachaView {
        from,
        to,
        initiated,
        rates: rates.collect(),
    })
}
