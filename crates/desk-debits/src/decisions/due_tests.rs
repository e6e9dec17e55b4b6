//! Which decisions are due.

use super::*;
use crate::decisions::{
    report_table::tests::{at, decide, evaluations, id, record_debit_return},
    view::DueReason,
};

fn due_now(database: &Connection) -> Vec<(String, DueReason)> {
    let query = DueQuery {
        person: None,
        most: 100,
    };
    let view = due(database, &query).unwrap();
    assert_eq!(view.total, count(database).unwrap());
    assert_eq!(
        view.total as usize,
        view.rows.len(),
        "each stands here once"
    );
    let mut rows: Vec<_> = view
        .rows
        .into_iter()
        .map(|row| (row.client_transaction_id, row.reason))
        .collect();
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    rows
}

fn say(database: &mut Connection, of: &str, initiated: bool) {
    let transaction = database.transaction().unwrap();
    mark(&transaction, &id(of), initiated, at(5)).unwrap();
    transaction.commit().unwrap();
}

#[test]
fn due_is_what_plaid_does_not_infer_and_what_was_done_against_it() {
    use DueReason::{Initiated, NoResult, NotInitiated, Other, Returned, Review};
    // The evaluation's result; what is decided, marked, given back; whether a decision is due afterwards.
    type Row = (
        &'static str,
        Option<bool>,
        Option<bool>,
        bool,
        Option<DueReason>,
    );
    let table: [Row; 23] = [
        ("accept", None, None, false, None),
        ("reroute", None, None, false, None),
        ("review", None, None, false, Some(Review)),
        ("other", None, None, false, Some(Other)),
        ("", None, None, false, Some(NoResult)),
        ("review", Some(true), None, false, None),
        ("", Some(false), None, false, None),
        ("accept", None, Some(false), false, Some(NotInitiated)),
        ("accept", None, Some(true), false, None),
        ("reroute", None, Some(true), false, Some(Initiated)),
        ("reroute", None, Some(false), false, None),
        ("review", None, Some(true), false, Some(Review)),
        ("accept", Some(true), Some(false), false, Some(NotInitiated)),
        ("accept", Some(false), Some(false), false, None),
        ("review", Some(false), Some(true), false, Some(Initiated)),
        ("accept", None, None, true, None),
        ("reroute", None, None, true, Some(Returned)),
        ("review", None, None, true, Some(Review)),
        ("review", Some(true), None, true, None),
        ("accept", Some(false), None, true, Some(Returned)),
        ("reroute", None, Some(true), true, Some(Initiated)),
        ("reroute", None, Some(false), true, Some(Returned)),
        ("accept", None, Some(false), true, Some(NotInitiated)),
    ];
    let names: Vec<String> = (0..table.len()).map(|row| format!("{row:02}")).collect();
    let named: Vec<_> = names
        .iter()
        .zip(&table)
        .map(|(name, row)| (name.as_str(), row.0))
        .collect();
    let mut database = evaluations(&named);
    for (name, (_, decided, marked, returned, _)) in names.iter().zip(&table) {
        if let Some(initiated) = decided {
            decide(&mut database, name, *initiated, 0);
        }
        if let Some(initiated) = marked {
            say(&mut database, name, *initiated);
        }
        if *returned {
            record_debit_return(&mut database, name, "R01");
            record_debit_return(&mut database, name, "R02");
        }
    }
    let expected: Vec<_> = names
        .iter()
        .zip(&table)
        .filter_map(|(name, row)| Some((name.clone(), row.4?)))
        .collect();
    assert_eq!(due_now(&database), expected);

    // A decision settles each, unless it says that what came back was never initiated.
    for name in &names {
        decide(&mut database, name, true, 1);
    }
    assert_eq!(due_now(&database), []);
    for name in &names {
        decide(&mut database, name, false, 1);
    }
    let returned: Vec<_> = names
        .iter()
        .zip(&table)
        .filter(|(_, row)| row.3)
        .map(|(name, _)| (name.clone(), Returned))
        .collect();
    assert_eq!(due_now(&database), returned);
}

#[test]
fn what_plaid_was_told_to_find_out_is_corrected() {
    let mut database = evaluations(&[("one", "accept"), ("two", "reroute"), ("three", "accept")]);
    database
        .execute_batch("UPDATE evaluations SET told_not_initiated = 1")
        .unwrap();
    say(&mut database, "three", false);
    let expected = [
        ("one".to_owned(), DueReason::Told),
        ("three".to_owned(), DueReason::NotInitiated),
    ];
    assert_eq!(due_now(&database), expected);
    decide(&mut database, "one", true, 0);
    decide(&mut database, "three", false, 0);
    assert_eq!(due_now(&database), []);
}

#[test]
fn the_same_decision_again_settles_a_mark() {
    let mut database = evaluations(&[("one", "accept")]);
    decide(&mut database, "one", true, 0);
    say(&mut database, "one", false);
    assert_eq!(due_now(&database).len(), 1);
    decide(&mut database, "one", true, 0);
    assert_eq!(due_now(&database), []);
}

#[test]
fn those_of_one_person_are_counted_and_shown() {
    let database = evaluations(&[("one", "review"), ("two", ""), ("three", "review")]);
    database
        .execute_batch(
            "UPDATE evaluations SET person_name = 'Grace' WHERE client_transaction_id = 'two';
             UPDATE evaluation_answers SET answered_at = 1 WHERE client_transaction_id = 'three'",
        )
        .unwrap();
    let ask = |person: Option<&str>, most| {
        let query = DueQuery {
            person: person.map(str::to_owned),
            most,
        };
        due(&database, &query).unwrap()
    };
    let all = ask(None, 2);
    assert_eq!((all.total, all.rows.len()), (3, 2));
    assert_eq!(all.rows[0].client_transaction_id, "three", "due longest");
    let counts: Vec<_> = all
        .people
        .iter()
        .map(|person| (person.name.as_str(), person.count))
        .collect();
    assert_eq!(counts, [("Ada", 2), ("Grace", 1)]);
    let grace = ask(Some("Grace"), 10);
    assert_eq!((grace.total, grace.rows.len()), (1, 1));
    assert_eq!(ask(Some("Nobody"), 10).total, 0);
}

#[test]
fn what_need_not_be_looked_at_is_not() {
    let database = evaluations(&[]);
    let mut statement = database
        .prepare("EXPLAIN QUERY PLAN SELECT count(*) FROM decisions_due")
        .unwrap();
    let plan: Vec<String> = statement
        .query_map([], |row| row.get("detail"))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert!(
        plan.iter().any(|step| step.contains("answers_to_decide")),
        "{plan:?}"
    );
    assert!(
        !plan.iter().any(|step| (step.starts_with("SCAN a")
            && !step.contains("answers_to_decide"))
            || (step.starts_with("SCAN e") && !step.contains("evaluations_told"))),
        "{plan:?}"
    );
}
