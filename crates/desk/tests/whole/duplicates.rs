//! A bank that is linked already: seen before the exchange, decided by the user, and never lost.

use crate::features;
use std::time::Duration;

use desk::{
    Desk,
    event::DeskEvent,
    items::view::{ItemHealth, ItemView},
    link::view::{DuplicateChoice, LinkRequest, LinkSessionView, LinkState, PersonChoice},
    problem::{Problem, ProblemKind},
};

use crate::bank::{Fault, Page, Running, Stage, by_mask, for_debits};

const EXCHANGE: &str = "/item/public_token/exchange";

fn for_known(person_id: &str) -> LinkRequest {
    LinkRequest {
        person: PersonChoice::Known {
            person_id: person_id.to_owned(),
        },
        ..for_debits("")
    }
}

/// Links the same bank twice for the same person; answers the first Item and the session of the second.
async fn twice(stage: &Stage, desk: &Running) -> (ItemView, LinkSessionView) {
    let item = desk.link(stage, "Ada").await;
    let session = again(stage, desk, for_known(&item.person.person_id)).await;
    (item, session)
}

/// Links the bank of the test customer, up to what looks like something linked already.
async fn again(stage: &Stage, desk: &Running, request: LinkRequest) -> LinkSessionView {
    let started = desk
        .run(|desk| async move { features(&desk).links.start(request).await.unwrap() })
        .await;
    let grant = stage.go_through_link(&started, "user_good").await;
    let posted = Page::of(stage, &started).post("success", &grant).await;
    assert_eq!(posted, Some(204), "the page is told success");
    desk.session_in(&started.session.session_id, LinkState::Held)
        .await
}

async fn decide(desk: &Running, session_id: &str, choice: DuplicateChoice) -> LinkSessionView {
    let id = session_id.to_owned();
    desk.run(|desk| async move { features(&desk).links.decide(&id, choice).await.unwrap() })
        .await
}

async fn items_when(desk: &Running, right: impl Fn(&Vec<ItemView>) -> bool) -> Vec<ItemView> {
    let read = |desk: Desk| async move { features(&desk).items.view_all().await.unwrap().items };
    desk.until(read, right).await
}

