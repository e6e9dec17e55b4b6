//! The line of all accounts together within one currency: in each bucket the sum of what was last known of each
//! account, exactly, assets and debts apart.
//!
//! An account counts from its first reading that reports a current balance, until it is gone or its Item removed. One
//! that is not reported leaves what was known. A change of its currency takes it out of one total and into the other.

use plaid::Decimal;
use rusqlite::{Connection, Row};

use super::{
    AT_ONCE,
    line::{self, Seen},
    view::{HistoryRange, HistorySeries, HistoryView},
    window::Window,
};
use crate::{
    accounts::exact,
    balances::{
        table::AccountNumber,
        totals::{Side, side},
    },
    history::History,
};
use desk_core::{DeskError, moment::Moment, store::columns};

/// An account that counts in totals.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) account_id: String,
    pub(super) number: AccountNumber,
    pub(super) side: Side,
    /// When it was gone, or its Item removed.
    pub(super) ended_at: Option<i64>,
}

/// The accounts that are not hidden and of a kind that is summed, of any Item there ever was.
pub(super) fn members(connection: &Connection) -> Result<Vec<Member>, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT account_id, account_type, min(coalesce(gone_at, removed_at), coalesce(removed_at, gone_at)) AS ended_at,
                number
         FROM accounts JOIN items USING (item_id) WHERE hidden_at IS NULL",
    )?;
    let mut rows = statement.query([])?;
    let mut members = Vec::new();
    while let Some(row) = rows.next()? {
        let account_type: String = row.get("account_type")?;
        if let Some(side) = side(&account_type) {
            members.push(Member {
                account_id: row.get("account_id")?,
                side,
                ended_at: row.get("ended_at")?,
                number: row.get("number")?,
            });
        }
    }
    Ok(members)
}

impl History {
    /// The line of a total. Accounts are read some at a time, so that other reads are not held up.
    pub(super) async fn total_history(
        &self,
        currency: &str,
        range: HistoryRange,
        now: Moment,
    ) -> Result<HistoryView, DeskError> {
        let members = self.session.store.read(members).await?;
        let mut extent = Extent::default();
        for some in members.chunks(AT_ONCE) {
            let some = some.to_vec();
            extent = self
                .session
                .store
                .read(move |connection| extent.with(connection, &some))
                .await?;
        }
        let window = Window::of(range, now, extent.first, extent.last);
        let mut sums = Sums::new(window, currency);
        for some in members.chunks(AT_ONCE) {
            let some = some.to_vec();
            sums = self
                .session
                .store
                .read(move |connection| -> Result<_, DeskError> {
                    sums.add(connection, &some)?;
                    Ok(sums)
                })
                .await?;
        }
        let points = line::points(sums.into_seen()?);
        let series = if points.is_empty() {
            Vec::new()
        } else {
            vec![HistorySeries {
                currency: Some(currency.to_owned()),
                unofficial_currency: false,
                points,
            }]
        };
        Ok(HistoryView {
            from: window.begins(),
            to: window.ends(),
            series,
            first_at: extent.first.map(Moment::to_text),
            last_at: extent.last.map(Moment::to_text),
            readings: extent.count,
        })
    }
}

/// The first and last reading of several accounts.
#[derive(Clone, Copy, Default)]
pub(super) struct Extent {
    pub(super) first: Option<Moment>,
    pub(super) last: Option<Moment>,
    count: u32,
}

impl Extent {
    pub(super) fn with(
        mut self,
        connection: &Connection,
        members: &[Member],
    ) -> Result<Self, DeskError> {
        for member in members {
            let one = super::extent(connection, &member.account_id)?;
            self.first = [self.first, one.first].into_iter().flatten().min();
            self.last = self.last.max(one.last);
            self.count = self.count.saturating_add(one.count);
        }
        Ok(self)
    }
}

/// What a bucket adds to the sums of the one before it.
#[derive(Clone, Copy, Debug, Default)]
struct Step {
    assets: Decimal,
    debts: Decimal,
    /// The last reading in it, in this currency.
    read_at: Option<i64>,
}

impl Step {
    fn add(&mut self, side: Side, amount: Decimal) -> Result<(), DeskError> {
        let sum = match side {
            Side::Assets => &mut self.assets,
            Side::Debts => &mut self.debts,
        };
        *sum = plus(*sum, amount)?;
        Ok(())
    }
}

