//! Lines, gaps, sums and pages over readings as they come.

use jiff::Timestamp;
use plaid::AccountId;
use rusqlite::{Connection, Transaction};

use super::{
    account, page, total,
    view::{HistoryRange, HistoryView, PointKind},
    window::{BUCKETS, Window},
};
use crate::{
    balances::{
        table::{NewReading, insert},
        view::ReadingSource,
    },
    items::{
        people,
        table::{AccountFacts, Listing, NewItem, insert_item, write_accounts},
    },
    link::view::{PersonChoice, Purpose},
};
use desk_core::{
    moment::Moment,
    store::{schema, single_column},
};

const DAY: i64 = 86_400;

/// A day's moment; day 0 is 1 January 2026 at noon.
fn day(day: i64) -> Timestamp {
    let first: Timestamp = "2026-01-01T12:00:00Z".parse().unwrap();
    Timestamp::from_second(first.as_second() + day * DAY).unwrap()
}

/// The accounts `a` (a deposit), `b` (a deposit) and `c` (a credit card).
fn database() -> Connection {
    let mut connection = schema::in_memory();
    let transaction = connection.transaction().unwrap();
    let ada = PersonChoice::New {
        name: "Ada".to_owned(),
    };
    let person = people::choose(&transaction, &ada, day(0)).unwrap();
    let item_id = plaid::ItemId::new("item");
    let item = NewItem {
        item_id: &item_id,
        access_token: &plaid::AccessToken::new("access"),
        person_id: &person.person_id,
        purpose: Purpose::BalancesOnly,
        institution_id: Some("ins_1"),
        institution_name: Some("Bank"),
    };
    insert_item(&transaction, &item, day(0)).unwrap();
    let facts = |id: &str, kind: &str| AccountFacts {
        account_id: AccountId::new(id),
        name: id.to_owned(),
        official_name: None,
        mask: None,
        account_type: kind.to_owned(),
        subtype: None,
        persistent_account_id: None,
    };
    let accounts = [
        facts("a", "depository"),
        facts("b", "depository"),
        facts("c", "credit"),
    ];
    write_accounts(&transaction, &item_id, &accounts, Listing::Complete, day(0)).unwrap();
    transaction.commit().unwrap();
    connection
}

fn read(
    connection: &mut Connection,
    id: &str,
    current: Option<&str>,
    currency: &str,
    at: Timestamp,
) {
    let transaction = connection.transaction().unwrap();
    add(&transaction, id, current, currency, at);
    transaction.commit().unwrap();
}

fn add(
    transaction: &Transaction<'_>,
    id: &str,
    current: Option<&str>,
    currency: &str,
    at: Timestamp,
) {
    let reading = NewReading {
        account_id: &AccountId::new(id),
        source: ReadingSource::Live,
        available: None,
        current: current.map(|amount| amount.parse().unwrap()),
        limit: None,
        iso_currency_code: Some(currency),
        unofficial_currency_code: None,
        last_updated_at: None,
        request_id: "r",
    };
    insert(transaction, &reading, at).unwrap();
}

fn line(connection: &Connection, range: HistoryRange, now: Timestamp) -> HistoryView {
    account::history(connection, "a", range, Moment::from(now)).unwrap()
}

fn amounts(view: &HistoryView, series: usize) -> Vec<&str> {
    let points = view.series[series].points.iter();
    points
        .map(|point| match point.kind {
            PointKind::Gap => "gap",
            PointKind::Reading => point.current.as_deref().unwrap_or("not reported"),
        })
        .collect()
}

#[test]
fn a_line_ends_with_the_last_reading_of_each_stretch_and_is_never_long() {
    let mut connection = database();
    let transaction = connection.transaction().unwrap();
    let begin = day(0).as_second();
    for minute in 0..20_000 {
        let at = Timestamp::from_second(begin + minute * 60).unwrap();
        add(&transaction, "a", Some(&minute.to_string()), "USD", at);
    }
    transaction.commit().unwrap();
    let now = Timestamp::from_second(begin + 19_999 * 60).unwrap();
    for range in [HistoryRange::Week, HistoryRange::All] {
        let view = line(&connection, range, now);
        let shown = amounts(&view, 0);
        assert!(shown.len() as i64 <= BUCKETS, "{} points", shown.len());
        assert!(shown.len() > 400, "{} points", shown.len());
        assert_eq!(shown.last(), Some(&"19999"));
        assert_eq!(view.readings, 20_000);
        let numbers: Vec<i64> = shown.iter().map(|text| text.parse().unwrap()).collect();
        assert!(numbers.windows(2).all(|two| two[0] < two[1]));
    }
}

