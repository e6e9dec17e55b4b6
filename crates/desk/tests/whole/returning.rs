//! Returns by file: read, held against the evaluations, chosen, recorded once, and brought to Plaid.

use crate::features;
use desk::{
    Desk,
    evaluations::view::{DecisionInput, DeliveryView, EvaluateRequest, EvaluationView},
    files::date::DateOrder,
    problem::Problem,
    returns::view::{
        ImportRow, ImportState, MappedBy, MatchReason, ReturnImportView, ReturnSource,
        ReturnsFilter, ReturnsList, ReturnsRequest, RowChoice, TableSource,
    },
};
use serde_json::json;

use crate::bank::{Fault, Running, Stage, by_mask};

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
        let item = desk.link(&stage, "Ada Lovelace").await;
        Self {
            checking: by_mask(&item, "0000").account_id.clone(),
            stage,
            desk,
        }
    }

    async fn evaluate(&self, id: &str, amount: &str) {
        let request = EvaluateRequest {
            client_transaction_id: Some(id.to_owned()),
            ..EvaluateRequest::new(&self.checking, amount)
        };
        self.desk
            .run(|desk| async move { features(&desk).evaluations.evaluate(request).await.unwrap() })
            .await;
    }

    async fn decide(&self, id: &str, initiated: bool) {
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
                    .unwrap()
            })
            .await;
    }

    async fn import(&self, name: &str, text: &str) -> Result<ReturnImportView, Problem> {
        let (name, bytes) = (name.to_owned(), text.as_bytes().to_vec());
        self.desk
            .run(|desk| async move {
                let read = features(&desk).returns.start_import(name, bytes).await;
                read.map_err(Problem::from)
            })
            .await
    }

    async fn rows(&self, view: &ReturnImportView) -> Vec<ImportRow> {
        let id = view.import_id.clone();
        self.desk
            .run(|desk| async move {
                let page = features(&desk).returns.import_rows(&id, None, 0, 100).await;
                page.unwrap().rows
            })
            .await
    }

    async fn choose(
        &self,
        view: &ReturnImportView,
        row: u32,
        choice: RowChoice,
    ) -> Result<ReturnImportView, Problem> {
        let id = view.import_id.clone();
        self.desk
            .run(|desk| async move {
                let chosen = features(&desk).returns.choose_debit(&id, row, &choice);
                chosen.map_err(Problem::from)
            })
            .await
    }

    async fn record(
        &self,
        view: &ReturnImportView,
    ) -> Result<desk::returns::view::ReturnsRecorded, Problem> {
        let id = view.import_id.clone();
        self.desk
            .run(|desk| async move {
                let recorded = features(&desk).returns.record_import(&id).await;
                recorded.map_err(Problem::from)
            })
            .await
    }

    async fn list(&self, search: &str, filter: ReturnsFilter) -> ReturnsList {
        let request = ReturnsRequest {
            search: search.to_owned(),
            filter,
            limit: 100,
        };
        self.desk
            .run(|desk| async move { features(&desk).returns.list(request).await.unwrap() })
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

    fn today(&self) -> String {
        let here = jiff::tz::TimeZone::system();
        here.to_datetime(self.stage.now()).date().to_string()
    }
}

fn debit(id: &str) -> RowChoice {
    RowChoice::Debit {
        client_transaction_id: id.to_owned(),
    }
}

fn table(view: &ReturnImportView) -> &TableSource {
    match &view.source {
        ReturnSource::Table(table) => table,
        other => panic!("{other:?}"),
    }
}

fn return_delivered(view: &EvaluationView) -> bool {
    matches!(
        view.returned.as_ref().map(|returned| &returned.delivery),
        Some(DeliveryView::Delivered { .. })
    )
}

fn return_refused(view: &EvaluationView) -> bool {
    matches!(
        view.returned.as_ref().map(|returned| &returned.delivery),
        Some(DeliveryView::Refused { .. })
    )
}

fn decision_delivered(view: &EvaluationView) -> bool {
    matches!(
        view.decision.as_ref().map(|decision| &decision.delivery),
        Some(DeliveryView::Delivered { .. })
    )
}

