//! Decisions due and reports on their way: whatever stands in the way, they come to Plaid in order, or the user is told.

use crate::features;
use std::time::Duration;

use desk::{
    Desk, DeskError,
    decisions::view::{DeliveriesView, DueQuery, DueReason, RecordedReport, ReportKind},
    environment::Environment,
    evaluations::view::{
        DecisionInput, DeliveryView, EvaluateRequest, EvaluationResult, EvaluationView, ReturnInput,
    },
    export::view::{ExportFormat, ExportWhat, ReportScope},
    problem::{Problem, ProblemKind},
};
use serde_json::{Value, json};

use crate::bank::{Fault, Running, Stage, by_mask};

const DECISION: &str = "/signal/decision/report";
const RETURN: &str = "/signal/return/report";

/// By the usual rules of the stand-in, whose account has 100 available and 110 in all.
const ACCEPTED: &str = "5";
const REVIEWED: &str = "60";
const REROUTED: &str = "9999";

const YEARS: Duration = Duration::from_secs(10 * 365 * 24 * 3_600);

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

    /// Evaluates a debit under this name, and answers its name.
    async fn evaluated(&self, name: &str, amount: &str, expected: EvaluationResult) -> String {
        let request = EvaluateRequest {
            client_transaction_id: Some(name.to_owned()),
            ..EvaluateRequest::new(&self.checking, amount)
        };
        let evaluation = self
            .desk
            .run(|desk| async move { features(&desk).evaluations.evaluate(request).await.unwrap() })
            .await;
        assert_eq!(evaluation.answer.unwrap().result, Some(expected));
        name.to_owned()
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

    async fn give_back(&self, name: &str, code: &str) {
        let returned = ReturnInput {
            client_transaction_id: name.to_owned(),
            return_code: code.to_owned(),
            returned_on: None,
        };
        self.desk
            .run(|desk| async move {
                features(&desk)
                    .reports
                    .record_return(returned)
                    .await
                    .unwrap()
            })
            .await;
    }

    async fn due(&self) -> Vec<(String, DueReason)> {
        let query = DueQuery {
            person: None,
            most: 100,
        };
        let (view, count) = self
            .desk
            .run(|desk| async move {
                let view = features(&desk).reports.due(query).await.unwrap();
                (view, features(&desk).reports.due_count().await.unwrap())
            })
            .await;
        assert_eq!((view.total, view.rows.len()), (count, count as usize));
        view.rows
            .into_iter()
            .map(|row| (row.client_transaction_id, row.reason))
            .collect()
    }

    /// Waits until the outbox is as it must be.
    async fn outbox(&self, what: impl Fn(&DeliveriesView) -> bool) -> DeliveriesView {
        let read = |desk: Desk| async move { features(&desk).reports.deliveries().await.unwrap() };
        self.desk.until(read, what).await
    }

    async fn try_now(&self) {
        self.desk
            .run(|desk| async move { features(&desk).reports.deliver_now().await.unwrap() })
            .await;
    }

    async fn reopen(self) -> Self {
        self.desk.kill().await;
        let desk = self.stage.desk().await;
        Self { desk, ..self }
    }

    /// What was sent of one evaluation: days of decisions and codes of returns, in the order of sending.
    fn sent(&self, name: &str) -> Vec<Value> {
        let calls = self.stage.all_calls();
        calls
            .into_iter()
            .filter(|call| call.body["client_transaction_id"] == json!(name))
            .filter_map(|call| match call.path.as_str() {
                DECISION => Some(call.body["days_funds_on_hold"].clone()),
                RETURN => Some(call.body["return_code"].clone()),
                _ => None,
            })
            .collect()
    }

    async fn export(&self, reports: ReportKind, scope: ReportScope) -> Result<String, Problem> {
        let path = self.stage.dir.path().join("export.csv");
        let (what, to) = (ExportWhat::Reports { reports, scope }, path.clone());
        self.desk
            .run(|desk| async move {
                features(&desk)
                    .exports
                    .export(what, ExportFormat::Csv, to)
                    .await
                    .map_err(Problem::from)
            })
            .await?;
        Ok(std::fs::read_to_string(path).unwrap())
    }
}

