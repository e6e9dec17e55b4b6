//! A batch of 200 rents in the real window: from a CSV file to the file for the payment processor, killed in the
//! middle and resumed. No row is evaluated twice, by the stand-in's own count.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use rusqlite::{Connection, OpenFlags};

use crate::support::{App, FIRST_PLATYPUS, Keyring, World, id, wait_until};

const OPEN: &str = "BALANCE_DESK_OPEN";
const SAVE_AS: &str = "BALANCE_DESK_SAVE_AS";

const ROWS: usize = 200;

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_rents_are_asked_once_though_the_app_is_killed_in_the_middle() {
    let mut world = World::new(Keyring::Unlocked);
    let (rents, debits) = (
        world.home().join("rents.csv"),
        world.home().join("debits.csv"),
    );
    fs::write(&rents, file()).expect("a file");
    world.set_env(OPEN, &rents.to_string_lossy());
    world.set_env(SAVE_AS, &debits.to_string_lossy());
    let app = App::start(&mut world).await;
    app.open_demo().await;
    app.link("achRisk", "Ada Lovelace", &FIRST_PLATYPUS).await;
    app.leave_link().await;
    banks_take_a_second(&app, &world).await;

    import(&app).await;
    world.shot("batch-ready");
    app.click(&id("batch-run")).await;
    app.says("[role='dialog']", "200").await;
    app.click(&id("confirm-ok")).await;
    app.until("some rows are answered", async || {
        shown(&app, "accept").await >= 20
    })
    .await;
    world.shot("batch-running");
    app.kill().await;

    let app = App::start(&mut world).await;
    app.click(&id("nav-batches")).await;
    app.click(&id("batch-open")).await;
    app.says(&id("batch-state"), "paused").await;
    let before = shown(&app, "accept").await;
    assert!(
        (20..160).contains(&before),
        "killed in the middle: {before}"
    );
    world.shot("batch-paused");
    resume(&app).await;
    // Whether Plaid has those whose answers were lost can be asked only some time after they were asked.
    app.until("every row has been asked", async || {
        is_finished(&app).await
            || app
                .script("return document.body.innerText", vec![])
                .await
                .as_str()
                .is_some_and(|words| words.contains("Finding out about answers that were lost"))
    })
    .await;
    app.until("the batch is finished", async || is_finished(&app).await)
        .await;
    world.shot("batch-finished");

    let unknown = shown(&app, "unknown").await;
    let answered =
        shown(&app, "accept").await + shown(&app, "review").await + shown(&app, "reroute").await;
    assert_eq!(answered + unknown, ROWS);
    assert_eq!(shown(&app, "failed").await, 0);

    let accepted = shown(&app, "accept").await;
    app.click(&id("batch-accept-all")).await;
    app.click(&id("batch-decide-submit")).await;
    app.says(&id("batch-decided"), &format!("{accepted} decisions"))
        .await;
    let reviewed = shown(&app, "review").await;
    app.click(&id("batch-filter-review")).await;
    app.click(&id("batch-decide-shown")).await;
    app.click(&id("batch-initiated-yes")).await;
    app.fill(&id("batch-days"), "3").await;
    world.shot("batch-decide");
    app.click(&id("batch-decide-submit")).await;
    app.until("the reviewed ones are to be debited", async || {
        shown(&app, "toDebit").await == accepted + reviewed
    })
    .await;
    world.shot("batch-decided");

    app.click(&id("batch-export")).await;
    app.click(&id("batch-export-debits")).await;
    app.says("body", "debits.csv").await;
    the_file_is_for_the_processor(&debits, accepted, reviewed);
    app.quit().await;
    each_was_evaluated_once(&world);
}

/// Of twenty rents sixteen are accepted, two reviewed and two rerouted: the balance is 100.
fn file() -> String {
    let mut file = "Tenant,Mask,Rent,Reference,Due\r\n".to_owned();
    for row in 0..ROWS {
        let amount = match row % 10 {
            5 => "60.00",
            9 => "5000.00",
            _ => "25.50",
        };
        writeln!(
            file,
            "Ada Lovelace,0000,{amount},RENT-{row:03},2026-12-01\r"
        )
        .expect("a text");
    }
    file
}

