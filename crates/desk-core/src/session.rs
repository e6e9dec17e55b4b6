//! One open environment as features see it: database, Plaid client, clock, events, and background tasks.

use std::{future::Future, sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::sync::{broadcast, oneshot};
use tokio_util::{
    sync::CancellationToken,
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};

use crate::{Clock, DeskError, environment::Environment, event::DeskEvent, store::Store};

/// How long closing waits for background tasks.
const TASKS_PATIENCE: Duration = Duration::from_secs(5);

/// How long closing then waits for calls that return a one-time token. Both limits together cover the longest such
/// call.
const TOKEN_PATIENCE: Duration = Duration::from_secs(25);

#[derive(Clone)]
pub struct Session {
    pub environment: Environment,
    pub client: plaid::Client,
    pub store: Store,
    pub cancel: CancellationToken,
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
        // An event without a listener is fine: screens fetch everything when they open.
        let _ = self.events.send(event);
    }

    pub fn events(&self) -> broadcast::Receiver<DeskEvent> {
        self.events.subscribe()
    }

    /// Closing waits a limited time for this task, which should watch [`cancel`](Self::cancel) and stop where nothing
    /// is lost.
    pub fn spawn<F>(&self, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tasks.spawn(task);
    }

    /// Runs `work` to completion even if the caller stops waiting.
    pub async fn run_to_end<T, F>(&self, work: F) -> Result<T, DeskError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, DeskError>> + Send + 'static,
    {
        let (sender, result) = oneshot::channel();
        self.spawn(async move {
            // The work matters even if nobody waits for its result.
            let _ = sender.send(work.await);
        });
        result
            .await
            .unwrap_or(Err(DeskError::Internal("a task ended without an answer")))
    }

    /// Hold this while a call returns a one-time token, until the token is stored.
    pub fn token_call(&self) -> TaskTrackerToken {
        self.token_calls.token()
    }

    /// Cancels background tasks and waits for them, longer for calls that return a token. A task that outlasts the
    /// wait keeps the database open.
    pub async fn close(&self) {
        self.cancel.cancel();
        self.tasks.close();
        self.token_calls.close();
        let mut ended = self.tasks_ended().await;
        if !ended {
            // In this order, so that the second wait covers a token call that starts during the first.
            let wait = self.token_calls.wait();
            if tokio::time::timeout(TOKEN_PATIENCE, wait).await.is_err() {
                tracing::error!("closing gave up waiting for a call that returns a token");
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
