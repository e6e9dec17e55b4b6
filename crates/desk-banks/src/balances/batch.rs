//! Many small writes in one transaction: writes that come shortly after each other are committed together.
//! Each is told how it ended once it is on the disk, and one that refuses changes nothing for the others.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rusqlite::Transaction;
use tokio::{
    sync::{Notify, Semaphore, SemaphorePermit, mpsc, oneshot},
    time::{Instant, timeout_at},
};

use desk_core::{DeskError, Session, store::Store};

/// The most writes of one transaction.
const MOST: usize = 256;

/// How long writes are gathered while calls are on the wire, whose answers are writes too. Those of one transaction share
/// the pages they change, and each changed page is encrypted once.
const GATHER: Duration = Duration::from_millis(50);

/// How many calls may be on the wire, and how many are.
struct Wire {
    free: Semaphore,
    all: usize,
    /// Told when a write has come and no call is on the wire: nothing more comes until it is done.
    quiet: Notify,
}

impl Wire {
    fn new(calls: usize) -> Self {
        Self {
            free: Semaphore::new(calls),
            all: calls,
            quiet: Notify::new(),
        }
    }

    fn is_quiet(&self) -> bool {
        self.free.available_permits() == self.all
    }
}

/// Done once more when another of its transaction fails.
type Work = Box<dyn Fn(&Transaction<'_>) -> Result<(), DeskError> + Send + Sync>;
type Tell = Box<dyn FnOnce(Result<(), DeskError>) + Send>;

struct Job {
    work: Work,
    tell: Tell,
}

/// Takes writes until it is dropped.
pub(super) struct Batch {
    jobs: mpsc::Sender<Job>,
    wire: Arc<Wire>,
}

impl Batch {
    /// Starts taking writes for the environment's database, of calls of which so many may be on the wire at once. Closing
    /// the environment waits for the writes under way.
    pub(super) fn start(session: &Session, calls: usize) -> Self {
        let wire = Arc::new(Wire::new(calls));
        let (sender, jobs) = mpsc::channel(MOST);
        session.spawn(commit_all(
            session.store.clone(),
            jobs,
            Arc::clone(&wire),
            GATHER,
        ));
        Self { jobs: sender, wire }
    }

    /// Waits for a place on the wire; a call is on it until what is answered is dropped.
    ///
    /// # Errors
    /// `NothingOpen`.
    pub(super) async fn wire(&self) -> Result<SemaphorePermit<'_>, DeskError> {
        let place = self.wire.free.acquire().await;
        place.map_err(|_| DeskError::NothingOpen)
    }

    /// Writes; it is on the disk when this returns. If `f` fails, nothing was changed by it. It may be run twice, of
    /// which once for nothing.
    ///
    /// # Errors
    /// What `f` answers; `Disk`, `Database`, `NothingOpen`.
    pub(super) async fn write<T, F>(&self, f: F) -> Result<T, DeskError>
    where
        T: Send + 'static,
        F: Fn(&Transaction<'_>) -> Result<T, DeskError> + Send + Sync + 'static,
    {
        let (tell, told) = oneshot::channel();
        let answer = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&answer);
        let job = Job {
            work: Box::new(move |transaction| {
                let value = f(transaction)?;
                *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
                Ok(())
            }),
            tell: Box::new(move |outcome| {
                // Nobody waiting for the answer is no fault: the write is what counts.
                let _ = tell.send(outcome);
            }),
        };
        self.jobs
            .send(job)
            .await
            .map_err(|_| DeskError::NothingOpen)?;
        if self.wire.is_quiet() {
            self.wire.quiet.notify_one();
        }
        told.await.map_err(|_| DeskError::NothingOpen)??;
        let mut answer = answer.lock().unwrap_or_else(PoisonError::into_inner);
        answer
            .take()
            .ok_or(DeskError::Internal("a write ended without an answer"))
    }
}

/// Commits what has come, gathered for so long at most, until nobody can send any more.
async fn commit_all(
    store: Store,
    mut jobs: mpsc::Receiver<Job>,
    wire: Arc<Wire>,
    gather: Duration,
) {
    let mut together = Vec::with_capacity(MOST);
    while jobs.recv_many(&mut together, MOST).await > 0 {
        let until = Instant::now() + gather;
        while !wire.is_quiet() && timeout_at(until, wire.quiet.notified()).await.is_ok() {}
        while together.len() < MOST
            && let Ok(job) = jobs.try_recv()
        {
            together.push(job);
        }
        let (works, tells): (Vec<Work>, Vec<Tell>) =
            together.drain(..).map(|job| (job.work, job.tell)).unzip();
        match commit(&store, works).await {
            Ok(outcomes) => {
                for (tell, outcome) in tells.into_iter().zip(outcomes) {
                    tell(outcome);
                }
            }
            Err(error) => {
                for tell in tells {
                    tell(Err(same(&error)));
                }
            }
        }
    }
}

