//! First starts that are not like the others: no keyring at all, and a keyring that is locked.

use crate::support::{App, FIRST_PLATYPUS, Keyring, World, id};

const PASSPHRASE: &str = "correct horse battery";

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keyring_a_passphrase_keeps_the_secrets() {
    let mut world = World::new(Keyring::Absent);
    let app = App::start(&mut world).await;
    app.find(&id("keyring-retry")).await;
    world.shot("no-keyring");

    // Too short, and not the same twice: said at the field, nothing chosen.
    app.fill(&id("passphrase-new"), "short").await;
    app.fill(&id("passphrase-repeat"), "short").await;
    app.click(&id("passphrase-save")).await;
    app.says("main", "10").await;
    app.fill(&id("passphrase-new"), PASSPHRASE).await;
    app.fill(&id("passphrase-repeat"), "something else entirely")
        .await;
    app.click(&id("passphrase-save")).await;
    assert!(!world.data_dir().join("demo.db").exists());
    app.fill(&id("passphrase-repeat"), PASSPHRASE).await;
    app.click(&id("passphrase-save")).await;
    app.gone(&id("passphrase-save")).await;

    app.open_demo().await;
    app.link("balancesOnly", "Grace Hopper", &FIRST_PLATYPUS)
        .await;
    app.quit().await;

    let app = App::start(&mut world).await;
    app.find(&id("passphrase-unlock")).await;
    world.shot("unlock");
    app.fill(&id("passphrase-unlock"), "not the passphrase")
        .await;
    app.click(&id("unlock-submit")).await;
    app.find(&format!("{}[aria-invalid='true']", id("passphrase-unlock")))
        .await;
    app.fill(&id("passphrase-unlock"), PASSPHRASE).await;
    app.click(&id("unlock-submit")).await;
    app.says(&id("environment-badge"), "Demo").await;
    app.click(&id("nav-accounts")).await;
    app.says(&id("item"), "Grace Hopper").await;
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keyring_that_goes_away_is_waited_for_and_never_replaced() {
    let mut world = World::new(Keyring::Unlocked);
    let app = App::start(&mut world).await;
    app.open_demo().await;
    app.link("balancesOnly", "Grace Hopper", &FIRST_PLATYPUS)
        .await;
    app.quit().await;

    world.lock_keyring();
    let app = App::start(&mut world).await;
    app.find(&id("keyring-retry")).await;
    world.shot("keyring-locked");
    assert!(
        !app.has(&id("passphrase-save")).await,
        "the keyring stays in force"
    );
    try_again(&app).await;
    app.find(&id("keyring-retry")).await;

    world.unlock_keyring();
    try_again(&app).await;
    app.says(&id("environment-badge"), "Demo").await;
    app.click(&id("nav-accounts")).await;
    app.says(&id("item"), "Grace Hopper").await;
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_locked_keyring_first_start_says_so() {
    let mut world = World::new(Keyring::Locked);
    let app = App::start(&mut world).await;
    app.find(&id("keyring-retry")).await;
    app.says("main", "locked").await;
    world.unlock_keyring();
    try_again(&app).await;
    app.open_demo().await;
    app.quit().await;
}

/// Looks again, and waits until the app has looked.
async fn try_again(app: &App) {
    app.click(&id("keyring-retry")).await;
    let retry = id("keyring-retry");
    app.gone(&format!("{retry}:disabled, {retry}[data-loading]"))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_passphrase_is_no_dead_end() {
    let mut world = World::new(Keyring::Absent);
    let app = App::start(&mut world).await;
    app.fill(&id("passphrase-new"), PASSPHRASE).await;
    app.fill(&id("passphrase-repeat"), PASSPHRASE).await;
    app.click(&id("passphrase-save")).await;
    app.gone(&id("passphrase-save")).await;
    app.open_demo().await;
    app.quit().await;

    let app = App::start(&mut world).await;
    app.find(&id("passphrase-unlock")).await;
    app.click(&id("start-over")).await;
    app.fill(&id("erase-confirmation"), "start over").await;
    world.shot("start-over");
    app.click(&id("erase-submit")).await;
    app.find(&id("passphrase-new")).await;
    assert!(!world.data_dir().join("demo.db").exists());
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_database_can_be_erased_at_its_door() {
    let mut world = World::new(Keyring::Unlocked);
    let app = App::start(&mut world).await;
    app.open_demo().await;
    app.quit().await;
    std::fs::write(world.data_dir().join("demo.db"), vec![7; 8192]).expect("the file is damaged");

    let app = App::start(&mut world).await;
    app.find(&format!("{}[data-kind='database']", id("problem")))
        .await;
    world.shot("database-damaged");
    app.click(&id("erase-offer-demo")).await;
    app.fill(&id("erase-confirmation"), "demo").await;
    app.click(&id("erase-submit")).await;
    app.gone(&id("problem")).await;
    app.open_demo().await;
    app.quit().await;
}
