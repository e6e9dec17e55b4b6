//! Refreshing 1,000 Items through the stand-in, whose banks answer after 50 ms: how long it takes beside what 32 calls
//! in flight allow, and what it costs this process beside the official client doing the same calls without storing.
//!
//! The stand-in is a process of its own and the database is encrypted, on a real disk, in `target/tmp`. Figures go to
//! `target/figures`. `cargo xtask bench` builds the stand-in first and prints them.

#[path = "stand_in/mod.rs"]
mod stand_in;

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use cpu_time::ProcessTime;
use desk::{
    Desk, DeskConfig, PlaidUrls, SystemClock,
    balances::view::RefreshScope,
    bench::stage::{self, Customer},
    calls::{CallPace, KeptLimits},
    environment::Environment,
    secrets::Passphrase,
    start::view::SecretStoreChoice,
};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use stand_in::StandIn;

const NAME: &str = "refresh";
const ITEMS: u32 = 1_000;
const IN_FLIGHT: u32 = 32;
const ANSWER: Duration = Duration::from_millis(50);
const ANSWER_WORD: &str = "50";

/// The middle one of so many counts, after one that does not: the first asks for connections and cold code.
const ROUNDS: usize = 5;

/// What one refresh of all Items took.
#[derive(Clone, Copy)]
struct Took {
    wall: Duration,
    cpu: Duration,
}

