//! The list of accounts in the real window: searched, grouped, selected, an account renamed and marked, refreshed with
//! a confirmation, and the billed calls counted.

use serde_json::json;

use crate::support::{App, FIRST_PLATYPUS, Keyring, World, id};

async fn with_a_bank_linked(world: &mut World) -> App {
    let app = App::start(world).await;
    app.open_demo().await;
    app.link("achRisk", "Ada", &FIRST_PLATYPUS).await;
    app.leave_link().await;
    app.says(&id("reading-source"), "ached").await;
    app
}

/// Chooses how the list is grouped, as the select box tells it.
async fn group_by(app: &App, grouping: &str) {
    app.script(
        "const [css, value] = arguments;
         const select = document.querySelector(css);
         Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value').set.call(select, value);
         select.dispatchEvent(new Event('change', { bubbles: true }))",
        vec![id("list-grouping").into(), grouping.into()],
    )
    .await;
}

async fn rows_are(app: &App, number: usize) {
    app.until(&format!("{number} accounts are shown"), async || {
        app.all(&id("account-row")).await.len() == number
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_searched_grouped_and_named_by_its_user() {
    let mut world = World::new(Keyring::Unlocked);
    let app = with_a_bank_linked(&mut world).await;
    app.fill(&id("list-search"), "saving").await;
    rows_are(&app, 1).await;
    app.says(&id("list-count"), "1 of").await;

    app.click(&id("account-menu")).await;
    app.click(&id("account-menu-rename")).await;
    app.fill(&id("account-name-field"), "Rainy days").await;
    app.click(&id("account-edit-save")).await;
    app.says(&id("account-open"), "Rainy days").await;
    app.click(&id("account-menu")).await;
    app.click(&id("account-menu-low")).await;
    app.fill(&id("account-threshold-field"), "12345.67").await;
    app.click(&id("account-edit-save")).await;
    app.says(&id("account-low"), "12,345.67").await;
    world.shot("accounts-marked");

    app.fill(&id("list-search"), "no such account").await;
    app.click(&id("list-clear")).await;
    group_by(&app, "kind").await;
    app.says(&id("group"), "depository").await;
    world.shot("accounts-by-kind");
    app.quit().await;

    // How the list is looked at, and what the user called an account, is there again.
    let app = App::start(&mut world).await;
    app.says(&id("group"), "depository").await;
    app.says("main", "Rainy days").await;
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn selected_accounts_are_refreshed_after_asking_and_counted() {
    let mut world = World::new(Keyring::Unlocked);
    let app = with_a_bank_linked(&mut world).await;
    app.click(&id("nav-settings")).await;
    app.fill(&id("settings-confirm-above"), "0").await;
    app.fill(&id("settings-price-balance"), "1.5").await;
    app.fill(&id("settings-price-evaluation"), "x").await;
    app.click(&id("settings-billing-save")).await;
    app.says("main", "Write the price of one call in digits")
        .await;
    app.fill(&id("settings-price-evaluation"), "2").await;
    app.click(&id("settings-billing-save")).await;
    app.says(&id("settings-billing-saved"), "Saved").await;
    world.shot("accounts-settings");

    app.click(&id("nav-accounts")).await;
    app.fill(&id("list-search"), "saving").await;
    rows_are(&app, 1).await;
    app.click(&id("account-select")).await;
    app.says(&id("selection"), "1 account selected").await;
    app.click(&id("refresh-selected")).await;
    app.says(&id("refresh-plan"), "1.50").await;
    world.shot("accounts-confirm");
    app.click(&id("confirm-ok")).await;
    app.says(&id("refresh-outcome"), "1 Item refreshed").await;
    app.says(&id("reading-source"), "ive").await;
    app.says(&id("billing"), "today 1").await;
    app.click(&id("billing")).await;
    app.says(&id("billed-calls"), "1.50").await;
    world.shot("accounts-billing");
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_goes_through_the_list_and_hears_what_numbers_mean() {
    let mut world = World::new(Keyring::Unlocked);
    let app = with_a_bank_linked(&mut world).await;
    let at = app
        .script(
            "const stop = document.querySelector('[data-stop=name]'); stop.focus();
             const press = (key) => document.activeElement.dispatchEvent(
               new KeyboardEvent('keydown', { key, bubbles: true }));
             press('ArrowDown'); press('ArrowRight');
             return document.activeElement.dataset.stop",
            vec![],
        )
        .await;
    assert_eq!(at, json!("available"));
    app.says("[role='tooltip']", "What can be spent").await;
    world.shot("accounts-meaning");
    app.quit().await;
}
