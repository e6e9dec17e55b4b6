use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{Json, Router, http::StatusCode, routing::post};
use serde_json::json;
use url::Url;

use super::{
    data_dir::has_database,
    desk_file::{DeskFile, DeskFileContents, SecretPlace},
    state::UnlockPrompt,
    view::{AppStatus, KeysInput, SecretStoreChoice, SecretStoreStatus},
};
use crate::{
    demo::view::DemoLatency,
    desk::{DemoError, DemoLauncher, Desk, DeskConfig, PlaidUrls},
};
use desk_core::{
    BoxFuture, DeskError,
    environment::Environment,
    problem::{NextAction, Problem, ProblemKind},
    secrets::{Passphrase, SecretKind, SecretSlot, TypedSecret},
};

const PASSPHRASE: &str = "correct horse battery";
const OTHER: &str = "staple staple staple";
const CLIENT_ID: &str = "0123456789abcdef01234567";
const SECRET: &str = "0123456789abcdef0123456789abcd";

struct Nowhere;

impl DemoLauncher for Nowhere {
    fn start(
        &self,
        state_dir: PathBuf,
        _latency: Option<DemoLatency>,
    ) -> BoxFuture<'_, Result<Url, DemoError>> {
        Box::pin(async move {
            fs::create_dir_all(&state_dir).map_err(|error| DemoError::Spawn(error.to_string()))?;
            fs::write(state_dir.join("bank.db"), "invented")
                .map_err(|error| DemoError::Spawn(error.to_string()))?;
            Url::parse("http://127.0.0.1:9")
                .map_err(|error| DemoError::NoAddress(error.to_string()))
        })
    }

    fn control(&self) -> Option<Url> {
        None
    }

    fn stop(&self) {}
}

fn config(dir: &Path, sandbox: Option<Url>) -> DeskConfig {
    DeskConfig {
        data_dir: dir.to_owned(),
        version: "0.0.0".to_owned(),
        keyring_service: "balance-desk-tests-use-no-keyring".to_owned(),
        plaid_urls: PlaidUrls {
            production: sandbox.clone(),
            sandbox,
        },
        demo: Arc::new(Nowhere),
    }
}

async fn started(dir: &Path) -> Desk {
    Desk::start(config(dir, None)).await
}

fn passphrase(text: &str) -> SecretStoreChoice {
    SecretStoreChoice::Passphrase {
        passphrase: Passphrase::new(text),
    }
}

async fn chosen(dir: &Path) -> Desk {
    let desk = started(dir).await;
    desk.choose_secret_store(passphrase(PASSPHRASE))
        .await
        .unwrap();
    desk
}

async fn in_demo(dir: &Path) -> Desk {
    let desk = chosen(dir).await;
    desk.open_environment(Environment::Demo).await.unwrap();
    let mut settings = desk.open().unwrap().settings.view().await.unwrap().settings;
    settings.app_name = "Kept".to_owned();
    desk.open().unwrap().settings.save(settings).await.unwrap();
    desk
}

/// Simulates a crash: stops all writes and releases the data folder.
async fn killed(desk: Desk) {
    if let Some(features) = desk.update_state(|state| state.open.take()) {
        features.session.close_now().await;
    }
    drop(desk);
}

fn vault_files(dir: &Path) -> usize {
    fs::read_dir(dir)
        .unwrap()
        .filter(|entry| {
            let name = entry.as_ref().unwrap().file_name();
            name.to_string_lossy().starts_with("vault-")
        })
        .count()
}

fn desk_file(dir: &Path) -> DeskFile {
    match DeskFile::read(dir).unwrap() {
        DeskFileContents::File(file) => file,
        other => panic!("{other:?}"),
    }
}

fn locked(status: &AppStatus) -> bool {
    status.secret_store == SecretStoreStatus::Passphrase { locked: true }
}

async fn app_name(desk: &Desk) -> String {
    desk.open()
        .unwrap()
        .settings
        .view()
        .await
        .unwrap()
        .settings
        .app_name
}

async fn unlocked(dir: &Path, text: &str) -> Desk {
    let desk = started(dir).await;
    assert!(locked(&desk.status().await));
    desk.unlock(Passphrase::new(text)).await.unwrap();
    desk
}

