//! Linking a bank, from the first click to the Item, and every way in which it can be interrupted.

use crate::features;
use desk::{
    Desk,
    balances::view::ReadingSource,
    evaluations::view::EvaluateRequest,
    items::view::ItemHealth,
    link::view::{LinkRequest, LinkState, PersonChoice, Purpose},
    problem::{NextAction, Problem, ProblemKind},
};
use serde_json::json;

use crate::bank::{Fault, Page, Stage, by_mask, for_debits};

const EXCHANGE: &str = "/item/public_token/exchange";

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_is_linked() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada \u{1f600} Lovelace").await;
    let session_id = started.session.session_id.clone();
    assert_eq!(started.session.state, LinkState::Opened);
    assert_eq!(started.allowed_origins.len(), 2);

    let created = &stage.calls("/link/token/create")[0].body;
    assert_eq!(created["products"], json!(["signal", "auth"]));
    assert_eq!(created["hosted_link"], json!({}));
    assert_eq!(created["client_name"], "Balance Desk");
    let user = created["user"]["client_user_id"].as_str().unwrap();
    assert_eq!(user.len(), 36);
    assert!(!created.to_string().contains("Ada"));

    let page = Page::of(&stage, &started);
    let event = json!({"name": "SOMETHING_NEW", "metadata": {"view_name": "CONSENT", "institution_name": null}});
    assert_eq!(page.post("event", &event).await, Some(204));
    let grant = stage.go_through_link(&started, "user_good").await;
    assert_eq!(page.post("success", &grant).await, Some(204));
    let session = desk.session_in(&session_id, LinkState::Exchanged).await;
    let item = desk
        .complete_item(session.item_id.as_deref().unwrap())
        .await;

    assert_eq!(item.person.name, "Ada \u{1f600} Lovelace");
    assert_eq!(item.purpose, Purpose::AchRisk);
    assert_eq!(item.health, ItemHealth::Healthy);
    assert_eq!(item.institution_name, "First Platypus Bank");
    let checking = by_mask(&item, "0000");
    assert!(checking.can_evaluate);
    let reading = checking.reading.as_ref().unwrap();
    assert_eq!(reading.available.as_deref(), Some("100"));
    assert_eq!(reading.source, ReadingSource::Cached);
    let names: Vec<&str> = session
        .events
        .iter()
        .map(|event| event.name.as_str())
        .collect();
    assert_eq!(names[..2], ["SOMETHING_NEW", "onSuccess"]);
    assert_eq!(session.problem, None);
    // The page ends with the session.
    let gone = page.post("success", &grant).await;
    assert!(matches!(gone, None | Some(410)), "{gone:?}");
    assert_eq!(stage.calls(EXCHANGE).len(), 1);
    let people = desk
        .run(|desk| async move { features(&desk).items.customers().await.unwrap() })
        .await;
    assert_eq!(people.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn balances_only_asks_for_the_products_chosen_and_shows_every_account() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let request = LinkRequest {
        purpose: Purpose::BalancesOnly,
        products: vec!["transactions".to_owned(), "transactions".to_owned()],
        ..for_debits("Ada")
    };
    let started = desk
        .run(|desk| async move { features(&desk).links.start(request).await.unwrap() })
        .await;
    assert_eq!(
        stage.calls("/link/token/create")[0].body["products"],
        json!(["transactions"])
    );
    let grant = stage.go_through_link(&started, "user_good").await;
    Page::of(&stage, &started).post("success", &grant).await;
    let session = desk
        .session_in(&started.session.session_id, LinkState::Exchanged)
        .await;
    let item = desk
        .complete_item(session.item_id.as_deref().unwrap())
        .await;
    let current = |mask| {
        by_mask(&item, mask)
            .reading
            .as_ref()
            .unwrap()
            .current
            .clone()
    };
    assert_eq!(current("6666").as_deref(), Some("23631.9805"));
    let card = by_mask(&item, "3333");
    assert!(!card.can_evaluate);
    let debit = EvaluateRequest::new(&card.account_id, "5");
    let refused = desk
        .run(|desk| async move {
            features(&desk)
                .evaluations
                .evaluate(debit)
                .await
                .unwrap_err()
        })
        .await;
    assert_eq!(Problem::from(refused).field.as_deref(), Some("accountId"));
    let view = desk
        .run(|desk| async move { features(&desk).items.view_all().await.unwrap() })
        .await;
    let usd = &view.totals[0];
    assert_eq!((view.totals.len(), usd.currency.as_str()), (1, "USD"));
    assert!(usd.assets.ends_with(".7405"), "{usd:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_success_that_is_posted_twice_is_taken_once() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    let grant = stage.go_through_link(&started, "user_good").await;
    stage.fault(EXCHANGE, Fault::HeldBefore);
    let page = Page::of(&stage, &started);
    assert_eq!(page.post("success", &grant).await, Some(204));
    stage.called(EXCHANGE, 1).await;
    assert_eq!(page.post("success", &grant).await, Some(204));
    let late = json!({"error": null, "metadata": {"status": "requires_credentials"}});
    assert_eq!(page.post("exit", &late).await, Some(410));
    stage.mend(EXCHANGE);
    desk.session_in(&started.session.session_id, LinkState::Exchanged)
        .await;
    assert_eq!(stage.calls(EXCHANGE).len(), 1);
    assert_eq!(desk.items().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_survives_a_kill_before_its_exchange() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    let grant = stage.go_through_link(&started, "user_good").await;
    stage.fault(EXCHANGE, Fault::HeldBefore);
    assert_eq!(
        Page::of(&stage, &started).post("success", &grant).await,
        Some(204)
    );
    stage.called(EXCHANGE, 1).await;
    desk.kill().await;
    // The held call came from the killed process; the wire gives it up.
    stage.fault(EXCHANGE, Fault::Cut);

    let token = grant["public_token"].as_str().unwrap();
    for (file, bytes) in crate::bank::bytes_on_disk(stage.dir.path()) {
        let found = bytes
            .windows(token.len())
            .any(|window| window == token.as_bytes());
        assert!(!found, "the public token lies open in {}", file.display());
    }

    let desk = stage.desk().await;
    let session_id = started.session.session_id;
    let waits = desk
        .until(
            {
                let id = session_id.clone();
                move |desk: Desk| {
                    let id = id.clone();
                    async move { features(&desk).links.get(&id).await.unwrap() }
                }
            },
            |session| session.problem.is_some(),
        )
        .await;
    assert_eq!(waits.state, LinkState::Succeeded, "{waits:?}");
    stage.mend(EXCHANGE);
    let session = desk.session_in(&session_id, LinkState::Exchanged).await;
    assert_eq!(session.problem, None);
    let item = desk
        .complete_item(session.item_id.as_deref().unwrap())
        .await;
    assert_eq!(item.person.name, "Ada");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exchange_whose_answer_was_lost_is_explained() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    let grant = stage.go_through_link(&started, "user_good").await;
    stage.fault(EXCHANGE, Fault::HeldAfter);
    Page::of(&stage, &started).post("success", &grant).await;
    stage.answered(EXCHANGE).await;
    desk.kill().await;
    stage.mend(EXCHANGE);

    let desk = stage.desk().await;
    let read = {
        let id = started.session.session_id.clone();
        move |desk: Desk| {
            let id = id.clone();
            async move { features(&desk).links.get(&id).await.unwrap() }
        }
    };
    let session = desk.until(read, |session| session.ended_at.is_some()).await;
    assert_eq!(session.state, LinkState::Failed);
    let problem = session.problem.unwrap();
    // What may have been made and lost is named.
    for word in [
        "token is lost",
        "First Platypus Bank",
        "Plaid Checking 0000",
        "Link the bank again",
    ] {
        assert!(problem.message.contains(word), "{problem:?}");
    }
    assert_eq!(problem.action, Some(NextAction::LinkAgain));
    assert!(desk.items().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_token_that_is_refused_is_not_told_as_lost() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    let grant = stage.go_through_link(&started, "user_good").await;
    stage.fault(
        EXCHANGE,
        Fault::Says(400, "INVALID_INPUT", "INVALID_PUBLIC_TOKEN"),
    );
    Page::of(&stage, &started).post("success", &grant).await;
    let session = desk
        .session_in(&started.session.session_id, LinkState::Failed)
        .await;
    let problem = session.problem.unwrap();
    assert!(problem.message.contains("does not take"), "{problem:?}");
    assert!(!problem.message.contains("lost"), "{problem:?}");
    assert_eq!(problem.action, Some(NextAction::LinkAgain));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_token_is_erased_after_half_an_hour_though_the_app_was_closed() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    let grant = stage.go_through_link(&started, "user_good").await;
    stage.fault(EXCHANGE, Fault::HeldBefore);
    Page::of(&stage, &started).post("success", &grant).await;
    stage.called(EXCHANGE, 1).await;
    desk.kill().await;
    stage.later(std::time::Duration::from_secs(31 * 60));
    let desk = stage.desk().await;
    let session = desk
        .session_in(&started.session.session_id, LinkState::Expired)
        .await;
    let problem = session.problem.unwrap();
    assert!(
        problem.message.contains("Plaid Checking 0000"),
        "{problem:?}"
    );
    assert_eq!(problem.action, Some(NextAction::LinkAgain));
    assert_eq!(stage.calls(EXCHANGE).len(), 1, "it is not sent again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_success_that_never_arrived_is_found_when_the_window_closes() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    stage.go_through_link(&started, "user_good").await;
    let id = started.session.session_id.clone();
    desk.run(|desk| async move { features(&desk).links.window_closed(&id).await })
        .await;
    let session = desk
        .session_in(&started.session.session_id, LinkState::Exchanged)
        .await;
    desk.complete_item(session.item_id.as_deref().unwrap())
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_success_that_never_arrived_is_found_after_a_kill() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    stage.go_through_link(&started, "user_good").await;
    desk.kill().await;
    let desk = stage.desk().await;
    let session = desk
        .session_in(&started.session.session_id, LinkState::Exchanged)
        .await;
    desk.complete_item(session.item_id.as_deref().unwrap())
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_killed_before_the_grant_ends_as_exited() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    desk.kill().await;
    let desk = stage.desk().await;
    let session = desk
        .session_in(&started.session.session_id, LinkState::Exited)
        .await;
    assert!(session.problem.unwrap().message.contains("closed"));
    // And the way is free, for the same person.
    desk.link_start("Ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bank_is_linked_at_a_time() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    let second = for_debits("Grace");
    let refused = desk
        .run(|desk| async move { features(&desk).links.start(second).await.unwrap_err() })
        .await;
    assert_eq!(Problem::from(refused).kind, ProblemKind::AlreadyRunning);
    assert_eq!(stage.calls("/link/token/create").len(), 1);

    let id = started.session.session_id.clone();
    let session = desk
        .run(|desk| async move { features(&desk).links.cancel(&id).await.unwrap() })
        .await;
    assert_eq!(session.state, LinkState::Exited);
    desk.link_start("Grace").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_link_is_told_with_its_reason() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let started = desk.link_start("Ada").await;
    let exit = json!({
        "error": {"error_type": "ITEM_ERROR", "error_code": "INVALID_CREDENTIALS", "error_message": "wrong",
                  "display_message": null},
        "metadata": {"status": "requires_credentials", "institution": {"name": "First Platypus Bank"},
                     "link_session_id": "ls", "request_id": "rq"},
    });
    let page = Page::of(&stage, &started);
    assert_eq!(page.post("exit", &exit).await, Some(204));
    let session = desk
        .session_in(&started.session.session_id, LinkState::Exited)
        .await;
    assert_eq!(session.exit_status.as_deref(), Some("requires_credentials"));
    assert_eq!(
        session.institution_name.as_deref(),
        Some("First Platypus Bank")
    );
    let plaid = session.problem.unwrap().plaid.unwrap();
    assert_eq!(plaid.error_code.as_deref(), Some("INVALID_CREDENTIALS"));
    assert!(desk.items().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_is_checked_before_anything_is_written() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    desk.link(&stage, "Ada").await;
    let links_before = stage.calls("/link/token/create").len();
    let refusals = [
        (for_debits(""), "personName"),
        (for_debits(&"n".repeat(300)), "personName"),
        (for_debits(" ada "), "personName"),
        (
            LinkRequest {
                purpose: Purpose::BalancesOnly,
                products: vec!["balance".to_owned()],
                ..for_debits("Grace")
            },
            "products",
        ),
        (
            LinkRequest {
                person: PersonChoice::Known {
                    person_id: "nobody".to_owned(),
                },
                ..for_debits("")
            },
            "personName",
        ),
    ];
    for (request, field) in refusals {
        let refused = desk
            .run(|desk| async move { features(&desk).links.start(request).await.unwrap_err() })
            .await;
        assert_eq!(Problem::from(refused).field.as_deref(), Some(field));
    }
    assert_eq!(stage.calls("/link/token/create").len(), links_before);
    let sessions = desk
        .run(|desk| async move { features(&desk).links.list().await.unwrap() })
        .await;
    assert_eq!(sessions.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_token_that_does_not_come_ends_the_session_and_frees_the_name() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    stage.fault(
        "/link/token/create",
        Fault::Says(400, "INVALID_INPUT", "INVALID_PRODUCT"),
    );
    let request = for_debits("Ada");
    let refused = desk
        .run(|desk| async move { features(&desk).links.start(request).await.unwrap_err() })
        .await;
    assert_eq!(Problem::from(refused).kind, ProblemKind::Plaid);
    let sessions = desk
        .run(|desk| async move { features(&desk).links.list().await.unwrap() })
        .await;
    assert_eq!(sessions[0].state, LinkState::Failed);
    stage.mend("/link/token/create");
    desk.link(&stage, "Ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_login_is_repaired_without_an_exchange() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = desk.link(&stage, "Ada").await;
    let id = item.item_id.clone();
    let broken = desk
        .run(|desk| async move { features(&desk).items.reset_login(&id).await.unwrap() })
        .await;
    let ItemHealth::NeedsAttention { problem, .. } = &broken.health else {
        panic!("{:?}", broken.health);
    };
    let repair = NextAction::RepairItem {
        item_id: item.item_id.clone(),
    };
    assert_eq!(problem.action, Some(repair));

    let id = item.item_id.clone();
    let started = desk
        .run(|desk| async move {
            features(&desk)
                .links
                .start_repair(&id, false)
                .await
                .unwrap()
        })
        .await;
    assert_eq!(started.session.repairs_item_id, Some(item.item_id.clone()));
    assert_eq!(started.session.item_id, None);
    let grant = stage.go_through_link(&started, "user_good").await;
    assert_eq!(
        Page::of(&stage, &started).post("success", &grant).await,
        Some(204)
    );
    let session = desk
        .session_in(&started.session.session_id, LinkState::Exchanged)
        .await;
    assert_eq!(session.item_id, Some(item.item_id.clone()));
    let read = |desk: Desk| async move { features(&desk).items.view_all().await.unwrap().items };
    let items = desk
        .until(read, |items| items[0].health == ItemHealth::Healthy)
        .await;
    assert_eq!(items.len(), 1);
    assert_eq!(stage.calls(EXCHANGE).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_follows_the_exchange_cannot_lose_the_item() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    for path in ["/accounts/get", "/item/get", "/institutions/get_by_id"] {
        stage.fault(path, Fault::Says(400, "API_ERROR", "UNKNOWN_TO_US"));
    }
    let started = desk.link_start("Ada").await;
    let grant = stage.go_through_link(&started, "user_good").await;
    Page::of(&stage, &started).post("success", &grant).await;
    desk.session_in(&started.session.session_id, LinkState::Exchanged)
        .await;
    let items = desk.items().await;
    assert_eq!(items.len(), 1);
    assert_eq!(items[0].institution_name, "First Platypus Bank");
    assert!(by_mask(&items[0], "0000").can_evaluate);
    assert_eq!(by_mask(&items[0], "0000").reading, None);
}
