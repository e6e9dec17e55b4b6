//! The last answers of Plaid about each Item, kept for its support: when, how long, the request_id, and the body as far
//! as it is known to be harmless. They are written in the background and may be lost; nothing rests on them.

mod body;
pub mod view;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use plaid::{AccountId, CallObserver, ItemId, ObservedCall};
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction};
use tokio::sync::{mpsc, oneshot};

use self::view::{AccountSupport, PlaidAnswer};
use desk_core::{DeskError, Session, moment::Moment, store::single_column};

pub use self::body::laid_out;

/// Answers that are kept of each Item.
const KEPT: u32 = 20;

/// Answers that may wait to be written; more are dropped.
const WAITING: usize = 1_000;

/// The longest body that is kept, in bytes.
const LONGEST_BODY: usize = 64 * 1024;

/// How long answers are gathered before they are written together: a refresh brings many.
const GATHER: Duration = Duration::from_millis(250);

/// An answer on its way to the disk.
struct Answer {
    item_id: ItemId,
    account_id: Option<AccountId>,
    observed: ObservedCall,
    came: Instant,
}

/// What the one who writes is told.
enum Told {
    Came(Box<Answer>),
    /// Somebody wants to read: all that came before is written now, and then this is told.
    Wanted(oneshot::Sender<()>),
}

/// Where answers wait to be written.
pub struct Answers {
    sender: mpsc::Sender<Told>,
    receiver: Mutex<Option<mpsc::Receiver<Told>>>,
}

impl Default for Answers {
    fn default() -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        Self {
            sender,
            receiver: Mutex::new(Some(receiver)),
        }
    }
}

impl Answers {
    /// Waits until all that has come is written; nobody writes once the environment is closed.
    async fn written(&self) {
        let (tell, written) = oneshot::channel();
        if self.sender.send(Told::Wanted(tell)).await.is_ok() {
            let _ = written.await;
        }
    }