#[tokio::test]
async fn a_restart_asks_for_the_passphrase_and_finds_everything_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let desk = in_demo(dir.path()).await;
    desk.shut_down().await;
    drop(desk);

    let desk = started(dir.path()).await;
    let status = desk.status().await;
    assert!(locked(&status));
    assert_eq!(status.open, None);
    assert_eq!(status.open_problem, None);
    assert_eq!(
        status.environments[1].has_keys, None,
        "not known while locked"
    );
    assert!(matches!(
        desk.open_environment(Environment::Demo).await,
        Err(DeskError::SecretsLocked)
    ));

    let wrong = Problem::from(desk.unlock(Passphrase::new(OTHER)).await.unwrap_err());
    assert_eq!(wrong.kind, ProblemKind::WrongPassphrase);
    assert_eq!(wrong.field.as_deref(), Some("passphrase"));

    let status = desk.unlock(Passphrase::new(PASSPHRASE)).await.unwrap();
    assert_eq!(status.open, Some(Environment::Demo));
    assert_eq!(app_name(&desk).await, "Kept");
}

#[tokio::test]
async fn going_back_to_the_doors_outlives_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let desk = in_demo(dir.path()).await;
    let status = desk.close_environment().await.unwrap();
    assert_eq!(status.open, None);
    assert!(matches!(desk.open(), Err(DeskError::NothingOpen)));
    killed(desk).await;
    let desk = unlocked(dir.path(), PASSPHRASE).await;
    let status = desk.status().await;
    assert_eq!(status.open, None);
    assert_eq!(status.last_environment, Some(Environment::Demo));
    assert!(status.environments[0].has_database);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_opened_is_in_use_only_when_nothing_slow_is_left_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let desk = chosen(dir.path()).await;
    let looking = desk.clone();
    // Observes the first moment at which commands reach the environment.
    let seen = std::thread::spawn(move || {
        loop {
            let last = looking.read_state(|state| {
                let open = state.open.as_ref()?;
                Some((open.session.environment, state.file.last_environment))
            });
            if let Some(last) = last {
                return last;
            }
            std::hint::spin_loop();
        }
    });
    desk.open_environment(Environment::Demo).await.unwrap();
    assert_eq!(
        seen.join().unwrap(),
        (Environment::Demo, Some(Environment::Demo)),
        "desk.json is written before, not after"
    );
}

#[tokio::test]
async fn a_short_passphrase_is_refused_and_nothing_is_chosen() {
    let dir = tempfile::tempdir().unwrap();
    let desk = started(dir.path()).await;
    let refused = Problem::from(
        desk.choose_secret_store(passphrase("nine char"))
            .await
            .unwrap_err(),
    );
    assert_eq!(refused.field.as_deref(), Some("passphrase"));
    assert!(matches!(
        desk.status().await.secret_store,
        SecretStoreStatus::NotChosen { .. }
    ));
    assert_eq!(vault_files(dir.path()), 0);
    // The limit counts characters, not bytes.
    desk.choose_secret_store(passphrase("äöüßÄÖÜ€🏦🏦"))
        .await
        .unwrap();
    assert!(
        desk.choose_secret_store(passphrase(OTHER)).await.is_err(),
        "chosen once"
    );
}

#[tokio::test]
async fn a_database_without_its_key_is_never_given_another() {
    let dir = tempfile::tempdir().unwrap();
    let desk = in_demo(dir.path()).await;
    desk.close_environment().await.unwrap();
    let secrets = desk.secret_store(UnlockPrompt::Never).await.unwrap();
    let slot = SecretSlot::new(Environment::Demo, SecretKind::DatabaseKey);
    secrets.remove(slot).await.unwrap();
    let before = fs::read(dir.path().join("demo.db")).unwrap();

    let missing = desk.open_environment(Environment::Demo).await.unwrap_err();
    assert_eq!(Problem::from(&missing).kind, ProblemKind::KeyMissing);
    assert_eq!(secrets.get(slot).await.unwrap(), None);
    assert_eq!(fs::read(dir.path().join("demo.db")).unwrap(), before);

    // Erasing still works.
    let slow = Some(DemoLatency::Lifelike);
    desk.remember_demo_latency(slow).await.unwrap();
    desk.erase_environment(Environment::Demo, "demo")
        .await
        .unwrap();
    assert_eq!(desk.read_state(|state| state.file.demo_latency), None);
    desk.open_environment(Environment::Demo).await.unwrap();
    assert_eq!(app_name(&desk).await, "Balance Desk");
}

