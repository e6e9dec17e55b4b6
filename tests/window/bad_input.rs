//! What people really type, click twice and pull the plug on. Each gets a clear message where it
//! happened, and nothing is lost.

use crate::support::{App, CLIENT_ID, FIRST_PLATYPUS, Keyring, Login, SECRET, World, id};

#[tokio::test(flavor = "multi_thread")]
async fn amounts_and_ids_that_cannot_be_used_are_said_at_the_field() {
    let mut world = World::new(Keyring::Unlocked);
    let app = App::start(&mut world).await;
    app.open_demo().await;
    app.link("achRisk", "Ada", &FIRST_PLATYPUS).await;
    app.leave_link().await;
    app.click(&id("nav-evaluate")).await;
    app.choose("evaluate-account", "Plaid Checking").await;
    for amount in [
        "",
        "0",
        "-5",
        "10.001",
        "1e9",
        "abc",
        "1,234.50",
        "1 000",
        "10,50",
        "100000000.00",
    ] {
        app.fill(&id("evaluate-amount"), amount).await;
        app.click(&id("evaluate-submit")).await;
        app.find(&format!("{}[aria-invalid='true']", id("evaluate-amount")))
            .await;
        let kept = app
            .script(
                "return document.querySelector(arguments[0]).value",
                vec![id("evaluate-amount").into()],
            )
            .await;
        assert_eq!(kept.as_str(), Some(amount), "what was typed stays");
        assert!(!app.has(&id("evaluation-result")).await);
    }
    world.shot("bad-amount");

    app.fill(&id("evaluate-amount"), "10.00").await;
    if !app.has(&id("evaluate-ctid")).await {
        app.click(&id("evaluate-more")).await;
    }
    app.fill(&id("evaluate-ctid"), &"x".repeat(37)).await;
    app.click(&id("evaluate-submit")).await;
    app.find(&format!("{}[aria-invalid='true']", id("evaluate-ctid")))
        .await;

    app.fill(&id("evaluate-ctid"), "rent-2026-11").await;
    app.click(&id("evaluate-submit")).await;
    app.find(&id("evaluation-result")).await;
    app.click(&id("nav-activity")).await;
    app.until("only the good one was asked", async || {
        app.all(&id("activity-row")).await.len() == 1
    })
    .await;
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_checked_before_they_are_kept() {
    let mut world = World::new(Keyring::Unlocked);
    let stand_in = world.start_stand_in();
    world.set_env("BALANCE_DESK_SANDBOX_URL", &stand_in);
    // Nothing listens here: Production is out of reach.
    world.set_env("BALANCE_DESK_PRODUCTION_URL", "http://127.0.0.1:9");
    let app = App::start(&mut world).await;

    app.click(&id("door-sandbox")).await;
    for (client_id, secret, field) in [
        ("5f1e0c0f fee0de500c0ffee1", SECRET, "keys-client-id"),
        ("not-a-client-id", SECRET, "keys-client-id"),
        (CLIENT_ID, "too-short", "keys-secret"),
        // Well formed, but of the other environment.
        (CLIENT_ID, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "keys-secret"),
    ] {
        app.fill(&id("keys-client-id"), client_id).await;
        app.fill(&id("keys-secret"), secret).await;
        app.click(&id("keys-save")).await;
        app.find(&format!("{}[aria-invalid='true']", id(field)))
            .await;
    }
    app.says("main", "Sandbox").await;
    world.shot("wrong-keys");

    // White space around is what copying brings along; it is not an error.
    app.fill(&id("keys-client-id"), &format!("  {CLIENT_ID} "))
        .await;
    app.fill(&id("keys-secret"), &format!(" {SECRET}  ")).await;
    app.click(&id("keys-save")).await;
    app.says(&id("environment-badge"), "Sandbox").await;

    // Production cannot be reached: said, and nothing is kept.
    app.click(&id("nav-settings")).await;
    app.click(&id("settings-close-environment")).await;
    app.click(&id("door-production")).await;
    app.fill(&id("keys-client-id"), CLIENT_ID).await;
    app.fill(&id("keys-secret"), SECRET).await;
    app.click(&id("keys-save")).await;
    app.find(&format!("{}[data-kind='network']", id("problem")))
        .await;
    assert!(!world.data_dir().join("production.db").exists());
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_second_clicks_do_no_harm() {
    let mut world = World::new(Keyring::Unlocked);
    let app = App::start(&mut world).await;
    app.open_demo().await;

    app.click(&id("link-bank")).await;
    app.click(&id("link-purpose-achRisk")).await;
    let long_name = "Ñandú 🦤 ".repeat(40);
    app.paste(&id("link-person-name"), &long_name).await;
    app.click(&id("link-start")).await;
    app.find(&format!("{}[aria-invalid='true']", id("link-person-name")))
        .await;
    assert_eq!(
        app.windows().await.len(),
        1,
        "no Link window for a name that cannot be kept"
    );

    app.paste(&id("link-person-name"), "Ñandú 🦤").await;
    let before = app.windows().await;
    // Twice in one turn of the page: faster than any screen can be redrawn.
    app.script(
        "const button = document.querySelector(arguments[0]); button.click(); button.click();",
        vec![id("link-start").into()],
    )
    .await;
    app.enter_new_window(&before).await;
    app.enter_frame("iframe").await;
    app.finish_link(&FIRST_PLATYPUS).await;
    app.leave_link().await;
    app.until("one Item", async || app.all(&id("item")).await.len() == 1)
        .await;

    app.click(&id("nav-evaluate")).await;
    app.choose("evaluate-account", "Plaid Checking").await;
    app.fill(&id("evaluate-amount"), "12.00").await;
    app.script(
        "const button = document.querySelector(arguments[0]); button.click(); button.click();",
        vec![id("evaluate-submit").into()],
    )
    .await;
    app.find(&id("evaluation-result")).await;
    app.click(&id("nav-activity")).await;
    app.until("one evaluation", async || {
        app.all(&id("activity-row")).await.len() == 1
    })
    .await;
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_passwords_and_leaving_link_end_in_a_clear_state() {
    let mut world = World::new(Keyring::Unlocked);
    let app = App::start(&mut world).await;
    app.open_demo().await;
    app.start_link("achRisk", "Ada").await;
    let wrong = Login {
        password: "wrong",
        ..FIRST_PLATYPUS
    };
    app.sign_in_at(&wrong).await;
    app.says("body", "credentials were not correct").await;
    world.shot("link-wrong-password");
    app.click(&id("exit")).await;
    app.click(&id("exit-confirm")).await;
    app.enter_main_window().await;
    app.find(&id("link-exited")).await;
    world.shot("link-exited");

    // Killed while linking: the next start knows, says so, and nothing is half there.
    app.escape().await;
    app.gone(&id("link-exited")).await;
    app.start_link("achRisk", "Grace").await;
    app.find(&id("consent-continue")).await;
    app.kill().await;
    let app = App::start(&mut world).await;
    app.says(&id("environment-badge"), "Demo").await;
    app.click(&id("nav-accounts")).await;
    app.find(&id("link-bank")).await;
    assert!(!app.has(&id("item")).await);
    app.link("achRisk", "Hedy", &FIRST_PLATYPUS).await;
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_from_a_newer_version_is_left_alone() {
    let mut world = World::new(Keyring::Unlocked);
    let app = App::start(&mut world).await;
    app.open_demo().await;
    app.link("achRisk", "Ada", &FIRST_PLATYPUS).await;
    app.quit().await;

    let file = world.data_dir().join("demo.db");
    pretend_newer(&world, &file);
    let before = std::fs::read(&file).expect("the database");
    let app = App::start(&mut world).await;
    app.find(&format!("{}[data-kind='databaseNewer']", id("problem")))
        .await;
    world.shot("database-newer");
    app.quit().await;
    assert_eq!(
        std::fs::read(&file).expect("the database"),
        before,
        "not a byte is changed"
    );
}

/// Raises the file's schema version as a later Balance Desk would.
fn pretend_newer(world: &World, file: &std::path::Path) {
    let key = crate::secrets::keyring_entry(world, "demo/database-key");
    let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let connection = rusqlite::Connection::open(file).expect("the file opens");
    connection
        .pragma_update(None, "key", format!("x'{key}'"))
        .expect("the key fits");
    connection
        .pragma_update(None, "user_version", 9999)
        .expect("the version is raised");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_everything_says_so_and_what_was_recorded_is_delivered_later() {
    let mut world = World::new(Keyring::Unlocked);
    let stand_in = world.start_stand_in();
    world.set_env("BALANCE_DESK_SANDBOX_URL", &stand_in);
    let app = App::start(&mut world).await;
    app.open_sandbox().await;
    app.link("achRisk", "Ada", &FIRST_PLATYPUS).await;
    app.leave_link().await;
    app.evaluate("Plaid Checking", "25.00").await;

    world.stop_stand_in();
    // The decision is kept here, and waits.
    app.click(&id("decision-say-more")).await;
    app.click(&id("decision-save")).await;
    app.find("[data-testid='decision-delivery'][data-state='waiting']")
        .await;
    // An evaluation cannot be asked: said, and kept under its id.
    app.fill(&id("evaluate-amount"), "30.00").await;
    app.click(&id("evaluate-submit")).await;
    app.find(&id("evaluation-unanswered")).await;
    world.shot("no-network-evaluation");
    // Nor can a bank be read: the refresh waits for the network. Nor linked.
    app.click(&id("nav-accounts")).await;
    app.click(&id("refresh-all")).await;
    app.says("main", "Plaid has not been reached").await;
    world.shot("no-network-accounts");
    app.fill_link_form("achRisk", "Grace").await;
    app.click(&id("link-start")).await;
    app.find(&format!(
        "[role='dialog'] {}[data-kind='network']",
        id("problem")
    ))
    .await;
    assert_eq!(app.windows().await.len(), 1);
    app.escape().await;

    world.start_stand_in();
    app.click(&id("nav-activity")).await;
    app.until("both evaluations are kept", async || {
        app.all(&id("activity-row")).await.len() == 2
    })
    .await;
    app.click_text("*[@data-testid='activity-row']", "25.00")
        .await;
    // By itself, as soon as Plaid can be reached.
    app.find("[data-testid='decision-delivery'][data-state='delivered']")
        .await;
    app.click(&id("nav-accounts")).await;
    app.find("[data-testid='account-row'] [data-source='live']")
        .await;
    app.quit().await;
}
