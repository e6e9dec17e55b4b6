//! The tables of batches as SQLite holds them.

use super::*;
use crate::evaluations::{table as evaluations, table::NewEvaluation, view::AskedWith};
use desk_core::store::schema;

/// Rows without accounts.
fn database() -> Connection {
    let connection = schema::in_memory();
    connection
        .pragma_update(None, "foreign_keys", false)
        .unwrap();
    connection
}

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn id(batch_id: &str, position: u32) -> ClientTransactionId {
    ClientTransactionId::parse(&format!("{batch_id}-{position}")).unwrap()
}

fn import(transaction: &Transaction<'_>, batch_id: &str, rows: u32) {
    let batch = NewBatch {
        batch_id,
        name: "Rents",
        file_name: None,
        ruleset_key: None,
        payment_method: None,
        is_recurring: None,
    };
    insert(transaction, &batch, now()).unwrap();
    let rows = (0..rows).map(|position| NewRow {
        position,
        line: u64::from(position) + 2,
        person_name: "Ada",
        account_name: "Checking",
        account_mask: None,
        institution_name: "A bank",
        cents: Some(500),
        reference: "",
        planned_on: None,
        fate: NewFate::Planned {
            id: id(batch_id, position),
            account_id: "a",
        },
    });
    insert_rows(transaction, batch_id, rows).unwrap();
}

/// A row's evaluation, as it stands then.
fn evaluated(
    transaction: &Transaction<'_>,
    batch_id: &str,
    position: u32,
    state: &str,
    settled: Option<&str>,
) {
    let id = id(batch_id, position);
    let evaluation = NewEvaluation {
        id: id.clone(),
        account_id: AccountId::new("a"),
        account_name: "Checking".to_owned(),
        account_mask: None,
        institution_name: "A bank".to_owned(),
        person_name: "Ada".to_owned(),
        amount: plaid::Decimal::TEN,
        ruleset_key: None,
        purpose: None,
        with: AskedWith::default(),
    };
    evaluations::insert(transaction, &evaluation, now()).unwrap();
    transaction
        .execute(
            "UPDATE evaluations SET state = ?2, settled = ?3 WHERE client_transaction_id = ?1",
            (id.as_str(), state, settled),
        )
        .unwrap();
}

fn states(connection: &Connection, batch_id: &str) -> Vec<BatchRowState> {
    let query = BatchRowsQuery {
        batch_id: batch_id.to_owned(),
        filter: BatchFilter::All,
        search: String::new(),
        offset: 0,
        limit: 100,
    };
    let page = rows(connection, &query).unwrap();
    page.rows.into_iter().map(|row| row.state).collect()
}

fn state(connection: &Connection, batch_id: &str) -> BatchState {
    view(connection, batch_id).unwrap().state
}

#[test]
fn what_was_interrupted_is_taken_up_before_anybody_noted_it() {
    let mut database = database();
    let transaction = database.transaction().unwrap();
    import(&transaction, "one", 1);
    import(&transaction, "other", 1);
    begin(&transaction, "one", now()).unwrap();
    // The app ends and starts again: nobody runs it, and it is still written as running.
    begin(&transaction, "one", now()).unwrap();
    assert_eq!(state(&transaction, "one"), BatchState::Running);
    begin(&transaction, "other", now()).unwrap();
    assert_eq!(state(&transaction, "one"), BatchState::Paused);
    assert_eq!(state(&transaction, "other"), BatchState::Running);

    finish(&transaction, "other", now()).unwrap();
    for act in [
        begin(&transaction, "other", now()).map(|_| ()),
        cancel(&transaction, "other", now()),
    ] {
        let refused = act.unwrap_err();
        assert!(
            matches!(refused, DeskError::AlreadyRunning(_)),
            "{refused:?}"
        );
    }
}

#[test]
fn a_row_that_may_be_charged_already_is_not_asked_again() {
    let mut database = database();
    let transaction = database.transaction().unwrap();
    import(&transaction, "rents", 2);
    begin(&transaction, "rents", now()).unwrap();
    // Both failed once and were asked again; the app ended before it could write down what came of that.
    for position in 0..2 {
        evaluated(&transaction, "rents", position, "unknown", None);
        set_ask_again(&transaction, "rents", position, true).unwrap();
    }
    assert_eq!(how_many_to_ask(&transaction, "rents").unwrap(), 0);
    assert_eq!(unsettled(&transaction, "rents").unwrap().len(), 2);
    // It is found out that Plaid has the one and not the other.
    for (position, state, settled) in [
        (0, "unknown", "asked_answer_lost"),
        (1, "failed", "never_asked"),
    ] {
        transaction
            .execute(
                "UPDATE evaluations SET state = ?2, settled = ?3 WHERE client_transaction_id = ?1",
                (id("rents", position).as_str(), state, settled),
            )
            .unwrap();
    }
    assert_eq!(
        states(&transaction, "rents"),
        [BatchRowState::Unknown, BatchRowState::Planned]
    );
}

#[test]
fn a_batch_that_was_cancelled_asks_nothing_more_whatever_its_rows_come_to() {
    let mut database = database();
    let transaction = database.transaction().unwrap();
    import(&transaction, "rents", 5);
    begin(&transaction, "rents", now()).unwrap();
    evaluated(&transaction, "rents", 0, "sending", None);
    evaluated(&transaction, "rents", 1, "unknown", None);
    evaluated(&transaction, "rents", 2, "failed", Some("never_asked"));
    evaluated(&transaction, "rents", 3, "failed", None);
    set_ask_again(&transaction, "rents", 3, true).unwrap();
    assert_eq!(how_many_to_ask(&transaction, "rents").unwrap(), 3);

    cancel(&transaction, "rents", now()).unwrap();
    cancel(&transaction, "rents", now()).unwrap();
    pause(&transaction, "rents", None).unwrap();
    finish(&transaction, "rents", now()).unwrap();
    assert_eq!(pause_interrupted(&transaction, |_| false).unwrap(), 0);
    assert_eq!(state(&transaction, "rents"), BatchState::Cancelled);
    assert_eq!(how_many_to_ask(&transaction, "rents").unwrap(), 0);
    assert_eq!(
        states(&transaction, "rents"),
        [
            BatchRowState::Asking,
            BatchRowState::Unknown,
            BatchRowState::Failed,
            BatchRowState::Failed,
            BatchRowState::Cancelled
        ]
    );
    for act in [
        begin(&transaction, "rents", now()).map(|_| ()),
        ask_failed_again(&transaction, "rents"),
    ] {
        let refused = act.unwrap_err();
        assert!(
            matches!(refused, DeskError::AlreadyRunning(_)),
            "{refused:?}"
        );
    }
}
