//! Other ways through Link than the plain one: a bank with a page of its own, a second factor, the
//! system browser, the repair of an Item, and a bank that seems to be linked already.

use crate::support::{
    App, FIRST_PLATYPUS, Keyring, Login, World, id,
    proxy::{self, Handled},
};

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
    // The address stands where the page cannot write: it is the window's own title.
    let address = app.script("return location.origin", vec![]).await;
    assert!(world.has_window(address.as_str().expect("an address")));
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

#[tokio::test(flavor = "multi_thread")]
async fn who_declines_at_the_bank_and_leaves_has_linked_nothing() {
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
    app.click(&id("bank-decline")).await;
    app.until("the bank's window has closed itself", async || {
        app.windows().await == before
    })
    .await;

    app.enter_window(&link).await;
    app.enter_frame("iframe").await;
    app.says("body", "You declined at the bank").await;
    app.click(&id("exit")).await;
    app.click(&id("exit-confirm")).await;
    app.enter_main_window().await;
    app.says(&id("link-exited"), "Nothing was linked.").await;
    app.says(&id("link-exited"), "not granted at the bank")
        .await;
    world.shot("link-declined");
    app.click(&id("link-details")).await;
    app.says(&id("link-events"), "FAIL_OAUTH").await;
    app.says(&id("link-events"), "ACCESS_NOT_GRANTED").await;
    world.shot("link-events");
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bank_window_goes_with_its_session() {
    let mut world = World::new(Keyring::Unlocked);
    let app = App::start(&mut world).await;
    app.open_demo().await;
    app.fill_link_form("achRisk", "Ada").await;
    app.open_link_window().await;
    app.click(&id("consent-continue")).await;
    app.fill(&id("institution-search"), "platypus oauth").await;
    app.click(&id("institution-ins_127287")).await;
    let before = app.windows().await;
    app.click(&id("open-bank")).await;
    app.enter_new_window(&before).await;
    app.find(&id("bank-approve")).await;
    app.enter_main_window().await;
    app.click(&id("link-cancel")).await;
    app.find(&id("link-exited")).await;
    app.until("both windows of Link are closed", async || {
        app.windows().await.len() == 1
    })
    .await;
    app.quit().await;
}

/// Links are in the browser now, and the Link window is closed. Answers the address.
async fn handed_over(world: &World, app: &App) -> String {
    let address = world.await_opened(1);
    let waiting = format!("{}[data-way='browser']", id("link-waiting"));
    app.find(&waiting).await;
    app.until("the Link window is closed", async || {
        app.windows().await.len() == 1
    })
    .await;
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_goes_on_in_the_browser_and_its_end_is_noticed() {
    let mut world = World::new(Keyring::Unlocked);
    let app = App::start(&mut world).await;
    app.open_demo().await;
    app.start_link("achRisk", "Ada").await;
    app.click(&id("consent-continue")).await;
    app.enter_main_window().await;
    app.click(&id("link-in-browser")).await;
    let address = handed_over(&world, &app).await;
    world.shot("link-in-browser");
    // The dialog may be put aside; it comes back at the end.
    app.put_aside().await;

    let browser = App::open_browser(&mut world, &address).await;
    browser.finish_in_browser(&FIRST_PLATYPUS).await;
    app.find(&id("link-done")).await;
    app.leave_link().await;
    app.says(&id("item"), "First Platypus Bank").await;
    assert_eq!(world.opened().len(), 1);
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_windows_own_menu_hands_over_and_a_session_in_the_browser_can_be_cancelled() {
    let mut world = World::new(Keyring::Unlocked);
    let app = App::start(&mut world).await;
    app.open_demo().await;
    app.start_link("achRisk", "Ada").await;
    app.find(&id("consent-continue")).await;
    world.press_control("Link a bank", 'b');
    app.enter_main_window().await;
    handed_over(&world, &app).await;
    app.click(&id("link-cancel")).await;
    app.find(&id("link-exited")).await;
    world.shot("link-browser-cancelled");
    app.click(&id("link-again")).await;
    app.find(&id("link-start")).await;
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_link_cannot_be_loaded_the_browser_is_offered() {
    let mut world = World::new(Keyring::Unlocked);
    let address = world.start_stand_in();
    let blocked = proxy::start(&address, |request| match request.path.as_str() {
        "/link/v2/stable/link-initialize.js" => Handled::HangUp,
        _ => Handled::PassOn,
    });
    world.set_env("BALANCE_DESK_SANDBOX_URL", &blocked);
    let app = App::start(&mut world).await;
    app.open_sandbox().await;
    app.fill_link_form("achRisk", "Ada").await;
    let before = app.windows().await;
    app.click(&id("link-start")).await;
    app.enter_new_window(&before).await;
    app.says("#state", "Plaid Link could not be loaded").await;
    world.shot("link-not-loaded");
    app.click("#browser").await;
    app.enter_main_window().await;
    let page = handed_over(&world, &app).await;

    let browser = App::open_browser(&mut world, &page).await;
    browser.finish_in_browser(&FIRST_PLATYPUS).await;
    app.find(&id("link-done")).await;
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_added_without_a_second_item() {
    let mut world = World::new(Keyring::Unlocked);
    let app = App::start(&mut world).await;
    app.open_demo().await;
    app.start_link("achRisk", "Ada").await;
    app.sign_in_at(&FIRST_PLATYPUS).await;
    // All are offered and chosen; this person shares one.
    app.click(&id("select-all")).await;
    app.click(&id("account-0000")).await;
    app.click(&id("continue")).await;
    app.click(&id("finish")).await;
    app.enter_main_window().await;
    app.find(&id("link-done")).await;
    app.leave_link().await;
    assert_eq!(app.all(&id("account-row")).await.len(), 1);

    app.click(&id("item-menu")).await;
    app.enter_link_window(&id("item-menu-accounts")).await;
    app.enter_credentials(&FIRST_PLATYPUS).await;
    app.click(&id("account-1111")).await;
    app.click(&id("continue")).await;
    app.click(&id("finish")).await;
    app.enter_main_window().await;
    app.find(&id("link-done")).await;
    app.leave_link().await;
    app.until("there are two accounts", async || {
        app.all(&id("account-row")).await.len() == 2
    })
    .await;
    assert_eq!(app.all(&id("item")).await.len(), 1);
    app.quit().await;
}

/// Links First Platypus Bank for Ada, and once more up to the question what to do with it.
async fn link_twice(app: &App) {
    app.open_demo().await;
    app.link("achRisk", "Ada", &FIRST_PLATYPUS).await;
    app.leave_link().await;
    app.start_link("achRisk", "Ada").await;
    app.sign_in_at(&FIRST_PLATYPUS).await;
    app.click(&id("continue")).await;
    app.click(&id("finish")).await;
    app.enter_main_window().await;
    app.find(&id("link-held")).await;
}

/// The Items on the screen, by Plaid's names.
async fn item_ids(app: &App) -> Vec<String> {
    app.click(&id("nav-accounts")).await;
    let mut ids = Vec::new();
    for item in app.all(&id("item")).await {
        ids.push(item.attr("data-item").await.expect("asked").expect("an id"));
    }
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_is_linked_already_is_not_added() {
    let mut world = World::new(Keyring::Unlocked);
    let app = App::start(&mut world).await;
    link_twice(&app).await;
    app.says(&id("link-held"), "Plaid Checking").await;
    world.shot("duplicate");
    // Put aside, it waits at the top of the screen.
    app.put_aside().await;
    app.find(&id("held-notice")).await;
    let before = item_ids(&app).await;
    world.shot("duplicate-waits");
    app.click(&id("held-decide")).await;
    app.click(&id("duplicate-discard")).await;
    app.click(&id("duplicate-decide")).await;
    app.find(&id("link-withdrawn")).await;
    world.shot("duplicate-discarded");
    app.put_aside().await;
    app.gone(&id("held-notice")).await;
    assert_eq!(item_ids(&app).await, before);
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_is_linked_already_is_replaced() {
    let mut world = World::new(Keyring::Unlocked);
    let app = App::start(&mut world).await;
    link_twice(&app).await;
    app.click(&id("duplicate-replace")).await;
    app.click(&id("duplicate-decide")).await;
    app.find(&id("link-done")).await;
    app.leave_link().await;
    app.until("there is one Item", async || {
        app.all(&id("item")).await.len() == 1
    })
    .await;
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_is_linked_already_is_kept_twice() {
    let mut world = World::new(Keyring::Unlocked);
    let app = App::start(&mut world).await;
    link_twice(&app).await;
    app.click(&id("duplicate-keepBoth")).await;
    app.click(&id("duplicate-decide")).await;
    app.find(&id("link-done")).await;
    app.leave_link().await;
    app.until("there are two Items", async || {
        app.all(&id("item")).await.len() == 2
    })
    .await;
    app.quit().await;
}
