//! A file of planned debits with faults, in the real window: read, mended, imported, run, decided, and written to the
//! payment processor's file.

use std::fs;

use crate::{
    accessibility::serious,
    support::{App, FIRST_PLATYPUS, Keyring, Scheme, World, id},
};

/// Names the file that is read, in place of the system's dialog.
const OPEN: &str = "BALANCE_DESK_OPEN";

/// The same for the file that is written.
const SAVE_AS: &str = "BALANCE_DESK_SAVE_AS";

/// Semicolons, quotation marks, CRLF, and four rows that cannot be imported as they are.
const RENTS: &str = "\u{feff}Tenant;Last 4;Rent;Invoice;Due date\r\n\
    Ada;0000;$ 12,50;rent-1;2031-01-01\r\n\
    Bob;0000;10.00;rent-2;\r\n\
    Ada;;20.00;rent-3;\r\n\
    Ada;1111;1,234;\"rent; 4\";\r\n\
    Ada;0000;99999.00;rent-5;\r\n\
    Ada;9999;5.00;rent-6;\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_faults_is_mended_imported_run_and_exported() {
    let mut world = World::new(Keyring::Unlocked);
    let (file, written) = (
        world.home().join("rents.csv"),
        world.home().join("debits.csv"),
    );
    fs::write(&file, RENTS).expect("a file");
    world.set_env(OPEN, &file.to_string_lossy());
    world.set_env(SAVE_AS, &written.to_string_lossy());
    world.set_scheme(Scheme::Dark);
    let app = App::start(&mut world).await;
    app.open_demo().await;
    app.link("achRisk", "Ada", &FIRST_PLATYPUS).await;
    app.leave_link().await;
    app.click(&id("nav-batches")).await;
    look(&world, &app, "batches-empty").await;

    app.click(&id("batches-empty-new")).await;
    look(&world, &app, "batch-source").await;
    app.click(&id("batch-open-file")).await;
    app.says(&id("batch-preview"), "Ada").await;
    look(&world, &app, "batch-columns").await;
    app.click(&id("batch-columns-next")).await;
    app.says(&id("batch-check-summary"), "With errors\n4 rows")
        .await;
    look(&world, &app, "batch-check").await;

    let unclear = app.all("[data-testid='batch-correct-4-account']").await;
    assert_eq!(unclear.len(), 1, "the account of line 4 is not clear");
    app.choose("batch-correct-4-account", "Plaid Saving").await;
    app.says(&id("batch-check-summary"), "With errors\n3 rows")
        .await;
    app.fill(&id("batch-correct-5-amount"), "1234.00").await;
    app.press("\u{e007}").await;
    app.says(&id("batch-check-summary"), "With errors\n2 rows")
        .await;
    app.click(&id("batch-leave-out-errors")).await;
    if app.has(&id("batch-confirm-warnings")).await {
        app.click(&id("batch-confirm-warnings")).await;
    }
    app.click(&id("batch-check-next")).await;
    app.says(&id("batch-cost"), "4 evaluations").await;
    look(&world, &app, "batch-settings").await;
    app.click(&id("batch-import")).await;
    app.says(&id("batch-state"), "ready").await;
    look(&world, &app, "batch-ready").await;

    app.click(&id("batch-run")).await;
    app.says(&id("batch-state"), "finished").await;
    look(&world, &app, "batch-finished").await;
    let accepted = app
        .attribute(&id("batch-filter-accept"), "data-count")
        .await;
    let rerouted = app
        .attribute(&id("batch-filter-reroute"), "data-count")
        .await;
    assert_eq!(accepted.as_deref(), Some("2"));
    assert_eq!(rerouted.as_deref(), Some("2"));

    app.click(&id("batch-accept-all")).await;
    app.find(&id("batch-decide-submit")).await;
    look(&world, &app, "batch-decide").await;
    app.click(&id("batch-decide-submit")).await;
    app.says(&id("batch-decided"), "2 decisions recorded").await;
    app.click(&id("batch-export")).await;
    app.click(&id("batch-export-debits")).await;
    app.says(&id("export-done"), "debits.csv").await;
    let text = fs::read_to_string(&written).expect("the processor's file");
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(text.contains("rent-1,Ada,Plaid Checking,0000,"), "{text}");

    app.click(&id("batches-back")).await;
    app.says(&id("batch-line"), "finished").await;
    look(&world, &app, "batches-list").await;
    app.quit().await;
}

/// Looks at what is open at both sizes, and asks axe.
async fn look(world: &World, app: &App, name: &str) {
    for (width, height) in [(1920, 1080), (1280, 800)] {
        app.resize(width, height).await;
        world.shot(&format!("{name}-{width}"));
    }
    let found = serious(app).await;
    assert!(found.is_empty(), "{name}:\n{}", found.join("\n"));
}
