//! What the user says of an account, what is told when a balance is low, what support sees, and files to take along.

use crate::features;
use std::{fs, path::PathBuf, time::Duration};

use desk::{
    accounts::view::{AccountRow, AccountsList, Counted},
    balances::view::RefreshScope,
    event::{DeskEvent, LowBalanceNotice},
    export::view::{ExportFormat, ExportWhat, ListColumn},
    history::view::{ChangeRequest, HistoryOf, HistoryRange, HistoryRequest},
    items::view::ItemView,
    problem::Problem,
};
use tokio::sync::broadcast::Receiver;

use crate::bank::{Fault, Running, Stage, by_mask};

const BALANCE: &str = "/accounts/balance/get";

/// Has the bank answer this available balance of one account, and reads it.
async fn read(stage: &Stage, desk: &Running, item: &ItemView, account_id: &str, available: &str) {
    let answer = format!(
        r#"{{"accounts": [{{"account_id": "{account_id}", "name": "Plaid Checking", "official_name": null,
             "mask": "0000", "type": "depository", "subtype": "checking",
             "balances": {{"available": {available}, "current": 900.00, "limit": null, "iso_currency_code": "USD",
                           "unofficial_currency_code": null}}}}],
             "item": {{"item_id": "{}", "institution_id": "ins_109508", "webhook": null, "error": null,
                       "available_products": [], "billed_products": ["auth"], "products": ["auth"],
                       "consent_expiration_time": null, "update_type": "background"}},
             "request_id": "read{}"}}"#,
        item.item_id,
        available.replace(['.', '-'], "x"),
    );
    stage.fault(BALANCE, Fault::Answers(Box::leak(answer.into_boxed_str())));
    let scope = RefreshScope::Account {
        account_id: account_id.to_owned(),
    };
    let outcome = desk
        .run(|desk| async move {
            features(&desk)
                .balances
                .refresh(scope, |_| {})
                .await
                .unwrap()
        })
        .await;
    assert_eq!(outcome.refreshed, 1, "{:?}", outcome.failed);
}

async fn list(desk: &Running) -> AccountsList {
    desk.run(|desk| async move { features(&desk).accounts.list().await.unwrap() })
        .await
}

async fn row(desk: &Running, account_id: &str) -> AccountRow {
    let list = list(desk).await;
    let row = list
        .rows
        .into_iter()
        .find(|row| row.account_id == account_id);
    row.unwrap()
}

/// The next notice of low balances; none when there is none for a while.
async fn notice(
    events: &mut Receiver<DeskEvent>,
    patience: Duration,
) -> Option<Vec<LowBalanceNotice>> {
    let next = async {
        loop {
            if let DeskEvent::LowBalance { accounts } = events.recv().await.unwrap() {
                return accounts;
            }
        }
    };
    tokio::time::timeout(patience, next).await.ok()
}

