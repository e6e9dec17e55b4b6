//! Linking in the system browser and through links that were sent: handed over, looked after, taken back, renewed.

use crate::features;
use std::time::Duration;

use desk::{
    Desk,
    event::DeskEvent,
    items::view::ItemHealth,
    link::view::{
        InvitationAim, InvitationProgress, InvitationRequest, LinkSessionView, LinkState, LinkWay,
        PersonChoice, Purpose,
    },
    problem::{Problem, ProblemKind},
};
use serde_json::json;

use crate::bank::{Fault, Page, Running, Stage};

const EXCHANGE: &str = "/item/public_token/exchange";
const STATUS: &str = "/link/token/get";
const CREATE: &str = "/link/token/create";
const HOUR: Duration = Duration::from_secs(60 * 60);

fn for_customer(name: &str, lifetime_hours: u32) -> InvitationRequest {
    InvitationRequest {
        aim: InvitationAim::NewBank {
            purpose: Purpose::AchRisk,
            products: Vec::new(),
            person: PersonChoice::New {
                name: name.to_owned(),
            },
        },
        note: Some("Rent, from January on & later".to_owned()),
        lifetime_hours,
        language: "es".to_owned(),
    }
}

async fn invite(desk: &Running, request: InvitationRequest) -> LinkSessionView {
    desk.run(|desk| async move {
        features(&desk)
            .links
            .create_invitation(request)
            .await
            .unwrap()
    })
    .await
}

async fn check(desk: &Running, session_id: &str) -> LinkSessionView {
    let id = session_id.to_owned();
    desk.run(|desk| async move { features(&desk).links.check_invitation(&id).await.unwrap() })
        .await
}

async fn cancel(desk: &Running, session_id: &str) -> LinkSessionView {
    let id = session_id.to_owned();
    desk.run(|desk| async move { features(&desk).links.cancel(&id).await.unwrap() })
        .await
}

async fn hand_over(desk: &Running, session_id: &str) -> desk::link::BrowserHandoff {
    let id = session_id.to_owned();
    desk.run(|desk| async move {
        features(&desk)
            .links
            .continue_in_browser(&id)
            .await
            .unwrap()
    })
    .await
}

fn progress(session: &LinkSessionView) -> InvitationProgress {
    session.invitation.as_ref().unwrap().progress
}