fn decision(name: &str, initiated: bool, days: &str) -> DecisionInput {
    DecisionInput {
        client_transaction_id: name.to_owned(),
        initiated,
        days_funds_on_hold: Some(days.to_owned()),
        decision_outcome: None,
        payment_method: None,
        amount_instantly_available: None,
    }
}

fn all_delivered(view: &DeliveriesView) -> bool {
    view.waiting_count == 0 && view.refused_count == 0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_is_due_until_it_is_recorded_and_for_what_was_done_against_the_result() {
    let scene = Scene::set().await;
    let review = scene
        .evaluated("review", REVIEWED, EvaluationResult::Review)
        .await;
    let accept = scene
        .evaluated("accept", ACCEPTED, EvaluationResult::Accept)
        .await;
    let reroute = scene
        .evaluated("reroute", REROUTED, EvaluationResult::Reroute)
        .await;
    assert_eq!(scene.due().await, [(review.clone(), DueReason::Review)]);

    for (name, initiated) in [(accept.clone(), false), (reroute.clone(), true)] {
        scene
            .desk
            .run(|desk| async move {
                features(&desk)
                    .reports
                    .mark_debit(&name, initiated)
                    .await
                    .unwrap()
            })
            .await;
    }
    let scene = scene.reopen().await;
    assert_eq!(
        scene.due().await,
        [
            (review.clone(), DueReason::Review),
            (accept.clone(), DueReason::NotInitiated),
            (reroute.clone(), DueReason::Initiated),
        ],
        "the one that is due longest first"
    );

    let answers = scene
        .desk
        .run(|desk| async move {
            let decisions = vec![
                decision("review", true, "3"),
                decision("accept", false, "1.5"),
                decision("nobody", false, "1"),
                decision("accept", false, "0"),
                decision("reroute", true, "0"),
            ];
            features(&desk)
                .reports
                .record_decisions(decisions)
                .await
                .unwrap()
        })
        .await;
    assert!(answers[0].is_ok() && answers[3].is_ok() && answers[4].is_ok());
    assert!(matches!(
        answers[1],
        Err(DeskError::InvalidInput {
            field: "daysFundsOnHold",
            ..
        })
    ));
    assert!(matches!(answers[2], Err(DeskError::NotFound(_))));
    assert_eq!(scene.due().await, []);
    scene.outbox(all_delivered).await;
    assert_eq!(scene.sent("accept"), [json!(0)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_stands_in_the_way_reports_arrive_in_order_after_a_kill() {
    let scene = Scene::set().await;
    scene.stage.fault(DECISION, Fault::Cut);
    scene.stage.fault(RETURN, Fault::Cut);
    let names: Vec<String> = (0..12).map(|one| format!("debit-{one}")).collect();
    for name in &names {
        scene
            .evaluated(name, REVIEWED, EvaluationResult::Review)
            .await;
    }
    let many: Vec<_> = names.iter().map(|name| decision(name, true, "1")).collect();
    scene
        .desk
        .run(|desk| async move {
            let written = features(&desk)
                .reports
                .record_decisions(many)
                .await
                .unwrap();
            assert!(written.iter().all(Result::is_ok));
        })
        .await;
    scene.stage.called(DECISION, 1).await;
    let tried = |view: &DeliveriesView| {
        view.waiting.iter().any(|row| match &row.report {
            RecordedReport::Decision { decision } => matches!(
                &decision.delivery,
                DeliveryView::Waiting {
                    problem: Some(_),
                    attempts: 1..,
                    ..
                }
            ),
            RecordedReport::Return { .. } => false,
        }) && view.waiting.iter().all(|row| !row.sending)
    };
    scene.outbox(tried).await;
    assert!(
        scene.stage.calls(DECISION).len() < names.len(),
        "one that does not get through ends the round"
    );
    for name in &names {
        scene.give_back(name, "R01").await;
        scene.decide(decision(name, true, "2")).await.unwrap();
    }
    let scene = scene.reopen().await;
    scene.outbox(|view| view.waiting_count == 24).await;
    scene.stage.mend(DECISION);
    scene.stage.mend(RETURN);
    scene.try_now().await;
    scene.outbox(all_delivered).await;
    for name in &names {
        let sent = scene.sent(name);
        // Before the kill and after it the later decision may have been tried in vain.
        let end = &sent[sent.len() - 2..];
        assert_eq!(end, [json!(2), json!("R01")], "{name}: {sent:?}");
        assert!(
            sent.iter().position(|one| *one == json!("R01")) == Some(sent.len() - 1),
            "the return came once, after the decision: {sent:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_report_is_shown_mended_or_left_out() {
    let scene = Scene::set().await;
    for name in ["one", "two"] {
        scene
            .evaluated(name, REVIEWED, EvaluationResult::Review)
            .await;
    }
    let says = Fault::Says(400, "INVALID_REQUEST", "INVALID_FIELD");
    scene.stage.fault(DECISION, says);
    scene.decide(decision("one", true, "1")).await.unwrap();
    scene.decide(decision("two", true, "1")).await.unwrap();
    let view = scene.outbox(|view| view.refused_count == 2).await;
    assert_eq!(
        view.refused[0].client_transaction_id, "two",
        "the last first"
    );
    let RecordedReport::Decision { decision: refused } = &view.refused[1].report else {
        panic!("{view:?}");
    };
    let DeliveryView::Refused { problem } = &refused.delivery else {
        panic!("{refused:?}");
    };
    assert_eq!(problem.kind, ProblemKind::Plaid);
    assert_eq!(
        scene.due().await,
        [],
        "it is decided; its delivery is another matter"
    );

    scene.stage.mend(DECISION);
    scene.decide(decision("one", true, "2")).await.unwrap();
    let left_out = view.refused[0].delivery_id;
    scene
        .desk
        .run(|desk| async move {
            features(&desk)
                .reports
                .skip_delivery(left_out)
                .await
                .unwrap();
            let again = features(&desk).reports.skip_delivery(left_out).await;
            assert!(matches!(again, Err(DeskError::NotFound(_))));
        })
        .await;
    scene.outbox(all_delivered).await;
    let scene = scene.reopen().await;
    scene.outbox(all_delivered).await;
    assert_eq!(scene.sent("one"), [json!(1), json!(2)]);
    assert_eq!(scene.sent("two"), [json!(1)], "it is not sent again");
    let history = |name: &'static str| {
        scene
            .desk
            .run(move |desk| async move { features(&desk).reports.history(name).await.unwrap() })
    };
    let one = history("one").await.decisions;
    assert!(matches!(one[0].delivery, DeliveryView::Delivered { .. }));
    assert!(matches!(
        one[1].delivery,
        DeliveryView::Superseded { problem: Some(_) }
    ));
    let two = history("two").await.decisions;
    assert!(matches!(two[0].delivery, DeliveryView::LeftOut { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_the_reports_fault_is_tried_again() {
    for says in [
        Fault::Says(429, "RATE_LIMIT_EXCEEDED", "RATE_LIMIT"),
        Fault::Says(400, "INVALID_INPUT", "INVALID_API_KEYS"),
        Fault::Says(401, "INVALID_INPUT", "UNAUTHORIZED"),
        Fault::Says(400, "INVALID_INPUT", "INVALID_PRODUCT"),
        Fault::Says(500, "API_ERROR", "INTERNAL_SERVER_ERROR"),
        Fault::LostAfter,
    ] {
        let scene = Scene::set().await;
        scene
            .evaluated("one", REVIEWED, EvaluationResult::Review)
            .await;
        scene.stage.fault(DECISION, says);
        scene.decide(decision("one", true, "1")).await.unwrap();
        let tried = |view: &DeliveriesView| {
            view.waiting.iter().any(|row| match &row.report {
                RecordedReport::Decision { decision } => {
                    matches!(
                        &decision.delivery,
                        DeliveryView::Waiting { attempts: 1, .. }
                    )
                }
                RecordedReport::Return { .. } => false,
            })
        };
        let view = scene.outbox(tried).await;
        assert_eq!(view.refused_count, 0, "{says:?}");
        scene.stage.mend(DECISION);
        scene.try_now().await;
        scene.outbox(all_delivered).await;
        assert_eq!(scene.sent("one").len(), 2, "{says:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_of_a_rerouted_debit_waits_for_its_decision() {
    let scene = Scene::set().await;
    scene
        .evaluated("one", REROUTED, EvaluationResult::Reroute)
        .await;
    scene.give_back("one", "R01").await;
    // The stand-in has it as never made, as Plaid does.
    let view = scene.outbox(|view| view.refused_count == 1).await;
    assert_eq!(view.waiting_count, 0);
    assert_eq!(scene.due().await, [("one".to_owned(), DueReason::Returned)]);
    scene.decide(decision("one", true, "1")).await.unwrap();
    scene.outbox(all_delivered).await;
    assert_eq!(scene.due().await, []);
    assert_eq!(scene.sent("one"), [json!("R01"), json!(1), json!("R01")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_back_does_not_make_reports_wait_for_years() {
    let scene = Scene::set().await;
    for name in ["one", "two"] {
        scene
            .evaluated(name, REVIEWED, EvaluationResult::Review)
            .await;
    }
    scene.stage.later(YEARS);
    scene.stage.fault(DECISION, Fault::Cut);
    scene.decide(decision("one", true, "1")).await.unwrap();
    let postponed = |view: &DeliveriesView| {
        matches!(&view.waiting[0].report, RecordedReport::Decision { decision }
            if matches!(decision.delivery, DeliveryView::Waiting { attempts: 1, .. }))
    };
    scene.outbox(postponed).await;
    scene.stage.set_clock_back(YEARS);
    scene.stage.mend(DECISION);
    // A new one wakes the outbox; otherwise it looks at the clock once a minute.
    scene.decide(decision("two", true, "2")).await.unwrap();
    scene.outbox(all_delivered).await;
    assert_eq!(scene.sent("one"), [json!(1), json!(1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_being_sent_when_it_is_corrected_is_kept_as_delivered() {
    let scene = Scene::set().await;
    scene
        .evaluated("one", REVIEWED, EvaluationResult::Review)
        .await;
    scene.stage.fault(DECISION, Fault::HeldAfter);
    scene.decide(decision("one", true, "1")).await.unwrap();
    scene.stage.answered(DECISION).await;
    scene.outbox(|view| view.waiting[0].sending).await;
    scene.decide(decision("one", false, "2")).await.unwrap();
    assert_eq!(scene.sent("one"), [json!(1)], "one after the other");
    scene.stage.mend(DECISION);
    scene.outbox(all_delivered).await;
    assert_eq!(scene.sent("one"), [json!(1), json!(2)]);
    let history = scene
        .desk
        .run(|desk| async move { features(&desk).reports.history("one").await.unwrap() })
        .await;
    assert_eq!(history.decisions.len(), 2);
    assert!(
        history
            .decisions
            .iter()
            .all(|one| matches!(one.delivery, DeliveryView::Delivered { .. }))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_the_environment_loses_nothing_that_is_being_sent() {
    let scene = Scene::set().await;
    scene
        .evaluated("one", REVIEWED, EvaluationResult::Review)
        .await;
    scene.stage.fault(DECISION, Fault::HeldBefore);
    scene.decide(decision("one", true, "1")).await.unwrap();
    scene.stage.called(DECISION, 1).await;
    scene
        .desk
        .run(|desk| async move {
            desk.close_environment().await.unwrap();
            desk.open_environment(Environment::Demo).await.unwrap();
        })
        .await;
    scene.stage.mend(DECISION);
    scene.outbox(all_delivered).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_two_files_for_plaids_dashboard_hold_what_plaid_does_not_have() {
    let scene = Scene::set().await;
    for (name, amount, result) in [
        ("=one", REVIEWED, EvaluationResult::Review),
        ("two", REVIEWED, EvaluationResult::Review),
        ("three", ACCEPTED, EvaluationResult::Accept),
    ] {
        scene.evaluated(name, amount, result).await;
    }
    scene.stage.fault(DECISION, Fault::Cut);
    scene.stage.fault(RETURN, Fault::Cut);
    let first = DecisionInput {
        amount_instantly_available: Some("10.5".to_owned()),
        ..decision("=one", true, "3")
    };
    scene.decide(first).await.unwrap();
    scene.decide(decision("two", false, "")).await.unwrap();
    let today = scene
        .stage
        .now()
        .to_zoned_datetime(jiff::tz::TimeZone::system())
        .date();
    let returned = ReturnInput {
        client_transaction_id: "three".to_owned(),
        return_code: "R10".to_owned(),
        returned_on: Some(today.to_string()),
    };
    scene
        .desk
        .run(|desk| async move {
            features(&desk)
                .reports
                .record_return(returned)
                .await
                .unwrap()
        })
        .await;

    let undelivered = || ReportScope::Undelivered;
    let decisions = scene.export(ReportKind::Decisions, undelivered()).await;
    assert_eq!(
        decisions.unwrap(),
        "client_transaction_id,initiated,days_funds_on_hold,amount_instantly_available\r\n\
         =one,true,3,1050\r\ntwo,false,,\r\n"
    );
    let returns = scene.export(ReportKind::Returns, undelivered()).await;
    assert_eq!(
        returns.unwrap(),
        format!("client_transaction_id,return_code,returned_at\r\nthree,R10,{today}T00:00:00Z\r\n")
    );

    // What is recorded after the file was written is not in it.
    scene.decide(decision("two", true, "7")).await.unwrap();
    let view = scene.outbox(|view| view.files.len() == 2).await;
    let file = &view.files[1];
    assert_eq!(
        (file.kind, file.rows, file.open_rows),
        (ReportKind::Decisions, 2, 1)
    );
    let file_id = file.file_id;
    scene
        .desk
        .run(|desk| async move { features(&desk).reports.mark_filed(file_id).await.unwrap() })
        .await;
    let scene = scene.reopen().await;
    scene.stage.mend(DECISION);
    scene.stage.mend(RETURN);
    scene.try_now().await;
    let view = scene.outbox(all_delivered).await;
    assert!(view.files[1].filed_at.is_some());
    let filed = view
        .recent
        .iter()
        .find(|row| row.client_transaction_id == "=one");
    assert!(matches!(
        &filed.unwrap().report,
        RecordedReport::Decision { decision } if matches!(decision.delivery, DeliveryView::Filed { .. })
    ));
    let accepted = scene.stage.calls(DECISION);
    let last = accepted.last().unwrap();
    assert_eq!(last.body["client_transaction_id"], json!("two"));

    let days = |from: &str, to: &str| ReportScope::Recorded {
        from: from.to_owned(),
        to: to.to_owned(),
    };
    let today = today.to_string();
    let all = scene
        .export(ReportKind::Decisions, days(&today, &today))
        .await;
    assert_eq!(
        all.unwrap().lines().skip(1).collect::<Vec<_>>(),
        ["=one,true,3,1050", "two,true,7,"],
        "the last of each"
    );
    let none = scene.export(ReportKind::Decisions, days("2020-01-01", "2020-12-31"));
    assert_eq!(none.await.unwrap().lines().count(), 1);
    for (from, to, field) in [("soon", &*today, "from"), (&today, "2020-01-01", "to")] {
        let problem = scene.export(ReportKind::Returns, days(from, to)).await;
        assert_eq!(problem.unwrap_err().field.as_deref(), Some(field));
    }
}