#[tokio::test]
async fn a_key_whose_database_was_never_created_is_used() {
    let dir = tempfile::tempdir().unwrap();
    let desk = in_demo(dir.path()).await;
    let slot = SecretSlot::new(Environment::Demo, SecretKind::DatabaseKey);
    let secrets = desk.secret_store(UnlockPrompt::Never).await.unwrap();
    let key = secrets.get(slot).await.unwrap();
    killed(desk).await;
    // Simulates a crash after the key was stored; SQLite may have left an empty file.
    fs::write(dir.path().join("demo.db"), "").unwrap();
    drop(secrets);

    let desk = unlocked(dir.path(), PASSPHRASE).await;
    desk.open_environment(Environment::Demo).await.unwrap();
    let secrets = desk.secret_store(UnlockPrompt::Never).await.unwrap();
    assert_eq!(secrets.get(slot).await.unwrap(), key);
}

#[tokio::test]
async fn another_passphrase_takes_every_secret_along() {
    let dir = tempfile::tempdir().unwrap();
    let desk = in_demo(dir.path()).await;
    assert!(desk.change_secret_store(passphrase("short")).await.is_err());
    let status = desk.change_secret_store(passphrase(OTHER)).await.unwrap();
    assert_eq!(status.open, Some(Environment::Demo), "it stays open");
    assert_eq!(vault_files(dir.path()), 1);
    assert_eq!(desk_file(dir.path()).leftovers, []);
    killed(desk).await;

    let desk = started(dir.path()).await;
    assert!(matches!(
        desk.unlock(Passphrase::new(PASSPHRASE)).await,
        Err(DeskError::WrongPassphrase)
    ));
    desk.unlock(Passphrase::new(OTHER)).await.unwrap();
    assert_eq!(app_name(&desk).await, "Kept");
}

/// How far a passphrase change got before the crash.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
enum Got {
    Announced,
    Copied,
    Flipped,
}

#[tokio::test]
async fn a_change_that_is_killed_leaves_one_place_with_every_secret() {
    for got in [Got::Announced, Got::Copied, Got::Flipped] {
        let dir = tempfile::tempdir().unwrap();
        let desk = in_demo(dir.path()).await;
        let from = desk_file(dir.path()).secrets.unwrap();
        let to = SecretPlace::new_passphrase();
        desk.announce_move(to).await.unwrap();
        if got >= Got::Copied {
            let old = desk.secret_store(UnlockPrompt::Never).await.unwrap();
            let new = desk
                .copy_secrets(&old, to, passphrase(OTHER))
                .await
                .unwrap();
            assert_eq!(vault_files(dir.path()), 2);
            if got >= Got::Flipped {
                desk.switch_place(from, to, new).await.unwrap();
            }
        }
        killed(desk).await;

        let right = if got >= Got::Flipped {
            OTHER
        } else {
            PASSPHRASE
        };
        let desk = unlocked(dir.path(), right).await;
        assert_eq!(app_name(&desk).await, "Kept", "{got:?}");
        assert_eq!(vault_files(dir.path()), 1, "{got:?}");
        assert_eq!(desk_file(dir.path()).leftovers, [], "{got:?}");
    }
}

#[tokio::test]
async fn a_lost_desk_json_is_no_first_start() {
    for damage in ["", "{\"format\": 1, \"secr"] {
        let dir = tempfile::tempdir().unwrap();
        killed(in_demo(dir.path()).await).await;
        if damage.is_empty() {
            fs::remove_file(DeskFile::path(dir.path())).unwrap();
        } else {
            fs::write(DeskFile::path(dir.path()), damage).unwrap();
        }
        let desk = unlocked(dir.path(), PASSPHRASE).await;
        assert_eq!(vault_files(dir.path()), 1);
        desk.open_environment(Environment::Demo).await.unwrap();
        assert_eq!(app_name(&desk).await, "Kept");
        assert!(desk_file(dir.path()).secrets.is_some(), "written again");
    }
}

