//! What the user says of an account: a name of their own, out of the list or not, and the balance below which it is
//! low. A crossing of that mark is written with the reading that crosses it, in one transaction, and told once.

use std::time::Duration;

use desk_files::amount::{self, AmountError, ZeroIs};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction};
use rust_decimal::Decimal;
use tokio::sync::broadcast::error::RecvError;

use crate::{
    accounts::{Accounts, exact, view::Counted},
    balances::{table as readings, table::NewReading},
    items::people::LONGEST_NAME,
};
use desk_core::{
    DeskError,
    event::{DeskEvent, LowBalanceNotice},
    moment::Moment,
    store::single_column,
};

/// Digits of a threshold: more is a slip of the hand.
const MOST_DIGITS: usize = 18;

/// How long crossings are gathered before they are told together: a refresh stores many readings one after the other.
const GATHER: Duration = Duration::from_millis(1_500);

impl Accounts {
    /// Gives an account a name of the user's own; none is the bank's name again.
    ///
    /// # Errors
    /// `InvalidInput` on `name`; `NotFound`, `Disk`, `Database`, `NothingOpen`.
    pub async fn rename(&self, account_id: &str, name: Option<&str>) -> Result<(), DeskError> {
        let name = name.map(checked_name).transpose()?.map(str::to_owned);
        self.change(account_id, move |transaction, account_id| {
            transaction.execute(
                "UPDATE accounts SET own_name = ?2 WHERE account_id = ?1",
                (account_id, name),
            )
        })
        .await
    }

    /// Takes an account out of the list and the totals, or puts it back. It is refreshed with its Item all the same.
    ///
    /// # Errors
    /// `NotFound`, `Disk`, `Database`, `NothingOpen`.
    pub async fn hide(&self, account_id: &str, hidden: bool) -> Result<(), DeskError> {
        let since = hidden.then(|| Moment::from(self.session.now()));
        self.change(account_id, move |transaction, account_id| {
            transaction.execute(
                "UPDATE accounts SET hidden_at = iif(?2 IS NULL, NULL, coalesce(hidden_at, ?2))
                 WHERE account_id = ?1",
                (account_id, since),
            )
        })
        .await
    }

    /// Sets the balance below which an account is low, as typed, in the account's currency; none takes the mark away.
    /// A balance that is below at once is marked in the list and not notified: the user is looking at it.
    ///
    /// # Errors
    /// `InvalidInput` on `threshold`; `NotFound`, `Disk`, `Database`, `NothingOpen`.
    pub async fn set_low_balance(
        &self,
        account_id: &str,
        threshold: Option<&str>,
    ) -> Result<(), DeskError> {
        let threshold = threshold.map(parse).transpose()?;
        let id = account_id.to_owned();
        self.session
            .store
            .write(move |transaction| set_mark(transaction, &id, threshold))
            .await?;
        self.session.emit(DeskEvent::ItemsChanged);
        Ok(())
    }

