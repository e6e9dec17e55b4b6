//! Refreshing many Items: what is asked, in which order and how often, what it costs, and what happens while banks are
//! busy, the network is away, or the answer is not what was asked for.

use crate::features;
use std::time::Duration;

use desk::{
    DeskError,
    balances::view::{
        ReadingSource, ReadingView, RefreshOutcome, RefreshPlan, RefreshProgress, RefreshScope,
    },
    billing::view::{BilledCount, BillingView},
    items::view::{ItemHealth, ItemView},
    problem::{NextAction, Problem, ProblemKind},
    settings::view::Settings,
};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::bank::{Fault, Running, Stage, by_mask};

const BALANCE: &str = "/accounts/balance/get";

const TARTAN: &str = "ins_109511";

/// What a refresh tells, as it comes.
#[derive(Clone, Default)]
struct Told(watch::Sender<Vec<RefreshProgress>>);

impl Told {
    fn listener(&self) -> impl Fn(RefreshProgress) + Send + Sync + 'static {
        let told = self.0.clone();
        move |progress| told.send_modify(|told| told.push(progress))
    }

    async fn until(&self, what: impl Fn(&RefreshProgress) -> bool) {
        let mut told = self.0.subscribe();
        let came = told.wait_for(|told| told.iter().any(&what));
        tokio::time::timeout(Duration::from_secs(30), came)
            .await
            .expect("it was never told")
            .unwrap();
    }

    fn all(&self) -> Vec<RefreshProgress> {
        self.0.borrow().clone()
    }
}

async fn refresh(desk: &Running, scope: RefreshScope) -> RefreshOutcome {
    desk.run(|desk| async move {
        features(&desk)
            .balances
            .refresh(scope, |_| {})
            .await
            .unwrap()
    })
    .await
}

async fn plan(desk: &Running, scope: RefreshScope) -> Result<RefreshPlan, DeskError> {
    desk.run(|desk| async move { features(&desk).balances.plan(scope).await })
        .await
}

async fn billing(desk: &Running) -> BillingView {
    desk.run(|desk| async move { features(&desk).balances.billing().await.unwrap() })
        .await
}

async fn settings(desk: &Running, change: impl FnOnce(&mut Settings)) {
    let mut settings = desk
        .run(|desk| async move { features(&desk).settings.view().await.unwrap().settings })
        .await;
    change(&mut settings);
    desk.run(|desk| async move { features(&desk).settings.save(settings).await.unwrap() })
        .await;
}

async fn readings(desk: &Running, account_id: &str) -> Vec<ReadingView> {
    let id = account_id.to_owned();
    desk.run(|desk| async move { features(&desk).balances.readings(&id, 10).await.unwrap() })
        .await
}

fn counts(count: &BilledCount) -> (u32, u32, u32) {
    (count.balances, count.evaluations, count.may_be_billed)
}

fn whole(item: &ItemView) -> RefreshScope {
    RefreshScope::Item {
        item_id: item.item_id.clone(),
    }
}

/// What the bank answers for an Item, to be changed.
async fn answer_of(desk: &Running, stage: &Stage, item: &ItemView) -> Value {
    refresh(desk, whole(item)).await;
    let token = stage.calls(BALANCE).last().unwrap().body["access_token"].clone();
    stage
        .ask_bank("/accounts/get", json!({"access_token": token}))
        .await
}

