//! How a balance moved since a date, of one account or of all together: only what is known at both ends is compared.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use plaid::Decimal;
use rusqlite::{Connection, OptionalExtension as _};

use super::{
    AT_ONCE,
    total::{self, Member},
    view::{ChangeRequest, ChangeSince, HistoryOf},
};
use crate::{
    accounts::exact,
    balances::{table::AccountNumber, totals::Side},
    history::History,
};
use desk_core::{DeskError, moment::Moment, store::single_column};

impl History {
    /// How a balance moved since a date began.
    pub(super) async fn account_or_total_change(
        &self,
        request: ChangeRequest,
        now: Timestamp,
    ) -> Result<Option<ChangeSince>, DeskError> {
        let begin = beginning(&request.date, now, &TimeZone::system())?;
        match request.of {
            HistoryOf::Account { account_id } => {
                let read =
                    move |connection: &Connection| of_account(connection, &account_id, begin);
                self.session.store.read(read).await
            }
            HistoryOf::Total { currency } => self.total_change(currency, begin).await,
        }
    }
}

/// When a day begins in this time zone.
fn beginning(date: &str, now: Timestamp, zone: &TimeZone) -> Result<Moment, DeskError> {
    let refuse = |message: &str| DeskError::invalid("date", message);
    let date: Date = date
        .parse()
        .map_err(|_| refuse("Write the date as year-month-day, for example 2026-01-31."))?;
    let begin = date
        .to_zoned_datetime(zone.clone())
        .map_err(|_| refuse("There is no such day in this time zone."))?;
    if begin.timestamp() > now {
        return Err(refuse("This date is in the future."));
    }
    Ok(begin.timestamp().into())
}

/// The two readings that are compared.
struct Both {
    then: Decimal,
    then_at: Moment,
    now: Decimal,
    currency: Option<String>,
}

/// The present of an account and what was last known at `begin` in the same currency.
fn both(
    connection: &Connection,
    account_id: &str,
    begin: Moment,
    or_later: OrLater,
) -> Result<Option<Both>, DeskError> {
    let present = connection
        .prepare_cached(
            "SELECT current, coalesce(iso_currency_code, unofficial_currency_code) AS currency, number
             FROM accounts JOIN readings ON reading_id = present_reading_id
             WHERE accounts.account_id = ?1 AND current IS NOT NULL",
        )?
        .query_row([account_id], |row| {
            Ok((
                row.get::<_, String>("current")?,
                row.get::<_, Option<String>>("currency")?,
                row.get::<_, AccountNumber>("number")?,
            ))
        })
        .optional()?;
    let Some((now, currency, number)) = present else {
        return Ok(None);
    };
    let mut then = find(connection, number, begin, &currency, BEFORE)?;
    if then.is_none() && or_later == OrLater::Yes {
        then = find(connection, number, begin, &currency, AFTER)?;
    }
    let Some((then, then_at)) = then else {
        return Ok(None);
    };
    Ok(Some(Both {
        then: exact(&then)?,
        then_at,
        now: exact(&now)?,
        currency,
    }))
}

/// Whether the first reading after the date will do when there is none before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OrLater {
    Yes,
    No,
}

const BEFORE: &str = "SELECT current, read_at, reading_id FROM readings_over_time
    WHERE account = ?1 AND read_at < ?2 AND whole = 1 AND current IS NOT NULL
      AND coalesce(iso_currency_code, unofficial_currency_code) IS ?3
    ORDER BY read_at DESC, reading_id DESC LIMIT 1";

const AFTER: &str = "SELECT current, read_at, reading_id FROM readings_over_time
    WHERE account = ?1 AND read_at >= ?2 AND whole = 1 AND current IS NOT NULL
      AND coalesce(iso_currency_code, unofficial_currency_code) IS ?3
    ORDER BY read_at, reading_id LIMIT 1";

fn find(
    connection: &Connection,
    account: AccountNumber,
    begin: Moment,
    currency: &Option<String>,
    sql: &'static str,
) -> Result<Option<(String, Moment)>, DeskError> {
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row((account, begin, currency), |row| {
        Ok((row.get("current")?, row.get("read_at")?))
    });
    Ok(found.optional()?)
}