fn url(session: &LinkSessionView) -> String {
    session.invitation.as_ref().unwrap().url.clone().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_goes_on_in_the_browser() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    let id = started.session.session_id.clone();
    assert!(started.session.can_continue_in_browser);
    stage.begin_link(&started).await;
    let over = hand_over(&desk, &id).await;
    assert_eq!(over.session.way, LinkWay::Browser);
    assert!(!over.session.can_continue_in_browser);
    assert!(!format!("{over:?}").contains(over.url.as_str()));

    // The window that closes now ends nothing, and its page is gone.
    let window = id.clone();
    desk.run(|desk| async move { features(&desk).links.window_closed(&window).await })
        .await;
    let exit = json!({"error": null, "metadata": {}});
    let posted = Page::of(&stage, &started).post("exit", &exit).await;
    assert!(matches!(posted, None | Some(410)), "{posted:?}");
    // Another bank may be linked meanwhile, and the address is there if it is asked for again.
    let other = desk.link_start("Grace").await;
    assert_eq!(hand_over(&desk, &id).await.url, over.url);

    let mut events = desk.desk.events();
    stage
        .go_through_address(over.url.as_str(), "user_good")
        .await;
    let session = desk.session_in(&id, LinkState::Exchanged).await;
    desk.complete_item(session.item_id.as_deref().unwrap())
        .await;
    let ended = DeskEvent::LinkChanged {
        session_id: id,
        ended: true,
    };
    while events.try_recv().expect("the shell is told of the end") != ended {}
    assert_eq!(stage.calls(EXCHANGE).len(), 1);
    cancel(&desk, &other.session.session_id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_link_in_the_browser_ends_the_session() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    let id = started.session.session_id.clone();
    let over = hand_over(&desk, &id).await;
    let at_the_bank = stage.open_address(over.url.as_str()).await;
    stage.leave(&at_the_bank, "requires_credentials").await;
    let session = desk.session_in(&id, LinkState::Exited).await;
    assert_eq!(session.exit_status.as_deref(), Some("requires_credentials"));
    // It is over: there is nothing to open any more.
    let refused = desk
        .run(|desk| async move {
            features(&desk)
                .links
                .continue_in_browser(&id)
                .await
                .unwrap_err()
        })
        .await;
    assert_eq!(Problem::from(refused).kind, ProblemKind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_in_the_browser_survives_a_kill() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    let id = started.session.session_id.clone();
    let over = hand_over(&desk, &id).await;
    desk.kill().await;
    stage
        .go_through_address(over.url.as_str(), "user_good")
        .await;
    let desk = stage.desk().await;
    desk.session_in(&id, LinkState::Exchanged).await;
    assert_eq!(desk.items().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_in_the_browser_ends_with_its_link_token() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    let id = started.session.session_id.clone();
    hand_over(&desk, &id).await;
    stage.later(HOUR);
    let session = desk.session_in(&id, LinkState::Expired).await;
    assert!(
        session
            .problem
            .unwrap()
            .message
            .contains("Nothing was linked")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_cancelled_session_grants_in_the_browser_is_withdrawn() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    let id = started.session.session_id.clone();
    let over = hand_over(&desk, &id).await;
    let session = cancel(&desk, &id).await;
    assert_eq!(session.state, LinkState::Exited);
    assert!(session.ended_at.is_some());
    assert!(session.problem.unwrap().message.contains("removed at once"));
    stage
        .go_through_address(over.url.as_str(), "user_good")
        .await;
    desk.session_in(&id, LinkState::Withdrawn).await;
    stage.called("/item/remove", 1).await;
    no_items(&desk).await;
}

/// Waits until no Item is left, here and at Plaid.
async fn no_items(desk: &Running) {
    let read = |desk: Desk| async move { features(&desk).items.view_all().await.unwrap().items };
    desk.until(read, Vec::is_empty).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_asks_the_shell_for_the_browser() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    let mut events = desk.desk.events();
    let posted = Page::of(&stage, &started).post("browser", &json!({})).await;
    assert_eq!(posted, Some(204));
    let asked = DeskEvent::LinkInBrowser {
        session_id: started.session.session_id,
    };
    while events.try_recv().expect("the shell is asked") != asked {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_links_with_an_invitation() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let window = desk.link_start("Grace").await;
    let invitation = invite(&desk, for_customer("Ada", 48)).await;
    let id = invitation.session_id.clone();
    assert_eq!(invitation.way, LinkWay::Invitation);
    assert_eq!(progress(&invitation), InvitationProgress::NotOpened);
    let asked = &stage.calls(CREATE)[1].body;
    assert_eq!(asked["hosted_link"]["url_lifetime_seconds"], 48 * 3600);
    assert_eq!(asked["language"], "es");
    assert!(!asked.to_string().contains("Rent"));
    assert!(!format!("{invitation:?}").contains(&url(&invitation)));

    let opened = stage.open_address(&url(&invitation)).await;
    assert_eq!(
        progress(&check(&desk, &id).await),
        InvitationProgress::Started
    );
    // Leaving is no end: the customer may open the link again.
    stage.leave(&opened, "requires_credentials").await;
    let session = check(&desk, &id).await;
    assert_eq!(progress(&session), InvitationProgress::Started);
    assert!(session.ended_at.is_none());

    stage.go_through_address(&url(&session), "user_good").await;
    check(&desk, &id).await;
    let session = desk.session_in(&id, LinkState::Exchanged).await;
    assert_eq!(progress(&session), InvitationProgress::Finished);
    assert_eq!(session.invitation.unwrap().url, None);
    let items = desk.items().await;
    assert_eq!(items[0].person.name, "Ada");
    cancel(&desk, &window.session.session_id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_finished_while_the_app_is_closed_is_collected() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let mut ids = Vec::new();
    let mut addresses = Vec::new();
    for name in ["Ada", "Grace", "Linus"] {
        let invitation = invite(&desk, for_customer(name, 24)).await;
        addresses.push(url(&invitation));
        ids.push(invitation.session_id);
    }
    desk.kill().await;
    stage.go_through_address(&addresses[0], "user_good").await;
    stage.go_through_address(&addresses[2], "user_good").await;
    let desk = stage.desk().await;
    desk.session_in(&ids[0], LinkState::Exchanged).await;
    // The same test customer has the same accounts at the bank, so the second one is asked about.
    desk.session_in(&ids[2], LinkState::Held).await;
    let session = check(&desk, &ids[1]).await;
    assert_eq!(progress(&session), InvitationProgress::NotOpened);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_that_nobody_used_expires() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let invitation = invite(&desk, for_customer("Ada", 1)).await;
    let id = invitation.session_id.clone();
    stage.later(HOUR + Duration::from_secs(60));
    let session = check(&desk, &id).await;
    assert_eq!(progress(&session), InvitationProgress::Expired);
    assert_eq!(session.invitation.unwrap().url, None);
    // Plaid is asked as long as it can tell, and then no more.
    stage.later(6 * HOUR);
    let session = check(&desk, &id).await;
    assert_eq!(session.state, LinkState::Expired);
    assert!(
        session
            .problem
            .unwrap()
            .message
            .contains("no bank was linked")
    );
    let asked = stage.calls(STATUS).len();
    check(&desk, &id).await;
    assert_eq!(stage.calls(STATUS).len(), asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_of_a_cancelled_invitation_is_withdrawn_even_after_a_kill() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let invitation = invite(&desk, for_customer("Ada", 24)).await;
    let id = invitation.session_id.clone();
    let session = cancel(&desk, &id).await;
    assert_eq!(progress(&session), InvitationProgress::Cancelled);
    assert_eq!(session.invitation.unwrap().url, None);
    stage
        .go_through_address(&url(&invitation), "user_good")
        .await;
    // The exchange reaches the bank, and the desk is killed before it knows that the removal did.
    stage.fault("/item/remove", Fault::Cut);
    desk.kill().await;
    let desk = stage.desk().await;
    let session = desk.session_in(&id, LinkState::Withdrawn).await;
    assert_eq!(progress(&session), InvitationProgress::Cancelled);
    let items = desk.items().await;
    assert!(matches!(items[0].health, ItemHealth::Removing { .. }));
    stage.mend("/item/remove");
    no_items(&desk).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_taken_back_in_time_is_told() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let invitation = invite(&desk, for_customer("Ada", 24)).await;
    let id = invitation.session_id.clone();
    cancel(&desk, &id).await;
    stage.fault(EXCHANGE, Fault::Cut);
    stage
        .go_through_address(&url(&invitation), "user_good")
        .await;
    check(&desk, &id).await;
    stage.called(EXCHANGE, 1).await;
    stage.later(HOUR);
    let session = desk.session_in(&id, LinkState::Expired).await;
    let problem = session.problem.unwrap();
    assert!(problem.message.contains("take it back"), "{problem:?}");
    assert_eq!(problem.action, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_renewed_for_the_same() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let first = invite(&desk, for_customer("Ada", 1)).await;
    let id = first.session_id.clone();
    let renewed = desk
        .run(|desk| async move {
            features(&desk)
                .links
                .renew_invitation_link(&id, 72)
                .await
                .unwrap()
        })
        .await;
    assert_ne!(renewed.session_id, first.session_id);
    assert_eq!(renewed.person_name, "Ada");
    let invitation = renewed.invitation.clone().unwrap();
    assert_eq!(invitation.language, "es");
    assert_eq!(
        invitation.note.as_deref(),
        Some("Rent, from January on & later")
    );
    let asked = stage.calls(CREATE);
    assert_eq!(asked[0].body["products"], asked[1].body["products"]);
    assert_eq!(asked[0].body["user"], asked[1].body["user"]);
    let listed = desk
        .run(|desk| async move { features(&desk).links.invitations().await.unwrap() })
        .await;
    let states: Vec<_> = listed.iter().map(progress).collect();
    assert_eq!(
        states,
        [InvitationProgress::NotOpened, InvitationProgress::Cancelled]
    );

    stage.go_through_address(&url(&renewed), "user_good").await;
    check(&desk, &renewed.session_id).await;
    desk.session_in(&renewed.session_id, LinkState::Exchanged)
        .await;
    let used = renewed.session_id;
    let refused = desk
        .run(|desk| async move {
            features(&desk)
                .links
                .renew_invitation_link(&used, 72)
                .await
                .unwrap_err()
        })
        .await;
    assert_eq!(Problem::from(refused).kind, ProblemKind::AlreadyRunning);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_drafted_as_an_e_mail() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let invitation = invite(&desk, for_customer("Ada", 24)).await;
    let id = invitation.session_id.clone();
    let draft = desk
        .run(|desk| async move { features(&desk).links.invitation_mail(&id).await.unwrap() })
        .await;
    assert!(!format!("{draft:?}").contains("hosted"));
    let address = draft.url().as_str();
    assert!(
        address.starts_with("mailto:?subject=Balance%20Desk"),
        "{address}"
    );
    assert!(!address.contains('+'), "{address}");
    let fields: Vec<_> = draft.url().query_pairs().collect();
    assert_eq!(fields.len(), 2, "{address}");
    let (_, text) = &fields[1];
    assert!(text.contains(&url(&invitation)), "{text}");
    assert!(text.contains("Rent, from January on & later"), "{text}");
    assert!(text.contains("\r\n"), "{text}");
    assert!(!text.contains("Ada"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_of_an_invitation_is_checked() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let good = || for_customer("Ada", 24);
    let refusals = [
        (
            InvitationRequest {
                note: Some("n".repeat(121)),
                ..good()
            },
            "note",
        ),
        (
            InvitationRequest {
                note: Some("two\nlines".to_owned()),
                ..good()
            },
            "note",
        ),
        (for_customer("Ada", 0), "lifetimeHours"),
        (for_customer("Ada", 505), "lifetimeHours"),
        (
            InvitationRequest {
                language: "tlh".to_owned(),
                ..good()
            },
            "language",
        ),
        (for_customer(" ", 24), "personName"),
    ];
    for (request, field) in refusals {
        let refused = desk
            .run(|desk| async move {
                features(&desk)
                    .links
                    .create_invitation(request)
                    .await
                    .unwrap_err()
            })
            .await;
        assert_eq!(Problem::from(refused).field.as_deref(), Some(field));
    }
    assert!(stage.calls(CREATE).is_empty());
    // One for which Plaid gives no link token is none.
    stage.fault(CREATE, Fault::Says(400, "INVALID_INPUT", "INVALID_PRODUCT"));
    let request = good();
    desk.run(|desk| async move {
        features(&desk)
            .links
            .create_invitation(request)
            .await
            .unwrap_err()
    })
    .await;
    let listed = desk
        .run(|desk| async move { features(&desk).links.invitations().await.unwrap() })
        .await;
    assert_eq!(listed, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_signs_in_again_with_an_invitation() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = desk.link(&stage, "Ada").await;
    let item_id = item.item_id.clone();
    desk.run(|desk| async move { features(&desk).items.reset_login(&item_id).await.unwrap() })
        .await;
    let request = InvitationRequest {
        aim: InvitationAim::Repair {
            item_id: item.item_id.clone(),
            choose_accounts: false,
        },
        ..for_customer("", 24)
    };
    let invitation = invite(&desk, request).await;
    assert_eq!(invitation.repairs_item_id, Some(item.item_id.clone()));
    stage
        .go_through_address(&url(&invitation), "user_good")
        .await;
    check(&desk, &invitation.session_id).await;
    let session = desk
        .session_in(&invitation.session_id, LinkState::Exchanged)
        .await;
    assert_eq!(session.item_id, Some(item.item_id));
    let read = |desk: Desk| async move { features(&desk).items.view_all().await.unwrap().items };
    let healthy = |items: &Vec<desk::items::view::ItemView>| {
        items.len() == 1 && items[0].health == ItemHealth::Healthy
    };
    desk.until(read, healthy).await;
    assert_eq!(stage.calls(EXCHANGE).len(), 1);
}
