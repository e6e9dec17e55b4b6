//! The whole job by mouse and keyboard: open the Demo, link a bank in the Link window, read live
//! balances, evaluate a debit, record the decision and the return; and all of it is there again
//! after a restart.

use crate::support::{App, FIRST_PLATYPUS, Keyring, Login, World, id};

const TARTAN: Login<'static> = Login {
    institution_id: "ins_109511",
    search: "tartan bank",
    username: "user_good",
    password: "pass_good",
};
const PERSON: &str = "Ada Lovelace 🏠";

#[tokio::test(flavor = "multi_thread")]
async fn the_main_job_from_first_start_to_restart() {
    let mut world = World::new(Keyring::Unlocked);
    let app = App::start(&mut world).await;
    app.find(&id("door-production")).await;
    world.shot("start");
    app.open_demo().await;

    app.link("achRisk", PERSON, &FIRST_PLATYPUS).await;
    world.shot("linked");
    app.leave_link().await;
    app.says(&id("item"), "First Platypus Bank").await;
    app.says(&id("item"), PERSON).await;
    app.says(&id("reading-source"), "ached").await;
    link_a_household_for_its_balances(&app).await;
    world.shot("accounts");

    app.click(&id("refresh-all")).await;
    app.says(&id("reading-source"), "ive").await;

    let result = app.evaluate("Plaid Checking", "25.00").await;
    assert_eq!(result, "accept");
    let first_request = app.text(&id("evaluation-request-id")).await;
    assert!(!first_request.trim().is_empty());

    let result = app.evaluate("Plaid Checking", "5000.00").await;
    assert_eq!(result, "reroute");
    world.shot("evaluation");
    record_decision(&app).await;
    record_return(&app).await;

    rotate_token(&app).await;
    app.click(&id("refresh-item")).await;
    app.gone(&id("refresh-cancel")).await;
    assert!(!app.has(&id("problem")).await, "{}", app.page_text().await);

    app.quit().await;
    let app = App::start(&mut world).await;
    app.says(&id("environment-badge"), "Demo").await;
    app.click(&id("nav-accounts")).await;
    app.says(&id("item"), PERSON).await;
    app.says(&id("reading-source"), "ive").await;
    app.click(&id("nav-activity")).await;
    app.until("both evaluations are listed", async || {
        app.all(&id("activity-row")).await.len() == 2
    })
    .await;
    app.says("main", "R01").await;
    app.says("main", "5,000.00").await;
    world.shot("activity");
    app.click(&id("activity-row")).await;
    app.says("main", "R01").await;

    remove_item(&app).await;
    app.quit().await;
}

/// A second bank, looked at only: every kind of account, one without an available balance.
async fn link_a_household_for_its_balances(app: &App) {
    app.fill_link_form("balancesOnly", "Grace Hopper").await;
    app.click(".mantine-MultiSelect-input").await;
    app.click_text("*[@role='option']", "Transactions").await;
    app.click_text("*[@role='option']", "Auth").await;
    app.escape().await;
    app.open_link_window().await;
    app.finish_link(&TARTAN).await;
    app.leave_link().await;
    app.says("main", "23,631.9805").await;
    app.says("main", "not reported").await;
}

async fn record_decision(app: &App) {
    app.click(&id("decision-otherwise")).await;
    app.fill(&id("decision-days"), "3").await;
    app.click(&id("decision-save")).await;
    app.find("[data-testid='decision-delivery'][data-state='delivered']")
        .await;
}

async fn record_return(app: &App) {
    app.choose("return-code", "R01").await;
    app.click(&id("return-save")).await;
    app.find("[data-testid='return-delivery'][data-state='delivered']")
        .await;
}

async fn rotate_token(app: &App) {
    app.click(&id("nav-accounts")).await;
    app.click(&id("item-menu")).await;
    app.click(&id("item-menu-rotate")).await;
    app.click(&id("confirm-ok")).await;
    app.gone(&id("confirm-ok")).await;
}

async fn remove_item(app: &App) {
    app.click(&id("nav-accounts")).await;
    app.click(&id("item-menu")).await;
    app.click(&id("item-menu-remove")).await;
    app.click(&id("confirm-ok")).await;
    app.until("one of the two Items is left", async || {
        app.all(&id("item")).await.len() == 1
    })
    .await;
    // What was asked and what came back outlives the Item.
    app.click(&id("nav-activity")).await;
    app.until("both evaluations are still listed", async || {
        app.all(&id("activity-row")).await.len() == 2
    })
    .await;
}