    /// For the one who writes; once.
    fn receiver(&self) -> Option<mpsc::Receiver<Told>> {
        self.receiver
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

/// Hands the answers of calls about one Item, or one account of it, over to be written.
struct About {
    item_id: ItemId,
    account_id: Option<AccountId>,
    sender: mpsc::Sender<Told>,
}

impl CallObserver for About {
    fn on_call(&self, observed: ObservedCall) {
        let answer = Answer {
            item_id: self.item_id.clone(),
            account_id: self.account_id.clone(),
            observed: ObservedCall {
                exchange: None,
                ..observed
            },
            came: Instant::now(),
        };
        // Full, or closed: it is for support only, and no call waits for it.
        let _ = self.sender.try_send(Told::Came(Box::new(answer)));
    }
}

/// Stores Plaid's last answers about each Item for support requests. Clones share their state.
#[derive(Clone)]
pub struct Support {
    session: Session,
    answers: Arc<Answers>,
}

impl Support {
    pub fn new(session: Session) -> Self {
        Self {
            session,
            answers: Arc::default(),
        }
    }
}

impl Support {
    /// The client for calls about an Item, whose answers are kept for its support.
    pub(crate) fn client_for(&self, item_id: &ItemId) -> plaid::Client {
        self.client_about(item_id, None)
    }

    /// The client for calls about an Item or one account of it, whose answers are kept for its support.
    pub fn client_about(&self, item_id: &ItemId, account_id: Option<&AccountId>) -> plaid::Client {
        self.session.client.observed_by(Arc::new(About {
            item_id: item_id.clone(),
            account_id: account_id.cloned(),
            sender: self.answers.sender.clone(),
        }))
    }
}

impl Support {
    /// The last answers of Plaid that concern an account.
    ///
    /// # Errors
    /// `NotFound`, `NothingOpen`, `Database`.
    pub async fn of_account(&self, account_id: &str) -> Result<AccountSupport, DeskError> {
        let account_id = account_id.to_owned();
        self.answers.written().await;
        self.session
            .store
            .read(move |connection| support(connection, account_id))
            .await
    }

    /// Writes answers down until the environment is closed.
    pub async fn store_answers(self) {
        let Some(mut receiver) = self.answers.receiver() else {
            return;
        };
        while let Some(Gathered { answers, wanted }) = self.gather_answers(&mut receiver).await {
            let now = self.session.now();
            let written = self
                .session
                .store
                .write(move |transaction| write(transaction, answers, now))
                .await;
            if let Err(error) = written {
                tracing::info!(%error, "answers of Plaid were not kept for support");
            }
            if let Some(wanted) = wanted {
                // Who wanted to read may have gone.
                let _ = wanted.send(());
            }
        }
    }
}

/// Answers that are written together, and who waits for it.
struct Gathered {
    answers: Vec<Answer>,
    wanted: Option<oneshot::Sender<()>>,
}

impl Support {
    /// Gathers for a while, or until somebody wants to read; nothing more once the environment is closed.
    async fn gather_answers(&self, receiver: &mut mpsc::Receiver<Told>) -> Option<Gathered> {
        let mut answers = Vec::new();
        let mut over = None;
        loop {
            let told = tokio::select! {
                () = self.session.cancel.cancelled(), if answers.is_empty() => return None,
                () = self.session.cancel.cancelled() => None,
                told = receiver.recv() => Some(told?),
                () = until(over) => None,
            };
            match told {
                Some(Told::Came(answer)) => {
                    answers.push(*answer);
                    over.get_or_insert_with(|| tokio::time::Instant::now() + GATHER);
                }
                Some(Told::Wanted(wanted)) => {
                    return Some(Gathered {
                        answers,
                        wanted: Some(wanted),
                    });
                }
                None => {
                    return Some(Gathered {
                        answers,
                        wanted: None,
                    });
                }
            }
        }
    }
}

/// Waits for that moment; without one, for ever.
async fn until(moment: Option<tokio::time::Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

fn write(
    transaction: &Transaction<'_>,
    answers: Vec<Answer>,
    now: Timestamp,
) -> Result<(), DeskError> {
    // Nothing is kept of an Item that is not there.
    let mut insert = transaction.prepare_cached(
        "INSERT INTO answers (item_number, account_id, endpoint, at, request_id, http_status, duration_ms, body, failure)
         SELECT item_number, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 FROM items WHERE item_id = ?1
         RETURNING item_number",
    )?;
    let mut cap = transaction.prepare_cached(
        "DELETE FROM answers WHERE answer_id <=
             (SELECT answer_id FROM answers WHERE item_number = ?1 ORDER BY answer_id DESC LIMIT 1 OFFSET ?2)
           AND item_number = ?1",
    )?;
    for answer in answers {
        let Answer { observed, .. } = answer;
        let came = Moment::from(now).before(answer.came.elapsed());
        let body = observed.body.filter(|body| body.len() <= LONGEST_BODY);
        let values = (
            answer.item_id.as_str(),
            answer.account_id.as_ref().map(AccountId::as_str),
            observed.endpoint.path(),
            came,
            observed.request_id.as_ref().map(plaid::RequestId::as_str),
            observed.status,
            milliseconds(observed.duration),
            body,
            observed.failure,
        );
        let item: Option<i64> = insert.query_row(values, single_column).optional()?;
        if let Some(item) = item {
            cap.execute((item, KEPT))?;
        }
    }
    Ok(())
}

fn milliseconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}

fn support(connection: &Connection, account_id: String) -> Result<AccountSupport, DeskError> {
    let mut owner = connection.prepare_cached(
        "SELECT item_id, institution_id FROM accounts JOIN items USING (item_id) WHERE account_id = ?1",
    )?;
    let mut rows = owner.query([&account_id])?;
    let row = rows.next()?.ok_or(DeskError::NotFound("This account"))?;
    let (item_id, institution_id): (String, Option<String>) =
        (row.get("item_id")?, row.get("institution_id")?);
    let mut statement = connection.prepare_cached(
        "SELECT endpoint, at, request_id, http_status, duration_ms, body, failure FROM answers
         WHERE item_number = (SELECT item_number FROM items WHERE item_id = ?1)
           AND (account_id IS NULL OR account_id = ?2)
         ORDER BY answer_id DESC",
    )?;
    let mut rows = statement.query((&item_id, &account_id))?;
    let mut answers = Vec::new();
    while let Some(row) = rows.next()? {
        answers.extend(answer(row, &account_id)?);
    }
    Ok(AccountSupport {
        account_id,
        item_id,
        institution_id,
        answers,
    })
}

/// An answer, unless it lists accounts and this one is not among them.
fn answer(row: &Row<'_>, account_id: &str) -> Result<Option<PlaidAnswer>, DeskError> {
    let body: Option<String> = row.get("body")?;
    let body = match body.map(|body| body::about(&body, account_id)) {
        Some(None) => return Ok(None),
        Some(about) => about,
        None => None,
    };
    Ok(Some(PlaidAnswer {
        endpoint: row.get("endpoint")?,
        at: row.get::<_, Moment>("at")?.to_text(),
        request_id: row.get("request_id")?,
        http_status: row.get("http_status")?,
        duration_ms: row.get("duration_ms")?,
        body,
        failure: row.get("failure")?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use desk_core::store::{schema, single_column};

    const TWO_ITEMS: &str = "
        INSERT INTO people VALUES ('p', 'Ada', 'ada', 'user', 0);
        INSERT INTO items (item_id, person_id, purpose, institution_name, access_token, state, linked_at)
        VALUES ('one', 'p', 'ach_risk', 'Bank', 'x', 'active', 0),
               ('other', 'p', 'ach_risk', 'Bank', 'x', 'active', 0);";

    #[test]
    fn the_last_twenty_of_each_item_are_kept() {
        let mut connection = schema::in_memory();
        connection.execute_batch(TWO_ITEMS).unwrap();
        connection
            .execute_batch(
                "INSERT INTO accounts (account_id, item_id, position, name, account_type)
                 VALUES ('a', 'one', 0, 'A', 'depository'), ('b', 'one', 1, 'B', 'depository');",
            )
            .unwrap();
        let answer = |item: &str, account: Option<&str>, body: Option<&str>| Answer {
            item_id: ItemId::new(item),
            account_id: account.map(AccountId::new),
            observed: ObservedCall {
                endpoint: plaid::Endpoint::AccountsGet,
                duration: Duration::from_millis(12),
                status: Some(200),
                request_id: None,
                body: body.map(str::to_owned),
                failure: None,
                exchange: None,
            },
            came: Instant::now(),
        };
        let mut answers: Vec<Answer> = (0..30).map(|_| answer("one", None, None)).collect();
        answers.push(answer("other", None, None));
        answers.push(answer("gone", None, None));
        answers.push(answer("one", Some("b"), None));
        let lists = r#"{"accounts":[{"account_id":"b"}]}"#;
        answers.push(answer("one", None, Some(lists)));
        answers.push(answer("one", None, Some(&"x".repeat(LONGEST_BODY + 1))));
        let transaction = connection.transaction().unwrap();
        write(&transaction, answers, Timestamp::UNIX_EPOCH).unwrap();
        let kept = |item: &str| -> u32 {
            let sql =
                "SELECT count(*) FROM answers JOIN items USING (item_number) WHERE item_id = ?1";
            transaction.query_row(sql, [item], single_column).unwrap()
        };
        assert_eq!((kept("one"), kept("other"), kept("gone")), (20, 1, 0));
        // What was about another account, or lists only others, does not concern this one.
        let seen = |account: &str| support(&transaction, account.to_owned()).unwrap().answers;
        assert_eq!((seen("a").len(), seen("b").len()), (18, 20));
        assert!(seen("a").iter().all(|answer| answer.body.is_none()));
        assert!(support(&transaction, "c".to_owned()).is_err());
    }
}
