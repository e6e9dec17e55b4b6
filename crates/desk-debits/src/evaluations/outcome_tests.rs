//! Answers that can't be saved, with a real database that refuses to.

use std::path::Path;

use plaid::{AccessToken, AccountId, ItemId};
use tokio::sync::broadcast;
use url::Url;

use super::*;
use crate::evaluations::{in_flight::EvaluationOrigin, table::NewEvaluation, view::AskedWith};
use desk_banks::{
    items::{
        Items, people,
        table::{AccountFacts, Listing, NewItem, insert_item, write_accounts},
    },
    link::view::{PersonChoice, Purpose},
    support::Support,
};
use desk_core::{
    Session, SystemClock,
    calls::{CallPace, PlaidCalls},
    environment::Environment,
    store::{DatabaseKey, Store},
};

struct OutcomeStore {
    _dir: tempfile::TempDir,
    session: Session,
    evaluations: Evaluations,
}

impl OutcomeStore {
    /// A session with one evaluation in flight.
    async fn set() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let session = open_session(dir.path()).await;
        session
            .store
            .write(|transaction| written(transaction, Timestamp::UNIX_EPOCH))
            .await
            .unwrap();
        let calls = PlaidCalls::new(Environment::Demo, CallPace::default());
        let support = Support::new(session.clone());
        let items = Items::new(
            session.clone(),
            calls.clone(),
            support.clone(),
            Arc::default(),
        );
        let evaluations = Evaluations::new(session.clone(), calls, support, items);
        Self {
            _dir: dir,
            session,
            evaluations,
        }
    }

    async fn keep(&self) -> Result<(), DeskError> {
        let names = vec!["order-7".to_owned()];
        let guard = self
            .evaluations
            .in_flight
            .reserve(names, EvaluationOrigin::User)
            .await;
        self.evaluations
            .store_outcome(guard.unwrap(), outcome())
            .await
    }

    async fn sql(&self, sql: &'static str) {
        self.session
            .store
            .write(move |transaction| Ok::<_, DeskError>(transaction.execute_batch(sql)?))
            .await
            .unwrap();
    }

    async fn state(&self) -> EvaluationState {
        let read = |connection: &rusqlite::Connection| table::view(connection, &id());
        self.session.store.read(read).await.unwrap().state
    }
}

async fn open_session(dir: &Path) -> Session {
    let key = DatabaseKey::random().unwrap();
    let store = Store::open(dir.join("demo.db"), key).await.unwrap();
    let url = Url::parse("http://127.0.0.1:9").unwrap();
    let credentials = plaid::Credentials {
        client_id: plaid::ClientId::new("0123456789abcdef01234567".to_owned()),
        secret: plaid::ApiSecret::new("0123456789abcdef0123456789abcd".to_owned()),
    };
    let client = plaid::Client::new(plaid::ApiHost::loopback(url).unwrap(), credentials);
    let (events, _) = broadcast::channel(16);
    Session::new(
        Environment::Demo,
        client.unwrap(),
        store,
        "0.0.0".into(),
        Arc::new(SystemClock),
        events,
    )
}

fn id() -> ClientTransactionId {
    ClientTransactionId::parse("order-7").unwrap()
}

fn written(transaction: &Transaction<'_>, now: Timestamp) -> Result<(), DeskError> {
    let ada = PersonChoice::New {
        name: "Ada".to_owned(),
    };
    let item_id = ItemId::new("item");
    let item = NewItem {
        item_id: &item_id,
        access_token: &AccessToken::new("access"),
        person_id: &people::choose(transaction, &ada, now)?.person_id,
        purpose: Purpose::AchRisk,
        institution_id: None,
        institution_name: None,
    };
    insert_item(transaction, &item, now)?;
    let account = AccountFacts {
        account_id: AccountId::new("account"),
        name: "Checking".to_owned(),
        official_name: None,
        mask: None,
        account_type: "depository".to_owned(),
        subtype: Some("checking".to_owned()),
        persistent_account_id: None,
    };
    write_accounts(transaction, &item_id, &[account], Listing::Complete, now)?;
    let evaluation = NewEvaluation {
        id: id(),
        account_id: AccountId::new("account"),
        account_name: "Checking".to_owned(),
        account_mask: None,
        institution_name: "Bank".to_owned(),
        person_name: "Ada".to_owned(),
        amount: plaid::Decimal::from(5),
        ruleset_key: None,
        purpose: None,
        with: AskedWith::default(),
    };
    table::insert(transaction, &evaluation, now)
}

