//! The desk with a real keyring: gnome-keyring on a session bus of its own, ready, locked, absent, and coming late.
//! The bus's address is read from the environment, so each scene is played by a second process of this same program.

#![cfg(target_os = "linux")]

use crate::features;
use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{Json, Router, http::StatusCode, routing::post};
use desk::{
    BoxFuture, DemoError, DemoLauncher, Desk, DeskConfig, PlaidUrls,
    demo::view::DemoLatency,
    environment::Environment,
    problem::{NextAction, Problem, ProblemKind},
    secrets::{KeyringState, Passphrase, TypedSecret},
    start::view::{KeysInput, SecretStoreChoice, SecretStoreStatus},
};
use keyring::{Entry, Error};
use url::Url;

const SERVICE: &str = "balance-desk-keyring-test";
const PASSPHRASE: &str = "correct horse battery";
const CLIENT_ID: &str = "0123456789abcdef01234567";
const SECRET: &str = "0123456789abcdef0123456789abcd";
const PATIENCE: Duration = Duration::from_secs(20);

// ---- The stage: a bus and a keyring daemon in a folder of their own.

/// A process that does not outlive the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Stage {
    dir: tempfile::TempDir,
    address: String,
    bus: Option<Running>,
    daemon: Option<Running>,
}

/// How the keyring daemon is started.
#[derive(Clone, Copy, PartialEq)]
enum Login {
    /// As by a login that gives it the password.
    Unlocked,
    /// As by a login without a password, by fingerprint for example.
    Locked,
}

impl Stage {
    /// A bus that starts nothing by itself: no keyring, and nobody to show a prompt.
    fn with_bus() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = dir.path().join("bus.conf");
        let text = format!(
            r#"<busconfig><type>session</type><listen>unix:dir={}</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>"#,
            dir.path().display()
        );
        fs::write(&config, text).unwrap();
        let mut bus = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--print-address", "--nofork"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("this test needs dbus-daemon (Debian: dbus-daemon)");
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap())
            .read_line(&mut address)
            .unwrap();
        Self {
            dir,
            address: address.trim().to_owned(),
            bus: Some(Running(bus)),
            daemon: None,
        }
    }

    /// No bus at all.
    fn empty() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let address = format!("unix:path={}", dir.path().join("no-bus").display());
        Self {
            dir,
            address,
            bus: None,
            daemon: None,
        }
    }

    fn with_keyring() -> Self {
        let mut stage = Self::with_bus();
        stage.start_keyring(Login::Unlocked);
        stage
    }

    /// A login keyring that was made before and is locked now.
    fn with_locked_keyring() -> Self {
        let mut stage = Self::with_keyring();
        stage.stop_keyring();
        stage.start_keyring(Login::Locked);
        stage
    }

    fn start_keyring(&mut self, login: Login) {
        self.daemon = Some(start_keyring(self.dir.path(), &self.address, login));
    }

    fn stop_keyring(&mut self) {
        self.daemon = None;
        wait_until("the keyring has left the bus", || !is_on_bus(&self.address));
    }

    fn stop_bus(&mut self) {
        self.daemon = None;
        self.bus = None;
    }

    /// Plays a scene in a process that sees this stage's bus and nothing else.
    fn play(&self, scene: &str) {
        let played = self.dir.path().join("played");
        // Not there before the first scene.
        let _ = fs::remove_file(&played);
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "keyring::scene", "--ignored", "--nocapture"])
            .env("DESK_TEST_SCENE", scene)
            .env("DESK_TEST_DIR", self.dir.path())
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .env("XDG_RUNTIME_DIR", self.dir.path())
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "the scene {scene} failed:\n{}\n{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(
            fs::read_to_string(&played).ok().as_deref(),
            Some(scene),
            "the scene was played to its end"
        );
    }
}

fn start_keyring(dir: &Path, address: &str, login: Login) -> Running {
    let mut command = Command::new("gnome-keyring-daemon");
    command
        .args(["--foreground", "--components=secrets"])
        .env("DBUS_SESSION_BUS_ADDRESS", address)
        .env("HOME", dir)
        .env("XDG_DATA_HOME", dir.join("share"))
        .env("XDG_RUNTIME_DIR", dir)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if login == Login::Unlocked {
        command.arg("--unlock");
    }
    let mut daemon = command
        .spawn()
        .expect("this test needs gnome-keyring-daemon (Debian: gnome-keyring)");
    if login == Login::Unlocked {
        let mut stdin = daemon.stdin.take().unwrap();
        stdin.write_all(b"the password of the login").unwrap();
    }
    let daemon = Running(daemon);
    wait_until("the keyring is on the bus", || is_on_bus(address));
    daemon
}

