//! An open desk with as many Items as are asked for, which the stand-in has too, made without Link.
//! Items, accounts and first readings go through the desk's own writing; only a long history is written by one statement.

use std::num::NonZeroU32;

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::SignedDuration;
use plaid::{
    AccessToken, AccountsResponse, InstitutionId, ItemId, SandboxPublicTokenCreateRequest,
};
use rusqlite::Transaction;

use crate::desk::Desk;
use desk_banks::{
    balances::{table as readings, view::ReadingSource},
    items::{
        people,
        table::{self, Listing, NewItem},
    },
    link::view::{PersonChoice, Purpose},
};
use desk_core::{DeskError, Session, store::single_column};

/// Calls to the stand-in at the same time.
const TOGETHER: usize = 16;

/// Items of one person.
const ITEMS_OF_A_PERSON: usize = 4;

/// The stand-in's banks that ask for no second factor.
const BANKS: [(&str, &str); 4] = [
    ("ins_109508", "First Platypus Bank"),
    ("ins_109510", "Tattersall Federal Credit Union"),
    ("ins_109511", "Tartan Bank"),
    ("ins_109512", "Houndstooth Bank"),
];

/// Who signs in at the stand-in's banks.
#[derive(Debug, Clone)]
pub struct Customer {
    /// The user name.
    pub username: String,
    /// The password: of `user_custom`, what the bank has of this customer.
    pub password: String,
}

struct Linked {
    item_id: ItemId,
    access_token: AccessToken,
    answer: AccountsResponse,
}

/// Links Items of this customer at the stand-in of the open environment. Answers their access tokens, which open
/// nothing but a stand-in, in the order of their Items.
///
/// # Errors
/// `NothingOpen`; what the stand-in answers; `Disk`, `Database`.
pub async fn link(
    desk: &Desk,
    customer: &Customer,
    how_many: u32,
) -> Result<Vec<String>, DeskError> {
    let session = desk.open()?.session;
    let one = |number| link_one(&session, customer, number);
    let linked: Vec<Linked> = stream::iter(0..how_many as usize)
        .map(one)
        .buffered(TOGETHER)
        .try_collect()
        .await?;
    let tokens = linked
        .iter()
        .map(|linked| linked.access_token.expose().to_owned())
        .collect();
    let now = session.now();
    session
        .store
        .write(move |transaction| -> Result<_, DeskError> {
            for (number, linked) in linked.iter().enumerate() {
                keep(transaction, number, linked, now)?;
            }
            Ok(())
        })
        .await?;
    Ok(tokens)
}

async fn link_one(
    session: &Session,
    customer: &Customer,
    number: usize,
) -> Result<Linked, DeskError> {
    let (institution_id, _) = BANKS[number % BANKS.len()];
    let request = SandboxPublicTokenCreateRequest {
        institution_id: InstitutionId::new(institution_id),
        initial_products: vec!["auth".to_owned()],
        override_username: Some(customer.username.clone()),
        override_password: Some(customer.password.clone()),
        webhook: None,
    };
    let created = session.client.sandbox_public_token_create(&request).await?;
    let exchanged = session
        .client
        .item_public_token_exchange(&created.public_token)
        .await?;
    let answer = session.client.accounts_get(&exchanged.access_token).await?;
    Ok(Linked {
        item_id: exchanged.item_id,
        access_token: exchanged.access_token,
        answer,
    })
}

fn keep(
    transaction: &Transaction<'_>,
    number: usize,
    linked: &Linked,
    now: jiff::Timestamp,
) -> Result<(), DeskError> {
    let name = format!("Person {}", number / ITEMS_OF_A_PERSON);
    let known: Option<String> = rusqlite::OptionalExtension::optional(transaction.query_row(
        "SELECT person_id FROM people WHERE name = ?1",
        [&name],
        single_column,
    ))?;
    let choice = match known {
        Some(person_id) => PersonChoice::Known { person_id },
        None => PersonChoice::New { name },
    };
    let person = people::choose(transaction, &choice, now)?;
    let (institution_id, institution_name) = BANKS[number % BANKS.len()];
    let item = NewItem {
        item_id: &linked.item_id,
        access_token: &linked.access_token,
        person_id: &person.person_id,
        purpose: Purpose::AchRisk,
        institution_id: Some(institution_id),
        institution_name: Some(institution_name),
    };
    table::insert_item(transaction, &item, now)?;
    let (source, listing) = (ReadingSource::Cached, Listing::Complete);
    readings::record(
        transaction,
        &linked.item_id,
        &linked.answer,
        source,
        listing,
        now,
    )
}

/// Gives every account so many readings more, spread over the year that ends now and stored in the order of time.
/// The amounts follow from the place of the account and of the reading. Answers how many readings there are.
///
/// # Errors
/// `NothingOpen`; `Disk`, `Database`.
pub async fn give_history(desk: &Desk, of_each: NonZeroU32) -> Result<u32, DeskError> {
    let session = desk.open()?.session;
    let now = session.now();
    session.store
        .write(move |transaction| -> Result<_, DeskError> {
            let rounds = of_each.get();
            let year = SignedDuration::from_hours(24 * 364).as_millis();
            let step = i64::try_from(year).unwrap_or(i64::MAX) / i64::from(rounds);
            let last = now.as_millisecond();
            let before: i64 =
                transaction.query_row("SELECT max(reading_id) FROM readings", [], single_column)?;
            transaction.execute_batch(&format!(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rounds})
                 INSERT INTO readings (account_id, source, available, current, iso_currency_code, read_at, request_id)
                 SELECT a.account_id, 'live',
                        printf('%d.%02d', (a.rowid * 7919 + n.i * 104729) % 90001, (a.rowid + n.i) % 100),
                        printf('%d.%02d', (a.rowid * 7907 + n.i * 104723) % 100003, (a.rowid + n.i) % 100),
                        'USD', {last} - ({rounds} - n.i) * {step}, 'm8MDnv9okwxFNBV'
                   FROM n CROSS JOIN accounts AS a;
                 INSERT INTO timeline (account, read_at, reading_id, whole, available, current, iso_currency_code)
                 SELECT number, read_at, reading_id, whole, available, current, iso_currency_code
                   FROM readings JOIN accounts USING (account_id) WHERE reading_id > {before}
                  ORDER BY number, read_at, reading_id;
                 UPDATE accounts SET reading_count = reading_count + {rounds},
                        present_reading_id = (SELECT reading_id FROM timeline WHERE account = number
                                               ORDER BY read_at DESC, reading_id DESC LIMIT 1),
                        previous_reading_id = coalesce((SELECT reading_id FROM timeline WHERE account = number
                                                         ORDER BY read_at DESC, reading_id DESC LIMIT 1 OFFSET 1),
                                                       present_reading_id);"
            ))?;
            Ok(transaction.query_row("SELECT count(*) FROM readings", [], single_column)?)
        })
        .await
}
