//! The desk that is killed while its user evaluates, decides and records returns, and the one that is let live until
//! everything is at rest.

use crate::features;
use std::{
    collections::BTreeMap,
    process::ExitCode,
    time::{Duration, Instant},
};

use desk::{
    Desk, DeskError,
    activity::view::{ActivityFilter, ActivityRequest},
    batches::view::{
        BatchDecision, BatchFilter, BatchRow, BatchRowState, BatchRowsQuery, BatchSelection,
        BatchState, BatchView, ErrorRows, ImportRequest, ImportSettings,
    },
    billing::view::BillingView,
    calls::{CallPace, KeptLimits},
    evaluations::view::{
        DecisionInput, DeliveryView, EvaluateRequest, EvaluationState, EvaluationView, ReturnInput,
    },
};

use super::orders::{
    self, CODES, Debit, Delivery, Kind, News, Orders, Plan, Record, Report, Row, Shown, ShownBatch,
    ShownRow, State,
};
use crate::child::{PATIENCE, begin, open_paced, until};

/// Acts of a user who is not interrupted. After them only batches are looked after, which may have to wait.
const MOST_ACTS: usize = 300;

/// How often a user looks whether a batch has ended.
const LOOKS: Duration = Duration::from_millis(50);

/// How long after an evaluation was asked the bank is asked whether it has it. What has reached the bank is carried out
/// at once here.
const SETTLES: Duration = Duration::from_secs(1);

/// Amounts from well below to far above what the accounts have.
const AMOUNTS: [&str; 5] = ["12.50", "20.03", "99.99", "250.00", "99999.99"];

/// Evaluations of a page.
const PAGE: u32 = 500;

/// Rows of a batch.
const ROWS: u32 = 10;

/// Carries the orders out.
pub fn run(what: &str) -> ExitCode {
    let (orders, runtime): (Orders, _) = begin();
    let finishes = what == orders::FINISH;
    runtime.block_on(async move {
        let pace = CallPace {
            limits: KeptLimits::None,
            settle_after: SETTLES,
            ..CallPace::default()
        };
        let (data_dir, ahead) = (orders.data_dir.clone(), orders.ahead_seconds);
        let desk = open_paced(data_dir, &orders.bank, ahead, pace).await;
        if finishes {
            finish(desk).await;
        } else {
            User::of(desk, orders).await.act_until_killed().await;
        }
    });
    runtime.shutdown_timeout(PATIENCE);
    ExitCode::SUCCESS
}

/// Whoever uses the desk.
struct User {
    desk: Desk,
    random: fastrand::Rng,
    asked: u32,
    batches: u32,
    tried: BTreeMap<String, [u32; 2]>,
    accounts: Vec<String>,
}

impl User {
    async fn of(desk: Desk, orders: Orders) -> Self {
        let items = features(&desk).items.view_all().await.unwrap().items;
        let accounts = items
            .into_iter()
            .flat_map(|item| item.accounts)
            .filter(|account| account.can_evaluate)
            .map(|account| account.account_id);
        Self {
            random: fastrand::Rng::with_seed(orders.seed),
            asked: orders.asked,
            batches: orders.batches,
            tried: orders.tried,
            accounts: accounts.collect(),
            desk,
        }
    }