fn outcome() -> EvaluationOutcome {
    let answer = r#"{"ruleset": {"ruleset_key": "default", "result": "ACCEPT"}, "scores": null, "warnings": [],
                     "core_attributes": {"available_balance": 90, "current_balance": 100}, "request_id": "r"}"#;
    EvaluationOutcome {
        question: Question {
            id: id(),
            account_id: AccountId::new("account"),
            amount: plaid::Decimal::from(5),
            ruleset_key: None,
            with: AskedWith::default(),
        },
        reply: EvaluationReply::Answer(Box::new(serde_json::from_str(answer).unwrap())),
        document: None,
        at: Timestamp::UNIX_EPOCH,
    }
}

const REFUSE: &str = "CREATE TRIGGER refuse BEFORE INSERT ON evaluation_answers
                      BEGIN SELECT RAISE(ABORT, 'no'); END;";

#[tokio::test]
async fn an_answer_that_the_disk_refuses_is_kept_and_stored_later() {
    let scene = OutcomeStore::set().await;
    let mut events = scene.session.events();
    scene.sql(REFUSE).await;
    let problem = Problem::from(scene.keep().await.unwrap_err());
    // Nothing offers to try again under another name, which would be billed.
    assert_eq!((problem.kind, problem.action), (ProblemKind::Disk, None));
    assert!(problem.message.contains("order-7"), "{}", problem.message);
    assert_eq!(scene.state().await, EvaluationState::Sending);
    assert!(scene.evaluations.in_flight.contains("order-7"));

    scene.sql("DROP TRIGGER refuse;").await;
    assert_eq!(events.recv().await.unwrap(), DeskEvent::EvaluationsChanged);
    assert_eq!(scene.state().await, EvaluationState::Answered);
    let present = |connection: &rusqlite::Connection| readings::present(connection, "account");
    let reading = scene.session.store.read(present).await.unwrap().unwrap();
    assert_eq!(reading.available.as_deref(), Some("90"));
}

#[tokio::test]
async fn an_answer_that_is_lost_in_the_end_can_be_asked_for_again() {
    let scene = OutcomeStore::set().await;
    scene.evaluations.mark_no_result(id()).await;
    assert_eq!(scene.state().await, EvaluationState::Unknown);
    let again = |transaction: &Transaction<'_>| table::restart(transaction, &id());
    scene.session.store.write(again).await.unwrap();
    // Its asker is gone without a word, and it is still written as being guard.
    assert_eq!(scene.state().await, EvaluationState::Sending);
    let question = scene.session.store.write(again).await.unwrap();
    assert_eq!(question.amount, plaid::Decimal::from(5));

    scene.keep().await.unwrap();
    assert_eq!(scene.state().await, EvaluationState::Answered);
    assert!(!scene.evaluations.in_flight.contains("order-7"));
    assert!(scene.session.store.write(again).await.is_err());
}

#[tokio::test]
async fn an_answer_comes_to_the_disk_however_late() {
    let scene = OutcomeStore::set().await;
    let forget = |transaction: &Transaction<'_>| {
        let problem = Problem::new(ProblemKind::Network, "gone");
        table::mark_interrupted(transaction, |_| false, &problem)
    };
    assert_eq!(scene.session.store.write(forget).await.unwrap(), 1);
    scene.keep().await.unwrap();
    assert_eq!(scene.state().await, EvaluationState::Answered);
}
