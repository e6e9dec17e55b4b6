//! What became of evaluations: the numbers, the rows behind them, and one evaluation as it was; exported from the list.
//! With `BALANCE_DESK_SHOTS` set, each screen is photographed at the sizes the app is made for.

use crate::{
    accessibility::serious,
    support::{App, FIRST_PLATYPUS, Keyring, Scheme, World, id},
};

const SAVE_AS: &str = "BALANCE_DESK_SAVE_AS";
const SIZES: [(u32, u32); 2] = [(1920, 1080), (1280, 800)];

#[tokio::test(flavor = "multi_thread")]
async fn a_number_leads_to_its_rows_and_a_row_to_all_that_is_kept() {
    let mut world = World::new(Keyring::Unlocked);
    let file = world.home().join("evaluations.json");
    world.set_env(SAVE_AS, &file.to_string_lossy());
    let app = App::start(&mut world).await;
    evaluate_some(&app).await;

    app.click(&id("nav-outcomes")).await;
    app.says(&id("total-evaluated"), "3").await;
    app.says(&id("nacha-overall"), "2 debits: too few to judge")
        .await;
    app.find(&id("outcomes-chart")).await;
    look(&world, &app, "outcomes-light").await;
    app.click(&id("total-returned")).await;
    app.until("the one that came back is listed", async || {
        app.all(&id("activity-row")).await.len() == 1
    })
    .await;
    app.says(&id("activity-row"), "R10").await;
    look(&world, &app, "activity-light").await;

    app.click(&id("activity-row")).await;
    app.says(&id("audit-events"), "Plaid has the return").await;
    app.click(&id("audit-wire")).await;
    app.says(&id("audit-request"), "[left out]").await;
    app.says(&id("audit-answer"), "core_attributes").await;
    look(&world, &app, "audit-light").await;

    app.click(&id("activity-back")).await;
    app.click(&id("activity-everything")).await;
    app.until("all are listed", async || {
        app.all(&id("activity-row")).await.len() == 3
    })
    .await;
    app.click(&id("activity-select-all")).await;
    app.says(&id("activity-selected"), "3 selected").await;
    app.click(&id("audit-export")).await;
    app.click(&id("audit-export-json")).await;
    app.says(&id("export-done"), "evaluations.json").await;
    let rows: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&file).expect("the file is there")).expect("JSON");
    assert_eq!(rows.as_array().map(Vec::len), Some(3));
    assert_eq!(rows[2]["returns"][0]["returnCode"], "R10");
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn outcomes_are_seen_in_the_dark() {
    let mut world = World::new(Keyring::Unlocked);
    world.set_scheme(Scheme::Dark);
    let app = App::start(&mut world).await;
    evaluate_some(&app).await;
    app.click(&id("nav-outcomes")).await;
    app.find(&id("outcomes-chart")).await;
    look(&world, &app, "outcomes-dark").await;
    app.click(&id("nav-activity")).await;
    app.find(&id("activity-row")).await;
    look(&world, &app, "activity-dark").await;
    app.click(&id("activity-row")).await;
    app.click(&id("audit-wire")).await;
    app.find(&id("audit-answer")).await;
    look(&world, &app, "audit-dark").await;
    app.quit().await;
}

/// Two that are accepted, of which one comes back, and one that is rerouted.
async fn evaluate_some(app: &App) {
    app.open_demo().await;
    app.link("achRisk", "Ada Lovelace", &FIRST_PLATYPUS).await;
    app.leave_link().await;
    assert_eq!(app.evaluate("Plaid Checking", "12.50").await, "accept");
    app.choose("return-code", "R10").await;
    app.click(&id("return-save")).await;
    app.find("[data-testid='return-delivery'][data-state='delivered']")
        .await;
    assert_eq!(app.evaluate("Plaid Checking", "20.00").await, "accept");
    assert_eq!(app.evaluate("Plaid Checking", "5000.00").await, "reroute");
}

/// Nothing runs out of the window sideways, and axe-core finds nothing serious.
async fn look(world: &World, app: &App, name: &str) {
    for (width, height) in SIZES {
        app.fits(width, height, name).await;
        world.shot(&format!("{name}-{width}"));
        scroll(app, 700).await;
        world.shot(&format!("{name}-{width}-below"));
        scroll(app, 0).await;
    }
    let found = serious(app).await;
    assert!(found.is_empty(), "{name}:\n{}", found.join("\n"));
}

/// Scrolls the screen, and waits until it is drawn.
async fn scroll(app: &App, to: u32) {
    app.script_async(
        "const [to, done] = arguments;
         document.querySelector('main').scrollTo(0, to);
         requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(0), 100)));",
        vec![to.into()],
    )
    .await;
}
