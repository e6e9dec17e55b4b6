//! The Demo's own menu in the real window: what goes wrong on purpose is seen and explained where it belongs, and goes
//! away again. Also: the Demo's bank ends or hangs, and is started again.

use std::time::{Duration, Instant};

use crate::support::{App, FIRST_PLATYPUS, Keyring, World, id};

/// A bank that has lived so long is started again when it ends by itself.
const WORTH_RESTARTING: Duration = Duration::from_secs(11);

async fn with_a_bank_linked(world: &mut World) -> App {
    let app = App::start(world).await;
    app.open_demo().await;
    app.link("achRisk", "Ada", &FIRST_PLATYPUS).await;
    app.leave_link().await;
    app.says(&id("reading-source"), "ached").await;
    app
}

async fn open_menu(app: &App) {
    app.click(&id("nav-demo")).await;
    app.find(&id("demo-fail-set")).await;
}

/// Refreshes and waits for live balances, with nothing to complain of.
async fn refresh_works(app: &App) {
    app.click(&id("nav-accounts")).await;
    app.click(&id("refresh-item")).await;
    app.says(&id("refresh-outcome"), "1 Item refreshed").await;
    app.says(&id("reading-source"), "ive").await;
    app.gone(&id("problem")).await;
}

async fn back_to_normal(app: &App) {
    app.click(&id("demo-reset")).await;
    app.click(&id("confirm-ok")).await;
    app.gone(&id("confirm-ok")).await;
    app.says(&id("demo-summary"), "Everything is as usual.")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_live_balances_fail_and_then_work_again() {
    let mut world = World::new(Keyring::Unlocked);
    let app = with_a_bank_linked(&mut world).await;
    open_menu(&app).await;
    app.says(&id("demo-fail-words"), "/accounts/balance/get")
        .await;
    app.click(&id("demo-fail-set")).await;
    app.says(&id("demo-fault"), "HTTP 503").await;
    app.find(&format!("{}[data-count='1']", id("demo-count")))
        .await;
    world.shot("demo-menu-pending");

    app.click(&id("nav-accounts")).await;
    app.click(&id("refresh-item")).await;
    app.says(&id("problem"), "503").await;
    app.says(&id("reading-source"), "ached").await;
    world.shot("demo-accounts-503");
    // It came, and is not waited for any more.
    app.gone(&id("demo-count")).await;

    open_menu(&app).await;
    app.choose("demo-fail-fault", "Rate limit (HTTP 429)").await;
    app.click(&id("demo-fail-set")).await;
    app.says(&id("demo-fault"), "3 calls").await;
    app.click(&id("demo-clear")).await;
    app.gone(&id("demo-fault")).await;
    refresh_works(&app).await;
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_and_its_bank_get_into_trouble_and_out_of_it() {
    let mut world = World::new(Keyring::Unlocked);
    let app = with_a_bank_linked(&mut world).await;
    open_menu(&app).await;
    app.choose("demo-item-state", "Login required").await;
    app.says(&id("demo-item"), "ITEM_LOGIN_REQUIRED").await;
    app.click(&id("nav-accounts")).await;
    app.says(&id("item-health"), "Needs attention").await;
    app.says(&id("problem-action"), "Sign in again").await;

    open_menu(&app).await;
    app.choose("demo-item-state", "Well").await;
    app.says(&id("demo-summary"), "Everything is as usual.")
        .await;
    app.click(&id("nav-accounts")).await;
    app.says(&id("item-health"), "Connected").await;

    open_menu(&app).await;
    app.choose(
        &format!("demo-health-{}", FIRST_PLATYPUS.institution_id),
        "Down",
    )
    .await;
    app.says(&id("demo-summary"), "First Platypus Bank is down")
        .await;
    world.shot("demo-menu-down");
    app.click(&id("nav-accounts")).await;
    app.click(&id("refresh-item")).await;
    app.says(&id("institution-trouble"), "at the moment").await;

    open_menu(&app).await;
    back_to_normal(&app).await;
    app.says(&id("environment-badge"), "Demo").await;
    refresh_works(&app).await;
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_goes_forward_and_link_goes_on_with_another_link_token() {
    let mut world = World::new(Keyring::Unlocked);
    let app = App::start(&mut world).await;
    app.open_demo().await;
    app.fill_link_form("achRisk", "Ada").await;
    let link = app.open_link_window().await;
    app.find(&id("consent-continue")).await;
    app.enter_main_window().await;
    app.find(&id("link-waiting")).await;
    app.escape().await;
    app.gone(&id("link-waiting")).await;

    open_menu(&app).await;
    app.says(&id("demo-clock"), "as here").await;
    app.click(&id("demo-clock-86400")).await;
    app.says(&id("demo-clock"), "1 day ahead").await;
    world.shot("demo-menu-clock");

    app.enter_window(&link).await;
    app.enter_frame("iframe").await;
    app.click(&id("consent-continue")).await;
    app.fill(&id("institution-search"), FIRST_PLATYPUS.search)
        .await;
    app.click(&id(&format!(
        "institution-{}",
        FIRST_PLATYPUS.institution_id
    )))
    .await;
    app.says("body", "INVALID_LINK_TOKEN").await;
    world.shot("demo-link-expired");
    // The same session gets another link token, and Link opens again, in another frame.
    app.enter_window(&link).await;
    app.script(
        "document.querySelector('iframe').dataset.seen = 'yes'",
        vec![],
    )
    .await;
    app.enter_frame("iframe").await;
    app.click(&id("error-exit")).await;
    app.enter_window(&link).await;
    app.enter_frame("iframe:not([data-seen])").await;
    app.finish_link(&FIRST_PLATYPUS).await;
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_ends_is_started_again_and_one_that_hangs_can_be() {
    let mut world = World::new(Keyring::Unlocked);
    let app = App::start(&mut world).await;
    app.open_demo().await;
    let opened = Instant::now();
    app.link("achRisk", "Ada", &FIRST_PLATYPUS).await;
    app.leave_link().await;
    open_menu(&app).await;
    app.click_text("label", "Always the same").await;
    app.fill(&id("demo-latency-seconds"), "1").await;
    app.click(&id("demo-latency-set")).await;
    app.until("the latency is remembered", async || {
        std::fs::read_to_string(world.data_dir().join("desk.json"))
            .is_ok_and(|file| file.contains("1000"))
    })
    .await;
    app.click(&id("demo-fail-set")).await;
    app.find(&id("demo-fault")).await;

    let first = app.bank_pid().await;
    app.until("the bank has lived long enough", async || {
        opened.elapsed() > WORTH_RESTARTING
    })
    .await;
    app.signal(first, "KILL");
    app.until("another bank runs", async || app.bank_pid().await != first)
        .await;
    // The fault is forgotten, the latency is not.
    app.gone(&id("demo-fault")).await;
    refresh_works(&app).await;
    open_menu(&app).await;
    app.find(&format!(
        "{} input[value='fixed']:checked",
        id("demo-latency")
    ))
    .await;
    app.click(&id("nav-accounts")).await;
    // Only a screen that was left asks the bank again when it comes back.
    app.find(&id("refresh-item")).await;

    let second = app.bank_pid().await;
    app.signal(second, "STOP");
    app.click(&id("nav-demo")).await;
    app.says(&id("problem"), "does not answer").await;
    world.shot("demo-menu-hangs");
    back_to_normal(&app).await;
    app.gone(&id("problem")).await;
    assert_ne!(app.bank_pid().await, second);
    refresh_works(&app).await;
    app.quit().await;
}
