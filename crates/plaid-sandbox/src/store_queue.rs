//! The one thread that reads and writes the state. Calls that wait at the same time are
//! answered in one transaction, so that the disk is waited for once for all of them; each
//! has a savepoint of its own, and is answered only when its changes are kept.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use crate::api_call::{CallFailure, CallResult};

/// How many calls share a transaction at most.
const GROUP: usize = 64;

/// What work ends with.
pub(crate) struct CompletedWork {
    pub(crate) answer: String,
    /// To be done when the changes are kept, whether somebody still waits for the answer or not.
    pub(crate) afterwards: Option<Box<dyn FnOnce() + Send>>,
}

/// What a change has to outlive before it is answered. The stronger one comes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Durability {
    /// The end of the program, also a sudden one: the system has the change, and writes it
    /// to the disk in its own time. That is enough for what a bank said of a balance.
    Program,
    /// A power failure: the change is on the disk.
    PowerFailure,
}

type WorkResult = Result<CompletedWork, CallFailure>;
type CallWork = Box<dyn FnOnce(&Connection) -> WorkResult + Send>;

struct QueuedCall {
    work: CallWork,
    outlives: Durability,
    reply: oneshot::Sender<CallResult>,
}

enum QueueMessage {
    Do(QueuedCall),
    Close,
}

/// Where work on the state is handed in.
#[derive(Clone)]
pub(crate) struct StoreQueue(Sender<QueueMessage>);

/// The thread behind a ledger.
pub(crate) struct StoreThread {
    ledger: StoreQueue,
    thread: JoinHandle<()>,
}

impl StoreQueue {
    /// Takes the state over.
    pub(crate) fn keep(db: Connection) -> std::io::Result<(Self, StoreThread)> {
        let (ledger, messages) = channel();
        let ledger = Self(ledger);
        let thread = std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || serve(db, &messages))?;
        let keeper = StoreThread {
            ledger: ledger.clone(),
            thread,
        };
        Ok((ledger, keeper))
    }

    /// Does the work and returns when what it changed is on the disk. Work that fails, or
    /// panics, changes nothing.
    pub(crate) async fn ask(
        &self,
        work: impl FnOnce(&Connection) -> WorkResult + Send + 'static,
    ) -> CallResult {
        self.ask_kept(Durability::PowerFailure, work).await
    }

    /// Like [`ask`](Self::ask), for changes that have to outlive so much.
    pub(crate) async fn ask_kept(
        &self,
        outlives: Durability,
        work: impl FnOnce(&Connection) -> WorkResult + Send + 'static,
    ) -> CallResult {
        let (reply, answer) = oneshot::channel();
        let task = QueuedCall {
            work: Box::new(work),
            outlives,
            reply,
        };
        self.0
            .send(QueueMessage::Do(task))
            .map_err(|_| CallFailure::Closed)?;
        answer.await.unwrap_or(Err(CallFailure::Closed))
    }
}

impl StoreThread {
    /// Gives the state up; blocks until it is.
    pub(crate) fn close(self) {
        // Both fail only when the thread has ended already.
        let _ = self.ledger.0.send(QueueMessage::Close);
        let _ = self.thread.join();
    }
}

fn serve(mut db: Connection, messages: &Receiver<QueueMessage>) {
    // As the state is opened.
    let mut kept_for = Durability::PowerFailure;
    while let Ok(QueueMessage::Do(first)) = messages.recv() {
        let mut group = vec![first];
        let mut closing = false;
        while group.len() < GROUP {
            match messages.try_recv() {
                Ok(QueueMessage::Do(task)) => group.push(task),
                Ok(QueueMessage::Close) => {
                    closing = true;
                    break;
                }
                Err(_) => break,
            }
        }
        answer(&mut db, &mut kept_for, group);
        if closing {
            break;
        }
    }
}

fn answer(db: &mut Connection, kept_for: &mut Durability, group: Vec<QueuedCall>) {
    let mut replies = Vec::with_capacity(group.len());
    let kept = keep_for(db, kept_for, &group)
        .and_then(|()| in_one_transaction(db, group, &mut replies))
        .map_err(|error| error.to_string());
    for (reply, outcome) in replies {
        let answer = match (&kept, outcome) {
            (Err(error), Ok(_)) => Err(CallFailure::NotKept(error.clone())),
            (Ok(()), Ok(done)) => {
                if let Some(afterwards) = done.afterwards {
                    afterwards();
                }
                Ok(done.answer)
            }
            (_, Err(failure)) => Err(failure),
        };
        // A caller that went away waits for no answer.
        let _ = reply.send(answer);
    }
}

