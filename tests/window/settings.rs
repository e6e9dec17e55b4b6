//! Settings that last, secrets that move, and an environment that is erased. Also: the keyboard.

use fantoccini::key::Key;

use crate::support::{App, FIRST_PLATYPUS, Keyring, World, id};

const PASSPHRASE: &str = "correct horse battery";

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_checked_at_the_field_and_last() {
    let mut world = World::new(Keyring::Unlocked);
    let app = App::start(&mut world).await;
    app.open_demo().await;
    app.click(&id("nav-settings")).await;
    app.fill(&id("settings-app-name"), "Rent Desk").await;
    app.fill(
        &id("settings-redirect-uri"),
        "https://example.com/return?to=here",
    )
    .await;
    app.click(&id("settings-save")).await;
    app.find(&format!(
        "{}[aria-invalid='true']",
        id("settings-redirect-uri")
    ))
    .await;
    world.shot("settings-invalid");
    app.fill(&id("settings-redirect-uri"), "").await;
    app.click(&id("settings-save")).await;
    app.find(&id("settings-saved")).await;
    app.quit().await;

    let app = App::start(&mut world).await;
    app.start_link("achRisk", "Ada").await;
    app.says("body", "Rent Desk").await;
    app.enter_main_window().await;
    app.click(&id("link-cancel")).await;
    app.find(&id("link-exited")).await;
    app.until("the Link window is closed", async || {
        app.windows().await.len() == 1
    })
    .await;
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_move_behind_a_passphrase_and_an_environment_is_erased() {
    let mut world = World::new(Keyring::Unlocked);
    let app = App::start(&mut world).await;
    app.open_demo().await;
    app.link("achRisk", "Ada", &FIRST_PLATYPUS).await;
    app.leave_link().await;
    app.click(&id("nav-settings")).await;
    app.click(&id("secrets-to-passphrase")).await;
    app.fill(&id("passphrase-new"), PASSPHRASE).await;
    app.fill(&id("passphrase-repeat"), PASSPHRASE).await;
    app.click(&id("passphrase-save")).await;
    app.find(&id("secrets-to-keyring")).await;
    app.quit().await;
    let left = world
        .command("secret-tool")
        .args([
            "lookup",
            "service",
            "app.balancedesk.desktop",
            "username",
            "demo/database-key",
        ])
        .output()
        .expect("secret-tool (package libsecret-tools) runs");
    assert!(
        left.stdout.is_empty(),
        "the keyring keeps nothing of what was moved"
    );

    let app = App::start(&mut world).await;
    app.fill(&id("passphrase-unlock"), PASSPHRASE).await;
    app.press(&char::from(Key::Enter).to_string()).await;
    app.says(&id("item"), "First Platypus Bank").await;

    app.click(&id("nav-settings")).await;
    app.fill(&id("erase-confirmation"), "production").await;
    app.click(&id("erase-submit")).await;
    app.find(&format!(
        "{}[aria-invalid='true']",
        id("erase-confirmation")
    ))
    .await;
    assert!(world.data_dir().join("demo.db").exists());
    app.fill(&id("erase-confirmation"), "demo").await;
    app.click(&id("erase-submit")).await;
    app.find(&id("door-demo")).await;
    for file in ["demo.db", "demo.db-wal", "demo-bank"] {
        assert!(
            !world.data_dir().join(file).exists(),
            "{file} is still there"
        );
    }
    app.open_demo().await;
    app.find(&id("empty-link-bank")).await;
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_reached_by_keyboard() {
    let mut world = World::new(Keyring::Unlocked);
    let app = App::start(&mut world).await;
    app.find(&id("door-demo")).await;
    tab_to(&app, "door-demo").await;
    app.press(&char::from(Key::Enter).to_string()).await;
    app.says(&id("environment-badge"), "Demo").await;
    for (key, screen) in [
        ("2", "evaluate"),
        ("3", "batches"),
        ("4", "decisions"),
        ("5", "returns"),
        ("6", "activity"),
        ("7", "outcomes"),
        ("8", "invitations"),
        ("9", "settings"),
        ("1", "accounts"),
    ] {
        app.press(&format!("{}{key}", char::from(Key::Control)))
            .await;
        app.find(&format!(
            "{}[aria-current='page']",
            id(&format!("nav-{screen}"))
        ))
        .await;
    }
    app.press(&format!("{}l", char::from(Key::Control))).await;
    app.find(&id("link-person-name")).await;
    app.escape().await;
    app.gone(&id("link-person-name")).await;
    tab_to(&app, "nav-activity").await;
    tab_to(&app, "nav-settings").await;
    app.quit().await;
}

/// Presses Tab until the focus is on it, and no more often than there are things to reach.
async fn tab_to(app: &App, test_id: &str) {
    for _ in 0..60 {
        let focused = app
            .script(
                "return document.activeElement?.dataset?.testid ?? ''",
                vec![],
            )
            .await;
        if focused.as_str() == Some(test_id) {
            return;
        }
        app.press(&char::from(Key::Tab).to_string()).await;
    }
    panic!("{test_id} cannot be reached with Tab");
}
