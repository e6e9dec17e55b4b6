//! Sessions in SQLite.

use plaid::PublicToken;

use super::*;
use crate::{
    items::{
        people,
        table::{NewItem, insert_item},
    },
    link::{
        grants_table::{Grant, GrantDecision, finish_with_item, store_grant},
        session_views,
        view::PersonChoice,
    },
};
use desk_core::store::schema;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn database() -> Connection {
    schema::in_memory()
}

/// A session with a link token. Returns its customer.
fn begin(transaction: &Transaction<'_>) -> String {
    let ada = PersonChoice::New {
        name: "Ada".to_owned(),
    };
    let person = people::choose(transaction, &ada, at(0)).unwrap();
    let link_session = NewLinkSession {
        session_id: "s",
        person_id: &person.person_id,
        purpose: Purpose::AchRisk,
        goal: &LinkGoal::NewItem(vec!["auth".to_owned()]),
        channel: &LinkChannel::Window,
    };
    insert_session(transaction, &link_session, at(0)).unwrap();
    let created = LinkTokenCreateResponse {
        link_token: LinkToken::new("link-1"),
        expiration: at(1800),
        hosted_link_url: Some("https://hosted.example/1".to_owned()),
        request_id: plaid::RequestId::new("r"),
    };
    store_link_token(transaction, "s", &created).unwrap();
    assert_eq!(mark_opened(transaction, "s").unwrap(), StateChange::Applied);
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
    store_grant(&transaction, "s", &grant, Some(&GrantDecision::Keep), at(1)).unwrap();
    let failed = SessionEnd::new(LinkState::Failed, None);
    end_session(&transaction, "s", EndScope::WithGrant, &failed, at(2)).unwrap();

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
    finish_with_item(&transaction, "s", &item_id, LinkState::Exchanged, at(3)).unwrap();
    let link_session = session_views::session_view(&transaction, "s", at(4)).unwrap();
    assert_eq!(link_session.state, LinkState::Exchanged);
    assert_eq!(link_session.item_id.as_deref(), Some("item-1"));
}
