//! What came back, in the real window: one debit from its REVIEW to its return; and return files, a table and a Nacha file,
//! read, matched, chosen and recorded. What has reached the bank is read from its own file.
//! With `BALANCE_DESK_SHOTS` set, each screen is photographed at the sizes the app is made for.

use std::fs;

use rusqlite::{Connection, OpenFlags};

use crate::{
    accessibility::serious,
    support::{App, FIRST_PLATYPUS, Keyring, Scheme, World, id, wait_until},
};

/// Names the file that is read, in place of the system's dialog.
const OPEN: &str = "BALANCE_DESK_OPEN";

/// An id that a Nacha file has room for the beginning of.
const LONG_ID: &str = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";

#[tokio::test(flavor = "multi_thread")]
async fn a_review_is_decided_and_comes_back_and_the_bank_has_both() {
    let mut world = World::new(Keyring::Unlocked);
    let app = App::start(&mut world).await;
    app.open_demo().await;
    app.link("achRisk", "Ada Lovelace", &FIRST_PLATYPUS).await;
    app.leave_link().await;
    assert_eq!(app.evaluate("Plaid Checking", "80.00").await, "review");
    let debit = app.text(&id("evaluation-client-transaction-id")).await;
    let asked = app.text(&id("evaluation-request-id")).await;
    let of_debit = |test_id: &str| format!("[data-testid='{test_id}'][data-transaction='{debit}']");

    // The decision, from the queue.
    app.says(&id("decisions-due"), "1").await;
    app.click(&id("nav-decisions")).await;
    app.says(&of_debit("due-row"), "Plaid asks for your review")
        .await;
    app.click(&format!("{} button", of_debit("due-row"))).await;
    app.click(&id("decision-initiated-yes")).await;
    app.fill(&id("decision-days"), "3").await;
    app.click(&id("decision-save")).await;
    app.says("main", "No decision is due").await;
    app.gone(&id("decisions-due")).await;
    app.click(&id("tab-delivery")).await;
    let delivered = format!("{}[data-state='delivered']", of_debit("delivery-row"));
    app.says(&delivered, "Decision: initiated, held 3 days")
        .await;

    // The return, from the row of the delivered decision.
    app.click(&format!("{delivered} button")).await;
    app.says(&id("evaluation-client-transaction-id"), &debit)
        .await;
    app.find("[data-testid='decision-delivery'][data-state='delivered']")
        .await;
    app.choose("return-code", "R01").await;
    app.says(&id("return-next"), "Next:").await;
    app.click(&id("return-save")).await;
    app.find("[data-testid='return-delivery'][data-state='delivered']")
        .await;
    app.says(&id("return-recorded"), "R01").await;

    // All of it stands with the evaluation, in order.
    let events = app.says(&id("audit-events"), "Plaid has the return").await;
    let mut rest = events.as_str();
    for event in [
        "Plaid answered",
        "Decision recorded",
        "Plaid has the decision",
        "Return recorded",
        "Plaid has the return",
    ] {
        let at = rest.find(event);
        rest = &rest[at.unwrap_or_else(|| panic!("no {event:?} in its place: {events}"))..];
    }
    let reports = app.says(&id("audit-reports"), "R01").await;
    assert!(
        reports.contains("initiated, funds held 3 days"),
        "{reports}"
    );

    // And in the list of what came back.
    app.click(&id("nav-returns")).await;
    app.says(&of_debit("return-row"), "R01").await;
    app.says(&of_debit("return-row"), "$80.00").await;
    app.says(&of_debit("return-row"), "Plaid has it").await;
    app.quit().await;

    assert_eq!(
        at_the_bank(
            &world,
            "SELECT client_transaction_id, result, request_id, times FROM evaluations"
        ),
        [[debit.as_str(), "REVIEW", asked.as_str(), "1"]]
    );
    assert_eq!(
        at_the_bank(
            &world,
            "SELECT client_transaction_id, initiated, report ->> 'days_funds_on_hold' FROM decisions"
        ),
        [[debit.as_str(), "1", "3"]]
    );
    assert_eq!(
        at_the_bank(
            &world,
            "SELECT client_transaction_id, return_code FROM returns"
        ),
        [[debit.as_str(), "R01"]]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn return_files_are_matched_and_recorded_in_light() {
    return_files(Scheme::Light, "light").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn return_files_are_matched_and_recorded_in_dark() {
    return_files(Scheme::Dark, "dark").await;
}

async fn return_files(scheme: Scheme, name: &str) {
    let mut world = World::new(Keyring::Unlocked);
    world.set_scheme(scheme);
    let file = world.home().join("returns.txt");
    world.set_env(OPEN, &file.to_string_lossy());
    let app = App::start(&mut world).await;
    app.open_demo().await;
    app.link("achRisk", "Ada Lovelace", &FIRST_PLATYPUS).await;
    app.leave_link().await;
    app.click(&id("nav-returns")).await;
    app.says("main", "No debit has come back").await;
    look(&world, &app, &format!("{name}-empty")).await;
    for (debit, amount, result) in [
        ("rent-1", "12.50", "accept"),
        ("rent-2", "20.00", "accept"),
        ("rent-3", "60.00", "review"),
        ("rent-4", "5000.00", "reroute"),
        (LONG_ID, "40.00", "accept"),
    ] {
        evaluate_as(&app, debit, amount, result).await;
    }
    let today = today(&app).await;
    let nacha = nacha_file(&today);

    app.click(&id("nav-returns")).await;
    fs::write(&file, b"%PDF-1.7\n1 0 obj\n").expect("a file");
    app.click(&id("returns-import")).await;
    app.says(&id("problem"), "This is not a text file").await;
    app.says("main", "No debit has come back").await;

    fs::write(&file, table(&today)).expect("a file");
    app.click(&id("returns-import")).await;
    columns(&world, &app, name).await;
    what_plaid_would_refuse(&world, &app, name).await;
    app.click(&id("row-choose")).await;
    app.says(&id("import-counts"), "3 of 5 rows").await;

    // A file that does not add up changes nothing of the one that is being looked through.
    app.click(&id("import-list")).await;
    let damaged = nacha.replace("0000006000rent-3", "0000006001rent-3");
    assert_ne!(damaged, nacha);
    fs::write(&file, damaged).expect("a file");
    app.click(&id("returns-import")).await;
    app.says(&id("problem"), "total of debits is 100.00").await;
    look(&world, &app, &format!("{name}-damaged")).await;
    app.click(&id("returns-continue")).await;
    app.says(&id("import-counts"), "3 of 5 rows").await;
    app.gone(&id("problem")).await;

    app.click(&id("import-record")).await;
    app.says(&id("returns-recorded"), "3 returns recorded")
        .await;
    app.says(&id("returned-again"), "3 debits of this account")
        .await;
    delivered(&app, 3).await;
    look(&world, &app, &format!("{name}-recorded")).await;

    fs::write(&file, nacha).expect("a file");
    app.click(&id("returns-import")).await;
    app.says("main", "Nacha file of FIRST PLATYPUS BANK").await;
    app.says(&id("import-counts"), "1 of 2 rows").await;
    app.says(
        &id("row-candidate"),
        "beginning of its client_transaction_id",
    )
    .await;
    look(&world, &app, &format!("{name}-nacha")).await;
    app.click(&id("import-suggested")).await;
    app.says(&id("import-counts"), "2 of 2 rows").await;
    app.click(&id("import-record")).await;
    app.says(&id("returns-recorded"), "2 returns recorded")
        .await;
    delivered(&app, 5).await;
    look(&world, &app, &format!("{name}-list")).await;
    app.click(&id("returns-codes")).await;
    app.says(&id("code-entry"), "R01").await;
    look(&world, &app, &format!("{name}-codes")).await;
    app.put_aside().await;
    app.quit().await;

    assert_eq!(
        at_the_bank(
            &world,
            "SELECT client_transaction_id, return_code FROM returns ORDER BY client_transaction_id"
        ),
        [
            [LONG_ID, "R10"],
            ["rent-1", "R01"],
            ["rent-2", "R02"],
            ["rent-3", "R10"],
            ["rent-4", "R01"]
        ]
    );
}

/// No column has a name that can be guessed: each is said.
async fn columns(world: &World, app: &App, name: &str) {
    app.says("main", "Choose the column with the return code")
        .await;
    look(world, app, &format!("{name}-columns")).await;
    for (field, column) in [
        ("returnCode", "Why"),
        ("clientTransactionId", "Case"),
        ("amount", "Rent"),
        ("returnedOn", "Day"),
        ("name", "Tenant"),
    ] {
        let field = format!("map-{field}");
        app.find(&format!("{}:not(:disabled)", id(&field))).await;
        app.choose(&field, column).await;
        app.until(&format!("{field} is {column}"), async || {
            app.attribute(&id(&field), "value").await.as_deref() == Some(column)
        })
        .await;
    }
    look(world, app, &format!("{name}-columns-said")).await;
    app.click(&id("map-done")).await;
    app.gone(&id("map-name")).await;
    app.says(&id("import-counts"), "2 of 5 rows").await;
    // What is asked for comes first: the row without a debit.
    app.until("one row is open", async || {
        app.all("[data-testid='import-row'][data-state='open']")
            .await
            .len()
            == 1
    })
    .await;
    app.says(&id("row-candidate"), "same amount, same name")
        .await;
}

/// The return of a rerouted debit: said before it is recorded, and mended at the evaluation while the file waits.
async fn what_plaid_would_refuse(world: &World, app: &App, name: &str) {
    app.says(&id("import-refused"), "Plaid refuses 1 of them")
        .await;
    app.choose("import-state", "All rows").await;
    let rerouted = "[data-testid='import-row'][data-line='4']";
    app.says(rerouted, "Plaid has this debit as not initiated")
        .await;
    look(world, app, &format!("{name}-preview")).await;
    let open = format!("{rerouted} {}", id("row-open"));
    // The bar at the bottom covers what is only just in sight; a person scrolls on.
    app.script(
        "document.querySelector(arguments[0]).scrollIntoView({ block: 'center' })",
        vec![open.as_str().into()],
    )
    .await;
    drawn(app).await;
    world.shot(&format!("returns-{name}-rows-1280"));
    app.click(&open).await;
    app.says(&id("evaluation-client-transaction-id"), "rent-4")
        .await;
    app.click(&id("decision-otherwise")).await;
    app.click(&id("decision-save")).await;
    app.find("[data-testid='decision-delivery'][data-state='delivered']")
        .await;
    app.click(&id("nav-returns")).await;
    app.says(&id("import-counts"), "2 of 5 rows").await;
    app.gone(&id("import-refused")).await;
    app.find(&id("row-choose")).await;
}

async fn delivered(app: &App, number: usize) {
    app.until(&format!("Plaid has {number} returns"), async || {
        app.all("[data-testid='return-row-delivery'][data-state='delivered']")
            .await
            .len()
            == number
    })
    .await;
    assert_eq!(app.all(&id("return-row")).await.len(), number);
}

async fn evaluate_as(app: &App, debit: &str, amount: &str, result: &str) {
    app.click(&id("nav-evaluate")).await;
    app.find(&id("evaluate-more")).await;
    if !app.has(&id("evaluate-ctid")).await {
        app.click(&id("evaluate-more")).await;
    }
    app.fill(&id("evaluate-ctid"), debit).await;
    assert_eq!(app.evaluate("Plaid Checking", amount).await, result);
    app.says(&id("evaluation-client-transaction-id"), debit)
        .await;
}

/// The day as the window has it, YYYY-MM-DD.
async fn today(app: &App) -> String {
    let day = app
        .script("return new Date().toISOString().slice(0, 10)", vec![])
        .await;
    day.as_str().expect("a text").to_owned()
}

/// A processor's table: one row by its id, one without, one of a rerouted debit, one of nobody, one with no known code.
fn table(today: &str) -> String {
    format!(
        "\u{feff}Case;Why;Rent;Day;Tenant\r\n\
         rent-1;R01;$12.50;{today};Ada Lovelace\r\n\
         unknown-7;R02 - Account closed;20.00;{today};LOVELACE ADA\r\n\
         rent-4;R01;\"5,000.00\";{today};Ada Lovelace\r\n\
         rent-9;R03;77.00;{today};\r\n\
         rent-3;R99;60.00;{today};Ada Lovelace\r\n"
    )
}

/// A bank's file: an id in full, and one that is cut off.
fn nacha_file(today: &str) -> String {
    let day = format!("{}{}{}", &today[2..4], &today[5..7], &today[8..10]);
    let entry = |cents: u32, identification: &str, trace: u32| {
        [
            format!(
                "627021071121{:<17}{cents:010}{identification:<15}{:<22}  1{trace:015}",
                "000123450000", "ADA LOVELACE"
            ),
            format!(
                "799R10{:015}{:<14}{:<44}{trace:015}",
                1, "      02107112", ""
            ),
        ]
        .join("\r\n")
    };
    [
        format!(
            "101 {:<10}{:<9}{day}1200A094101{:<23}{:<23}{:<8}",
            "061000052", "021000021", "YOUR COMPANY", "FIRST PLATYPUS BANK", ""
        ),
        format!(
            "5225{:<36}{:<10}PPD{:<10}{:<6}{day}   102100002{:07}",
            "YOUR COMPANY", "1234567890", "RENT", "", 1
        ),
        entry(6_000, "rent-3", 1),
        entry(4_000, &LONG_ID[..15], 2),
        format!(
            "8225{:06}{:010}{:012}{:012}{:<35}02100002{:07}",
            4,
            2 * 2_107_112,
            10_000,
            0,
            "1234567890",
            1
        ),
        format!(
            "9{:06}{:06}{:08}{:010}{:012}{:012}{:<39}",
            1,
            1,
            4,
            2 * 2_107_112,
            10_000,
            0,
            ""
        ),
    ]
    .join("\r\n")
}

/// What the bank has, from its own file, which it lets go of when it ends; every value as a text.
fn at_the_bank(world: &World, query: &str) -> Vec<Vec<String>> {
    let file = world.data_dir().join("demo-bank/plaid-sandbox.sqlite3");
    let read = || -> rusqlite::Result<Vec<Vec<String>>> {
        let connection = Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let mut statement = connection.prepare(query)?;
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            (0..columns)
                .map(|column| row.get::<_, rusqlite::types::Value>(column).map(text))
                .collect()
        })?;
        rows.collect()
    };
    let mut rows = Vec::new();
    wait_until("the stand-in has ended and has something", || {
        rows = read().unwrap_or_default();
        !rows.is_empty()
    });
    rows
}

fn text(value: rusqlite::types::Value) -> String {
    use rusqlite::types::Value;
    match value {
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => text,
        other => panic!("neither a number nor a text: {other:?}"),
    }
}

/// Nothing runs out of the window sideways, and axe-core finds nothing serious.
async fn look(world: &World, app: &App, name: &str) {
    for (width, height) in [(1920, 1080), (1280, 800)] {
        app.fits(width, height, name).await;
        drawn(app).await;
        world.shot(&format!("returns-{name}-{width}"));
    }
    let found = serious(app).await;
    assert!(found.is_empty(), "{name}:\n{}", found.join("\n"));
}

/// Waits until the screen is drawn as it is now.
async fn drawn(app: &App) {
    app.script_async(
        "const [done] = arguments;
         requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(0), 100)));",
        vec![],
    )
    .await;
}
