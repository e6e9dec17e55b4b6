//! Other ways through Link than the plain one: a bank with a page of its own, a second factor, and
//! the repair of an Item that wants its person to sign in again.

use crate::support::{App, FIRST_PLATYPUS, Keyring, Login, World, id};

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_with_its_own_page_opens_in_a_window_that_closes_itself() {
    let mut world = World::new(Keyring::Unlocked);
    let app = App::start(&mut world).await;
    app.open_demo().await;
    app.fill_link_form("achRisk", "Ada").await;
    let link = app.open_link_window().await;
    app.click(&id("consent-continue")).await;
    app.fill(&id("institution-search"), "platypus oauth").await;
    app.click(&id("institution-ins_127287")).await;

    let before = app.windows().await;
    app.click(&id("open-bank")).await;
    app.enter_new_window(&before).await;
    app.find(&id("bank-approve")).await;
    world.shot("oauth-bank");
    app.click(&id("bank-approve")).await;
    app.until("the bank's window has closed itself", async || {
        app.windows().await == before
    })
    .await;

    app.enter_window(&link).await;
    app.enter_frame("iframe").await;
    app.click(&id("continue")).await;
    app.click(&id("finish")).await;
    app.enter_main_window().await;
    app.find(&id("link-done")).await;
    app.leave_link().await;
    app.says(&id("item"), "Platypus OAuth Bank").await;
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_is_asked_for() {
    let mut world = World::new(Keyring::Unlocked);
    let app = App::start(&mut world).await;
    app.open_demo().await;
    app.start_link("achRisk", "Ada").await;
    app.sign_in_at(&Login {
        institution_id: "ins_109509",
        search: "gingham",
        ..FIRST_PLATYPUS
    })
    .await;
    app.click(&id("submit-device")).await;
    app.fill(&id("mfa-code"), "1234").await;
    app.click(&id("submit-code")).await;
    app.click(&id("continue")).await;
    app.click(&id("finish")).await;
    app.enter_main_window().await;
    app.find(&id("link-done")).await;
    app.leave_link().await;
    app.says(&id("item"), "Gingham").await;
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_wants_a_new_sign_in_is_repaired_and_not_doubled() {
    let mut world = World::new(Keyring::Unlocked);
    let app = App::start(&mut world).await;
    app.open_demo().await;
    app.link("achRisk", "Ada", &FIRST_PLATYPUS).await;
    app.leave_link().await;
    app.click(&id("item-menu")).await;
    app.click(&id("item-menu-reset-login")).await;
    app.find(&format!("{} {}", id("item"), id("problem"))).await;
    world.shot("login-required");

    // A live reading fails with the bank's words and the way out; the others would go on.
    app.click(&id("refresh-all")).await;
    app.gone(&id("refresh-cancel")).await;
    app.says("main", "1 failed").await;
    app.click_text("button", "What Plaid said").await;
    app.says(&id("item"), "ITEM_LOGIN_REQUIRED").await;

    // An evaluation goes on without the bank, and says so.
    app.evaluate("Plaid Checking", "20.00").await;
    app.find(&id("evaluation-warnings")).await;
    world.shot("evaluation-warnings");

    app.click(&id("nav-accounts")).await;
    app.enter_link_window(&format!("{} {}", id("item"), id("problem-action")))
        .await;
    app.enter_credentials(&FIRST_PLATYPUS).await;
    app.click(&id("finish")).await;
    app.enter_main_window().await;
    app.find(&id("link-done")).await;
    app.leave_link().await;
    app.gone(&format!("{} {}", id("item"), id("problem"))).await;
    assert_eq!(app.all(&id("item")).await.len(), 1);
    app.click(&id("refresh-all")).await;
    app.says(&id("reading-source"), "live").await;
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_the_environment_closes_link_and_the_next_one_opens() {
    let mut world = World::new(Keyring::Unlocked);
    let app = App::start(&mut world).await;
    app.open_demo().await;
    app.start_link("achRisk", "Ada").await;
    app.find(&id("consent-continue")).await;
    app.enter_main_window().await;
    // The dialog is put aside; the session goes on in its window.
    app.find(&id("link-waiting")).await;
    app.escape().await;
    app.gone(&id("link-waiting")).await;
    assert_eq!(app.windows().await.len(), 2);

    app.click(&id("nav-settings")).await;
    app.click(&id("settings-close-environment")).await;
    app.find(&id("door-demo")).await;
    app.until("the Link window is closed", async || {
        app.windows().await.len() == 1
    })
    .await;

    app.open_demo().await;
    app.link("achRisk", "Grace", &FIRST_PLATYPUS).await;
    app.leave_link().await;
    app.says(&id("item"), "Grace").await;
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_the_link_window_by_hand_ends_in_a_clear_state() {
    let mut world = World::new(Keyring::Unlocked);
    let app = App::start(&mut world).await;
    app.open_demo().await;
    app.start_link("achRisk", "Ada").await;
    app.find(&id("consent-continue")).await;
    world.close_window("Link a bank");
    app.enter_main_window().await;
    app.find(&id("link-exited")).await;
    world.shot("link-closed");
    app.click(&id("link-again")).await;
    app.find(&id("link-start")).await;
    app.quit().await;
}
