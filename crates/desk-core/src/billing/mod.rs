//! Counts the calls that Plaid bills. Each call is recorded before it is sent, so a crash loses none. Days and months
//! use the computer's time zone.

pub mod view;

use std::collections::HashMap;

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use plaid::{ClientTransactionId, Decimal, ItemId};
use rusqlite::{Connection, Transaction};

use crate::{
    DeskError,
    billing::view::{BilledCount, BilledDay, BilledMonth, BillingView, Price},
    moment::Moment,
    settings::{self, view::Settings},
    store::sql_words,
};

const DAYS: i32 = 31;
const MONTHS: i32 = 24;

/// Calls are grouped by quarter hour first: in every time zone, a day starts on a quarter hour.
const QUARTER: i64 = 15 * 60 * 1000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallId(i64);

#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum BillingOutcome {
    Answered,
    Refused,
    Unknown,
}

sql_words!(BillingOutcome);

pub fn record_balance_call(
    transaction: &Transaction<'_>,
    item_id: &ItemId,
    now: Timestamp,
) -> Result<CallId, DeskError> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO billed_calls (endpoint, item_id, at, outcome) VALUES ('balances', ?1, ?2, 'asked')",
    )?;
    statement.execute((item_id.as_str(), Moment::from(now)))?;
    Ok(CallId(transaction.last_insert_rowid()))
}

pub fn record_balance_outcome(
    transaction: &Transaction<'_>,
    call: CallId,
    ended: BillingOutcome,
    request_id: Option<&str>,
) -> Result<(), DeskError> {
    let mut statement = transaction.prepare_cached(
        "UPDATE billed_calls SET outcome = ?2, request_id = ?3 WHERE call_id = ?1",
    )?;
    statement.execute((call.0, ended, request_id))?;
    Ok(())
}

pub fn record_evaluation_call(
    transaction: &Transaction<'_>,
    item_id: &ItemId,
    evaluation: &ClientTransactionId,
    now: Timestamp,
) -> Result<(), DeskError> {
    transaction.execute(
        "INSERT INTO billed_calls (endpoint, item_id, evaluation, at, outcome)
         VALUES ('evaluation', ?1, ?2, ?3, 'asked')",
        (item_id.as_str(), evaluation.as_str(), Moment::from(now)),
    )?;
    Ok(())
}

