//! Batches from a file to the payment processor's file: what is wrong is said before anything is sent, and no row is
//! evaluated twice, whatever happens while it runs.

use crate::features;
use std::{collections::HashMap, time::Duration};

use desk::{
    Desk,
    batches::view::{
        BatchDecision, BatchFilter, BatchRow, BatchRowState, BatchRowsQuery, BatchSelection,
        BatchState, BatchView, ErrorRows, ImportCheck, ImportCorrection, ImportDraft, ImportField,
        ImportRequest, ImportSettings, ImportSeverity,
    },
    calls::KeptLimits,
    evaluations::view::EvaluationResult,
    export::view::{ExportFormat, ExportWhat},
    files::table::{Characters, Separator},
    items::view::ItemView,
    link::view::{LinkRequest, Purpose},
    problem::{Problem, ProblemKind},
};
use serde_json::json;

use crate::bank::{Fault, Page, Running, Stage, by_mask, for_debits};

const EVALUATE: &str = "/signal/evaluate";
const REPORT: &str = "/signal/decision/report";

struct Scene {
    stage: Stage,
    desk: Running,
    item: ItemView,
}

impl Scene {
    async fn set() -> Self {
        let mut stage = Stage::set().await;
        stage.pace.limits = KeptLimits::None;
        stage.pace.settle_after = Duration::from_millis(50);
        let desk = stage.desk().await;
        let item = desk.link(&stage, "Ada").await;
        Self { stage, desk, item }
    }

    fn account(&self, mask: &str) -> String {
        by_mask(&self.item, mask).account_id.clone()
    }

    async fn read(&self, text: impl Into<Vec<u8>>) -> ImportDraft {
        let bytes = text.into();
        self.desk
            .run(|desk| async move {
                features(&desk)
                    .batches
                    .open_draft(Some("rents.csv".to_owned()), bytes)
                    .await
            })
            .await
            .unwrap()
    }

