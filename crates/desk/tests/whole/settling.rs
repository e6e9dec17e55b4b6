//! Evaluations whose answer never came: what is found out about them, what is charged, and what a cancellation leaves.

use crate::features;
use std::time::Duration;

use desk::{
    Desk,
    evaluations::view::{
        AskingStep, DecisionInput, EvaluateRequest, EvaluationState, EvaluationView, Settled,
    },
    problem::{Problem, ProblemKind},
};
use serde_json::json;

use crate::bank::{Fault, Running, Stage, by_mask};

const EVALUATE: &str = "/signal/evaluate";
const PREPARE: &str = "/signal/prepare";
const DECISION: &str = "/signal/decision/report";

struct Scene {
    stage: Stage,
    desk: Running,
    checking: String,
}

impl Scene {
    async fn set() -> Self {
        Self::settling_after(Duration::ZERO).await
    }

    async fn settling_after(settle_after: Duration) -> Self {
        let mut stage = Stage::set().await;
        stage.pace.settle_after = settle_after;
        let desk = stage.desk().await;
        let item = desk.link(&stage, "Ada").await;
        Self {
            checking: by_mask(&item, "0000").account_id.clone(),
            stage,
            desk,
        }
    }

    fn debit(&self, id: &str) -> EvaluateRequest {
        EvaluateRequest {
            client_transaction_id: Some(id.to_owned()),
            ..EvaluateRequest::new(&self.checking, "5")
        }
    }

    fn begin(&self, id: &str) -> tokio::task::JoinHandle<Result<EvaluationView, Problem>> {
        let request = self.debit(id);
        self.desk.begin(|desk| async move {
            features(&desk)
                .evaluations
                .evaluate_by_hand(request)
                .await
                .map_err(Problem::from)
        })
    }

    async fn ask(&self, id: &str) -> EvaluationView {
        self.begin(id).await.unwrap().unwrap()
    }

    async fn again(&self, id: &str) -> EvaluationView {
        let id = id.to_owned();
        self.desk
            .run(|desk| async move {
                features(&desk)
                    .evaluations
                    .evaluate_again(&id)
                    .await
                    .unwrap()
            })
            .await
    }

    async fn settle(&self, id: &str) -> Result<Settled, Problem> {
        let id = id.to_owned();
        self.desk
            .run(|desk| async move {
                features(&desk)
                    .evaluations
                    .settle(&id)
                    .await
                    .map_err(Problem::from)
            })
            .await
    }

    async fn cancel(&self, id: &str) -> Result<(), Problem> {
        let id = id.to_owned();
        self.desk
            .run(|desk| async move {
                features(&desk)
                    .evaluations
                    .cancel(&id)
                    .await
                    .map_err(Problem::from)
            })
            .await
    }

    async fn that(&self, id: &str, what: impl Fn(&EvaluationView) -> bool) -> EvaluationView {
        let id = id.to_owned();
        let read = move |desk: Desk| {
            let id = id.clone();
            async move { features(&desk).evaluations.get(&id).await.unwrap() }
        };
        self.desk.until(read, what).await
    }

    async fn settled(&self, id: &str) -> EvaluationView {
        self.that(id, |view| view.settled.is_some()).await
    }

    /// Evaluations billed today, and those that may be.
    async fn billed(&self) -> (u32, u32) {
        let today = self
            .desk
            .run(|desk| async move { features(&desk).balances.billing().await.unwrap().today })
            .await;
        (today.evaluations, today.may_be_billed)
    }