/// Commits all; where one fails, each that does not.
async fn commit(store: &Store, works: Vec<Work>) -> Result<Vec<Result<(), DeskError>>, DeskError> {
    let works = Arc::new(works);
    let all = Arc::clone(&works);
    let done = store
        .write(move |transaction| all.iter().try_for_each(|work| work(transaction)))
        .await;
    match done {
        Ok(()) => Ok(works.iter().map(|_| Ok(())).collect()),
        Err(error) if works.len() == 1 => Ok(vec![Err(error)]),
        Err(_) => {
            store
                .write(move |transaction| each(transaction, &works))
                .await
        }
    }
}

/// Runs each write in a savepoint of its own, which costs a copy of every page it changes. Where the database cannot go back
/// to it (a full disk can end the whole transaction), none of them was made.
fn each(
    transaction: &Transaction<'_>,
    works: &[Work],
) -> Result<Vec<Result<(), DeskError>>, DeskError> {
    let step = |sql| transaction.prepare_cached(sql)?.execute([]);
    let mut outcomes = Vec::with_capacity(works.len());
    for work in works {
        step("SAVEPOINT one")?;
        let outcome = match work(transaction) {
            Err(error) if step("ROLLBACK TO one").is_err() => return Err(error),
            Err(error) => Err(error),
            Ok(()) => Ok(()),
        };
        step("RELEASE one")?;
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

/// The same failure for one more who waits.
fn same(error: &DeskError) -> DeskError {
    match error {
        DeskError::NothingOpen => DeskError::NothingOpen,
        DeskError::Disk { reason } => DeskError::Disk {
            reason: reason.clone(),
        },
        DeskError::Database { reason } => DeskError::Database {
            reason: reason.clone(),
        },
        other => DeskError::Database {
            reason: other.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use desk_core::store::DatabaseKey;

    /// Longer than anybody waits.
    const GATHER_FOR_EVER: Duration = Duration::from_secs(24 * 60 * 60);
    const PATIENCE: Duration = Duration::from_secs(60);

    async fn started(folder: &tempfile::TempDir) -> Batch {
        let key = DatabaseKey::random().unwrap();
        let store = Store::open(folder.path().join("demo.db"), key);
        let store = store.await.unwrap();
        let wire = Arc::new(Wire::new(1));
        let (sender, jobs) = mpsc::channel(MOST);
        tokio::spawn(commit_all(store, jobs, Arc::clone(&wire), GATHER_FOR_EVER));
        Batch { jobs: sender, wire }
    }

    /// Writes, and answers the place of the write in its transaction.
    async fn write(batch: &Batch) -> i64 {
        let write = batch.write(|transaction| -> Result<_, DeskError> {
            let before: i64 = transaction.query_row("SELECT total_changes()", [], |r| r.get(0))?;
            transaction.execute("UPDATE settings SET webhook = 'x'", [])?;
            Ok(before)
        });
        let written = tokio::time::timeout(PATIENCE, write).await;
        written.expect("it waits for nothing").unwrap()
    }

    #[tokio::test]
    async fn a_write_waits_for_no_other_while_no_call_is_on_the_wire() {
        let folder = tempfile::tempdir().unwrap();
        let batch = started(&folder).await;
        let first = write(&batch).await;
        assert_eq!(write(&batch).await, first + 1);
    }

    #[tokio::test]
    async fn a_write_waits_for_that_of_a_call_on_the_wire() {
        let folder = tempfile::tempdir().unwrap();
        let batch = started(&folder).await;
        let on_the_wire = batch.wire().await.unwrap();
        let answered = async {
            // The first write is on its way by now: it was polled before.
            drop(on_the_wire);
            write(&batch).await
        };
        let (one, other) = tokio::join!(biased; write(&batch), answered);
        assert_eq!(other, one + 1);
    }

    #[tokio::test]
    async fn a_write_that_refuses_changes_nothing_for_those_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let batch = started(&folder).await;
        let refuses = batch.write(|transaction| -> Result<(), DeskError> {
            transaction.execute("UPDATE settings SET app_name = 'half'", [])?;
            Err(DeskError::NotFound("The thing"))
        });
        let (written, refused) = tokio::join!(write(&batch), refuses);
        assert!(
            matches!(refused, Err(DeskError::NotFound("The thing"))),
            "{refused:?}"
        );
        let read = batch.write(|transaction| -> Result<_, DeskError> {
            let sql = "SELECT webhook, app_name = 'half' FROM settings";
            Ok(transaction.query_row(sql, [], |r| Ok((r.get(0)?, r.get(1)?)))?)
        });
        let (webhook, half): (String, Option<bool>) = read.await.unwrap();
        assert_eq!((webhook.as_str(), half), ("x", Some(false)), "{written}");
    }
}
