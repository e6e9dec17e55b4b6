//! A disk that takes nothing more, while a file is exported. Alone in its program: the limit on the size of files holds
//! for a whole process.
#![cfg(unix)]

use crate::features;
use desk::{
    export::view::{ExportFormat, ExportWhat, ListColumn},
    problem::{Problem, ProblemKind},
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};

use crate::bank::Stage;

/// SIGXFSZ ends a process that does not handle it; handled, the write fails as on a full disk.
const FILE_TOO_LARGE: i32 = 25;

fn limit_files(bytes: Option<u64>) {
    let maximum = getrlimit(Resource::Fsize).maximum;
    let current = bytes.or(maximum);
    setrlimit(Resource::Fsize, Rlimit { current, maximum }).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_said_and_nothing_is_left_behind() {
    let _handled = signal(SignalKind::from_raw(FILE_TOO_LARGE)).unwrap();
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = desk.link(&stage, "Ada").await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("accounts.csv");
    std::fs::write(&path, "old").unwrap();
    let what = ExportWhat::List {
        account_ids: item
            .accounts
            .iter()
            .map(|account| account.account_id.clone())
            .collect(),
        columns: vec![ListColumn::Name],
    };
    let to = path.clone();
    limit_files(Some(1));
    let refused = desk
        .run(|desk| async move {
            let exported = features(&desk)
                .exports
                .export(what, ExportFormat::Csv, to)
                .await;
            exported.map_err(Problem::from)
        })
        .await;
    limit_files(None);
    let problem = refused.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Disk);
    assert!(
        problem.message.contains("the disk is full"),
        "{}",
        problem.message
    );
    let there: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(there.len(), 1, "{there:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
}
