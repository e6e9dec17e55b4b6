//! The program itself: what it prints, how it ends, and what it says when it cannot start.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::support::Caller;
use serde_json::{Value, json};

/// The longest a program may take to start or end before the test gives up on it.
const PATIENCE: Duration = Duration::from_secs(20);

/// The program, running; its input closes when `input` is dropped.
struct Program {
    child: Child,
    input: Option<ChildStdin>,
    caller: Caller,
    /// The control endpoint, where there is one.
    control: Option<String>,
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

impl Program {
    fn start(state: &Path, more: &[&str]) -> Self {
        let mut child = command(state, more).spawn().unwrap();
        let input = child.stdin.take();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        let caller = Caller::new(line["address"].as_str().unwrap());
        Self {
            child,
            input,
            caller,
            control: line["control"].as_str().map(str::to_owned),
        }
    }

    fn close_input(&mut self) {
        self.input = None;
    }

    fn ends(&mut self) -> ExitStatus {
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

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already; a test that failed must not leave it running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a program that is expected not to start: its exit code and what it said.
fn refused(state: &Path, more: &[&str]) -> (Option<i32>, String) {
    let mut child = command(state, more).spawn().unwrap();
    let mut said = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    (child.wait().unwrap().code(), said)
}

#[tokio::test]
async fn it_ends_with_its_standard_input_and_keeps_its_state() {
    let state = tempfile::tempdir().unwrap();
    let mut first = Program::start(state.path(), &[]);
    assert!(first.caller.url.starts_with("http://127.0.0.1:"));
    let access_token = first.caller.item("user_good", &["auth"]).await;
    first.close_input();
    assert_eq!(first.ends().code(), Some(0));

    let second = Program::start(state.path(), &[]);
    second
        .caller
        .ok(
            "/accounts/balance/get",
            json!({"access_token": access_token}),
        )
        .await;
}

#[cfg(unix)]
#[tokio::test]
async fn it_serves_on_without_input_when_asked_to() {
    let state = tempfile::tempdir().unwrap();
    let mut program = Program::start(state.path(), &["--ignore-stdin"]);
    program.close_input();
    // Each call is one more chance to notice the end of the input.
    for _ in 0..20 {
        program.caller.item("user_good", &["auth"]).await;
    }
    let pid = program.child.id().to_string();
    let killed = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
    assert!(killed.success());
    assert_eq!(program.ends().code(), Some(0));
}

#[tokio::test]
async fn a_killed_program_has_lost_nothing_it_answered() {
    let state = tempfile::tempdir().unwrap();
    let mut first = Program::start(state.path(), &[]);
    let access_token = first.caller.item("user_good", &["auth"]).await;
    first.child.kill().unwrap();
    first.ends();
    let second = Program::start(state.path(), &[]);
    second
        .caller
        .ok("/item/get", json!({"access_token": access_token}))
        .await;
}

#[tokio::test]
async fn the_control_endpoint_and_the_limits_are_there_when_asked_for() {
    let state = tempfile::tempdir().unwrap();
    let mut plain = Program::start(state.path(), &[]);
    assert_eq!(plain.control, None);
    plain.close_input();
    plain.ends();

    let arguments = ["--control-port", "0", "--limits", "--latency", "lifelike"];
    let program = Program::start(state.path(), &arguments);
    let control = program.control.as_ref().unwrap();
    assert!(control.starts_with("http://127.0.0.1:") && *control != program.caller.url);
    let settings = reqwest::get(format!("{control}/control")).await.unwrap();
    let settings: Value = serde_json::from_str(&settings.text().await.unwrap()).unwrap();
    assert_eq!(
        (&settings["limits"], &settings["latency"]),
        (&json!("sandbox"), &json!("lifelike"))
    );
}

#[test]
fn a_ruleset_that_is_none_is_one_clear_line() {
    let state = tempfile::tempdir().unwrap();
    std::fs::create_dir(state.path().join("rulesets")).unwrap();
    std::fs::write(state.path().join("rulesets/mine.json"), "{}").unwrap();
    let (code, said) = refused(state.path(), &[]);
    assert_eq!(code, Some(2));
    assert!(
        said.lines().count() == 1 && said.contains("mine.json"),
        "{said}"
    );
}

#[cfg(unix)]
#[test]
fn sigterm_ends_it() {
    let state = tempfile::tempdir().unwrap();
    let mut program = Program::start(state.path(), &[]);
    let killed = Command::new("kill")
        .args(["-TERM", &program.child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    assert_eq!(program.ends().code(), Some(0));
}

#[test]
fn a_taken_port_is_one_clear_line() {
    let state = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (code, said) = refused(state.path(), &["--port", &port]);
    assert_eq!(code, Some(2));
    assert!(
        said.lines().count() == 1 && said.contains(&port) && said.contains("taken"),
        "{said}"
    );
}

#[test]
fn a_state_directory_that_cannot_be_is_one_clear_line() {
    let directory = tempfile::tempdir().unwrap();
    let in_the_way = directory.path().join("in-the-way");
    std::fs::write(&in_the_way, "a file").unwrap();
    let (code, said) = refused(&in_the_way.join("state"), &[]);
    assert_eq!(code, Some(2));
    assert!(
        said.lines().count() == 1 && said.contains("in-the-way"),
        "{said}"
    );
}

#[test]
fn a_state_directory_that_is_not_a_database_is_one_clear_line() {
    let state = tempfile::tempdir().unwrap();
    std::fs::write(
        state.path().join("plaid-sandbox.sqlite3"),
        "this is not a database, only some text",
    )
    .unwrap();
    let (code, said) = refused(state.path(), &[]);
    assert_eq!(code, Some(2));
    assert!(
        said.lines().count() == 1 && said.contains("plaid-sandbox.sqlite3"),
        "{said}"
    );
}

#[tokio::test]
async fn live_balances_take_as_long_as_asked_and_cost_nothing_when_given_up() {
    let state = tempfile::tempdir().unwrap();
    let program = Program::start(state.path(), &["--latency", "60000"]);
    let access_token = program.caller.item("user_household", &["auth"]).await;
    let by_token = json!({"access_token": access_token});
    let before = program.caller.ok("/accounts/get", by_token.clone()).await;
    let live = program
        .caller
        .call("/accounts/balance/get", by_token.clone());
    assert!(
        tokio::time::timeout(Duration::from_millis(300), live)
            .await
            .is_err(),
        "answered at once"
    );
    let after = program.caller.ok("/accounts/get", by_token).await;
    assert_eq!(after.json["accounts"], before.json["accounts"]);
}

#[test]
fn help_says_everything() {
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
