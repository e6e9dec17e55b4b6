//! How balances moved: charts of one account and of all together, the table of readings, and the change since a date.
//!
//! A chart gets the last reading of each of at most 480 stretches of time, found by seeking in the index, so that the
//! length of the history does not matter. Time is what the clock said when a reading was stored; readings of one
//! moment stand in the order they were stored. When the clock was set back, charts and tables therefore show a later
//! reading before an earlier one, while the present stays the one stored last.

pub mod account;
mod change;
mod line;
mod page;
mod total;
pub mod view;
mod window;

use rusqlite::Connection;

use self::view::{
    ChangeRequest, ChangeSince, HistoryOf, HistoryRequest, HistoryView, ReadingsPage,
};
use crate::balances::table::AccountNumber;
use desk_core::{DeskError, Session, moment::Moment};

pub use page::Cursor;

/// Accounts of a total that are read at once: in between, others may read.
const AT_ONCE: usize = 500;

/// Balance history of accounts and totals.
#[derive(Clone)]
pub struct History {
    session: Session,
}

impl History {
    pub fn new(session: Session) -> Self {
        Self { session }
    }
}

impl History {
    /// What a chart draws.
    ///
    /// # Errors
    /// `NotFound`, `NothingOpen`, `Database`.
    pub async fn history(&self, request: HistoryRequest) -> Result<HistoryView, DeskError> {
        let now = Moment::from(self.session.now());
        match request.of {
            HistoryOf::Account { account_id } => {
                let read = move |connection: &Connection| {
                    account::history(connection, &account_id, request.range, now)
                };
                self.session.store.read(read).await
            }
            HistoryOf::Total { currency } => {
                self.total_history(&currency, request.range, now).await
            }
        }
    }

    /// A page of an account's readings, the newest first by the time they were read. `before` is what the page before
    /// named as `next`; at most 500 at once.
    ///
    /// # Errors
    /// `InvalidInput` on `before`; `NotFound`, `NothingOpen`, `Database`.
    pub async fn readings_page(
        &self,
        account_id: &str,
        before: Option<&str>,
        limit: u32,
    ) -> Result<ReadingsPage, DeskError> {
        let before = before.map(str::parse::<Cursor>).transpose()?;
        let account_id = account_id.to_owned();
        self.session
            .store
            .read(move |connection| page::page(connection, &account_id, before, limit))
            .await
    }

    /// How a balance moved since a date; none when there is nothing to compare.
    ///
    /// # Errors
    /// `InvalidInput` on `date`; `NotFound`, `NothingOpen`, `Database`.
    pub async fn change_since(
        &self,
        request: ChangeRequest,
    ) -> Result<Option<ChangeSince>, DeskError> {
        self.account_or_total_change(request, self.session.now())
            .await
    }
}

/// The first and the last reading of an account by their time, and how many there are.
struct Extent {
    number: AccountNumber,
    first: Option<Moment>,
    last: Option<Moment>,
    count: u32,
}

/// # Errors
/// `NotFound`.
fn extent(connection: &Connection, account_id: &str) -> Result<Extent, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT reading_count,
                (SELECT min(at) FROM (SELECT min(read_at) AS at FROM timeline WHERE account = number
                                      UNION ALL SELECT min(read_at) FROM timeline_recent WHERE account = number)) AS first_at,
                (SELECT max(at) FROM (SELECT max(read_at) AS at FROM timeline WHERE account = number
                                      UNION ALL SELECT max(read_at) FROM timeline_recent WHERE account = number)) AS last_at,
                number
         FROM accounts WHERE account_id = ?1",
    )?;
    let mut rows = statement.query([account_id])?;
    let row = rows.next()?.ok_or(DeskError::NotFound("This account"))?;
    Ok(Extent {
        count: row.get("reading_count")?,
        first: row.get("first_at")?,
        last: row.get("last_at")?,
        number: row.get("number")?,
    })
}

#[cfg(test)]
mod tests;