/// Makes the next commit last for what the strictest of these calls asks for. A commit that
/// goes to the disk takes all those before it there, too.
fn keep_for(
    db: &Connection,
    kept_for: &mut Durability,
    group: &[QueuedCall],
) -> rusqlite::Result<()> {
    let wanted = group.iter().map(|task| task.outlives).max();
    let Some(wanted) = wanted.filter(|wanted| wanted != kept_for) else {
        return Ok(());
    };
    let synchronous = match wanted {
        Durability::Program => "NORMAL",
        Durability::PowerFailure => "FULL",
    };
    db.pragma_update(None, "synchronous", synchronous)?;
    *kept_for = wanted;
    Ok(())
}

fn in_one_transaction(
    db: &mut Connection,
    group: Vec<QueuedCall>,
    replies: &mut Vec<(oneshot::Sender<CallResult>, WorkResult)>,
) -> rusqlite::Result<()> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for QueuedCall { work, reply, .. } in group {
        run(&transaction, "SAVEPOINT call")?;
        let outcome = catch_unwind(AssertUnwindSafe(|| work(&transaction)))
            .unwrap_or(Err(CallFailure::Panicked));
        if outcome.is_err() {
            run(&transaction, "ROLLBACK TO call")?;
        }
        run(&transaction, "RELEASE call")?;
        replies.push((reply, outcome));
    }
    transaction.commit()
}

fn run(db: &Connection, statement: &str) -> rusqlite::Result<()> {
    db.prepare_cached(statement)?.execute([]).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger() -> (StoreQueue, StoreThread) {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch("CREATE TABLE marks (mark TEXT)").unwrap();
        StoreQueue::keep(db).unwrap()
    }

    fn done(answer: String) -> CompletedWork {
        CompletedWork {
            answer,
            afterwards: None,
        }
    }

    fn mark(db: &Connection, mark: &str) {
        db.execute("INSERT INTO marks VALUES (?1)", [mark]).unwrap();
    }

    #[tokio::test]
    async fn what_fails_or_panics_changes_nothing() {
        let (ledger, keeper) = ledger();
        let fails = ledger.ask(|db| {
            mark(db, "failed");
            Err(CallFailure::Closed)
        });
        let panics = ledger.ask(|db| {
            mark(db, "panicked");
            panic!("on purpose")
        });
        let works = ledger.ask(|db| {
            mark(db, "kept");
            Ok(done(String::new()))
        });
        let (fails, panics, works) = tokio::join!(fails, panics, works);
        assert!(matches!(fails, Err(CallFailure::Closed)));
        assert!(matches!(panics, Err(CallFailure::Panicked)));
        works.unwrap();
        let marks = ledger
            .ask(|db| {
                let marks = db.query_row("SELECT group_concat(mark) FROM marks", [], |row| {
                    row.get::<_, String>(0)
                })?;
                Ok(done(marks))
            })
            .await;
        assert_eq!(marks.unwrap(), "kept");
        keeper.close();
    }

    #[tokio::test]
    async fn the_strictest_of_a_group_decides_how_long_its_changes_last() {
        let db = Connection::open_in_memory().unwrap();
        let synchronous = |db: &Connection| -> i64 {
            db.query_row("PRAGMA synchronous", [], |row| row.get(0))
                .unwrap()
        };
        let group = |all: &[Durability]| -> Vec<QueuedCall> {
            let task = |outlives: &Durability| QueuedCall {
                work: Box::new(|_| Err(CallFailure::Closed)),
                outlives: *outlives,
                reply: oneshot::channel().0,
            };
            all.iter().map(task).collect()
        };
        let mut kept_for = Durability::PowerFailure;
        for (calls, expected) in [
            (&[Durability::Program, Durability::Program][..], 1),
            (&[Durability::Program, Durability::PowerFailure], 2),
            (&[Durability::PowerFailure], 2),
            (&[Durability::Program], 1),
        ] {
            keep_for(&db, &mut kept_for, &group(calls)).unwrap();
            assert_eq!(synchronous(&db), expected, "{calls:?}");
        }
    }

    #[tokio::test]
    async fn a_closed_ledger_says_so() {
        let (ledger, keeper) = ledger();
        keeper.close();
        let answer = ledger.ask(|_| Ok(done(String::new()))).await;
        assert!(matches!(answer, Err(CallFailure::Closed)));
    }
}
