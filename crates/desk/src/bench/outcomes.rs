//! A database with many evaluations, spread over a year, as a busy desk has them: answered, decided, some returned.

use std::path::Path;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rusqlite::Connection;

use super::{key, newest, remove};
use desk_core::{DeskError, store::Store};
use desk_debits::{
    activity::{
        page,
        view::{ActivityFilter, ActivityRequest},
    },
    outcomes::{self, view::OutcomesRange},
};

/// Rows of a page.
const PAGE: u32 = 100;

/// The encrypted database, open.
pub struct EvaluationsDatabase {
    store: Store,
    now: Timestamp,
}

impl EvaluationsDatabase {
    /// Opens the database with so many evaluations in `folder`, and fills it first if it is not there yet.
    ///
    /// # Errors
    /// `Disk`, `Database`.
    pub async fn open(folder: &Path, evaluations: u32) -> Result<Self, DeskError> {
        let whole = folder.join(format!(
            "evaluations-{evaluations}-{}.db",
            desk_core::store::schema::VERSION
        ));
        if !whole.exists() {
            let draft = whole.with_extension("part");
            remove(&draft);
            let store = Store::open(draft.clone(), key()?).await?;
            store
                .write(move |transaction| fill(transaction, evaluations))
                .await?;
            store.close().await;
            std::fs::rename(&draft, &whole).map_err(|error| DeskError::disk(&error))?;
        }
        Ok(Self {
            store: Store::open(whole, key()?).await?,
            now: newest(),
        })
    }

    /// The first page of a search, with its totals; the number of evaluations found.
    ///
    /// # Errors
    /// `Database`.
    pub async fn first_page(&self, search: &str) -> Result<u32, DeskError> {
        let request = ActivityRequest {
            filter: ActivityFilter {
                search: search.to_owned(),
                ..ActivityFilter::default()
            },
            after: None,
            limit: PAGE,
        };
        let page = self
            .store
            .read(move |connection| page::page(connection, &request, &TimeZone::UTC))
            .await?;
        Ok(page.all.map_or(0, |all| all.matching))
    }

    /// A page in the middle of the list; the number of its rows.
    ///
    /// # Errors
    /// `Database`.
    pub async fn middle_page(&self) -> Result<usize, DeskError> {
        let middle = self.now - SignedDuration::from_hours(24 * 180);
        let request = ActivityRequest {
            filter: ActivityFilter::default(),
            after: Some(format!("{}-{}", middle.as_millisecond(), 0)),
            limit: PAGE,
        };
        let page = self
            .store
            .read(move |connection| page::page(connection, &request, &TimeZone::UTC))
            .await?;
        Ok(page.rows.len())
    }

    /// The outcomes of everything, which is a year; the number of evaluations counted.
    ///
    /// # Errors
    /// `Database`.
    pub async fn year(&self) -> Result<u32, DeskError> {
        let now = self.now;
        self.store
            .read(move |connection| -> Result<_, DeskError> {
                let all = outcomes::outcomes(connection, &OutcomesRange::All, now, &TimeZone::UTC)?;
                Ok(all.total.evaluations)
            })
            .await
    }
}

/// Writes all of it with a few statements; the triggers keep what they keep.
fn fill(connection: &Connection, evaluations: u32) -> Result<(), DeskError> {
    let year = SignedDuration::from_hours(24 * 364).as_millis();
    let step = i64::try_from(year).unwrap_or(i64::MAX) / i64::from(evaluations.max(1));
    let first = newest().as_millisecond() - step * i64::from(evaluations);
    // As many as a ruleset with scores reports.
    let attributes: Vec<String> = (0..90)
        .map(|number| format!(r#"{{"name":"core_attribute_number_{number}","value":"{number}"}}"#))
        .collect();
    let attributes = format!("[{}]", attributes.join(","));
    connection.execute_batch(&format!(
        "INSERT INTO people (person_id, name, name_key, client_user_id, created_at) VALUES ('p', 'Ada', 'ada', 'u', 0);
         INSERT INTO items (item_id, person_id, purpose, institution_name, access_token, state, linked_at)
         VALUES ('i', 'p', 'ach_risk', 'Bank', 'access-sandbox-1', 'active', 0);
         INSERT INTO accounts (account_id, item_id, position, name, account_type)
         VALUES ('a', 'i', 0, 'Plaid Checking', 'depository');
         WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {evaluations})
         INSERT INTO evaluations (client_transaction_id, account_id, account_name, account_mask, institution_name,
                                  person_name, amount, purpose, created_at, state)
         SELECT printf('%08d-8f6b-4d5c-9c3e-2a1b0c9d8e7f', i), 'a', 'Plaid Checking', printf('%04d', i % 10000),
                'Bank ' || (i % 20), 'Person ' || (i % 2000), printf('%d.%02d', 1 + i % 2999, i % 100),
                'Rent of house ' || (i % 700), {first} + i * {step}, 'sending' FROM n;
         UPDATE evaluations SET state = iif(rowid % 50 = 0, 'failed', 'answered');
         INSERT INTO evaluation_answers (client_transaction_id, result, result_text, ruleset_key, customer_risk,
             bank_risk, core_attributes, warnings, request_id, answered_at)
         SELECT client_transaction_id, word, upper(word), 'ruleset-' || (rowid % 4), 1 + rowid % 99,
                1 + rowid * 7 % 99, '{attributes}', '[]', 'm8MDnv9okwxFNBV', created_at
           FROM (SELECT rowid, client_transaction_id, created_at,
                        CASE WHEN rowid % 10 < 8 THEN 'accept' WHEN rowid % 10 = 8 THEN 'review' ELSE 'reroute' END AS word
                   FROM evaluations WHERE state = 'answered');
         INSERT INTO decisions (client_transaction_id, initiated, recorded_at)
         SELECT client_transaction_id, rowid % 3 > 0, answered_at FROM evaluation_answers WHERE result = 'review';
         INSERT INTO returns (client_transaction_id, return_code, recorded_at)
         SELECT client_transaction_id, CASE rowid % 5 WHEN 0 THEN 'R10' WHEN 1 THEN 'R03' ELSE 'R01' END, answered_at
           FROM evaluation_answers WHERE result = 'accept' AND rowid % 40 = 0;
         INSERT INTO outbox (client_transaction_id, decision_id, place, state, attempts, next_attempt_at, delivered_at,
                             request_id)
         SELECT client_transaction_id, decision_id, decision_id, 'delivered', 1, 0, recorded_at, 'm8MDnv9okwxFNBV'
           FROM decisions;
         INSERT INTO outbox (client_transaction_id, return_id, place, state, attempts, next_attempt_at, delivered_at,
                             request_id)
         SELECT client_transaction_id, return_id, 1000000 + return_id, 'delivered', 1, 0, recorded_at, 'm8MDnv9okwxFNBV'
           FROM returns;"
    ))?;
    Ok(())
}