fn leaked(answer: &Value) -> Fault {
    Fault::Answers(Box::leak(answer.to_string().into_boxed_str()))
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_was_asked_for_is_asked_of_plaid() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let ada = desk.link(&stage, "Ada").await;
    let grace = desk.link(&stage, "Grace").await;
    let id = |item: &ItemView, mask: &str| by_mask(item, mask).account_id.clone();

    let chosen = RefreshScope::Accounts {
        account_ids: vec![
            id(&grace, "0000"),
            id(&ada, "1111"),
            id(&grace, "1111"),
            id(&grace, "0000"),
            "gone".to_owned(),
        ],
    };
    assert_eq!(plan(&desk, chosen.clone()).await.unwrap().calls, 2);
    assert_eq!(refresh(&desk, chosen).await.refreshed, 2);
    let mut asked: Vec<Value> = stage
        .calls(BALANCE)
        .iter()
        .map(|call| call.body["options"]["account_ids"].clone())
        .collect();
    asked.sort_by_key(|ids| ids.as_array().unwrap().len());
    assert_eq!(
        asked,
        [
            json!([id(&ada, "1111")]),
            json!([id(&grace, "0000"), id(&grace, "1111")])
        ]
    );
    assert_eq!(readings(&desk, &id(&ada, "0000")).await.len(), 1);
    assert_eq!(readings(&desk, &id(&grace, "1111")).await.len(), 2);

    let person = RefreshScope::Person {
        person_id: ada.person.person_id.clone(),
    };
    assert_eq!(refresh(&desk, person).await.refreshed, 1);
    let both = RefreshScope::Items {
        item_ids: vec![
            grace.item_id.clone(),
            "gone".to_owned(),
            ada.item_id.clone(),
        ],
    };
    assert_eq!(refresh(&desk, both).await.refreshed, 2);
    assert_eq!(stage.calls(BALANCE).len(), 5);
    for nothing in [
        RefreshScope::Items {
            item_ids: vec!["gone".to_owned()],
        },
        RefreshScope::Person {
            person_id: "gone".to_owned(),
        },
        RefreshScope::Account {
            account_id: "gone".to_owned(),
        },
    ] {
        let problem = Problem::from(plan(&desk, nothing).await.unwrap_err());
        assert_eq!(problem.kind, ProblemKind::NotFound);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_is_planned_with_its_calls_its_cost_and_its_time() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    desk.link(&stage, "Ada").await;
    desk.link(&stage, "Grace").await;
    let planned = plan(&desk, RefreshScope::All).await.unwrap();
    let expected = RefreshPlan {
        calls: 2,
        cost: None,
        needs_confirmation: false,
        seconds: 4,
        running: false,
    };
    assert_eq!(planned, expected);
    settings(&desk, |settings| {
        settings.confirm_above_calls = 1;
        settings.price_per_balance_call = Some("0.105".to_owned());
        settings.price_currency = "CAD".to_owned();
    })
    .await;
    let planned = plan(&desk, RefreshScope::All).await.unwrap();
    assert!(planned.needs_confirmation);
    let cost = planned.cost.unwrap();
    assert_eq!(
        (cost.amount.as_str(), cost.currency.as_str()),
        ("0.210", "CAD")
    );
    assert!(stage.calls(BALANCE).is_empty(), "planning asks nothing");

    stage.fault(BALANCE, Fault::HeldBefore);
    let running = desk.begin(|desk| async move {
        features(&desk)
            .balances
            .refresh(RefreshScope::All, |_| {})
            .await
            .unwrap()
    });
    stage.called(BALANCE, 2).await;
    assert!(plan(&desk, RefreshScope::All).await.unwrap().running);
    stage.mend(BALANCE);
    assert_eq!(running.await.unwrap().refreshed, 2);
    let today = billing(&desk).await.today;
    assert_eq!(counts(&today), (2, 0, 0));
    assert_eq!(today.cost.unwrap().amount, "0.210");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_billed_call_is_lost_from_the_count_by_a_crash() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = desk.link(&stage, "Ada").await;
    refresh(&desk, whole(&item)).await;
    stage.fault(BALANCE, Fault::HeldAfter);
    let scope = whole(&item);
    desk.begin(|desk| async move { features(&desk).balances.refresh(scope, |_| {}).await });
    stage.called(BALANCE, 2).await;
    desk.kill().await;

    let desk = stage.desk().await;
    assert_eq!(counts(&billing(&desk).await.today), (1, 0, 1));
    stage.mend(BALANCE);
    // Refused: not billed.
    stage
        .item_error(&item.item_id, Some("ITEM_LOGIN_REQUIRED"))
        .await;
    let outcome = refresh(&desk, whole(&item)).await;
    assert!(!outcome.failed[0].may_be_billed);
    assert_eq!(counts(&billing(&desk).await.today), (1, 0, 1));
    stage.item_error(&item.item_id, None).await;
    // Lost on its way: it may be.
    stage.fault(BALANCE, Fault::LostAfter);
    refresh(&desk, whole(&item)).await;
    assert_eq!(counts(&billing(&desk).await.today), (1, 0, 2));
    // Cancelled while the bank is asked: the same.
    stage.fault(BALANCE, Fault::HeldBefore);
    let (scope, calls) = (whole(&item), stage.calls(BALANCE).len());
    let running =
        desk.begin(|desk| async move { features(&desk).balances.refresh(scope, |_| {}).await });
    stage.called(BALANCE, calls + 1).await;
    desk.desk.open().unwrap().balances.cancel_refresh();
    assert!(running.await.unwrap().unwrap().cancelled);
    assert_eq!(counts(&billing(&desk).await.month), (1, 0, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn evaluations_are_counted_too() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = desk.link(&stage, "Ada").await;
    let request = |id: &str| desk::evaluations::view::EvaluateRequest {
        client_transaction_id: Some(id.to_owned()),
        ..desk::evaluations::view::EvaluateRequest::new(&by_mask(&item, "0000").account_id, "12.17")
    };
    let first = request("one");
    desk.run(|desk| async move { features(&desk).evaluations.evaluate(first).await.unwrap() })
        .await;
    assert_eq!(counts(&billing(&desk).await.today), (0, 1, 0));
    stage.fault("/signal/evaluate", Fault::LostAfter);
    let second = request("two");
    desk.run(|desk| async move { features(&desk).evaluations.evaluate(second).await.unwrap() })
        .await;
    assert_eq!(counts(&billing(&desk).await.today), (0, 1, 1));
    stage.mend("/signal/evaluate");
    desk.run(|desk| async move {
        features(&desk)
            .evaluations
            .evaluate_again("two")
            .await
            .unwrap()
    })
    .await;
    // Asked twice under one name: the asking whose answer was lost may be billed, too.
    assert_eq!(counts(&billing(&desk).await.today), (0, 2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_bank_is_asked_again_and_given_up_and_holds_up_no_other() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let busy = desk.link(&stage, "Ada").await;
    let other = desk
        .link_at(&stage, "Grace", TARTAN, ("user_good", "pass_good"))
        .await;
    refresh(&desk, whole(&other)).await;
    refresh(&desk, whole(&busy)).await;
    let busy_token = stage.calls(BALANCE)[1].body["access_token"].clone();
    let fault = json!({"path": BALANCE, "fault": "institution_rate_limit", "times": 1});
    stage.set_in_bank("faults", fault).await;
    let told = Told::default();
    let (scope, listener) = (whole(&busy), told.listener());
    let outcome = desk
        .run(|desk| async move {
            features(&desk)
                .balances
                .refresh(scope, listener)
                .await
                .unwrap()
        })
        .await;
    assert_eq!(outcome.refreshed, 1, "it passed by itself");
    let paced = told.all().into_iter().find_map(|told| match told {
        RefreshProgress::Paced {
            institution_name, ..
        } => Some(institution_name),
        _ => None,
    });
    assert_eq!(paced.flatten().as_deref(), Some("First Platypus Bank"));
    assert_eq!(counts(&billing(&desk).await.today), (3, 0, 0));

    // For as long as it is asked: the other bank's Item is stored while the busy one is waited for.
    stage.fault_for(
        &busy_token,
        Fault::Says(429, "RATE_LIMIT_EXCEEDED", "INSTITUTION_RATE_LIMIT"),
    );
    let told = Told::default();
    let listener = told.listener();
    let began = std::time::Instant::now();
    let outcome = desk
        .run(|desk| async move {
            features(&desk)
                .balances
                .refresh(RefreshScope::All, listener)
                .await
                .unwrap()
        })
        .await;
    assert!(began.elapsed() < Duration::from_secs(20), "without end");
    assert_eq!((outcome.refreshed, outcome.failed.len()), (1, 1));
    assert_eq!(outcome.failed[0].item_id, busy.item_id);
    assert_eq!(outcome.failed[0].problem.action, Some(NextAction::Retry));
    let told = told.all();
    let done = told.iter().position(|told| {
        matches!(told, RefreshProgress::ItemDone { item_id, .. } if *item_id == other.item_id)
    });
    let failed = told
        .iter()
        .position(|told| matches!(told, RefreshProgress::ItemFailed { .. }));
    assert!(done.unwrap() < failed.unwrap(), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn plaids_limits_are_kept_and_told() {
    let mut stage = Stage::set().await;
    stage.pace.busy_patience = Duration::from_secs(60);
    let desk = stage.desk().await;
    let item = desk.link(&stage, "Ada").await;
    stage
        .set_in_bank("limits", json!({"limits": "sandbox"}))
        .await;
    // 13 calls of one Item at once, the others 5 seconds apart: the stand-in, which refuses the 26th, refuses none.
    for _ in 0..13 {
        assert_eq!(refresh(&desk, whole(&item)).await.refreshed, 1);
    }
    let told = Told::default();
    let (scope, listener) = (whole(&item), told.listener());
    let running = desk.begin(|desk| async move {
        features(&desk)
            .balances
            .refresh(scope, listener)
            .await
            .unwrap()
    });
    told.until(|told| matches!(told, RefreshProgress::Paced { .. }))
        .await;
    assert_eq!(stage.calls(BALANCE).len(), 13);
    assert_eq!(running.await.unwrap().refreshed, 1);
    let told = told.all();
    assert!(
        matches!(
            told.as_slice(),
            [
                RefreshProgress::Started { .. },
                RefreshProgress::Paced {
                    institution_name: None,
                    done: 0,
                    total: 1,
                    ..
                },
                RefreshProgress::Resumed { .. },
                RefreshProgress::ItemDone { .. }
            ]
        ),
        "{told:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_waits_for_a_lost_network_and_goes_on() {
    let stage = Stage::on_a_line().await;
    let desk = stage.desk().await;
    let item = desk.link(&stage, "Ada").await;
    desk.link(&stage, "Grace").await;

    // Under way when the network goes: it may be billed, and is not asked again.
    stage.fault(BALANCE, Fault::HeldAfter);
    let told = Told::default();
    let (scope, listener) = (whole(&item), told.listener());
    let running = desk.begin(|desk| async move {
        features(&desk)
            .balances
            .refresh(scope, listener)
            .await
            .unwrap()
    });
    stage.answered(BALANCE).await;
    stage.lose_network().await;
    let outcome = running.await.unwrap();
    assert!(outcome.failed[0].may_be_billed);
    stage.mend(BALANCE);

    // Begun without a network: it waits, and both are asked once it is back.
    let told = Told::default();
    let listener = told.listener();
    let running = desk.begin(|desk| async move {
        features(&desk)
            .balances
            .refresh(RefreshScope::All, listener)
            .await
            .unwrap()
    });
    let offline = |told: &RefreshProgress| matches!(told, RefreshProgress::Offline { .. });
    told.until(offline).await;
    assert_eq!(stage.calls(BALANCE).len(), 1);
    stage.network_is_back().await;
    let outcome = running.await.unwrap();
    assert_eq!((outcome.refreshed, outcome.failed.len()), (2, 0));
    assert_eq!(stage.calls(BALANCE).len(), 3);
    let told = told.all();
    let resumed = told
        .iter()
        .position(|told| matches!(told, RefreshProgress::Resumed { .. }));
    assert!(resumed > told.iter().position(offline), "{told:?}");
    assert_eq!(counts(&billing(&desk).await.today), (2, 0, 1));

    // It can be cancelled while it waits.
    stage.lose_network().await;
    let told = Told::default();
    let listener = told.listener();
    let running = desk.begin(|desk| async move {
        features(&desk)
            .balances
            .refresh(RefreshScope::All, listener)
            .await
            .unwrap()
    });
    told.until(offline).await;
    desk.desk.open().unwrap().balances.cancel_refresh();
    let outcome = running.await.unwrap();
    assert!(outcome.cancelled);
    assert_eq!((outcome.refreshed, outcome.failed.len()), (0, 0));
    assert_eq!(counts(&billing(&desk).await.today), (2, 0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_are_not_what_was_asked_for_are_taken_as_they_are() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = desk.link(&stage, "Ada").await;
    let mut answer = answer_of(&desk, &stage, &item).await;
    let balances = |answer: &mut Value, index: usize, balances: Value| {
        answer["accounts"][index]["balances"] = balances;
    };
    // Both currencies null; 15 digits and four decimals, negative; nothing reported.
    let nowhere = json!({"available": 1, "current": 2.50, "limit": null,
                         "iso_currency_code": null, "unofficial_currency_code": null});
    balances(&mut answer, 0, nowhere);
    let large: Value = serde_json::from_str(
        r#"{"available": -1234567890123.25, "current": 123456789012345, "limit": null,
            "iso_currency_code": "USD", "unofficial_currency_code": null}"#,
    )
    .unwrap();
    balances(&mut answer, 1, large);
    let unknown = json!({"available": null, "current": null, "limit": null,
                         "iso_currency_code": "USD", "unofficial_currency_code": null});
    balances(&mut answer, 2, unknown);
    stage.fault(BALANCE, leaked(&answer));
    assert_eq!(refresh(&desk, whole(&item)).await.refreshed, 1);

    let items = desk.items().await;
    let shown = &items[0].accounts;
    let reading = |index: usize| shown[index].reading.clone().unwrap();
    assert_eq!(reading(0).currency, None);
    assert_eq!(reading(0).current.as_deref(), Some("2.5"));
    assert_eq!(reading(1).available.as_deref(), Some("-1234567890123.25"));
    assert_eq!(reading(1).current.as_deref(), Some("123456789012345"));
    assert_eq!((reading(2).current, reading(2).available), (None, None));

    // One that we know is gone, and one is new.
    let accounts = answer["accounts"].as_array_mut().unwrap();
    let gone = accounts.remove(2);
    let mut new = gone.clone();
    new["account_id"] = json!("a-new-account");
    new["name"] = json!("Brand new");
    accounts.push(new);
    stage.fault(BALANCE, leaked(&answer));
    assert_eq!(refresh(&desk, whole(&item)).await.refreshed, 1);
    let items = desk.items().await;
    let shown = &items[0].accounts;
    let gone = gone["account_id"].as_str().unwrap();
    assert!(shown.iter().all(|account| account.account_id != gone));
    assert_eq!(shown.last().unwrap().name, "Brand new");
    assert_eq!(shown.len(), item.accounts.len());
    let before = readings(&desk, gone).await;
    assert_eq!(before.len(), 3, "its history stays");

    // Asked for one account, and answered with another.
    let asked = RefreshScope::Account {
        account_id: shown[0].account_id.clone(),
    };
    let only = answer["accounts"][1].clone();
    answer["accounts"] = json!([only]);
    stage.fault(BALANCE, leaked(&answer));
    let outcome = refresh(&desk, asked).await;
    assert_eq!(outcome.failed[0].problem.kind, ProblemKind::Plaid);
    let message = &outcome.failed[0].problem.message;
    assert!(message.contains("left out"), "{message}");
    assert_eq!(desk.items().await[0].accounts.len(), item.accounts.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_amounts_of_a_customer_come_exactly() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let described: Value = serde_json::from_str(
        r#"{"override_accounts": [
            {"type": "depository", "subtype": "checking", "starting_balance": 999999999999999,
             "force_available_balance": -0.01, "currency": "USD", "meta": {"mask": "0001"}},
            {"type": "depository", "subtype": "savings", "starting_balance": -12345678901.2345,
             "currency": "CAD", "meta": {"mask": "0002"}}
        ]}"#,
    )
    .unwrap();
    let described = described.to_string();
    let item = desk
        .link_at(
            &stage,
            "Ada",
            crate::bank::PLATYPUS,
            ("user_custom", &described),
        )
        .await;
    assert_eq!(refresh(&desk, whole(&item)).await.refreshed, 1);
    let item = desk.items().await.remove(0);
    let amounts = |mask: &str| {
        let reading = by_mask(&item, mask).reading.clone().unwrap();
        assert_eq!(reading.source, ReadingSource::Live);
        (reading.available, reading.current)
    };
    let (available, current) = amounts("0001");
    assert_eq!(available.as_deref(), Some("-0.01"));
    assert_eq!(current.as_deref(), Some("999999999999999"));
    assert_eq!(amounts("0002").1.as_deref(), Some("-12345678901.2345"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_the_bank_closes_disappears_with_its_history_kept() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = desk.link(&stage, "Ada").await;
    let closed = by_mask(&item, "1111").account_id.clone();
    stage
        .set_in_bank("account", json!({"account_id": closed, "closed": true}))
        .await;
    let asked = RefreshScope::Account {
        account_id: closed.clone(),
    };
    let outcome = refresh(&desk, asked).await;
    let problem = &outcome.failed[0].problem;
    let code = problem.plaid.as_ref().unwrap().error_code.as_deref();
    assert_eq!(code, Some("INVALID_ACCOUNT_ID"));
    assert!(matches!(
        problem.action,
        Some(NextAction::ChooseAccounts { .. })
    ));
    assert_eq!(refresh(&desk, whole(&item)).await.refreshed, 1);
    let items = desk.items().await;
    assert_eq!(items[0].accounts.len(), item.accounts.len() - 1);
    assert_eq!(items[0].health, ItemHealth::Healthy);
    assert_eq!(readings(&desk, &closed).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_back_turns_nothing_round() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = desk.link(&stage, "Ada").await;
    stage.later(Duration::from_secs(3 * 24 * 60 * 60));
    refresh(&desk, whole(&item)).await;
    stage.set_clock_back(Duration::from_secs(3 * 24 * 60 * 60));
    let checking = by_mask(&item, "0000").account_id.clone();
    let ahead = readings(&desk, &checking).await[0].clone();
    refresh(&desk, whole(&item)).await;
    let now = readings(&desk, &checking).await;
    assert_eq!(now.len(), 3);
    // The history is in the order of time; the present is what was stored last.
    assert_eq!(now[0], ahead);
    let items = desk.items().await;
    let present = by_mask(&items[0], "0000").reading.clone().unwrap();
    assert_eq!(present.source, ReadingSource::Live);
    assert_eq!(present, now[1]);
    assert!(present.read_at < ahead.read_at);
    // The call of a day that is still to come is counted once that day is there.
    assert_eq!(counts(&billing(&desk).await.today), (1, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn cached_balances_are_refreshed_on_opening_for_those_who_want_it() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = desk.link(&stage, "Ada").await;
    let checking = by_mask(&item, "0000").account_id.clone();
    let cached = stage.calls("/accounts/get").len();
    desk.kill().await;
    let desk = stage.desk().await;
    settings(&desk, |settings| settings.refresh_cached_on_open = true).await;
    assert_eq!(
        stage.calls("/accounts/get").len(),
        cached,
        "not unless chosen"
    );
    desk.kill().await;

    let desk = stage.desk().await;
    let read = move |desk: desk::Desk| {
        let id = checking.clone();
        async move { features(&desk).balances.readings(&id, 10).await.unwrap() }
    };
    let readings = desk.until(read, |readings| readings.len() == 2).await;
    assert_eq!(readings[0].source, ReadingSource::Cached);
    assert_eq!(counts(&billing(&desk).await.today), (0, 0, 0));
}
