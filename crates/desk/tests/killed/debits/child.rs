//! The desk that is killed while its user evaluates, decides and records returns, and the one that is let live until
//! everything is at rest.

use std::{collections::BTreeMap, io::Read as _, process::ExitCode};

use desk::{
    CallPace, Desk, DeskError, KeptLimits,
    activity::view::{ActivityFilter, ActivityRequest},
    balances::view::BillingView,
    signal::view::{
        DecisionInput, DeliveryView, EvaluateRequest, EvaluationState, EvaluationView, ReturnInput,
        Settled,
    },
};
use tracing_subscriber::EnvFilter;

use super::orders::{
    self, CODES, Debit, Delivery, Kind, News, Orders, Record, Report, Shown, State,
};
use crate::child::{PATIENCE, open_paced, until};

/// Acts of a user who is not interrupted. A kill comes long before.
const MOST_ACTS: usize = 400;

/// Amounts from well below to far above what the accounts have.
const AMOUNTS: [&str; 5] = ["12.50", "20.03", "99.99", "250.00", "99999.99"];

/// Carries the orders on standard input out.
pub fn run(what: &str) -> ExitCode {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    let orders: Orders = serde_json::from_str(&text).unwrap();
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("info,desk=debug"))
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let finishes = what == orders::FINISH;
    runtime.block_on(async move {
        let pace = CallPace {
            limits: KeptLimits::None,
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
    if finishes {
        return ExitCode::SUCCESS;
    }
    eprintln!("the desk was not killed");
    ExitCode::FAILURE
}

/// Whoever uses the desk.
struct User {
    desk: Desk,
    random: fastrand::Rng,
    asked: u32,
    tried: BTreeMap<String, [u32; 2]>,
    accounts: Vec<String>,
}

impl User {
    async fn of(desk: Desk, orders: Orders) -> Self {
        let items = desk.items_view().await.unwrap().items;
        let accounts = items
            .into_iter()
            .flat_map(|item| item.accounts)
            .filter(|account| account.can_evaluate)
            .map(|account| account.account_id);
        Self {
            random: fastrand::Rng::with_seed(orders.seed),
            asked: orders.asked,
            tried: orders.tried,
            accounts: accounts.collect(),
            desk,
        }
    }

    async fn act_until_killed(mut self) {
        for _ in 0..MOST_ACTS {
            match self.random.u8(..20) {
                0..6 => self.evaluate().await,
                6..10 => self.decide(1).await,
                10..12 => self.decide(4).await,
                12..15 => self.give_back().await,
                15..18 => self.decide_and_give_back().await,
                18 => self.ask_again().await,
                _ => self.desk.deliver_now().await.unwrap(),
            }
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
        let view = self.desk.evaluate(request).await.unwrap();
        tell_answer(&view);
    }

    fn one_of_accounts(&mut self) -> String {
        self.accounts[self.random.usize(..self.accounts.len())].clone()
    }

    async fn evaluations(&self, what: impl Fn(&EvaluationView) -> bool) -> Vec<EvaluationView> {
        let mut views = evaluations(self.desk.clone()).await;
        views.retain(what);
        views
    }

    /// Some of the evaluations that have an answer: more often than not, those that were talked of before.
    async fn answered(&mut self, most: usize) -> Vec<EvaluationView> {
        let mut views = self
            .evaluations(|view| view.state == EvaluationState::Answered)
            .await;
        if self.random.u8(..3) > 0 {
            views.truncate(most + 2);
        }
        self.random.shuffle(&mut views);
        views.truncate(most);
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
        let recorded = self.desk.decisions_record(inputs).await.unwrap();
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
            Kind::Decision => self.desk.decision_record(decision(record)).await,
            Kind::Return => {
                let input = ReturnInput {
                    client_transaction_id: record.id.clone(),
                    return_code: CODES[record.number as usize].to_owned(),
                    returned_on: None,
                };
                self.desk.return_record(input).await
            }
        };
        recorded.unwrap();
        News::Recorded(records).tell();
    }

    /// Asks again, where that is not charged twice.
    async fn ask_again(&mut self) {
        let views = self
            .evaluations(|view| {
                view.state == EvaluationState::Failed || view.settled == Some(Settled::NeverAsked)
            })
            .await;
        let Some(view) = views.first() else { return };
        let id = &view.client_transaction_id;
        match self.desk.evaluation_ask_again(id).await {
            Ok(view) => tell_answer(&view),
            Err(DeskError::AlreadyRunning(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
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

async fn evaluations(desk: Desk) -> Vec<EvaluationView> {
    let mut views = Vec::new();
    let mut after = None;
    loop {
        let request = ActivityRequest {
            filter: ActivityFilter::default(),
            after,
            limit: 500,
        };
        let page = desk.activity_page(request).await.unwrap();
        for row in page.rows {
            views.push(desk.evaluation(&row.client_transaction_id).await.unwrap());
        }
        after = page.next;
        if after.is_none() {
            return views;
        }
    }
}

/// Waits until nothing is under way any more, and tells what the desk shows then.
async fn finish(desk: Desk) {
    desk.deliver_now().await.unwrap();
    ask_never_asked(&desk).await;
    let views = until(&desk, evaluations, |views| views.iter().all(is_at_rest)).await;
    let report = Report {
        evaluations: views.iter().map(shown).collect(),
        billed: billed(&desk.billing_view().await.unwrap()),
    };
    News::Report(report).tell();
    desk.shut_down().await;
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
            tell_answer(&desk.evaluation_ask_again(id).await.unwrap());
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

/// All evaluations that are, or may be, on the bill.
fn billed(view: &BillingView) -> u64 {
    let counts = view.months.iter().map(|month| &month.count);
    counts
        .map(|count| u64::from(count.evaluations + count.may_be_billed))
        .sum()
}