    async fn change(
        &self,
        account_id: &str,
        change: impl FnOnce(&Transaction<'_>, &str) -> rusqlite::Result<usize> + Send + 'static,
    ) -> Result<(), DeskError> {
        let account_id = account_id.to_owned();
        self.session
            .store
            .write(move |transaction| match change(transaction, &account_id)? {
                0 => Err(not_there()),
                _ => Ok(()),
            })
            .await?;
        self.session.emit(DeskEvent::ItemsChanged);
        Ok(())
    }
}

fn not_there() -> DeskError {
    DeskError::NotFound("This account")
}

/// The name without the spaces around it.
fn checked_name(typed: &str) -> Result<&str, DeskError> {
    let name = typed.trim();
    let length = name.chars().count();
    let refuse = |message: String| Err(DeskError::invalid("name", message));
    if length == 0 {
        return refuse("Enter a name, or take your own name away.".to_owned());
    }
    if length > LONGEST_NAME {
        return refuse(format!(
            "A name has at most {LONGEST_NAME} characters; this one has {length}."
        ));
    }
    if name.chars().any(char::is_control) {
        return refuse("A name cannot have line breaks or other control characters.".to_owned());
    }
    Ok(name)
}

/// Reads a threshold, digit for digit: as an amount, but of any currency, and it may be negative (an overdraft).
fn parse(typed: &str) -> Result<Decimal, DeskError> {
    let refuse = |message: String| DeskError::invalid("threshold", message);
    let text = typed.trim();
    let (negative, digits) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    if let Some(why) = why_no_amount(digits) {
        return Err(refuse(why));
    }
    let amount = Decimal::from_str_exact(digits)
        .map_err(|_| refuse("This is not an amount that can be compared exactly.".to_owned()))?;
    Ok(if negative { -amount } else { amount })
}

/// The first thing that stands in the way of reading digits as an amount.
fn why_no_amount(digits: &str) -> Option<String> {
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = match digits.split_once('.') {
        None => plain(digits),
        Some((whole, cents)) => plain(whole) && plain(cents),
    };
    if !fits {
        let why = match amount::parse(digits, ZeroIs::Allowed) {
            Err(AmountError::Negative) => "Write it with one minus sign in front: -50.".to_owned(),
            Err(AmountError::CurrencySign) => {
                "Leave out the currency sign: the amount is in the account's currency.".to_owned()
            }
            Err(other) => other.to_string(),
            Ok(_) => AmountError::Shape.to_string(),
        };
        return Some(why);
    }
    let count = digits.bytes().filter(u8::is_ascii_digit).count();
    (count > MOST_DIGITS)
        .then(|| format!("An amount here has at most {MOST_DIGITS} digits; this one has {count}."))
}

/// What a balance is held against.
struct Mark {
    threshold: Decimal,
    currency: String,
    below_since: Option<Moment>,
    account_type: String,
}

fn set_mark(
    transaction: &Transaction<'_>,
    account_id: &str,
    threshold: Option<Decimal>,
) -> Result<(), DeskError> {
    let account_type: Option<String> = transaction
        .query_row(
            "SELECT account_type FROM accounts WHERE account_id = ?1",
            [account_id],
            single_column,
        )
        .optional()?;
    let account_type = account_type.ok_or_else(not_there)?;
    let Some(threshold) = threshold else {
        transaction.execute(
            "UPDATE accounts SET low_threshold = NULL, low_currency = NULL, below_since = NULL WHERE account_id = ?1",
            [account_id],
        )?;
        return Ok(());
    };
    let present = readings::present(transaction, account_id)?;
    let present = present.filter(|reading| reading.currency.is_some());
    let present = present.ok_or_else(|| {
        DeskError::invalid(
            "threshold",
            "The currency of this account is not known yet. Refresh it first.",
        )
    })?;
    let (_, amount) = counted(
        &account_type,
        present.available.as_deref(),
        present.current.as_deref(),
    );
    let below = match amount {
        Some(amount) => exact(amount)? < threshold,
        None => false,
    };
    transaction.execute(
        "UPDATE accounts SET low_threshold = ?2, low_currency = ?3,
                below_since = iif(?4, (SELECT read_at FROM readings WHERE reading_id = present_reading_id), NULL)
         WHERE account_id = ?1",
        (account_id, threshold.to_string(), present.currency, below),
    )?;
    Ok(())
}

/// The number that is held against a threshold: what can be spent where that is reported, else what is there. What is
/// owed on a credit card or loan is no balance to run low, so there only what can still be spent counts.
pub fn counted<'a>(
    account_type: &str,
    available: Option<&'a str>,
    current: Option<&'a str>,
) -> (Counted, Option<&'a str>) {
    let owed = matches!(account_type, "credit" | "loan");
    match (available, current) {
        (Some(available), _) => (Counted::Available, Some(available)),
        (None, Some(current)) if !owed => (Counted::Current, Some(current)),
        _ => (Counted::Nothing, None),
    }
}

/// Holds a new reading against the account's mark, when it has become the present, and notes a crossing. A reading in
/// another currency, or without the number that counts, crosses nothing.
pub(crate) fn hold(
    transaction: &Transaction<'_>,
    reading: &NewReading<'_>,
    reading_id: i64,
    now: Timestamp,
) -> Result<(), DeskError> {
    let account_id = reading.account_id.as_str();
    let Some(mark) = mark(transaction, account_id, reading_id)? else {
        return Ok(());
    };
    let currency = reading
        .iso_currency_code
        .or(reading.unofficial_currency_code);
    let available = reading.available.map(|amount| amount.to_string());
    let current = reading.current.map(|amount| amount.to_string());
    let (_, amount) = counted(&mark.account_type, available.as_deref(), current.as_deref());
    let (Some(amount), true) = (amount, currency == Some(mark.currency.as_str())) else {
        return Ok(());
    };
    let direction = match (exact(amount)? < mark.threshold, mark.below_since) {
        (true, None) => "below",
        (false, Some(_)) => "above",
        _ => return Ok(()),
    };
    let now = Moment::from(now);
    transaction
        .prepare_cached(
            "UPDATE accounts SET below_since = iif(?2 = 'below', ?3, NULL) WHERE account_id = ?1",
        )?
        .execute((account_id, direction, now))?;
    transaction
        .prepare_cached(
            "INSERT INTO crossings (account_id, reading_id, direction, amount, threshold, currency, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute((
            account_id,
            reading_id,
            direction,
            amount,
            mark.threshold.to_string(),
            &mark.currency,
            now,
        ))?;
    Ok(())
}

