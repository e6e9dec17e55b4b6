//! Evaluations, decisions and returns, and the outbox that brings them to Plaid whatever happens.

use crate::features;
use desk::{
    Desk,
    activity::view::{ActivityFilter, ActivityRequest},
    balances::view::ReadingSource,
    evaluations::{
        form_view::{ActionKeyInput, Basis, DebitMargin, Estimate, EvaluateFacts},
        view::{
            DecisionInput, DeliveryView, EvaluateDevice, EvaluateRequest, EvaluateUser,
            EvaluationResult, EvaluationState, EvaluationView, ReturnInput,
        },
    },
    problem::{Problem, ProblemKind},
};
use serde_json::json;

use crate::bank::{Fault, Running, Stage, by_mask};

const EVALUATE: &str = "/signal/evaluate";
const PREPARE: &str = "/signal/prepare";
const DECISION: &str = "/signal/decision/report";
const RETURN: &str = "/signal/return/report";

struct Scene {
    stage: Stage,
    desk: Running,
    checking: String,
}

impl Scene {
    async fn set() -> Self {
        let stage = Stage::set().await;
        let desk = stage.desk().await;
        let item = desk.link(&stage, "Ada").await;
        Self {
            checking: by_mask(&item, "0000").account_id.clone(),
            stage,
            desk,
        }
    }

    /// The same, with an Item that was linked for balances only.
    async fn of_balances_only() -> Self {
        let stage = Stage::set().await;
        let desk = stage.desk().await;
        let item = desk.link_for_balances(&stage, "Ada").await;
        Self {
            checking: by_mask(&item, "0000").account_id.clone(),
            stage,
            desk,
        }
    }

    fn debit(&self, amount: &str) -> EvaluateRequest {
        EvaluateRequest::new(&self.checking, amount)
    }

    async fn evaluate(&self, request: EvaluateRequest) -> Result<EvaluationView, Problem> {
        self.desk
            .run(|desk| async move {
                features(&desk)
                    .evaluations
                    .evaluate(request)
                    .await
                    .map_err(Problem::from)
            })
            .await
    }

    async fn decide(&self, decision: DecisionInput) -> Result<EvaluationView, Problem> {
        self.desk
            .run(|desk| async move {
                features(&desk)
                    .reports
                    .record_decision(decision)
                    .await
                    .map_err(Problem::from)
            })
            .await
    }

    async fn give_back(&self, id: &str, code: &str) -> Result<EvaluationView, Problem> {
        let returned = ReturnInput {
            client_transaction_id: id.to_owned(),
            return_code: code.to_owned(),
            returned_on: None,
        };
        self.desk
            .run(|desk| async move {
                features(&desk)
                    .reports
                    .record_return(returned)
                    .await
                    .map_err(Problem::from)
            })
            .await
    }

    async fn evaluation_that(
        &self,
        id: &str,
        what: impl Fn(&EvaluationView) -> bool,
    ) -> EvaluationView {
        let id = id.to_owned();
        let read = move |desk: Desk| {
            let id = id.clone();
            async move { features(&desk).evaluations.get(&id).await.unwrap() }
        };
        self.desk.until(read, what).await
    }

    async fn facts(&self) -> EvaluateFacts {
        let account = self.checking.clone();
        self.desk
            .run(|desk| async move { features(&desk).evaluations.facts(&account).await.unwrap() })
            .await
    }

    async fn reopen(self) -> Self {
        self.desk.kill().await;
        let desk = self.stage.desk().await;
        Self { desk, ..self }
    }
}

fn newest() -> ActivityRequest {
    ActivityRequest {
        filter: ActivityFilter::default(),
        after: None,
        limit: 100,
    }
}

fn decision(id: &str, initiated: bool) -> DecisionInput {
    DecisionInput {
        client_transaction_id: id.to_owned(),
        initiated,
        days_funds_on_hold: None,
        decision_outcome: None,
        payment_method: None,
        amount_instantly_available: None,
    }
}

fn decision_delivered(view: &EvaluationView) -> bool {
    matches!(
        view.decision.as_ref().map(|decision| &decision.delivery),
        Some(DeliveryView::Delivered { .. })
    )
}

