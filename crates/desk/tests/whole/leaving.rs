//! Sessions that Link says were left, or that were cut short: what they have come to all the same, and in which words.

use crate::features;
use desk::{
    Desk, DeskError,
    event::DeskEvent,
    items::view::ItemHealth,
    link::{
        LinkStarted,
        view::{DuplicateChoice, LinkSessionView, LinkState},
    },
    problem::NextAction,
};
use serde_json::{Value, json};

use crate::bank::{Fault, PLATYPUS, Page, Running, Stage, for_debits};

const EXCHANGE: &str = "/item/public_token/exchange";
const STATUS: &str = "/link/token/get";
const GOOD: (&str, &str) = ("user_good", "pass_good");

/// What the page says when Link was told to leave at once, on its last pane.
fn left() -> Value {
    json!({"error": null, "metadata": {"status": "requires_account_selection", "link_session_id": "ls"}})
}

/// An Item whose login is broken; answers its name.
async fn broken(stage: &Stage, desk: &Running) -> String {
    let item = desk.link(stage, "Ada").await;
    let id = item.item_id.clone();
    desk.run(|desk| async move { features(&desk).items.reset_login(&id).await.unwrap() })
        .await;
    item.item_id
}

async fn ended(desk: &Running, session_id: &str) -> LinkSessionView {
    let id = session_id.to_owned();
    let read = move |desk: Desk| {
        let id = id.clone();
        async move { features(&desk).links.get(&id).await.unwrap() }
    };
    desk.until(read, |session| session.ended_at.is_some()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_has_agreed_is_linked_though_link_says_that_it_was_left() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    let session = stage.begin_link(&started).await;
    stage.agree_at(&session, PLATYPUS, GOOD).await;
    stage.leave(&session, "requires_account_selection").await;
    let page = Page::of(&stage, &started);
    assert_eq!(page.post("exit", &left()).await, Some(204));
    let id = started.session.session_id;
    let session = desk.session_in(&id, LinkState::Exchanged).await;
    assert_eq!(session.problem, None);
    assert_eq!(session.exit_status, None);
    assert_eq!(desk.items().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_is_found_later_when_plaid_cannot_be_asked_as_link_is_left() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    let session = stage.begin_link(&started).await;
    stage.agree_at(&session, PLATYPUS, GOOD).await;
    stage.fault(STATUS, Fault::Cut);
    let mut events = desk.desk.events();
    let page = Page::of(&stage, &started);
    assert_eq!(page.post("exit", &left()).await, Some(204));
    let id = started.session.session_id;
    // The window closes, and the next bank need not wait.
    let told = DeskEvent::LinkChanged {
        session_id: id.clone(),
        ended: true,
    };
    while events.try_recv().expect("the window is closed") != told {}
    let session = desk.session_in(&id, LinkState::Opened).await;
    assert!(session.problem.unwrap().message.contains("asks Plaid"));
    stage.mend(STATUS);
    desk.session_in(&id, LinkState::Exchanged).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_bank_can_be_linked_as_soon_as_a_session_is_told_to_be_over() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item_id = broken(&stage, &desk).await;
    let good = desk
        .run(|desk| async move {
            features(&desk)
                .links
                .start_repair(&item_id, false)
                .await
                .unwrap()
        })
        .await;
    let grant = stage.go_through_link(&good, "user_good").await;
    let next = next_bank(&desk, &good.session.session_id);
    assert_eq!(
        Page::of(&stage, &good).post("success", &grant).await,
        Some(204)
    );
    let given_up = next.await.unwrap().expect("a repair makes room");

    let next = next_bank(&desk, &given_up.session.session_id);
    assert_eq!(
        Page::of(&stage, &given_up).post("exit", &left()).await,
        Some(204)
    );
    next.await.unwrap().expect("who leaves makes room");
}

/// Links another bank at the moment at which a session is told to be over.
fn next_bank(
    desk: &Running,
    session_id: &str,
) -> tokio::task::JoinHandle<Result<LinkStarted, DeskError>> {
    let told = DeskEvent::LinkChanged {
        session_id: session_id.to_owned(),
        ended: true,
    };
    let mut events = desk.desk.events();
    desk.begin(|desk| async move {
        while events.recv().await.expect("the session is told to be over") != told {}
        features(&desk).links.start(for_debits("Grace")).await
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repair_that_has_worked_counts_though_link_says_that_it_was_left() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item_id = broken(&stage, &desk).await;
    let id = item_id.clone();
    let started = desk
        .run(|desk| async move {
            features(&desk)
                .links
                .start_repair(&id, false)
                .await
                .unwrap()
        })
        .await;
    let session = stage.begin_link(&started).await;
    stage.agree_at(&session, PLATYPUS, GOOD).await;
    let page = Page::of(&stage, &started);
    assert_eq!(page.post("exit", &left()).await, Some(204));
    let session = desk
        .session_in(&started.session.session_id, LinkState::Exchanged)
        .await;
    assert_eq!(session.item_id, Some(item_id));
    assert_eq!(stage.calls(EXCHANGE).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_link_finds_well_is_recognised_in_the_window_and_in_the_browser() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item_id = broken(&stage, &desk).await;
    for in_browser in [false, true] {
        stage
            .item_error(&item_id, Some("ITEM_LOGIN_REQUIRED"))
            .await;
        let id = item_id.clone();
        let started = desk
            .run(|desk| async move {
                features(&desk).items.check_now(&id).await.unwrap();
                features(&desk)
                    .links
                    .start_repair(&id, false)
                    .await
                    .unwrap()
            })
            .await;
        let session_id = started.session.session_id.clone();
        stage.item_error(&item_id, None).await;
        let nothing_to_repair = ("user_good", "error_ITEM_NO_ERROR");
        if in_browser {
            let id = session_id.clone();
            let over = desk
                .run(|desk| async move {
                    features(&desk)
                        .links
                        .continue_in_browser(&id)
                        .await
                        .unwrap()
                })
                .await;
            let session = stage.open_address(over.url.as_str()).await;
            let error = stage.refused_in_link(&session, nothing_to_repair).await;
            stage
                .leave_after(&session, "requires_credentials", error)
                .await;
        } else {
            let session = stage.begin_link(&started).await;
            let error = stage.refused_in_link(&session, nothing_to_repair).await;
            assert_eq!(error["error_code"], "ITEM_NO_ERROR");
            let exit = json!({"error": error, "metadata": {"status": "requires_credentials"}});
            let posted = Page::of(&stage, &started).post("exit", &exit).await;
            assert_eq!(posted, Some(204));
        }
        let session = desk.session_in(&session_id, LinkState::Exchanged).await;
        assert_eq!(session.item_id.as_ref(), Some(&item_id), "{in_browser}");
        assert_eq!(session.problem, None);
        let read =
            |desk: Desk| async move { features(&desk).items.view_all().await.unwrap().items };
        desk.until(read, |items| items[0].health == ItemHealth::Healthy)
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repair_that_was_cut_short_is_repaired_again_and_never_linked() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item_id = broken(&stage, &desk).await;
    let id = item_id.clone();
    let started = desk
        .run(|desk| async move {
            features(&desk)
                .links
                .start_repair(&id, false)
                .await
                .unwrap()
        })
        .await;
    desk.kill().await;
    let desk = stage.desk().await;
    let session = ended(&desk, &started.session.session_id).await;
    assert_eq!(session.state, LinkState::Exited);
    let problem = session.problem.unwrap();
    assert!(
        problem.message.ends_with("Nothing was changed."),
        "{problem:?}"
    );
    assert_eq!(problem.action, Some(NextAction::RepairItem { item_id }));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_wanted_and_lost_is_told_as_asked_for() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    desk.link(&stage, "Ada").await;
    let started = desk.link_start("Grace").await;
    let grant = stage.go_through_link(&started, "user_good").await;
    Page::of(&stage, &started).post("success", &grant).await;
    let id = started.session.session_id;
    desk.session_in(&id, LinkState::Held).await;
    stage.fault(EXCHANGE, Fault::HeldAfter);
    let (decided, exchanges) = (id.clone(), stage.calls(EXCHANGE).len());
    desk.run(|desk| async move {
        let choice = DuplicateChoice::Discard;
        features(&desk)
            .links
            .decide(&decided, choice)
            .await
            .unwrap()
    })
    .await;
    // The public token is used up then; the answer never arrives.
    stage.answers(EXCHANGE, exchanges + 1).await;
    desk.kill().await;
    stage.mend(EXCHANGE);
    let desk = stage.desk().await;
    let session = ended(&desk, &id).await;
    assert_eq!(session.state, LinkState::Failed);
    let problem = session.problem.unwrap();
    assert!(
        problem.message.contains("its answer was lost"),
        "{problem:?}"
    );
    assert!(!problem.message.contains("could not be asked"));
    assert_eq!(problem.action, None);
}
