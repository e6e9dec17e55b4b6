//! How banks are, in the real window: what their customers have to do, what is the bank's own trouble, what ends soon,
//! and a removal that Plaid could not be told of. Everything is brought about with the Demo's menu.

use crate::support::{App, FIRST_PLATYPUS, Keyring, Scheme, World, id};

async fn with_a_bank_linked(world: &mut World) -> App {
    let app = App::start(world).await;
    app.open_demo().await;
    app.link("achRisk", "Ada", &FIRST_PLATYPUS).await;
    app.leave_link().await;
    app.says(&id("reading-source"), "ached").await;
    app
}

async fn choose_in_menu(app: &App, test_id: &str, words: &str) {
    app.click(&id("nav-demo")).await;
    app.find(&id("demo-fail-set")).await;
    app.choose(test_id, words).await;
}

/// Looks at the accounts at both usual sizes.
async fn look(world: &World, app: &App, name: &str) {
    for (width, height) in [(1280, 800), (1920, 1080)] {
        app.resize(width, height).await;
        world.shot(&format!("items-{name}-{width}"));
    }
    app.resize(1280, 800).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_customer_has_to_do_is_one_step() {
    let mut world = World::new(Keyring::Unlocked);
    let app = with_a_bank_linked(&mut world).await;
    choose_in_menu(&app, "demo-item-state", "Login required").await;
    app.click(&id("nav-accounts")).await;
    app.says(&id("item-health"), "Needs attention").await;
    app.says(&id("item"), "Since").await;
    app.says(&id("problem-action"), "Sign in again").await;
    app.says(&id("attention-row"), "First Platypus Bank").await;
    assert_eq!(app.all(&id("problem-action")).await.len(), 1);
    look(&world, &app, "login").await;

    choose_in_menu(&app, "demo-item-state", "No accounts").await;
    app.click(&id("nav-accounts")).await;
    app.says(&id("problem-action"), "Choose accounts").await;

    // Well again, without anybody at this desk: the next check sees it.
    choose_in_menu(&app, "demo-item-state", "Well").await;
    app.click(&id("nav-accounts")).await;
    check_now(&app).await;
    app.says(&id("item-health"), "Connected").await;
    app.gone(&id("attention")).await;
    app.quit().await;
}

/// "Check now" in the Item's menu. The desk may have seen a change by itself meanwhile: what stands above the menu goes
/// then, and a click meant for the menu can miss it.
async fn check_now(app: &App) {
    app.until("the Item's menu is open", async || {
        if app.has(&id("item-menu-check")).await {
            return true;
        }
        app.click(&id("item-menu")).await;
        false
    })
    .await;
    app.click(&id("item-menu-check")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_banks_trouble_and_a_consent_that_ends_are_told_apart() {
    let mut world = World::new(Keyring::Unlocked);
    world.set_scheme(Scheme::Dark);
    let app = with_a_bank_linked(&mut world).await;
    let health = format!("demo-health-{}", FIRST_PLATYPUS.institution_id);
    choose_in_menu(&app, &health, "Down").await;
    app.click(&id("nav-accounts")).await;
    check_now(&app).await;
    app.says(&id("item-health"), "Bank has trouble").await;
    let words = app.text(&id("institution-trouble")).await;
    assert!(words.contains("Nothing has to be done here"), "{words}");
    assert!(!app.has(&id("problem")).await);
    assert!(!app.has(&id("attention-row")).await);
    look(&world, &app, "bank-down").await;
    app.click(&id("item-health")).await;
    app.says(&id("item-details"), "does not work").await;
    world.shot("items-details");
    app.escape().await;

    choose_in_menu(&app, &health, "Healthy").await;
    app.says(&id("demo-summary"), "Everything is as usual.")
        .await;
    choose_in_menu(&app, "demo-item-state", "Consent ends in a week").await;
    app.click(&id("nav-accounts")).await;
    check_now(&app).await;
    app.says(&id("item-health"), "not for long").await;
    app.says(&id("item-advice"), "days").await;
    app.says(&id("problem-action"), "Renew consent").await;
    look(&world, &app, "consent").await;
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_that_plaid_was_not_told_of_is_settled_after_a_restart() {
    let mut world = World::new(Keyring::Unlocked);
    let app = with_a_bank_linked(&mut world).await;
    app.click(&id("nav-demo")).await;
    app.choose("demo-fail-call", "Remove an Item").await;
    app.fill(&id("demo-fail-times"), "9").await;
    app.click(&id("demo-fail-set")).await;
    app.says(&id("demo-fault"), "9 calls").await;
    app.click(&id("nav-accounts")).await;
    app.click(&id("item-menu")).await;
    app.click(&id("item-menu-remove")).await;
    app.click(&id("confirm-ok")).await;
    app.says(&id("item-removing"), "told again by itself").await;
    app.says(&id("item-health"), "Being removed").await;
    app.says(&id("problem-action"), "Try now").await;
    look(&world, &app, "removing").await;
    app.quit().await;

    // The Demo's bank has forgotten what was to go wrong.
    let app = App::start(&mut world).await;
    app.find(&id("empty-link-bank")).await;
    app.quit().await;
}
