//! Evaluations as they were: what crossed the wire, what was recorded, and when; without secrets, and unchanged.

use crate::features;
use desk::{
    audit::view::{AuditMoment, AuditView},
    export::view::{ExportFormat, ExportWhat},
    problem::Problem,
};
use serde_json::{Value, json};

use crate::{
    bank::{Fault, bytes_on_disk},
    outcomes::Scene,
};

const EVALUATE: &str = "/signal/evaluate";

impl Scene {
    async fn audit(&self, id: &str) -> AuditView {
        let ids = vec![id.to_owned()];
        let mut audits = self
            .desk
            .run(|desk| async move { features(&desk).audit.view(ids).await.unwrap() })
            .await;
        audits.pop().unwrap()
    }
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_and_answered_is_shown_as_it_was() {
    let scene = Scene::set().await;
    let answer = r#"{"request_id":"as-it-was","ruleset":{"ruleset_key":"default","result":"ACCEPT","brand_new":[1,null]},
        "scores":null,"core_attributes":{"available_balance":100.10,"unauthorized_transactions_count_7d":null},
        "warnings":[{"warning_type":"ITEM_ERROR","warning_code":"ITEM_LOGIN_REQUIRED","warning_message":"again"}]}"#;
    scene.stage.fault(EVALUATE, Fault::Answers(answer));
    let evaluation = scene.evaluate("12.50", Some("Rent")).await;
    let id = &evaluation.client_transaction_id;
    let audit = scene.audit(id).await;
    let [exchange] = &audit.exchanges[..] else {
        panic!("{:?}", audit.exchanges);
    };
    let kept = exchange.answer.as_deref().unwrap();
    assert_eq!(parsed(kept), parsed(answer));
    assert!(kept.contains("100.10"), "digit for digit");
    assert_eq!(
        (exchange.http_status, exchange.request_id.as_deref()),
        (Some(200), Some("as-it-was"))
    );
    assert_eq!(
        (exchange.environment.as_str(), exchange.app_version.as_str()),
        ("demo", "0.0.0")
    );

    // The fields that were sent, and no others; the token is named and left out.
    let mut sent = scene.stage.calls(EVALUATE)[0].body.clone();
    let token = sent["access_token"].as_str().unwrap().to_owned();
    sent["access_token"] = json!("[left out]");
    assert_eq!(parsed(&exchange.request), sent);
    assert_eq!(sent["purpose"], Value::Null, "the purpose is never sent");
    assert!(!format!("{audit:?}").contains(&token));
    for (path, bytes) in bytes_on_disk(scene.stage.dir.path()) {
        let found = memchr::memmem::find(&bytes, token.as_bytes());
        assert!(found.is_none(), "{}", path.display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_time_it_was_asked_and_every_report_is_kept_in_order() {
    let scene = Scene::set().await;
    scene.stage.fault(
        EVALUATE,
        Fault::Says(500, "API_ERROR", "INTERNAL_SERVER_ERROR"),
    );
    let first = scene.evaluate("5", None).await;
    let id = first.client_transaction_id.clone();
    scene.stage.mend(EVALUATE);
    let again = id.clone();
    scene
        .desk
        .run(|desk| async move {
            features(&desk)
                .evaluations
                .evaluate_again(&again)
                .await
                .unwrap()
        })
        .await;
    scene.decide(&id, false).await;
    scene.decide(&id, true).await;
    scene.give_back(&id, "R10").await;
    let read = {
        let id = id.clone();
        move |desk: desk::Desk| {
            let ids = vec![id.clone()];
            async move {
                features(&desk)
                    .audit
                    .view(ids)
                    .await
                    .unwrap()
                    .pop()
                    .unwrap()
            }
        }
    };
    let delivered = |audit: &AuditView| {
        audit
            .events
            .iter()
            .any(|event| event.what == AuditMoment::ReturnDelivered)
    };
    let audit = scene.desk.until(read, delivered).await;
    let refused = parsed(audit.exchanges[0].answer.as_deref().unwrap());
    assert_eq!(refused["error_code"], json!("INTERNAL_SERVER_ERROR"));
    assert_eq!(audit.exchanges[0].http_status, Some(500));
    assert_eq!(audit.exchanges.len(), 2);
    assert_eq!(audit.reports.decisions.len(), 2);
    assert!(audit.reports.decisions[0].initiated && !audit.reports.decisions[1].initiated);
    let what: Vec<AuditMoment> = audit.events.iter().map(|event| event.what).collect();
    assert_eq!(
        what[..5],
        [
            AuditMoment::Written,
            AuditMoment::Asked,
            AuditMoment::NoAnswer,
            AuditMoment::Asked,
            AuditMoment::Answered,
        ]
    );
    let times: Vec<jiff::Timestamp> = audit
        .events
        .iter()
        .map(|event| event.at.parse().unwrap())
        .collect();
    assert!(times.is_sorted());
    let with_ids = audit
        .events
        .iter()
        .filter(|event| event.request_id.is_some());
    assert!(with_ids.count() >= 4, "{:?}", audit.events);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_selection_and_all_that_match_are_exported() {
    let scene = Scene::set().await;
    let one = scene
        .evaluate("12.50", Some("=1+1"))
        .await
        .client_transaction_id;
    let other = scene.evaluate("99999.99", None).await.client_transaction_id;
    scene.decide(&one, true).await;
    let to = scene.stage.dir.path().join("one.json");
    let (what, path) = (
        ExportWhat::Evaluations {
            client_transaction_ids: vec![one.clone()],
        },
        to.clone(),
    );
    let done = scene
        .desk
        .run(|desk| async move {
            features(&desk)
                .exports
                .export(what, ExportFormat::Json, path)
                .await
                .unwrap()
        })
        .await;
    assert_eq!(done.rows, 1);
    let rows = parsed(&std::fs::read_to_string(&to).unwrap());
    assert_eq!(rows[0]["client_transaction_id"], json!(one));
    assert_eq!(rows[0]["amount"], json!("12.50"));
    assert_eq!(rows[0]["decisions"][0]["initiated"], json!(true));
    let request = rows[0]["exchanges"][0]["request"].as_str().unwrap();
    assert_eq!(parsed(request)["amount"], json!(12.5));

    let to = scene.stage.dir.path().join("all.csv");
    let (what, path) = (
        ExportWhat::EvaluationsMatching {
            filter: Default::default(),
        },
        to.clone(),
    );
    scene
        .desk
        .run(|desk| async move {
            features(&desk)
                .exports
                .export(what, ExportFormat::Csv, path)
                .await
                .unwrap()
        })
        .await;
    let mut table = csv::Reader::from_path(&to).unwrap();
    let head = table.headers().unwrap().clone();
    let column = |name: &str| head.iter().position(|of| of == name).unwrap();
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    let ids: Vec<&str> = rows
        .iter()
        .map(|row| &row[column("client_transaction_id")])
        .collect();
    assert_eq!(ids, [other.as_str(), one.as_str()], "the newest first");
    assert_eq!(&rows[1][column("purpose")], "'=1+1", "no formula");
    assert_eq!(&rows[0][column("result")], "reroute");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_said() {
    let scene = Scene::set().await;
    let ask = |ids: Vec<String>| {
        scene
            .desk
            .run(|desk| async move { features(&desk).audit.view(ids).await.map_err(Problem::from) })
    };
    assert!(ask(vec!["no-such".to_owned()]).await.is_err());
    let many = ask(vec!["x".to_owned(); 1_001]).await.unwrap_err();
    assert_eq!(many.field.as_deref(), Some("clientTransactionIds"));
}
