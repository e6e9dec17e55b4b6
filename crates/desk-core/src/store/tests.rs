use std::{fs, path::Path};

use super::*;
use crate::DeskError;

const PLANTED: &str = "planted-needle-0123456789";

async fn opened(path: &Path, key: &DatabaseKey) -> Result<Store, DeskError> {
    Ok(Store::open(path.to_owned(), key.clone()).await?)
}

fn key() -> DatabaseKey {
    DatabaseKey::random().unwrap()
}

async fn plant(store: &Store, text: &str) -> Result<(), DeskError> {
    let text = text.to_owned();
    store
        .write(move |transaction| -> Result<_, DeskError> {
            transaction.execute("UPDATE settings SET webhook = ?1", [text])?;
            Ok(())
        })
        .await
}

async fn planted(store: &Store) -> Result<Option<String>, DeskError> {
    store
        .read(|connection| -> Result<_, DeskError> {
            Ok(connection.query_row("SELECT webhook FROM settings", [], single_column)?)
        })
        .await
}

fn sidecar(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

#[tokio::test]
async fn what_is_written_is_read_after_a_restart_and_never_lies_open_on_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sandbox.db");
    let key = key();
    let store = opened(&path, &key).await.unwrap();
    plant(&store, PLANTED).await.unwrap();

    let wal = fs::read(sidecar(&path, "-wal")).unwrap();
    assert!(!wal.is_empty(), "the write is in the log");
    for bytes in [&wal, &fs::read(&path).unwrap()] {
        for needle in [PLANTED.as_bytes(), b"CREATE TABLE", b"SQLite format 3"] {
            assert!(!bytes.windows(needle.len()).any(|window| window == needle));
        }
    }

    store.close().await;
    assert!(
        !sidecar(&path, "-wal").exists(),
        "closing folds the log into the file"
    );
    assert!(matches!(planted(&store).await, Err(DeskError::NothingOpen)));
    let bytes = fs::read(&path).unwrap();
    assert!(
        !bytes
            .windows(PLANTED.len())
            .any(|window| window == PLANTED.as_bytes())
    );

    let again = opened(&path, &key).await.unwrap();
    assert_eq!(planted(&again).await.unwrap().as_deref(), Some(PLANTED));
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_reads_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("demo.db");
    let store = opened(&path, &key()).await.unwrap();
    plant(&store, PLANTED).await.unwrap();
    for file in [path.clone(), sidecar(&path, "-wal"), sidecar(&path, "-shm")] {
        let mode = fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.display());
    }
}

#[tokio::test]
async fn another_key_opens_nothing_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("demo.db");
    let right = key();
    let store = opened(&path, &right).await.unwrap();
    plant(&store, PLANTED).await.unwrap();
    store.close().await;
    let before = fs::read(&path).unwrap();

    let refused = opened(&path, &key()).await;
    assert!(matches!(
        refused.err(),
        Some(DeskError::DatabaseUnreadable { .. })
    ));
    assert_eq!(fs::read(&path).unwrap(), before);

    let again = opened(&path, &right).await.unwrap();
    assert_eq!(planted(&again).await.unwrap().as_deref(), Some(PLANTED));
}

#[tokio::test]
async fn a_newer_database_is_left_untouched() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("demo.db");
    let key = key();
    let store = opened(&path, &key).await.unwrap();
    store
        .write(|transaction| -> Result<_, DeskError> {
            transaction.pragma_update(None, "user_version", 9999)?;
            Ok(())
        })
        .await
        .unwrap();
    // Leave data in the log, as a crash would, so that a checkpoint would show.
    let copy = dir.path().join("copy.db");
    for suffix in ["", "-wal"] {
        fs::copy(sidecar(&path, suffix), sidecar(&copy, suffix)).unwrap();
    }
    let before = fs::read(&copy).unwrap();
    let log_before = fs::read(sidecar(&copy, "-wal")).unwrap();

    let refused = opened(&copy, &key).await.err().unwrap();
    assert!(matches!(refused, DeskError::DatabaseNewer { .. }));
    let problem = crate::problem::Problem::from(&refused);
    assert_eq!(problem.kind, crate::problem::ProblemKind::DatabaseNewer);
    assert_eq!(problem.action, Some(crate::problem::NextAction::Update));
    assert_eq!(fs::read(&copy).unwrap(), before);
    assert_eq!(fs::read(sidecar(&copy, "-wal")).unwrap(), log_before);
}