    async fn refuses(&self, text: impl Into<Vec<u8>>) -> String {
        let bytes = text.into();
        let refused = self
            .desk
            .run(|desk| async move {
                features(&desk)
                    .batches
                    .open_draft(None, bytes)
                    .await
                    .map_err(Problem::from)
            })
            .await
            .unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("file"));
        refused.message
    }

    async fn check(&self, request: &ImportRequest) -> ImportCheck {
        let request = request.clone();
        self.desk
            .run(|desk| async move { features(&desk).batches.check_draft(request).await })
            .await
            .unwrap()
    }

    async fn import(
        &self,
        request: &ImportRequest,
        settings: ImportSettings,
    ) -> Result<BatchView, Problem> {
        let request = request.clone();
        self.desk
            .run(|desk| async move {
                let imported = features(&desk)
                    .batches
                    .import_draft(request, settings)
                    .await;
                imported.map_err(Problem::from)
            })
            .await
    }

    /// Imports debits of the checking account: these amounts.
    async fn batch(&self, amounts: &[String]) -> BatchView {
        let account = self.account("0000");
        let rows: String = (1..)
            .zip(amounts)
            .map(|(number, amount)| format!("{account},{amount},rent-{number}\n"))
            .collect();
        let draft = self
            .read(format!("account_id,amount,reference\n{rows}"))
            .await;
        // Another batch of the same test has these references, too.
        let settings = ImportSettings {
            warnings_confirmed: true,
            ..settings()
        };
        self.import(&as_read(&draft), settings).await.unwrap()
    }

    /// Links a bank for balances only, with all sorts of accounts.
    async fn link_all(&self, name: &str) -> ItemView {
        let request = LinkRequest {
            purpose: Purpose::BalancesOnly,
            products: vec!["transactions".to_owned()],
            ..for_debits(name)
        };
        let started = self
            .desk
            .run(|desk| async move { features(&desk).links.start(request).await.unwrap() })
            .await;
        let grant = self.stage.go_through_link(&started, "user_good").await;
        Page::of(&self.stage, &started)
            .post("success", &grant)
            .await;
        let item_id = self.desk.kept(&started.session.session_id).await;
        self.desk.complete_item(&item_id).await
    }

    async fn act<F, W>(&self, act: W) -> Result<BatchView, Problem>
    where
        W: FnOnce(Desk) -> F,
        F: Future<Output = Result<BatchView, desk::DeskError>> + Send + 'static,
    {
        let acting = act(self.desk.desk.clone());
        self.desk
            .run(|_| async move { acting.await.map_err(Problem::from) })
            .await
    }

    async fn start(&self, id: &str) -> Result<BatchView, Problem> {
        let id = id.to_owned();
        self.act(|desk| async move { features(&desk).batches.run(&id).await })
            .await
    }

    async fn cancel(&self, id: &str) -> Result<BatchView, Problem> {
        let id = id.to_owned();
        self.act(|desk| async move { features(&desk).batches.cancel(&id).await })
            .await
    }

    async fn pause(&self, id: &str) -> Result<BatchView, Problem> {
        let id = id.to_owned();
        self.act(|desk| async move { features(&desk).batches.pause(&id).await })
            .await
    }

    async fn batch_in(&self, id: &str, state: BatchState) -> BatchView {
        let id = id.to_owned();
        let read = move |desk: Desk| {
            let id = id.clone();
            async move { features(&desk).batches.get(&id).await.unwrap() }
        };
        self.desk.until(read, |batch| batch.state == state).await
    }

    async fn rows(&self, id: &str, filter: BatchFilter, search: &str) -> Vec<BatchRow> {
        let query = BatchRowsQuery {
            batch_id: id.to_owned(),
            filter,
            search: search.to_owned(),
            offset: 0,
            limit: 1_000,
        };
        let page = self
            .desk
            .run(|desk| async move { features(&desk).batches.rows(query).await })
            .await
            .unwrap();
        assert_eq!(page.total as usize, page.rows.len());
        page.rows
    }

    async fn export(&self, what: ExportWhat) -> String {
        let path = self.stage.dir.path().join("exported.csv");
        let to = path.clone();
        self.desk
            .run(|desk| async move {
                features(&desk)
                    .exports
                    .export(what, ExportFormat::Csv, to)
                    .await
            })
            .await
            .unwrap();
        std::fs::read_to_string(path).unwrap()
    }

    /// How often the bank has evaluated each row, by the calls that reached it.
    fn evaluated(&self) -> HashMap<String, usize> {
        let mut counts = HashMap::new();
        for call in self.stage.calls(EVALUATE) {
            let id = call.body["client_transaction_id"]
                .as_str()
                .unwrap()
                .to_owned();
            *counts.entry(id).or_default() += 1;
        }
        counts
    }

    async fn reopen(self) -> Self {
        self.desk.kill().await;
        let desk = self.stage.desk().await;
        Self { desk, ..self }
    }
}

fn as_read(draft: &ImportDraft) -> ImportRequest {
    ImportRequest {
        draft_id: draft.draft_id.clone(),
        mapping: draft.mapping,
        corrections: Vec::new(),
        left_out: Vec::new(),
    }
}

fn settings() -> ImportSettings {
    ImportSettings {
        name: "Rents".to_owned(),
        ruleset_key: None,
        payment_method: None,
        is_recurring: None,
        errors: ErrorRows::Refuse,
        warnings_confirmed: false,
    }
}

fn same(amount: &str, times: usize) -> Vec<String> {
    vec![amount.to_owned(); times]
}

