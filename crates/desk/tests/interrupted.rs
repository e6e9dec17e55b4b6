//! What is under way when the desk is left, closed or cut off from Plaid, and how it comes to a true end.

mod bank;

use std::time::Duration;

use bank::{Fault, Page, Stage};
use desk::{Desk, items::view::ItemHealth, link::view::LinkState, start::view::Environment};

#[tokio::test(flavor = "multi_thread")]
async fn an_item_whose_token_plaid_refuses_may_remain_there() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    for (code, may_remain) in [("ITEM_NOT_FOUND", false), ("INVALID_ACCESS_TOKEN", true)] {
        let item = desk.link(&stage, code).await;
        stage.fault("/item/remove", Fault::Says(400, "INVALID_INPUT", code));
        let removed = desk
            .run(|desk| async move { desk.item_remove(&item.item_id).await.unwrap() })
            .await;
        assert_eq!(removed.may_remain_at_plaid, may_remain, "{code}");
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
    let _rotation = desk.begin(|desk| async move { desk.item_rotate_token(&id).await });
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
        .run(|desk| async move { desk.item_check(&id).await.unwrap() })
        .await;
    assert_eq!(item.health, ItemHealth::Healthy);
}