#[test]
fn every_bucket_is_as_wide_as_the_others_and_lies_in_the_window() {
    for (first, last) in [(0, 0), (0, 1), (0, 1_000), (3, 500_000)] {
        let window = Window::of(
            HistoryRange::All,
            day(last).into(),
            Some(day(first).into()),
            Some(day(last).into()),
        );
        assert!(window.buckets() as i64 <= BUCKETS);
        assert_eq!(window.bucket(window.to - 1), 0);
        for at in [window.from, window.to - 1, (window.from + window.to) / 2] {
            let start = window.bucket_start(at);
            assert!(start <= at);
            assert_eq!(window.bucket(start), window.bucket(at));
            assert_eq!(window.bucket(start - 1), window.bucket(at) + 1);
        }
    }
}

#[test]
fn a_gap_is_where_three_usual_readings_are_missing() {
    let mut connection = database();
    // Working days, then a fortnight without, then nothing reported.
    for at in [0, 1, 2, 5, 6, 7, 8, 9, 12, 26, 27] {
        read(&mut connection, "a", Some(&at.to_string()), "USD", day(at));
    }
    read(&mut connection, "a", None, "USD", day(28));
    let view = line(&connection, HistoryRange::All, day(28));
    assert_eq!(
        amounts(&view, 0),
        [
            "0",
            "1",
            "2",
            "5",
            "6",
            "7",
            "8",
            "9",
            "12",
            "gap",
            "26",
            "27",
            "not reported"
        ]
    );
    assert_eq!(view.series[0].points[9].at, day(19).to_string());
    let week = line(&connection, HistoryRange::Week, day(28));
    assert_eq!(amounts(&week, 0), ["26", "27", "not reported"]);
    assert_eq!(line(&connection, HistoryRange::Week, day(300)).series, []);
}

#[test]
fn another_currency_is_another_line() {
    let mut connection = database();
    read(&mut connection, "a", Some("1"), "USD", day(0));
    read(&mut connection, "a", Some("2"), "CAD", day(1));
    read(&mut connection, "a", Some("3"), "USD", day(2));
    let view = line(&connection, HistoryRange::Month, day(3));
    let currencies: Vec<_> = view
        .series
        .iter()
        .map(|of| of.currency.as_deref())
        .collect();
    assert_eq!(currencies, [Some("CAD"), Some("USD")]);
    assert_eq!(amounts(&view, 1), ["1", "3"]);
    // Nor is a change told from one currency to the other.
    let page = page::page(&connection, "a", None, 10).unwrap();
    assert!(page.readings.iter().all(|row| row.change.is_none()));
}

/// The current balances of all readings, the newest first.
fn all(connection: &Connection, id: &str) -> Vec<String> {
    let page = page::page(connection, id, None, 500).unwrap();
    let rows = page.readings.into_iter();
    rows.map(|row| row.reading.current.unwrap()).collect()
}

#[test]
fn the_order_of_time_is_whole_while_readings_go_over_to_the_long_timeline() {
    let mut connection = database();
    let parts = |connection: &Connection| -> (u32, u32, u32) {
        let count = |table: &str| {
            let sql = format!(
                "SELECT count(*) FROM {table} JOIN accounts ON number = account WHERE account_id = 'a'"
            );
            connection.query_row(&sql, [], single_column).unwrap()
        };
        let sql = "SELECT reading_count FROM accounts WHERE account_id = 'a'";
        let counted = connection.query_row(sql, [], single_column).unwrap();
        (count("timeline"), count("timeline_recent"), counted)
    };
    let mut expected: Vec<(i64, i64)> = Vec::new();
    let mut most_recent = 0;
    for n in 0..50 {
        // The clock is set back again and again, far enough to reach behind those that have gone over.
        let at = if n % 5 == 4 { n - 20 } else { n };
        read(&mut connection, "a", Some(&n.to_string()), "USD", day(at));
        read(&mut connection, "b", Some("1"), "USD", day(at));
        expected.push((at, n));
        expected.sort_unstable();
        let newest_first: Vec<String> = expected.iter().rev().map(|(_, n)| n.to_string()).collect();
        assert_eq!(all(&connection, "a"), newest_first);
        let (long, recent, counted) = parts(&connection);
        assert_eq!((long + recent, i64::from(counted)), (counted, n + 1));
        most_recent = most_recent.max(recent);
    }
    assert_eq!(most_recent, 15);
    let view = line(&connection, HistoryRange::All, day(50));
    assert_eq!(view.readings, 50);
    assert_eq!(
        view.first_at.as_deref(),
        Some(day(-16).to_string().as_str())
    );
    assert_eq!(view.last_at.as_deref(), Some(day(48).to_string().as_str()));
    assert_eq!(amounts(&view, 0).last(), Some(&"48"));
}

