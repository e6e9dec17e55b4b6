//! The Demo's own menu against the real stand-in: what is set there is shown, happens, and goes away again.

use crate::features;
use desk::{
    DeskError,
    balances::view::{RefreshOutcome, RefreshScope},
    demo::view::{
        DemoCall, DemoChange, DemoFault, DemoHealth, DemoLatency, DemoLimits, DemoView, ItemTrouble,
    },
    items::view::ItemHealth,
    problem::{NextAction, Problem, ProblemKind},
};

use crate::bank::{Running, Stage};

async fn view(desk: &Running) -> DemoView {
    desk.run(|desk| async move { desk.demo_view().await.unwrap() })
        .await
}

async fn change(desk: &Running, change: DemoChange) -> Result<DemoView, DeskError> {
    desk.run(|desk| async move { desk.demo_change(change).await })
        .await
}

async fn refresh(desk: &Running) -> RefreshOutcome {
    desk.run(|desk| async move {
        features(&desk)
            .balances
            .refresh(RefreshScope::All, |_| ())
            .await
            .unwrap()
    })
    .await
}

fn fail(fault: DemoFault, times: u32) -> DemoChange {
    DemoChange::Fail {
        call: DemoCall::LiveBalances,
        fault,
        times,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_go_wrong_as_often_as_asked_for() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    desk.link(&stage, "Ada").await;
    assert_eq!(view(&desk).await.faults, []);

    let shown = change(&desk, fail(DemoFault::Unavailable, 2))
        .await
        .unwrap();
    let pending = &shown.faults[0];
    assert_eq!(pending.path, "/accounts/balance/get");
    assert_eq!(pending.call, Some(DemoCall::LiveBalances));
    assert_eq!((pending.fault, pending.times), (DemoFault::Unavailable, 2));

    let outcome = refresh(&desk).await;
    let problem = &outcome.failed[0].problem;
    assert_eq!(problem.kind, ProblemKind::Network);
    assert_eq!(
        problem.plaid.as_ref().and_then(|plaid| plaid.status),
        Some(503)
    );
    assert_eq!(view(&desk).await.faults[0].times, 1);

    let shown = change(&desk, DemoChange::ClearFaults).await.unwrap();
    assert_eq!(shown.faults, []);
    assert_eq!(refresh(&desk).await.refreshed, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_is_put_into_an_error_and_the_desk_knows_at_once() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item_id = desk.link(&stage, "Ada").await.item_id;
    let put = |trouble| DemoChange::Item {
        item_id: item_id.clone(),
        trouble,
    };

    let shown = change(&desk, put(Some(ItemTrouble::ItemLoginRequired)))
        .await
        .unwrap();
    assert_eq!(shown.items[0].item_id, item_id);
    assert_eq!(shown.items[0].person_name, "Ada");
    assert_eq!(shown.items[0].code.as_deref(), Some("ITEM_LOGIN_REQUIRED"));
    let items = desk.items().await;
    let ItemHealth::NeedsAttention { problem, .. } = &items[0].health else {
        panic!("{:?}", items[0].health);
    };
    let item_id = item_id.clone();
    assert_eq!(problem.action, Some(NextAction::RepairItem { item_id }));

    // What is only announced takes the error's place.
    let shown = change(&desk, put(Some(ItemTrouble::PendingDisconnect)))
        .await
        .unwrap();
    assert_eq!(shown.items[0].code.as_deref(), Some("PENDING_DISCONNECT"));
    assert_eq!(desk.items().await[0].health, ItemHealth::Healthy);

    // A reason says more than the error, and is what the desk explains.
    let shown = change(&desk, put(Some(ItemTrouble::OauthConsentExpired)))
        .await
        .unwrap();
    let code = shown.items[0].code.as_deref();
    assert_eq!(code, Some("OAUTH_CONSENT_EXPIRED"));
    let items = desk.items().await;
    let ItemHealth::NeedsAttention { problem, .. } = &items[0].health else {
        panic!("{:?}", items[0].health);
    };
    assert!(problem.message.contains("consent"), "{problem:?}");

    let shown = change(&desk, put(None)).await.unwrap();
    assert_eq!(shown.items[0].code, None);

    let unknown = DemoChange::Item {
        item_id: "no such Item".to_owned(),
        trouble: None,
    };
    let refused = Problem::from(change(&desk, unknown).await.unwrap_err());
    assert_eq!(refused.kind, ProblemKind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_institution_goes_down_and_the_linked_ones_come_first() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    desk.link(&stage, "Ada").await;
    let before = view(&desk).await.institutions;
    assert!(before.iter().is_sorted_by_key(|one| !one.linked));
    assert_eq!(before[0].institution_id, crate::bank::PLATYPUS);
    assert_eq!(before[0].name, "First Platypus Bank");
    assert!(before.iter().all(|one| !one.changed));
    let always_down = before.iter().find(|one| one.health == DemoHealth::Down);
    assert!(always_down.is_some_and(|one| !one.linked));

    let down = DemoChange::Institution {
        institution_id: crate::bank::PLATYPUS.to_owned(),
        health: DemoHealth::Down,
    };
    let shown = change(&desk, down).await.unwrap();
    assert_eq!(shown.institutions[0].health, DemoHealth::Down);
    assert!(shown.institutions[0].changed);
    let outcome = refresh(&desk).await;
    let code = outcome.failed[0].problem.plaid.clone();
    let code = code.and_then(|plaid| plaid.error_code);
    assert_eq!(code.as_deref(), Some("INSTITUTION_DOWN"));

    let nowhere = DemoChange::Institution {
        institution_id: "ins_0".to_owned(),
        health: DemoHealth::Down,
    };
    let refused = Problem::from(change(&desk, nowhere).await.unwrap_err());
    assert_eq!(refused.kind, ProblemKind::Demo);
    assert!(refused.message.contains("ins_0"), "{}", refused.message);
}

#[tokio::test(flavor = "multi_thread")]
async fn latency_limits_and_clock_are_set_and_the_latency_is_remembered() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let shown = view(&desk).await;
    assert_eq!(shown.latency, DemoLatency::Instant);
    assert_eq!(shown.limits, DemoLimits::Off);
    assert!(shown.ahead_seconds.abs() < 60, "{}", shown.ahead_seconds);

    let latency = DemoLatency::Fixed { millis: 1_500 };
    let shown = change(&desk, DemoChange::Latency { latency })
        .await
        .unwrap();
    assert_eq!(shown.latency, latency);
    let file = std::fs::read_to_string(stage.dir.path().join("desk.json")).unwrap();
    let file: serde_json::Value = serde_json::from_str(&file).unwrap();
    assert_eq!(file["demoLatency"]["millis"], 1_500);

    let limits = DemoLimits::Production;
    let shown = change(&desk, DemoChange::Limits { limits }).await.unwrap();
    assert_eq!(shown.limits, limits);

    // In these tests the desk's clock goes with the bank's, so that neither is ahead. The window's test sees it move.
    let advance_seconds = 4 * 60 * 60;
    let shown = change(&desk, DemoChange::Clock { advance_seconds })
        .await
        .unwrap();
    assert!(shown.ahead_seconds.abs() < 60, "{}", shown.ahead_seconds);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_set_is_said_at_the_field() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let latency = DemoLatency::Fixed { millis: 0 };
    for (wrong, field) in [
        (fail(DemoFault::RateLimit, 0), "times"),
        (fail(DemoFault::RateLimit, 101), "times"),
        (DemoChange::Latency { latency }, "latency"),
    ] {
        let refused = Problem::from(change(&desk, wrong).await.unwrap_err());
        assert_eq!(refused.kind, ProblemKind::InvalidInput);
        assert_eq!(refused.field.as_deref(), Some(field));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_demo_has_the_menu() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    desk.run(|desk| async move { desk.close_environment().await.unwrap() })
        .await;
    let refused = desk
        .run(|desk| async move { desk.demo_view().await.unwrap_err() })
        .await;
    assert_eq!(Problem::from(refused).kind, ProblemKind::Demo);
    let refused = change(&desk, DemoChange::ClearFaults).await.unwrap_err();
    assert_eq!(Problem::from(refused).kind, ProblemKind::Demo);
}
