//! The order of reports in the outbox, whatever the clock says, and what becomes of each.

use super::*;
use crate::decisions::{
    outbox::LONGEST_PAUSE,
    outbox_table::{
        OutboxReport, all_due, delivered, due, leave_out, next_due, postponed, refused,
    },
};
use desk_core::problem::{PlaidProblem, ProblemKind};

/// A database with evaluations of these names and results; an empty result is none.
pub(crate) fn evaluations(named: &[(&str, &str)]) -> Connection {
    let database = desk_core::store::schema::in_memory();
    database.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    for (id, result) in named {
        database
            .execute(
                "INSERT INTO evaluations (client_transaction_id, account_id, account_name, institution_name, person_name,
                                          amount, created_at, state)
                 VALUES (?1, 'account', 'Checking', 'Bank', 'Ada', '100', 1, 'answered')",
                [id],
            )
            .unwrap();
        let result = (!result.is_empty()).then_some(*result);
        database
            .execute(
                "INSERT INTO evaluation_answers (client_transaction_id, result, result_text, core_attributes, warnings,
                                                 request_id, answered_at)
                 VALUES (?1, ?2, ?2, '[]', '[]', 'request', 2)",
                (id, result),
            )
            .unwrap();
    }
    database
}

pub(crate) fn id(id: &str) -> ClientTransactionId {
    ClientTransactionId::parse(id).unwrap()
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

pub(crate) fn decide(database: &mut Connection, of: &str, initiated: bool, days: u32) {
    let decision = NewDecision {
        initiated,
        days_funds_on_hold: Some(days),
        decision_outcome: None,
        payment_method: None,
        amount_instantly_available: None,
    };
    let transaction = database.transaction().unwrap();
    record_decision(&transaction, &id(of), &decision, at(1_000)).unwrap();
    transaction.commit().unwrap();
}

pub(crate) fn record_debit_return(database: &mut Connection, of: &str, code: &str) {
    let returned = NewReturn {
        return_code: code.to_owned(),
        returned_on: None,
    };
    let transaction = database.transaction().unwrap();
    record_return(&transaction, &id(of), &returned, at(1_000)).unwrap();
    transaction.commit().unwrap();
}

fn refusal(code: &str) -> Problem {
    let mut problem = Problem::new(ProblemKind::Plaid, "Refused.");
    problem.plaid = Some(Box::new(PlaidProblem {
        error_type: Some("SIGNAL_ERROR".to_owned()),
        error_code: Some(code.to_owned()),
        error_message: None,
        display_message: None,
        request_id: None,
        documentation_url: None,
        status: Some(400),
    }));
    problem
}

/// What is due, in words: `one d3` is a decision with three days, `one R01` a return.
fn due_at(database: &Connection, now: i64) -> Vec<(i64, String)> {
    due(database, at(now), LONGEST_PAUSE, 100)
        .unwrap()
        .into_iter()
        .map(|delivery| {
            let words = match delivery.report {
                OutboxReport::Decision(decision) => {
                    format!("{} d{}", delivery.id, decision.days_funds_on_hold.unwrap())
                }
                OutboxReport::Return(returned) => {
                    format!("{} {}", delivery.id, returned.return_code)
                }
            };
            (delivery.delivery_id, words)
        })
        .collect()
}

fn words(database: &Connection) -> Vec<String> {
    let due = due_at(database, 1_000);
    due.into_iter().map(|(_, words)| words).collect()
}

/// Delivers what is due until nothing is, and tells what was.
fn deliver_all(database: &mut Connection) -> Vec<String> {
    let mut sent = Vec::new();
    loop {
        let due = due_at(database, 1_000);
        if due.is_empty() {
            return sent;
        }
        for (delivery, words) in due {
            settle(database, |transaction| {
                delivered(transaction, delivery, "request", at(1_000))
            });
            sent.push(words);
        }
    }
}

fn settle(database: &mut Connection, what: impl FnOnce(&Transaction<'_>) -> Result<(), DeskError>) {
    let transaction = database.transaction().unwrap();
    what(&transaction).unwrap();
    transaction.commit().unwrap();
}

fn states(database: &Connection, of: &str) -> Vec<DeliveryView> {
    let history = history(database, of).unwrap();
    let decisions = history.decisions.into_iter().map(|one| one.delivery);
    let returns = history.returns.into_iter().map(|one| one.delivery);
    decisions.chain(returns).collect()
}

#[test]
fn a_decision_takes_the_place_of_one_that_waits_and_goes_before_the_return() {
    let mut database = evaluations(&[("one", "reroute"), ("two", "accept")]);
    decide(&mut database, "one", true, 1);
    record_debit_return(&mut database, "one", "R01");
    decide(&mut database, "two", false, 9);
    decide(&mut database, "one", true, 2);
    assert_eq!(words(&database), ["two d9", "one d2"]);
    assert_eq!(deliver_all(&mut database), ["two d9", "one d2", "one R01"]);
    assert!(matches!(
        states(&database, "one")[..],
        [
            DeliveryView::Delivered { .. },
            DeliveryView::Superseded { problem: None },
            DeliveryView::Delivered { .. }
        ]
    ));
    // A second click says nothing new, a correction does.
    decide(&mut database, "one", true, 2);
    assert!(words(&database).is_empty());
    decide(&mut database, "one", true, 3);
    assert_eq!(words(&database), ["one d3"]);
}

#[test]
fn what_is_delivered_while_a_later_one_is_recorded_is_kept_as_delivered() {
    let mut database = evaluations(&[("one", "review")]);
    decide(&mut database, "one", true, 1);
    let (first, _) = due_at(&database, 1_000).remove(0);
    decide(&mut database, "one", true, 2);
    settle(&mut database, |transaction| {
        delivered(transaction, first, "request", at(1_000))
    });
    assert_eq!(deliver_all(&mut database), ["one d2"]);
    assert!(
        states(&database, "one")
            .iter()
            .all(|state| matches!(state, DeliveryView::Delivered { .. }))
    );
}

#[test]
fn a_refused_report_holds_nothing_up_and_is_mended_or_left_out() {
    let mut database = evaluations(&[("one", "review")]);
    decide(&mut database, "one", true, 1);
    record_debit_return(&mut database, "one", "R01");
    let (first, _) = due_at(&database, 1_000).remove(0);
    let problem = refusal("INVALID_FIELD");
    settle(&mut database, |transaction| {
        refused(transaction, first, &problem)
    });
    assert_eq!(words(&database), ["one R01"]);

    decide(&mut database, "one", true, 2);
    assert_eq!(words(&database), ["one d2"], "before the return");
    assert!(matches!(
        states(&database, "one")[1],
        DeliveryView::Superseded { problem: Some(_) }
    ));
    let (second, _) = due_at(&database, 1_000).remove(0);
    let early = database.transaction().unwrap();
    assert!(
        leave_out(&early, second, at(1_000)).is_err(),
        "it is not refused"
    );
    drop(early);
    settle(&mut database, |transaction| {
        refused(transaction, second, &problem)
    });
    settle(&mut database, |transaction| {
        leave_out(transaction, second, at(1_000))
    });
    assert!(matches!(
        states(&database, "one")[0],
        DeliveryView::LeftOut { .. }
    ));
    assert_eq!(deliver_all(&mut database), ["one R01"]);
    // What was left out can be recorded again as it is.
    decide(&mut database, "one", true, 2);
    assert_eq!(words(&database), ["one d2"]);
}

#[test]
fn a_return_refused_for_want_of_a_decision_is_sent_again_after_it() {
    let mut database = evaluations(&[("one", "reroute"), ("two", "reroute")]);
    for (one, code) in [
        ("one", "SIGNAL_TRANSACTION_NOT_INITIATED"),
        ("two", "INVALID_FIELD"),
    ] {
        record_debit_return(&mut database, one, "R01");
        let (delivery, _) = due_at(&database, 1_000).remove(0);
        settle(&mut database, |transaction| {
            refused(transaction, delivery, &refusal(code))
        });
    }
    decide(&mut database, "one", true, 1);
    decide(&mut database, "two", true, 1);
    assert_eq!(
        deliver_all(&mut database),
        ["one d1", "two d1", "one R01"],
        "the other return is not mended by a decision"
    );
}

#[test]
fn a_clock_that_was_wrong_holds_nothing_up() {
    let mut database = evaluations(&[("one", "review"), ("two", "review")]);
    let years = 10 * 365 * 24 * 3_600;
    decide(&mut database, "one", true, 1);
    // Recorded when the clock was ahead, and never tried.
    assert_eq!(due_at(&database, 1_000 - years).len(), 1);
    let (delivery, _) = due_at(&database, 1_000).remove(0);
    let put_off = |database: &mut Connection, until: i64| {
        let problem = Problem::new(ProblemKind::Network, "No network.");
        settle(database, |transaction| {
            postponed(transaction, delivery, &problem, at(until).into())
        });
    };
    put_off(&mut database, 1_010);
    for (now, expected) in [(1_009, 0), (1_010, 1), (1_010 + years, 1)] {
        assert_eq!(due_at(&database, now).len(), expected, "{now}");
    }
    // Put off when the clock was ahead, and set back since.
    put_off(&mut database, 1_010 + years);
    assert_eq!(due_at(&database, 1_000).len(), 1);
    decide(&mut database, "two", true, 2);
    assert_eq!(words(&database), ["two d2", "one d1"]);
    settle(&mut database, |transaction| all_due(transaction, at(1_000)));
    assert_eq!(next_due(&database).unwrap(), Some(at(1_000).into()));
}