fn main() {
    // Criterion's arguments: a word is a part of the names wanted.
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    if !wanted.is_empty() && !wanted.iter().any(|part| NAME.contains(part.as_str())) {
        return;
    }
    let runtime = desk::runtime().expect("a runtime");
    let mut figures = Vec::new();
    for (load, customer) in [("2 accounts", two_accounts()), ("12 accounts", user_good())] {
        figures.extend(runtime.block_on(measure(load, &customer)));
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("figures");
    std::fs::create_dir_all(&folder).expect("a folder for figures");
    let text = serde_json::to_string_pretty(&figures).expect("figures are JSON");
    std::fs::write(folder.join(format!("{NAME}.json")), text).expect("figures are written");
}

/// The Sandbox's own customer has twelve accounts.
fn user_good() -> Customer {
    Customer {
        username: "user_good".to_owned(),
        password: "pass_good".to_owned(),
    }
}

/// What most people have: a checking and a savings account.
fn two_accounts() -> Customer {
    let account = |subtype: &str, mask: &str| {
        json!({"type": "depository", "subtype": subtype, "starting_balance": 1203.42,
               "currency": "USD", "meta": {"name": subtype, "mask": mask}})
    };
    let accounts = [account("checking", "0001"), account("savings", "0002")];
    Customer {
        username: "user_custom".to_owned(),
        password: json!({"override_accounts": accounts}).to_string(),
    }
}

async fn measure(load: &str, customer: &Customer) -> [Value; 4] {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let bank = Arc::new(StandIn::new(stand_in_program(), ANSWER_WORD));
    let desk = desk(folder.path(), Arc::clone(&bank)).await;
    let tokens = stage::link(&desk, customer, ITEMS).await.expect("Items");
    let mut ours = Vec::new();
    for _ in 0..=ROUNDS {
        ours.push(refresh(&desk).await);
    }
    let ours = middle(&ours[1..]);
    let address = bank.address().expect("the stand-in runs");
    let mut bare = Vec::new();
    for _ in 0..=ROUNDS {
        bare.push(transport(&address, &tokens).await);
    }
    let bare = middle(&bare[1..]);
    let theirs = tokio::task::spawn_blocking(move || official(address.as_str(), &tokens))
        .await
        .expect("the official client runs");
    desk.shut_down().await;

    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    let ideal = f64::from(ITEMS) / f64::from(IN_FLIGHT) * milliseconds(ANSWER);
    [
        json!({"name": format!("refresh/1000_items/{load}/wall"), "unit": "ms",
               "figure": milliseconds(ours.wall), "target": ideal * 1.10,
               "target_is": format!("1.10 x ideal {ideal:.1} ms")}),
        json!({"name": format!("refresh/1000_items/{load}/cpu"), "unit": "ms",
               "figure": milliseconds(ours.cpu), "target": milliseconds(theirs.cpu) / 10.0,
               "target_is": "a tenth of the official client's"}),
        json!({"name": format!("refresh/1000_items/{load}/official_client_cpu"), "unit": "ms",
               "figure": milliseconds(theirs.cpu)}),
        json!({"name": format!("refresh/1000_items/{load}/reqwest_alone_cpu"), "unit": "ms",
               "figure": milliseconds(bare.cpu)}),
    ]
}

async fn desk(folder: &Path, bank: Arc<StandIn>) -> Desk {
    let config = DeskConfig {
        data_dir: folder.to_owned(),
        version: "0.0.0".to_owned(),
        keyring_service: "balance-desk-benchmarks-use-no-keyring".to_owned(),
        plaid_urls: PlaidUrls::default(),
        demo: bank,
    };
    let pace = CallPace {
        limits: KeptLimits::None,
        ..CallPace::default()
    };
    let desk = Desk::start_paced(config, Arc::new(SystemClock), pace).await;
    let passphrase = Passphrase::new("correct horse battery");
    let choice = SecretStoreChoice::Passphrase { passphrase };
    desk.choose_secret_store(choice)
        .await
        .expect("a place for secrets");
    let opened = desk.open_environment(Environment::Demo).await;
    opened.expect("the Demo opens");
    desk
}

async fn refresh(desk: &Desk) -> Took {
    let (wall, cpu) = (Instant::now(), ProcessTime::now());
    let outcome = desk
        .open()
        .unwrap()
        .balances
        .refresh(RefreshScope::All, |_| {})
        .await;
    let took = Took {
        wall: wall.elapsed(),
        cpu: cpu.elapsed(),
    };
    let outcome = outcome.expect("balances are refreshed");
    assert_eq!(outcome.refreshed, ITEMS, "{:?}", outcome.failed.first());
    took
}

/// The same calls by `reqwest` alone, whose answers are read as bytes and thrown away: what is left when the client, its
/// types and the store cost nothing.
async fn transport(address: &url::Url, tokens: &[String]) -> Took {
    let http = reqwest::Client::builder().no_proxy().build();
    let http = http.expect("a client");
    let url = address.join("accounts/balance/get").expect("an address");
    let (wall, cpu) = (Instant::now(), ProcessTime::now());
    let call = |token: &String| {
        let (http, url) = (http.clone(), url.clone());
        let body = json!({"access_token": token}).to_string();
        async move {
            let request = http
                .post(url)
                .header("PLAID-CLIENT-ID", "5f1e0c0ffee0de500c0ffee1")
                .header("PLAID-SECRET", "de5b0a7d1e5a4dbc0de0ba1a9ce0de")
                .header("Content-Type", "application/json")
                .body(body);
            let answer = request.send().await.expect("an answer");
            assert!(answer.status().is_success(), "{}", answer.status());
            answer.bytes().await.expect("the whole of it").len()
        }
    };
    let answers = stream::iter(tokens.iter().map(call)).buffer_unordered(IN_FLIGHT as usize);
    let bytes: usize = answers.fold(0, async |sum, bytes| sum + bytes).await;
    assert!(bytes > 0, "an answer has a body");
    Took {
        wall: wall.elapsed(),
        cpu: cpu.elapsed(),
    }
}

/// The same calls by Plaid's own client, which tells what each round took.
fn official(address: &str, tokens: &[String]) -> Took {
    let script = repository().join("tests/clients/bench/refresh.mjs");
    let mut node = Command::new("node")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node starts");
    let told =
        json!({"url": address, "inFlight": IN_FLIGHT, "rounds": ROUNDS + 1, "tokens": tokens});
    let mut input = node.stdin.take().expect("piped");
    input
        .write_all(told.to_string().as_bytes())
        .expect("it listens");
    drop(input);
    let output = node.wait_with_output().expect("it ends");
    assert!(output.status.success(), "the official client ends well");
    let rounds: Vec<Value> = serde_json::from_slice(&output.stdout).expect("one JSON list");
    let time = |round: &Value, name: &str| {
        Duration::from_secs_f64(round[name].as_f64().expect("milliseconds") / 1e3)
    };
    let rounds: Vec<Took> = rounds[1..]
        .iter()
        .map(|round| Took {
            wall: time(round, "wall"),
            cpu: time(round, "cpu"),
        })
        .collect();
    middle(&rounds)
}

/// The middle of each.
fn middle(rounds: &[Took]) -> Took {
    let of = |time: fn(&Took) -> Duration| {
        let mut times: Vec<Duration> = rounds.iter().map(time).collect();
        times.sort_unstable();
        times[times.len() / 2]
    };
    Took {
        wall: of(|took| took.wall),
        cpu: of(|took| took.cpu),
    }
}

/// Beside the folder of this program.
fn stand_in_program() -> PathBuf {
    let own = std::env::current_exe().expect("a program has a path");
    let folder = own.ancestors().nth(2).expect("it lies in deps");
    folder.join(format!("plaid-sandbox{}", std::env::consts::EXE_SUFFIX))
}

fn repository() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors()
        .nth(2)
        .expect("two above crates/desk")
        .to_owned()
}
