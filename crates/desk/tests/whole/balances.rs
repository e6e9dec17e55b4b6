//! Refreshing live balances, and what can be done to an Item, with the network misbehaving.

use crate::features;
use std::sync::{Arc, Mutex};

use desk::{
    Desk,
    balances::view::{ReadingSource, RefreshOutcome, RefreshProgress, RefreshScope},
    items::view::{ItemHealth, ItemView, RemovalOutcome},
    problem::{NextAction, Problem, ProblemKind},
};
use serde_json::json;

use crate::bank::{Fault, Page, Stage, by_mask};

const BALANCE: &str = "/accounts/balance/get";

async fn refresh(
    desk: &crate::bank::Running,
    scope: RefreshScope,
) -> (RefreshOutcome, Vec<RefreshProgress>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = Arc::clone(&told);
    let outcome = desk
        .run(|desk| async move {
            let progress = move |progress| tell.lock().unwrap().push(progress);
            features(&desk)
                .balances
                .refresh(scope, progress)
                .await
                .unwrap()
        })
        .await;
    let told = told.lock().unwrap().clone();
    (outcome, told)
}

fn whole(item: &ItemView) -> RefreshScope {
    RefreshScope::Item {
        item_id: item.item_id.clone(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn balances_are_read_live_and_every_reading_is_kept() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = desk.link(&stage, "Ada").await;
    let checking = by_mask(&item, "0000").account_id.clone();

    let (outcome, told) = refresh(&desk, whole(&item)).await;
    assert_eq!(
        (outcome.refreshed, outcome.failed.len(), outcome.cancelled),
        (1, 0, false)
    );
    let started = RefreshProgress::Started {
        done: 0,
        total: 1,
        seconds_left: Some(4),
    };
    let done = RefreshProgress::ItemDone {
        item_id: item.item_id.clone(),
        done: 1,
        total: 1,
        seconds_left: Some(0),
    };
    assert_eq!(told, [started, done]);
    assert!(stage.calls(BALANCE)[0].body.get("options").is_none());

    let one = RefreshScope::Account {
        account_id: checking.clone(),
    };
    refresh(&desk, one).await;
    let asked = &stage.calls(BALANCE)[1].body["options"]["account_ids"];
    assert_eq!(*asked, json!([checking]));
    // The others are as they were.
    let items = desk.items().await;
    assert_eq!(items[0].accounts.len(), item.accounts.len());

    let readings = desk
        .run(|desk| async move {
            features(&desk)
                .balances
                .readings(&checking, 10)
                .await
                .unwrap()
        })
        .await;
    let sources: Vec<_> = readings.iter().map(|reading| reading.source).collect();
    let (live, cached) = (ReadingSource::Live, ReadingSource::Cached);
    assert_eq!(sources, [live, live, cached]);
    assert!(
        readings
            .iter()
            .all(|reading| !reading.request_id.is_empty())
    );
    assert_eq!(readings[0].currency.as_deref(), Some("USD"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_can_be_cancelled_and_runs_once_at_a_time() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    desk.link(&stage, "Ada").await;
    stage.fault(BALANCE, Fault::HeldBefore);
    let running = desk.begin(|desk| async move {
        features(&desk)
            .balances
            .refresh(RefreshScope::All, |_| {})
            .await
            .unwrap()
    });
    stage.called(BALANCE, 1).await;
    let second = desk
        .run(|desk| async move {
            features(&desk)
                .balances
                .refresh(RefreshScope::All, |_| {})
                .await
                .unwrap_err()
        })
        .await;
    assert_eq!(Problem::from(second).kind, ProblemKind::AlreadyRunning);
    desk.desk.open().unwrap().balances.cancel_refresh();
    let outcome = running.await.unwrap();
    assert!(outcome.cancelled);
    assert_eq!((outcome.refreshed, outcome.failed.len()), (0, 0));
    stage.mend(BALANCE);
    let (outcome, _) = refresh(&desk, RefreshScope::All).await;
    assert_eq!((outcome.refreshed, outcome.cancelled), (1, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_item_that_fails_does_not_hold_up_the_others() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let broken = desk.link(&stage, "Ada").await;
    desk.link(&stage, "Grace").await;
    let id = broken.item_id.clone();
    desk.run(|desk| async move { features(&desk).items.reset_login(&id).await.unwrap() })
        .await;
    let (outcome, told) = refresh(&desk, RefreshScope::All).await;
    assert_eq!(outcome.refreshed, 1);
    assert_eq!(outcome.failed[0].item_id, broken.item_id);
    assert_eq!(outcome.failed[0].institution_name, "First Platypus Bank");
    assert_eq!(told.len(), 3);
    let items = desk.items().await;
    assert!(matches!(items[0].health, ItemHealth::NeedsAttention { .. }));
    assert_eq!(items[1].health, ItemHealth::Healthy);
    // What was read before is still there.
    assert!(by_mask(&items[0], "0000").reading.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_that_pass_are_tried_again_and_others_are_told() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = desk.link(&stage, "Ada").await;
    stage.fault(
        BALANCE,
        Fault::Says(429, "RATE_LIMIT_EXCEEDED", "BALANCE_LIMIT"),
    );
    let (outcome, _) = refresh(&desk, whole(&item)).await;
    let plaid = outcome.failed[0].problem.plaid.clone().unwrap();
    assert_eq!(plaid.error_code.as_deref(), Some("BALANCE_LIMIT"));
    assert_eq!(
        outcome.failed[0].problem.action,
        Some(NextAction::Retry),
        "retry failed"
    );
    // Three seconds of pauses that double: half a second, one, and no third of two.
    let limited = stage.calls(BALANCE).len();
    assert!((2..=4).contains(&limited), "{limited} tries");

    stage.fault(
        BALANCE,
        Fault::Says(500, "API_ERROR", "INTERNAL_SERVER_ERROR"),
    );
    refresh(&desk, whole(&item)).await;
    assert_eq!(stage.calls(BALANCE).len(), limited + 3, "three tries");

    stage.fault(
        BALANCE,
        Fault::Says(400, "INSTITUTION_ERROR", "INSTITUTION_DOWN"),
    );
    refresh(&desk, whole(&item)).await;
    assert_eq!(stage.calls(BALANCE).len(), limited + 4, "one try");
    // The bank's trouble is not the Item's.
    assert_eq!(desk.items().await[0].health, ItemHealth::Healthy);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_balance_that_may_have_been_billed_is_not_asked_for_again() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = desk.link(&stage, "Ada").await;
    for (times, fault) in [(1, Fault::LostAfter), (2, Fault::Cut)] {
        stage.fault(BALANCE, fault);
        let (outcome, _) = refresh(&desk, whole(&item)).await;
        let failure = &outcome.failed[0];
        assert_eq!(failure.problem.kind, ProblemKind::Network);
        assert!(failure.may_be_billed);
        let message = &failure.problem.message;
        assert!(
            message.ends_with("Plaid may bill the call all the same."),
            "{message}"
        );
        assert_eq!(stage.calls(BALANCE).len(), times, "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_token_replaces_the_old_one() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = desk.link(&stage, "Ada").await;
    let id = item.item_id.clone();
    refresh(&desk, whole(&item)).await;
    desk.run(|desk| async move { features(&desk).items.rotate_token(&id).await.unwrap() })
        .await;
    let (outcome, _) = refresh(&desk, whole(&item)).await;
    assert_eq!(outcome.refreshed, 1);
    let calls = stage.calls(BALANCE);
    assert_ne!(calls[0].body["access_token"], calls[1].body["access_token"]);

    // While a call uses the token it is not rotated.
    stage.fault(BALANCE, Fault::HeldBefore);
    let scope = whole(&item);
    let running = desk.begin(|desk| async move {
        features(&desk)
            .balances
            .refresh(scope, |_| {})
            .await
            .unwrap()
    });
    stage.called(BALANCE, 3).await;
    let id = item.item_id.clone();
    let refused = desk
        .run(|desk| async move { features(&desk).items.rotate_token(&id).await.unwrap_err() })
        .await;
    assert_eq!(Problem::from(refused).kind, ProblemKind::AlreadyRunning);
    stage.mend(BALANCE);
    assert_eq!(running.await.unwrap().refreshed, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_is_finished_however_long_plaid_is_away() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = desk.link(&stage, "Ada").await;
    stage.fault("/item/remove", Fault::Cut);
    let id = item.item_id.clone();
    let removed = desk
        .run(|desk| async move { features(&desk).items.remove(&id).await.unwrap() })
        .await;
    let RemovalOutcome::Queued { problem } = removed.outcome else {
        panic!("{removed:?}");
    };
    assert_eq!(problem.kind, ProblemKind::Network);
    assert_eq!(problem.action, Some(NextAction::Retry));
    let ItemHealth::Removing { problem: shown, .. } = desk.items().await.remove(0).health else {
        panic!("it is not being removed");
    };
    assert_eq!(shown, Some(problem));
    desk.kill().await;

    stage.mend("/item/remove");
    let desk = stage.desk().await;
    let read = |desk: Desk| async move { features(&desk).items.view_all().await.unwrap().items };
    desk.until(read, Vec::is_empty).await;
    let checking = by_mask(&item, "0000").account_id.clone();
    let readings = desk
        .run(|desk| async move {
            features(&desk)
                .balances
                .readings(&checking, 10)
                .await
                .unwrap()
        })
        .await;
    assert_eq!(readings.len(), 1, "its history stays");
    let people = desk
        .run(|desk| async move { features(&desk).items.customers().await.unwrap() })
        .await;
    assert_eq!(people.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_plaid_has_forgotten_is_removed() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = desk.link(&stage, "Ada").await;
    stage.fault(
        "/item/remove",
        Fault::Says(400, "ITEM_ERROR", "ITEM_NOT_FOUND"),
    );
    let id = item.item_id.clone();
    let removed = desk
        .run(|desk| async move { features(&desk).items.remove(&id).await.unwrap() })
        .await;
    assert_eq!(removed.institution_name, "First Platypus Bank");
    assert!(desk.items().await.is_empty());
    let id = item.item_id.clone();
    let gone = desk
        .run(|desk| async move { features(&desk).items.remove(&id).await.unwrap_err() })
        .await;
    assert_eq!(Problem::from(gone).kind, ProblemKind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_token_leaves_the_desk() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = desk.link(&stage, "Ada").await;
    let id = item.item_id.clone();
    desk.run(|desk| async move { features(&desk).items.rotate_token(&id).await.unwrap() })
        .await;
    refresh(&desk, RefreshScope::All).await;
    let started = desk.link_start("Grace").await;
    let grant = stage.go_through_link(&started, "user_good").await;
    Page::of(&stage, &started).post("success", &grant).await;
    desk.kept(&started.session.session_id).await;

    let shown = desk
        .run(|desk| async move {
            let views = (
                features(&desk).items.view_all().await.unwrap(),
                features(&desk).links.list().await.unwrap(),
                features(&desk).items.customers().await.unwrap(),
                desk.status().await,
            );
            format!("{views:?} {}", serde_json::to_string(&views.0).unwrap())
        })
        .await;
    let mut secrets = stage.secrets();
    secrets.push(grant["public_token"].as_str().unwrap().to_owned());
    secrets.retain(|secret| secret.len() > 8);
    assert!(secrets.len() >= 6, "the wire has seen tokens");
    for secret in &secrets {
        assert!(!shown.contains(secret), "a secret is in a view");
        for (file, bytes) in crate::bank::bytes_on_disk(stage.dir.path()) {
            let found = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!found, "a secret lies open in {}", file.display());
        }
    }
}
