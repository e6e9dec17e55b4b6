//! A REVIEW from its evaluation to the decision without the mouse; a rerouted debit that came back, refused by Plaid until
//! its decision is recorded; what is on its way while there is no network; and Plaid's file of decisions.
//! With `BALANCE_DESK_SHOTS` set, each screen is photographed at the sizes the app is made for.

use fantoccini::key::Key;

use crate::{
    accessibility::serious,
    support::{App, FIRST_PLATYPUS, Keyring, Scheme, World, id},
};

const SAVE_AS: &str = "BALANCE_DESK_SAVE_AS";

#[tokio::test(flavor = "multi_thread")]
async fn decisions_are_made_by_keyboard_and_reach_plaid_in_light() {
    decisions(Scheme::Light, "light").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn decisions_are_made_by_keyboard_and_reach_plaid_in_dark() {
    decisions(Scheme::Dark, "dark").await;
}

async fn look(world: &World, app: &App, name: &str) {
    for (width, height) in [(1920, 1080), (1280, 800)] {
        app.resize(width, height).await;
        world.shot(&format!("decisions-{name}-{width}"));
    }
    let wrong = serious(app).await;
    assert!(wrong.is_empty(), "{name}: {wrong:#?}");
}

async fn decisions(scheme: Scheme, name: &str) {
    let mut world = World::new(Keyring::Unlocked);
    world.set_scheme(scheme);
    let file = world.home().join("plaid-decisions.csv");
    world.set_env(SAVE_AS, &file.to_string_lossy());
    let stand_in = world.start_stand_in();
    world.set_env("BALANCE_DESK_SANDBOX_URL", &stand_in);
    let app = App::start(&mut world).await;
    app.open_sandbox().await;
    app.link("achRisk", "Ada Lovelace", &FIRST_PLATYPUS).await;
    app.leave_link().await;
    for (amount, result) in [
        ("60.00", "review"),
        ("70.00", "review"),
        ("5000.00", "reroute"),
    ] {
        assert_eq!(app.evaluate("Plaid Checking", amount).await, result);
    }
    returned_all_the_same(&app).await;
    by_keyboard(&world, &app, name).await;
    without_a_network(&mut world, &app, name, &file).await;
    app.quit().await;
}

/// The last one, rerouted, was debited all the same and came back: Plaid refuses the return, and its decision is due.
async fn returned_all_the_same(app: &App) {
    app.choose("return-code", "R01").await;
    app.click(&id("return-save")).await;
    app.find("[data-testid='return-delivery'][data-state='refused']")
        .await;
}

async fn by_keyboard(world: &World, app: &App, name: &str) {
    app.says(&id("decisions-due"), "3").await;
    app.click(&id("nav-decisions")).await;
    app.until("three are due", async || {
        app.all(&id("due-row")).await.len() == 3
    })
    .await;
    look(world, app, &format!("{name}-due")).await;
    app.click(&format!("{} button", id("due-row"))).await;
    app.find(&id("evaluation-result")).await;
    app.find(&id("decision-save")).await;
    look(world, app, &format!("{name}-open")).await;
    let enter = char::from(Key::Enter);
    for left in (0..3).rev() {
        app.find(&id("decision-save")).await;
        app.press(&format!("y{enter}")).await;
        app.until("it is decided, and the next one is open", async || {
            app.all(&id("due-row")).await.len() == left
                && (left == 0 || app.has(&id("decision-save")).await)
        })
        .await;
    }
    app.says("main", "No decision is due").await;
    app.click(&id("tab-delivery")).await;
    app.says(&id("delivery-summary"), "Nothing waits").await;
    look(world, app, &format!("{name}-delivered")).await;
}

async fn without_a_network(world: &mut World, app: &App, name: &str, file: &std::path::Path) {
    assert_eq!(app.evaluate("Plaid Checking", "25.00").await, "accept");
    world.stop_stand_in();
    app.click(&id("decision-otherwise")).await;
    app.click(&id("decision-save")).await;
    app.find("[data-testid='decision-delivery'][data-state='waiting']")
        .await;
    app.click(&id("nav-decisions")).await;
    app.click(&id("tab-delivery")).await;
    app.says(&id("delivery-summary"), "1 report waits").await;
    app.says(
        "[data-testid='delivery-row'][data-state='waiting']",
        "1 try",
    )
    .await;
    app.click(&id("file-write")).await;
    app.says(&id("export-done"), "plaid-decisions.csv").await;
    app.find(&id("file-filed")).await;
    look(world, app, &format!("{name}-waiting")).await;
    let text = std::fs::read_to_string(file).expect("the file is there");
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(
        lines[0],
        "client_transaction_id,initiated,days_funds_on_hold,amount_instantly_available"
    );
    assert!(lines[1].ends_with(",false,,"), "{text}");
    app.click(&id("file-filed")).await;
    app.click(&id("confirm-ok")).await;
    app.says(&id("delivery-summary"), "Nothing waits").await;
    app.find("[data-testid='delivery-row'][data-state='filed']")
        .await;
}
