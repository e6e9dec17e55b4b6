//! Batches: reading and checking 10,000 rows of planned debits, and how close a run comes to what the limits allow.
//!
//! The stand-in is a process of its own, whose banks answer after 50 ms, and the database is encrypted, on a real disk,
//! in `target/tmp`. The run keeps Plaid's limits: half a minute's calls leave at once, the rest as the limiter lets them.
//! Its figure goes to `target/figures`.

#[path = "stand_in/mod.rs"]
mod stand_in;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use criterion::Criterion;
use desk::{
    Desk, DeskConfig, PlaidUrls, SystemClock,
    batches::view::{BatchState, BatchView, ErrorRows, ImportDraft, ImportRequest, ImportSettings},
    bench::stage::{self, Customer},
    calls::CallPace,
    environment::Environment,
    secrets::Passphrase,
    start::view::SecretStoreChoice,
};
use serde_json::json;
use stand_in::StandIn;
use tokio::runtime::Runtime;

const CHECKED_ROWS: usize = 10_000;
const ITEMS: u32 = 100;

/// Calls a minute that a run may make, and how many of them at once.
const A_MINUTE: u32 = 1_200;
const AT_ONCE: u32 = A_MINUTE / 2;

/// Rows of the run: those beyond the first ones leave at the limiter's pace.
const RUN_ROWS: u32 = AT_ONCE + 120;

const ANSWER: Duration = Duration::from_millis(50);

fn main() {
    let runtime = Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let desk = runtime.block_on(desk(folder.path()));
    runtime
        .block_on(stage::link(&desk, &customer(), ITEMS))
        .expect("Items");
    let accounts = runtime.block_on(accounts(&desk));
    let mut criterion = Criterion::default().configure_from_args();
    check(&mut criterion, &runtime, &desk, &accounts);
    criterion.final_summary();
    // Criterion's arguments: a word is a part of the names wanted.
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    if words.is_empty()
        || words
            .iter()
            .any(|word| "batches/run".contains(word.as_str()))
    {
        run(&runtime, &desk, &accounts);
    }
    runtime.block_on(desk.shut_down());
}

fn check(criterion: &mut Criterion, runtime: &Runtime, desk: &Desk, accounts: &[String]) {
    let file = file(accounts, CHECKED_ROWS);
    let mut group = criterion.benchmark_group("batches");
    group.sample_size(10);
    group.bench_function("read_and_check_10000_rows", |bencher| {
        bencher.iter(|| {
            let found = runtime.block_on(async {
                let draft = read(desk, &file).await;
                desk.open()
                    .unwrap()
                    .batches
                    .check_draft(request(&draft))
                    .await
                    .expect("a check")
            });
            assert_eq!(found.ready as usize, CHECKED_ROWS);
        });
    });
    group.finish();
}

/// Runs a batch and sets the time beside what the limiter allows.
fn run(runtime: &Runtime, desk: &Desk, accounts: &[String]) {
    let wall = runtime.block_on(async {
        let draft = read(desk, &file(accounts, RUN_ROWS as usize)).await;
        let settings = ImportSettings {
            name: "Rents".to_owned(),
            ruleset_key: None,
            payment_method: None,
            is_recurring: None,
            errors: ErrorRows::Refuse,
            warnings_confirmed: true,
        };
        let imported = desk
            .open()
            .unwrap()
            .batches
            .import_draft(request(&draft), settings)
            .await;
        let batch = imported.expect("a batch");
        let began = Instant::now();
        desk.open()
            .unwrap()
            .batches
            .run(&batch.batch_id)
            .await
            .expect("it runs");
        let ended = ended(desk, &batch.batch_id).await;
        assert_eq!(ended.tallies.failed.count + ended.tallies.unknown.count, 0);
        began.elapsed()
    });
    let paced = f64::from(RUN_ROWS - AT_ONCE) * 60.0 / f64::from(AT_ONCE);
    let ideal = paced + ANSWER.as_secs_f64();
    let figures = [json!({
        "name": format!("batches/run/{RUN_ROWS}_rows/wall"), "unit": "ms",
        "figure": wall.as_secs_f64() * 1e3, "target": ideal * 1.05 * 1e3,
        "target_is": format!("5 % idle over the limiter's {:.0} ms", ideal * 1e3),
    })];
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("figures");
    std::fs::create_dir_all(&folder).expect("a folder for figures");
    let text = serde_json::to_string_pretty(&figures).expect("figures are JSON");
    std::fs::write(folder.join("batches.json"), text).expect("figures are written");
}

async fn ended(desk: &Desk, batch_id: &str) -> BatchView {
    loop {
        let batch = desk
            .open()
            .unwrap()
            .batches
            .get(batch_id)
            .await
            .expect("the batch");
        match batch.state {
            BatchState::Finished => return batch,
            BatchState::Running => tokio::time::sleep(Duration::from_millis(20)).await,
            other => panic!("{other:?}: {:?}", batch.problem),
        }
    }
}

async fn read(desk: &Desk, file: &str) -> ImportDraft {
    let bytes = file.as_bytes().to_vec();
    desk.open()
        .unwrap()
        .batches
        .open_draft(None, bytes)
        .await
        .expect("a table")
}

fn request(draft: &ImportDraft) -> ImportRequest {
    ImportRequest {
        draft_id: draft.draft_id.clone(),
        mapping: draft.mapping,
        corrections: Vec::new(),
        left_out: Vec::new(),
    }
}

/// Debits of one account after the other.
fn file(accounts: &[String], rows: usize) -> String {
    let mut file = "account_id,amount,reference,date\n".to_owned();
    for (row, account) in accounts.iter().cycle().take(rows).enumerate() {
        let (dollars, cents) = (row % 900 + 1, row % 100);
        file += &format!("{account},\"1,{dollars:03}.{cents:02}\",rent-{row},2031-01-01\n");
    }
    file
}

async fn accounts(desk: &Desk) -> Vec<String> {
    let list = desk
        .open()
        .unwrap()
        .accounts
        .list()
        .await
        .expect("accounts");
    list.rows.into_iter().map(|row| row.account_id).collect()
}

/// What most people have: a checking and a savings account.
fn customer() -> Customer {
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

async fn desk(folder: &Path) -> Desk {
    let config = DeskConfig {
        data_dir: folder.to_owned(),
        version: "0.0.0".to_owned(),
        keyring_service: "balance-desk-benchmarks-use-no-keyring".to_owned(),
        plaid_urls: PlaidUrls::default(),
        demo: Arc::new(StandIn::new(stand_in_program(), "50")),
    };
    let desk = Desk::start_paced(config, Arc::new(SystemClock), CallPace::default()).await;
    let passphrase = Passphrase::new("correct horse battery");
    let choice = SecretStoreChoice::Passphrase { passphrase };
    desk.choose_secret_store(choice)
        .await
        .expect("a place for secrets");
    let opened = desk.open_environment(Environment::Demo).await;
    opened.expect("the Demo opens");
    desk
}

/// Beside the folder of this program.
fn stand_in_program() -> PathBuf {
    let own = std::env::current_exe().expect("a program has a path");
    let folder = own.ancestors().nth(2).expect("it lies in deps");
    folder.join(format!("plaid-sandbox{}", std::env::consts::EXE_SUFFIX))
}