#[tokio::test]
async fn a_passphrase_file_that_is_gone_is_told() {
    let dir = tempfile::tempdir().unwrap();
    killed(in_demo(dir.path()).await).await;
    for entry in fs::read_dir(dir.path()).unwrap() {
        let path = entry.unwrap().path();
        if path
            .file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with("vault-")
        {
            fs::remove_file(path).unwrap();
        }
    }
    let desk = started(dir.path()).await;
    let gone = desk.unlock(Passphrase::new(PASSPHRASE)).await.unwrap_err();
    assert!(matches!(gone, DeskError::VaultMissing { .. }));
    assert_eq!(vault_files(dir.path()), 0, "no new one in its place");
}

#[tokio::test]
async fn a_second_desk_on_the_same_folder_touches_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let _first = in_demo(dir.path()).await;
    let second = started(dir.path()).await;
    let problem = second.status().await.open_problem.unwrap();
    assert_eq!(problem.kind, ProblemKind::AlreadyRunning);
    for refused in [
        second.open_environment(Environment::Demo).await.err(),
        second.choose_secret_store(passphrase(OTHER)).await.err(),
        second
            .erase_environment(Environment::Demo, "demo")
            .await
            .err(),
        second.start_over("start over").await.err(),
        second.save_keys(keys(SECRET)).await.err(),
        second.close_environment().await.err(),
    ] {
        assert!(
            matches!(refused, Some(DeskError::AlreadyRunning(_))),
            "{refused:?}"
        );
    }
    assert_eq!(vault_files(dir.path()), 1);
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_told_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let desk = in_demo(dir.path()).await;
    desk.open()
        .unwrap()
        .session
        .store
        .write(|transaction| -> Result<_, DeskError> {
            transaction.pragma_update(None, "user_version", 9999)?;
            Ok(())
        })
        .await
        .unwrap();
    killed(desk).await;
    let before = fs::read(dir.path().join("demo.db")).unwrap();

    let desk = unlocked(dir.path(), PASSPHRASE).await;
    let problem = desk.status().await.open_problem.unwrap();
    assert_eq!(problem.kind, ProblemKind::DatabaseNewer);
    assert_eq!(problem.action, Some(NextAction::Update));
    assert_eq!(fs::read(dir.path().join("demo.db")).unwrap(), before);
}

async fn slots(desk: &Desk, environment: Environment) -> usize {
    let secrets = desk.secret_store(UnlockPrompt::Never).await.unwrap();
    let mut filled = 0;
    for kind in SecretKind::ALL {
        let slot = SecretSlot::new(environment, kind);
        filled += usize::from(secrets.get(slot).await.unwrap().is_some());
    }
    filled
}

fn demo_files(dir: &Path) -> Vec<&'static str> {
    ["demo.db", "demo.db-wal", "demo.db-shm", "demo-bank"]
        .into_iter()
        .filter(|name| dir.join(name).exists())
        .collect()
}

#[tokio::test]
async fn erasing_needs_the_name_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let desk = in_demo(dir.path()).await;
    for wrong in ["", "Sandbox", "yes", "demo demo"] {
        let refused = desk.erase_environment(Environment::Demo, wrong).await;
        assert_eq!(
            Problem::from(refused.unwrap_err()).field.as_deref(),
            Some("confirmation")
        );
    }
    assert_eq!(app_name(&desk).await, "Kept");
    assert_eq!(slots(&desk, Environment::Demo).await, 1);

    let status = desk
        .erase_environment(Environment::Demo, " Demo ")
        .await
        .unwrap();
    assert_eq!(status.open, None);
    assert_eq!(status.last_environment, None);
    assert!(!status.environments[0].has_database);
    assert_eq!(demo_files(dir.path()), Vec::<&str>::new());
    assert_eq!(slots(&desk, Environment::Demo).await, 0);
    assert_eq!(desk_file(dir.path()).erasing, []);
}