fn of_account(
    connection: &Connection,
    account_id: &str,
    begin: Moment,
) -> Result<Option<ChangeSince>, DeskError> {
    super::extent(connection, account_id)?;
    let Some(both) = both(connection, account_id, begin, OrLater::Yes)? else {
        return Ok(None);
    };
    let mut sums = Sums::default();
    sums.add(Side::Assets, &both)?;
    Ok(sums.into_change(both.currency))
}

impl History {
    async fn total_change(
        &self,
        currency: String,
        begin: Moment,
    ) -> Result<Option<ChangeSince>, DeskError> {
        let members = self.session.store.read(total::members).await?;
        let mut sums = Sums::default();
        for some in members.chunks(AT_ONCE) {
            let (some, currency) = (some.to_vec(), currency.clone());
            sums = self
                .session
                .store
                .read(move |connection| sums.with(connection, &some, &currency, begin))
                .await?;
        }
        Ok(sums.into_change(Some(currency)))
    }
}

#[derive(Default)]
struct Sums {
    then: Decimal,
    now: Decimal,
    since: Option<Moment>,
    accounts: u32,
    left_out: u32,
}

impl Sums {
    fn with(
        mut self,
        connection: &Connection,
        members: &[Member],
        currency: &str,
        begin: Moment,
    ) -> Result<Self, DeskError> {
        for member in members.iter().filter(|member| member.ended_at.is_none()) {
            match both(connection, &member.account_id, begin, OrLater::No)? {
                Some(both) if both.currency.as_deref() == Some(currency) => {
                    self.add(member.side, &both)?;
                }
                Some(_) => {}
                None => self.left_out += u32::from(is_in(connection, member, currency)?),
            }
        }
        Ok(self)
    }

    fn add(&mut self, side: Side, both: &Both) -> Result<(), DeskError> {
        let signed = |amount: Decimal| match side {
            Side::Assets => amount,
            Side::Debts => -amount,
        };
        let too_large = || DeskError::Internal("a sum of balances is too large");
        let then = self.then.checked_add(signed(both.then));
        let now = self.now.checked_add(signed(both.now));
        self.then = then.ok_or_else(too_large)?;
        self.now = now.ok_or_else(too_large)?;
        self.since = self.since.max(Some(both.then_at));
        self.accounts += 1;
        Ok(())
    }

    fn into_change(self, currency: Option<String>) -> Option<ChangeSince> {
        let amount = self.now.checked_sub(self.then)?;
        Some(ChangeSince {
            since: self.since?.to_text(),
            amount: amount.to_string(),
            currency,
            from: self.then.to_string(),
            to: self.now.to_string(),
            accounts: self.accounts,
            left_out: self.left_out,
        })
    }
}

/// Whether the present of an account is in this currency.
fn is_in(connection: &Connection, member: &Member, currency: &str) -> Result<bool, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM accounts JOIN readings ON reading_id = present_reading_id
                        WHERE accounts.account_id = ?1 AND current IS NOT NULL
                          AND coalesce(iso_currency_code, unofficial_currency_code) = ?2)",
    )?;
    let found = statement.query_row((&member.account_id, currency), single_column)?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_begins_in_the_time_zone_of_the_computer() {
        let now: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let begin = beginning("2026-11-24", now, &zone).unwrap();
        assert_eq!(begin.to_text(), "2026-11-23T22:00:00Z");
        for (date, word) in [
            ("2026-11-25", "future"),
            ("24.11.2026", "year-month-day"),
            ("2026-02-30", "year-month-day"),
            ("", "year-month-day"),
        ] {
            let problem =
                desk_core::problem::Problem::from(beginning(date, now, &zone).unwrap_err());
            assert_eq!(problem.field.as_deref(), Some("date"));
            assert!(
                problem.message.contains(word),
                "{date:?}: {}",
                problem.message
            );
        }
    }
}
