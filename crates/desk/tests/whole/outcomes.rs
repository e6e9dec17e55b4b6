//! What became of evaluations, from the question at the bank to the numbers and the rows behind them.

use crate::features;
use desk::{
    activity::view::{ActivityFilter, ActivityRequest, ActivityRow, DecidedFilter, ReturnedFilter},
    evaluations::view::{
        DecisionInput, EvaluateRequest, EvaluationState, EvaluationView, ReturnInput,
    },
    outcomes::view::{OutcomesRange, OutcomesView, Rate},
    problem::Problem,
};

use crate::bank::{Fault, Running, Stage, by_mask};

const EVALUATE: &str = "/signal/evaluate";

pub struct Scene {
    pub stage: Stage,
    pub desk: Running,
    checking: String,
}

impl Scene {
    pub async fn set() -> Self {
        let stage = Stage::set().await;
        let desk = stage.desk().await;
        let item = desk.link(&stage, "Åsa Lovelace").await;
        Self {
            checking: by_mask(&item, "0000").account_id.clone(),
            stage,
            desk,
        }
    }

    pub async fn evaluate(&self, amount: &str, purpose: Option<&str>) -> EvaluationView {
        let request = EvaluateRequest {
            purpose: purpose.map(str::to_owned),
            ..EvaluateRequest::new(&self.checking, amount)
        };
        self.desk
            .run(|desk| async move { features(&desk).evaluations.evaluate(request).await.unwrap() })
            .await
    }

    pub async fn decide(&self, id: &str, initiated: bool) {
        let decision = DecisionInput {
            client_transaction_id: id.to_owned(),
            initiated,
            days_funds_on_hold: None,
            decision_outcome: None,
            payment_method: None,
            amount_instantly_available: None,
        };
        self.desk
            .run(|desk| async move {
                features(&desk)
                    .reports
                    .record_decision(decision)
                    .await
                    .map(drop)
                    .unwrap()
            })
            .await;
    }

    pub async fn give_back(&self, id: &str, code: &str) {
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
                    .map(drop)
                    .unwrap()
            })
            .await;
    }

    async fn outcomes(&self) -> OutcomesView {
        self.desk
            .run(|desk| async move {
                features(&desk)
                    .outcomes
                    .view(OutcomesRange::All)
                    .await
                    .unwrap()
            })
            .await
    }

    async fn rows(&self, filter: ActivityFilter) -> Vec<ActivityRow> {
        let request = ActivityRequest {
            filter,
            after: None,
            limit: 100,
        };
        self.desk
            .run(|desk| async move { features(&desk).activity.page(request).await.unwrap().rows })
            .await
    }

    async fn found(&self, search: &str) -> usize {
        let filter = ActivityFilter {
            search: search.to_owned(),
            ..ActivityFilter::default()
        };
        self.rows(filter).await.len()
    }
}

fn rate(part: u32, whole: u32, percent: &str) -> Rate {
    Rate {
        part,
        whole,
        percent: Some(percent.to_owned()),
        too_few: true,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_decided_and_returned_is_counted_and_found() {
    let scene = Scene::set().await;
    let followed = scene.evaluate("12.50", Some("Rent of house 9")).await;
    let not_followed = scene.evaluate("10", None).await;
    let rerouted = scene.evaluate("99999.99", None).await;
    scene
        .decide(&not_followed.client_transaction_id, false)
        .await;
    scene
        .give_back(&followed.client_transaction_id, "R01")
        .await;
    scene.stage.fault(
        EVALUATE,
        Fault::Says(400, "INVALID_REQUEST", "INVALID_FIELD"),
    );
    let failed = scene.evaluate("7", None).await;
    assert_eq!(failed.state, EvaluationState::Failed);

    let seen = scene.outcomes().await;
    let total = &seen.total;
    assert_eq!(
        (
            total.evaluations,
            total.accepted,
            total.rerouted,
            total.unanswered
        ),
        (4, 2, 1, 1)
    );
    assert_eq!((total.initiated, total.returned), (1, 1));
    assert_eq!(total.initiated_amount, "12.50");
    assert_eq!(total.return_rate, rate(1, 1, "100.00"));
    assert_eq!(seen.months.len(), 1);
    assert_eq!(seen.codes[0].code, "R01");
    assert_eq!(seen.results[0].return_rate, rate(1, 1, "100.00"));
    assert_eq!(seen.nacha.initiated, 1);

    let debited = ActivityFilter {
        decided: Some(DecidedFilter::Debited),
        returned: Some(ReturnedFilter::Returned),
        ..ActivityFilter::default()
    };
    let rows = scene.rows(debited).await;
    assert_eq!(rows.len(), 1);
    assert_eq!(
        rows[0].client_transaction_id,
        followed.client_transaction_id
    );
    assert_eq!(rows[0].reference.as_deref(), Some("Rent of house 9"));
    let returned = rows[0].returned.as_ref().unwrap();
    assert_eq!(
        (returned.return_code.as_str(), returned.meaning.as_str()),
        ("R01", "Insufficient funds")
    );

    for (search, expected) in [
        ("åsa", 4),
        ("ÅSA LOVELACE 0000", 4),
        ("platypus", 4),
        ("house rent", 1),
        ("$99,999.99", 1),
        ("r01", 1),
        (rerouted.client_transaction_id.as_str(), 1),
        ("nobody", 0),
    ] {
        assert_eq!(scene.found(search).await, expected, "{search}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_each_other_and_what_comes_meanwhile_moves_none() {
    let scene = Scene::set().await;
    let mut asked = Vec::new();
    for number in 1..=7 {
        let amount = format!("{number}");
        asked.push(scene.evaluate(&amount, None).await.client_transaction_id);
    }
    asked.reverse();
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let request = ActivityRequest {
            filter: ActivityFilter::default(),
            after: after.clone(),
            limit: 3,
        };
        let page = scene
            .desk
            .run(|desk| async move { features(&desk).activity.page(request).await.unwrap() })
            .await;
        assert_eq!(page.all.is_some(), after.is_none());
        seen.extend(page.rows.into_iter().map(|row| row.client_transaction_id));
        // A newer one stands before the first page.
        if seen.len() == 3 {
            scene.evaluate("50", None).await;
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, asked);

    let wrong = ActivityRequest {
        filter: ActivityFilter {
            from: Some("soon".to_owned()),
            ..ActivityFilter::default()
        },
        after: None,
        limit: 3,
    };
    let problem = scene
        .desk
        .run(|desk| async move {
            features(&desk)
                .activity
                .page(wrong)
                .await
                .map_err(Problem::from)
        })
        .await
        .unwrap_err();
    assert_eq!(problem.field.as_deref(), Some("from"));
}