#[tokio::test]
async fn an_erasure_that_is_killed_is_finished_by_the_next_start() {
    for keys_gone in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let desk = in_demo(dir.path()).await;
        desk.begin_erasure(Environment::Demo).await.unwrap();
        if keys_gone {
            let secrets = desk.secret_store(UnlockPrompt::Never).await.unwrap();
            for kind in SecretKind::ALL {
                let slot = SecretSlot::new(Environment::Demo, kind);
                secrets.remove(slot).await.unwrap();
            }
        }
        killed(desk).await;
        assert!(has_database(&dir.path().join("demo.db")));

        let desk = started(dir.path()).await;
        assert_eq!(
            demo_files(dir.path()),
            Vec::<&str>::new(),
            "the files need no passphrase"
        );
        desk.unlock(Passphrase::new(PASSPHRASE)).await.unwrap();
        assert_eq!(slots(&desk, Environment::Demo).await, 0);
        assert_eq!(desk_file(dir.path()).erasing, []);
        desk.open_environment(Environment::Demo).await.unwrap();
        assert_eq!(app_name(&desk).await, "Balance Desk");
    }
}

fn is_as_on_first_start(dir: &Path, status: &AppStatus) -> bool {
    matches!(status.secret_store, SecretStoreStatus::NotChosen { .. })
        && status.open.is_none()
        && status.open_problem.is_none()
        && status.last_environment.is_none()
        && status.environments.iter().all(|door| !door.has_database)
        && demo_files(dir).is_empty()
        && vault_files(dir) == 0
        && desk_file(dir) == DeskFile::default()
}

#[tokio::test]
async fn who_has_lost_the_passphrase_can_start_over() {
    let dir = tempfile::tempdir().unwrap();
    killed(in_demo(dir.path()).await).await;
    let desk = started(dir.path()).await;
    for wrong in ["", "demo", "yes", "start"] {
        let refused = desk.start_over(wrong).await.unwrap_err();
        assert_eq!(
            Problem::from(refused).field.as_deref(),
            Some("confirmation")
        );
    }
    assert!(locked(&desk.status().await));
    assert!(has_database(&dir.path().join("demo.db")));

    let status = desk.start_over(" Start Over ").await.unwrap();
    assert!(is_as_on_first_start(dir.path(), &status), "{status:?}");
    drop(desk);

    let desk = started(dir.path()).await;
    let status = desk.status().await;
    assert!(is_as_on_first_start(dir.path(), &status), "{status:?}");
    desk.choose_secret_store(passphrase(OTHER)).await.unwrap();
    desk.open_environment(Environment::Demo).await.unwrap();
    assert_eq!(app_name(&desk).await, "Balance Desk");
}

#[tokio::test]
async fn starting_over_that_is_killed_is_finished_by_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let desk = in_demo(dir.path()).await;
    desk.begin_starting_over().await.unwrap();
    killed(desk).await;
    assert!(has_database(&dir.path().join("demo.db")));
    assert_eq!(vault_files(dir.path()), 1);

    let desk = started(dir.path()).await;
    let status = desk.status().await;
    assert!(is_as_on_first_start(dir.path(), &status), "{status:?}");
}

#[tokio::test]
async fn a_damaged_database_is_erased_without_being_opened() {
    let dir = tempfile::tempdir().unwrap();
    killed(in_demo(dir.path()).await).await;
    fs::write(
        dir.path().join("demo.db"),
        "this is no database".repeat(400),
    )
    .unwrap();
    let desk = unlocked(dir.path(), PASSPHRASE).await;
    let status = desk.status().await;
    assert_eq!(status.open_problem.unwrap().kind, ProblemKind::Database);
    assert_eq!(status.last_environment, Some(Environment::Demo));

    let status = desk
        .erase_environment(Environment::Demo, "demo")
        .await
        .unwrap();
    assert_eq!(status.open_problem, None);
    desk.open_environment(Environment::Demo).await.unwrap();
    assert_eq!(app_name(&desk).await, "Balance Desk");
}

