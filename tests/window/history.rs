//! How balances moved, in the real window: a bank of the Demo read several times, its line and its readings, files to
//! take along, and what Plaid answered.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::json;

use crate::{
    accessibility::serious,
    support::{App, FIRST_PLATYPUS, Keyring, Scheme, World, id},
};

/// Names where exports go, in place of the system's dialog.
const SAVE_AS: &str = "BALANCE_DESK_SAVE_AS";

const LIVE_READS: usize = 3;

/// In place of the system's dialog: notes how the line is drawn when it would open, and that it was closed.
const PRINT: &str = "window.print = () => {
    const chart = document.querySelector('[data-testid=history-chart]');
    const [picture] = chart.querySelectorAll('img');
    window.onPaper = {
        canvases: chart.querySelectorAll('canvas').length,
        width: picture?.complete ? picture.naturalWidth : 0,
    };
    window.dispatchEvent(new Event('afterprint'));
}";

/// Columns of the table of readings.
const AVAILABLE: usize = 2;
const CURRENT: usize = 3;
const REQUEST_ID: usize = 6;

#[tokio::test(flavor = "multi_thread")]
async fn an_account_tells_how_its_balances_moved() {
    let mut world = World::new(Keyring::Unlocked);
    let file = world.home().join("readings.csv");
    world.set_env(SAVE_AS, &file.to_string_lossy());
    let app = App::start(&mut world).await;
    app.open_demo().await;
    app.link("achRisk", "Ada", &FIRST_PLATYPUS).await;
    app.leave_link().await;
    app.click(&id("account-open")).await;
    app.says(&id("history-one"), "One reading so far").await;
    world.shot("history-one-reading");

    for reads in 1..=LIVE_READS {
        app.click(&id("panel-refresh")).await;
        rows_become(&app, reads + 1).await;
    }
    app.says(&id("reading-row"), "live").await;
    points_become(&app, LIVE_READS + 1).await;
    app.gone(&id("history-one")).await;
    each_reading_is_told_exactly(&app).await;
    look(&world, &app, "history").await;

    app.fill(&id("mark-threshold"), "1000000.5").await;
    app.click(&id("mark-save")).await;
    app.says(&id("history-mark"), "$1,000,000.50").await;
    app.says(&id("mark-words"), "Below $1,000,000.50 since")
        .await;
    look(&world, &app, "history-mark").await;

    the_line_is_a_picture_on_paper(&app).await;

    app.click(&id("export-history")).await;
    app.click(&id("export-one-csv")).await;
    app.says(&id("export-done"), "readings.csv").await;
    the_file_is_what_the_table_shows(&app, &file).await;
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_total_moves_too_and_support_gets_request_ids_and_no_token() {
    let mut world = World::new(Keyring::Unlocked);
    world.set_scheme(Scheme::Dark);
    let closed = world.home().join("closed");
    fs::create_dir(&closed).expect("a folder");
    // A file stands where a folder is named: nobody can write into it, root included.
    fs::write(closed.join("file"), "not a folder").expect("a file");
    world.set_env(
        SAVE_AS,
        &closed.join("file/readings.json").to_string_lossy(),
    );
    let app = App::start(&mut world).await;
    app.open_demo().await;
    app.link("achRisk", "Ada", &FIRST_PLATYPUS).await;
    app.leave_link().await;
    app.click(&id("total-history")).await;
    app.find(&id("history-chart")).await;
    app.click(&id("points-table-open")).await;
    app.says(&id("points-table"), "$").await;
    look(&world, &app, "history-total").await;
    app.put_aside().await;

    app.click(&id("account-open")).await;
    app.click(&id("panel-refresh")).await;
    rows_become(&app, 2).await;
    app.click(&id("panel-support")).await;
    app.says(&id("support"), "/accounts/balance/get").await;
    app.says(&id("support-body"), "request_id").await;
    let ids = app.all(&id("support-request-id")).await;
    assert!(!ids.is_empty());
    for bodies in app.all(&id("support-body-open")).await.iter().skip(1) {
        bodies.click().await.expect("the body opens");
    }
    let words = app.text(&id("support")).await;
    for secret in ["access-", "public-", "link-", "secret"] {
        assert!(!words.contains(secret), "{secret} in {words}");
    }
    look(&world, &app, "history-support").await;

    app.click(&id("export-history")).await;
    app.click(&id("export-all-json")).await;
    app.says(&id("export-problem"), "the folder is not there")
        .await;
    world.shot("history-export-refused");
    let left: Vec<_> = fs::read_dir(&closed).expect("the folder").collect();
    assert_eq!(left.len(), 1, "nothing is left behind: {left:?}");
    app.quit().await;
}

/// Looks at what is open at every size, and asks axe.
async fn look(world: &World, app: &App, name: &str) {
    for (width, height) in [(900, 600), (1920, 1080), (1280, 800)] {
        app.resize(width, height).await;
        world.shot(&format!("{name}-{width}"));
    }
    let found = serious(app).await;
    assert!(found.is_empty(), "{name}:\n{}", found.join("\n"));
}

async fn rows_become(app: &App, number: usize) {
    let rows = id("reading-row");
    app.until(&format!("{number} readings are shown"), async || {
        app.all(&rows).await.len() == number
    })
    .await;
}

async fn points_become(app: &App, number: usize) {
    let chart = format!("{}[data-points='{number}']", id("history-chart"));
    app.find(&chart).await;
}

/// The engine puts no canvas on paper.
async fn the_line_is_a_picture_on_paper(app: &App) {
    app.script(PRINT, vec![]).await;
    app.click(&id("panel-print")).await;
    let chart = id("history-chart");
    app.until("the dialog would open", async || {
        !app.script("return window.onPaper ?? null", vec![])
            .await
            .is_null()
    })
    .await;
    let seen = app.script("return window.onPaper", vec![]).await;
    assert_eq!(seen["canvases"], 0, "{seen}");
    assert!(seen["width"].as_u64() > Some(300), "{seen}");
    // And afterwards it can be pointed at again.
    app.find(&format!("{chart} canvas")).await;
    assert!(!app.has(&format!("{chart} img")).await);
}

/// The arrow keys go through the line from its end; what they tell is what the table says, row by row.
async fn each_reading_is_told_exactly(app: &App) {
    for row in rows(app).await {
        app.script(
            "document.querySelector(arguments[0]).focus();
             document.activeElement.dispatchEvent(
               new KeyboardEvent('keydown', { key: 'ArrowLeft', bubbles: true }))",
            vec![json!(id("history-chart"))],
        )
        .await;
        app.says(&id("history-exactly"), &row[AVAILABLE]).await;
        app.says(&id("history-exactly"), &row[CURRENT]).await;
    }
}

/// The cells of each reading that is shown, in words.
async fn rows(app: &App) -> Vec<Vec<String>> {
    let cells = app
        .script(
            "return [...document.querySelectorAll(arguments[0])].map(
               (row) => [...row.children].map((cell) => cell.textContent))",
            vec![json!(id("reading-row"))],
        )
        .await;
    serde_json::from_value(cells).expect("rows of words")
}

async fn the_file_is_what_the_table_shows(app: &App, file: &Path) {
    let mut reader = csv::Reader::from_path(file).expect("a CSV file");
    let written_rows: Vec<BTreeMap<String, String>> = reader
        .deserialize()
        .collect::<Result<_, _>>()
        .expect("RFC 4180");
    assert_eq!(written_rows.len(), LIVE_READS + 1);
    let mut shown = rows(app).await;
    // The file begins with the oldest.
    shown.reverse();
    for (row, shown) in written_rows.iter().zip(shown) {
        assert_eq!(shown[AVAILABLE], written(&row["available"]));
        assert_eq!(shown[CURRENT], written(&row["current"]));
        assert!(
            shown[REQUEST_ID].contains(&row["request_id"]),
            "{shown:?} {row:?}"
        );
        assert_eq!(row["currency"], "USD");
        assert!(row["read_at"].ends_with('Z'), "ISO time: {row:?}");
    }
}

/// An exact decimal as the window writes it, digit for digit.
fn written(decimal: &str) -> String {
    let (whole, part) = decimal.split_once('.').unwrap_or((decimal, ""));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("${grouped}.{part:0<2}")
}