    async fn reopen(self) -> Self {
        self.desk.kill().await;
        let desk = self.stage.desk().await;
        Self { desk, ..self }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_lost_is_found_out_and_never_asked_for_again() {
    let scene = Scene::set().await;
    scene.stage.fault(EVALUATE, Fault::LostAfter);
    let lost = scene.ask("lost").await;
    assert_eq!(lost.state, EvaluationState::Unknown);
    let found = scene.settled("lost").await;
    assert_eq!(found.state, EvaluationState::Unknown);
    assert_eq!(found.settled, Some(Settled::AskedAnswerLost));
    assert!(found.told_not_initiated);
    assert!(found.problem.unwrap().message.contains("charged"));
    assert_eq!(scene.billed().await, (1, 0));
    let sent = scene.stage.calls(DECISION);
    assert_eq!(
        sent[0].body,
        json!({"client_transaction_id": "lost", "initiated": false})
    );
    assert_eq!(scene.stage.calls(EVALUATE).len(), 1);

    // What is known is not asked for again.
    assert_eq!(scene.settle("lost").await, Ok(Settled::AskedAnswerLost));
    assert_eq!(scene.stage.calls(DECISION).len(), 1);

    // Asked again, it costs a second time, and Plaid still has it as not initiated.
    scene.stage.mend(EVALUATE);
    let answered = scene.again("lost").await;
    assert_eq!(answered.state, EvaluationState::Answered);
    assert_eq!(answered.settled, None);
    assert!(answered.told_not_initiated);
    assert_eq!(scene.billed().await, (2, 0));
    let early = scene.settle("lost").await.unwrap_err();
    assert_eq!(early.field.as_deref(), Some("clientTransactionId"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_never_arrived_may_be_asked_again_and_costs_once() {
    let scene = Scene::set().await;
    scene.stage.fault(EVALUATE, Fault::Cut);
    let unknown = scene.ask("cut").await;
    assert_eq!(unknown.state, EvaluationState::Unknown);
    let found = scene.settled("cut").await;
    assert_eq!(found.state, EvaluationState::Failed);
    assert_eq!(found.settled, Some(Settled::NeverAsked));
    assert!(!found.told_not_initiated);
    assert_eq!(scene.billed().await, (0, 0));
    scene.stage.mend(EVALUATE);
    assert_eq!(scene.again("cut").await.state, EvaluationState::Answered);
    assert_eq!(scene.billed().await, (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_found_out_stays_unknown_until_it_can() {
    let scene = Scene::set().await;
    scene.stage.fault(DECISION, Fault::Cut);
    scene.stage.fault(EVALUATE, Fault::LostAfter);
    scene.ask("lost").await;
    let problem = scene.settle("lost").await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Network);
    let view = scene.that("lost", |_| true).await;
    assert_eq!((view.state, view.settled), (EvaluationState::Unknown, None));
    assert_eq!(scene.billed().await, (0, 1));
    scene.stage.mend(DECISION);
    assert_eq!(scene.settle("lost").await, Ok(Settled::AskedAnswerLost));
    let unasked = scene.settle("no-such-evaluation").await.unwrap_err();
    assert_eq!(unasked.kind, ProblemKind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_kill_left_unknown_is_found_out_at_the_next_start() {
    let scene = Scene::set().await;
    scene.stage.fault(EVALUATE, Fault::HeldAfter);
    let asking = scene.begin("killed");
    scene.stage.answered(EVALUATE).await;
    let scene = scene.reopen().await;
    assert!(asking.await.is_err());
    let found = scene.settled("killed").await;
    assert_eq!(found.settled, Some(Settled::AskedAnswerLost));
    scene.stage.mend(EVALUATE);
    assert_eq!(scene.stage.calls(EVALUATE).len(), 1);
    assert_eq!(scene.billed().await, (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_before_it_is_sent_nothing_is_asked() {
    let mut stage = Stage::set().await;
    stage.pace.settle_after = Duration::ZERO;
    let desk = stage.desk().await;
    let item = desk.link_for_balances(&stage, "Ada").await;
    let scene = Scene {
        checking: by_mask(&item, "0000").account_id.clone(),
        stage,
        desk,
    };
    scene.stage.fault(PREPARE, Fault::HeldBefore);
    let asking = scene.begin("early");
    scene.stage.called(PREPARE, 1).await;
    let running = scene
        .desk
        .run(|desk| async move { features(&desk).evaluations.running().await.unwrap() })
        .await;
    assert_eq!(running[0].step, AskingStep::OptingIn);
    assert_eq!(running[0].evaluation.client_transaction_id, "early");
    scene.cancel("early").await.unwrap();
    let cancelled = asking.await.unwrap().unwrap();
    assert_eq!(cancelled.state, EvaluationState::Failed);
    assert_eq!(cancelled.problem.unwrap().kind, ProblemKind::Cancelled);
    assert!(scene.stage.calls(EVALUATE).is_empty());
    assert_eq!(scene.billed().await, (0, 0));
    let over = scene.cancel("early").await.unwrap_err();
    assert_eq!(over.kind, ProblemKind::NotFound);
    scene.stage.mend(PREPARE);
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_after_it_was_sent_it_is_unknown_and_found_out() {
    let scene = Scene::set().await;
    scene.stage.fault(EVALUATE, Fault::HeldAfter);
    let asking = scene.begin("late");
    scene.stage.answered(EVALUATE).await;
    let running = scene
        .desk
        .run(|desk| async move { features(&desk).evaluations.running().await.unwrap() })
        .await;
    assert_eq!(running[0].step, AskingStep::Asking);
    scene.cancel("late").await.unwrap();
    let cancelled = asking.await.unwrap().unwrap();
    assert_eq!(cancelled.state, EvaluationState::Unknown);
    assert_eq!(cancelled.problem.unwrap().kind, ProblemKind::Cancelled);
    let found = scene.settled("late").await;
    assert_eq!(found.settled, Some(Settled::AskedAnswerLost));
    assert_eq!(scene.billed().await, (1, 0));
    scene.stage.mend(EVALUATE);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_found_out_while_plaid_may_still_be_at_it() {
    let scene = Scene::settling_after(Duration::from_secs(2)).await;
    scene.stage.fault(EVALUATE, Fault::Cut);
    scene.ask("fresh").await;
    let settling = scene.desk.begin(|desk| async move {
        features(&desk)
            .evaluations
            .settle("fresh")
            .await
            .map_err(Problem::from)
    });
    assert!(scene.stage.calls(DECISION).is_empty());
    // Asked again meanwhile, by the user's act, it is left alone.
    scene.stage.mend(EVALUATE);
    scene.again("fresh").await;
    let settled = settling.await.unwrap().unwrap_err();
    assert_eq!(settled.field.as_deref(), Some("clientTransactionId"));
    assert!(scene.stage.calls(DECISION).is_empty());
    // A decision is recorded and delivered as of any other.
    let decision = DecisionInput {
        client_transaction_id: "fresh".to_owned(),
        initiated: true,
        days_funds_on_hold: None,
        decision_outcome: None,
        payment_method: None,
        amount_instantly_available: None,
    };
    scene
        .desk
        .run(|desk| async move {
            features(&desk)
                .reports
                .record_decision(decision)
                .await
                .unwrap()
        })
        .await;
    scene.stage.called(DECISION, 1).await;
}