#[test]
fn after_the_clock_was_set_back_each_reading_stands_at_its_time() {
    let mut connection = database();
    read(&mut connection, "a", Some("1"), "USD", day(2));
    read(&mut connection, "a", Some("2"), "USD", day(1));
    // Two of one moment stand as they were stored.
    read(&mut connection, "a", Some("3"), "USD", day(1));
    let view = line(&connection, HistoryRange::All, day(1));
    assert_eq!(amounts(&view, 0), ["3", "1"]);
    assert_eq!(view.last_at.as_deref(), Some(day(2).to_string().as_str()));
    let page = page::page(&connection, "a", None, 10).unwrap();
    let rows: Vec<_> = page
        .readings
        .iter()
        .map(|row| (row.reading.current.as_deref().unwrap(), row.present))
        .collect();
    assert_eq!(rows, [("1", false), ("3", true), ("2", false)]);
    let listed = crate::accounts::list(&connection, day(1)).unwrap();
    let row = listed
        .rows
        .iter()
        .find(|row| row.account_id == "a")
        .unwrap();
    assert_eq!(row.reading.as_ref().unwrap().current.as_deref(), Some("3"));
    assert_eq!(row.change.as_ref().unwrap().amount, "1");
    // Years ahead, it does not push the rest to the edge.
    read(&mut connection, "a", Some("4"), "USD", day(3_000));
    assert_eq!(
        amounts(&line(&connection, HistoryRange::Week, day(2)), 0),
        ["3", "1"]
    );
}

#[test]
fn pages_follow_each_other_without_a_seam() {
    let mut connection = database();
    for at in 0..7 {
        read(
            &mut connection,
            "a",
            Some(&format!("{at}.10")),
            "USD",
            day(at / 2),
        );
    }
    let mut before = None;
    let mut seen = Vec::new();
    let mut pages = 0;
    loop {
        let page = page::page(&connection, "a", before, 3).unwrap();
        for row in page.readings {
            seen.push((row.reading.current.unwrap(), row.change));
        }
        pages += 1;
        match page.next {
            Some(next) => before = Some(next.parse().unwrap()),
            None => break,
        }
    }
    assert_eq!(pages, 3);
    let amounts: Vec<&str> = seen.iter().map(|(amount, _)| amount.as_str()).collect();
    assert_eq!(
        amounts,
        ["6.10", "5.10", "4.10", "3.10", "2.10", "1.10", "0.10"]
    );
    assert!(
        seen[..6]
            .iter()
            .all(|(_, change)| change.as_deref() == Some("1.00"))
    );
    assert_eq!(seen[6].1, None);
    assert!("12".parse::<page::Cursor>().is_err());
}

/// The whole line of a total in US dollars: assets and debts at each point.
fn sums(connection: &Connection, range: HistoryRange, now: Timestamp) -> Vec<(String, String)> {
    let members = total::members(connection).unwrap();
    let extent = total::Extent::default().with(connection, &members).unwrap();
    let window = Window::of(range, now.into(), extent.first, extent.last);
    let mut sums = total::Sums::new(window, "USD");
    sums.add(connection, &members).unwrap();
    let seen = sums.into_seen().unwrap();
    seen.into_iter()
        .map(|seen| (seen.current.unwrap(), seen.debts.unwrap()))
        .collect()
}

#[test]
fn a_total_sums_what_was_last_known_of_each_account() {
    let mut connection = database();
    read(&mut connection, "a", Some("0.1"), "USD", day(0));
    read(&mut connection, "b", Some("0.2"), "USD", day(1));
    read(&mut connection, "c", Some("410.00"), "USD", day(2));
    // What is not reported leaves what was known.
    read(&mut connection, "a", None, "USD", day(3));
    read(&mut connection, "a", Some("23631.9805"), "USD", day(4));
    // Out of this total, into another one.
    read(&mut connection, "b", Some("5"), "CAD", day(5));
    read(&mut connection, "c", Some("-10.50"), "USD", day(6));
    let pair = |assets: &str, debts: &str| (assets.to_owned(), debts.to_owned());
    let all = sums(&connection, HistoryRange::All, day(6));
    assert_eq!(
        all,
        [
            pair("0.1", "0"),
            pair("0.3", "0"),
            pair("0.3", "410.00"),
            pair("23632.1805", "410.00"),
            pair("23631.9805", "-10.50"),
        ]
    );
    // What was known before the window begins is in its sums.
    let week = sums(&connection, HistoryRange::Week, day(12));
    assert_eq!(week, [pair("23631.9805", "-10.50")]);

    // Hidden, it is in none; gone, it counts until then.
    connection
        .execute(
            "UPDATE accounts SET hidden_at = 1 WHERE account_id = 'a'",
            [],
        )
        .unwrap();
    assert_eq!(
        sums(&connection, HistoryRange::All, day(6))[1],
        pair("0.2", "410.00")
    );
    connection
        .execute(
            "UPDATE accounts SET hidden_at = NULL, gone_at = ?1 WHERE account_id = 'a'",
            [Moment::from(day(5))],
        )
        .unwrap();
    let all = sums(&connection, HistoryRange::All, day(6));
    assert_eq!(all.last(), Some(&pair("0", "-10.50")));
}
