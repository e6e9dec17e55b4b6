//! What came back: the list of returned debits, and the returns of one account of late. A debit counts once, with its
//! last return; corrections do not make it two.

use std::collections::BTreeSet;

use desk_files::return_codes::{ReturnInitiator, ReturnReason};
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use rusqlite::{Connection, OptionalExtension, Row};

use super::view::{
    AccountReturn, AccountReturns, ReturnRow, ReturnsFilter, ReturnsList, ReturnsRequest,
};
use crate::{
    decisions::report_table::{self, DeliveryState},
    evaluations::table::CURRENCY,
};
use desk_core::{DeskError, moment::Moment, store::single_column};

/// Days that are looked back for returns of one account.
pub(crate) const DAYS: u32 = 90;

/// From how many on returns of one account are an alert.
const OFTEN: u32 = 2;

/// Rows of the longest list.
const LONGEST: u32 = 5_000;

/// Each returned debit with its last return and the day of it.
const LAST: &str =
    "SELECT r.return_id, r.client_transaction_id, r.return_code, r.returned_on, r.recorded_at,
            e.account_id, e.person_name, e.institution_name, e.account_name, e.account_mask, e.amount,
            coalesce(r.returned_on, date(r.recorded_at / 1000, 'unixepoch', 'localtime')) AS day
     FROM returns r JOIN evaluations e USING (client_transaction_id)
     WHERE r.return_id = (SELECT max(return_id) FROM returns l
                          WHERE l.client_transaction_id = r.client_transaction_id)";

/// The first day of those that are looked back.
fn since(now: Timestamp) -> String {
    let today = TimeZone::system().to_datetime(now).date();
    today.saturating_sub(i64::from(DAYS).days()).to_string()
}

/// The returned debits that fit, the newest first.
pub fn list(
    connection: &Connection,
    request: &ReturnsRequest,
    now: Timestamp,
) -> Result<ReturnsList, DeskError> {
    let sql = format!(
        "WITH last AS ({LAST}),
              often AS (SELECT account_id, count(*) AS debits FROM last WHERE day >= ?1 GROUP BY account_id)
         SELECT last.client_transaction_id, account_id, person_name, institution_name, account_name, account_mask,
                amount, return_code, returned_on, recorded_at, coalesce(debits, 0) AS of_account,
                {}
         FROM last JOIN outbox ON outbox.return_id = last.return_id LEFT JOIN often USING (account_id)
         ORDER BY day DESC, last.return_id DESC",
        report_table::DELIVERY
    );
    let words: Vec<String> = request
        .search
        .split_whitespace()
        .map(str::to_lowercase)
        .collect();
    let limit = request.limit.min(LONGEST) as usize;
    let mut list = ReturnsList {
        rows: Vec::new(),
        found: 0,
        all: 0,
    };
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([since(now)])?;
    while let Some(row) = rows.next()? {
        list.all += 1;
        if !passes(row, request.filter)? || !has_all(row, &words)? {
            continue;
        }
        list.found += 1;
        if list.rows.len() < limit {
            list.rows.push(return_row(row)?);
        }
    }
    Ok(list)
}

fn passes(row: &Row<'_>, filter: ReturnsFilter) -> Result<bool, DeskError> {
    Ok(match filter {
        ReturnsFilter::All => true,
        ReturnsFilter::Repeated => row.get::<_, u32>("of_account")? >= OFTEN,
        ReturnsFilter::Customer => {
            let code = ReturnReason::find(row.get_ref("return_code")?.as_str().unwrap_or_default());
            code.is_some_and(|code| code.initiated_by == ReturnInitiator::Customer)
        }
        ReturnsFilter::Waiting => row.get::<_, DeliveryState>("state")? == DeliveryState::Waiting,
        ReturnsFilter::Refused => row.get::<_, DeliveryState>("state")? == DeliveryState::Refused,
    })
}

fn has_all(row: &Row<'_>, words: &[String]) -> Result<bool, DeskError> {
    if words.is_empty() {
        return Ok(true);
    }
    let mut text = String::new();
    for column in [
        "client_transaction_id",
        "person_name",
        "institution_name",
        "account_name",
        "account_mask",
        "amount",
        "return_code",
        "returned_on",
    ] {
        let cell: Option<String> = row.get(column)?;
        text.push_str(&cell.unwrap_or_default());
        text.push(' ');
    }
    let code: String = row.get("return_code")?;
    text.push_str(ReturnReason::find(&code).map_or("", |code| code.title));
    let text = text.to_lowercase();
    Ok(words.iter().all(|word| text.contains(word)))
}

fn return_row(row: &Row<'_>) -> Result<ReturnRow, DeskError> {
    Ok(ReturnRow {
        client_transaction_id: row.get("client_transaction_id")?,
        account_id: row.get("account_id")?,
        person_name: row.get("person_name")?,
        institution_name: row.get("institution_name")?,
        account_name: row.get("account_name")?,
        account_mask: row.get("account_mask")?,
        amount: row.get("amount")?,
        currency: CURRENCY.to_owned(),
        return_code: row.get("return_code")?,
        returned_on: row.get("returned_on")?,
        recorded_at: row.get::<_, Moment>("recorded_at")?.to_text(),
        of_account: row.get("of_account")?,
        delivery: report_table::delivery_view(row)?,
    })
}

/// The returns of an account of late; none where it had none.
pub(crate) fn of_account(
    connection: &Connection,
    account_id: &str,
    now: Timestamp,
) -> Result<Option<AccountReturns>, DeskError> {
    let sql = format!(
        "SELECT client_transaction_id, return_code, day, amount, person_name, institution_name, account_name, account_mask
         FROM ({LAST} AND e.account_id = ?1) WHERE day >= ?2 ORDER BY day DESC, return_id DESC"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([account_id, &since(now)])?;
    let mut found: Option<AccountReturns> = None;
    while let Some(row) = rows.next()? {
        let returned = AccountReturn {
            client_transaction_id: row.get("client_transaction_id")?,
            return_code: row.get("return_code")?,
            on: row.get("day")?,
            amount: row.get("amount")?,
        };
        let account = match &mut found {
            Some(account) => account,
            None => found.insert(AccountReturns {
                account_id: account_id.to_owned(),
                person_name: row.get("person_name")?,
                institution_name: row.get("institution_name")?,
                account_name: row.get("account_name")?,
                account_mask: row.get("account_mask")?,
                days: DAYS,
                returned: Vec::new(),
            }),
        };
        account.returned.push(returned);
    }
    Ok(found)
}

/// Of the accounts of these evaluations, those that have returned more than one debit of late.
pub fn again<'a>(
    connection: &Connection,
    ids: impl Iterator<Item = &'a str>,
    now: Timestamp,
) -> Result<Vec<AccountReturns>, DeskError> {
    let mut accounts = BTreeSet::new();
    let mut of_evaluation = connection
        .prepare_cached("SELECT account_id FROM evaluations WHERE client_transaction_id = ?1")?;
    for id in ids {
        let account: Option<String> = of_evaluation.query_row([id], single_column).optional()?;
        accounts.extend(account);
    }
    let mut again = Vec::new();
    for account_id in accounts {
        let returns = of_account(connection, &account_id, now)?;
        again.extend(returns.filter(|one| one.returned.len() >= OFTEN as usize));
    }
    Ok(again)
}
