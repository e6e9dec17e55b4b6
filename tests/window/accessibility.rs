//! Every screen, light and dark, at the sizes the app is made for: axe-core finds nothing serious,
//! and nothing runs out of the window sideways. With `BALANCE_DESK_SHOTS` set, each is photographed.

use serde_json::json;

use crate::support::{App, FIRST_PLATYPUS, Keyring, Scheme, World, id};

const SIZES: [(u32, u32); 3] = [(1280, 800), (1920, 1080), (900, 600)];

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_is_accessible_in_light() {
    look_at_every_screen(Scheme::Light, "light").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_is_accessible_in_dark() {
    look_at_every_screen(Scheme::Dark, "dark").await;
}

async fn look_at_every_screen(scheme: Scheme, name: &str) {
    let mut world = World::new(Keyring::Unlocked);
    world.set_scheme(scheme);
    let app = App::start(&mut world).await;
    let prefers_dark = app
        .script(
            "return matchMedia('(prefers-color-scheme: dark)').matches",
            vec![],
        )
        .await;
    assert_eq!(
        prefers_dark,
        json!(scheme == Scheme::Dark),
        "the window follows the desktop"
    );

    app.find(&id("door-demo")).await;
    look(&world, &app, &format!("{name}-start")).await;
    app.open_demo().await;
    look(&world, &app, &format!("{name}-empty")).await;
    app.fill_link_form("balancesOnly", "Ada Lovelace").await;
    look(&world, &app, &format!("{name}-link")).await;
    app.click(&id("link-way-invitation")).await;
    look(&world, &app, &format!("{name}-link-send")).await;
    app.click(&id("link-way-window")).await;
    app.click(&id("link-purpose-achRisk")).await;
    app.open_link_window().await;
    app.finish_link(&FIRST_PLATYPUS).await;
    look(&world, &app, &format!("{name}-linked")).await;
    app.leave_link().await;
    look(&world, &app, &format!("{name}-accounts")).await;
    app.click(&id("item-menu")).await;
    app.find(&id("item-menu-remove")).await;
    look(&world, &app, &format!("{name}-item-menu")).await;
    app.escape().await;
    look_at_the_list(&world, &app, name).await;
    look_at_the_panel(&world, &app, name).await;
    for (amount, result) in [
        ("25.00", "accept"),
        ("80.00", "review"),
        ("5000.00", "reroute"),
    ] {
        assert_eq!(app.evaluate("Plaid Checking", amount).await, result);
        look(&world, &app, &format!("{name}-{result}")).await;
    }
    app.click(&id("nav-activity")).await;
    app.find(&id("activity-row")).await;
    look(&world, &app, &format!("{name}-activity")).await;
    look_at_linking(&world, &app, name).await;
    app.click(&id("nav-settings")).await;
    app.find(&id("settings-save")).await;
    look(&world, &app, &format!("{name}-settings")).await;
    app.click(&id("support-session-open")).await;
    app.find(&id("link-events")).await;
    look(&world, &app, &format!("{name}-history")).await;
    app.click(&id("nav-demo")).await;
    app.click(&id("demo-fail-set")).await;
    app.find(&id("demo-fault")).await;
    look(&world, &app, &format!("{name}-demo")).await;
    app.quit().await;
}

/// What a list of accounts can be in the middle of: billed calls asked for first, a row being edited, menus.
async fn look_at_the_list(world: &World, app: &App, name: &str) {
    let look = async |state: &str| look(world, app, &format!("{name}-{state}")).await;
    app.click(&id("nav-settings")).await;
    app.fill(&id("settings-confirm-above"), "0").await;
    app.fill(&id("settings-price-balance"), "x").await;
    app.click(&id("settings-billing-save")).await;
    app.says("main", "Write the price of one call in digits")
        .await;
    look("billing-settings-wrong").await;
    app.fill(&id("settings-price-balance"), "0.1").await;
    app.click(&id("settings-billing-save")).await;
    app.says(&id("settings-billing-saved"), "Saved").await;
    look("billing-settings").await;

    app.click(&id("nav-accounts")).await;
    app.click(&id("account-select")).await;
    app.says(&id("selection"), "1 account selected").await;
    look("selection").await;
    app.click(&id("refresh-selected")).await;
    app.find(&id("refresh-plan")).await;
    look("confirm-billed").await;
    app.click(&id("confirm-ok")).await;
    app.says(&id("refresh-outcome"), "1 Item refreshed").await;
    look("refreshed").await;
    app.click(&id("billing")).await;
    app.find(&id("billed-calls")).await;
    look("billed-calls").await;
    app.escape().await;

    app.click(&id("account-menu")).await;
    app.find(&id("account-menu-rename")).await;
    look("account-menu").await;
    // At each size the lines are laid out anew, and the menu with them.
    app.escape().await;
    app.gone(&id("account-menu-rename")).await;
    app.click(&id("account-menu")).await;
    app.click(&id("account-menu-rename")).await;
    app.find(&id("account-name-field")).await;
    look("own-name").await;
    app.escape().await;
    app.click(&id("account-menu")).await;
    app.click(&id("account-menu-low")).await;
    app.fill(&id("account-threshold-field"), "1000000").await;
    look("low-balance-mark").await;
    app.click(&id("account-edit-save")).await;
    app.find(&id("account-low")).await;
    look("below-its-mark").await;

    app.click(&id("list-columns")).await;
    app.find(&id("column-limit")).await;
    look("columns").await;
    app.escape().await;
    app.click(&id("list-export")).await;
    app.find(&id("list-export-csv")).await;
    look("list-export").await;
    app.escape().await;
    app.fill(&id("list-search"), "nobody").await;
    app.find(&id("list-nothing")).await;
    look("nothing-found").await;
    app.click(&id("list-clear")).await;
    app.find(&id("account-row")).await;
}

/// How a balance moved, what Plaid answered, and the menu that takes readings along.
async fn look_at_the_panel(world: &World, app: &App, name: &str) {
    let look = async |state: &str| look(world, app, &format!("{name}-{state}")).await;
    app.click(&id("account-open")).await;
    app.find(&id("history-chart")).await;
    look("panel-history").await;
    app.click(&id("export-history")).await;
    app.find(&id("export-one-csv")).await;
    look("panel-export").await;
    app.escape().await;
    app.click(&id("panel-support")).await;
    app.find(&id("support-request-id")).await;
    look("panel-support").await;
    app.put_aside().await;
}

/// Links that were sent, a session in the browser, and a bank that seems to be linked already.
async fn look_at_linking(world: &World, app: &App, name: &str) {
    app.click(&id("nav-invitations")).await;
    app.find(&id("empty-invite")).await;
    look(world, app, &format!("{name}-invitations-empty")).await;
    app.invite("Grace Hopper").await;
    look(world, app, &format!("{name}-invitation")).await;
    app.click(&id("invitation-qr")).await;
    app.find(&id("qr-sheet")).await;
    look(world, app, &format!("{name}-invitation-qr")).await;
    app.escape().await;
    app.gone(&id("qr-sheet")).await;
    app.click(&id("invitation-cancel")).await;
    app.find(&id("confirm-ok")).await;
    look(world, app, &format!("{name}-invitation-cancel")).await;
    app.click(&id("confirm-ok")).await;
    app.find(&format!("{}[data-progress='cancelled']", id("invitation")))
        .await;
    look(world, app, &format!("{name}-invitation-cancelled")).await;
    app.put_aside().await;
    app.invite("Grace Hopper").await;
    app.put_aside().await;
    look(world, app, &format!("{name}-invitations")).await;

    app.start_link("achRisk", "Ada Lovelace").await;
    app.find(&id("consent-continue")).await;
    app.enter_main_window().await;
    look(world, app, &format!("{name}-link-waiting")).await;
    app.click(&id("link-in-browser")).await;
    app.find(&format!("{}:not(:disabled)", id("link-browser-copy")))
        .await;
    look(world, app, &format!("{name}-link-in-browser")).await;
    app.click(&id("link-cancel")).await;
    app.find(&id("link-exited")).await;
    look(world, app, &format!("{name}-link-cancelled")).await;
    app.put_aside().await;

    app.start_link("achRisk", "Ada Lovelace").await;
    app.sign_in_at(&FIRST_PLATYPUS).await;
    app.click(&id("continue")).await;
    app.click(&id("finish")).await;
    app.enter_main_window().await;
    app.find(&id("link-held")).await;
    look(world, app, &format!("{name}-duplicate")).await;
    app.put_aside().await;
    app.click(&id("nav-accounts")).await;
    app.find(&id("held-notice")).await;
    look(world, app, &format!("{name}-duplicate-waits")).await;
    // In the smallest window one scrolls to the button.
    app.resize(1280, 800).await;
    app.click(&id("held-decide")).await;
    app.click(&id("duplicate-decide")).await;
    app.find(&id("link-withdrawn")).await;
    look(world, app, &format!("{name}-duplicate-discarded")).await;
    app.put_aside().await;
}

async fn look(world: &World, app: &App, name: &str) {
    for (width, height) in SIZES {
        app.fits(width, height, name).await;
        world.shot(&format!("{name}-{width}"));
    }
    let found = serious(app).await;
    assert!(found.is_empty(), "{name}:\n{}", found.join("\n"));
}

/// What axe-core calls serious or critical, in words.
pub(crate) async fn serious(app: &App) -> Vec<String> {
    const AXE: &str = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/ui/node_modules/axe-core/axe.min.js"
    );
    let axe = std::fs::read_to_string(AXE).expect("axe-core, a development dependency of the UI");
    app.script(&format!("if (!window.axe) {{ {axe} }}"), vec![])
        .await;
    let results = app
        .script_async(
            "const done = arguments[0];
             axe.run(document).then(
               (results) => done({
                 passes: results.passes.length,
                 violations: results.violations
                   .filter((violation) => ['serious', 'critical'].includes(violation.impact))
                   .map((violation) => violation.id + ': ' + violation.nodes
                     .map((node) => node.html.slice(0, 200) + ' ' + node.failureSummary).join('; ')),
               }),
               (error) => done({ passes: 0, violations: ['axe failed: ' + error] }));",
            vec![],
        )
        .await;
    assert!(
        results["passes"].as_u64() > Some(10),
        "axe-core looked: {results}"
    );
    let violations = &results["violations"];
    let violations = violations.as_array().expect("a list");
    violations
        .iter()
        .map(|violation| {
            violation
                .as_str()
                .map_or_else(|| violation.to_string(), str::to_owned)
        })
        .collect()
}