fn plus(sum: Decimal, amount: Decimal) -> Result<Decimal, DeskError> {
    let sum = sum.checked_add(amount);
    sum.ok_or_else(|| DeskError::Internal("a sum of balances is too large"))
}

columns!(SumColumns {
    read_at,
    current,
    currency,
});

/// The sums, account by account.
pub(super) struct Sums {
    window: Window,
    currency: String,
    /// What is known when the window begins.
    before: Step,
    /// By the place of the bucket, counted from the end.
    steps: Vec<Step>,
}

impl Sums {
    pub(super) fn new(window: Window, currency: &str) -> Self {
        Self {
            window,
            currency: currency.to_owned(),
            before: Step::default(),
            steps: vec![Step::default(); window.buckets()],
        }
    }

    pub(super) fn add(
        &mut self,
        connection: &Connection,
        members: &[Member],
    ) -> Result<(), DeskError> {
        let mut earlier = connection.prepare_cached(
            "SELECT read_at, current, coalesce(iso_currency_code, unofficial_currency_code) AS currency, reading_id
             FROM readings_over_time WHERE account = ?1 AND read_at < ?2 AND whole = 1 AND current IS NOT NULL
             ORDER BY read_at DESC, reading_id DESC LIMIT 1",
        )?;
        let mut within = connection.prepare_cached(
            "SELECT read_at, current, coalesce(iso_currency_code, unofficial_currency_code) AS currency, reading_id
             FROM readings_over_time WHERE account = ?1 AND read_at >= ?2 AND read_at < ?3 AND whole = 1 AND current IS NOT NULL
             ORDER BY read_at, reading_id",
        )?;
        let at = SumColumns::of(&within)?;
        for member in members {
            let ended_at = member.ended_at.unwrap_or(i64::MAX);
            if ended_at <= self.window.from {
                continue;
            }
            let mut held = Decimal::ZERO;
            let mut rows = earlier.query((member.number, self.window.from))?;
            if let Some(row) = rows.next()? {
                held = self.amount(row, at)?;
                self.before.add(member.side, held)?;
            }
            let mut rows = within.query((
                member.number,
                self.window.from,
                self.window.to.min(ended_at),
            ))?;
            while let Some(row) = rows.next()? {
                held = self.step(member.side, held, row, at)?;
            }
            if ended_at < self.window.to {
                self.steps[self.window.bucket(ended_at)].add(member.side, -held)?;
            }
        }
        Ok(())
    }

    /// Adds what a reading changes; answers the amount that is held from now on.
    fn step(
        &mut self,
        side: Side,
        held: Decimal,
        row: &Row<'_>,
        columns: SumColumns,
    ) -> Result<Decimal, DeskError> {
        let (at, amount) = (row.get(columns.read_at)?, self.amount(row, columns)?);
        let in_currency = self.is_in_currency(row, columns)?;
        let step = &mut self.steps[self.window.bucket(at)];
        step.add(side, plus(amount, -held)?)?;
        if in_currency {
            step.read_at = step.read_at.max(Some(at));
        }
        Ok(amount)
    }

    /// The amount of a reading; nothing when it is in another currency.
    fn amount(&self, row: &Row<'_>, at: SumColumns) -> Result<Decimal, DeskError> {
        if !self.is_in_currency(row, at)? {
            return Ok(Decimal::ZERO);
        }
        let amount = row.get_ref(at.current)?.as_str();
        exact(amount.map_err(|_| DeskError::unreadable("a balance"))?)
    }

    fn is_in_currency(&self, row: &Row<'_>, at: SumColumns) -> Result<bool, DeskError> {
        Ok(row.get_ref(at.currency)?.as_str_or_null().ok().flatten()
            == Some(self.currency.as_str()))
    }

    /// The sums at the end of each bucket in which something was read, the oldest first.
    pub(super) fn into_seen(self) -> Result<Vec<Seen>, DeskError> {
        let mut sum = self.before;
        let mut seen = Vec::new();
        for step in self.steps.iter().rev() {
            sum.add(Side::Assets, step.assets)?;
            sum.add(Side::Debts, step.debts)?;
            if let Some(at) = step.read_at {
                seen.push(Seen {
                    at,
                    available: None,
                    current: Some(sum.assets.to_string()),
                    debts: Some(sum.debts.to_string()),
                });
            }
        }
        Ok(seen)
    }
}
