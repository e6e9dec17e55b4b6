//! The one thread that reads and writes the state. Calls that wait at the same time share a transaction, so that they wait
//! for the disk once. Each call has its own savepoint and is answered after the commit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use crate::api_call::{CallFailure, CallResult};

const MAX_GROUP_SIZE: usize = 64;

pub(crate) struct CompletedWork {
    pub(crate) response: String,
    /// Runs after the commit, even if the caller no longer waits.
    pub(crate) after_commit: Option<Box<dyn FnOnce() + Send>>,
}

/// What a change must survive before the call is answered. The stronger one comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Durability {
    /// The end of the process, even a crash: the operating system has the change. That is enough for balances.
    ProcessExit,
    /// A power failure: the change is on disk.
    PowerFailure,
}

impl From<String> for CompletedWork {
    fn from(response: String) -> Self {
        Self {
            response,
            after_commit: None,
        }
    }
}

type WorkResult = Result<CompletedWork, CallFailure>;
type CallWork = Box<dyn FnOnce(&Connection) -> WorkResult + Send>;

struct QueuedCall {
    work: CallWork,
    durability: Durability,
    reply: oneshot::Sender<CallResult>,
}

enum QueueMessage {
    Do(QueuedCall),
    Close,
}

#[derive(Clone)]
pub(crate) struct StoreQueue(Sender<QueueMessage>);

pub(crate) struct StoreThread {
    queue: StoreQueue,
    handle: JoinHandle<()>,
}

impl StoreQueue {
    pub(crate) fn start(db: Connection) -> std::io::Result<(Self, StoreThread)> {
        let (sender, messages) = channel();
        let queue = Self(sender);
        let handle = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || serve(db, &messages))?;
        let thread = StoreThread {
            queue: queue.clone(),
            handle,
        };
        Ok((queue, thread))
    }

    /// Runs work and returns once its changes are on disk. Work that fails or panics changes nothing.
    pub(crate) async fn run(
        &self,
        work: impl FnOnce(&Connection) -> WorkResult + Send + 'static,
    ) -> CallResult {
        self.run_with(Durability::PowerFailure, work).await
    }

    pub(crate) async fn run_with(
        &self,
        durability: Durability,
        work: impl FnOnce(&Connection) -> WorkResult + Send + 'static,
    ) -> CallResult {
        let (reply, answer) = oneshot::channel();
        let task = QueuedCall {
            work: Box::new(work),
            durability,
            reply,
        };
        self.0
            .send(QueueMessage::Do(task))
            .map_err(|_| CallFailure::Closed)?;
        answer.await.unwrap_or(Err(CallFailure::Closed))
    }
}

impl StoreThread {
    /// Blocks until the thread has ended.
    pub(crate) fn close(self) {
        // Both fail only if the thread has already ended.
        let _ = self.queue.0.send(QueueMessage::Close);
        let _ = self.handle.join();
    }
}

fn serve(mut db: Connection, messages: &Receiver<QueueMessage>) {
    // `store::open` sets `synchronous` to this.
    let mut synchronous_for = Durability::PowerFailure;
    while let Ok(QueueMessage::Do(first)) = messages.recv() {
        let mut group = vec![first];
        let mut closing = false;
        while group.len() < MAX_GROUP_SIZE {
            match messages.try_recv() {
                Ok(QueueMessage::Do(task)) => group.push(task),
                Ok(QueueMessage::Close) => {
                    closing = true;
                    break;
                }
                Err(_) => break,
            }
        }
        run_group(&mut db, &mut synchronous_for, group);
        if closing {
            break;
        }
    }
}

fn run_group(db: &mut Connection, synchronous_for: &mut Durability, group: Vec<QueuedCall>) {
    let mut replies = Vec::with_capacity(group.len());
    let committed = set_durability(db, synchronous_for, &group)
        .and_then(|()| in_one_transaction(db, group, &mut replies))
        .map_err(|error| error.to_string());
    for (reply, result) in replies {
        let answer = match (&committed, result) {
            (Err(error), Ok(_)) => Err(CallFailure::Commit(error.clone())),
            (Ok(()), Ok(work)) => {
                if let Some(after_commit) = work.after_commit {
                    after_commit();
                }
                Ok(work.response)
            }
            (_, Err(failure)) => Err(failure),
        };
        // The caller may no longer wait.
        let _ = reply.send(answer);
    }
}

