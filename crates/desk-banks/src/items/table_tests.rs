//! The tables of Items and readings as SQLite holds them.

use super::*;
use crate::{
    balances::{
        table::{NewReading, Newest, insert},
        totals,
        view::ReadingSource,
    },
    items::people,
    link::view::PersonChoice,
};
use desk_core::{
    problem::ProblemKind,
    store::{schema, single_column},
};

fn database() -> Connection {
    let connection = schema::in_memory();
    connection
        .pragma_update(None, "foreign_keys", true)
        .unwrap();
    connection
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn facts(id: &str) -> AccountFacts {
    AccountFacts {
        account_id: AccountId::new(id),
        name: format!("Account {id}"),
        official_name: None,
        mask: Some("0000".to_owned()),
        account_type: "depository".to_owned(),
        subtype: Some("checking".to_owned()),
        persistent_account_id: None,
    }
}

/// An Item with the accounts `a` and `b`.
fn item(transaction: &Transaction<'_>, token: &str) -> ItemId {
    let ada = PersonChoice::New {
        name: "Ada".to_owned(),
    };
    let item_id = ItemId::new("item-1");
    let person = people::choose(transaction, &ada, at(0)).map(|person| person.person_id);
    let person_id =
        person.unwrap_or_else(|_| people::list(transaction).unwrap()[0].person_id.clone());
    let new = NewItem {
        item_id: &item_id,
        access_token: &AccessToken::new(token),
        person_id: &person_id,
        purpose: Purpose::AchRisk,
        institution_id: Some("ins_1"),
        institution_name: None,
    };
    insert_item(transaction, &new, at(0)).unwrap();
    let accounts = [facts("a"), facts("b")];
    write_accounts(transaction, &item_id, &accounts, Listing::Complete, at(0)).unwrap();
    item_id
}

fn shown(connection: &Connection) -> Vec<String> {
    let items = items(connection, &Show::All).unwrap();
    items
        .iter()
        .flat_map(|item| &item.accounts)
        .map(|account| account.account_id.clone())
        .collect()
}

#[test]
fn an_item_is_never_there_twice() {
    let mut connection = database();
    let transaction = connection.transaction().unwrap();
    let id = item(&transaction, "access-1");
    item(&transaction, "access-2");
    assert_eq!(items(&transaction, &Show::All).unwrap().len(), 1);
    assert_eq!(shown(&transaction), ["a", "b"]);
    let key = item_key(&transaction, &id).unwrap();
    assert_eq!(key.access_token.expose(), "access-2");
    assert!(!format!("{key:?}").contains("access-2"));
}

#[test]
fn accounts_come_and_go_and_their_rows_stay() {
    let mut connection = database();
    let transaction = connection.transaction().unwrap();
    let id = item(&transaction, "access");
    let write = |accounts: &[AccountFacts], listing| {
        write_accounts(&transaction, &id, accounts, listing, at(1)).unwrap();
    };
    write(&[facts("c"), facts("b")], Listing::Complete);
    assert_eq!(shown(&transaction), ["c", "b"]);
    assert!(account(&transaction, &AccountId::new("a")).is_err());
    write(&[facts("d")], Listing::Partial);
    assert_eq!(shown(&transaction), ["c", "b", "d"]);
    write(&[facts("a"), facts("b")], Listing::Complete);
    assert_eq!(shown(&transaction), ["a", "b"]);
}

#[test]
fn a_removed_item_keeps_no_token() {
    let mut connection = database();
    let transaction = connection.transaction().unwrap();
    let id = item(&transaction, "access");
    begin_removal(&transaction, &id, at(0)).unwrap();
    assert_eq!(
        items_in(&transaction, ItemState::Removing)
            .unwrap()
            .as_slice(),
        std::slice::from_ref(&id)
    );
    assert!(account(&transaction, &AccountId::new("a")).is_err());
    end_removal(&transaction, &id, at(1)).unwrap();
    assert!(item_key(&transaction, &id).is_err());
    assert!(begin_removal(&transaction, &id, at(2)).is_err());
    assert_eq!(shown(&transaction), Vec::<String>::new());
    let tokens: i64 = transaction
        .query_row("SELECT count(access_token) FROM items", [], single_column)
        .unwrap();
    assert_eq!(tokens, 0);
}

#[test]
fn a_problem_keeps_the_moment_it_began() {
    let mut connection = database();
    let transaction = connection.transaction().unwrap();
    let id = item(&transaction, "access");
    let problem = Problem {
        kind: ProblemKind::Plaid,
        message: "m".to_owned(),
        field: None,
        plaid: None,
        action: None,
    };
    let health = || items(&transaction, &Show::All).unwrap().remove(0).health;
    set_problem(&transaction, &id, Some(&problem), at(1)).unwrap();
    set_problem(&transaction, &id, Some(&problem), at(2)).unwrap();
    let since = at(1).to_string();
    assert_eq!(health(), ItemHealth::NeedsAttention { problem, since });
    set_problem(&transaction, &id, None, at(3)).unwrap();
    assert_eq!(health(), ItemHealth::Healthy);
}

#[test]
fn readings_are_added_and_never_changed() {
    let mut connection = database();
    let transaction = connection.transaction().unwrap();
    item(&transaction, "access");
    let account_id = AccountId::new("a");
    let reading = |current: &str| NewReading {
        account_id: &account_id,
        source: ReadingSource::Live,
        available: None,
        current: Some(current.parse().unwrap()),
        limit: None,
        iso_currency_code: None,
        unofficial_currency_code: None,
        last_updated_at: None,
        request_id: "r",
    };
    // The clock was set back between the two: the one stored last is the present, and each stands where its time is.
    insert(&transaction, &reading("100.00"), at(10)).unwrap();
    insert(&transaction, &reading("23631.9805"), at(5)).unwrap();
    let present = readings::present(&transaction, "a").unwrap().unwrap();
    assert_eq!(present.current.as_deref(), Some("23631.9805"));
    let newest = readings::newest(&transaction, "a", Newest(2)).unwrap();
    let current = |index: usize| newest[index].current.as_deref();
    assert_eq!(
        (current(0), current(1)),
        (Some("100.00"), Some("23631.9805"))
    );
    assert_eq!(
        (
            newest[0].available.as_deref(),
            newest[0].currency.as_deref()
        ),
        (None, None)
    );
    for change in ["DELETE FROM readings", "UPDATE readings SET current = '0'"] {
        assert!(transaction.execute(change, []).is_err(), "{change}");
    }
}

/// An evaluation of account `a` with its reading, both named by `id`.
fn evaluated(
    transaction: &Transaction<'_>,
    id: &str,
    balances: (Option<&str>, Option<&str>),
    (result, risk): (Option<&str>, Option<u32>),
) {
    transaction
        .execute(
            "INSERT INTO evaluations (client_transaction_id, account_id, account_name, institution_name,
                                      person_name, amount, created_at, state)
             VALUES (?1, 'a', 'Account a', 'Bank', 'Ada', '5', 0, 'answered')",
            [id],
        )
        .unwrap();
    transaction
        .execute(
            "INSERT INTO evaluation_answers (client_transaction_id, result, result_text, customer_risk,
                                             core_attributes, warnings, request_id, answered_at)
             VALUES (?1, ?2, ?2, ?3, '[]', '[]', ?1, 0)",
            (id, result, risk),
        )
        .unwrap();
    read(
        transaction,
        ReadingSource::Signal,
        id,
        balances,
        (None, Some("USD")),
    );
}