/// What is wrong in each line: severity, field and a part of the words.
fn wrong(check: &ImportCheck) -> Vec<(u32, ImportSeverity, ImportField, String)> {
    let mut wrong: Vec<_> = check
        .rows
        .iter()
        .flat_map(|row| {
            row.problems.iter().map(|problem| {
                (
                    row.line,
                    problem.severity,
                    problem.field,
                    problem.message.clone(),
                )
            })
        })
        .collect();
    wrong.sort_by_key(|(line, ..)| *line);
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_becomes_a_batch_and_the_batch_the_processors_file() {
    let scene = Scene::set().await;
    let text = "\u{feff}Tenant;Last 4;Rent;Invoice;Due date\r\n\
        ada;0;\"1,50\";\"rent; May\";2031-05-01\r\n\
        Ada;1111;$ 12.00;=cmd;\r\n\
        ADA;0000;99.999,00;rent-3;\r\n";
    let draft = scene.read(text).await;
    assert_eq!(draft.characters, Characters::Utf8);
    assert_eq!(draft.separator, Separator::Semicolon);
    assert_eq!(draft.row_count, 3);
    assert!(!draft.remembered);
    let mut request = as_read(&draft);
    let check = scene.check(&request).await;
    assert_eq!((check.ready, check.with_errors), (3, 0));
    assert_eq!(check.total, "100012.50");
    assert_eq!(check.cost, None);
    assert_eq!(
        wrong(&check)
            .iter()
            .map(|of| (of.0, of.2))
            .collect::<Vec<_>>(),
        [(2, ImportField::Date)],
        "far ahead"
    );
    let refused = scene.import(&request, settings()).await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("warnings"));
    request.corrections.push(ImportCorrection {
        row: 0,
        field: ImportField::Date,
        text: String::new(),
    });
    let with_method = ImportSettings {
        payment_method: Some("SAME_DAY_ACH".to_owned()),
        is_recurring: Some(true),
        ..settings()
    };
    let batch = scene.import(&request, with_method).await.unwrap();
    assert_eq!(batch.state, BatchState::Ready);
    assert_eq!(batch.tallies.planned.count, 3);
    assert!(scene.stage.calls(EVALUATE).is_empty(), "nothing was sent");

    scene.start(&batch.batch_id).await.unwrap();
    let batch = scene.batch_in(&batch.batch_id, BatchState::Finished).await;
    let tallies = &batch.tallies;
    assert_eq!(
        (tallies.accept.count, tallies.reroute.count),
        (2, 1),
        "{tallies:?}"
    );
    assert_eq!(tallies.accept.total, "13.50");
    assert_eq!(tallies.undecided.count, 3);
    let sent = &scene.stage.calls(EVALUATE)[0].body;
    assert_eq!(sent["default_payment_method"], json!("SAME_DAY_ACH"));
    assert_eq!(sent["is_recurring"], json!(true));

    let accept = BatchDecision {
        batch_id: batch.batch_id.clone(),
        rows: BatchSelection::AcceptUndecided,
        initiated: true,
        days_funds_on_hold: Some("3".to_owned()),
        decision_outcome: Some("APPROVE".to_owned()),
        payment_method: Some("SAME_DAY_ACH".to_owned()),
    };
    let decided = scene
        .desk
        .run(|desk| async move { features(&desk).batches.decide(accept).await })
        .await
        .unwrap();
    assert_eq!(decided.client_transaction_ids.len(), 2);
    scene.stage.answers(REPORT, 2).await;
    let batch_id = batch.batch_id.clone();
    let file = scene.export(ExportWhat::BatchDebits { batch_id }).await;
    let lines: Vec<&str> = file.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[0].starts_with("reference,person,account_name,account_mask,"));
    assert!(
        lines[1].starts_with("rent; May,Ada,Plaid Checking,0000,First Platypus Bank,1.50,USD,,")
    );
    assert!(lines[1].ends_with(",3,SAME_DAY_ACH"));
    assert!(
        lines[2].starts_with("'=cmd,"),
        "no spreadsheet computes it: {}",
        lines[2]
    );

    // Taken back, they are not debited any more.
    let ids = decided.client_transaction_ids;
    scene
        .desk
        .run(|desk| async move { features(&desk).batches.undo_decisions(ids).await })
        .await
        .unwrap();
    let after = scene.batch_in(&batch.batch_id, BatchState::Finished).await;
    assert_eq!(after.tallies.to_debit.count, 0);
    let batch_id = batch.batch_id.clone();
    let report = scene.export(ExportWhat::BatchReport { batch_id }).await;
    assert_eq!(report.lines().count(), 4);
    assert!(report.contains("REROUTE"));

    // The next file with these headers is read in the same way.
    let again = scene
        .read("tenant;LAST 4;rent;invoice;due DATE\nAda;0;1;rent-3;\n")
        .await;
    assert!(again.remembered);
    let found = wrong(&scene.check(&as_read(&again)).await);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].2, ImportField::Reference);
    assert!(found[0].3.contains("batch “Rents”"), "{}", found[0].3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_by_row_and_column() {
    use ImportField::{Account, Amount, Date, Mask, Person, Reference};
    use ImportSeverity::{Error, Warning};
    let scene = Scene::set().await;
    let card = by_mask(&scene.link_all("Cy").await, "3333")
        .account_id
        .clone();
    let text = format!(
        "account,person,mask,amount,reference,date\n\
         ,Bob,,5,a,\n\
         ,Ada,,5,b,\n\
         ,Ada,9999,5,c,\n\
         {card},,,5,d,\n\
         Plaid CD,,,5,e,\n\
         no-such,,,5,f,\n\
         ,,,5,g,\n\
         ,Ada,0,1.234,h,\n\
         ,Ada,0,€5,i,\n\
         ,Ada,0,0,j,\n\
         ,Ada,0,100000000,k,\n\
         ,Ada,0,\"1,234\",l,\n\
         ,Ada,0,5,m,31.2.2031\n\
         ,Ada,0,5,n,2020-01-01\n\
         ,Ada,0,5,twice,\n\
         ,Ada,0,5,twice,\n\
         ,Ada,0,1,234.50,n,x,y\n\
         ,Ada,0,$5.00,fine,\n"
    );
    let draft = scene.read(text).await;
    let request = as_read(&draft);
    let check = scene.check(&request).await;
    let found = wrong(&check);
    let expected = [
        (2, Error, Person, "Nobody called “Bob”"),
        (3, Error, Person, "may be meant"),
        (4, Error, Mask, "ends in 9999"),
        (5, Error, Account, "is a credit card"),
        (6, Error, Account, "is a cd account"),
        (7, Error, Account, "No account called “no-such”"),
        (8, Error, Account, "does not say whose"),
        (9, Error, Amount, "two ways"),
        (10, Error, Amount, "another currency"),
        (11, Error, Amount, "more than zero"),
        (12, Error, Amount, "at most 99999999.99"),
        (13, Error, Amount, "two ways"),
        (14, Error, Date, "not a day"),
        (15, Warning, Date, "past"),
        (16, Warning, Reference, "2 rows"),
        (17, Warning, Reference, "2 rows"),
        (18, Error, Amount, "more cells"),
        (18, Error, Date, "not a day"),
    ];
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(
            (found.0, found.1, found.2),
            (expected.0, expected.1, expected.2),
            "{found:?}"
        );
        assert!(found.3.contains(expected.3), "{found:?}");
    }
    assert_eq!(found.len(), expected.len(), "{found:?}");
    assert_eq!(
        (check.ready, check.with_errors, check.with_warnings),
        (4, 14, 3)
    );
    let ambiguous = check.rows.iter().find(|row| row.line == 3).unwrap();
    let choices = &ambiguous.problems[0].choices;
    assert!(
        choices
            .iter()
            .any(|choice| choice.label.contains("Plaid Checking ••0000"))
    );
    assert!(choices.iter().all(|choice| choice.account_id != card));

    let listed = scene
        .export(ExportWhat::BatchProblems {
            request: request.clone(),
        })
        .await;
    assert_eq!(listed.lines().count(), expected.len() + 1);
    assert!(listed.contains("2,error,person,Bob,Nobody called “Bob” is linked."));

    // A choice and a correction mend rows, and one is left out by the user.
    let mut mended = request.clone();
    for (row, field, text) in [
        (1, Account, choices[0].account_id.clone()),
        (7, Amount, "1234.00".to_owned()),
    ] {
        mended
            .corrections
            .push(ImportCorrection { row, field, text });
    }
    mended.left_out.push(0);
    let check = scene.check(&mended).await;
    assert_eq!((check.ready, check.with_errors, check.left_out), (6, 11, 1));
    let refused = scene.import(&mended, settings()).await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("rows"));
    let settings = ImportSettings {
        errors: ErrorRows::LeaveOut,
        warnings_confirmed: true,
        ..settings()
    };
    let batch = scene.import(&mended, settings).await.unwrap();
    assert_eq!(
        (batch.tallies.rows.count, batch.tallies.left_out.count),
        (6, 12)
    );
    let left_out = scene.rows(&batch.batch_id, BatchFilter::LeftOut, "").await;
    assert!(
        left_out[4]
            .why
            .as_deref()
            .unwrap()
            .contains("account: No account called")
    );
    assert_eq!(
        scene
            .rows(&batch.batch_id, BatchFilter::All, "1234.00")
            .await
            .len(),
        1
    );
    assert!(
        scene
            .rows(&batch.batch_id, BatchFilter::All, "%")
            .await
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_no_tables_are_refused_whole() {
    let scene = Scene::set().await;
    assert!(scene.refuses("").await.contains("nothing in it"));
    assert!(scene.refuses("person,amount\n").await.contains("no rows"));
    assert!(
        scene
            .refuses("PK\u{3}\u{4}zip")
            .await
            .contains("save it as CSV")
    );
    assert!(scene.refuses("a,b\n1,\"2\n").await.contains("never closed"));
    let many = format!("person,amount\n{}", "Ada,1\n".repeat(100_001));
    assert!(scene.refuses(many).await.contains("more than 100000 rows"));

    let mut latin = b"person;amount\nJ\xfcrgen;1\n".to_vec();
    let draft = scene.read(latin.clone()).await;
    assert_eq!(draft.characters, Characters::Windows1252);
    assert_eq!(draft.first_rows[0][0], "Jürgen");
    latin.truncate(latin.len() - 1);

    let draft = scene.read("person,reference\nAda,x\n").await;
    let request = as_read(&draft);
    let refused = scene
        .desk
        .run(|desk| async move {
            features(&desk)
                .batches
                .check_draft(request)
                .await
                .map_err(Problem::from)
        })
        .await
        .unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("mapping"));
    assert!(refused.message.contains("amount"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_rows_are_taken_and_their_total_is_bounded() {
    let scene = Scene::set().await;
    let rows: String = (0..100_000)
        .map(|row| format!("Ada,0000,1.01,r{row}\n"))
        .collect();
    let draft = scene.read(format!("person,mask,amount,ref\n{rows}")).await;
    let check = scene.check(&as_read(&draft)).await;
    assert_eq!((check.ready, check.total.as_str()), (100_000, "101000.00"));
    assert_eq!(check.rows.len(), 500);
    let batch = scene.import(&as_read(&draft), settings()).await.unwrap();
    assert_eq!(batch.tallies.planned.count, 100_000);

    let rows = "Ada,0000,99999999.99\n".repeat(101);
    let draft = scene.read(format!("person,mask,amount\n{rows}")).await;
    let check = scene.check(&as_read(&draft)).await;
    let refused = check.refused.unwrap();
    assert!(
        refused.contains("line 102") && refused.contains("9999999999.99"),
        "{refused}"
    );
    let refused = scene
        .import(&as_read(&draft), settings())
        .await
        .unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("rows"));
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_that_cannot_be_debited_and_banks_to_be_signed_in_to_are_said() {
    let scene = Scene::set().await;
    scene
        .stage
        .item_error(&scene.item.item_id, Some("ITEM_LOGIN_REQUIRED"))
        .await;
    let id = scene.item.item_id.clone();
    scene
        .desk
        .run(|desk| async move { features(&desk).items.check_now(&id).await })
        .await
        .unwrap();
    let draft = scene.read("person,mask,amount\nAda,0,5\n").await;
    let found = wrong(&scene.check(&as_read(&draft)).await);
    assert_eq!(found[0].1, ImportSeverity::Warning);
    assert!(found[0].3.contains("signed in to again"), "{}", found[0].3);

    let account = scene.account("0000");
    let id = scene.item.item_id.clone();
    scene
        .desk
        .run(|desk| async move { features(&desk).items.remove(&id).await })
        .await
        .unwrap();
    let draft = scene.read(format!("account,amount\n{account},5\n")).await;
    let found = wrong(&scene.check(&as_read(&draft)).await);
    assert_eq!(found[0].1, ImportSeverity::Error);
    assert!(found[0].3.contains("not linked any more"), "{}", found[0].3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_was_killed_goes_on_when_the_user_says_so() {
    let scene = Scene::set().await;
    let batch = scene.batch(&same("5", 60)).await;
    let id = batch.batch_id;
    scene.stage.fault(EVALUATE, Fault::HeldAfter);
    scene.start(&id).await.unwrap();
    scene.stage.answers(EVALUATE, 32).await;
    let scene = scene.reopen().await;
    scene.stage.mend(EVALUATE);
    let paused = scene.batch_in(&id, BatchState::Paused).await;
    assert_eq!(paused.tallies.rows.count, 60);
    let before = scene.stage.calls(EVALUATE).len();
    assert_eq!(before, 32, "nothing is asked before the user says so");

    scene.start(&id).await.unwrap();
    let finished = scene.batch_in(&id, BatchState::Finished).await;
    let tallies = &finished.tallies;
    assert_eq!(
        (tallies.accept.count, tallies.unknown.count),
        (28, 32),
        "{tallies:?}"
    );
    assert!(scene.evaluated().values().all(|times| *times == 1));
    let unknown = scene.rows(&id, BatchFilter::Unknown, "").await;
    let why = &unknown[0].problem.as_ref().unwrap().message;
    assert!(why.contains("the answer was lost"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_never_arrived_are_asked_after_all() {
    let scene = Scene::set().await;
    let id = scene.batch(&same("5", 3)).await.batch_id;
    scene.stage.fault(EVALUATE, Fault::HeldBefore);
    scene.start(&id).await.unwrap();
    scene.stage.held(3).await;
    // Killed while the questions were on their way: the bank never gets them.
    let scene = scene.reopen().await;
    scene.stage.held(0).await;
    scene.stage.mend(EVALUATE);
    // Who is quick need not wait until what was interrupted has been noted.
    scene.start(&id).await.unwrap();
    let finished = scene.batch_in(&id, BatchState::Finished).await;
    let tallies = &finished.tallies;
    assert_eq!(
        (tallies.accept.count, tallies.unknown.count),
        (3, 0),
        "{tallies:?}"
    );
    assert_eq!(scene.stage.calls(EVALUATE).len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_was_cancelled_stays_so_when_the_app_is_killed() {
    let scene = Scene::set().await;
    let id = scene.batch(&same("5", 40)).await.batch_id;
    scene.stage.fault(EVALUATE, Fault::HeldBefore);
    scene.start(&id).await.unwrap();
    scene.stage.held(32).await;
    let stopping = scene.cancel(&id).await.unwrap();
    assert_eq!(stopping.state, BatchState::Running);
    assert!(stopping.progress.unwrap().stopping);
    let scene = scene.reopen().await;
    scene.stage.held(0).await;
    scene.stage.mend(EVALUATE);
    let refused = scene.start(&id).await.unwrap_err();
    assert_eq!(refused.kind, ProblemKind::AlreadyRunning);
    // Those under way never arrived: that is found out, and they are not asked after all.
    let read = |desk: Desk| {
        let id = id.clone();
        async move { features(&desk).batches.get(&id).await.unwrap() }
    };
    let settled = scene
        .desk
        .until(read, |batch| batch.tallies.failed.count == 32)
        .await;
    assert_eq!(settled.state, BatchState::Cancelled);
    assert_eq!(settled.tallies.cancelled.count, 8);
    assert_eq!(scene.stage.calls(EVALUATE).len(), 32);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_is_not_paid_for_twice() {
    let scene = Scene::set().await;
    let id = scene.batch(&same("5", 4)).await.batch_id;
    scene.stage.fault(EVALUATE, Fault::LostAfter);
    scene.start(&id).await.unwrap();
    let finished = scene.batch_in(&id, BatchState::Finished).await;
    assert_eq!(finished.tallies.unknown.count, 4);
    assert!(scene.evaluated().values().all(|times| *times == 1));
    scene.stage.mend(EVALUATE);
    let refused = scene.start(&id).await.unwrap_err();
    assert_eq!(refused.kind, ProblemKind::AlreadyRunning);
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_are_waited_for_and_what_concerns_all_pauses() {
    let scene = Scene::set().await;
    let id = scene.batch(&same("5", 40)).await.batch_id;
    let limit = Fault::Says(429, "RATE_LIMIT_EXCEEDED", "RATE_LIMIT");
    scene.stage.fault(EVALUATE, limit);
    scene.start(&id).await.unwrap();
    scene.stage.called(EVALUATE, 32).await;
    scene.stage.mend(EVALUATE);
    let finished = scene.batch_in(&id, BatchState::Finished).await;
    assert_eq!(finished.tallies.accept.count, 40);

    let id = scene.batch(&same("6", 40)).await.batch_id;
    let before = scene.stage.calls(EVALUATE).len();
    let keys = Fault::Says(400, "INVALID_INPUT", "INVALID_API_KEYS");
    scene.stage.fault(EVALUATE, keys);
    scene.start(&id).await.unwrap();
    let paused = scene.batch_in(&id, BatchState::Paused).await;
    assert!(paused.problem.is_some());
    assert_eq!(paused.tallies.planned.count, 40);
    let asked = scene.stage.calls(EVALUATE).len() - before;
    assert!(asked <= 32, "the others were not asked: {asked}");
    scene.stage.mend(EVALUATE);
    scene.start(&id).await.unwrap();
    let finished = scene.batch_in(&id, BatchState::Finished).await;
    assert_eq!(finished.tallies.accept.count, 40);
    assert_eq!(finished.problem, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_fail_alone_are_asked_again_on_request() {
    let scene = Scene::set().await;
    let id = scene.batch(&same("5", 2)).await.batch_id;
    let login = Fault::Says(400, "ITEM_ERROR", "ITEM_LOGIN_REQUIRED");
    scene.stage.fault(EVALUATE, login);
    scene.start(&id).await.unwrap();
    let finished = scene.batch_in(&id, BatchState::Finished).await;
    assert_eq!(finished.tallies.failed.count, 2);
    scene.stage.mend(EVALUATE);
    let again = id.clone();
    let batch = scene
        .act(|desk| async move { features(&desk).batches.retry_failed(&again).await })
        .await
        .unwrap();
    assert_eq!(
        (batch.state, batch.tallies.planned.count),
        (BatchState::Paused, 2)
    );
    scene.start(&id).await.unwrap();
    let finished = scene.batch_in(&id, BatchState::Finished).await;
    assert_eq!(finished.tallies.accept.count, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_were_asked_again_when_the_app_was_killed_are_not_paid_for_twice() {
    let scene = Scene::set().await;
    let id = scene.batch(&same("5", 2)).await.batch_id;
    let login = Fault::Says(400, "ITEM_ERROR", "ITEM_LOGIN_REQUIRED");
    scene.stage.fault(EVALUATE, login);
    scene.start(&id).await.unwrap();
    scene.batch_in(&id, BatchState::Finished).await;
    let again = id.clone();
    scene
        .act(|desk| async move { features(&desk).batches.retry_failed(&again).await })
        .await
        .unwrap();
    scene.stage.fault(EVALUATE, Fault::HeldAfter);
    scene.start(&id).await.unwrap();
    scene.stage.held(2).await;
    let scene = scene.reopen().await;
    scene.stage.mend(EVALUATE);
    scene.start(&id).await.unwrap();
    let finished = scene.batch_in(&id, BatchState::Finished).await;
    assert_eq!(finished.tallies.unknown.count, 2, "{:?}", finished.tallies);
    assert_eq!(
        scene.stage.calls(EVALUATE).len(),
        4,
        "two that the bank never had, and two that it has"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_paused_resumed_and_cancelled_and_runs_alone() {
    let scene = Scene::set().await;
    let id = scene.batch(&same("5", 50)).await.batch_id;
    let other = scene.batch(&same("6", 1)).await.batch_id;
    scene.stage.fault(EVALUATE, Fault::HeldBefore);
    scene.start(&id).await.unwrap();
    scene.stage.called(EVALUATE, 32).await;
    let refused = scene.start(&other).await.unwrap_err();
    assert!(
        refused.message.contains("Another batch"),
        "{}",
        refused.message
    );
    let stopping = scene.pause(&id).await.unwrap();
    assert!(stopping.progress.unwrap().stopping);
    scene.stage.mend(EVALUATE);
    let paused = scene.batch_in(&id, BatchState::Paused).await;
    assert_eq!(
        (paused.tallies.accept.count, paused.tallies.planned.count),
        (32, 18)
    );
    assert_eq!(paused.problem, None);

    scene.stage.fault(EVALUATE, Fault::HeldBefore);
    scene.start(&id).await.unwrap();
    scene.stage.called(EVALUATE, 50).await;
    scene.cancel(&id).await.unwrap();
    scene.stage.mend(EVALUATE);
    let cancelled = scene.batch_in(&id, BatchState::Cancelled).await;
    assert_eq!(
        cancelled.tallies.accept.count, 50,
        "those under way are waited for"
    );
    assert!(scene.start(&id).await.is_err());

    let cancelled = scene.cancel(&other).await.unwrap();
    assert_eq!(cancelled.tallies.cancelled.count, 1);
    let rows = scene.rows(&other, BatchFilter::Cancelled, "").await;
    assert_eq!(rows[0].state, BatchRowState::Cancelled);
    assert_eq!(scene.evaluated().len(), 50);
    let rows = scene.rows(&id, BatchFilter::Accept, "rent-7").await;
    assert_eq!(rows[0].result, Some(EvaluationResult::Accept));
}