/// Sets `synchronous` to what the strictest of these calls needs.
fn set_durability(
    db: &Connection,
    synchronous_for: &mut Durability,
    group: &[QueuedCall],
) -> rusqlite::Result<()> {
    let wanted = group.iter().map(|task| task.durability).max();
    let Some(wanted) = wanted.filter(|wanted| wanted != synchronous_for) else {
        return Ok(());
    };
    let synchronous = match wanted {
        Durability::ProcessExit => "NORMAL",
        Durability::PowerFailure => "FULL",
    };
    db.pragma_update(None, "synchronous", synchronous)?;
    *synchronous_for = wanted;
    Ok(())
}

fn in_one_transaction(
    db: &mut Connection,
    group: Vec<QueuedCall>,
    replies: &mut Vec<(oneshot::Sender<CallResult>, WorkResult)>,
) -> rusqlite::Result<()> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for QueuedCall { work, reply, .. } in group {
        execute(&transaction, "SAVEPOINT call")?;
        let result = catch_unwind(AssertUnwindSafe(|| work(&transaction)))
            .unwrap_or(Err(CallFailure::Panicked));
        if result.is_err() {
            execute(&transaction, "ROLLBACK TO call")?;
        }
        execute(&transaction, "RELEASE call")?;
        replies.push((reply, result));
    }
    transaction.commit()
}

fn execute(db: &Connection, statement: &str) -> rusqlite::Result<()> {
    db.prepare_cached(statement)?.execute([]).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue() -> (StoreQueue, StoreThread) {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch("CREATE TABLE marks (mark TEXT)").unwrap();
        StoreQueue::start(db).unwrap()
    }

    fn mark(db: &Connection, mark: &str) {
        db.execute("INSERT INTO marks VALUES (?1)", [mark]).unwrap();
    }

    #[tokio::test]
    async fn work_that_fails_or_panics_changes_nothing() {
        let (queue, thread) = queue();
        let fails = queue.run(|db| {
            mark(db, "failed");
            Err(CallFailure::Closed)
        });
        let panics = queue.run(|db| {
            mark(db, "panicked");
            panic!("on purpose")
        });
        let works = queue.run(|db| {
            mark(db, "kept");
            Ok(String::new().into())
        });
        let (fails, panics, works) = tokio::join!(fails, panics, works);
        assert!(matches!(fails, Err(CallFailure::Closed)));
        assert!(matches!(panics, Err(CallFailure::Panicked)));
        works.unwrap();
        let marks = queue
            .run(|db| {
                let marks = db.query_row("SELECT group_concat(mark) FROM marks", [], |row| {
                    row.get::<_, String>(0)
                })?;
                Ok(marks.into())
            })
            .await;
        assert_eq!(marks.unwrap(), "kept");
        thread.close();
    }

    #[tokio::test]
    async fn the_strictest_call_of_a_group_decides_its_durability() {
        let db = Connection::open_in_memory().unwrap();
        let synchronous = |db: &Connection| -> i64 {
            db.query_row("PRAGMA synchronous", [], |row| row.get(0))
                .unwrap()
        };
        let group = |all: &[Durability]| -> Vec<QueuedCall> {
            let task = |durability: &Durability| QueuedCall {
                work: Box::new(|_| Err(CallFailure::Closed)),
                durability: *durability,
                reply: oneshot::channel().0,
            };
            all.iter().map(task).collect()
        };
        let mut synchronous_for = Durability::PowerFailure;
        for (calls, expected) in [
            (&[Durability::ProcessExit, Durability::ProcessExit][..], 1),
            (&[Durability::ProcessExit, Durability::PowerFailure], 2),
            (&[Durability::PowerFailure], 2),
            (&[Durability::ProcessExit], 1),
        ] {
            set_durability(&db, &mut synchronous_for, &group(calls)).unwrap();
            assert_eq!(synchronous(&db), expected, "{calls:?}");
        }
    }

    #[tokio::test]
    async fn a_closed_queue_returns_closed() {
        let (queue, thread) = queue();
        thread.close();
        let answer = queue.run(|_| Ok(String::new().into())).await;
        assert!(matches!(answer, Err(CallFailure::Closed)));
    }
}