pub fn record_evaluation_outcome(
    transaction: &Transaction<'_>,
    evaluation: &ClientTransactionId,
    ended: BillingOutcome,
    request_id: Option<&str>,
) -> Result<(), DeskError> {
    transaction.execute(
        "UPDATE billed_calls SET outcome = ?2, request_id = ?3
         WHERE call_id = (SELECT max(call_id) FROM billed_calls WHERE evaluation = ?1)",
        (evaluation.as_str(), ended, request_id),
    )?;
    Ok(())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChargeFinding {
    No,
    Once,
}

pub fn record_charge_finding(
    transaction: &Transaction<'_>,
    evaluation: &ClientTransactionId,
    charged: ChargeFinding,
) -> Result<(), DeskError> {
    let sql = match charged {
        ChargeFinding::No => {
            "UPDATE billed_calls SET outcome = 'refused'
             WHERE evaluation = ?1 AND outcome IN ('asked', 'unknown')"
        }
        // With several unanswered attempts, any of them may be the billed one.
        ChargeFinding::Once => {
            "UPDATE billed_calls SET outcome = 'answered'
             WHERE call_id = (SELECT max(call_id) FROM billed_calls WHERE evaluation = ?1)
               AND outcome IN ('asked', 'unknown')
               AND NOT EXISTS (SELECT 1 FROM billed_calls WHERE evaluation = ?1 AND outcome = 'answered')"
        }
    };
    transaction.execute(sql, [evaluation.as_str()])?;
    Ok(())
}

pub struct Prices {
    currency: String,
    balances: Option<Decimal>,
    evaluation: Option<Decimal>,
}

impl Prices {
    pub fn of(settings: &Settings) -> Result<Self, DeskError> {
        Ok(Self {
            currency: settings.price_currency.clone(),
            balances: amount(settings.price_per_balance_call.as_deref())?,
            evaluation: amount(settings.price_per_evaluation.as_deref())?,
        })
    }

    pub fn of_balances(&self, calls: u32) -> Result<Option<Price>, DeskError> {
        self.balances
            .map(|each| Ok(self.price(times(each, calls)?)))
            .transpose()
    }

    pub fn of_evaluations(&self, calls: u32) -> Result<Option<Price>, DeskError> {
        self.evaluation
            .map(|each| Ok(self.price(times(each, calls)?)))
            .transpose()
    }

    fn of_count(&self, count: &BilledCount) -> Result<Option<Price>, DeskError> {
        let mut sum = Decimal::ZERO;
        for (calls, each) in [
            (count.balances, self.balances),
            (count.evaluations, self.evaluation),
        ] {
            match each {
                Some(each) => sum = sum.checked_add(times(each, calls)?).ok_or(TOO_LARGE)?,
                None if calls == 0 => {}
                None => return Ok(None),
            }
        }
        let said = self.balances.is_some() || self.evaluation.is_some();
        Ok(said.then(|| self.price(sum)))
    }

    fn price(&self, amount: Decimal) -> Price {
        Price {
            amount: amount.to_string(),
            currency: self.currency.clone(),
        }
    }
}

const TOO_LARGE: DeskError = DeskError::Internal("a sum of prices is too large");

fn times(each: Decimal, calls: u32) -> Result<Decimal, DeskError> {
    each.checked_mul(Decimal::from(calls)).ok_or(TOO_LARGE)
}

fn amount(text: Option<&str>) -> Result<Option<Decimal>, DeskError> {
    text.map(Decimal::from_str_exact)
        .transpose()
        .map_err(|_| DeskError::unreadable("a price"))
}

pub fn view(
    connection: &Connection,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<BillingView, DeskError> {
    let prices = Prices::of(&settings::read(connection)?)?;
    let today = zone.to_datetime(now).date();
    let months = months(today);
    let by_date = counted(connection, zone, months.last().copied().unwrap_or(today))?;

    let mut days = Vec::new();
    for back in 0..DAYS {
        let day = today.saturating_sub(back.days());
        let count = by_date.get(&day).cloned().unwrap_or_default();
        days.push(BilledDay {
            day: day.to_string(),
            count: priced(count, &prices)?,
        });
    }
    let mut shown = Vec::new();
    for first in months {
        let mut count = BilledCount::default();
        for (_, of_day) in by_date
            .iter()
            .filter(|(day, _)| day.first_of_month() == first)
        {
            count.add(of_day);
        }
        shown.push(BilledMonth {
            month: first.strftime("%Y-%m").to_string(),
            count: priced(count, &prices)?,
        });
    }
    Ok(BillingView {
        today: days
            .first()
            .map(|day| day.count.clone())
            .unwrap_or_default(),
        month: shown
            .first()
            .map(|month| month.count.clone())
            .unwrap_or_default(),
        days,
        months: shown,
        price_per_balance_call: prices.balances.map(|each| prices.price(each)),
        price_per_evaluation: prices.evaluation.map(|each| prices.price(each)),
    })
}

fn months(today: Date) -> Vec<Date> {
    let first = today.first_of_month();
    (0..MONTHS)
        .map(|back| first.saturating_sub(back.months()))
        .collect()
}

fn counted(
    connection: &Connection,
    zone: &TimeZone,
    since: Date,
) -> Result<HashMap<Date, BilledCount>, DeskError> {
    let since = zone
        .to_timestamp(since.at(0, 0, 0, 0))
        .map_err(|_| DeskError::unreadable("the beginning of a month"))?;
    let mut statement = connection.prepare_cached(
        "SELECT at / ?2 AS quarter, endpoint, outcome, count(*) AS calls FROM billed_calls
         WHERE at >= ?1 AND outcome <> 'refused' GROUP BY 1, 2, 3",
    )?;
    let mut rows = statement.query((Moment::from(since), QUARTER))?;
    let mut by_date: HashMap<Date, BilledCount> = HashMap::new();
    while let Some(row) = rows.next()? {
        let quarter: i64 = row.get("quarter")?;
        let at = Timestamp::from_millisecond(quarter.saturating_mul(QUARTER))
            .map_err(|_| DeskError::unreadable("when a call was made"))?;
        let (endpoint, outcome): (String, String) = (row.get("endpoint")?, row.get("outcome")?);
        let calls: u32 = row.get("calls")?;
        let count = by_date.entry(zone.to_datetime(at).date()).or_default();
        match (outcome.as_str(), endpoint.as_str()) {
            ("answered", "balances") => count.balances += calls,
            ("answered", _) => count.evaluations += calls,
            _ => count.may_be_billed += calls,
        }
    }
    Ok(by_date)
}

fn priced(count: BilledCount, prices: &Prices) -> Result<BilledCount, DeskError> {
    Ok(BilledCount {
        cost: prices.of_count(&count)?,
        ..count
    })
}

impl BilledCount {
    fn add(&mut self, other: &Self) {
        self.balances += other.balances;
        self.evaluations += other.evaluations;
        self.may_be_billed += other.may_be_billed;
    }
}

#[cfg(test)]
#[path = "billing_tests.rs"]
mod tests;
