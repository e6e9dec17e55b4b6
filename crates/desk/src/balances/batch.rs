//! Many small writes in one transaction: writes that come while the disk is busy are committed together.
//! Each is told how it ended once it is on the disk, and one that refuses changes nothing for the others.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Transaction;
use tokio::sync::{mpsc, oneshot};

use crate::{
    DeskError, OpenEnvironment,
    store::{Store, StoreError},
};

/// The most writes of one transaction.
const MOST: usize = 64;

type Work = Box<dyn FnOnce(&Transaction<'_>) -> Result<(), StoreError> + Send>;
type Tell = Box<dyn FnOnce(Result<(), DeskError>) + Send>;

struct Job {
    work: Work,
    tell: Tell,
}

/// Takes writes until it and its clones are dropped.
#[derive(Clone)]
pub(super) struct Batch(mpsc::Sender<Job>);

impl Batch {
    /// Starts taking writes for the environment's database. Closing the environment waits for those under way.
    pub(super) fn start(env: &OpenEnvironment) -> Self {
        let (sender, jobs) = mpsc::channel(MOST);
        env.spawn(commit_all(env.store.clone(), jobs));
        Self(sender)
    }

    /// Writes; it is on the disk when this returns. If `f` fails, nothing was changed by it.
    ///
    /// # Errors
    /// What `f` answers; `Disk`, `Database`, `NothingOpen`.
    pub(super) async fn write<T, F>(&self, f: F) -> Result<T, DeskError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
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
        self.0.send(job).await.map_err(|_| DeskError::NothingOpen)?;
        told.await.map_err(|_| DeskError::NothingOpen)??;
        let mut answer = answer.lock().unwrap_or_else(PoisonError::into_inner);
        answer
            .take()
            .ok_or(DeskError::Internal("a write ended without an answer"))
    }
}

async fn commit_all(store: Store, mut jobs: mpsc::Receiver<Job>) {
    let mut together = Vec::with_capacity(MOST);
    while jobs.recv_many(&mut together, MOST).await > 0 {
        let (works, tells): (Vec<Work>, Vec<Tell>) =
            together.drain(..).map(|job| (job.work, job.tell)).unzip();
        match store
            .write(move |transaction| each(transaction, works))
            .await
        {
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

/// Runs each write in a savepoint of its own. Where the database cannot go back to it (a full disk can end the whole
/// transaction), none of them was made.
fn each(
    transaction: &Transaction<'_>,
    works: Vec<Work>,
) -> Result<Vec<Result<(), DeskError>>, StoreError> {
    let step = |sql| transaction.prepare_cached(sql)?.execute([]);
    let mut outcomes = Vec::with_capacity(works.len());
    for work in works {
        step("SAVEPOINT one")?;
        let outcome = match work(transaction) {
            Err(error) if step("ROLLBACK TO one").is_err() => return Err(error),
            Err(error) => Err(error.into()),
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
