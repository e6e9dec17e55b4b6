use super::*;

/// New York without the system's time zone database: daylight saving time from 2026-03-08 to 2026-11-01.
fn new_york() -> TimeZone {
    TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap()
}

fn database() -> Connection {
    let connection = crate::store::schema::in_memory();
    connection
        .execute_batch(
            "INSERT INTO people VALUES ('p', 'Ada', 'ada', 'u', 0);
             INSERT INTO items (item_id, person_id, purpose, institution_name, access_token, state, linked_at)
             VALUES ('i', 'p', 'ach_risk', 'Bank', 'token', 'active', 0);",
        )
        .unwrap();
    connection
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn call(connection: &mut Connection, moment: &str, ended: Option<BillingOutcome>) {
    let transaction = connection.transaction().unwrap();
    let call = record_balance_call(&transaction, &ItemId::new("i"), at(moment)).unwrap();
    if let Some(ended) = ended {
        record_balance_outcome(&transaction, call, ended, Some("request")).unwrap();
    }
    transaction.commit().unwrap();
}

fn seen(connection: &Connection, moment: &str) -> BillingView {
    view(connection, at(moment), &new_york()).unwrap()
}

#[test]
fn days_are_those_of_the_time_zone_also_when_clocks_are_turned() {
    let mut connection = database();
    // 23:59 on October 31 and 00:30 on November 1, the night that repeats an hour: 05:30Z and 06:30Z are both 01:30.
    for moment in [
        "2026-11-01T03:59:00Z",
        "2026-11-01T04:30:00Z",
        "2026-11-01T05:30:00Z",
        "2026-11-01T06:30:00Z",
        "2026-11-02T04:59:59Z",
        "2026-11-02T05:00:00Z",
    ] {
        call(&mut connection, moment, Some(BillingOutcome::Answered));
    }
    let view = seen(&connection, "2026-11-02T12:00:00Z");
    let by_day: Vec<(&str, u32)> = view.days[..3]
        .iter()
        .map(|day| (day.day.as_str(), day.count.balances))
        .collect();
    assert_eq!(
        by_day,
        [("2026-11-02", 1), ("2026-11-01", 4), ("2026-10-31", 1)]
    );
    assert_eq!((view.days.len(), view.months.len()), (31, 24));
    assert_eq!((view.today.balances, view.month.balances), (1, 5));
    assert_eq!(view.months[1].month, "2026-10");
    assert_eq!(view.months[1].count.balances, 1);
    // The day that skips an hour.
    call(
        &mut connection,
        "2026-03-08T06:59:00Z",
        Some(BillingOutcome::Answered),
    );
    call(
        &mut connection,
        "2026-03-08T07:01:00Z",
        Some(BillingOutcome::Answered),
    );
    call(
        &mut connection,
        "2026-03-09T03:59:00Z",
        Some(BillingOutcome::Answered),
    );
    let view = seen(&connection, "2026-03-09T03:59:30Z");
    assert_eq!(view.today.balances, 3);
}

#[test]
fn what_was_refused_is_not_counted_and_what_was_lost_may_be() {
    let mut connection = database();
    for ended in [
        Some(BillingOutcome::Answered),
        Some(BillingOutcome::Refused),
        Some(BillingOutcome::Unknown),
        None,
    ] {
        call(&mut connection, "2026-11-24T12:00:00Z", ended);
    }
    let view = seen(&connection, "2026-11-24T13:00:00Z");
    assert_eq!(view.today.balances, 1);
    assert_eq!(view.today.may_be_billed, 2);
    assert_eq!(view.today.cost, None);
}

#[test]
fn an_evaluation_that_is_asked_again_may_be_billed_twice() {
    let mut connection = database();
    let name = ClientTransactionId::parse("order-7").unwrap();
    let item = ItemId::new("i");
    let transaction = connection.transaction().unwrap();
    let now = at("2026-11-24T12:00:00Z");
    record_evaluation_call(&transaction, &item, &name, now).unwrap();
    record_evaluation_outcome(&transaction, &name, BillingOutcome::Unknown, None).unwrap();
    record_evaluation_call(&transaction, &item, &name, now).unwrap();
    transaction.commit().unwrap();
    let view = seen(&connection, "2026-11-24T13:00:00Z");
    assert_eq!((view.today.evaluations, view.today.may_be_billed), (0, 2));

    let transaction = connection.transaction().unwrap();
    record_evaluation_outcome(
        &transaction,
        &name,
        BillingOutcome::Answered,
        Some("request"),
    )
    .unwrap();
    transaction.commit().unwrap();
    let view = seen(&connection, "2026-11-24T13:00:00Z");
    assert_eq!((view.today.evaluations, view.today.may_be_billed), (1, 1));
}

#[test]
fn what_was_found_out_about_an_evaluation_counts() {
    for (charged, askings, expected) in [
        (ChargeFinding::No, 2, (0, 0)),
        (ChargeFinding::Once, 1, (1, 0)),
        (ChargeFinding::Once, 2, (1, 1)),
    ] {
        let mut connection = database();
        let name = ClientTransactionId::parse("order-7").unwrap();
        let transaction = connection.transaction().unwrap();
        let now = at("2026-11-24T12:00:00Z");
        for _ in 0..askings {
            record_evaluation_call(&transaction, &ItemId::new("i"), &name, now).unwrap();
            record_evaluation_outcome(&transaction, &name, BillingOutcome::Unknown, None).unwrap();
        }
        // A finding recorded twice counts once.
        for _ in 0..2 {
            record_charge_finding(&transaction, &name, charged).unwrap();
        }
        transaction.commit().unwrap();
        let today = seen(&connection, "2026-11-24T13:00:00Z").today;
        assert_eq!(
            (today.evaluations, today.may_be_billed),
            expected,
            "{charged:?}"
        );
    }
}

#[test]
fn costs_are_exact_and_none_while_a_price_is_missing() {
    let mut connection = database();
    for _ in 0..3 {
        call(
            &mut connection,
            "2026-11-24T12:00:00Z",
            Some(BillingOutcome::Answered),
        );
    }
    connection
        .execute(
            "UPDATE settings SET price_per_balance_call = '0.105', price_currency = 'EUR'",
            [],
        )
        .unwrap();
    let cost = seen(&connection, "2026-11-24T13:00:00Z")
        .today
        .cost
        .unwrap();
    assert_eq!(
        (cost.amount.as_str(), cost.currency.as_str()),
        ("0.315", "EUR")
    );
    let name = ClientTransactionId::parse("order-7").unwrap();
    let transaction = connection.transaction().unwrap();
    let now = at("2026-11-24T12:00:00Z");
    record_evaluation_call(&transaction, &ItemId::new("i"), &name, now).unwrap();
    record_evaluation_outcome(&transaction, &name, BillingOutcome::Answered, None).unwrap();
    transaction.commit().unwrap();
    assert_eq!(seen(&connection, "2026-11-24T13:00:00Z").today.cost, None);
}
