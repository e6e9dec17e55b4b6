//! A disk that takes nothing more while live balances are read. Alone in its program: the limit on the size of files
//! holds for a whole process.
#![cfg(unix)]

use crate::features;
use desk::{
    balances::view::{RefreshOutcome, RefreshScope},
    problem::{NextAction, ProblemKind},
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{
    signal::unix::{SignalKind, signal},
    task::JoinHandle,
};

use crate::bank::{Fault, Stage, by_mask};

const BALANCE: &str = "/accounts/balance/get";

/// SIGXFSZ ends a process that does not handle it; handled, the write fails as on a full disk.
const FILE_TOO_LARGE: i32 = 25;

fn limit_files(bytes: Option<u64>) {
    let maximum = getrlimit(Resource::Fsize).maximum;
    let current = bytes.or(maximum);
    setrlimit(Resource::Fsize, Rlimit { current, maximum }).unwrap();
}

fn refresh(desk: &crate::bank::Running) -> JoinHandle<RefreshOutcome> {
    desk.begin(|desk| async move {
        features(&desk)
            .balances
            .refresh(RefreshScope::All, |_| {})
            .await
            .unwrap()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn balances_that_cannot_be_saved_are_told_and_nothing_is_half_written() {
    let _handled = signal(SignalKind::from_raw(FILE_TOO_LARGE)).unwrap();
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = desk.link(&stage, "Ada").await;
    desk.link(&stage, "Grace").await;

    // Full before: the calls cannot be written down, so Plaid is not asked.
    limit_files(Some(1));
    let outcome = refresh(&desk).await.unwrap();
    assert_eq!((outcome.refreshed, outcome.failed.len()), (0, 2));
    for failure in &outcome.failed {
        assert_eq!(failure.problem.kind, ProblemKind::Disk);
        assert!(!failure.may_be_billed);
    }
    assert!(stage.calls(BALANCE).is_empty());
    limit_files(None);

    // Full just when the answers come: no reading of either Item is there, and it is said that they may be billed.
    stage.fault(BALANCE, Fault::HeldAfter);
    let running = refresh(&desk);
    stage.called(BALANCE, 2).await;
    stage.answers(BALANCE, 2).await;
    limit_files(Some(1));
    stage.mend(BALANCE);
    let outcome = running.await.unwrap();
    limit_files(None);
    assert_eq!((outcome.refreshed, outcome.failed.len()), (0, 2));
    for failure in &outcome.failed {
        let problem = &failure.problem;
        assert_eq!(problem.kind, ProblemKind::Disk);
        assert!(
            problem.message.contains("could not be saved"),
            "{problem:?}"
        );
        assert_eq!(problem.action, Some(NextAction::Retry));
        assert!(failure.may_be_billed);
    }
    let items = desk.items().await;
    assert_eq!(items.len(), 2);
    for account in items.iter().flat_map(|item| &item.accounts) {
        let id = account.account_id.clone();
        let readings = desk
            .run(|desk| async move { features(&desk).balances.readings(&id, 10).await.unwrap() })
            .await;
        assert_eq!(readings.len(), 1, "only the one of linking");
    }
    let today = desk
        .run(|desk| async move { features(&desk).balances.billing().await.unwrap().today })
        .await;
    assert_eq!((today.balances, today.may_be_billed), (0, 2));

    // With room again all is as usual.
    let outcome = refresh(&desk).await.unwrap();
    assert_eq!((outcome.refreshed, outcome.failed.len()), (2, 0));
    let id = by_mask(&item, "0000").account_id.clone();
    let readings = desk
        .run(|desk| async move { features(&desk).balances.readings(&id, 10).await.unwrap() })
        .await;
    assert_eq!(readings.len(), 2);
}
