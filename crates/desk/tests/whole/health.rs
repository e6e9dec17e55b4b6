//! How Items are, as the desk finds out while nobody asks: on schedule, after a failure, and told apart from how their
//! banks are.

use crate::features;
use std::time::Duration;

use desk::{
    Desk,
    balances::view::RefreshScope,
    items::view::{InstitutionState, ItemHealth, ItemView, RemovalOutcome},
    problem::NextAction,
    settings::view::Settings,
};
use serde_json::json;

use crate::bank::{Fault, PLATYPUS, Running, Stage};

const ITEM: &str = "/item/get";
const HOUR: Duration = Duration::from_secs(60 * 60);

async fn items(desk: Desk) -> Vec<ItemView> {
    features(&desk).items.view_all().await.unwrap().items
}

/// Waits until the only Item is as it must be.
async fn item(desk: &Running, what: impl Fn(&ItemView) -> bool) -> ItemView {
    desk.until(items, |items| items.first().is_some_and(&what))
        .await
        .remove(0)
}

/// Changes the settings; what is due is worked out anew.
async fn set(desk: &Running, change: impl FnOnce(&mut Settings) + Send + 'static) {
    desk.run(|desk| async move {
        let mut settings = features(&desk).settings.view().await.unwrap().settings;
        change(&mut settings);
        features(&desk).settings.save(settings).await.unwrap();
    })
    .await;
}

async fn check(desk: &Running, item: &ItemView) -> ItemView {
    let id = item.item_id.clone();
    desk.run(|desk| async move {
        // What the check says of a broken Item stands in the view.
        let _ = features(&desk).items.check_now(&id).await;
        features(&desk)
            .items
            .view_all()
            .await
            .unwrap()
            .items
            .remove(0)
    })
    .await
}

async fn refresh(desk: &Running) {
    desk.run(|desk| async move {
        features(&desk)
            .balances
            .refresh(RefreshScope::All, |_| {})
            .await
            .unwrap()
    })
    .await;
}

fn error_code(health: &ItemHealth) -> Option<&str> {
    match health {
        ItemHealth::NeedsAttention { problem, .. } => problem.plaid.as_ref()?.error_code.as_deref(),
        _ => None,
    }
}

/// The step an Item needs: to have it working, or to have it work on.
fn step(item: &ItemView) -> Option<NextAction> {
    match &item.health {
        ItemHealth::NeedsAttention { problem, .. } => problem.action.clone(),
        _ => item.advice.clone()?.problem.action,
    }
}