fn keys(secret: &str) -> KeysInput {
    KeysInput {
        environment: Environment::Sandbox,
        client_id: CLIENT_ID.to_owned(),
        secret: TypedSecret::new(secret),
    }
}

/// Accepts the known keys and rejects others, like Plaid.
async fn plaid() -> Url {
    async fn answer(headers: axum::http::HeaderMap) -> (StatusCode, Json<serde_json::Value>) {
        let secret = headers["plaid-secret"].to_str().unwrap();
        let (error_type, code) = match secret.as_bytes().last() {
            Some(b'd') => ("INVALID_INPUT", "INVALID_INSTITUTION"),
            Some(b'e') => ("API_ERROR", "INTERNAL_SERVER_ERROR"),
            Some(b'f') => ("INVALID_INPUT", "UNAUTHORIZED_ENVIRONMENT"),
            _ => ("INVALID_INPUT", "INVALID_API_KEYS"),
        };
        let body = json!({
            "error_type": error_type, "error_code": code, "error_message": "m",
            "display_message": null, "request_id": "req-1",
        });
        (StatusCode::BAD_REQUEST, Json(body))
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().fallback(post(answer));
    tokio::spawn(async move { axum::serve(listener, app).await });
    Url::parse(&url).unwrap()
}

#[tokio::test]
async fn keys_are_proved_before_they_are_stored() {
    let dir = tempfile::tempdir().unwrap();
    let desk = Desk::start(config(dir.path(), Some(plaid().await))).await;
    desk.choose_secret_store(passphrase(PASSPHRASE))
        .await
        .unwrap();

    let of_production = SECRET.replace("abcd", "abc0");
    let problem = Problem::from(desk.save_keys(keys(&of_production)).await.unwrap_err());
    assert_eq!(problem.kind, ProblemKind::InvalidInput);
    assert_eq!(problem.field.as_deref(), Some("secret"));
    assert!(problem.message.contains("the secret of Sandbox"));
    assert_eq!(problem.action, Some(NextAction::CheckKeys));
    let shown = serde_json::to_string(&problem).unwrap();
    assert!(
        !shown.contains(&of_production),
        "a secret is never repeated"
    );
    let plaid = problem.plaid.unwrap();
    assert_eq!(plaid.error_code.as_deref(), Some("INVALID_API_KEYS"));
    assert_eq!(plaid.request_id.as_deref(), Some("req-1"));

    let in_trouble = SECRET.replace("abcd", "abce");
    let problem = Problem::from(desk.save_keys(keys(&in_trouble)).await.unwrap_err());
    assert_eq!(problem.kind, ProblemKind::Plaid);
    assert!(problem.message.contains("nothing was saved"));
    assert_eq!(problem.action, Some(NextAction::Retry));

    let no_access = SECRET.replace("abcd", "abcf");
    let problem = Problem::from(desk.save_keys(keys(&no_access)).await.unwrap_err());
    assert!(matches!(problem.action, Some(NextAction::OpenPage { .. })));

    assert_eq!(slots(&desk, Environment::Sandbox).await, 0);
    let status = desk.status().await;
    assert_eq!(status.environments[1].has_keys, Some(false));
    let problem = Problem::from(
        desk.open_environment(Environment::Sandbox)
            .await
            .unwrap_err(),
    );
    assert_eq!(problem.field.as_deref(), Some("clientId"));

    let status = desk.save_keys(keys(SECRET)).await.unwrap();
    assert_eq!(status.open, Some(Environment::Sandbox));
    assert_eq!(status.environments[1].has_keys, Some(true));
    assert_eq!(status.environments[1].client_id.as_deref(), Some(CLIENT_ID));
    assert_eq!(status.environments[2].has_keys, Some(false));
    assert!(no_file_has(dir.path(), SECRET.as_bytes()));
}

#[tokio::test]
async fn keys_come_back_after_a_restart_and_go_when_removed() {
    let dir = tempfile::tempdir().unwrap();
    let url = plaid().await;
    let desk = Desk::start(config(dir.path(), Some(url.clone()))).await;
    desk.choose_secret_store(passphrase(PASSPHRASE))
        .await
        .unwrap();
    desk.save_keys(keys(SECRET)).await.unwrap();
    killed(desk).await;

    let desk = Desk::start(config(dir.path(), Some(url))).await;
    let status = desk.unlock(Passphrase::new(PASSPHRASE)).await.unwrap();
    assert_eq!(status.open, Some(Environment::Sandbox));
    // Wrong keys don't replace the stored ones.
    let wrong = SECRET.replace("abcd", "abc0");
    assert!(desk.save_keys(keys(&wrong)).await.is_err());
    assert_eq!(desk.status().await.open, Some(Environment::Sandbox));
    assert_eq!(slots(&desk, Environment::Sandbox).await, 3);

    let status = desk.remove_keys(Environment::Sandbox).await.unwrap();
    assert_eq!(status.open, None);
    assert_eq!(status.environments[1].has_keys, Some(false));
    assert!(status.environments[1].has_database, "its data stays");
    assert!(desk.remove_keys(Environment::Demo).await.is_err());
}

#[tokio::test]
async fn without_a_network_nothing_is_saved() {
    let dir = tempfile::tempdir().unwrap();
    // A port that was free a moment ago.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let desk = Desk::start(config(dir.path(), Some(url))).await;
    desk.choose_secret_store(passphrase(PASSPHRASE))
        .await
        .unwrap();
    let problem = Problem::from(desk.save_keys(keys(SECRET)).await.unwrap_err());
    assert_eq!(problem.kind, ProblemKind::Network);
    assert!(problem.message.contains("nothing was saved"), "{problem:?}");
    assert_eq!(problem.action, Some(NextAction::Retry));
    assert_eq!(slots(&desk, Environment::Sandbox).await, 0);
}

#[tokio::test]
async fn two_clicks_do_it_once() {
    let dir = tempfile::tempdir().unwrap();
    let desk = chosen(dir.path()).await;
    let (first, second) = tokio::join!(
        desk.open_environment(Environment::Demo),
        desk.open_environment(Environment::Demo)
    );
    assert_eq!(first.unwrap().open, Some(Environment::Demo));
    assert_eq!(second.unwrap().open, Some(Environment::Demo));

    let (first, second) = tokio::join!(
        desk.change_secret_store(passphrase(OTHER)),
        desk.change_secret_store(passphrase(OTHER))
    );
    first.unwrap();
    assert!(matches!(second, Err(DeskError::AlreadyRunning(_))));
    assert_eq!(vault_files(dir.path()), 1);
}

#[tokio::test]
async fn an_address_elsewhere_is_never_given_keys() {
    let dir = tempfile::tempdir().unwrap();
    let elsewhere = Url::parse("http://192.0.2.1:80").unwrap();
    let desk = Desk::start(config(dir.path(), Some(elsewhere))).await;
    desk.choose_secret_store(passphrase(PASSPHRASE))
        .await
        .unwrap();
    assert!(matches!(
        desk.save_keys(keys(SECRET)).await,
        Err(DeskError::Client(_))
    ));
}

#[tokio::test]
async fn settings_are_kept_and_refusals_change_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let desk = in_demo(dir.path()).await;
    let mut settings = desk.open().unwrap().settings.view().await.unwrap().settings;
    settings.country_codes = vec!["US".to_owned(), "CA".to_owned()];
    settings.webhook = Some(" http://127.0.0.1:1/hook ".to_owned());
    settings.redirect_uri = Some(String::new());
    let saved = desk
        .open()
        .unwrap()
        .settings
        .save(settings.clone())
        .await
        .unwrap()
        .settings;
    assert_eq!(saved.webhook.as_deref(), Some("http://127.0.0.1:1/hook"));
    assert_eq!(saved.redirect_uri, None);
    settings.language = "tlh".to_owned();
    assert!(desk.open().unwrap().settings.save(settings).await.is_err());
    assert_eq!(
        desk.open().unwrap().settings.view().await.unwrap().settings,
        saved
    );
}

fn no_file_has(dir: &Path, needle: &[u8]) -> bool {
    fs::read_dir(dir).unwrap().all(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return no_file_has(&path, needle);
        }
        let bytes = fs::read(&path).unwrap();
        !bytes.windows(needle.len()).any(|window| window == needle)
    })
}
