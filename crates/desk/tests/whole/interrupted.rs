//! What is under way when the desk is left, closed or cut off from Plaid, and how it comes to a true end.

use crate::features;
use std::time::Duration;

use desk::{
    Desk,
    environment::Environment,
    event::DeskEvent,
    items::view::{ItemHealth, RemovalOutcome},
    link::{
        LinkStarted,
        view::{LinkSessionView, LinkState},
    },
};
use serde_json::json;

use crate::bank::{Fault, Page, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn an_item_whose_token_plaid_refuses_may_remain_there() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    for (code, outcome) in [
        ("ITEM_NOT_FOUND", RemovalOutcome::Removed),
        ("INVALID_ACCESS_TOKEN", RemovalOutcome::EndedHere),
    ] {
        let item = desk.link(&stage, code).await;
        stage.fault("/item/remove", Fault::Says(400, "INVALID_INPUT", code));
        let removed = desk
            .run(|desk| async move { features(&desk).items.remove(&item.item_id).await.unwrap() })
            .await;
        assert_eq!(removed.outcome, outcome, "{code}");
        stage.mend("/item/remove");
    }
    assert!(desk.items().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_path_of_the_page_is_not_printed() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    let secret = started.page.path().trim_matches('/').to_owned();
    assert!(secret.len() > 16);
    assert!(!format!("{started:?}").contains(&secret));
}

const EXCHANGE: &str = "/item/public_token/exchange";
const ROTATE: &str = "/item/access_token/invalidate";

/// Longer than closing waits for work whose answer can be had again.
const LONGER_THAN_THE_REST: Duration = Duration::from_secs(7);

async fn reopen(desk: Desk) {
    desk.close_environment().await.unwrap();
    desk.open_environment(Environment::Demo).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exchange_under_way_is_waited_for_when_the_environment_is_opened_again() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    let grant = stage.go_through_link(&started, "user_good").await;
    stage.fault(EXCHANGE, Fault::HeldAfter);
    Page::of(&stage, &started).post("success", &grant).await;
    stage.answered(EXCHANGE).await;
    let reopened = desk.begin(reopen);
    tokio::time::sleep(LONGER_THAN_THE_REST).await;
    stage.mend(EXCHANGE);
    reopened.await.unwrap();
    desk.session_in(&started.session.session_id, LinkState::Exchanged)
        .await;
    assert_eq!(desk.items().await.len(), 1);
    assert_eq!(stage.calls(EXCHANGE).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_under_way_is_waited_for_when_the_app_ends() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = desk.link(&stage, "Ada").await;
    stage.fault(ROTATE, Fault::HeldAfter);
    let id = item.item_id.clone();
    let _rotation = desk.begin(|desk| async move { features(&desk).items.rotate_token(&id).await });
    stage.answered(ROTATE).await;
    let ended = desk.begin(|desk| async move { desk.shut_down().await });
    tokio::time::sleep(LONGER_THAN_THE_REST).await;
    assert!(!ended.is_finished());
    stage.mend(ROTATE);
    ended.await.unwrap();
    desk.kill().await;

    // The new token is there and works; the old one would not.
    let desk = stage.desk().await;
    let id = item.item_id.clone();
    let item = desk
        .run(|desk| async move { features(&desk).items.check_now(&id).await.unwrap() })
        .await;
    assert_eq!(item.health, ItemHealth::Healthy);
}

const STATUS: &str = "/link/token/get";

async fn close_window(desk: &crate::bank::Running, started: &LinkStarted) -> LinkSessionView {
    let id = started.session.session_id.clone();
    desk.run(|desk| async move {
        features(&desk).links.window_closed(&id).await;
        features(&desk).links.get(&id).await.unwrap()
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_is_not_lost_when_plaid_cannot_be_asked_as_the_window_closes() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    stage.go_through_link(&started, "user_good").await;
    stage.fault(STATUS, Fault::Cut);
    let session = close_window(&desk, &started).await;
    assert_eq!(session.state, LinkState::Opened);
    assert!(session.problem.unwrap().message.contains("asks Plaid"));
    // The next bank does not wait for that.
    desk.link_start("Grace").await;
    stage.mend(STATUS);
    let session = desk
        .session_in(&started.session.session_id, LinkState::Exchanged)
        .await;
    assert_eq!(session.problem, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_may_agree_after_the_window_was_closed() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    let at_the_bank = stage.begin_link(&started).await;
    let session = close_window(&desk, &started).await;
    assert_eq!(session.state, LinkState::Opened);
    stage.sign_in(&at_the_bank, "user_good").await;
    desk.session_in(&started.session.session_id, LinkState::Exchanged)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_does_not_agree_is_not_waited_for_long() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    stage.begin_link(&started).await;
    close_window(&desk, &started).await;
    let session = desk
        .session_in(&started.session.session_id, LinkState::Exited)
        .await;
    assert!(session.problem.unwrap().message.contains("closed"));
    assert_eq!(stage.calls(STATUS).len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_closed_before_a_bank_was_chosen_ends_the_session_at_once() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    stage.begin_link(&started).await;
    let page = Page::of(&stage, &started);
    for event in [
        json!({"name": "OPEN", "metadata": {}}),
        json!({"name": "TRANSITION_VIEW", "metadata": {"view_name": "CONSENT"}}),
    ] {
        assert_eq!(page.post("event", &event).await, Some(204));
    }
    let session = close_window(&desk, &started).await;
    assert_eq!(session.state, LinkState::Exited);
}

/// Breaks the login of a new Item and opens its repair.
async fn broken(stage: &Stage, desk: &crate::bank::Running) -> LinkStarted {
    let item = desk.link(stage, "Ada").await;
    desk.run(|desk| async move {
        features(&desk)
            .items
            .reset_login(&item.item_id)
            .await
            .unwrap();
        features(&desk)
            .links
            .start_repair(&item.item_id, false)
            .await
            .unwrap()
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repair_that_plaid_names_no_item_for_is_known_by_its_item() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = broken(&stage, &desk).await;
    stage.go_through_link(&started, "user_good").await;
    stage.fault(
        STATUS,
        Fault::Says(400, "INVALID_INPUT", "INVALID_LINK_TOKEN"),
    );
    let session = close_window(&desk, &started).await;
    assert_eq!(session.state, LinkState::Exchanged);
    assert_eq!(session.item_id, started.session.repairs_item_id);
    assert_eq!(desk.items().await[0].health, ItemHealth::Healthy);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repair_that_was_killed_is_known_by_its_item() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = broken(&stage, &desk).await;
    stage.go_through_link(&started, "user_good").await;
    desk.kill().await;
    stage.fault(
        STATUS,
        Fault::Says(400, "INVALID_INPUT", "INVALID_LINK_TOKEN"),
    );
    let desk = stage.desk().await;
    desk.session_in(&started.session.session_id, LinkState::Exchanged)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repair_that_was_left_is_no_repair() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = broken(&stage, &desk).await;
    let session = close_window(&desk, &started).await;
    assert_eq!(session.state, LinkState::Exited);
    let items = desk.items().await;
    assert!(matches!(items[0].health, ItemHealth::NeedsAttention { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_the_environment_closes_the_window_and_the_session_goes_on_later() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    let at_the_bank = stage.begin_link(&started).await;
    let mut events = desk.desk.events();
    desk.run(reopen).await;
    let closes = DeskEvent::LinkChanged {
        session_id: started.session.session_id.clone(),
        ended: true,
    };
    while events.try_recv().expect("the window is closed") != closes {}

    let id = started.session.session_id.clone();
    desk.run(|desk| async move { features(&desk).links.window_closed(&id).await })
        .await;
    stage.sign_in(&at_the_bank, "user_good").await;
    desk.session_in(&started.session.session_id, LinkState::Exchanged)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_is_fetched_before_the_environment_is_left() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    stage.go_through_link(&started, "user_good").await;
    desk.run(|desk| async move { desk.close_environment().await.unwrap() })
        .await;
    assert_eq!(stage.calls(EXCHANGE).len(), 1);
    desk.run(|desk| async move { desk.open_environment(Environment::Demo).await.unwrap() })
        .await;
    assert_eq!(desk.items().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn erasing_the_environment_closes_the_window() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    let mut events = desk.desk.events();
    desk.run(|desk| async move {
        let erased = desk.erase_environment(Environment::Demo, "demo").await;
        erased.unwrap();
    })
    .await;
    let closes = DeskEvent::LinkChanged {
        session_id: started.session.session_id.clone(),
        ended: true,
    };
    while events.try_recv().expect("the window is closed") != closes {}
}
