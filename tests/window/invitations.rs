//! Links that are sent: the customer is a headless Chromium, the app may be closed meanwhile.

use crate::support::{
    App, FIRST_PLATYPUS, Keyring, World, id,
    proxy::{self, Handled},
};

/// A computer with the app in the Sandbox, whose banks go on when the app is closed.
async fn in_sandbox() -> (World, App) {
    let mut world = World::new(Keyring::Unlocked);
    let address = world.start_stand_in();
    world.set_env("BALANCE_DESK_SANDBOX_URL", &address);
    let app = App::start(&mut world).await;
    app.open_sandbox().await;
    (world, app)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_customer_linked_while_the_app_was_closed_is_there_at_the_next_start() {
    let (mut world, app) = in_sandbox().await;
    let link = app.invite("Ada").await;
    world.shot("invitation-made");
    app.put_aside().await;
    app.invitation_is("notOpened").await;
    assert_eq!(app.text(&id("invitations-open")).await, "1");

    // The customer looks at it and leaves: that is no end.
    let customer = App::open_browser(&mut world, &link).await;
    customer.find(&id("consent-continue")).await;
    customer.click(&id("exit")).await;
    customer.click(&id("exit-confirm")).await;
    customer.says("body", "You left").await;
    app.check_invitation().await;
    app.invitation_is("started").await;
    world.shot("invitation-started");
    app.quit().await;

    let again = App::open_browser(&mut world, &link).await;
    again.finish_in_browser(&FIRST_PLATYPUS).await;

    let app = App::start(&mut world).await;
    app.says(&id("item"), "First Platypus Bank").await;
    assert_eq!(app.all(&id("item")).await.len(), 1);
    app.click(&id("nav-invitations")).await;
    app.invitation_is("finished").await;
    assert!(!app.has(&id("invitations-open")).await);
    world.shot("invitation-finished");
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_link_that_is_used_all_the_same_leaves_nothing() {
    let (mut world, app) = in_sandbox().await;
    let link = app.invite("Ada").await;
    app.click(&id("invitation-cancel")).await;
    world.shot("invitation-cancel");
    app.click(&id("confirm-ok")).await;
    app.find(&format!("{}[data-progress='cancelled']", id("invitation")))
        .await;
    world.shot("invitation-cancelled");
    app.put_aside().await;
    app.invitation_is("cancelled").await;

    let customer = App::open_browser(&mut world, &link).await;
    customer.finish_in_browser(&FIRST_PLATYPUS).await;
    app.check_invitation().await;
    app.says(&id("invitation-state"), "Removed again").await;
    world.shot("invitation-withdrawn");
    app.click(&id("nav-accounts")).await;
    app.says("main", "No bank is linked yet").await;
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_expires() {
    let mut world = World::new(Keyring::Unlocked);
    let address = world.start_stand_in();
    // Plaid gives no link a life of less than an hour: here it says that the hour is over.
    let address = proxy::start(&address, |request| match request.path.as_str() {
        "/link/token/create" => Handled::Change(|answer| {
            let mut answer: serde_json::Value = serde_json::from_str(answer).expect("JSON");
            let life = serde_json::json!("2026-01-01T00:00:00Z");
            answer["expiration"] = life;
            answer.to_string()
        }),
        _ => Handled::PassOn,
    });
    world.set_env("BALANCE_DESK_SANDBOX_URL", &address);
    let app = App::start(&mut world).await;
    app.open_sandbox().await;
    app.click(&id("nav-invitations")).await;
    app.click(&id("empty-invite")).await;
    app.paste(&id("link-person-name"), "Ada").await;
    app.click(&id("invite-create")).await;
    app.find(&format!("{}[data-progress='expired']", id("invitation")))
        .await;
    assert!(!app.has(&id("invitation-url")).await);
    world.shot("invitation-expired");
    app.put_aside().await;
    app.invitation_is("expired").await;
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_mailed_copied_shown_and_renewed() {
    let (world, app) = in_sandbox().await;
    let link = app.invite("Ada").await;
    app.click(&id("invitation-mail")).await;
    let draft = world.await_opened(1);
    assert!(draft.starts_with("mailto:?subject="), "{draft}");
    let escaped = link.replace(':', "%3A").replace('/', "%2F");
    assert!(draft.contains(&escaped), "{draft}");

    app.click(&id("invitation-qr")).await;
    app.find(&format!("{} svg", id("qr-sheet"))).await;
    world.shot("invitation-qr");
    app.escape().await;
    app.gone(&id("qr-sheet")).await;

    app.click(&id("invitation-renew")).await;
    app.click(&id("invite-unit-hours")).await;
    app.fill(&id("invite-lifetime"), "505").await;
    app.click(&id("confirm-ok")).await;
    app.until("the lifetime is refused", async || {
        app.page_text().await.contains("From 1 hour to 21 days.")
    })
    .await;
    app.fill(&id("invite-lifetime"), "504").await;
    app.click(&id("confirm-ok")).await;
    app.until("there is a new link", async || {
        app.has(&id("invitation-url")).await && app.text(&id("invitation-url")).await != link
    })
    .await;
    app.put_aside().await;
    app.invitation_is("notOpened").await;
    app.invitation_is("cancelled").await;
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_signs_in_again_elsewhere() {
    let (mut world, app) = in_sandbox().await;
    app.link("achRisk", "Ada", &FIRST_PLATYPUS).await;
    app.leave_link().await;
    app.click(&id("item-menu")).await;
    app.click(&id("item-menu-reset-login")).await;
    app.find(&format!("{} {}", id("item"), id("problem"))).await;

    app.click(&id("nav-invitations")).await;
    app.click(&id("empty-invite")).await;
    app.click(&id("invite-aim-repair")).await;
    app.choose("invite-repair-item", "First Platypus Bank")
        .await;
    app.click(&id("invite-create")).await;
    let link = app.text(&id("invitation-url")).await;
    app.put_aside().await;

    let customer = App::open_browser(&mut world, &link).await;
    customer.enter_credentials(&FIRST_PLATYPUS).await;
    customer.click(&id("finish")).await;
    customer.says("body", "You can close this page now.").await;
    app.check_invitation().await;
    app.invitation_is("finished").await;
    app.click(&id("nav-accounts")).await;
    app.gone(&format!("{} {}", id("item"), id("problem"))).await;
    assert_eq!(app.all(&id("item")).await.len(), 1);
    app.quit().await;
}
