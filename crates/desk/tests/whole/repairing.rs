//! Update mode: what it is opened for, when it is not needed, and what it leaves as it was.

use crate::features;
use std::time::Duration;

use desk::{
    items::view::{ItemHealth, ItemView},
    link::{LinkStarted, view::LinkState},
    problem::{Problem, ProblemKind},
};
use serde_json::{Value, json};

use crate::bank::{Fault, Page, Running, Stage};

const CREATE: &str = "/link/token/create";
const EXCHANGE: &str = "/item/public_token/exchange";
const ITEM: &str = "/item/get";

/// An Item whose login is broken.
async fn broken(stage: &Stage, desk: &Running) -> ItemView {
    let item = desk.link(stage, "Ada").await;
    let id = item.item_id;
    desk.run(|desk| async move { features(&desk).items.reset_login(&id).await.unwrap() })
        .await
}

async fn repair(desk: &Running, item_id: &str, choose_accounts: bool) -> LinkStarted {
    let id = item_id.to_owned();
    desk.run(|desk| async move {
        features(&desk)
            .links
            .start_repair(&id, choose_accounts)
            .await
            .unwrap()
    })
    .await
}

async fn refused(desk: &Running, item_id: &str) -> Problem {
    let id = item_id.to_owned();
    let refused = desk
        .run(|desk| async move {
            features(&desk)
                .links
                .start_repair(&id, false)
                .await
                .unwrap_err()
        })
        .await;
    Problem::from(refused)
}

/// The last link token asked for.
fn asked(stage: &Stage) -> Value {
    stage.calls(CREATE).pop().unwrap().body
}

async fn item_when(desk: &Running, right: impl Fn(&ItemView) -> bool) -> ItemView {
    let read =
        |desk: desk::Desk| async move { features(&desk).items.view_all().await.unwrap().items };
    let mut items = desk
        .until(read, |items| items.len() == 1 && right(&items[0]))
        .await;
    items.remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repair_asks_for_other_accounts_only_when_they_are_wanted() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = broken(&stage, &desk).await;
    let started = repair(&desk, &item.item_id, false).await;
    assert!(!started.session.choose_accounts);
    assert_eq!(asked(&stage)["update"], Value::Null);
    let id = started.session.session_id;
    desk.run(|desk| async move { features(&desk).links.cancel(&id).await.unwrap() })
        .await;
    let started = repair(&desk, &item.item_id, true).await;
    assert!(started.session.choose_accounts);
    assert_eq!(
        asked(&stage)["update"],
        json!({"account_selection_enabled": true})
    );
    assert_eq!(asked(&stage)["products"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_without_accounts_is_repaired_by_choosing_them() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = desk.link(&stage, "Ada").await;
    stage.item_error(&item.item_id, Some("NO_ACCOUNTS")).await;
    let id = item.item_id.clone();
    desk.run(|desk| async move { features(&desk).items.check_now(&id).await.unwrap() })
        .await;
    let started = repair(&desk, &item.item_id, false).await;
    assert!(started.session.choose_accounts);
    assert_eq!(
        asked(&stage)["update"],
        json!({"account_selection_enabled": true})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_was_healed_meanwhile_needs_no_window() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = broken(&stage, &desk).await;
    stage.item_error(&item.item_id, None).await;
    let tokens = stage.calls(CREATE).len();
    let problem = refused(&desk, &item.item_id).await;
    assert_eq!(problem.kind, ProblemKind::WorksAgain);
    assert!(problem.message.contains("works again"), "{problem:?}");
    assert_eq!(stage.calls(CREATE).len(), tokens);
    assert_eq!(desk.items().await[0].health, ItemHealth::Healthy);
    // The way is free for another bank.
    desk.link_start("Grace").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_token_that_plaid_finds_needless_says_so() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = broken(&stage, &desk).await;
    stage.fault(CREATE, Fault::Says(400, "ITEM_ERROR", "ITEM_NO_ERROR"));
    let problem = refused(&desk, &item.item_id).await;
    assert_eq!(problem.kind, ProblemKind::WorksAgain);
    assert_eq!(desk.items().await[0].health, ItemHealth::Healthy);
    let sessions = desk
        .run(|desk| async move { features(&desk).links.list().await.unwrap() })
        .await;
    assert_eq!(sessions[0].state, LinkState::Exchanged);
    assert_eq!(sessions[0].item_id, Some(item.item_id));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_is_healed_while_link_is_open_is_recognised() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = broken(&stage, &desk).await;
    let started = repair(&desk, &item.item_id, false).await;
    stage.item_error(&item.item_id, None).await;
    let exit = json!({
        "error": {"error_type": "ITEM_ERROR", "error_code": "ITEM_NO_ERROR", "error_message": "healthy"},
        "metadata": {"status": null},
    });
    let posted = Page::of(&stage, &started).post("exit", &exit).await;
    assert_eq!(posted, Some(204));
    desk.session_in(&started.session.session_id, LinkState::Exchanged)
        .await;
    item_when(&desk, |item| item.health == ItemHealth::Healthy).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repair_in_the_browser_leaves_one_item_with_its_history() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = broken(&stage, &desk).await;
    let started = repair(&desk, &item.item_id, true).await;
    let id = started.session.session_id.clone();
    let over = desk
        .run(|desk| async move {
            features(&desk)
                .links
                .continue_in_browser(&id)
                .await
                .unwrap()
        })
        .await;
    stage
        .go_through_address(over.url.as_str(), "user_good")
        .await;
    desk.session_in(&started.session.session_id, LinkState::Exchanged)
        .await;
    let repaired = item_when(&desk, |item| item.health == ItemHealth::Healthy).await;
    let ids = |item: &ItemView| -> Vec<String> {
        item.accounts
            .iter()
            .map(|account| account.account_id.clone())
            .collect()
    };
    assert_eq!(ids(&repaired), ids(&item));
    assert_eq!(repaired.linked_at, item.linked_at);
    assert_eq!(stage.calls(EXCHANGE).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repair_opens_when_the_item_cannot_be_asked_after() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = broken(&stage, &desk).await;
    stage.fault(ITEM, Fault::Cut);
    repair(&desk, &item.item_id, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_token_that_runs_out_under_the_page_is_replaced() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = broken(&stage, &desk).await;
    let started = repair(&desk, &item.item_id, true).await;
    let page = Page::of(&stage, &started);
    let first = page.session().await["token"].clone();
    stage.later(Duration::from_secs(5 * 60 * 60));
    // While Plaid gives none, the page is told to ask again.
    stage.fault(CREATE, Fault::Cut);
    assert_eq!(page.post("renew", &json!({})).await, Some(503));
    stage.mend(CREATE);
    assert_eq!(page.post("renew", &json!({})).await, Some(204));
    assert_ne!(page.session().await["token"], first);
    // What was chosen holds.
    assert_eq!(
        asked(&stage)["update"],
        json!({"account_selection_enabled": true})
    );
    let grant = stage.go_through_link(&started, "user_good").await;
    assert_eq!(page.post("success", &grant).await, Some(204));
    desk.session_in(&started.session.session_id, LinkState::Exchanged)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_of_the_old_link_token_is_not_lost_by_a_new_one() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    stage.go_through_link(&started, "user_good").await;
    let tokens = stage.calls(CREATE).len();
    let page = Page::of(&stage, &started);
    assert_eq!(page.post("renew", &json!({})).await, Some(204));
    desk.session_in(&started.session.session_id, LinkState::Exchanged)
        .await;
    assert_eq!(stage.calls(CREATE).len(), tokens);
}
