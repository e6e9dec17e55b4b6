//! One evaluation in the real window: what could be debited, optional fields, scores and core attributes in words, an
//! action key with a meaning, a warning that leads to the repair; and one that is slow, cancelled, and settled.

use crate::support::{App, FIRST_PLATYPUS, Keyring, Scheme, World, id};

#[tokio::test(flavor = "multi_thread")]
async fn one_evaluation_from_the_estimate_to_the_repair_in_light() {
    one_evaluation(Scheme::Light, "light").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_evaluation_from_the_estimate_to_the_repair_in_dark() {
    one_evaluation(Scheme::Dark, "dark").await;
}

async fn one_evaluation(scheme: Scheme, name: &str) {
    let mut world = World::new(Keyring::Unlocked);
    world.set_scheme(scheme);
    let app = App::start(&mut world).await;
    app.open_demo().await;
    app.link("achRisk", "Ada Lovelace", &FIRST_PLATYPUS).await;
    app.leave_link().await;

    estimate(&world, &app, name).await;
    scores(&world, &app, name).await;
    meaning(&world, &app, name).await;
    cancelled(&world, &app, name).await;
    repaired(&world, &app, name).await;
    app.quit().await;
}

async fn look(world: &World, app: &App, name: &str) {
    for (width, height) in [(1920, 1080), (1280, 800)] {
        app.resize(width, height).await;
        world.shot(&format!("evaluate-{name}-{width}"));
    }
}

/// The estimate rests on what is known, fills the amount in, and says when an amount is above it.
async fn estimate(world: &World, app: &App, name: &str) {
    app.click(&id("nav-evaluate")).await;
    app.choose("evaluate-account", "Plaid Checking").await;
    app.says(&id("evaluate-estimate"), "$90.00").await;
    app.fill(&id("evaluate-amount"), "95.00").await;
    app.says(&id("evaluate-estimate"), "above the estimate")
        .await;
    app.fill(&id("evaluate-purpose"), "Rent December").await;
    app.click(&id("evaluate-more")).await;
    app.click(&id("evaluate-person")).await;
    app.fill(&id("evaluate-phoneNumber"), "415").await;
    look(world, app, &format!("{name}-form")).await;
    app.click(&id("evaluate-submit")).await;
    app.says("main", "Write the number with a plus").await;
    app.fill(&id("evaluate-phoneNumber"), "+1 (415) 123-4567")
        .await;
    app.click(&id("evaluate-fill-estimate")).await;
    app.click(&id("evaluate-submit")).await;
    app.says(&id("evaluation-result"), "REVIEW").await;
    app.says("main", "Rent December").await;
    look(world, app, &format!("{name}-balance-only")).await;
}

/// Scores on their scale, and every core attribute by its name.
async fn scores(world: &World, app: &App, name: &str) {
    app.fill(&id("evaluate-amount"), "27.53").await;
    app.fill(&id("evaluate-ruleset"), "scores").await;
    app.click(&id("evaluate-submit")).await;
    app.says(&id("evaluation-scores"), "90").await;
    app.says(&id("evaluation-scores"), "tier").await;
    look(world, app, &format!("{name}-scores")).await;
    app.click(&id("evaluation-attributes")).await;
    app.until("the attributes are listed", async || {
        app.all(&id("attribute")).await.len() > 60
    })
    .await;
    app.fill(&id("attributes-search"), "overdr").await;
    app.until("one kind is found", async || {
        let left = app.all(&id("attribute")).await.len();
        left > 0 && left < 10
    })
    .await;
    look(world, app, &format!("{name}-attributes")).await;
}

/// A key of the ruleset gets the user's words, and its days stand in the decision.
async fn meaning(world: &World, app: &App, name: &str) {
    app.fill(&id("evaluate-ruleset"), "").await;
    app.fill(&id("evaluate-amount"), "5000.00").await;
    app.click(&id("evaluate-submit")).await;
    app.says(&id("evaluation-result"), "REROUTE").await;
    app.click(&id("action-edit")).await;
    app.fill(&id("action-meaning-input"), "Ask for another account")
        .await;
    app.fill(&id("action-days-input"), "3").await;
    app.click(&id("action-save")).await;
    app.says(&id("evaluation-reason"), "Ask for another account")
        .await;
    // The result is followed unless the user says otherwise.
    app.click(&id("decision-say-more")).await;
    let days = app.attribute(&id("decision-days"), "value").await;
    assert_eq!(days.as_deref(), Some("3"));
    look(world, app, &format!("{name}-meaning")).await;
    app.click(&id("nav-settings")).await;
    app.says(
        "[data-testid='settings-action-key'][data-key='ask-for-another-account']",
        "Ask for another account",
    )
    .await;
    world.shot(&format!("evaluate-{name}-settings"));
}

/// A slow bank: the window stays usable, and what is cancelled after it was sent is found out.
async fn cancelled(world: &World, app: &App, name: &str) {
    app.click(&id("nav-demo")).await;
    app.click_text("label", "Always the same").await;
    app.fill(&id("demo-latency-seconds"), "20").await;
    app.click(&id("demo-latency-set")).await;
    app.click(&id("nav-evaluate")).await;
    app.fill(&id("evaluate-amount"), "12.00").await;
    app.click(&id("evaluate-submit")).await;
    app.says(&id("evaluate-running"), "12.00").await;
    app.click(&id("nav-accounts")).await;
    app.find(&id("item")).await;
    app.click(&id("nav-evaluate")).await;
    app.says(&id("evaluate-elapsed"), "s").await;
    app.until("Plaid is being asked", async || {
        app.page_text().await.contains("may not save the charge")
    })
    .await;
    look(world, app, &format!("{name}-running")).await;
    app.click(&id("evaluate-cancel")).await;
    app.find("[data-testid='evaluation-unanswered'][data-state='unknown']")
        .await;
    look(world, app, &format!("{name}-unknown")).await;
    app.gone(&id("evaluation-settle")).await;
    look(world, app, &format!("{name}-settled")).await;
    app.click(&id("nav-demo")).await;
    app.fill(&id("demo-latency-seconds"), "0").await;
    app.click(&id("demo-latency-set")).await;
}

/// A bank that wants its customer to sign in again: the warning leads to Link's update mode.
async fn repaired(world: &World, app: &App, name: &str) {
    app.click(&id("nav-accounts")).await;
    app.click(&id("item-menu")).await;
    app.click(&id("item-menu-reset-login")).await;
    app.says("main", "sign in again").await;
    app.click(&id("nav-evaluate")).await;
    app.fill(&id("evaluate-amount"), "10.00").await;
    app.click(&id("evaluate-submit")).await;
    app.says(&id("evaluation-warnings"), "Repair the connection")
        .await;
    look(world, app, &format!("{name}-warning")).await;
    let known = app.windows().await;
    app.click(&id("warning-action")).await;
    app.enter_new_window(&known).await;
    app.enter_main_window().await;
}