#[tokio::test]
async fn a_damaged_file_is_told_and_not_touched() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("demo.db");
    let key = key();
    let store = opened(&path, &key).await.unwrap();
    plant(&store, PLANTED).await.unwrap();
    store.close().await;
    let mut bytes = fs::read(&path).unwrap();
    bytes[2000] ^= 0xff;
    fs::write(&path, &bytes).unwrap();

    let refused = opened(&path, &key).await.err().unwrap();
    assert!(
        matches!(refused, DeskError::DatabaseUnreadable { .. }),
        "{refused:?}"
    );
    assert_eq!(fs::read(&path).unwrap(), bytes);
    fs::write(&path, "this is no database, and was never one".repeat(200)).unwrap();
    assert!(matches!(
        opened(&path, &key).await.err(),
        Some(DeskError::DatabaseUnreadable { .. })
    ));
}

#[tokio::test]
async fn damage_found_while_reading_is_told_as_the_databases() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("demo.db");
    let key = key();
    let store = opened(&path, &key).await.unwrap();
    store
        .write(|transaction| -> Result<_, DeskError> {
            transaction.execute_batch(
                "CREATE TABLE heap (text TEXT);
                 WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
                 INSERT INTO heap SELECT 'row ' || i FROM n;",
            )?;
            Ok(())
        })
        .await
        .unwrap();
    store.close().await;
    let mut bytes = fs::read(&path).unwrap();
    let last_page = bytes.len() - 2000;
    bytes[last_page] ^= 0xff;
    fs::write(&path, &bytes).unwrap();

    let store = opened(&path, &key).await.unwrap();
    let read = store
        .read(|connection| -> Result<_, DeskError> {
            Ok(connection.query_row("SELECT count(text), max(text) FROM heap", [], |_| Ok(()))?)
        })
        .await;
    let problem = crate::problem::Problem::from(read.unwrap_err());
    assert_eq!(
        problem.kind,
        crate::problem::ProblemKind::Database,
        "{problem:?}"
    );
}

#[tokio::test]
async fn a_full_disk_is_told_and_nothing_is_half_written() {
    let dir = tempfile::tempdir().unwrap();
    let store = opened(&dir.path().join("demo.db"), &key()).await.unwrap();
    plant(&store, "before").await.unwrap();
    let refused = store
        .write(|transaction| -> Result<_, DeskError> {
            transaction.pragma_update(None, "max_page_count", 1)?;
            transaction.execute("UPDATE settings SET webhook = 'half'", [])?;
            transaction.execute("UPDATE settings SET app_name = ?1", ["x".repeat(1_000_000)])?;
            Ok(())
        })
        .await
        .unwrap_err();
    let problem = crate::problem::Problem::from(&refused);
    assert_eq!(
        problem.kind,
        crate::problem::ProblemKind::Disk,
        "{refused:?}"
    );
    assert_eq!(planted(&store).await.unwrap().as_deref(), Some("before"));
}

#[tokio::test]
async fn a_refusal_inside_a_write_undoes_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = opened(&dir.path().join("demo.db"), &key()).await.unwrap();
    let refused = store
        .write(|transaction| -> Result<(), DeskError> {
            transaction.execute("UPDATE settings SET webhook = 'half'", [])?;
            Err(DeskError::NotFound("The thing"))
        })
        .await;
    assert!(matches!(refused, Err(DeskError::NotFound("The thing"))));
    assert_eq!(planted(&store).await.unwrap(), None);
}

#[tokio::test]
async fn a_read_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = opened(&dir.path().join("demo.db"), &key()).await.unwrap();
    let refused = store
        .read(|connection| {
            Ok::<_, DeskError>(connection.execute("UPDATE settings SET webhook = 'x'", [])?)
        })
        .await;
    assert!(refused.is_err());
    assert_eq!(planted(&store).await.unwrap(), None);
}

#[tokio::test]
async fn errors_of_statements_quote_no_values() {
    let dir = tempfile::tempdir().unwrap();
    let store = opened(&dir.path().join("demo.db"), &key()).await.unwrap();
    let failed = store
        .write(|transaction| -> Result<_, DeskError> {
            transaction.execute_batch(&format!("INSERT INTO nowhere VALUES ('{PLANTED}')"))?;
            Ok(())
        })
        .await
        .unwrap_err();
    assert!(!format!("{failed} {failed:?}").contains(PLANTED));
}

#[test]
fn a_key_is_not_printable() {
    let key = DatabaseKey::from_bytes(&[0xab; 32]).unwrap();
    assert_eq!(format!("{key:?}"), "DatabaseKey([redacted])");
    assert!(DatabaseKey::from_bytes(&[1; 31]).is_none());
}