fn read(
    transaction: &Transaction<'_>,
    source: ReadingSource,
    request_id: &str,
    (available, current): (Option<&str>, Option<&str>),
    (limit, iso_currency_code): (Option<&str>, Option<&str>),
) {
    let amount = |text: Option<&str>| text.map(|text| text.parse().unwrap());
    let reading = NewReading {
        account_id: &AccountId::new("a"),
        source,
        available: amount(available),
        current: amount(current),
        limit: amount(limit),
        iso_currency_code,
        unofficial_currency_code: None,
        last_updated_at: None,
        request_id,
    };
    insert(transaction, &reading, at(0)).unwrap();
}

#[test]
fn the_present_is_what_the_bank_said_last_and_said_whole() {
    const BALANCE_ONLY: (Option<&str>, Option<u32>) = (Some("accept"), None);
    let mut connection = database();
    let transaction = connection.transaction().unwrap();
    item(&transaction, "access");
    let shown = || {
        let items = items(&transaction, &Show::All).unwrap();
        let reading = items[0].accounts[0].reading.clone().unwrap();
        (
            reading.request_id,
            reading.limit,
            totals::of(&items).unwrap(),
        )
    };
    let both = |amount| (Some(amount), Some(amount));
    let (live, dollars) = (ReadingSource::Live, Some("USD"));

    read(
        &transaction,
        live,
        "bank-1",
        both("100"),
        (Some("500"), dollars),
    );
    // Scores may rest on older data, without a ruleset nobody knows, and half an answer is none.
    evaluated(&transaction, "scored", both("1"), (Some("accept"), Some(7)));
    evaluated(&transaction, "no-rules", both("2"), (None, None));
    evaluated(&transaction, "half", (Some("3"), None), BALANCE_ONLY);
    let (request_id, limit, totals) = shown();
    assert_eq!(
        (request_id.as_str(), limit.as_deref()),
        ("bank-1", Some("500"))
    );
    assert_eq!(
        (totals[0].assets.as_str(), totals[0].not_reported),
        ("100", 0)
    );

    // Read live and whole: the limit that the bank reported goes on.
    evaluated(&transaction, "whole", both("90"), BALANCE_ONLY);
    evaluated(&transaction, "half-again", (None, Some("4")), BALANCE_ONLY);
    let (request_id, limit, totals) = shown();
    assert_eq!(
        (request_id.as_str(), limit.as_deref()),
        ("whole", Some("500"))
    );
    assert_eq!(totals[0].assets, "90");
    let history = readings::newest(&transaction, "a", Newest(10)).unwrap();
    assert_eq!((history.len(), history[1].limit.as_deref()), (6, None));

    // What the bank says afterwards counts again, reported or not.
    read(&transaction, live, "bank-2", (None, None), (None, dollars));
    let (request_id, limit, totals) = shown();
    assert_eq!((request_id.as_str(), limit), ("bank-2", None));
    assert_eq!(totals[0].not_reported, 1);
}