    async fn act_until_killed(mut self) {
        self.look_at_cancelled_batches().await;
        self.go_on_with_a_batch().await;
        for _ in 0..MOST_ACTS {
            match self.random.u8(..25) {
                0..6 => self.evaluate().await,
                6..10 => self.decide(1).await,
                10..12 => self.decide(4).await,
                12..15 => self.give_back().await,
                15..18 => self.decide_and_give_back().await,
                18 => self.ask_again().await,
                19..22 => self.go_on_with_a_batch().await,
                22 => self.accept_a_batch().await,
                23 => self.cancel_a_batch().await,
                _ => features(&self.desk).reports.deliver_now().await.unwrap(),
            }
        }
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            self.go_on_with_a_batch().await;
            tokio::time::sleep(LOOKS).await;
        }
    }

    async fn evaluate(&mut self) {
        self.asked += 1;
        let debit = Debit {
            id: format!("debit-{}", self.asked),
            account_id: self.one_of_accounts(),
            amount: AMOUNTS[self.random.usize(..AMOUNTS.len())].to_owned(),
        };
        News::Asks(debit.clone()).tell();
        let request = EvaluateRequest {
            client_transaction_id: Some(debit.id),
            ..EvaluateRequest::new(debit.account_id, debit.amount)
        };
        let view = features(&self.desk)
            .evaluations
            .evaluate(request)
            .await
            .unwrap();
        tell_answer(&view);
    }

    fn one_of_accounts(&mut self) -> String {
        self.accounts[self.random.usize(..self.accounts.len())].clone()
    }

    /// Some of the evaluations that have an answer: more often than not, those that were talked of last.
    async fn answered(&mut self, most: usize) -> Vec<EvaluationView> {
        let among = if self.random.u8(..3) > 0 {
            u32::try_from(most).unwrap() + 2
        } else {
            PAGE
        };
        let mut ids = newest(&self.desk, EvaluationState::Answered, among).await;
        self.random.shuffle(&mut ids);
        ids.truncate(most);
        let mut views = Vec::new();
        for id in ids {
            views.push(features(&self.desk).evaluations.get(&id).await.unwrap());
        }
        views
    }

    /// The next one of its kind about an evaluation.
    fn next(&mut self, id: &str, kind: Kind, initiated: bool) -> Record {
        let tried = self.tried.entry(id.to_owned()).or_default();
        let number = tried[kind as usize];
        tried[kind as usize] += 1;
        Record {
            id: id.to_owned(),
            kind,
            number,
            initiated,
        }
    }

    /// Decides, or corrects: one alone, or many together.
    async fn decide(&mut self, most: usize) {
        let views = self.answered(most).await;
        let mut records = Vec::new();
        for view in views {
            // Who has recorded a return knows that the debit was initiated.
            let initiated = view.returned.is_some() || self.random.u8(..4) > 0;
            records.push(self.next(&view.client_transaction_id, Kind::Decision, initiated));
        }
        if let [record] = &records[..] {
            return self.record(record.clone()).await;
        }
        News::Records(records.clone()).tell();
        let inputs = records.iter().map(decision).collect();
        let recorded = features(&self.desk)
            .reports
            .record_decisions(inputs)
            .await
            .unwrap();
        for one in recorded {
            one.unwrap();
        }
        News::Recorded(records).tell();
    }

    /// Records a return of a debit that was decided to be initiated.
    async fn give_back(&mut self) {
        let views = self.answered(4).await;
        let initiated = views.into_iter().find(|view| {
            let decision = view.decision.as_ref();
            decision.is_some_and(|decision| decision.initiated)
        });
        if let Some(view) = initiated {
            self.return_of(&view.client_transaction_id).await;
        }
    }

    async fn return_of(&mut self, id: &str) {
        let record = self.next(id, Kind::Return, true);
        if (record.number as usize) < CODES.len() {
            self.record(record).await;
        }
    }

    /// A decision, its correction and a return, as fast as they can be typed.
    async fn decide_and_give_back(&mut self) {
        let Some(view) = self.answered(1).await.pop() else {
            return;
        };
        let id = view.client_transaction_id;
        for initiated in [view.returned.is_some(), true] {
            let record = self.next(&id, Kind::Decision, initiated);
            self.record(record).await;
        }
        self.return_of(&id).await;
    }

    async fn record(&mut self, record: Record) {
        let records = vec![record];
        News::Records(records.clone()).tell();
        let record = &records[0];
        let recorded = match record.kind {
            Kind::Decision => {
                features(&self.desk)
                    .reports
                    .record_decision(decision(record))
                    .await
            }
            Kind::Return => {
                let input = ReturnInput {
                    client_transaction_id: record.id.clone(),
                    return_code: CODES[record.number as usize].to_owned(),
                    returned_on: None,
                };
                features(&self.desk).reports.record_return(input).await
            }
        };
        recorded.unwrap();
        News::Recorded(records).tell();
    }

    /// Asks again, where that is not charged twice.
    async fn ask_again(&mut self) {
        let failed = newest(&self.desk, EvaluationState::Failed, 1).await;
        let Some(id) = failed.first() else { return };
        match features(&self.desk).evaluations.evaluate_again(id).await {
            Ok(view) => tell_answer(&view),
            // A batch asks it, or has just got the answer.
            Err(DeskError::AlreadyRunning(_) | DeskError::InvalidInput { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }

    /// Imports one if there is none to be run; runs it; now and then pauses it; asks again what failed.
    async fn go_on_with_a_batch(&mut self) {
        let batches = features(&self.desk).batches.list().await.unwrap();
        let is_finished_with_failed = |batch: &&BatchView| {
            batch.state == BatchState::Finished && batch.tallies.failed.count > 0
        };
        let batch_id = match batches.iter().find(|batch| !has_ended(batch)) {
            None => match batches.iter().find(is_finished_with_failed) {
                Some(failed) if self.random.bool() => {
                    let id = &failed.batch_id;
                    features(&self.desk)
                        .batches
                        .retry_failed(id)
                        .await
                        .unwrap()
                        .batch_id
                }
                _ => self.import().await,
            },
            Some(batch) if batch.state == BatchState::Running => {
                if self.random.u8(..4) == 0 {
                    features(&self.desk)
                        .batches
                        .pause(&batch.batch_id)
                        .await
                        .unwrap();
                }
                return;
            }
            Some(batch) => batch.batch_id.clone(),
        };
        match features(&self.desk).batches.run(&batch_id).await {
            // One that was paused ends its last rows first.
            Ok(_) | Err(DeskError::AlreadyRunning(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }

    async fn import(&mut self) -> String {
        self.batches += 1;
        let name = format!("batch-{}", self.batches);
        let rows = (0..ROWS).map(|row| Row {
            reference: format!("{name}-{row}"),
            account_id: self.one_of_accounts(),
            amount: AMOUNTS[self.random.usize(..AMOUNTS.len())].to_owned(),
        });
        let rows: Vec<Row> = rows.collect();
        let mut text = "account_id,amount,reference\n".to_owned();
        for row in &rows {
            text += &format!("{},{},{}\n", row.account_id, row.amount, row.reference);
        }
        let draft = features(&self.desk)
            .batches
            .open_draft(None, text.into_bytes())
            .await
            .unwrap();
        let request = ImportRequest {
            draft_id: draft.draft_id,
            mapping: draft.mapping,
            corrections: Vec::new(),
            left_out: Vec::new(),
        };
        let settings = ImportSettings {
            name: name.clone(),
            ruleset_key: None,
            payment_method: None,
            is_recurring: None,
            errors: ErrorRows::Refuse,
            // Some rows are alike.
            warnings_confirmed: true,
        };
        let plan = Plan {
            name: name.clone(),
            rows,
        };
        News::Imports(plan).tell();
        let imported = features(&self.desk)
            .batches
            .import_draft(request, settings)
            .await
            .unwrap();
        News::Imported(name).tell();
        imported.batch_id
    }

    /// Cancels one that is not run yet, runs, or was paused.
    async fn cancel_a_batch(&mut self) {
        let batches = features(&self.desk).batches.list().await.unwrap();
        let Some(batch) = batches.into_iter().find(|batch| !has_ended(batch)) else {
            return;
        };
        News::Cancels(batch.name.clone()).tell();
        match features(&self.desk).batches.cancel(&batch.batch_id).await {
            Ok(_) => News::Cancelled(batch.name).tell(),
            // It has just finished.
            Err(DeskError::AlreadyRunning(_)) => {}
            Err(error) => panic!("{error}"),
        }
        self.look_at_cancelled_batches().await;
    }

    /// Tells what the desk shows as never to be asked.
    async fn look_at_cancelled_batches(&self) {
        let batches = features(&self.desk).batches.list().await.unwrap();
        for batch in batches {
            if batch.state == BatchState::Cancelled {
                let rows = rows(&self.desk, &batch, BatchFilter::Cancelled).await;
                let ids = rows
                    .into_iter()
                    .map(|row| row.client_transaction_id.unwrap());
                News::NeverAsked(ids.collect()).tell();
            }
        }
    }

    /// Decides on all rows of a batch that were answered with ACCEPT, in one act.
    async fn accept_a_batch(&mut self) {
        let batches = features(&self.desk).batches.list().await.unwrap();
        let Some(batch) = batches.iter().find(|batch| has_ended(batch)) else {
            return;
        };
        let rows = rows(&self.desk, batch, BatchFilter::Accept).await;
        let undecided = rows.into_iter().filter(|row| row.initiated.is_none());
        let mut records = Vec::new();
        for row in undecided {
            let id = row.client_transaction_id.unwrap();
            // None is recorded, so the first number is free again where one was tried.
            let tried = self.tried.entry(id.clone()).or_default();
            tried[Kind::Decision as usize] = tried[Kind::Decision as usize].max(1);
            records.push(Record {
                id,
                kind: Kind::Decision,
                number: 0,
                initiated: true,
            });
        }
        if records.is_empty() {
            return;
        }
        News::Records(records.clone()).tell();
        let decision = BatchDecision {
            batch_id: batch.batch_id.clone(),
            rows: BatchSelection::AcceptUndecided,
            initiated: true,
            days_funds_on_hold: Some("0".to_owned()),
            decision_outcome: None,
            payment_method: None,
        };
        let decided = features(&self.desk).batches.decide(decision).await.unwrap();
        assert_eq!(decided.client_transaction_ids.len(), records.len());
        News::Recorded(records).tell();
    }
}

fn has_ended(batch: &BatchView) -> bool {
    matches!(batch.state, BatchState::Finished | BatchState::Cancelled)
}

async fn rows(desk: &Desk, batch: &BatchView, filter: BatchFilter) -> Vec<BatchRow> {
    let query = BatchRowsQuery {
        batch_id: batch.batch_id.clone(),
        filter,
        search: String::new(),
        offset: 0,
        limit: ROWS,
    };
    features(desk).batches.rows(query).await.unwrap().rows
}

fn tell_answer(view: &EvaluationView) {
    if let Some(answer) = &view.answer {
        let (id, request_id) = (&view.client_transaction_id, &answer.request_id);
        News::Answered {
            id: id.clone(),
            request_id: request_id.clone(),
        }
        .tell();
    }
}

fn decision(record: &Record) -> DecisionInput {
    DecisionInput {
        client_transaction_id: record.id.clone(),
        initiated: record.initiated,
        days_funds_on_hold: Some(record.number.to_string()),
        decision_outcome: None,
        payment_method: None,
        amount_instantly_available: None,
    }
}

/// Names of the newest evaluations in a state.
async fn newest(desk: &Desk, state: EvaluationState, limit: u32) -> Vec<String> {
    let filter = ActivityFilter {
        states: vec![state],
        ..ActivityFilter::default()
    };
    page(desk, filter, limit).await
}

async fn page(desk: &Desk, filter: ActivityFilter, limit: u32) -> Vec<String> {
    let request = ActivityRequest {
        filter,
        after: None,
        limit,
    };
    let page = features(desk).activity.page(request).await.unwrap();
    let rows = page.rows.into_iter();
    rows.map(|row| row.client_transaction_id).collect()
}

/// All of them. There are fewer than a page of them in a trial.
async fn evaluations(desk: Desk) -> Vec<EvaluationView> {
    let ids = page(&desk, ActivityFilter::default(), PAGE).await;
    assert!(ids.len() < PAGE as usize);
    let mut views = Vec::new();
    for id in ids {
        views.push(features(&desk).evaluations.get(&id).await.unwrap());
    }
    views
}

/// Waits until nothing is under way any more, and tells what the desk shows then.
async fn finish(desk: Desk) {
    features(&desk).reports.deliver_now().await.unwrap();
    run_batches(&desk).await;
    ask_never_asked(&desk).await;
    let views = until(&desk, evaluations, |views| views.iter().all(is_at_rest)).await;
    let report = Report {
        evaluations: views.iter().map(shown).collect(),
        batches: shown_batches(&desk).await,
        billed: billed(&features(&desk).balances.billing().await.unwrap()),
    };
    News::Report(report).tell();
    desk.shut_down().await;
}

/// Runs what has not ended, one after the other.
async fn run_batches(desk: &Desk) {
    for batch in features(desk).batches.list().await.unwrap() {
        if has_ended(&batch) {
            continue;
        }
        let id = &batch.batch_id;
        let read = |desk: Desk| async move { features(&desk).batches.get(id).await.unwrap() };
        let rests = |batch: &BatchView| batch.state != BatchState::Running;
        features(desk).batches.run(id).await.unwrap();
        let ended = until(desk, read, rests).await;
        assert_eq!(ended.state, BatchState::Finished, "{ended:?}");
    }
}

/// Waits until every evaluation is settled, and asks again what Plaid never had.
async fn ask_never_asked(desk: &Desk) {
    let views = until(desk, evaluations, |views| {
        views.iter().all(|view| match view.state {
            EvaluationState::Sending => false,
            EvaluationState::Unknown => view.settled.is_some(),
            EvaluationState::Answered | EvaluationState::Failed => true,
        })
    });
    for view in views.await {
        if view.state == EvaluationState::Failed {
            let id = &view.client_transaction_id;
            tell_answer(&features(desk).evaluations.evaluate_again(id).await.unwrap());
        }
    }
}

fn is_at_rest(view: &EvaluationView) -> bool {
    let deliveries = deliveries(view);
    view.state != EvaluationState::Sending
        && deliveries
            .iter()
            .all(|(_, delivery)| *delivery != Delivery::Waiting)
}

/// What is recorded about it, and how far that has come.
fn deliveries(view: &EvaluationView) -> Vec<(Record, Delivery)> {
    let id = &view.client_transaction_id;
    let record = |kind, number, initiated| Record {
        id: id.clone(),
        kind,
        number,
        initiated,
    };
    let decision = view.decision.iter().map(|decision| {
        let number = decision.days_funds_on_hold.unwrap();
        let record = record(Kind::Decision, number, decision.initiated);
        (record, delivery(&decision.delivery))
    });
    let returned = view.returned.iter().map(|returned| {
        let number = CODES.iter().position(|code| *code == returned.return_code);
        let number = u32::try_from(number.unwrap()).unwrap();
        (
            record(Kind::Return, number, true),
            delivery(&returned.delivery),
        )
    });
    decision.chain(returned).collect()
}

fn delivery(delivery: &DeliveryView) -> Delivery {
    match delivery {
        DeliveryView::Waiting { .. } => Delivery::Waiting,
        DeliveryView::Delivered { .. } => Delivery::Delivered,
        _ => Delivery::Refused,
    }
}

fn shown(view: &EvaluationView) -> Shown {
    let answer = view.answer.as_ref();
    Shown {
        debit: Debit {
            id: view.client_transaction_id.clone(),
            account_id: view.account_id.clone(),
            amount: view.amount.clone(),
        },
        state: match view.state {
            EvaluationState::Answered => State::Answered,
            EvaluationState::Unknown => State::Unknown,
            EvaluationState::Failed => State::Failed,
            EvaluationState::Sending => State::Sending,
        },
        request_id: answer.map(|answer| answer.request_id.clone()),
        result: answer.map(|answer| {
            answer
                .result
                .map_or_else(String::new, |result| format!("{result:?}"))
        }),
        problem: view.problem.as_ref().map(|problem| problem.message.clone()),
        records: deliveries(view),
    }
}

async fn shown_batches(desk: &Desk) -> Vec<ShownBatch> {
    let mut shown = Vec::new();
    for batch in features(desk).batches.list().await.unwrap() {
        let rows = rows(desk, &batch, BatchFilter::All).await;
        shown.push(ShownBatch {
            ended: has_ended(&batch),
            cancelled: batch.state == BatchState::Cancelled,
            name: batch.name,
            rows: rows.into_iter().map(shown_row).collect(),
        });
    }
    shown
}

fn shown_row(row: BatchRow) -> ShownRow {
    ShownRow {
        id: row.client_transaction_id.unwrap(),
        reference: row.reference.unwrap(),
        amount: row.amount.unwrap(),
        state: match row.state {
            BatchRowState::Answered => Some(State::Answered),
            BatchRowState::Unknown => Some(State::Unknown),
            BatchRowState::Failed => Some(State::Failed),
            BatchRowState::Asking => Some(State::Sending),
            BatchRowState::Cancelled => Some(State::Cancelled),
            BatchRowState::Planned | BatchRowState::LeftOut => None,
        },
        result: row.result.map(|result| format!("{result:?}")),
    }
}

/// All evaluations that are, or may be, on the bill.
fn billed(view: &BillingView) -> u64 {
    let counts = view.months.iter().map(|month| &month.count);
    counts
        .map(|count| u64::from(count.evaluations + count.may_be_billed))
        .sum()
}