/// The mark of an account whose present is this reading.
fn mark(
    connection: &Connection,
    account_id: &str,
    reading_id: i64,
) -> Result<Option<Mark>, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT low_threshold, low_currency, below_since, account_type FROM accounts
         WHERE account_id = ?1 AND low_threshold IS NOT NULL AND present_reading_id = ?2",
    )?;
    let mut rows = statement.query((account_id, reading_id))?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    Ok(Some(Mark {
        threshold: exact(&row.get::<_, String>("low_threshold")?)?,
        currency: row.get("low_currency")?,
        below_since: row.get("below_since")?,
        account_type: row.get("account_type")?,
    }))
}

impl Accounts {
    /// Tells of crossings until the environment is closed: those that a crash kept from being told first.
    pub async fn watch_low_balances(self) {
        let mut events = self.session.events();
        loop {
            if let Err(error) = self.notify_low_balances().await {
                tracing::warn!(%error, "low balances could not be looked for");
            }
            let changed = async {
                loop {
                    match events.recv().await {
                        Ok(DeskEvent::ItemsChanged) | Err(RecvError::Lagged(_)) => return true,
                        Ok(_) => {}
                        Err(RecvError::Closed) => return false,
                    }
                }
            };
            let go_on = tokio::select! {
                () = self.session.cancel.cancelled() => false,
                changed = changed => changed,
            };
            if !go_on {
                return;
            }
        }
    }

    /// Tells of balances that went below their marks since it was told last. Marked as told first: a crash in between
    /// costs a notification, never tells one twice; the list shows it all the same.
    async fn notify_low_balances(&self) -> Result<(), DeskError> {
        let waiting: bool = self.session
            .store
            .read(|connection| -> Result<_, DeskError> {
                let sql = "SELECT EXISTS (SELECT 1 FROM crossings WHERE told_at IS NULL AND direction = 'below')";
                Ok(connection.prepare_cached(sql)?.query_row([], single_column)?)
            })
            .await?;
        if !waiting {
            return Ok(());
        }
        tokio::select! {
            // They are told at the next start.
            () = self.session.cancel.cancelled() => return Ok(()),
            () = tokio::time::sleep(GATHER) => {}
        }
        let now = self.session.now();
        let accounts = self
            .session
            .store
            .write(move |transaction| take_untold(transaction, now))
            .await?;
        if !accounts.is_empty() {
            self.session.emit(DeskEvent::LowBalance { accounts });
        }
        Ok(())
    }
}

/// Those that are below now and of which nobody was told; all are marked as told.
fn take_untold(
    transaction: &Transaction<'_>,
    now: Timestamp,
) -> Result<Vec<LowBalanceNotice>, DeskError> {
    let mut statement = transaction.prepare_cached(
        "SELECT account_id, coalesce(own_name, accounts.name) AS account_name, institution_name, low_threshold, low_currency
         FROM accounts JOIN items USING (item_id)
         WHERE below_since IS NOT NULL AND hidden_at IS NULL AND gone_at IS NULL AND state <> 'removed'
           AND account_id IN (SELECT account_id FROM crossings WHERE told_at IS NULL AND direction = 'below')
         ORDER BY institution_name, accounts.name",
    )?;
    let notices = statement.query_map([], |row| {
        Ok(LowBalanceNotice {
            account_id: row.get("account_id")?,
            account_name: row.get("account_name")?,
            institution_name: row.get("institution_name")?,
            threshold: row.get("low_threshold")?,
            currency: row.get("low_currency")?,
        })
    })?;
    let notices = notices.collect::<Result<_, _>>()?;
    transaction.execute(
        "UPDATE crossings SET told_at = ?1 WHERE told_at IS NULL AND direction = 'below'",
        [Moment::from(now)],
    )?;
    Ok(notices)
}

#[cfg(test)]
#[path = "marks_tests.rs"]
mod tests;