fn checked_at(item: &ItemView) -> jiff::Timestamp {
    item.checked_at.as_ref().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_is_checked_when_its_time_has_come_also_after_a_restart() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let linked = desk.link(&stage, "Ada").await;
    let first = item(&desk, |item| item.checked_at.is_some()).await;
    stage.item_error(&linked.item_id, Some("ITEM_LOCKED")).await;
    // Only when a call has failed: no time is too long.
    set(&desk, |settings| settings.health_check_hours = None).await;
    stage.later(90 * HOUR);
    set(&desk, |settings| settings.consent_notice_days = 5).await;
    desk.kill().await;

    let desk = stage.desk().await;
    assert_eq!(desk.items().await[0].checked_at, first.checked_at);
    set(&desk, |settings| settings.health_check_hours = Some(96)).await;
    stage.later(5 * HOUR);
    desk.kill().await;
    // It is due while the app is closed, and checked at the start.
    stage.later(HOUR);
    let desk = stage.desk().await;
    let broken = item(&desk, |item| {
        error_code(&item.health) == Some("ITEM_LOCKED")
    })
    .await;
    let hours = checked_at(&broken)
        .duration_since(checked_at(&first))
        .as_hours();
    assert_eq!(hours, 96);

    // Healed elsewhere: the next check sees it.
    stage.item_error(&linked.item_id, None).await;
    stage.later(97 * HOUR);
    set(&desk, |settings| settings.consent_notice_days = 14).await;
    item(&desk, |item| item.health == ItemHealth::Healthy).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_call_has_the_item_looked_at() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let linked = desk.link(&stage, "Ada").await;
    item(&desk, |item| item.checked_at.is_some()).await;
    let before = stage.calls(ITEM).len();
    stage
        .item_error(&linked.item_id, Some("ITEM_LOGIN_REQUIRED"))
        .await;
    refresh(&desk).await;
    let broken = item(&desk, |item| error_code(&item.health).is_some()).await;
    let repair = NextAction::RepairItem {
        item_id: linked.item_id.clone(),
    };
    assert_eq!(step(&broken), Some(repair));
    stage.called(ITEM, before + 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_without_accounts_lets_accounts_be_chosen_until_it_has_some() {
    const ACCOUNTS: &str = "/accounts/get";
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let linked = desk.link(&stage, "Ada").await;
    let says = Fault::Says(400, "ITEM_ERROR", "NO_ACCOUNTS");
    for path in ["/accounts/balance/get", ACCOUNTS] {
        stage.fault(path, says);
    }
    refresh(&desk).await;
    // /item/get knows nothing of it, and does not take it back.
    stage.called(ACCOUNTS, 2).await;
    let bare = check(&desk, &linked).await;
    assert_eq!(error_code(&bare.health), Some("NO_ACCOUNTS"));
    let choose = NextAction::ChooseAccounts {
        item_id: linked.item_id.clone(),
    };
    assert_eq!(step(&bare), Some(choose));
    stage.mend(ACCOUNTS);
    assert_eq!(check(&desk, &linked).await.health, ItemHealth::Healthy);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_banks_trouble_is_not_the_items() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let linked = desk.link(&stage, "Ada").await;
    let state = |item: &ItemView| item.institution_status.as_ref().map(|status| status.state);
    item(&desk, |item| state(item) == Some(InstitutionState::Healthy)).await;

    for (health, expected) in [
        ("degraded", InstitutionState::Degraded),
        ("down", InstitutionState::Down),
    ] {
        let change = json!({"institution_id": PLATYPUS, "health": health});
        stage.set_in_bank("institution", change).await;
        // Somebody looks: the quarter of an hour does not count.
        check(&desk, &linked).await;
        let troubled = item(&desk, |item| state(item) == Some(expected)).await;
        assert_eq!(troubled.health, ItemHealth::Healthy);
        let status = troubled.institution_status.unwrap();
        assert!(
            status.message.contains("Nothing has to be done"),
            "{}",
            status.message
        );
    }
    refresh(&desk).await;
    assert_eq!(desk.items().await[0].health, ItemHealth::Healthy);

    // A live answer is the end of it.
    let change = json!({"institution_id": PLATYPUS, "health": "healthy"});
    stage.set_in_bank("institution", change).await;
    refresh(&desk).await;
    item(&desk, |item| state(item) == Some(InstitutionState::Healthy)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_consent_is_said_in_advance() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let linked = desk.link(&stage, "Ada").await;
    let notice = json!({"item_id": linked.item_id, "notice": "PENDING_EXPIRATION"});
    stage.set_in_bank("item", notice).await;
    let told = check(&desk, &linked).await;
    assert_eq!(told.health, ItemHealth::Healthy);
    let ends: jiff::Timestamp = told.consent_expires_at.clone().unwrap().parse().unwrap();
    let repair = NextAction::RepairItem {
        item_id: linked.item_id.clone(),
    };
    let left = ends.duration_since(stage.now()).as_hours() / 24;
    assert!(left >= 1, "{left}");
    set(&desk, move |settings| {
        settings.consent_notice_days = u32::try_from(left).unwrap();
    })
    .await;
    assert_eq!(desk.items().await[0].advice, None);
    set(&desk, |settings| settings.consent_notice_days = 90).await;
    let advised = desk.items().await.remove(0);
    let advice = advised.advice.clone().unwrap().problem;
    assert!(
        advice.message.contains(&format!("in {left} day")),
        "{}",
        advice.message
    );
    assert_eq!(step(&advised), Some(repair));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_webhook_told_is_advice_until_it_is_put_aside() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    set(&desk, |settings| {
        // Nobody listens there: that Plaid has sent it is what /item/get tells.
        settings.webhook = Some("http://127.0.0.1:9/hook".to_owned());
    })
    .await;
    let linked = desk.link(&stage, "Ada").await;
    let notice = json!({"item_id": linked.item_id, "notice": "NEW_ACCOUNTS_AVAILABLE"});
    stage.set_in_bank("item", notice).await;
    let told = check(&desk, &linked).await;
    assert_eq!(told.health, ItemHealth::Healthy);
    let choose = NextAction::ChooseAccounts {
        item_id: linked.item_id.clone(),
    };
    assert_eq!(step(&told), Some(choose));
    let id = linked.item_id.clone();
    let aside = desk
        .run(|desk| async move { features(&desk).items.dismiss_advice(&id).await.unwrap() })
        .await;
    assert_eq!(aside.advice, None);
    assert_eq!(check(&desk, &linked).await.advice, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queued_removal_can_be_tried_at_once() {
    const REMOVE: &str = "/item/remove";
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let linked = desk.link(&stage, "Ada").await;
    stage.fault(REMOVE, Fault::LostAfter);
    let remove = |id: String| async {
        desk.run(|desk| async move { features(&desk).items.remove(&id).await.unwrap() })
            .await
    };
    // Plaid has done it, and nobody here knows.
    let queued = remove(linked.item_id.clone()).await;
    assert!(matches!(queued.outcome, RemovalOutcome::Queued { .. }));
    let ItemHealth::Removing { problem, .. } = desk.items().await.remove(0).health else {
        panic!("it is not being removed");
    };
    assert!(problem.unwrap().message.contains("told again by itself"));
    stage.mend(REMOVE);
    let removed = remove(linked.item_id.clone()).await;
    assert_ne!(removed.outcome, queued.outcome);
    assert!(desk.items().await.is_empty());
}
