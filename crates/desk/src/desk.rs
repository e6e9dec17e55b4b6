//! The desk itself: what is open, who listens, and what time it is.
//! Features add their methods to [`Desk`] in modules of their own.

use std::{path::PathBuf, sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::sync::broadcast;
use url::Url;

use crate::{demo::view::DemoLatency, features::Features, start::state::Start};
use desk_core::{
    BoxFuture, Clock, DeskError, Session, SystemClock,
    calls::{CallPace, KeptLimits, PlaidCalls},
    environment::Environment,
    event::DeskEvent,
    store::Store,
};

/// Events that a slow listener may lag behind before it misses some.
const EVENT_BACKLOG: usize = 256;

/// What the shell gives the desk to start with.
pub struct DeskConfig {
    /// The folder of databases and logs; created if it is not there.
    pub data_dir: PathBuf,
    /// Version of Balance Desk.
    pub version: String,
    /// The service under which secrets stand in the keyring.
    pub keyring_service: String,
    /// Where Plaid is, if not at its own addresses.
    pub plaid_urls: PlaidUrls,
    /// Starts the Demo's stand-in.
    pub demo: Arc<dyn DemoLauncher>,
}

/// Addresses on this machine to be used instead of Plaid's own; for tests. Others are refused.
#[derive(Debug, Clone, Default)]
pub struct PlaidUrls {
    /// Instead of Sandbox's.
    pub sandbox: Option<Url>,
    /// Instead of Production's.
    pub production: Option<Url>,
}

/// Starts and stops the Demo's stand-in.
pub trait DemoLauncher: Send + Sync {
    /// Starts the stand-in with its state in `state_dir`, or finds it running; answers its address. `latency` is how
    /// long live balances take if it is started; without one that is the launcher's to say.
    fn start(
        &self,
        state_dir: PathBuf,
        latency: Option<DemoLatency>,
    ) -> BoxFuture<'_, Result<Url, DemoError>>;
    /// Where its faults are set, while it runs.
    fn control(&self) -> Option<Url>;
    /// Stops it, if it runs.
    fn stop(&self);
}

/// Why the Demo's stand-in does not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DemoError {
    /// Its program is not where it is installed.
    #[error("its program is missing ({0}); install Balance Desk again")]
    Missing(String),
    /// It could not be started.
    #[error("its program could not be started ({0})")]
    Spawn(String),
    /// It ended before it said where it is.
    #[error("it ended at once ({0})")]
    Ended(String),
    /// It did not say where it is, in time or in a form that is understood.
    #[error("it did not say where it is ({0})")]
    NoAddress(String),
}

impl From<DemoError> for DeskError {
    fn from(error: DemoError) -> Self {
        Self::Demo(error.to_string())
    }
}

/// The desk. Clones share it.
#[derive(Clone)]
pub struct Desk(Arc<Inner>);

struct Inner {
    config: DeskConfig,
    clock: Arc<dyn Clock>,
    pace: CallPace,
    events: broadcast::Sender<DeskEvent>,
    start: Start,
}

/// A stand-in on this machine finishes every evaluation within this time.
const LOOPBACK_SETTLES: Duration = Duration::from_secs(5);

impl Desk {
    /// Starts the desk, with the environment used last if it can be opened. What cannot is told by the status.
    pub async fn start(config: DeskConfig) -> Self {
        Self::start_with_clock(config, Arc::new(SystemClock)).await
    }

    /// Starts the desk with a clock of its own.
    pub async fn start_with_clock(config: DeskConfig, clock: Arc<dyn Clock>) -> Self {
        Self::start_paced(config, clock, CallPace::default()).await
    }

    /// Starts the desk with a clock and a pace of its own; for tests and benchmarks.
    pub async fn start_paced(config: DeskConfig, clock: Arc<dyn Clock>, pace: CallPace) -> Self {
        let (events, _) = broadcast::channel(EVENT_BACKLOG);
        let desk = Self(Arc::new(Inner {
            config,
            clock,
            pace,
            events,
            start: Start::new(),
        }));
        desk.boot().await;
        desk
    }

    /// What the desk tells while nobody is asking.
    pub fn events(&self) -> broadcast::Receiver<DeskEvent> {
        self.0.events.subscribe()
    }

    /// Tells the shell and the screens.
    pub(crate) fn emit(&self, event: DeskEvent) {
        // Nobody listening is no error: the screens ask anew when they come.
        let _ = self.0.events.send(event);
    }

    /// The present moment.
    pub(crate) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The features of the open environment.
    ///
    /// # Errors
    /// `NothingOpen`.
    pub fn open(&self) -> Result<Features, DeskError> {
        self.see(|standing| standing.open.clone())
            .ok_or(DeskError::NothingOpen)
    }

    /// The features of an environment, with nothing running yet. With Plaid itself, its limits are always kept.
    pub(crate) fn features(
        &self,
        environment: Environment,
        client: plaid::Client,
        store: Store,
    ) -> Features {
        let pace = self.0.pace;
        let pace = match client.host() {
            plaid::ApiHost::Loopback(_) => CallPace {
                settle_after: pace.settle_after.min(LOOPBACK_SETTLES),
                ..pace
            },
            plaid::ApiHost::Sandbox | plaid::ApiHost::Production => CallPace {
                limits: KeptLimits::Plaids,
                ..pace
            },
        };
        let (clock, events) = (Arc::clone(&self.0.clock), self.0.events.clone());
        let version = self.0.config.version.as_str().into();
        let session = Session::new(environment, client, store, version, clock, events);
        let log_dir = self.0.config.data_dir.join("logs");
        Features::new(session, PlaidCalls::new(environment, pace), log_dir)
    }

    pub(crate) fn config(&self) -> &DeskConfig {
        &self.0.config
    }

    pub(crate) fn start_state(&self) -> &Start {
        &self.0.start
    }
}
