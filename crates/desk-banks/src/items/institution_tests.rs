//! Plaid's measurements in our words, and what counts when reports and calls disagree.

use super::*;
use desk_core::store::{schema, single_column};

fn health(success: Option<f64>, plaid: f64, word: Option<&str>) -> ProductHealth {
    ProductHealth {
        status: word.map(str::to_owned),
        last_status_change: None,
        breakdown: success.map(|success| HealthBreakdown {
            success: Some(success),
            error_plaid: Some(plaid),
            error_institution: Some(1.0 - success - plaid),
        }),
    }
}

fn status(
    logins: Option<ProductHealth>,
    auth: Option<ProductHealth>,
    balance: Option<ProductHealth>,
) -> InstitutionStatus {
    InstitutionStatus {
        item_logins: logins,
        auth,
        balance,
    }
}

#[test]
fn the_breakdown_counts_more_than_the_word_and_the_worst_request_most() {
    use InstitutionState::{Degraded, Down, Healthy};
    let good = || Some(health(Some(0.95), 0.01, Some("HEALTHY")));
    for (status, state, part) in [
        (status(good(), good(), None), Some(Healthy), "as usual"),
        (
            status(
                good(),
                Some(health(Some(0.42), 0.08, Some("HEALTHY"))),
                None,
            ),
            Some(Degraded),
            "not every time",
        ),
        (
            status(Some(health(Some(0.42), 0.0, None)), good(), None),
            Some(Degraded),
            "Signing in",
        ),
        (
            status(Some(health(Some(0.0), 0.0, None)), None, None),
            Some(Down),
            "Signing in",
        ),
        (
            status(good(), good(), Some(health(Some(0.0), 0.0, None))),
            Some(Down),
            "does not answer",
        ),
        (
            status(good(), Some(health(Some(0.1), 0.8, None)), None),
            Some(Degraded),
            "Plaid's trouble",
        ),
        (
            status(None, Some(health(None, 0.0, Some("DOWN"))), None),
            Some(Down),
            "bank's trouble",
        ),
        (
            status(Some(health(None, 0.0, Some("WOBBLY"))), None, None),
            None,
            "",
        ),
        (status(None, None, None), None, ""),
    ] {
        let found = from_status(&status);
        assert_eq!(found.as_ref().map(|found| found.state), state, "{status:?}");
        let message = found.map(|found| found.message).unwrap_or_default();
        assert!(message.contains(part), "{message}");
    }
}

fn database() -> Connection {
    let connection = schema::in_memory();
    connection
        .execute_batch(
            "INSERT INTO people VALUES ('p', 'Ada', 'ada', 'c', 0);
             INSERT INTO items (item_id, person_id, purpose, institution_id, institution_name, access_token, state,
                                linked_at)
             VALUES ('item', 'p', 'ach_risk', 'ins_1', 'Bank', 'token', 'active', 0);",
        )
        .unwrap();
    connection
}

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + 60 * minute).unwrap()
}

fn state(connection: &Connection) -> Option<String> {
    connection
        .query_row("SELECT state FROM institutions", [], single_column)
        .unwrap()
}

#[test]
fn a_call_that_failed_counts_more_than_a_report_for_a_quarter_of_an_hour() {
    let mut connection = database();
    let transaction = connection.transaction().unwrap();
    let (item, bank) = (ItemId::new("item"), InstitutionId::new("ins_1"));
    let well = || {
        Some(Found {
            state: InstitutionState::Healthy,
            message: "m".to_owned(),
        })
    };
    set_failed(&transaction, &item, &from_error("INSTITUTION_DOWN"), at(0)).unwrap();
    assert_eq!(
        in_trouble(&transaction).unwrap(),
        [(bank.clone(), Moment::from(at(15)))]
    );
    for reported in [well(), None] {
        set_reported(&transaction, &bank, reported, at(1)).unwrap();
        assert_eq!(state(&transaction).as_deref(), Some("down"));
    }
    set_reported(&transaction, &bank, well(), at(16)).unwrap();
    assert_eq!(state(&transaction).as_deref(), Some("healthy"));
    assert_eq!(in_trouble(&transaction).unwrap(), []);

    // A live answer takes the failure back at once.
    set_failed(
        &transaction,
        &item,
        &from_error("INSTITUTION_NOT_RESPONDING"),
        at(20),
    )
    .unwrap();
    assert!(answered(&transaction, &item).unwrap());
    set_reported(&transaction, &bank, None, at(21)).unwrap();
    assert_eq!(state(&transaction), None);
    assert!(!answered(&transaction, &item).unwrap());
}