fn return_delivered(view: &EvaluationView) -> bool {
    matches!(
        view.returned.as_ref().map(|returned| &returned.delivery),
        Some(DeliveryView::Delivered { .. })
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_debit_is_evaluated_decided_and_returned() {
    let scene = Scene::set().await;
    let accepted = scene.evaluate(scene.debit(" 12.50 ")).await.unwrap();
    assert_eq!(accepted.state, EvaluationState::Answered);
    assert_eq!(
        (accepted.amount.as_str(), accepted.currency.as_str()),
        ("12.50", "USD")
    );
    let answer = accepted.answer.clone().unwrap();
    assert_eq!(answer.result, Some(EvaluationResult::Accept));
    assert_eq!(answer.available_balance.as_deref(), Some("100"));
    assert_eq!(answer.customer_initiated_return_risk, None);
    assert!(!answer.request_id.is_empty());
    let sent = &scene.stage.calls(EVALUATE)[0].body;
    assert_eq!(
        sent["client_transaction_id"],
        json!(accepted.client_transaction_id)
    );
    assert!(sent["client_user_id"].is_string());

    let refused = scene.evaluate(scene.debit("99999.99")).await.unwrap();
    let answer = refused.answer.unwrap();
    assert_eq!(answer.result, Some(EvaluationResult::Reroute));
    assert_eq!(
        answer.custom_action_key.as_deref(),
        Some("ask-for-another-account")
    );
    assert_eq!(answer.result_text, None);

    let account = scene.checking.clone();
    let readings = scene
        .desk
        .run(|desk| async move {
            features(&desk)
                .balances
                .readings(&account, 1)
                .await
                .unwrap()
        })
        .await;
    assert_eq!(readings[0].source, ReadingSource::Signal);

    let id = accepted.client_transaction_id.clone();
    let mut input = decision(&id, true);
    input.days_funds_on_hold = Some("3".to_owned());
    input.amount_instantly_available = Some("10".to_owned());
    let decided = scene.decide(input.clone()).await.unwrap();
    assert_eq!(decided.decision.unwrap().days_funds_on_hold, Some(3));
    scene.evaluation_that(&id, decision_delivered).await;
    let sent = &scene.stage.calls(DECISION)[0].body;
    assert_eq!(sent["days_funds_on_hold"], json!(3));
    assert_eq!(sent["initiated"], json!(true));
    // A second click says nothing new.
    scene.decide(input).await.unwrap();
    scene.give_back(&id, "R01").await.unwrap();
    let view = scene.evaluation_that(&id, return_delivered).await;
    assert_eq!(view.returned.unwrap().meaning, "Insufficient funds");
    assert_eq!(scene.stage.calls(DECISION).len(), 1);
    assert_eq!(scene.stage.calls(RETURN).len(), 1);

    let list = scene
        .desk
        .run(|desk| async move { features(&desk).activity.page(newest()).await.unwrap().rows })
        .await;
    assert_eq!(list.len(), 2);
    assert_eq!(list[1].client_transaction_id, id, "the newest first");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_is_checked_before_anything_is_written_or_sent() {
    let scene = Scene::set().await;
    let mut requests = Vec::new();
    for amount in [
        "", "0", "-5", "1.234", "1e9", "abc", "1,234.50", "1 0", "1,5",
    ] {
        requests.push((scene.debit(amount), "amount"));
    }
    let with_account = |account_id: &str| EvaluateRequest {
        account_id: account_id.to_owned(),
        ..scene.debit("5")
    };
    requests.push((with_account(""), "accountId"));
    requests.push((with_account("no-such-account"), "accountId"));
    let with_name = |name: &str| EvaluateRequest {
        client_transaction_id: Some(name.to_owned()),
        ..scene.debit("5")
    };
    requests.push((with_name(&"x".repeat(37)), "clientTransactionId"));
    for (request, field) in requests {
        let problem = scene.evaluate(request).await.unwrap_err();
        assert_eq!(problem.field.as_deref(), Some(field), "{problem:?}");
    }
    assert!(scene.stage.calls(EVALUATE).is_empty());
    let list = scene
        .desk
        .run(|desk| async move { features(&desk).activity.page(newest()).await.unwrap().rows })
        .await;
    assert!(list.is_empty());

    scene.evaluate(with_name("order-7")).await.unwrap();
    let again = scene.evaluate(with_name("order-7")).await.unwrap_err();
    assert_eq!(again.field.as_deref(), Some("clientTransactionId"));
    assert_eq!(scene.stage.calls(EVALUATE).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_click_does_not_pay_twice() {
    let scene = Scene::set().await;
    scene.stage.fault(EVALUATE, Fault::HeldBefore);
    let request = scene.debit("5");
    let first = scene
        .desk
        .begin(|desk| async move { features(&desk).evaluations.evaluate(request).await.unwrap() });
    scene.stage.called(EVALUATE, 1).await;
    let second = scene.evaluate(scene.debit("5")).await.unwrap_err();
    assert_eq!(second.kind, ProblemKind::AlreadyRunning);
    scene.stage.mend(EVALUATE);
    assert_eq!(first.await.unwrap().state, EvaluationState::Answered);
    assert_eq!(scene.stage.calls(EVALUATE).len(), 1);
    // Later, the same debit again is another one.
    scene.evaluate(scene.debit("5")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_evaluation_without_an_answer_is_kept_and_asked_again() {
    let scene = Scene::set().await;
    scene.stage.fault(EVALUATE, Fault::LostAfter);
    let lost = scene.evaluate(scene.debit("5")).await.unwrap();
    assert_eq!(lost.state, EvaluationState::Unknown, "{lost:?}");
    assert!(lost.problem.is_some());
    let id = lost.client_transaction_id.clone();
    let early = scene.decide(decision(&id, true)).await.unwrap_err();
    assert_eq!(early.field.as_deref(), Some("clientTransactionId"));

    scene.stage.mend(EVALUATE);
    let again = id.clone();
    let answered = scene
        .desk
        .run(|desk| async move {
            features(&desk)
                .evaluations
                .evaluate_again(&again)
                .await
                .unwrap()
        })
        .await;
    assert_eq!(answered.state, EvaluationState::Answered);
    assert_eq!(answered.problem, None);
    assert_eq!(
        scene.stage.calls(EVALUATE)[1].body["client_transaction_id"],
        json!(id)
    );

    scene.stage.fault(
        EVALUATE,
        Fault::Says(400, "INVALID_REQUEST", "INVALID_FIELD"),
    );
    let refused = scene.evaluate(scene.debit("6")).await.unwrap();
    assert_eq!(refused.state, EvaluationState::Failed);
    assert_eq!(refused.problem.unwrap().kind, ProblemKind::Plaid);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_linked_for_balances_only_is_opted_in_once() {
    let scene = Scene::of_balances_only().await;
    scene.stage.fault(PREPARE, Fault::Cut);
    let unsent = scene.evaluate(scene.debit("5")).await.unwrap();
    assert_eq!(unsent.state, EvaluationState::Failed);
    assert_eq!(unsent.problem.unwrap().kind, ProblemKind::Network);
    assert!(scene.stage.calls(EVALUATE).is_empty(), "nothing is billed");

    // What Plaid refuses is no reason not to evaluate, and is tried once more the next time.
    scene.stage.fault(
        PREPARE,
        Fault::Says(400, "INVALID_REQUEST", "INVALID_FIELD"),
    );
    let answered = scene.evaluate(scene.debit("6")).await.unwrap();
    assert_eq!(answered.state, EvaluationState::Answered);
    scene.stage.mend(PREPARE);
    for amount in ["7", "8"] {
        scene.evaluate(scene.debit(amount)).await.unwrap();
    }
    assert_eq!(scene.stage.calls(PREPARE).len(), 3);
    let scene = scene.reopen().await;
    scene.evaluate(scene.debit("9")).await.unwrap();
    assert_eq!(scene.stage.calls(PREPARE).len(), 3);
    assert_eq!(scene.stage.calls(EVALUATE).len(), 4);

    // One that was linked for debits is not.
    let scene = Scene::set().await;
    scene.evaluate(scene.debit("5")).await.unwrap();
    assert!(scene.stage.calls(PREPARE).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_evaluation_killed_while_asking_is_unknown_afterwards() {
    let scene = Scene::set().await;
    scene.stage.fault(EVALUATE, Fault::HeldBefore);
    let request = EvaluateRequest {
        client_transaction_id: Some("killed".to_owned()),
        ..scene.debit("5")
    };
    let asking = scene.desk.begin(|desk| async move {
        features(&desk)
            .evaluations
            .evaluate(request)
            .await
            .map(drop)
    });
    scene.stage.called(EVALUATE, 1).await;
    let scene = scene.reopen().await;
    assert!(asking.await.is_err());
    scene.stage.mend(EVALUATE);
    let unknown = |view: &EvaluationView| view.state == EvaluationState::Unknown;
    scene.evaluation_that("killed", unknown).await;
    let answered = scene
        .desk
        .run(|desk| async move {
            features(&desk)
                .evaluations
                .evaluate_again("killed")
                .await
                .unwrap()
        })
        .await;
    assert_eq!(answered.state, EvaluationState::Answered);
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_wait_for_plaid_across_a_kill_and_arrive_in_order() {
    let scene = Scene::set().await;
    let id = scene
        .evaluate(scene.debit("5"))
        .await
        .unwrap()
        .client_transaction_id;
    scene.stage.fault(DECISION, Fault::Cut);
    scene.stage.fault(RETURN, Fault::Cut);
    scene.decide(decision(&id, true)).await.unwrap();
    scene.stage.called(DECISION, 1).await;
    scene.give_back(&id, "R01").await.unwrap();
    let tried = |view: &EvaluationView| {
        matches!(
            &view.decision.as_ref().unwrap().delivery,
            DeliveryView::Waiting {
                attempts: 1..,
                problem: Some(_),
                next_attempt_at: Some(_)
            }
        )
    };
    let view = scene.evaluation_that(&id, tried).await;
    assert!(matches!(
        view.returned.unwrap().delivery,
        DeliveryView::Waiting { attempts: 0, .. }
    ));
    assert!(
        scene.stage.calls(RETURN).is_empty(),
        "the decision goes first"
    );

    // A newer decision takes the place of the one that waits.
    let mut later = decision(&id, true);
    later.days_funds_on_hold = Some("5".to_owned());
    scene.decide(later).await.unwrap();
    let scene = scene.reopen().await;
    scene.stage.mend(DECISION);
    scene.stage.mend(RETURN);
    scene
        .desk
        .run(|desk| async move { features(&desk).reports.deliver_now().await.unwrap() })
        .await;
    scene.evaluation_that(&id, decision_delivered).await;
    scene.evaluation_that(&id, return_delivered).await;
    let last = scene.stage.calls(DECISION).pop().unwrap();
    assert_eq!(last.body["days_funds_on_hold"], json!(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_report_says_so_and_can_be_recorded_again() {
    let scene = Scene::set().await;
    let id = scene
        .evaluate(scene.debit("5"))
        .await
        .unwrap()
        .client_transaction_id;
    scene.stage.fault(
        DECISION,
        Fault::Says(400, "INVALID_REQUEST", "INVALID_FIELD"),
    );
    scene.decide(decision(&id, true)).await.unwrap();
    let refused = |view: &EvaluationView| {
        matches!(
            view.decision.as_ref().unwrap().delivery,
            DeliveryView::Refused { .. }
        )
    };
    scene.evaluation_that(&id, refused).await;
    scene.stage.mend(DECISION);
    scene.decide(decision(&id, true)).await.unwrap();
    scene.evaluation_that(&id, decision_delivered).await;

    // Keys that are wrong are not the report's fault.
    scene.stage.fault(
        RETURN,
        Fault::Says(400, "INVALID_INPUT", "INVALID_API_KEYS"),
    );
    scene.give_back(&id, "R01").await.unwrap();
    let waits = |view: &EvaluationView| {
        matches!(
            view.returned.as_ref().unwrap().delivery,
            DeliveryView::Waiting { attempts: 1.., .. }
        )
    };
    scene.evaluation_that(&id, waits).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_debit_that_was_not_initiated_cannot_come_back() {
    let scene = Scene::set().await;
    let id = scene
        .evaluate(scene.debit("5"))
        .await
        .unwrap()
        .client_transaction_id;
    scene.decide(decision(&id, false)).await.unwrap();
    let problem = scene.give_back(&id, "R01").await.unwrap_err();
    assert!(problem.message.contains("not initiated"), "{problem:?}");
    scene.decide(decision(&id, true)).await.unwrap();
    scene.give_back(&id, "R01").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn evaluations_read_the_same_when_the_item_is_removed() {
    let scene = Scene::set().await;
    let before = scene.evaluate(scene.debit("5")).await.unwrap();
    let item_id = scene.desk.items().await[0].item_id.clone();
    scene
        .desk
        .run(|desk| async move { features(&desk).items.remove(&item_id).await.unwrap() })
        .await;
    let id = before.client_transaction_id.clone();
    let after = scene
        .desk
        .run(|desk| async move { features(&desk).evaluations.get(&id).await.unwrap() })
        .await;
    assert_eq!(after, before);
    let problem = scene.evaluate(scene.debit("5")).await.unwrap_err();
    assert_eq!(problem.field.as_deref(), Some("accountId"));
    // What came of it can still be reported.
    let id = before.client_transaction_id;
    scene.decide(decision(&id, true)).await.unwrap();
    scene.evaluation_that(&id, decision_delivered).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_was_entered_is_sent_and_kept() {
    let scene = Scene::set().await;
    let said = EvaluateRequest {
        purpose: Some("  Rent November ".to_owned()),
        is_recurring: Some(true),
        default_payment_method: Some("STANDARD_ACH".to_owned()),
        client_user_id: Some("tenant-7".to_owned()),
        user: Some(EvaluateUser {
            given_name: Some("Ada".to_owned()),
            phone_number: Some("+1 (415) 123-4567".to_owned()),
            country: Some("us".to_owned()),
            ..EvaluateUser::default()
        }),
        device: Some(EvaluateDevice {
            ip_address: Some("192.0.2.7".to_owned()),
            user_agent: None,
        }),
        ..scene.debit("5")
    };
    let view = scene.evaluate(said.clone()).await.unwrap();
    let mut sent = scene.stage.calls(EVALUATE)[0].body.clone();
    sent.as_object_mut().unwrap().remove("access_token");
    assert_eq!(
        sent,
        json!({
            "account_id": scene.checking, "client_transaction_id": view.client_transaction_id, "amount": 5,
            "client_user_id": "tenant-7", "is_recurring": true, "default_payment_method": "STANDARD_ACH",
            "user": {"name": {"given_name": "Ada"}, "phone_number": "+14151234567", "address": {"country": "US"}},
            "device": {"ip_address": "192.0.2.7"}
        })
    );
    assert_eq!(view.purpose.as_deref(), Some("Rent November"));
    let with = view.asked_with.unwrap();
    assert_eq!(with.client_user_id.as_deref(), Some("tenant-7"));
    assert_eq!(with.user.unwrap().city, None);

    // The client_user_id is the person's from now on, also for what says nothing of it.
    let facts = scene.facts().await;
    assert_eq!(facts.client_user_id, "tenant-7");
    assert_eq!(facts.person_name, "Ada");
    scene.evaluate(scene.debit("6")).await.unwrap();
    let sent = &scene.stage.calls(EVALUATE)[1].body;
    assert_eq!(sent["client_user_id"], "tenant-7");
    assert!(sent.get("user").is_none() && sent.get("is_recurring").is_none());

    // Nobody else can have it, and what cannot be used leaves nothing behind.
    let other = scene.desk.link(&scene.stage, "Ben").await;
    let taken = EvaluateRequest {
        account_id: by_mask(&other, "0000").account_id.clone(),
        ..said.clone()
    };
    let refused = scene.evaluate(taken).await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("clientUserId"));
    let unclear = EvaluateRequest {
        device: Some(EvaluateDevice {
            ip_address: Some("here".to_owned()),
            user_agent: None,
        }),
        client_user_id: Some("tenant-8".to_owned()),
        ..scene.debit("7")
    };
    let refused = scene.evaluate(unclear).await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("ipAddress"));
    assert_eq!(scene.facts().await.client_user_id, "tenant-7");
    assert_eq!(scene.stage.calls(EVALUATE).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_be_debited_is_reckoned_from_what_is_known_and_costs_nothing() {
    let scene = Scene::set().await;
    let estimate = scene.facts().await.estimate;
    let Estimate::Known {
        amount,
        basis,
        balance,
        margin,
        ..
    } = estimate
    else {
        panic!("{estimate:?}");
    };
    // Ten percent are kept back unless the user says otherwise.
    assert_eq!((amount.as_str(), balance.as_str()), ("90.00", "100"));
    assert_eq!((basis, margin.percent.as_str()), (Basis::Available, "10"));
    let margin = DebitMargin {
        percent: "12.5".to_owned(),
        amount: "20.01".to_owned(),
    };
    let saved = margin.clone();
    scene
        .desk
        .run(|desk| async move {
            features(&desk)
                .evaluations
                .save_debit_margin(saved)
                .await
                .unwrap()
        })
        .await;
    let scene = scene.reopen().await;
    let estimate = scene.facts().await.estimate;
    let Estimate::Known {
        amount,
        margin: kept,
        ..
    } = estimate
    else {
        panic!("{estimate:?}");
    };
    assert_eq!((amount.as_str(), kept), ("67.49", margin));
    assert!(scene.stage.calls("/accounts/balance/get").is_empty());
    assert!(scene.stage.calls(EVALUATE).is_empty());

    let scene = Scene::of_balances_only().await;
    let item = scene.desk.items().await.remove(0);
    let card = by_mask(&item, "3333").account_id.clone();
    let never = scene
        .desk
        .run(|desk| async move { features(&desk).evaluations.facts(&card).await.unwrap() })
        .await;
    assert_eq!(never.estimate, Estimate::NotForThisKind);
    assert_eq!(never.clock_behind_seconds, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn scores_have_tiers_and_what_is_not_known_keeps_its_name() {
    let scene = Scene::set().await;
    scene.stage.fault(
        EVALUATE,
        Fault::Answers(
            r#"{"request_id":"r","scores":{"customer_initiated_return_risk":{"score":34,"risk_tier":2},
            "bank_initiated_return_risk":{"score":61,"risk_tier":5}},"warnings":[],
            "core_attributes":{"available_balance":80,"is_account_closed":null,"days_since_account_opening":300},
            "ruleset":{"ruleset_key":"scores","result":"REVIEW",
            "triggered_rule_details":{"internal_note":"new","custom_action_key":"3-day-hold"}}}"#,
        ),
    );
    let answer = scene
        .evaluate(scene.debit("5"))
        .await
        .unwrap()
        .answer
        .unwrap();
    assert_eq!(answer.customer_initiated_risk_tier, Some(2));
    assert_eq!(answer.bank_initiated_risk_tier, Some(5));
    let attributes: Vec<_> = answer
        .core_attributes
        .iter()
        .map(|attribute| (attribute.name.as_str(), attribute.value.as_deref()))
        .collect();
    assert_eq!(
        attributes,
        [
            ("is_account_closed", None),
            ("days_since_account_opening", Some("300"))
        ]
    );
    // The key it was answered with can be given a meaning.
    let keys = scene
        .desk
        .run(|desk| async move { features(&desk).evaluations.action_keys().await.unwrap() })
        .await;
    assert_eq!(
        (keys[0].custom_action_key.as_str(), &keys[0].meaning),
        ("3-day-hold", &None)
    );
    let input = ActionKeyInput {
        custom_action_key: "3-day-hold".to_owned(),
        meaning: "Hold 3 days".to_owned(),
        days_to_hold: Some("3".to_owned()),
    };
    let keys = scene
        .desk
        .run(|desk| async move {
            features(&desk)
                .evaluations
                .save_action_key(input)
                .await
                .unwrap()
        })
        .await;
    assert_eq!(keys[0].days_to_hold, Some(3));
}