fn is_on_bus(address: &str) -> bool {
    let output = Command::new("dbus-send")
        .args([
            &format!("--bus={address}"),
            "--print-reply=literal",
            "--dest=org.freedesktop.DBus",
            "/org/freedesktop/DBus",
            "org.freedesktop.DBus.NameHasOwner",
            "string:org.freedesktop.secrets",
        ])
        .output()
        .expect("this test needs dbus-send (Debian: dbus-bin)");
    String::from_utf8_lossy(&output.stdout).contains("true")
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

// ---- The tests.

#[test]
fn with_a_ready_keyring_the_first_start_asks_nothing_and_a_restart_finds_everything() {
    let stage = Stage::with_keyring();
    stage.play("first_start");
    stage.play("restart");
}

#[test]
fn a_keyring_that_goes_away_takes_nothing_with_it() {
    let mut stage = Stage::with_keyring();
    stage.play("first_start");
    stage.stop_bus();
    stage.play("keyring_gone");
    let again = Stage::with_bus();
    stage.address = again.address.clone();
    stage.start_keyring(Login::Unlocked);
    stage.play("restart");
}

#[test]
fn who_starts_over_without_the_keyring_finds_nothing_of_old_in_it() {
    let mut stage = Stage::with_keyring();
    stage.play("first_start");
    stage.stop_keyring();
    stage.play("start_over");
}

#[test]
fn secrets_move_between_keyring_and_passphrase_and_leave_no_copy() {
    let stage = Stage::with_keyring();
    stage.play("first_start");
    stage.play("move_to_passphrase");
    stage.play("finish_interrupted_move");
    stage.play("move_to_keyring");
    stage.play("restart");
}

#[test]
fn a_lost_desk_json_is_made_good_from_the_keyring() {
    let stage = Stage::with_keyring();
    stage.play("first_start");
    fs::remove_file(stage.dir.path().join("data/desk.json")).unwrap();
    stage.play("desk_json_lost");
}

#[test]
fn a_locked_keyring_is_told_apart_and_nothing_is_chosen() {
    Stage::with_locked_keyring().play("first_start_locked");
}

#[test]
fn a_keyring_that_is_locked_at_start_is_no_first_start() {
    let mut stage = Stage::with_keyring();
    stage.play("first_start");
    stage.stop_keyring();
    stage.start_keyring(Login::Locked);
    stage.play("restart_locked");
    stage.stop_keyring();
    stage.start_keyring(Login::Unlocked);
    stage.play("restart");
}

#[test]
fn without_a_bus_a_passphrase_is_offered() {
    Stage::empty().play("first_start_absent");
}

#[test]
fn without_a_keyring_on_the_bus_a_passphrase_is_offered() {
    Stage::with_bus().play("first_start_absent");
}

#[test]
fn a_keyring_that_comes_late_is_found_without_a_restart() {
    Stage::with_bus().play("keyring_comes_late");
}

// ---- The scenes, each in a process of its own.

#[tokio::test]
#[ignore = "a scene of the tests above, played by them with a bus of its own"]
async fn scene() {
    let name = std::env::var("DESK_TEST_SCENE").expect("played by the tests above only");
    let dir = PathBuf::from(std::env::var_os("DESK_TEST_DIR").unwrap());
    let data = dir.join("data");
    log_everything(&dir.join("log"));
    tracing::info!("the scene begins");
    match name.as_str() {
        "first_start" => first_start(&data).await,
        "restart" => restart(&data).await,
        "keyring_gone" => keyring_gone(&data).await,
        "start_over" => start_over(&dir, &data).await,
        "move_to_passphrase" => move_to_passphrase(&data).await,
        "finish_interrupted_move" => finish_interrupted_move(&data).await,
        "move_to_keyring" => move_to_keyring(&data).await,
        "desk_json_lost" => desk_json_lost(&data).await,
        "first_start_locked" => first_start_locked(&data).await,
        "restart_locked" => restart_locked(&data).await,
        "first_start_absent" => first_start_absent(&data).await,
        "keyring_comes_late" => keyring_comes_late(&dir, &data).await,
        other => panic!("no scene {other}"),
    }
    let log = fs::read_to_string(dir.join("log")).unwrap();
    assert!(log.contains("the scene begins"), "{log}");
    for secret in [SECRET, PASSPHRASE, "Kept"] {
        assert!(!log.contains(secret), "the log holds a secret");
    }
    fs::write(dir.join("played"), name).unwrap();
    // No orderly end: what is written is written, and the rest is gone.
    std::process::exit(0);
}

async fn first_start(data: &Path) {
    let desk = started(data).await;
    let ready = SecretStoreStatus::NotChosen {
        keyring: KeyringState::Ready,
    };
    assert_eq!(desk.status().await.secret_store, ready);
    let status = desk.open_environment(Environment::Demo).await.unwrap();
    assert_eq!(status.secret_store, in_keyring(KeyringState::Ready));
    let status = desk
        .save_keys(KeysInput {
            environment: Environment::Sandbox,
            client_id: CLIENT_ID.to_owned(),
            secret: TypedSecret::new(SECRET),
        })
        .await
        .unwrap();
    assert_eq!(status.open, Some(Environment::Sandbox));
    let mut settings = features(&desk).settings.view().await.unwrap().settings;
    settings.app_name = "Kept 🏦".to_owned();
    features(&desk).settings.save(settings).await.unwrap();
    assert_eq!(stored("sandbox/secret").as_deref(), Some(SECRET.as_bytes()));
    assert_eq!(stored("demo/database-key").map(|key| key.len()), Some(32));
    let key = stored("sandbox/database-key").unwrap();
    for planted in [SECRET.as_bytes(), "Kept".as_bytes(), &key] {
        assert!(no_file_has(data, planted));
    }
    let printed: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let log = data.with_file_name("log");
    assert!(!fs::read_to_string(log).unwrap().contains(&printed));
}

async fn restart(data: &Path) {
    let desk = started(data).await;
    let status = desk.status().await;
    assert_eq!(status.open_problem, None);
    assert_eq!(status.open, Some(Environment::Sandbox));
    assert_eq!(status.environments[1].has_keys, Some(true));
    assert_eq!(status.environments[1].client_id.as_deref(), Some(CLIENT_ID));
    assert_eq!(status.environments[2].has_keys, Some(false));
    let settings = features(&desk).settings.view().await.unwrap().settings;
    assert_eq!(settings.app_name, "Kept 🏦");
}

async fn keyring_gone(data: &Path) {
    let desk = started(data).await;
    let status = desk.status().await;
    assert!(matches!(
        status.secret_store,
        SecretStoreStatus::Keyring {
            state: KeyringState::Absent { .. }
        }
    ));
    assert_eq!(status.environments[1].has_keys, None);
    let at_start = status.open_problem.unwrap();
    let asked = Problem::from(desk.open_environment(Environment::Demo).await.unwrap_err());
    for problem in [at_start, asked] {
        assert_eq!(problem.kind, ProblemKind::KeyringUnavailable);
        assert_eq!(
            problem.action,
            Some(NextAction::Retry),
            "no second place is offered"
        );
    }
    let refused = desk.choose_secret_store(passphrase()).await;
    assert!(refused.is_err());
    assert!(desk.change_secret_store(passphrase()).await.is_err());
    assert_eq!(vault_files(data), 0);
}

async fn start_over(dir: &Path, data: &Path) {
    let desk = started(data).await;
    let status = desk.start_over("start over").await.unwrap();
    assert!(matches!(
        status.secret_store,
        SecretStoreStatus::NotChosen {
            keyring: KeyringState::Absent { .. }
        }
    ));
    assert!(!data.join("demo.db").exists());
    assert!(!data.join("sandbox.db").exists());

    let address = std::env::var("DBUS_SESSION_BUS_ADDRESS").unwrap();
    let _daemon = start_keyring(dir, &address, Login::Unlocked);
    assert!(stored("sandbox/secret").is_some(), "it could not go yet");
    let status = desk.open_environment(Environment::Demo).await.unwrap();
    assert_eq!(status.secret_store, in_keyring(KeyringState::Ready));
    assert_eq!(status.environments[1].has_keys, Some(false));
    for slot in [
        "sandbox/database-key",
        "sandbox/client-id",
        "sandbox/secret",
    ] {
        assert_eq!(stored(slot), None, "{slot} does not come back to life");
    }
    let file = fs::read(data.join("desk.json")).unwrap();
    let file: serde_json::Value = serde_json::from_slice(&file).unwrap();
    assert_eq!(file["leftovers"], serde_json::json!([]));
    assert_eq!(file["erasing"], serde_json::json!([]));
}

async fn move_to_passphrase(data: &Path) {
    let desk = started(data).await;
    let status = desk.change_secret_store(passphrase()).await.unwrap();
    assert_eq!(
        status.secret_store,
        SecretStoreStatus::Passphrase { locked: false }
    );
    assert_eq!(status.open, Some(Environment::Sandbox));
    assert_eq!(vault_files(data), 1);
    for slot in SLOTS {
        assert_eq!(stored(slot), None, "{slot} is gone from the keyring");
    }
    assert!(no_file_has(data, SECRET.as_bytes()));
}

/// As if killed after the passphrase was in force and before the keyring was emptied.
async fn finish_interrupted_move(data: &Path) {
    entry("sandbox/secret")
        .set_secret(SECRET.as_bytes())
        .unwrap();
    let path = data.join("desk.json");
    let mut file: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    file["leftovers"] = serde_json::json!([{ "kind": "keyring" }]);
    fs::write(&path, file.to_string()).unwrap();

    let desk = started(data).await;
    assert_eq!(stored("sandbox/secret"), None);
    let status = desk.unlock(Passphrase::new(PASSPHRASE)).await.unwrap();
    assert_eq!(status.open, Some(Environment::Sandbox));
    let file: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(file["leftovers"], serde_json::json!([]));
}

async fn move_to_keyring(data: &Path) {
    let desk = started(data).await;
    desk.unlock(Passphrase::new(PASSPHRASE)).await.unwrap();
    let status = desk
        .change_secret_store(SecretStoreChoice::Keyring)
        .await
        .unwrap();
    assert_eq!(status.secret_store, in_keyring(KeyringState::Ready));
    assert_eq!(vault_files(data), 0);
    assert_eq!(stored("sandbox/secret").as_deref(), Some(SECRET.as_bytes()));
}

async fn desk_json_lost(data: &Path) {
    let desk = started(data).await;
    let status = desk.status().await;
    assert_eq!(status.secret_store, in_keyring(KeyringState::Ready));
    desk.open_environment(Environment::Sandbox).await.unwrap();
    let settings = features(&desk).settings.view().await.unwrap().settings;
    assert_eq!(settings.app_name, "Kept 🏦");
    assert!(data.join("desk.json").exists(), "written again");
}

async fn first_start_locked(data: &Path) {
    let desk = started(data).await;
    assert!(matches!(
        desk.status().await.secret_store,
        SecretStoreStatus::NotChosen {
            keyring: KeyringState::Locked { .. }
        }
    ));
    // Nobody can show the prompt, which is the same as dismissing it.
    let problem = Problem::from(desk.open_environment(Environment::Demo).await.unwrap_err());
    assert_eq!(problem.kind, ProblemKind::KeyringLocked, "{problem:?}");
    assert_eq!(problem.action, Some(NextAction::UnlockKeyring));
    assert!(matches!(
        desk.status().await.secret_store,
        SecretStoreStatus::NotChosen { .. }
    ));
    assert!(!data.join("demo.db").exists());
}

async fn restart_locked(data: &Path) {
    let desk = started(data).await;
    let status = desk.status().await;
    assert!(matches!(
        status.secret_store,
        SecretStoreStatus::Keyring {
            state: KeyringState::Locked { .. }
        }
    ));
    assert_eq!(status.environments[1].has_keys, None);
    let at_start = status.open_problem.unwrap();
    let asked = Problem::from(
        desk.open_environment(Environment::Sandbox)
            .await
            .unwrap_err(),
    );
    for problem in [at_start, asked] {
        assert_eq!(problem.kind, ProblemKind::KeyringLocked, "{problem:?}");
        assert_eq!(problem.action, Some(NextAction::UnlockKeyring));
    }
}

async fn first_start_absent(data: &Path) {
    let desk = started(data).await;
    assert!(matches!(
        desk.status().await.secret_store,
        SecretStoreStatus::NotChosen {
            keyring: KeyringState::Absent { .. }
        }
    ));
    let problem = Problem::from(desk.open_environment(Environment::Demo).await.unwrap_err());
    assert_eq!(problem.kind, ProblemKind::KeyringUnavailable, "{problem:?}");
    assert_eq!(problem.action, Some(NextAction::ChoosePassphrase));
    assert!(!data.join("demo.db").exists());
    desk.choose_secret_store(passphrase()).await.unwrap();
    let status = desk.open_environment(Environment::Demo).await.unwrap();
    assert_eq!(status.open, Some(Environment::Demo));
}

async fn keyring_comes_late(dir: &Path, data: &Path) {
    let desk = started(data).await;
    assert!(desk.open_environment(Environment::Demo).await.is_err());
    let address = std::env::var("DBUS_SESSION_BUS_ADDRESS").unwrap();
    let daemon = start_keyring(dir, &address, Login::Unlocked);
    desk.open_environment(Environment::Demo).await.unwrap();
    drop(daemon);
    wait_until("the keyring has left the bus", || !is_on_bus(&address));
    assert!(matches!(
        desk.status().await.secret_store,
        SecretStoreStatus::Keyring {
            state: KeyringState::Absent { .. }
        }
    ));
    let _daemon = start_keyring(dir, &address, Login::Unlocked);
    let status = desk.status().await;
    assert_eq!(status.secret_store, in_keyring(KeyringState::Ready));
    desk.close_environment().await.unwrap();
    desk.open_environment(Environment::Demo).await.unwrap();
}

// ---- Props.

/// Writes all that anybody logs, down to the finest, as no user would.
fn log_everything(path: &Path) {
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(Arc::new(fs::File::create(path).unwrap()))
        .init();
}

const SLOTS: [&str; 4] = [
    "demo/database-key",
    "sandbox/database-key",
    "sandbox/client-id",
    "sandbox/secret",
];

/// Stands for a stand-in: the Demo is opened here, never called.
struct Nowhere;

impl DemoLauncher for Nowhere {
    fn start(
        &self,
        _state_dir: PathBuf,
        _latency: Option<DemoLatency>,
    ) -> BoxFuture<'_, Result<Url, DemoError>> {
        Box::pin(async {
            Url::parse("http://127.0.0.1:9")
                .map_err(|error| DemoError::NoAddress(error.to_string()))
        })
    }

    fn control(&self) -> Option<Url> {
        None
    }

    fn stop(&self) {}
}