const SOON: Duration = Duration::from_secs(30);
/// Longer than notices are gathered.
const A_WHILE: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread")]
async fn a_balance_below_its_mark_is_told_once_each_time() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = desk.link(&stage, "Ada").await;
    let id = by_mask(&item, "0000").account_id.clone();
    let mut events = desk.desk.events();
    let mark = |typed: Option<&'static str>| {
        let id = id.clone();
        desk.run(move |desk| async move {
            let set = features(&desk).accounts.set_low_balance(&id, typed).await;
            set.map_err(Problem::from)
        })
    };
    let refused = mark(Some("1,000.00")).await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("threshold"));
    mark(Some("50.00")).await.unwrap();
    let low = row(&desk, &id).await.low_balance.unwrap();
    assert_eq!(
        (low.threshold.as_str(), low.currency.as_str()),
        ("50.00", "USD")
    );
    assert_eq!((low.counts, low.below_since), (Counted::Available, None));

    // Below, further below: once. The current balance is far above all the while.
    read(&stage, &desk, &item, &id, "49.99").await;
    let told = notice(&mut events, SOON).await.unwrap();
    assert_eq!(
        (told.len(), told[0].account_name.as_str()),
        (1, "Plaid Checking")
    );
    assert_eq!(told[0].threshold, "50.00");
    read(&stage, &desk, &item, &id, "12.00").await;
    assert!(
        row(&desk, &id)
            .await
            .low_balance
            .unwrap()
            .below_since
            .is_some()
    );
    // Not reported tells nothing; back at the mark it is not below; below again it is told again.
    read(&stage, &desk, &item, &id, "50").await;
    assert_eq!(row(&desk, &id).await.low_balance.unwrap().below_since, None);
    assert_eq!(notice(&mut events, A_WHILE).await, None);
    read(&stage, &desk, &item, &id, "-3.10").await;
    assert_eq!(notice(&mut events, SOON).await.unwrap().len(), 1);

    // The user is looking at it when the mark is set.
    mark(Some("0")).await.unwrap();
    assert!(
        row(&desk, &id)
            .await
            .low_balance
            .unwrap()
            .below_since
            .is_some()
    );
    assert_eq!(notice(&mut events, A_WHILE).await, None);
    mark(None).await.unwrap();
    assert_eq!(row(&desk, &id).await.low_balance, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn own_names_and_hidden_accounts_stay_the_users_own() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = desk.link(&stage, "Ada").await;
    let id = by_mask(&item, "0000").account_id.clone();
    let before = list(&desk).await;
    assert_eq!(before.rows.len(), item.accounts.len());
    assert!(before.institutions[0].logo.is_some());
    let rename = |name: Option<&'static str>| {
        let id = id.clone();
        desk.run(move |desk| async move {
            features(&desk)
                .accounts
                .rename(&id, name)
                .await
                .map_err(Problem::from)
        })
    };
    assert_eq!(
        rename(Some(" ")).await.unwrap_err().field.as_deref(),
        Some("name")
    );
    rename(Some("  Rent  ")).await.unwrap();
    let hide = |hidden: bool| {
        let id = id.clone();
        desk.run(
            move |desk| async move { features(&desk).accounts.hide(&id, hidden).await.unwrap() },
        )
    };
    hide(true).await;
    // What Plaid says next changes neither.
    read(&stage, &desk, &item, &id, "100").await;
    let after = row(&desk, &id).await;
    assert_eq!(
        (after.own_name.as_deref(), after.hidden),
        (Some("Rent"), true)
    );
    assert_eq!(after.name, "Plaid Checking");
    assert_eq!(after.change.unwrap().amount.parse::<f64>().unwrap(), 790.0);
    let shown = list(&desk).await;
    assert_ne!(shown.totals, before.totals, "what is hidden is not summed");
    assert_eq!(
        shown.totals,
        desk.run(|desk| async move { features(&desk).items.view_all().await.unwrap().totals })
            .await
    );
    hide(false).await;
    rename(None).await.unwrap();
    assert_eq!(row(&desk, &id).await.own_name, None);
    let missing = desk
        .run(|desk| async move {
            features(&desk)
                .accounts
                .hide("none", true)
                .await
                .map_err(Problem::from)
        })
        .await;
    assert!(missing.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn support_sees_what_plaid_said_and_no_secret() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = desk.link(&stage, "Ada").await;
    let id = by_mask(&item, "0000").account_id.clone();
    for round in 0..12 {
        read(&stage, &desk, &item, &id, &format!("{round}.50")).await;
    }
    stage.fault(
        BALANCE,
        Fault::Says(400, "ITEM_ERROR", "ITEM_LOGIN_REQUIRED"),
    );
    let scope = RefreshScope::Account {
        account_id: id.clone(),
    };
    desk.run(|desk| async move {
        features(&desk)
            .balances
            .refresh(scope, |_| {})
            .await
            .unwrap()
    })
    .await;
    let mine = id.clone();
    let ask = move |desk: desk::Desk| {
        let id = mine.clone();
        async move { features(&desk).support.of_account(&id).await.unwrap() }
    };
    // At once: what is still being written down is waited for.
    let support = desk.run(ask).await;
    let is_refused = |answer: &desk::support::view::PlaidAnswer| {
        answer.endpoint == BALANCE && answer.http_status == Some(400)
    };
    assert!(support.answers.iter().any(is_refused), "{support:?}");
    assert!(support.answers.len() <= 20, "{}", support.answers.len());
    assert_eq!(support.item_id, item.item_id);
    let last = support
        .answers
        .iter()
        .find(|answer| answer.request_id.as_deref() == Some("read11x50"))
        .unwrap();
    let body = last.body.as_deref().unwrap();
    assert!(
        body.contains("\"available\": 11.50") && body.contains("\"current\": 900.00"),
        "{body}"
    );
    assert_eq!(last.http_status, Some(200));
    let refused = support
        .answers
        .iter()
        .find(|answer| answer.http_status == Some(400));
    assert!(
        refused
            .unwrap()
            .body
            .as_deref()
            .unwrap()
            .contains("ITEM_LOGIN_REQUIRED")
    );

    let secrets = stage.secrets();
    assert!(secrets.iter().filter(|secret| secret.len() > 8).count() >= 3);
    let seen = format!("{support:?}");
    for secret in secrets.iter().filter(|secret| secret.len() > 8) {
        assert!(
            !seen.contains(secret.as_str()),
            "a secret is in the support view"
        );
    }
    assert!(!seen.contains("access-sandbox"), "{seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_and_the_history_are_taken_along() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    let item = desk.link(&stage, "Ada").await;
    let id = by_mask(&item, "0000").account_id.clone();
    let named = id.clone();
    desk.run(|desk| async move {
        features(&desk)
            .accounts
            .rename(&named, Some("=Rent"))
            .await
            .unwrap()
    })
    .await;
    stage.later(Duration::from_secs(86_400));
    read(&stage, &desk, &item, &id, "23631.9805").await;
    let folder = tempfile::tempdir().unwrap();
    let write = |what: ExportWhat, format, name: &str| {
        let path: PathBuf = folder.path().join(name);
        desk.run(move |desk| async move {
            features(&desk)
                .exports
                .export(what, format, path)
                .await
                .map_err(Problem::from)
        })
    };
    let whole = ExportWhat::List {
        account_ids: vec![id.clone(), "gone".to_owned()],
        columns: vec![
            ListColumn::Name,
            ListColumn::Person,
            ListColumn::Available,
            ListColumn::Currency,
        ],
    };
    let done = write(whole.clone(), ExportFormat::Csv, "list.csv")
        .await
        .unwrap();
    assert_eq!(done.rows, 1);
    assert_eq!(
        fs::read_to_string(&done.path).unwrap(),
        "name,person,available,currency\r\n'=Rent,Ada,23631.9805,USD\r\n"
    );
    let history = ExportWhat::History {
        account_ids: vec![id.clone()],
        from: None,
        to: None,
    };
    let done = write(history, ExportFormat::Json, "history.json")
        .await
        .unwrap();
    let rows: Vec<serde_json::Value> =
        serde_json::from_slice(&fs::read(&done.path).unwrap()).unwrap();
    assert_eq!(rows.len(), done.rows as usize);
    assert_eq!(rows.last().unwrap()["available"], "23631.9805");
    assert!(rows.iter().all(|row| row["account_id"] == id.as_str()));
    let refused = write(whole, ExportFormat::Csv, "not-there/list.csv")
        .await
        .unwrap_err();
    assert!(
        refused.message.contains("folder is not there"),
        "{}",
        refused.message
    );

    // And the same on the screen.
    let of = HistoryOf::Account { account_id: id };
    let since = ChangeRequest {
        of: of.clone(),
        date: "2020-01-01".to_owned(),
    };
    let change = desk
        .run(|desk| async move {
            features(&desk)
                .history
                .change_since(since)
                .await
                .unwrap()
                .unwrap()
        })
        .await;
    assert_eq!((change.to.as_str(), change.accounts), ("900.00", 1));
    let total = HistoryOf::Total {
        currency: "USD".to_owned(),
    };
    for of in [of, total] {
        let request = HistoryRequest {
            of,
            range: HistoryRange::All,
        };
        let view = desk
            .run(|desk| async move { features(&desk).history.history(request).await.unwrap() })
            .await;
        assert!(view.series[0].points.len() >= 2, "{view:?}");
        assert!(view.readings >= 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_rows_come_with_their_items_and_those_in_need() {
    let stage = Stage::set().await;
    let desk = stage.desk().await;
    for person in ["Ada", "Grace", "Joan", "Mary"] {
        desk.link(&stage, person).await;
    }
    let whole = list(&desk).await;
    let ids: Vec<String> = whole
        .items
        .iter()
        .map(|item| item.item_id.clone())
        .collect();
    let begin = |rows: usize| {
        desk.run(
            move |desk| async move { features(&desk).accounts.list_first(rows).await.unwrap() },
        )
    };
    let names = |list: &AccountsList| -> Vec<String> {
        list.items.iter().map(|item| item.item_id.clone()).collect()
    };
    let first = begin(1).await;
    assert_eq!((first.rows.len(), names(&first)), (1, ids[..1].to_vec()));
    assert_eq!(
        (first.accounts, &first.totals),
        (whole.accounts, &whole.totals)
    );

    let in_need = ids[2].clone();
    desk.run(move |desk| async move { features(&desk).items.reset_login(&in_need).await.unwrap() })
        .await;
    let with_need = begin(1).await;
    assert_eq!(names(&with_need), [ids[0].clone(), ids[2].clone()]);
    // A short list is whole.
    assert_eq!(begin(whole.rows.len()).await.items.len(), ids.len());
}