fn of_mask(item: &ItemView, mask: &str) -> String {
    by_mask(item, mask).account_id.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_linked_already_is_held_and_may_be_kept_twice() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let mut events = desk.desk.events();
    let (item, session) = twice(&stage, &desk).await;
    let duplicate = session.duplicate.unwrap();
    let alike = &duplicate.items[0];
    assert_eq!(duplicate.items.len(), 1);
    assert_eq!(alike.item_id, item.item_id);
    assert_eq!(alike.person, item.person);
    assert!(!alike.needs_attention);
    assert_eq!(
        alike.same_accounts.len() + alike.other_accounts as usize,
        item.accounts.len()
    );
    assert!(
        alike
            .same_accounts
            .iter()
            .any(|account| account.mask.as_deref() == Some("0000"))
    );
    assert_eq!(stage.calls(EXCHANGE).len(), 1, "nothing is exchanged yet");
    // The window has nothing left to do, and the next bank can be linked.
    let told = DeskEvent::LinkChanged {
        session_id: session.session_id.clone(),
        ended: true,
    };
    while events.try_recv().expect("the window is closed") != told {}

    decide(&desk, &session.session_id, DuplicateChoice::KeepBoth).await;
    desk.session_in(&session.session_id, LinkState::Exchanged)
        .await;
    let items = items_when(&desk, |items| items.len() == 2).await;
    // The user knows: nothing is said of it any more.
    desk.complete_item(&items[1].item_id).await;
    let items = desk.items().await;
    assert!(items.iter().all(|item| item.duplicate_of.is_none()));
    let late = session.session_id;
    let refused = desk
        .run(|desk| async move {
            let again = features(&desk)
                .links
                .decide(&late, DuplicateChoice::Discard)
                .await;
            again.unwrap_err()
        })
        .await;
    assert_eq!(Problem::from(refused).kind, ProblemKind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_link_takes_the_place_of_the_old_one_once_it_is_stored() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let (item, session) = twice(&stage, &desk).await;
    let (checking, savings) = (of_mask(&item, "0000"), of_mask(&item, "1111"));
    desk.run(|desk| async move {
        features(&desk)
            .accounts
            .rename(&checking, Some("Rent"))
            .await
            .unwrap();
        let low = features(&desk)
            .accounts
            .set_low_balance(&checking, Some("150"))
            .await;
        low.unwrap();
        features(&desk).accounts.hide(&savings, true).await.unwrap();
    })
    .await;
    stage.fault("/item/remove", Fault::Cut);
    let choice = DuplicateChoice::Replace {
        item_id: item.item_id.clone(),
    };
    decide(&desk, &session.session_id, choice).await;
    let session = desk
        .session_in(&session.session_id, LinkState::Exchanged)
        .await;
    assert_ne!(session.item_id, Some(item.item_id.clone()));
    // Plaid cannot be told: the old one is on its way out, however often the desk is killed.
    let going = |items: &Vec<ItemView>| {
        items.len() == 2
            && items[0].item_id == item.item_id
            && matches!(items[0].health, ItemHealth::Removing { .. })
    };
    items_when(&desk, going).await;
    desk.kill().await;
    stage.mend("/item/remove");
    let desk = stage.desk().await;
    let items = items_when(&desk, |items| items.len() == 1).await;
    assert_eq!(Some(items[0].item_id.clone()), session.item_id);
    assert_eq!(items[0].duplicate_of, None);
    // What was set for its accounts has come along.
    let checking = by_mask(&items[0], "0000");
    assert_eq!(checking.own_name.as_deref(), Some("Rent"));
    let low = checking.low_balance.as_ref().unwrap();
    assert_eq!(
        (low.threshold.as_str(), low.currency.as_str()),
        ("150", "USD")
    );
    assert!(by_mask(&items[0], "1111").hidden);
    assert!(!checking.hidden);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_it_looks_like_can_be_replaced() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let (_, session) = twice(&stage, &desk).await;
    let choice = DuplicateChoice::Replace {
        item_id: "another".to_owned(),
    };
    let id = session.session_id.clone();
    let refused = desk
        .run(|desk| async move { features(&desk).links.decide(&id, choice).await.unwrap_err() })
        .await;
    assert_eq!(Problem::from(refused).field.as_deref(), Some("itemId"));
    desk.session_in(&session.session_id, LinkState::Held).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_link_that_is_not_wanted_does_not_stay_at_plaid() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let (item, session) = twice(&stage, &desk).await;
    decide(&desk, &session.session_id, DuplicateChoice::Discard).await;
    let session = desk
        .session_in(&session.session_id, LinkState::Withdrawn)
        .await;
    assert_eq!(session.item_id, None);
    stage.called("/item/remove", 1).await;
    let items = items_when(&desk, |items| items.len() == 1).await;
    assert_eq!(items[0].item_id, item.item_id);
    assert_eq!(items[0].health, ItemHealth::Healthy);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_decision_a_bank_is_kept_and_marked() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let (item, session) = twice(&stage, &desk).await;
    stage.later(Duration::from_secs(26 * 60));
    let session = desk
        .session_in(&session.session_id, LinkState::Exchanged)
        .await;
    let new = session.item_id.unwrap();
    let marked = |items: &Vec<ItemView>| items.iter().any(|item| item.duplicate_of.is_some());
    let items = items_when(&desk, marked).await;
    assert_eq!(items[1].item_id, new);
    assert_eq!(
        items[1].duplicate_of.as_ref().unwrap().item_id,
        item.item_id
    );
    assert_eq!(items[0].duplicate_of, None);
    desk.run(|desk| async move { features(&desk).items.dismiss_duplicate(&new).await.unwrap() })
        .await;
    items_when(&desk, |items| {
        items.iter().all(|item| item.duplicate_of.is_none())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_bank_outlives_a_kill_and_a_left_environment() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let (_, session) = twice(&stage, &desk).await;
    desk.kill().await;
    let desk = stage.desk().await;
    let session = desk.session_in(&session.session_id, LinkState::Held).await;
    assert!(session.duplicate.is_some());
    // Who leaves cannot decide: the bank is kept while its public token is good.
    desk.run(|desk| async move { desk.close_environment().await.unwrap() })
        .await;
    assert_eq!(stage.calls(EXCHANGE).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_persons_bank_is_named_after_ones_own() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let (item, session) = twice(&stage, &desk).await;
    decide(&desk, &session.session_id, DuplicateChoice::KeepBoth).await;
    desk.session_in(&session.session_id, LinkState::Exchanged)
        .await;
    let session = again(&stage, &desk, for_debits("Grace")).await;
    let others = session.duplicate.unwrap().items;
    assert_eq!(others.len(), 2);
    assert!(others.iter().all(|other| other.person.name == "Ada"));
    decide(&desk, &session.session_id, DuplicateChoice::KeepBoth).await;
    desk.session_in(&session.session_id, LinkState::Exchanged)
        .await;
    let items = items_when(&desk, |items| items.len() == 3).await;
    let grace = items[2].person.person_id.clone();
    assert_ne!(grace, item.person.person_id);
    let session = again(&stage, &desk, for_known(&grace)).await;
    let people: Vec<_> = session
        .duplicate
        .unwrap()
        .items
        .into_iter()
        .map(|other| other.person.name)
        .collect();
    assert_eq!(people, ["Grace", "Ada", "Ada"]);
}