async fn banks_take_a_second(app: &App, world: &World) {
    app.click(&id("nav-demo")).await;
    app.click_text("label", "Always the same").await;
    app.fill(&id("demo-latency-seconds"), "1").await;
    app.click(&id("demo-latency-set")).await;
    app.until("the latency is remembered", async || {
        fs::read_to_string(world.data_dir().join("desk.json"))
            .is_ok_and(|file| file.contains("1000"))
    })
    .await;
}

async fn import(app: &App) {
    app.click(&id("nav-batches")).await;
    app.click(&id("batches-empty-new")).await;
    app.click(&id("batch-open-file")).await;
    app.says(&id("batch-preview"), "RENT-000").await;
    for (field, column) in [
        ("person", "Tenant"),
        ("mask", "Mask"),
        ("amount", "Rent"),
        ("date", "Due"),
    ] {
        if app
            .attribute(&id(&format!("batch-column-{field}")), "value")
            .await
            == Some(String::new())
        {
            app.choose(&format!("batch-column-{field}"), column).await;
        }
    }
    app.click(&id("batch-columns-next")).await;
    app.says(&id("batch-check-summary"), "200 rows").await;
    if app.has(&id("batch-confirm-warnings")).await {
        app.click(&id("batch-confirm-warnings")).await;
    }
    app.click(&id("batch-check-next")).await;
    app.says(&id("batch-cost"), "200").await;
    app.click(&id("batch-import")).await;
    app.says(&id("batch-state"), "ready").await;
}

async fn resume(app: &App) {
    app.click(&id("batch-resume")).await;
    app.until("it runs, or asks first", async || {
        app.has(&id("confirm-ok")).await || app.has(&id("batch-progress")).await
    })
    .await;
    if app.has(&id("confirm-ok")).await {
        app.click(&id("confirm-ok")).await;
    }
    app.says(&id("batch-state"), "running").await;
}

/// How many rows of this sort there are; none when the sort is not offered.
async fn shown(app: &App, filter: &str) -> usize {
    let words = app
        .script(
            "return document.querySelector(arguments[0])?.dataset.count ?? '0'",
            vec![id(&format!("batch-filter-{filter}")).into()],
        )
        .await;
    words
        .as_str()
        .and_then(|words| words.parse().ok())
        .unwrap_or(0)
}

async fn is_finished(app: &App) -> bool {
    let state = format!("{}[data-state='finished']", id("batch-state"));
    app.has(&state).await
}

/// By the stand-in's own count, in its own file, which it lets go of when it ends.
fn each_was_evaluated_once(world: &World) {
    let file = world.data_dir().join("demo-bank/plaid-sandbox.sqlite3");
    let mut times = Vec::new();
    wait_until("the stand-in has ended", || {
        times = times_evaluated(&file).unwrap_or_default();
        !times.is_empty()
    });
    assert_eq!(times.len(), ROWS);
    assert!(times.iter().all(|times| *times == 1), "{times:?}");
}

fn times_evaluated(file: &Path) -> rusqlite::Result<Vec<u32>> {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection
        .prepare("SELECT times FROM evaluations")?
        .query_map([], |row| row.get(0))?
        .collect()
}

fn the_file_is_for_the_processor(path: &Path, accepted: usize, reviewed: usize) {
    let mut reader = csv::Reader::from_path(path).expect("a file");
    let rows: Vec<BTreeMap<String, String>> = reader
        .deserialize()
        .map(|row| row.expect("a row"))
        .collect();
    assert_eq!(rows.len(), accepted + reviewed);
    let of = |amount: &str| rows.iter().filter(|row| row["amount"] == amount).count();
    assert_eq!((of("25.50"), of("60.00")), (accepted, reviewed));
    let held = rows.iter().filter(|row| row["hold_days"] == "3").count();
    assert_eq!(held, reviewed);
    let mut references: Vec<&str> = rows.iter().map(|row| row["reference"].as_str()).collect();
    references.sort_unstable();
    references.dedup();
    assert_eq!(references.len(), rows.len());
}
