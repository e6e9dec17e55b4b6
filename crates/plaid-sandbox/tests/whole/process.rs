//! The program: what it prints, how it ends, and what it says when it cannot start.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::support::{ApiCaller, by_token};
use serde_json::{Value, json};

/// The longest a program may take to end.
const PATIENCE: Duration = Duration::from_secs(20);

/// The running program; dropping `input` closes its standard input.
struct SandboxProcess {
    child: Child,
    input: Option<ChildStdin>,
    caller: ApiCaller,
    control_url: Option<String>,
}

fn command(state: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plaid-sandbox"));
    command.arg("--state").arg(state).args(more);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

impl SandboxProcess {
    fn start(state: &Path, more: &[&str]) -> Self {
        let mut child = command(state, more).spawn().unwrap();
        let input = child.stdin.take();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        let caller = ApiCaller::new(line["address"].as_str().unwrap());
        Self {
            child,
            input,
            caller,
            control_url: line["control"].as_str().map(str::to_owned),
        }
    }

    fn close_input(&mut self) {
        self.input = None;
    }

    fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "the program has not ended");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for SandboxProcess {
    fn drop(&mut self) {
        // A failed test must not leave it running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a program that must not start, and checks its exit code and its one line on standard error.
fn assert_start_fails(state: &Path, more: &[&str], words: &[&str]) {
    let mut child = command(state, more).spawn().unwrap();
    let mut message = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut message)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(2), "{message}");
    assert_eq!(message.lines().count(), 1, "{message}");
    for word in words {
        assert!(message.contains(word), "no {word:?} in {message}");
    }
}

#[tokio::test]
async fn it_ends_with_its_standard_input_and_keeps_its_state() {
    let state = tempfile::tempdir().unwrap();
    let mut first = SandboxProcess::start(state.path(), &[]);
    assert!(first.caller.url.starts_with("http://127.0.0.1:"));
    let access_token = first.caller.item("user_good", &["auth"]).await;
    first.close_input();
    assert_eq!(first.wait().code(), Some(0));

    let second = SandboxProcess::start(state.path(), &[]);
    second
        .caller
        .ok("/accounts/balance/get", by_token(&access_token))
        .await;
}

#[cfg(unix)]
#[tokio::test]
async fn it_ignores_standard_input_on_request() {
    let state = tempfile::tempdir().unwrap();
    let mut program = SandboxProcess::start(state.path(), &["--ignore-stdin"]);
    program.close_input();
    // Every call is another chance to notice the end of the input.
    for _ in 0..20 {
        program.caller.item("user_good", &["auth"]).await;
    }
    let pid = program.child.id().to_string();
    let killed = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
    assert!(killed.success());
    assert_eq!(program.wait().code(), Some(0));
}

#[tokio::test]
async fn a_killed_program_loses_nothing_that_it_answered() {
    let state = tempfile::tempdir().unwrap();
    let mut first = SandboxProcess::start(state.path(), &[]);
    let access_token = first.caller.item("user_good", &["auth"]).await;
    first.child.kill().unwrap();
    first.wait();
    let second = SandboxProcess::start(state.path(), &[]);
    second.caller.ok("/item/get", by_token(&access_token)).await;
}

#[tokio::test]
async fn the_control_endpoint_and_the_limits_are_optional() {
    let state = tempfile::tempdir().unwrap();
    let mut plain = SandboxProcess::start(state.path(), &[]);
    assert_eq!(plain.control_url, None);
    plain.close_input();
    plain.wait();

    let arguments = ["--control-port", "0", "--limits", "--latency", "lifelike"];
    let program = SandboxProcess::start(state.path(), &arguments);
    let control = program.control_url.as_ref().unwrap();
    assert!(control.starts_with("http://127.0.0.1:") && *control != program.caller.url);
    let settings = reqwest::get(format!("{control}/control")).await.unwrap();
    let settings: Value = serde_json::from_str(&settings.text().await.unwrap()).unwrap();
    assert_eq!(
        (&settings["limits"], &settings["latency"]),
        (&json!("sandbox"), &json!("lifelike"))
    );
}

#[test]
fn an_invalid_ruleset_is_one_clear_line() {
    let state = tempfile::tempdir().unwrap();
    std::fs::create_dir(state.path().join("rulesets")).unwrap();
    std::fs::write(state.path().join("rulesets/mine.json"), "{}").unwrap();
    assert_start_fails(state.path(), &[], &["mine.json"]);
}

#[cfg(unix)]
#[test]
fn sigterm_ends_it() {
    let state = tempfile::tempdir().unwrap();
    let mut program = SandboxProcess::start(state.path(), &[]);
    let killed = Command::new("kill")
        .args(["-TERM", &program.child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    assert_eq!(program.wait().code(), Some(0));
}

#[test]
fn a_taken_port_is_one_clear_line() {
    let state = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    assert_start_fails(state.path(), &["--port", &port], &[&port, "taken"]);
}

#[test]
fn an_impossible_state_directory_is_one_clear_line() {
    let directory = tempfile::tempdir().unwrap();
    let in_the_way = directory.path().join("in-the-way");
    std::fs::write(&in_the_way, "a file").unwrap();
    assert_start_fails(&in_the_way.join("state"), &[], &["in-the-way"]);
}

#[test]
fn an_unreadable_database_is_one_clear_line() {
    let state = tempfile::tempdir().unwrap();
    std::fs::write(
        state.path().join("plaid-sandbox.sqlite3"),
        "this is not a database, only some text",
    )
    .unwrap();
    assert_start_fails(state.path(), &[], &["plaid-sandbox.sqlite3"]);
}

#[tokio::test]
async fn abandoned_live_balances_change_nothing() {
    let state = tempfile::tempdir().unwrap();
    let program = SandboxProcess::start(state.path(), &["--latency", "60000"]);
    let access_token = program.caller.item("user_household", &["auth"]).await;
    let token_body = by_token(&access_token);
    let before = program.caller.ok("/accounts/get", token_body.clone()).await;
    let live = program
        .caller
        .call("/accounts/balance/get", token_body.clone());
    assert!(
        tokio::time::timeout(Duration::from_millis(300), live)
            .await
            .is_err(),
        "answered at once"
    );
    let after = program.caller.ok("/accounts/get", token_body).await;
    assert_eq!(after.json["accounts"], before.json["accounts"]);
}

#[test]
fn help_covers_everything() {
    let output = Command::new(env!("CARGO_BIN_EXE_plaid-sandbox"))
        .arg("--help")
        .output()
        .unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    for word in [
        "--state",
        "--port",
        "--latency",
        "--limits",
        "--control-port",
        plaid_sandbox::CLIENT_ID,
        plaid_sandbox::SECRET,
        "exit code 2",
    ] {
        assert!(help.contains(word), "{word}");
    }
    for path in plaid_sandbox::endpoints() {
        assert!(help.contains(path), "{path}");
    }
}