async fn started(data: &Path) -> Desk {
    Desk::start(DeskConfig {
        data_dir: data.to_owned(),
        version: "0.0.0".to_owned(),
        keyring_service: SERVICE.to_owned(),
        plaid_urls: PlaidUrls {
            sandbox: Some(plaid().await),
            production: None,
        },
        demo: Arc::new(Nowhere),
    })
    .await
}

/// Answers as Plaid does to good keys and an institution it does not know.
async fn plaid() -> Url {
    async fn answer() -> (StatusCode, Json<serde_json::Value>) {
        let body = serde_json::json!({
            "error_type": "INVALID_INPUT", "error_code": "INVALID_INSTITUTION",
            "error_message": "m", "display_message": null, "request_id": "r",
        });
        (StatusCode::BAD_REQUEST, Json(body))
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(post(answer))).await });
    Url::parse(&url).unwrap()
}

fn passphrase() -> SecretStoreChoice {
    SecretStoreChoice::Passphrase {
        passphrase: Passphrase::new(PASSPHRASE),
    }
}

fn in_keyring(state: KeyringState) -> SecretStoreStatus {
    SecretStoreStatus::Keyring { state }
}

/// An entry of the keyring, seen by somebody else than the desk.
fn entry(slot: &str) -> Entry {
    std::thread::scope(|scope| {
        scope
            .spawn(|| {
                let store: Arc<keyring::CredentialStore> =
                    zbus_secret_service_keyring_store::Store::new().unwrap();
                Entry::new_in_store(&store, SERVICE, slot).unwrap()
            })
            .join()
            .unwrap()
    })
}

fn stored(slot: &str) -> Option<Vec<u8>> {
    match entry(slot).get_secret() {
        Ok(secret) => Some(secret),
        Err(Error::NoEntry) => None,
        Err(error) => panic!("{slot}: {error}"),
    }
}

fn vault_files(data: &Path) -> usize {
    fs::read_dir(data)
        .unwrap()
        .filter(|entry| {
            let name = entry.as_ref().unwrap().file_name();
            name.to_string_lossy().starts_with("vault-")
        })
        .count()
}

/// Looks through every file below a folder.
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