#[test]
fn a_limit_goes_on_in_its_own_currency_only() {
    let mut connection = database();
    let transaction = connection.transaction().unwrap();
    item(&transaction, "access");
    let both = (Some("9"), Some("9"));
    read(
        &transaction,
        ReadingSource::Cached,
        "bank",
        both,
        (Some("500"), Some("CAD")),
    );
    evaluated(&transaction, "whole", both, (Some("reroute"), None));
    let reading = readings::present(&transaction, "a").unwrap().unwrap();
    assert_eq!(
        (reading.request_id.as_str(), reading.limit),
        ("whole", None)
    );
}

#[test]
fn debits_are_evaluated_on_checking_and_savings_in_us_dollars() {
    let reading = |currency: Option<&str>| ReadingView {
        available: None,
        current: None,
        limit: None,
        currency: currency.map(str::to_owned),
        unofficial_currency: false,
        read_at: String::new(),
        last_updated_at: None,
        source: ReadingSource::Cached,
        request_id: String::new(),
    };
    for (account_type, subtype, currency, expected) in [
        ("depository", Some("checking"), Some("USD"), true),
        ("depository", Some("savings"), Some("USD"), true),
        ("depository", Some("checking"), None, true),
        ("depository", Some("checking"), Some("EUR"), false),
        ("depository", Some("cd"), Some("USD"), false),
        ("depository", None, Some("USD"), false),
        ("credit", Some("credit card"), Some("USD"), false),
    ] {
        let reading = reading(currency);
        assert_eq!(
            can_evaluate(account_type, subtype, Some(&reading)),
            expected,
            "{account_type} {subtype:?} {currency:?}"
        );
    }
    assert!(can_evaluate("depository", Some("checking"), None));
}
