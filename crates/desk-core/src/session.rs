//! One open environment, as every feature sees it: its database, its connection to Plaid, the clock, the events, and
//! the background tasks that closing it waits for. A session knows no feature.

use std::{future::Future, sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::sync::{broadcast, oneshot};
use tokio_util::{
    sync::CancellationToken,
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};

use crate::{Clock, DeskError, environment::Environment, event::DeskEvent, store::Store};

/// How long closing waits for background tasks to reach a point where nothing is lost.
const TASKS_PATIENCE: Duration = Duration::from_secs(5);

/// How long closing then waits for calls whose answer holds a token that Plaid gives only once. Both together cover
/// the longest time such a call can take.
const TOKEN_PATIENCE: Duration = Duration::from_secs(25);

/// An open environment. Clones share it.
#[derive(Clone)]
pub struct Session {
    /// Demo, Sandbox, or Production.
    pub environment: Environment,
    /// Talks to Plaid, or to the Demo's stand-in.
    pub client: plaid::Client,
    /// The environment's database.
    pub store: Store,
    /// Cancelled when the environment is closed.
    pub cancel: CancellationToken,
    /// Version of Balance Desk, as reports and exports name it.
    pub app_version: Arc<str>,
    clock: Arc<dyn Clock>,
    events: broadcast::Sender<DeskEvent>,
    tasks: TaskTracker,
    token_calls: TaskTracker,
}

impl Session {
    pub fn new(
        environment: Environment,
        client: plaid::Client,
        store: Store,
        app_version: Arc<str>,
        clock: Arc<dyn Clock>,
        events: broadcast::Sender<DeskEvent>,
    ) -> Self {
        Self {
            environment,
            client,
            store,
            cancel: CancellationToken::new(),
            app_version,
            clock,
            events,
            tasks: TaskTracker::new(),
            token_calls: TaskTracker::new(),
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn emit(&self, event: DeskEvent) {
        // An event without a listener is fine: a screen fetches everything when it opens.
        let _ = self.events.send(event);
    }

    pub fn events(&self) -> broadcast::Receiver<DeskEvent> {
        self.events.subscribe()
    }

    /// Runs a background task that closing waits for, within bounds. The task watches [`cancel`](Self::cancel) and ends
    /// at the next point where nothing is lost.
    pub fn spawn<F>(&self, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tasks.spawn(task);
    }

    /// Runs `work` to its end, even when the caller stops waiting for the result.
    pub async fn run_to_end<T, F>(&self, work: F) -> Result<T, DeskError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, DeskError>> + Send + 'static,
    {
        let (sender, result) = oneshot::channel();
        self.spawn(async move {
            // The work counts, not whether somebody still waits for its result.
            let _ = sender.send(work.await);
        });
        result
            .await
            .unwrap_or(Err(DeskError::Internal("a task ended without an answer")))
    }

    /// Hold this while a call returns a token that Plaid gives only once, until the token is stored. Closing waits for
    /// it as long as such a call can take.
    pub fn token_call(&self) -> TaskTrackerToken {
        self.token_calls.token()
    }

    /// Tells background tasks to end and waits for them, longer for calls that return a token. A task that is still
    /// finishing something Plaid has already done keeps the database open until it is through.
    pub async fn close(&self) {
        self.cancel.cancel();
        self.tasks.close();
        self.token_calls.close();
        let mut ended = self.tasks_ended().await;
        if !ended {
            // In this order, so that a token call begun during the first wait is covered by the second.
            let wait = self.token_calls.wait();
            if tokio::time::timeout(TOKEN_PATIENCE, wait).await.is_err() {
                tracing::error!("closing stopped waiting for a call that returns a token");
            }
            ended = self.tasks_ended().await;
        }
        if ended {
            self.store.close().await;
        }
    }

    /// Like [`close`](Self::close), but closes the database even if a task still runs.
    pub async fn close_now(&self) {
        self.close().await;
        self.store.close().await;
    }

    async fn tasks_ended(&self) -> bool {
        tokio::time::timeout(TASKS_PATIENCE, self.tasks.wait())
            .await
            .is_ok()
    }
}
