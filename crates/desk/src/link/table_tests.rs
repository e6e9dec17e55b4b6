//! The tables of Link sessions as SQLite holds them.

use plaid::PublicToken;

use super::*;
use crate::{
    items::{
        people,
        table::{NewItem, insert_item},
    },
    link::{
        grants::{Exchange, Fate, Grant, exchanged, granted, succeed},
        shown,
        view::PersonChoice,
    },
    store::migrations,
};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn database() -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    migrations::all().to_latest(&mut connection).unwrap();
    connection
}

/// A session whose link token is there; answers the person.
fn begin(transaction: &Transaction<'_>) -> String {
    let ada = PersonChoice::New {
        name: "Ada".to_owned(),
    };
    let person = people::choose(transaction, &ada, at(0)).unwrap();
    let link_session = NewSession {
        session_id: "s",
        person_id: &person.person_id,
        purpose: Purpose::AchRisk,
        errand: &Errand::NewItem(vec!["auth".to_owned()]),
        means: &Means::Window,
    };
    insert(transaction, &link_session, at(0)).unwrap();
    let created = LinkTokenCreateResponse {
        link_token: LinkToken::new("link-1"),
        expiration: at(1800),
        hosted_link_url: Some("https://hosted.example/1".to_owned()),
        request_id: plaid::RequestId::new("r"),
    };
    keep_link_token(transaction, "s", &created).unwrap();
    assert_eq!(opened(transaction, "s").unwrap(), Step::Taken);
    person.person_id
}

#[test]
fn an_item_weighs_more_than_a_second_exchange_that_failed() {
    let mut connection = database();
    let transaction = connection.transaction().unwrap();
    let person_id = begin(&transaction);
    let grant = Grant {
        public_token: PublicToken::new("public-1"),
        institution_id: None,
        institution_name: None,
        accounts: Vec::new(),
        link_session_id: None,
    };
    succeed(&transaction, "s", &grant, Some(&Fate::Keep), at(1)).unwrap();
    let failed = End::new(LinkState::Failed, None);
    end(&transaction, "s", Whose::Grant, &failed, at(2)).unwrap();

    let item_id = ItemId::new("item-1");
    let item = NewItem {
        item_id: &item_id,
        access_token: &plaid::AccessToken::new("access-1"),
        person_id: &person_id,
        purpose: Purpose::AchRisk,
        institution_id: None,
        institution_name: None,
    };
    insert_item(&transaction, &item, at(3)).unwrap();
    exchanged(&transaction, "s", &item_id, LinkState::Exchanged, at(3)).unwrap();
    let link_session = shown::one(&transaction, "s", at(4)).unwrap();
    assert_eq!(link_session.state, LinkState::Exchanged);
    assert_eq!(link_session.item_id.as_deref(), Some("item-1"));
}

#[test]
fn sessions_of_an_older_version_are_taken_along_with_their_events() {
    let mut connection = Connection::open_in_memory().unwrap();
    connection
        .pragma_update(None, "foreign_keys", true)
        .unwrap();
    migrations::all().to_version(&mut connection, 7).unwrap();
    connection
        .execute_batch(
            "INSERT INTO people VALUES ('p', 'Ada', 'ada', 'u', 0);
             INSERT INTO items (item_id, person_id, purpose, institution_name, access_token, state, linked_at)
             VALUES ('i', 'p', 'ach_risk', 'Bank', 'access-1', 'active', 1);
             INSERT INTO link_sessions (session_id, person_id, purpose, state, created_at, ended_at, item_id)
             VALUES ('done', 'p', 'ach_risk', 'exchanged', 1, 2, 'i');
             INSERT INTO link_sessions (session_id, person_id, purpose, state, created_at, public_token, succeeded_at)
             VALUES ('granted', 'p', 'ach_risk', 'succeeded', 3, 'public-1', 4);
             INSERT INTO link_events (session_id, at, name) VALUES ('done', 1, 'OPEN'), ('done', 2, 'HANDOFF');",
        )
        .unwrap();
    migrations::all().to_latest(&mut connection).unwrap();
    let done = shown::one(&connection, "done", at(5)).unwrap();
    assert_eq!(done.state, LinkState::Exchanged);
    assert_eq!(done.item_id.as_deref(), Some("i"));
    let names: Vec<_> = done
        .events
        .iter()
        .map(|event| event.name.as_str())
        .collect();
    assert_eq!(names, ["OPEN", "HANDOFF"]);
    // It may have been sent before: that is what is said if it turns out to be used up.
    let granted = granted(&connection, "granted").unwrap().unwrap();
    assert_eq!(granted.fate, Some(Fate::Keep));
    assert_eq!(granted.exchange, Exchange::Begun);
    let broken: bool = connection
        .prepare("PRAGMA foreign_key_check")
        .unwrap()
        .exists([])
        .unwrap();
    assert!(!broken);
}
