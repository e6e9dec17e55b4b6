//! A disk that takes nothing more, while Plaid hands out the only copy of a token. Alone in its program: the limit on
//! the size of files holds for a whole process.
#![cfg(unix)]

use crate::features;
use desk::{
    items::view::ItemHealth,
    problem::{Problem, ProblemKind},
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};

use crate::bank::{Fault, Stage};

const ROTATE: &str = "/item/access_token/invalidate";

/// SIGXFSZ ends a process that does not handle it; handled, the write fails as on a full disk.
const FILE_TOO_LARGE: i32 = 25;

fn limit_files(bytes: Option<u64>) {
    let maximum = getrlimit(Resource::Fsize).maximum;
    let current = bytes.or(maximum);
    setrlimit(Resource::Fsize, Rlimit { current, maximum }).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_token_is_stored_when_the_disk_takes_it_again() {
    let _handled = signal(SignalKind::from_raw(FILE_TOO_LARGE)).unwrap();
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = desk.link(&stage, "Ada").await;
    let rotate = |id: String| {
        desk.begin(|desk| async move {
            features(&desk)
                .items
                .rotate_token(&id)
                .await
                .map_err(Problem::from)
        })
    };

    // Full before: Plaid is not even asked.
    limit_files(Some(1));
    let refused = rotate(item.item_id.clone()).await.unwrap().unwrap_err();
    assert_eq!(refused.kind, ProblemKind::Disk, "{refused:?}");
    assert!(stage.calls(ROTATE).is_empty());
    limit_files(None);

    // Full just when the answer comes: it is kept in memory, and the user is told.
    stage.fault(ROTATE, Fault::HeldAfter);
    let rotation = rotate(item.item_id.clone());
    stage.answered(ROTATE).await;
    limit_files(Some(1));
    stage.mend(ROTATE);
    let told = rotation.await.unwrap().unwrap_err();
    assert_eq!(told.kind, ProblemKind::Disk);
    assert!(told.message.contains("keeps trying"), "{}", told.message);
    limit_files(None);

    // The check waits for the new token, which works; the old one would not.
    let id = item.item_id.clone();
    let checked = desk
        .run(|desk| async move { features(&desk).items.check_now(&id).await.unwrap() })
        .await;
    assert_eq!(checked.health, ItemHealth::Healthy);
    desk.kill().await;
    let desk = stage.desk().await;
    let checked = desk
        .run(|desk| async move {
            features(&desk)
                .items
                .check_now(&item.item_id)
                .await
                .unwrap()
        })
        .await;
    assert_eq!(checked.health, ItemHealth::Healthy);
}