fn decision_refused(view: &EvaluationView) -> bool {
    matches!(
        view.decision.as_ref().map(|decision| &decision.delivery),
        Some(DeliveryView::Refused { .. })
    )
}

fn states(rows: &[ImportRow]) -> Vec<ImportState> {
    rows.iter().map(|row| row.state).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_matched_chosen_recorded_once_and_delivered() {
    use ImportState::{Already, Faulty, Open, Ready, Skipped, Unmatched};
    let scene = Scene::set().await;
    for (id, amount) in [("rent-1", "12.50"), ("rent-2", "20"), ("rent-3", "30")] {
        scene.evaluate(id, amount).await;
    }
    let today = scene.today();
    // A byte-order mark, semicolons, CRLF, quotes, a currency sign, a second row for the same debit, an unknown code.
    let text = format!(
        "\u{feff}Client Transaction ID;Return Code;Amount;Return Date;Name;Account Number\r\n\
         rent-1;R01;\"$12.50\";{today};\"Lovelace; Ada\";000123456780000\r\n\
         rent-1;R01;$12.50;{today};Ada Lovelace;000123456780000\r\n\
         other;R02 - Account closed;20.00;{today};Ada Lovelace;000123456780000\r\n\
         nothing;R03;77.00;{today};;\r\n\
         rent-3;R99;30;{today};;\r\n"
    );
    let view = scene.import("returns.csv", &text).await.unwrap();
    let source = table(&view);
    assert_eq!(source.mapped_by, MappedBy::Names);
    assert_eq!(source.missing, None);
    assert!(
        !format!("{source:?}").contains("123456780000"),
        "cut to its end"
    );
    let rows = scene.rows(&view).await;
    assert_eq!(states(&rows), [Ready, Skipped, Open, Unmatched, Faulty]);
    assert_eq!((rows[0].line, rows[2].line), (2, 4));
    assert!(rows[1].faults[0].message.contains("line 2"));
    assert_eq!(rows[4].faults[0].column.as_deref(), Some("Return Code"));
    assert_eq!(rows[2].suggested.as_deref(), Some("rent-2"));
    let reasons = &rows[2].candidates[0].reasons;
    for reason in [
        MatchReason::Amount,
        MatchReason::AccountEnding,
        MatchReason::Name,
    ] {
        assert!(reasons.contains(&reason), "{reasons:?}");
    }
    assert!(
        scene.stage.calls(RETURN).is_empty(),
        "nothing before the user says so"
    );

    let taken = scene.choose(&view, 2, debit("rent-1")).await.unwrap_err();
    assert_eq!(taken.field.as_deref(), Some("choice"));
    let view = scene.choose(&view, 2, debit("rent-2")).await.unwrap();
    assert_eq!((view.counts.ready, view.counts.all), (2, 5));
    let recorded = scene.record(&view).await.unwrap();
    assert_eq!(
        (recorded.recorded, recorded.already, recorded.left_out),
        (2, 0, 3)
    );
    // Both debits are of one account.
    assert_eq!(recorded.again.len(), 1);
    assert_eq!(recorded.again[0].returned.len(), 2);
    for id in ["rent-1", "rent-2"] {
        scene.evaluation_that(id, return_delivered).await;
    }
    let calls = scene.stage.calls(RETURN);
    assert_eq!(calls.len(), 2);
    assert!(
        calls
            .iter()
            .any(|call| call.body["client_transaction_id"] == json!("rent-1")
                && call.body["return_code"] == json!("R01"))
    );

    // The same file again: what was recorded is known, also where the user had chosen.
    let again = scene.import("copy.csv", &text).await.unwrap();
    assert!(again.recorded_before.is_some());
    assert_eq!(table(&again).mapped_by, MappedBy::Kept);
    let rows = scene.rows(&again).await;
    assert_eq!(
        states(&rows),
        [Already, Already, Already, Unmatched, Faulty]
    );
    let nothing = scene.record(&again).await.unwrap_err();
    assert_eq!(nothing.field.as_deref(), Some("import"));
    assert_eq!(scene.stage.calls(RETURN).len(), 2);

    let list = scene.list("", ReturnsFilter::All).await;
    assert_eq!((list.all, list.found), (2, 2));
    assert!(list.rows.iter().all(|row| row.of_account == 2));
    assert_eq!(
        scene
            .list("closed lovelace", ReturnsFilter::All)
            .await
            .found,
        1
    );
    assert_eq!(scene.list("", ReturnsFilter::Repeated).await.found, 2);
    assert_eq!(scene.list("", ReturnsFilter::Customer).await.found, 0);
    let checking = scene.checking.clone();
    let of_account = scene
        .desk
        .run(|desk| async move {
            features(&desk)
                .returns
                .of_account(&checking)
                .await
                .unwrap()
                .unwrap()
        })
        .await;
    assert_eq!((of_account.days, of_account.returned.len()), (90, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_that_can_be_read_in_two_ways_are_asked_about() {
    let scene = Scene::set().await;
    scene.evaluate("rent-1", "12.50").await;
    let view = scene
        .import("x.csv", "id,code,date\nrent-1,R01,1/2/2031\n")
        .await
        .unwrap();
    let source = table(&view);
    assert_eq!(source.ambiguous_date.as_deref(), Some("1/2/2031"));
    let mapping = source.mapping;
    let problem = scene.record(&view).await.unwrap_err();
    assert!(problem.message.contains("dates"), "{problem:?}");
    let id = view.import_id.clone();
    let said = scene
        .desk
        .run(|desk| async move {
            features(&desk)
                .returns
                .map_columns(&id, mapping, Some(DateOrder::DayFirst))
                .unwrap()
        })
        .await;
    assert_eq!(table(&said).date_order, Some(DateOrder::DayFirst));
    let rows = scene.rows(&said).await;
    assert_eq!(rows[0].returned_on.as_deref(), Some("2031-02-01"));
    assert_eq!(rows[0].state, ImportState::Faulty, "in the future");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_read_says_why_and_changes_nothing() {
    let scene = Scene::set().await;
    for (text, words) in [
        ("", "nothing"),
        ("R01,rent-1,5.00\nR02,rent-2,5.00\n", "no names of columns"),
        ("101 061000052\n", ""),
    ] {
        let problem = scene.import("x", text).await.unwrap_err();
        assert_eq!(problem.field.as_deref(), Some("file"), "{text}");
        assert!(
            problem.message.to_lowercase().contains(words),
            "{problem:?}"
        );
    }
    let view = scene.import("x.csv", "a,b\n1,2\n").await.unwrap();
    assert_eq!(table(&view).missing.as_ref().unwrap().field, "returnCode");
    assert_eq!(view.counts.all, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_rows_are_read_and_one_is_recorded() {
    let scene = Scene::set().await;
    scene.evaluate("rent-99999", "12.50").await;
    let mut text = "client_transaction_id,return_code,amount\n".to_owned();
    for row in 0..100_000 {
        let amount = if row == 99_999 { "$12.50" } else { "$7" };
        text.push_str(&format!("rent-{row},R01,{amount}\n"));
    }
    let view = scene.import("many.csv", &text).await.unwrap();
    let counts = view.counts;
    assert_eq!(counts.all, 100_000);
    // rent-999 and rent-9999 may be the id cut off.
    assert_eq!((counts.ready, counts.open, counts.suggested), (1, 2, 0));
    assert_eq!(counts.unmatched, 99_997);
    let recorded = scene.record(&view).await.unwrap();
    assert_eq!((recorded.recorded, recorded.left_out), (1, 99_999));
    scene.evaluation_that("rent-99999", return_delivered).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_recorded_any_more_stops_all_and_loses_no_choice() {
    let scene = Scene::set().await;
    scene.evaluate("rent-1", "12.50").await;
    scene.evaluate("rent-2", "20").await;
    let view = scene
        .import(
            "x.csv",
            "client_transaction_id,return_code\nrent-1,R01\nrent-2,R01\n",
        )
        .await
        .unwrap();
    assert_eq!(view.counts.ready, 2);
    scene.decide("rent-2", false).await;
    let problem = scene.record(&view).await.unwrap_err();
    assert!(problem.message.contains("Line 3"), "{problem:?}");
    assert_eq!(scene.list("", ReturnsFilter::All).await.all, 0);
    // The file is there, and says now why that row cannot be recorded.
    let rows = scene.rows(&view).await;
    assert_eq!(states(&rows), [ImportState::Ready, ImportState::Open]);
    assert!(rows[1].candidates[0].hindrance.is_some());
    assert_eq!(scene.record(&view).await.unwrap().recorded, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_that_plaid_refuses_is_listed_with_the_reason() {
    let scene = Scene::set().await;
    scene.evaluate("rent-1", "12.50").await;
    scene
        .stage
        .fault(RETURN, Fault::Says(400, "INVALID_REQUEST", "INVALID_FIELD"));
    let text = "client_transaction_id,return_code\nrent-1,R01\n";
    let view = scene.import("x.csv", text).await.unwrap();
    scene.record(&view).await.unwrap();
    scene.evaluation_that("rent-1", return_refused).await;
    let list = scene.list("", ReturnsFilter::Refused).await;
    assert_eq!(list.found, 1);
    assert!(matches!(
        list.rows[0].delivery,
        DeliveryView::Refused { .. }
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_that_plaid_would_refuse_is_known_before_it_is_recorded() {
    let scene = Scene::set().await;
    for (id, amount) in [
        ("rent-1", "12.50"),
        ("rent-2", "5000"),
        ("rent-3", "6000"),
        ("rent-4", "80"),
        ("rent-5", "20"),
    ] {
        scene.evaluate(id, amount).await;
    }
    scene.decide("rent-5", false).await;
    let view = scene
        .import(
            "x.csv",
            "client_transaction_id,return_code\nrent-1,R01\nrent-2,R01\nrent-3,R01\nrent-4,R01\nrent-5,R01\n",
        )
        .await
        .unwrap();
    assert_eq!((view.counts.ready, view.counts.needs_decision), (4, 2));
    let needs = |rows: Vec<ImportRow>| -> Vec<bool> {
        rows.iter()
            .map(|row| row.candidates[0].needs_decision)
            .collect()
    };
    assert_eq!(
        needs(scene.rows(&view).await),
        [false, true, true, false, false]
    );

    // What is recorded while the file waits counts, for what was chosen by the file and for what could not be.
    scene.decide("rent-2", true).await;
    scene.decide("rent-5", true).await;
    let rows = scene.rows(&view).await;
    assert_eq!(rows[4].state, ImportState::Ready);
    assert_eq!(needs(rows), [false, false, true, false, false]);
    let now = scene
        .desk
        .run(|desk| async move {
            features(&desk)
                .returns
                .current_import()
                .await
                .unwrap()
                .unwrap()
        })
        .await;
    assert_eq!((now.counts.ready, now.counts.needs_decision), (5, 1));

    // As was said: Plaid takes all but that one, and that one once the decision is there.
    scene.record(&view).await.unwrap();
    for id in ["rent-1", "rent-2", "rent-4", "rent-5"] {
        scene.evaluation_that(id, return_delivered).await;
    }
    let refused = scene.evaluation_that("rent-3", return_refused).await;
    assert!(
        format!("{:?}", refused.returned).contains("SIGNAL_TRANSACTION_NOT_INITIATED"),
        "{refused:?}"
    );
    scene.decide("rent-3", true).await;
    scene.evaluation_that("rent-3", return_delivered).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_plaid_refused_does_not_count_for_the_return_of_its_debit() {
    let scene = Scene::set().await;
    scene.evaluate("rent-1", "5000").await;
    scene.evaluate("rent-2", "12.50").await;
    scene.decide("rent-2", false).await;
    scene.evaluation_that("rent-2", decision_delivered).await;
    scene.stage.fault(
        DECISION,
        Fault::Says(400, "INVALID_REQUEST", "INVALID_FIELD"),
    );
    for id in ["rent-1", "rent-2"] {
        scene.decide(id, true).await;
        scene.evaluation_that(id, decision_refused).await;
    }
    let text = "client_transaction_id,return_code\nrent-1,R01\nrent-2,R01\n";
    let view = scene.import("x.csv", text).await.unwrap();
    assert_eq!((view.counts.ready, view.counts.needs_decision), (2, 2));

    scene.stage.mend(DECISION);
    for id in ["rent-1", "rent-2"] {
        scene.decide(id, true).await;
    }
    let rows = scene.rows(&view).await;
    assert!(rows.iter().all(|row| !row.candidates[0].needs_decision));
    scene.record(&view).await.unwrap();
    for id in ["rent-1", "rent-2"] {
        scene.evaluation_that(id, return_delivered).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nacha_file_is_matched_and_no_account_number_is_kept() {
    let scene = Scene::set().await;
    scene.evaluate("order-7", "25.50").await;
    scene
        .evaluate("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "40.00")
        .await;
    let text = nacha_file(
        &scene.today(),
        &[
            ("27", "98765432109870000", 2_550, "order-7", "R01"),
            ("27", "98765432109870000", 4_000, "6ba7b810-9dad-1", "R10"),
        ],
    );
    let view = scene.import("returns.ach", &text).await.unwrap();
    assert!(
        matches!(&view.source, ReturnSource::Nacha { batches: 1, .. }),
        "{view:?}"
    );
    let rows = scene.rows(&view).await;
    assert_eq!(states(&rows), [ImportState::Ready, ImportState::Open]);
    assert_eq!(rows[0].account_ending.as_deref(), Some("0000"));
    let id = view.import_id.clone();
    let view = scene
        .desk
        .run(|desk| async move { features(&desk).returns.choose_suggested(&id).unwrap() })
        .await;
    assert_eq!(view.counts.ready, 2);
    assert!(!format!("{rows:?}{view:?}").contains("9876543210987"));
    scene.record(&view).await.unwrap();
    for id in ["order-7", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"] {
        scene.evaluation_that(id, return_delivered).await;
    }
    let damaged = text.replace("R10", "X10");
    let problem = scene.import("damaged.ach", &damaged).await.unwrap_err();
    assert!(problem.message.contains("Line 6, column 4"), "{problem:?}");
}

/// A return file with one batch: transaction code, account number, cents, identification, return code.
fn nacha_file(today: &str, entries: &[(&str, &str, u64, &str, &str)]) -> String {
    let day = format!("{}{}{}", &today[2..4], &today[5..7], &today[8..10]);
    let mut lines = vec![
        format!(
            "101 {:<9} {:<9}{day}1200A094101{:<23}{:<23}{:<8}",
            "061000052", "021000021", "YOUR COMPANY", "FIRST PLATYPUS BANK", ""
        ),
        format!(
            "5225{:<16}{:<20}{:<10}PPD{:<10}{:<6}{day}   1{:<8}0000001",
            "YOUR COMPANY", "", "1234567890", "RENT", "", "02100002"
        ),
    ];
    let (mut hash, mut debits) = (0, 0);
    for ((transaction, account, cents, identification, code), trace) in entries.iter().zip(1..) {
        lines.push(format!(
            "6{transaction}021071121{account:<17}{cents:010}{identification:<15}{:<22}  1{trace:015}",
            "ADA LOVELACE"
        ));
        lines.push(format!(
            "799{code}{:015}{:<6}{:<8}{:<44}{trace:015}",
            1, "", "02107112", ""
        ));
        hash += 2_107_112;
        debits += cents;
    }
    let records = entries.len() * 2;
    lines.push(format!(
        "8225{records:06}{hash:010}{debits:012}{:012}{:<10}{:<25}{:<8}0000001",
        0, "1234567890", "", "02100002"
    ));
    let blocks = (lines.len() + 1).div_ceil(10);
    lines.push(format!(
        "9000001{blocks:06}{records:08}{hash:010}{debits:012}{:012}{:<39}",
        0, ""
    ));
    lines.join("\r\n")
}
